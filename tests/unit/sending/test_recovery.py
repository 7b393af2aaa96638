"""What a dead sender left behind is resolved once; a send ends when nothing of it can go on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from newsletter.sending.delivery import claims, recovery
from newsletter.sending.models import Attempt, Batch, ProviderBatch, Send
from tests.unit.sending.ledger_rows import MINUTE, SECOND, Rows

LEASE = 2 * MINUTE


# The attempts of dead senders


def test_what_was_not_posted_goes_again_and_what_may_have_been_is_unknown(rows: Rows) -> None:
    """When a lease is over, a reserved batch is planned, one in flight is unknown."""
    send = rows.send()
    reserved = rows.attempt(rows.batch(send, "claimed"), "reserved", left=-SECOND)
    posted = rows.attempt(rows.batch(send, "claimed"), "in_flight", left=-SECOND)

    recovery.recover()

    reserved.refresh_from_db()
    posted.refresh_from_db()
    assert (reserved.state, reserved.batch.state) == ("not_sent", "planned")
    assert (posted.state, posted.batch.state) == ("unknown", "unknown")
    assert reserved.batch.not_before is None
    assert reserved.answer
    assert posted.answer


@pytest.mark.parametrize(
    ("state", "batch", "left"),
    [
        ("reserved", "claimed", MINUTE),
        ("in_flight", "claimed", MINUTE),
        ("accepted", "accepted", -MINUTE),
        ("unknown", "unknown", -MINUTE),
        ("refused", "refused", -MINUTE),
        ("not_sent", "planned", -MINUTE),
    ],
)
def test_who_lives_or_has_an_answer_is_left_alone(
    rows: Rows, state: str, batch: str, left: dt.timedelta
) -> None:
    """Nothing is recovered while the lease lasts, nor after there was an answer."""
    attempt = rows.attempt(rows.batch(rows.send(), batch), state, left=left)

    recovery.recover()

    attempt.refresh_from_db()
    assert (attempt.state, attempt.batch.state) == (state, batch)


class Between:
    """Acts once, right before the first statement that writes."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._done = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Execute a statement (see Django, "Database instrumentation")."""
        if sql.startswith("UPDATE") and not self._done:
            self._done = True
            self._act()
        return execute(sql, params, many, context)


@pytest.mark.parametrize(
    ("lease", "state", "batch"),
    [(LEASE, "in_flight", "claimed"), (-SECOND, "unknown", "unknown")],
    ids=["it-posts", "it-died"],
)
def test_sender_that_begins_after_all_is_not_planned_again(
    rows: Rows, lease: dt.timedelta, state: str, batch: str
) -> None:
    """If a clock that is set back revives a lease between looking and writing, it posts alone."""
    send = rows.send()
    attempt = rows.attempt(rows.batch(send, "claimed"), "reserved", left=-SECOND)
    dead = rows.attempt(rows.batch(send, "claimed"), "reserved", left=-SECOND)

    def begin() -> None:
        Attempt.objects.filter(pk=attempt.pk).update(lease_until=Now() + LEASE)
        assert claims.mark_in_flight(attempt, lease)

    with connection.execute_wrapper(Between(begin)):
        recovery.recover()

    attempt.refresh_from_db()
    dead.refresh_from_db()
    assert (attempt.state, attempt.batch.state) == (state, batch)
    assert (dead.state, dead.batch.state) == ("not_sent", "planned")


# After a jump of the clock


@pytest.mark.parametrize(
    ("state", "left", "corrected"),
    [
        ("reserved", -MINUTE, True),
        ("in_flight", -MINUTE, True),
        ("reserved", 60 * MINUTE, True),
        ("in_flight", 60 * MINUTE, True),
        ("in_flight", MINUTE, False),
        ("unknown", -MINUTE, False),
        ("accepted", 60 * MINUTE, False),
    ],
)
def test_leases_begin_again_after_a_jump(
    rows: Rows, state: str, left: dt.timedelta, corrected: bool
) -> None:
    """A sender that has a batch keeps it for a lease from now, and for no longer."""
    attempt = rows.attempt(rows.batch(rows.send(), "claimed"), state, left=left)

    recovery.forget_waits(LEASE)

    after = Attempt.objects.annotate(now=Now()).get(pk=attempt.pk)
    if corrected:
        assert abs(after.lease_until - after.now - LEASE) < MINUTE
    else:
        assert after.lease_until == attempt.lease_until


@pytest.mark.parametrize(
    ("send_canary", "canary", "answered", "corrected"),
    [
        ("first", True, MINUTE, True),
        ("first", True, -MINUTE, False),
        ("first", False, MINUTE, False),
        ("passed", True, MINUTE, False),
    ],
)
def test_canary_of_the_future_was_accepted_now(
    rows: Rows, send_canary: str, canary: bool, answered: dt.timedelta, corrected: bool
) -> None:
    """Its minutes begin at the latest now; whatever else was answered stays as it is."""
    batch = rows.batch(rows.send(canary=send_canary), "accepted", canary=canary)
    attempt = rows.attempt(batch, "accepted", answered_at=timezone.now() + answered)

    recovery.forget_waits(LEASE)

    after = Attempt.objects.annotate(now=Now()).get(pk=attempt.pk)
    assert after.answered_at
    assert (after.answered_at != attempt.answered_at) == corrected
    assert after.answered_at <= after.now or not corrected


