"""Which mail waits at the provider, when it is cancelled or released, and what becomes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, cast

import pytest
from django.utils import timezone

from newsletter.publishing.models import Issue
from newsletter.sending.models import Attempt, Edition, Evidence, ProviderBatch, Send
from newsletter.sending.prescheduled import (
    budget,
    cancellation,
    leavers,
    provider_batches,
    releases,
    reversals,
)
from newsletter.transports.base import Message, Preschedule
from newsletter.transports.cancellation import Cancellation, Status
from newsletter.transports.deadline import Deadline
from tests.unit.sending.conftest import AddPeople, Configure
from tests.unit.sending.ledger_rows import MINUTE, SECOND, Rows

NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)
HOUR = 60 * MINUTE
LIVE = ("new", "open", "cancelling", "releasing")

Ahead = Callable[..., ProviderBatch]


@pytest.fixture
def ahead(rows: Rows) -> Ahead:
    """Write a provider batch with one attempt under it: `ahead("open", mode="on_hold")`."""

    def write(
        state: str = "open",
        *,
        at: dt.datetime = NOW + HOUR,
        mode: str = "prescheduled",
        send: str = "sending",
        attempt: str = "accepted",
        posted: dt.timedelta = -HOUR,
        issue: Issue | None = None,
        **fields: Any,
    ) -> ProviderBatch:
        mine = rows.send(send, delivery_mode=mode, at=at, issue=issue or rows.issue)
        under = mine.provider_batches.create(group=1, state=state, at=at, **fields)
        stands = attempt if attempt in ("accepted", "unknown") else "claimed"
        batch = rows.batch(mine, stands)
        rows.attempt(batch, attempt, provider_batch=under, posted_at=NOW + posted, size=3)
        return under

    return write


# How a send is submitted

MODES = [
    pytest.param({}, "sendgrid", 20 * MINUTE, "prescheduled", id="in-time"),
    pytest.param({}, "sendgrid", 20 * MINUTE - SECOND, "immediate", id="too-late"),
    pytest.param({"delivery_mode": "on_hold"}, "sendgrid", HOUR, "on_hold", id="on-hold"),
    pytest.param({"delivery_mode": "immediate"}, "sendgrid", HOUR, "immediate", id="as-wished"),
    pytest.param({"canary": True}, "sendgrid", HOUR, "immediate", id="behind-a-canary"),
    pytest.param({}, "smtp", HOUR, "immediate", id="without-cancellation"),
]


@pytest.mark.parametrize(("fields", "transport", "left", "mode"), MODES)
def test_mail_is_submitted_ahead_only_where_it_can_be_cancelled(
    rows: Rows,
    configure: Configure,
    fields: dict[str, Any],
    transport: str,
    left: dt.timedelta,
    mode: str,
) -> None:
    """By its publication, if there is time, no canary, and a provider that can cancel."""
    configure(sending={"transport": transport})
    publication = rows.issue.publication
    changed = {"delivery_mode": "prescheduled", "preschedule_minutes": 45, **fields}
    for name, value in changed.items():
        setattr(publication, name, value)
    send = rows.send("queued", at=NOW + left)

    assert provider_batches.delivery_mode_for(send, NOW) == mode
    can = mode != "immediate" or left < 20 * MINUTE
    assert provider_batches.lead_time(publication) == (45 * MINUTE if can else dt.timedelta())


def test_resend_is_submitted_at_its_time(rows: Rows, configure: Configure) -> None:
    """It begins at the end of the undo window, whatever the publication wishes."""
    configure(sending={"transport": "sendgrid"})
    rows.issue.publication.delivery_mode = "prescheduled"
    send = rows.resend(rows.send("sent"), "queued", at=NOW + HOUR)

    assert provider_batches.delivery_mode_for(send, NOW) == "immediate"


@pytest.mark.parametrize(("seconds", "kept"), [(120.0, 60.0), (30.0, 30.0)])
def test_request_under_a_provider_batch_says_when_its_mail_leaves(
    ahead: Ahead, seconds: float, kept: float
) -> None:
    """And begins to leave within a minute, or not at all; other requests stay as they are."""
    under = ahead(provider_id="batch-1")
    attempt = Attempt.objects.get()
    message = Message(
        from_email="a@example.org",
        from_name="A",
        reply_to="",
        subject="s",
        html="h",
        text="t",
        deadline=Deadline(seconds),
    )

    waiting = provider_batches.schedule_message(attempt, message)

    assert waiting.preschedule == Preschedule(batch_id="batch-1", at=int(under.at.timestamp()))
    assert waiting.deadline
    assert waiting.deadline.seconds == kept
    attempt.provider_batch = None
    assert provider_batches.schedule_message(attempt, message) is message


# How a batch may go


@pytest.mark.parametrize(
    ("mode", "now", "latest", "expected"),
    [
        pytest.param("immediate", -HOUR, -HOUR, None, id="not-ahead"),
        pytest.param("prescheduled", dt.timedelta(0), dt.timedelta(0), None, id="due"),
        pytest.param("prescheduled", -HOUR, -HOUR, "under", id="in-time"),
        pytest.param("on_hold", -HOUR, -HOUR, "under", id="on-hold"),
        pytest.param("prescheduled", -HOUR, -17 * MINUTE, "at", id="perhaps-too-late"),
        pytest.param("prescheduled", -HOUR, -17 * MINUTE - SECOND, "under", id="just-in-time"),
        pytest.param("prescheduled", -SECOND, -SECOND, "at", id="in-a-second"),
    ],
)
def test_batch_goes_ahead_or_at_its_time(
    rows: Rows, mode: str, now: dt.timedelta, latest: dt.timedelta, expected: str | None
) -> None:
    """Under an open provider batch while there is time; else at the time itself, and not before."""
    send = rows.send(delivery_mode=mode, at=NOW)
    under = send.provider_batches.create(group=1, state="open", at=NOW)

    gate = provider_batches.choose_delivery(rows.batch(send), NOW + now, NOW + latest)

    assert gate.provider_batch == (under if expected == "under" else None)
    assert gate.wait_until == (NOW if expected == "at" else None)


@pytest.mark.parametrize(
    ("states", "waits"),
    [
        ([], SECOND),
        (["new"], SECOND),
        (["cancelling"], SECOND),
        (["cancelled"], SECOND),
        (["released"], HOUR),
        (["released", "new"], SECOND),
        (["cancelled", "released"], HOUR),
    ],
)
def test_batch_waits_for_its_group(rows: Rows, states: list[str], waits: dt.timedelta) -> None:
    """It looks again soon, or goes at the time itself if its group went without it."""
    send = rows.send(delivery_mode="prescheduled", at=NOW + HOUR)
    for state in states:
        send.provider_batches.create(group=1, state=state, at=send.at)

    gate = provider_batches.choose_delivery(rows.batch(send), NOW, NOW)

    assert (gate.provider_batch, gate.wait_until) == (None, NOW + waits)


def test_batches_share_the_groups_of_their_send(rows: Rows) -> None:
    """Each batch has one group, by its number, whichever of them are open."""
    send = rows.send(delivery_mode="prescheduled", at=NOW + HOUR)
    under = {
        group: send.provider_batches.create(group=group, state="open", at=send.at)
        for group in (1, 2, 3)
    }
    found = [
        provider_batches.choose_delivery(rows.batch(send, number=number), NOW, NOW).provider_batch
        for number in range(1, 7)
    ]

    assert found == [under[2], under[3], under[1]] * 2


# What is cancelled


@pytest.mark.parametrize(
    ("fields", "cancelled"),
    [
        ({}, False),
        ({"attempt": "unknown"}, True),
        ({"send": "cancelled"}, True),
        ({"send": "paused"}, False),
        ({"attempt": "in_flight"}, False),
        ({"attempt": "unknown", "at": NOW + 11 * MINUTE + SECOND}, True),
        ({"attempt": "unknown", "at": NOW + 11 * MINUTE}, False),
        ({"attempt": "unknown", "at": NOW, "mode": "on_hold"}, True),
        *[({"attempt": "unknown", "state": state}, False) for state in ("new", "cancelling")],
    ],
)
def test_lost_answers_and_cancelled_sends_are_cancelled(
    ahead: Ahead, fields: dict[str, Any], cancelled: bool
) -> None:
    """Everything open of a cancelled send, or with a lost answer, until there is no time left."""
    under = ahead(**fields)

    assert reversals.to_cancel(NOW) == ([under] if cancelled else [])


def test_lost_answer_waits_while_a_cancellation_is_not_trusted(ahead: Ahead, rows: Rows) -> None:
    """Then a lost answer waits for evidence; a person's cancellation is tried all the same."""
    under = ahead(attempt="unknown")
    old = rows.attempt(rows.batch(under.send, "planned"), "cancelled")
    Evidence.objects.create(attempt=old, kind=Evidence.Kind.CONTRADICTION, at=NOW - HOUR)

    assert reversals.to_cancel(NOW) == []
    Send.objects.update(state="cancelled")
    assert reversals.to_cancel(NOW) == [under]


