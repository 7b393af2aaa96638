"""What would become of many, counted in the background: exactly, and without a change."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from newsletter.errors import BadInput, InvalidTransition
from subscribers.bulk import previews, runs, worker
from subscribers.bulk.models import BulkRun
from subscribers.models import List, Subscriber, SubscriptionChange
from subscribers.segments.saved import change_segment, create_segment
from tests.unit.subscribers.conftest import Person
from tests.unit.subscribers.test_bulk import events, order, readers, small_chunks, states

__all__ = ["events", "readers", "small_chunks"]

pytestmark = pytest.mark.usefixtures("small_chunks")


def count(action: str, **more: Any) -> BulkRun:
    """Count it in the background; return the preview as it is then."""
    run = previews.ask_for_preview(order(action, **more))
    assert worker.work_once()
    run.refresh_from_db()
    return run


def test_a_preview_counts_what_the_run_does(
    weekly: List, events: List, readers: dict[str, Subscriber]
) -> None:
    """By outcome, for each action; and it changes nobody."""
    asked: list[tuple[str, dict[str, Any]]] = [
        ("add", {"to": events}),
        ("set", {"attribute": "city", "value": "Tor"}),
        ("delete", {}),
        ("unsubscribe", {"to": weekly}),
        ("unsubscribe", {}),
    ]
    for action, more in asked:
        preview = count(action, **more)
        assert (preview.state, preview.rows_done, preview.rows_total) == ("counted", 7, 7)
        assert runs.preview(order(action, **more)) == preview.result
        before = SubscriptionChange.objects.count()
        run = previews.begin_counted(preview, by="bea")
        assert SubscriptionChange.objects.count() == before

        assert worker.work_once()

        run.refresh_from_db()
        assert (run.state, run.result, run.by) == ("applied", preview.result, "bea")


def test_a_preview_that_was_killed_goes_on(
    weekly: List, readers: dict[str, Subscriber], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is counted twice, or left out."""
    monkeypatch.setattr(previews, "KEEP_EVERY", dt.timedelta(0))
    run = previews.ask_for_preview(order("unsubscribe", to=weekly))
    chunks = runs.chunks_of

    def die_after_two(of: BulkRun) -> Any:
        for number, ids in enumerate(chunks(of)):
            if number == 2:
                raise MemoryError
            yield ids

    with monkeypatch.context() as patched:
        patched.setattr(previews, "chunks_of", die_after_two)
        with pytest.raises(MemoryError):
            previews.count_run(run)
    run.refresh_from_db()
    assert (run.state, run.rows_done) == ("counting", 4)

    BulkRun.objects.update(worked_at=None)
    assert worker.work_once()

    run.refresh_from_db()
    assert (run.state, run.result) == ("counted", {"changed": 5, "same": 2})


def test_a_preview_is_begun_once(weekly: List, readers: dict[str, Subscriber]) -> None:
    """Whoever comes second is told; so is who begins before it is counted."""
    run = previews.ask_for_preview(order("unsubscribe", to=weekly))
    with pytest.raises(InvalidTransition, match="is being counted"):
        previews.begin_counted(run, by="ann")
    worker.work_once()
    run.refresh_from_db()

    previews.begin_counted(run, by="ann")

    with pytest.raises(InvalidTransition, match="is discarded, or begun"):
        previews.begin_counted(run, by="bob")
    assert BulkRun.objects.get().state == "applying"


def test_what_is_missing_is_said_before_it_is_counted(weekly: List) -> None:
    """So that nobody waits for a preview that cannot be begun."""
    for action, more in (("add", {"to": weekly, "basis": ""}), ("unsubscribe", {"reason": " "})):
        with pytest.raises(BadInput):
            previews.ask_for_preview(order(action, **more))
    assert not BulkRun.objects.exists()


def test_a_segment_that_was_changed_stops_a_preview(weekly: List, person: Person) -> None:
    """While it is counted, and before it is begun: it would be about other people."""
    person("ann@example.org", weekly="active")
    segment = create_segment("French", "domain is example.org")
    of = runs.read_filter({"segment": "french"})
    counted, counting = (
        count("unsubscribe", of=of),
        previews.ask_for_preview(order("unsubscribe", of=of)),
    )
    change_segment(segment, name="French", source="domain is example.fr")

    with pytest.raises(InvalidTransition, match="was changed since"):
        previews.begin_counted(counted, by="ann")
    worker.work_once()

    counting.refresh_from_db()
    assert (counting.state, "was changed since" in counting.problem) == ("uncounted", True)
    assert states(weekly) == {"ann": "active"}


def test_previews_are_in_nobodys_way(weekly: List, readers: dict[str, Subscriber]) -> None:
    """They forbid no undo, cannot be undone, and go after a week."""
    done = runs.do_now(order("unsubscribe", to=weekly))
    preview = count("unsubscribe")

    with pytest.raises(InvalidTransition, match="nothing is done yet"):
        runs.undo_now(preview)
    runs.undo_now(done)
    assert states(weekly)["ann"] == "active"

    BulkRun.objects.update(applied_at=timezone.now() - dt.timedelta(days=8))
    worker.prune(timezone.now())

    assert list(BulkRun.objects.all()) == [done]