def test_waiting_batches_ask_again_after_a_jump(rows: Rows) -> None:
    """What is planned for a time may be claimed at once; other states keep theirs."""
    send, later = rows.send(), timezone.now() + 60 * MINUTE
    planned = rows.batch(send, not_before=later)
    waiting = rows.batch(send, "waiting", not_before=later)

    recovery.forget_waits(LEASE)

    planned.refresh_from_db()
    waiting.refresh_from_db()
    assert (planned.not_before, waiting.not_before) == (None, later)
    assert claims.next_batch() == planned.pk


# The end of a send

ENDS = [
    pytest.param("sending", ["accepted", "refused", "empty"], "sent", id="all-answered"),
    pytest.param("sending", [], "sent", id="nobody"),
    pytest.param("sending", ["accepted", "unknown"], "unresolved", id="one-in-doubt"),
    pytest.param("unresolved", ["accepted"], "sent", id="resolved"),
    pytest.param("unresolved", ["accepted", "unknown"], "unresolved", id="still-in-doubt"),
    *[
        pytest.param("sending", [state, "accepted", "unknown"], "sending", id=f"one-{state}")
        for state in ("waiting", "planned", "claimed")
    ],
    pytest.param("unresolved", ["claimed", "accepted"], "unresolved", id="resolved-one-claimed"),
    *[
        pytest.param(state, ["accepted"], state, id=f"is-{state}")
        for state in ("queued", "planning", "paused", "held", "cancelled")
    ],
]


@pytest.mark.parametrize(("start", "batches", "end"), ENDS)
def test_send_ends_when_nothing_of_it_can_go_on(
    rows: Rows, start: str, batches: Sequence[str], end: str
) -> None:
    """It is sent if every answer is known, unresolved if one is not, and else goes on."""
    send = rows.send(start, note="the network is down")
    for state in batches:
        rows.batch(send, state)

    recovery.close_finished_sends()

    send.refresh_from_db()
    assert send.state == end
    assert (send.finished_at is not None) == (start != end)
    assert send.note == ("the network is down" if start == end else "")


@pytest.mark.parametrize("state", ProviderBatch.State)
def test_send_goes_on_while_mail_waits_at_the_provider(
    rows: Rows, state: ProviderBatch.State
) -> None:
    """What waits there may come back, and is then submitted again."""
    send = rows.send()
    rows.batch(send, "accepted")
    send.provider_batches.create(group=1, state=state, at=send.at)

    recovery.close_finished_sends()

    send.refresh_from_db()
    over = state in (ProviderBatch.State.CANCELLED, ProviderBatch.State.RELEASED)
    assert send.state == ("sent" if over else "sending")


def test_batches_of_other_sends_keep_no_send_open(rows: Rows) -> None:
    """A cancelled send with planned batches says nothing about the one that followed."""
    rows.batch(rows.send("cancelled"), "planned")
    rows.batch(rows.send("cancelled"), "unknown")
    send = rows.send()

    recovery.close_finished_sends()

    send.refresh_from_db()
    assert send.state == "sent"


@pytest.mark.parametrize("resent", [*Send.State, None])
def test_send_that_was_through_goes_on_unless_a_resend_is_live(
    rows: Rows, resent: Send.State | None
) -> None:
    """A batch to submit again opens its send, but never beside another live send of the issue."""
    send = rows.send("unresolved", finished_at=timezone.now())
    rows.batch(send, "planned")
    if resent:
        rows.batch(rows.resend(send, resent), "unknown")

    recovery.close_finished_sends()

    send.refresh_from_db()
    live = resent in recovery.LIVE
    assert send.state == ("unresolved" if live else "sending")
    assert (send.finished_at is None) != live


def test_two_sends_of_an_issue_go_on_one_after_the_other(rows: Rows) -> None:
    """Where both have a batch to submit again, one waits until the other is through."""
    send = rows.send("unresolved")
    resent = rows.resend(send, "unresolved")
    batches = [rows.batch(each, "planned") for each in (send, resent)]
    ended: list[set[str]] = []

    for _ in batches:
        recovery.close_finished_sends()
        ended.append(set(Send.objects.values_list("state", flat=True)))
        Batch.objects.filter(send__state=Send.State.SENDING).update(state="accepted")
        recovery.close_finished_sends()

    assert ended[0] == {"sending", "unresolved"}
    recovery.close_finished_sends()
    assert set(Send.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize(
    ("state", "batch"), [("unresolved", "unknown"), ("sent", "planned"), ("cancelled", "planned")]
)
def test_what_is_through_stays_so(rows: Rows, state: str, batch: str) -> None:
    """Only an unresolved send with a batch to submit again is opened."""
    send = rows.send(state)
    rows.batch(send, batch)
    other = rows.resend(send, "cancelled")
    rows.batch(other, "planned")

    recovery.close_finished_sends()

    send.refresh_from_db()
    assert send.state == state


def test_live_send_of_another_issue_keeps_nothing_waiting(rows: Rows) -> None:
    """Only sends of the same issue may not be live at the same time."""
    send = rows.send("unresolved")
    batch = rows.batch(send, "planned")
    rows.batch(rows.send("held", issue=rows.other_issue()), "planned")

    recovery.close_finished_sends()

    send.refresh_from_db()
    assert send.state == "sending"
    assert Batch.objects.claimable().get() == batch