@pytest.mark.parametrize(
    ("mode", "attempt", "posted", "quiet"),
    [
        ("prescheduled", "accepted", -SECOND, True),
        ("prescheduled", "in_flight", -HOUR, False),
        ("prescheduled", "unknown", -4 * MINUTE, True),
        ("prescheduled", "unknown", -4 * MINUTE + SECOND, False),
        ("on_hold", "unknown", -SECOND, True),
        ("on_hold", "in_flight", -HOUR, False),
    ],
)
def test_cancelling_waits_for_what_may_still_arrive(
    ahead: Ahead, mode: str, attempt: str, posted: dt.timedelta, quiet: bool
) -> None:
    """A request in progress, or lost some minutes ago, may arrive after the cancellation."""
    under = ahead("cancelling", mode=mode, attempt=attempt, posted=posted)

    assert reversals.is_quiet(under, NOW) is quiet


CANCELLED = ("cancelled", "planned")
DOUBT = ("unknown", "unknown")


@pytest.mark.parametrize("state", ["accepted", "unknown", "refused", "not_sent"])
def test_confirmed_cancellation_plans_its_batches_again(
    rows: Rows, add_people: AddPeople, state: str
) -> None:
    """What was accepted or unknown goes again, to whom it was discarded for, too; no other does."""
    send = rows.send(delivery_mode="prescheduled")
    under = send.provider_batches.create(group=1, state="cancelling", at=send.at)
    batch_state = "claimed" if state == "not_sent" else state
    batch = rows.batch(send, batch_state, add_people(2), not_before=timezone.now() + HOUR)
    batch.deliveries.update(outcome="dropped", reason="discarded")
    attempt = rows.attempt(batch, state, provider_batch=under)
    other = rows.attempt(rows.batch(send, "accepted"), "accepted")

    reversals.record_cancelled(under)

    attempt.refresh_from_db()
    under.refresh_from_db()
    other.refresh_from_db()
    reverted = state in ("accepted", "unknown")
    stands = (attempt.state, attempt.batch.state)
    assert stands == (CANCELLED if reverted else (state, batch_state))
    assert (attempt.batch.not_before is None) is reverted
    left = set(batch.deliveries.values_list("outcome", "reason"))
    assert left == {(None, "") if reverted else ("dropped", "discarded")}
    assert (under.state, other.state) == ("cancelled", "accepted")


