"""What is simulated is what the clock does afterwards, and simulating changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
import typer
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from newsletter.cli.simulate import simulate as command
from newsletter.errors import BadInput
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.clock import tick
from newsletter.scheduling.drafts import open_due_drafts
from newsletter.scheduling.models import Slot
from newsletter.scheduling.numbers import reserve_number
from newsletter.scheduling.simulation import Kind, SimulatedEvent, simulate
from newsletter.scheduling.slot_changes import move_slot, plan_issue, skip_slot
from newsletter.scheduling.slots import GRACE_OVER, find_slot, upcoming_slots
from newsletter.sending.models import Edition, Send
from tests.publications import create_publication

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
UNTIL = dt.datetime(2027, 11, 20, tzinfo=dt.UTC)
MAX_DELAY = dt.timedelta(hours=6)
MINUTE = dt.timedelta(minutes=1)

Draft = Callable[[int], Issue]


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    """It is a Friday in November, and stays so."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def busy(publication: Publication, draft: Draft) -> Publication:
    """A publication with holidays and drafts, of whose next slots each is in another state."""
    publication.draft_days, publication.volume_rule = 5, "year"
    publication.quiet_dates, publication.quiet_policy = "2027-03-02 Closed\n2027-06-20", "skip"
    publication.holiday_regions = ["US"]
    publication.save()
    dates = [slot.date for slot in upcoming_slots(publication, NOW, 6)]
    book_next_slot(draft(1), now=NOW, batch_size=10)
    skip_slot(find_slot(publication, dates[1]), "Trade fair")
    third = find_slot(publication, dates[2])
    move_slot(third, third.at + dt.timedelta(days=1, hours=2), NOW)
    plan_issue(find_slot(publication, dates[3]), draft(2))
    reserve_number(find_slot(publication, dates[4]), "special")
    return publication


def of_kind(events: list[SimulatedEvent], kind: Kind) -> list[tuple[dt.datetime, dt.date | None]]:
    """Return the times and slots of the events of one kind."""
    return [(each.at, each.slot) for each in events if each.kind == kind]


def test_the_clock_does_the_same(busy: Publication) -> None:
    """Stepped through a year, the clock opens, sends, holds and skips as it was simulated."""
    events = simulate([busy], NOW, UNTIL)
    kinds = set(Kind) - {Kind.REMIND}
    done: dict[Kind, list[tuple[dt.datetime, dt.date | None]]] = {kind: [] for kind in kinds}
    over = set[int]()
    for at in sorted({each.at for each in events}):
        for now in (at - MINUTE, at):
            for slot in open_due_drafts(now):
                done[Kind.DRAFT].append((now, slot.date))
            known = set(Send.objects.exclude(state=Send.State.QUEUED).values_list("pk", flat=True))
            held = set(Slot.objects.filter(state=Slot.State.HELD).values_list("pk", flat=True))
            tick(now, late=MAX_DELAY)
            for send in Send.objects.exclude(state=Send.State.QUEUED).exclude(pk__in=known):
                done[Kind.SEND].append((now, send.slot.date))
            for row in Slot.objects.filter(state=Slot.State.HELD).exclude(pk__in=held):
                done[Kind.OPEN].append((now, row.date))
            ended = list(Slot.objects.filter(note=GRACE_OVER).exclude(pk__in=over))
            done[Kind.SKIP] += [(now, slot.date) for slot in ended]
            over |= {slot.pk for slot in ended}
    skipped = Slot.objects.filter(state=Slot.State.SKIPPED, at__gt=NOW, at__lte=UNTIL)
    by_rule = skipped.exclude(note=GRACE_OVER)
    done[Kind.SKIP] = sorted(done[Kind.SKIP] + [(slot.at, slot.date) for slot in by_rule])

    assert {kind: of_kind(events, kind) for kind in kinds} == done
    numbers = {each.slot: each.number for each in events if each.kind == Kind.DRAFT}
    opened = {slot.date: slot.issue for slot in Slot.objects.exclude(drafted_at=None)}
    refs = {date: issue.ref if issue and issue.number else "" for date, issue in opened.items()}
    assert refs == numbers
    assert len(numbers) > 15


def test_nothing_is_changed(busy: Publication) -> None:
    """Simulating only reads: no row is written, no mail leaves."""
    with CaptureQueriesContext(connection) as queries:
        events = simulate([busy], NOW, UNTIL)

    assert len(events) > 40
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert len(queries) < 20
    assert not mail.outbox


def test_words(busy: Publication, draft: Draft) -> None:
    """Each event says what happens and why, with its number."""
    said = [f"{each.at:%d %b} {each.number} {each.words}" for each in simulate([busy], NOW, UNTIL)]

    assert said[:2] == [
        "23 Nov 1.1 people are told that Tideline Digest Vol 1.1 goes out within a day",
        "24 Nov 1.1 Tideline Digest Vol 1.1 goes out",
    ]
    assert "03 Jan 1.2 people are reminded of errors and of a missing approval, for" in " ".join(
        said
    )
    assert any(each.endswith("skipped: Trade fair") for each in said)
    assert "02 Mar  skipped: Closed" in said
    assert any("(moved from Tue 22 Dec 2026)" in each for each in said)
    assert any("Vol 1.2 goes out if it is queued by then" in each for each in said)


def test_an_approval_that_is_missing(busy: Publication) -> None:
    """A queued issue whose edition is not approved is held when it is due."""
    Publication.objects.update(needs_approval=True)
    Edition.objects.update(approved_at=None)
    busy.refresh_from_db()

    first = simulate([busy], NOW, UNTIL)[0]

    assert (first.kind, first.words) == (
        Kind.HOLD,
        "Tideline Digest Vol 1.1 is held: it is not approved",
    )
    tick(first.at, late=MAX_DELAY)
    assert Send.objects.get().state == Send.State.HELD


@pytest.mark.parametrize(
    ("until", "words"),
    [(NOW - MINUTE, "has passed"), (NOW + dt.timedelta(days=4000), "more than ten years ahead")],
)
def test_days_that_cannot_be(busy: Publication, until: dt.datetime, words: str) -> None:
    """A day in the past, or too far, is refused."""
    with pytest.raises(BadInput, match=words):
        simulate([busy], NOW, until)


def run(*words: str) -> str:
    """Return what the command says."""
    app = typer.Typer()
    app.command()(command)
    result = CliRunner().invoke(app, [*words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_command(busy: Publication) -> None:
    """The command simulates all publications up to a day; for programs, too."""
    create_publication("Night Trains", starts_on=dt.date(2026, 11, 26), postal_address="1 Quay")

    said: list[dict[str, Any]] = json.loads(run("--until", "2026-12-31", "--json"))

    assert {each["publication"] for each in said} == {"tideline-digest", "night-trains"}
    assert said[0]["kind"] == "remind"
    assert said[1] == {
        "at": "2026-11-24T14:00:00+00:00",
        "local": "Tue 24 Nov 2026 09:00 EST",
        "kind": "send",
        "publication": "tideline-digest",
        "slot": "2026-11-24",
        "number": "1.1",
        "what": "Tideline Digest Vol 1.1 goes out",
    }
    text = run("--publication", "night-trains")
    assert "Nothing is changed." in text
    assert "Night Trains" in text
    assert "Tideline" not in text
    assert "2027-11-20" in text
