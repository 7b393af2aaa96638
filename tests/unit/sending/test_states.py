"""A transition is made once, from a known state, and nothing leads back to people who have mail."""

from __future__ import annotations

import logging

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from newsletter.errors import InvalidTransition
from newsletter.sending.ledger import states
from newsletter.sending.ledger.states import (
    ATTEMPT,
    BATCH,
    PROVIDER_BATCH,
    SEND,
    Transitions,
    require_transition,
    transition,
    transition_all,
)
from newsletter.sending.models import Attempt, Batch, Send
from tests.unit.sending.ledger_rows import MINUTE, Rows


def starts(table: Transitions, end: str) -> set[str]:
    """Return the states that may become this one."""
    return {start for start, ends in table.items() if end in ends}


def test_what_is_over_stays_over() -> None:
    """No send, batch or attempt that is over for good begins again."""
    over = {
        str(start) for table in states.TABLES.values() for start, ends in table.items() if not ends
    }
    assert over == {"sent", "cancelled", "refused", "empty", "released"}
    assert ATTEMPT["cancelled"] == SEND["cancelled"] == PROVIDER_BATCH["cancelled"] == frozenset()


def test_what_can_lead_to_mail() -> None:
    """Only what is planned is claimed, and only what is reserved is submitted."""
    assert starts(BATCH, "claimed") == {"planned"}
    assert starts(BATCH, "planned") == {"waiting", "claimed", "unknown", "accepted"}
    assert starts(ATTEMPT, "in_flight") == {"reserved"}
    assert starts(ATTEMPT, "reserved") == set()
    assert starts(ATTEMPT, "not_sent") == {"reserved", "in_flight", "unknown"}
    assert starts(SEND, "sending") == {"planning", "paused", "held", "unresolved"}
    assert starts(SEND, "queued") == {"held"}
    assert starts(SEND, "planning") == {"queued"}
    assert starts(PROVIDER_BATCH, "open") == {"new"}
    assert starts(PROVIDER_BATCH, "cancelled") == {"cancelling"}


def test_proof_and_late_answers_are_taken_in() -> None:
    """Whatever an attempt counts as, proof that it was accepted counts more; so for its batch."""
    assert starts(ATTEMPT, "accepted") == {"reserved", "in_flight", "unknown", "not_sent"}
    assert starts(BATCH, "accepted") == {"planned", "claimed", "unknown"}
    assert starts(ATTEMPT, "refused") == starts(ATTEMPT, "unknown") - {"accepted"} | {"unknown"}
    assert starts(BATCH, "unknown") == {"waiting", "planned", "claimed", "accepted"}
    assert starts(BATCH, "waiting") == {"unknown"}


def test_only_rows_in_the_known_state_change(rows: Rows) -> None:
    """Of several rows those that are named and in the old state; it is said how many they were."""
    send = rows.send()
    planned, other, unknown = (
        rows.batch(send, state) for state in ("planned", "planned", "unknown")
    )

    taken = transition_all(
        Batch, [planned.pk, unknown.pk], start=Batch.State.PLANNED, end=Batch.State.CLAIMED
    )

    assert taken == 1
    found = {batch.pk: batch.state for batch in Batch.objects.all()}
    assert found == {planned.pk: "claimed", other.pk: "planned", unknown.pk: "unknown"}
    assert not transition(Batch, planned.pk, start=Batch.State.PLANNED, end=Batch.State.CLAIMED)
    with pytest.raises(InvalidTransition, match=rf"batch {planned.pk} is claimed, not planned"):
        require_transition(Batch, planned.pk, start=Batch.State.PLANNED, end=Batch.State.CLAIMED)
    later = timezone.now() + MINUTE
    require_transition(
        Batch, other.pk, start=Batch.State.PLANNED, end=Batch.State.CLAIMED, not_before=later
    )
    other.refresh_from_db()
    assert (other.state, other.not_before) == ("claimed", later)
    assert transition(
        Batch, other.pk, start=Batch.State.CLAIMED, end=Batch.State.PLANNED, not_before=None
    )
    other.refresh_from_db()
    assert (other.state, other.not_before) == ("planned", None)
    with pytest.raises(InvalidTransition, match="batch 0 is not there"):
        require_transition(Batch, 0, start=Batch.State.PLANNED, end=Batch.State.CLAIMED)


def test_unknown_transition_changes_nothing(rows: Rows) -> None:
    """It is a fault of the program, and the message names five rows at most."""
    attempt = rows.attempt(rows.batch(rows.send(), "claimed"), "accepted")

    with pytest.raises(InvalidTransition, match=r"1, 2, 3, 4, 5: accepted cannot become not_sent"):
        transition_all(
            Attempt, [1, 2, 3, 4, 5, 6], start=Attempt.State.ACCEPTED, end=Attempt.State.NOT_SENT
        )

    attempt.refresh_from_db()
    assert attempt.state == "accepted"


def test_send_says_when_it_is_held(
    rows: Rows,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """The time stands in its row, and each change in the log, once; a lost race in neither."""
    send = rows.send()
    batch = rows.batch(send)

    with (
        caplog.at_level(logging.INFO, states.__name__),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert transition(Send, send.pk, start=Send.State.SENDING, end=Send.State.PAUSED)
        send.refresh_from_db()
        assert send.held_at is None
        assert transition(Batch, batch.pk, start=Batch.State.PLANNED, end=Batch.State.CLAIMED)
        assert not transition(Send, send.pk, start=Send.State.SENDING, end=Send.State.HELD)
        assert transition(Send, send.pk, start=Send.State.PAUSED, end=Send.State.SENDING)
        assert transition(Send, send.pk, start=Send.State.SENDING, end=Send.State.HELD)

    send.refresh_from_db()
    assert send.held_at
    lines = [record.getMessage() for record in caplog.records if record.name == states.__name__]
    assert lines == [
        f"send {send.pk} is paused (it was sending)",
        f"send {send.pk} is sending (it was paused)",
        f"send {send.pk} is held (it was sending)",
    ]