@pytest.mark.parametrize("state", [each for each in ProviderBatch.State if each != "cancelling"])
def test_only_what_is_being_cancelled_is_recorded(ahead: Ahead, state: str) -> None:
    """A confirmation that another process has recorded already changes nothing."""
    under = ahead(state)

    reversals.record_cancelled(under)
    reversals.record_not_cancelled(under, in_doubt=True)

    under.refresh_from_db()
    assert (under.state, under.in_doubt) == (state, False)
    assert Attempt.objects.get().state == "accepted"


@pytest.mark.parametrize("in_doubt", [True, False])
def test_cancellation_that_came_too_late(ahead: Ahead, in_doubt: bool) -> None:
    """The mail leaves; if nobody knows that, what was accepted is unknown until there is proof."""
    under = ahead("cancelling")

    reversals.record_not_cancelled(under, in_doubt=in_doubt)

    under.refresh_from_db()
    attempt = Attempt.objects.get()
    assert (under.state, under.in_doubt) == ("released", in_doubt)
    stands = (attempt.state, attempt.batch.state)
    assert stands == (DOUBT if in_doubt else ("accepted", "accepted"))


# What is released


@pytest.mark.parametrize("mode", ["prescheduled", "on_hold"])
@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("left", [SECOND, dt.timedelta(0)])
def test_what_leaves_by_itself_at_its_time(
    ahead: Ahead, mode: str, state: str, left: dt.timedelta
) -> None:
    """All that is open or new; mail on hold has to be released, once nothing is in doubt."""
    under = ahead(state, mode=mode, at=NOW + left)

    due = not left
    by_itself = due and (state == "new" or (state, mode) == ("open", "prescheduled"))
    held = due and (state, mode) == ("open", "on_hold")
    assert releases.leaving_by_themselves(NOW) == ([under] if by_itself else [])
    assert releases.to_release(NOW) == ([under] if held else [])


@pytest.mark.parametrize("attempt", ["in_flight", "unknown"])
def test_nothing_is_released_while_it_is_in_doubt(ahead: Ahead, attempt: str) -> None:
    """It is cancelled first, and goes again; what is in doubt elsewhere does not matter."""
    ahead("open", mode="on_hold", at=NOW, attempt=attempt)

    assert releases.to_release(NOW) == []
    Attempt.objects.update(provider_batch=None)
    assert len(releases.to_release(NOW)) == 1


@pytest.mark.parametrize(
    ("fields", "expired"),
    [
        ({"posted": -71 * HOUR}, True),
        ({"posted": -71 * HOUR, "state": "releasing"}, True),
        ({"posted": -71 * HOUR, "state": "cancelling"}, False),
        ({"posted": -71 * HOUR + SECOND}, False),
        ({"posted": -71 * HOUR, "mode": "prescheduled"}, False),
    ],
)
def test_mail_on_hold_for_three_days_is_discarded(
    ahead: Ahead, fields: dict[str, Any], expired: bool
) -> None:
    """Counted from its first request, with an hour to spare."""
    under = ahead(**{"mode": "on_hold", **fields})

    assert releases.expired_provider_batches(NOW) == ([under] if expired else [])


@pytest.mark.parametrize(
    ("send", "note"), [("sending", ""), ("paused", "by Aiko"), ("cancelled", "by Aiko")]
)
def test_what_was_discarded_is_unknown_and_waits_for_a_person(
    ahead: Ahead, send: str, note: str
) -> None:
    """Nobody counts as having it; the send says for how many, and how it goes again."""
    under = ahead(mode="on_hold", send=send)
    Send.objects.update(note=note)

    releases.expire_provider_batch(under, NOW)

    under.refresh_from_db()
    kept = Send.objects.get()
    assert (under.state, under.cancelling_since) == ("cancelling", NOW)
    assert Attempt.objects.get().state == "unknown"
    assert kept.state == ("held" if send == "sending" else send)
    assert ("3 people" in kept.note) == (send != "cancelled")
    assert send != "cancelled" or kept.note == note


# How many there may be


@pytest.mark.parametrize(
    ("batches", "states", "lacking"),
    [
        (3, {}, [1, 2, 3]),
        (20, {}, [1, 2, 3, 4, 5, 6, 7, 8]),
        (3, {1: "new", 2: "open", 3: "cancelling"}, []),
        (3, {1: "cancelled", 2: "released", 3: "releasing"}, [1]),
    ],
)
def test_groups_that_lack_a_provider_batch(
    rows: Rows, batches: int, states: dict[int, str], lacking: list[int]
) -> None:
    """One that was cancelled is followed by another; one that was released is not."""
    send = rows.send(delivery_mode="prescheduled", at=NOW + HOUR)
    for _ in range(batches):
        rows.batch(send)
    for group, state in states.items():
        send.provider_batches.create(group=group, state=state, at=send.at)

    assert provider_batches.uncovered_groups(send) == lacking
    assert provider_batches.sends_to_cover(NOW) == ([send] if lacking else [])


@pytest.mark.parametrize(
    ("fields", "covered"),
    [
        ({}, True),
        ({"delivery_mode": "immediate"}, False),
        ({"at": NOW + 17 * MINUTE}, False),
        ({"at": NOW + 17 * MINUTE + SECOND}, True),
    ],
)
def test_sends_with_time_left_get_provider_batches(
    rows: Rows, fields: dict[str, Any], covered: bool
) -> None:
    """Nothing is submitted ahead of its time that could not be cancelled any more."""
    send = rows.send(**{"delivery_mode": "prescheduled", "at": NOW + HOUR, **fields})
    rows.batch(send)

    assert provider_batches.sends_to_cover(NOW) == ([send] if covered else [])


@pytest.mark.parametrize(
    ("states", "marked", "free"),
    [
        ([], set(), 10),
        (LIVE, set(), 6),
        (["cancelled", "released"], set(), 10),
        (["open"], {"id-0"}, 9),
        (["open"], {"id-0", "by-another"}, 8),
        ([], {str(number) for number in range(12)}, 0),
    ],
)
def test_account_has_room_for_ten(
    rows: Rows, states: list[str], marked: set[str], free: int
) -> None:
    """What is open, and what the provider keeps for others, takes one place each."""
    send = rows.send(delivery_mode="prescheduled")
    for group, state in enumerate(states):
        send.provider_batches.create(
            group=group, state=state, at=send.at, provider_id=f"id-{group}"
        )

    assert budget.count_free(marked) == free


def test_status_that_the_provider_keeps_takes_a_place(rows: Rows) -> None:
    """A cancellation that has done its work stays there until it is deleted."""
    send = rows.send(delivery_mode="prescheduled")
    send.provider_batches.create(
        group=1, state="cancelled", at=send.at, provider_id="one", has_status=True
    )

    assert budget.count_free({"one"}) == budget.count_free(()) == 9
    assert provider_batches.any_live()


@pytest.mark.parametrize(
    ("before", "marked", "created", "note"),
    [
        ([], 0, 8, ""),
        ([], 3, 5, provider_batches.NO_ROOM),
        ([], 12, 0, provider_batches.NO_ROOM),
        (["cancelled", "cancelled"], 8, 2, ""),
        (["cancelled", "cancelled"], 9, 1, provider_batches.NO_ROOM),
    ],
)
def test_provider_batches_are_created_as_far_as_there_is_room(
    rows: Rows, before: list[str], marked: int, created: int, note: str
) -> None:
    """Two places are kept at first, for groups that have to be submitted again."""
    send = rows.send(delivery_mode="prescheduled", at=NOW + HOUR)
    for _ in range(8):
        rows.batch(send)
    for group, state in enumerate(before, 1):
        send.provider_batches.create(group=group, state=state, at=send.at)

    provider_batches.create_provider_batches(send, [f"other-{place}" for place in range(marked)])

    send.refresh_from_db()
    assert send.provider_batches.filter(state="new", at=send.at).count() == created
    assert send.note == note


# Releasing what is on hold


class OnHold:
    """A provider that holds mail back, or does not; it counts what it is asked to let go."""

    def __init__(self, status: Status | None) -> None:
        self.status, self.cleared = status, list[str]()

    def get_status(self, _batch_id: str) -> Status | None:
        """Return the status of all mail."""
        return self.status

    def clear_status(self, batch_id: str) -> None:
        """Let the mail go."""
        self.cleared.append(batch_id)

    def set_status(self, _batch_id: str, _status: Status) -> dt.datetime:
        """Pause or cancel all mail, at once."""
        return NOW

    def create_batch_id(self) -> str:
        """Return a new id."""
        return "b9"


@pytest.mark.parametrize(
    ("status", "left", "asked", "state"),
    [
        pytest.param(Status.PAUSE, False, None, "released", id="held"),
        pytest.param(Status.PAUSE, True, None, "cancelling", id="somebody-left"),
        pytest.param(Status.CANCEL, False, None, "cancelling", id="cancelled-there"),
        pytest.param(None, True, None, "released", id="gone-already"),
        pytest.param(Status.PAUSE, True, 4 * MINUTE, "cancelling", id="asked-long-ago"),
        pytest.param(Status.PAUSE, True, 4 * MINUTE - SECOND, "releasing", id="asked-just-now"),
    ],
)
def test_nothing_is_released_for_who_left(
    ahead: Ahead,
    add_people: AddPeople,
    status: Status | None,
    left: bool,
    asked: dt.timedelta | None,
    state: str,
) -> None:
    """While an earlier request may still arrive, it is neither repeated nor cancelled."""
    under = ahead("releasing", mode="on_hold", provider_id="b1", has_status=True)
    (person,) = add_people(1, state="unsubscribed" if left else "active")
    batch = Attempt.objects.get().batch
    under.send.deliveries.create(subscriber=person, batch=batch, address=person.email)
    under.release_asked_at = NOW - asked if asked else None
    provider = OnHold(status)

    cancellation.release(cast("Cancellation", provider), under, NOW)

    asks = state == "released" and status is not None
    under.refresh_from_db()
    assert (under.state, provider.cleared) == (state, ["b1"] if asks else [])
    assert under.has_status is (state != "released")
    assert under.release_asked_at == (NOW if asks else None)


def cancel_now(provider: Cancellation, under: ProviderBatch) -> None:
    """Cancel what waits."""
    cancellation.cancel_provider_batch(provider, under, NOW)


def release_now(provider: Cancellation, under: ProviderBatch) -> None:
    """Release what waits."""
    cancellation.release(provider, under, NOW)


@pytest.mark.parametrize(
    ("state", "status", "step"),
    [
        ("new", None, cancellation.open_up),
        ("releasing", Status.PAUSE, release_now),
        ("releasing", None, release_now),
        ("cancelling", Status.PAUSE, cancel_now),
        ("cancelling", None, cancel_now),
        ("cancelled", Status.CANCEL, cancellation.delete_status),
    ],
)
def test_step_changes_one_provider_batch(
    ahead: Ahead,
    state: str,
    status: Status | None,
    step: Callable[[Cancellation, ProviderBatch], None],
) -> None:
    """Others of the send keep their id, their status and what was asked: each is for itself."""
    fields = {"state": state, "provider_id": "" if state == "new" else "b1"}
    has_status = state in ("releasing", "cancelled")
    under = ahead(mode="on_hold", has_status=has_status, **fields)
    for group in (2, 3):
        under.send.provider_batches.create(
            group=group, at=under.at, has_status=group == 2, **fields
        )
    rows = ProviderBatch.objects.order_by("group")
    before = list(rows.values())

    provider = OnHold(status)
    step(cast("Cancellation", provider), under)

    assert provider.cleared == (["b1"] if has_status and status else [])
    after = list(rows.values())
    assert after[0] != before[0]
    assert after[1:] == before[1:]


def test_send_that_gives_up_leaves_other_sends_alone(ahead: Ahead, rows: Rows) -> None:
    """Only its own new provider batches are released, and only it says why."""
    under = ahead("new")
    ahead("new", issue=rows.other_issue())

    provider_batches.give_up(under.send, "No.")

    assert [str(each.state) for each in ProviderBatch.objects.order_by("pk")] == ["released", "new"]
    assert [send.note for send in Send.objects.order_by("pk")] == ["No.", ""]


# What is in doubt, and what goes on the web


def test_doubt_is_about_one_provider_batch(ahead: Ahead, rows: Rows) -> None:
    """Mail under another one counts as accepted, though a cancellation of this one is in doubt."""
    ahead(in_doubt=True)
    other = ahead(issue=rows.other_issue())
    doubtful, certain = Attempt.objects.order_by("pk")

    assert reversals.is_uncertain(doubtful)
    assert not reversals.is_uncertain(certain)
    assert certain.provider_batch == other


@pytest.mark.parametrize(
    ("published", "at", "state", "goes"),
    [
        pytest.param(None, -MINUTE, "sending", True, id="not-on-the-web"),
        pytest.param(-HOUR, -MINUTE, "sending", True, id="older-on-the-web"),
        pytest.param(-SECOND, -MINUTE, "sending", False, id="published-since"),
        pytest.param(None, MINUTE, "sending", False, id="not-due"),
        pytest.param(None, -25 * HOUR, "sending", False, id="long-ago"),
        pytest.param(None, -MINUTE, "queued", False, id="not-begun"),
        pytest.param(None, -MINUTE, "cancelled", False, id="cancelled"),
    ],
)
def test_issue_goes_on_the_web_when_its_mail_leaves(
    rows: Rows, published: dt.timedelta | None, at: dt.timedelta, state: str, goes: bool
) -> None:
    """The mail links there; what an editor published later stays as that editor left it."""
    issue = rows.issue
    issue.title = "As it was mailed"
    send = rows.send(state, delivery_mode="prescheduled", at=NOW + at)
    Edition.objects.update(revision=issue.save_revision())
    last = None if published is None else NOW + published
    Issue.objects.update(last_published_at=last, title="Before")

    provider_batches.publish_in_time(NOW)

    send.issue.refresh_from_db()
    assert send.issue.title == ("As it was mailed" if goes else "Before")


# What people are told


@pytest.mark.parametrize("state", ProviderBatch.State)
@pytest.mark.parametrize("attempt", ["accepted", "in_flight", "unknown", "not_sent"])
def test_people_whose_mail_waits(ahead: Ahead, state: str, attempt: str) -> None:
    """Whoever's mail may be there, while it may be cancelled."""
    under = ahead(state, attempt=attempt)

    live = state in LIVE
    assert provider_batches.has_open(under.send) is live
    assert provider_batches.any_live() is live
    waiting = provider_batches.count_waiting(under.send)
    assert waiting == (3 if live and attempt != "not_sent" else 0)


@pytest.mark.parametrize(
    ("mode", "until"), [("on_hold", NOW), ("prescheduled", NOW - leavers.CANCELLABLE_UNTIL)]
)
def test_until_when_it_can_be_undone(rows: Rows, mode: str, until: dt.datetime) -> None:
    """Mail on hold until it is released, other mail until the provider is certain to stop it."""
    assert provider_batches.cancellable_until(rows.send(delivery_mode=mode, at=NOW)) == until


# When a cancellation may be deleted at the provider


@pytest.mark.parametrize(
    ("state", "since", "age", "has_status", "over"),
    [
        ("cancelled", -SECOND, HOUR, True, True),
        ("cancelled", -SECOND, HOUR - SECOND, True, False),
        ("cancelled", None, HOUR, True, True),
        ("cancelled", dt.timedelta(0), 73 * HOUR - SECOND, True, False),
        ("cancelled", dt.timedelta(0), 73 * HOUR, True, True),
        ("released", -SECOND, HOUR, True, True),
        ("cancelling", -SECOND, 80 * HOUR, True, False),
        ("cancelled", -SECOND, HOUR, False, False),
    ],
)
def test_cancellation_stays_until_the_mail_is_discarded(
    ahead: Ahead,
    state: str,
    since: dt.timedelta | None,
    age: dt.timedelta,
    has_status: bool,
    over: bool,
) -> None:
    """Deleted earlier, it would let the mail leave; one begun after the time is kept for days."""
    began = None if since is None else NOW + since
    under = ahead(state, at=NOW, cancelling_since=began, has_status=has_status)

    found = cancellation.finished_provider_batches(NOW + age)

    assert found == ([under] if over else [])


def test_cancelling_is_certain_until_ten_minutes_before() -> None:
    """The provider is told whole seconds, so what is left of one does not count."""
    under = ProviderBatch(at=NOW + dt.timedelta(microseconds=900_000))

    assert cancellation.cancellation_deadline(under) == NOW - 10 * MINUTE
