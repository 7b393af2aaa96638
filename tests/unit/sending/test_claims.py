"""A batch goes to one sender, with those who may still be mailed, and only while all allows it."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from newsletter.sending import trusted_time
from newsletter.sending.delivery import claims
from newsletter.sending.limits import throttling, warmup
from newsletter.sending.models import (
    AlreadyMailed,
    Attempt,
    Batch,
    DatabaseIdentity,
    Delivery,
    MissingAttempt,
    ProviderBatch,
    Send,
)
from newsletter.sending.prescheduled import provider_batches
from newsletter.sending.restores import heartbeats
from newsletter.sending.restores.identity import submission_log
from subscribers.models import List, Subscriber, Subscription
from subscribers.suppressions import suppress
from tests.unit.sending.conftest import LEASE, AddPeople, Configure
from tests.unit.sending.ledger_rows import MINUTE, SECOND, Rows

HOUR = 60 * MINUTE

# Which batch is next


def test_only_planned_batches_of_sends_in_progress(rows: Rows) -> None:
    """Everything else waits for a person, for the canary or for an answer, or is through."""
    send = rows.send()
    batches = {state: rows.batch(send, state) for state in Batch.State}

    for state in Send.State:
        Send.objects.update(state=state)
        expected = batches[Batch.State.PLANNED].pk if state == "sending" else None
        assert claims.next_batch() == expected
        assert Batch.objects.claimable().count() == (expected is not None)


@pytest.mark.parametrize(("left", "found"), [(None, True), (-SECOND, True), (MINUTE, False)])
def test_batch_that_waits_for_a_time(rows: Rows, left: dt.timedelta | None, found: bool) -> None:
    """It is next once its time has come by the database's clock."""
    batch = rows.batch(rows.send(), not_before=None if left is None else Now() + left)

    assert claims.next_batch() == (batch.pk if found else None)


def test_nothing_is_next_while_sending_is_suspended(rows: Rows) -> None:
    """A database that may be too old submits nothing."""
    rows.batch(rows.send())
    DatabaseIdentity.objects.update(suspended_at=timezone.now())

    assert claims.next_batch() is None


def test_first_batch_of_each_send_goes_first(rows: Rows) -> None:
    """A large send does not keep a small one waiting, and the older send goes first."""
    large = rows.send()
    small = rows.send(issue=rows.other_issue())
    second = rows.batch(large, number=2)
    theirs = rows.batch(small, number=1)
    first = rows.batch(large, number=1)
    order = []

    while (batch := claims.next_batch()) is not None:
        order.append(batch)
        Batch.objects.filter(pk=batch).update(state="claimed")

    assert order == [first.pk, theirs.pk, second.pk]


# Claiming


def test_batch_has_one_sender(rows: Rows, add_people: AddPeople) -> None:
    """The second that asks gets nothing; the first has it until its lease is over."""
    batch = rows.batch(rows.send(), people=add_people(2))

    attempt = claims.claim_batch(batch.pk, lease=LEASE)

    assert attempt
    assert claims.claim_batch(batch.pk, lease=LEASE) is None
    kept = Attempt.objects.annotate(now=Now()).get()
    assert (kept.state, kept.size, kept.owner) == ("reserved", 2, claims.name_owner())
    assert LEASE - MINUTE < kept.lease_until - kept.now <= LEASE
    batch.refresh_from_db()
    assert batch.state == "claimed"


def test_batch_without_anybody_is_empty(rows: Rows, add_people: AddPeople) -> None:
    """Nothing is reserved for nobody."""
    (person,) = add_people(1, state="unsubscribed")
    batch = rows.batch(rows.send(), people=[person])

    assert claims.claim_batch(batch.pk, lease=LEASE) is None
    batch.refresh_from_db()
    assert batch.state == "empty"
    assert not Attempt.objects.exists()


def test_each_attempt_has_a_key_of_its_own(rows: Rows, add_people: AddPeople) -> None:
    """It travels with the mail, so it is not to be guessed, and no two are the same."""
    send = rows.send()
    keys = [
        attempt.key
        for person in add_people(2)
        if (attempt := claims.claim_batch(rows.batch(send, people=[person]).pk, lease=LEASE))
    ]

    assert [len(key) for key in keys] == [32, 32]
    assert len(set(keys)) == 2


def waiting_time(batch: Batch) -> dt.timedelta:
    """Return for how long a batch that was given back waits, by the database's clock."""
    kept = Batch.objects.annotate(now=Now()).get(pk=batch.pk)
    assert (kept.state, kept.attempts.count()) == ("planned", 0)
    assert kept.not_before
    wait: dt.timedelta = kept.not_before - kept.now
    return wait


@pytest.mark.parametrize(("state", "at"), [("new", HOUR), ("released", HOUR)])
def test_batch_that_cannot_go_yet_is_given_back(
    rows: Rows, add_people: AddPeople, state: str, at: dt.timedelta
) -> None:
    """Where its provider batch is not open it waits a second, or until the time itself."""
    send = rows.send(delivery_mode="prescheduled", at=timezone.now() + at)
    send.provider_batches.create(group=1, state=state, at=send.at)
    batch = rows.batch(send, people=add_people(1))

    assert claims.claim_batch(batch.pk, lease=LEASE) is None

    wait = waiting_time(batch)
    if state == "new":
        assert dt.timedelta(0) < wait <= MINUTE
    else:
        assert HOUR - MINUTE < wait <= HOUR


def test_batch_goes_under_its_provider_batch(rows: Rows, add_people: AddPeople) -> None:
    """The attempt says under which, so that it can be cancelled with it."""
    send = rows.send(delivery_mode="prescheduled", at=timezone.now() + HOUR)
    under = send.provider_batches.create(group=1, state="open", at=send.at)

    attempt = claims.claim_batch(rows.batch(send, people=add_people(1)).pk, lease=LEASE)

    assert attempt
    assert attempt.provider_batch == under


def start_warmup(configure: Configure, people: int) -> None:
    """Let this many people be submitted today."""
    today = warmup.site_date().isoformat()
    configure(rates={"warmup_start": today, "warmup_first_day": people})


def test_batch_waits_for_a_limit_that_has_no_room(
    rows: Rows, add_people: AddPeople, configure: Configure
) -> None:
    """Nothing is reserved, and it asks again when there may be room, no sooner."""
    start_warmup(configure, 5)
    send = rows.send()
    rows.attempt(rows.batch(send, "accepted"), "accepted", size=5, posted_at=trusted_time.now())
    batch = rows.batch(send, people=add_people(2))

    assert claims.claim_batch(batch.pk, lease=LEASE) is None

    assert abs(waiting_time(batch).total_seconds() - warmup.until_tomorrow()) < 120


# Beginning to submit


@pytest.mark.parametrize(("room", "goes", "stay"), [(3, True, 3), (4, True, 3), (2, False, 2)])
def test_as_many_go_as_the_warmup_has_room_for(
    rows: Rows, add_people: AddPeople, configure: Configure, room: int, goes: bool, stay: int
) -> None:
    """Where there is room for a part, the rest gets a batch of its own, and both are planned."""
    start_warmup(configure, room)
    send = rows.send()
    people = add_people(4)
    batch = rows.batch(send, "claimed", people)
    batch.deliveries.filter(subscriber=people[0]).update(outcome="refused")
    attempt = rows.attempt(batch, size=3)

    assert claims.begin_submission(attempt, lease=LEASE) is goes

    attempt.refresh_from_db()
    assert attempt.state == ("in_flight" if goes else "not_sent")
    waiting = batch.deliveries.filter(outcome=None).order_by("pk")
    assert [each.subscriber for each in waiting] == people[1 : 1 + stay]
    assert Batch.objects.count() == (1 if goes else 2)


@pytest.mark.parametrize("state", ["reserved", "in_flight"])
def test_batch_that_is_not_admitted_leaves_no_attempt(
    rows: Rows, add_people: AddPeople, configure: Configure, state: str
) -> None:
    """It did not count as a try, and waits; one that had begun already stays."""
    start_warmup(configure, 1)
    send = rows.send()
    rows.attempt(rows.batch(send, "accepted"), "accepted", size=1, posted_at=trusted_time.now())
    batch = rows.batch(send, "claimed", add_people(2))
    attempt = rows.attempt(batch, state, size=2)
    other = rows.attempt(rows.batch(send, "claimed"))

    assert not claims.begin_submission(attempt, lease=LEASE)

    assert Attempt.objects.filter(pk=other.pk, state="reserved").exists()
    if state == "reserved":
        assert waiting_time(batch) > dt.timedelta(0)
    else:
        batch.refresh_from_db()
        assert (batch.state, batch.attempts.get()) == ("claimed", attempt)


def test_batches_before_one_go_first(rows: Rows) -> None:
    """Those of the same domain that wait: with a lower number, or the same of an older send."""
    older = rows.send()
    newer = rows.send(issue=rows.other_issue())
    paused = rows.resend(older, "cancelled")
    first = rows.batch(older, number=1)
    same = rows.batch(older, number=2)
    batch = rows.batch(newer, number=2)
    rows.batch(newer, number=1, domain="a.example")
    rows.batch(older, "claimed", number=0)
    rows.batch(older, number=3)
    rows.batch(newer, number=3)
    rows.batch(paused, number=1)

    assert set(throttling.batches_before(batch)) == {first, same}
    assert set(throttling.batches_before(same)) == {first}
    gap = throttling.MIN_GAP_SECONDS
    assert throttling.seconds_until_turn(batch, 10.0) == pytest.approx(10.0 + 2 * gap)


# Who is taken out of a batch before it is submitted


def taken_out(batch: Batch) -> dict[int, tuple[str, str]]:
    """Return outcome and reason of the people of a batch that is claimed, by their place."""
    claims.still_wanted(batch)
    found = Delivery.objects.filter(batch=batch).order_by("subscriber").values_list
    return {
        place: (outcome, reason)
        for place, (outcome, reason) in enumerate(found("outcome", "reason"))
        if outcome
    }


def test_who_left_is_taken_out(rows: Rows, add_people: AddPeople) -> None:
    """Whoever is active on no list of the send, or is suppressed, with the reason; nobody else."""
    stays, left, pending, barred, both, gone = add_people(6)
    elsewhere = List.objects.create(name="Other", slug="other")
    friends = List.objects.create(name="Friends", slug="friends")
    send = rows.send()
    send.lists.add(friends)
    of = Subscription.objects.filter
    of(subscriber__in=[left, both, gone]).update(state="unsubscribed")
    of(subscriber=pending).update(state="pending")
    suppress(barred.email)
    Subscription.objects.create(subscriber=both, list=friends)
    Subscription.objects.create(subscriber=gone, list=elsewhere)
    batch = rows.batch(send, "claimed", [stays, left, pending, barred, both, gone])

    assert taken_out(batch) == {
        1: ("excluded", "unsubscribed"),
        2: ("excluded", "unsubscribed"),
        3: ("excluded", "suppressed"),
        5: ("excluded", "unsubscribed"),
    }
    assert claims.still_wanted(batch) == 2


def test_who_has_an_outcome_keeps_it(rows: Rows, add_people: AddPeople) -> None:
    """Somebody refused who leaves stays refused, and is not counted."""
    people = add_people(2, state="unsubscribed")
    batch = rows.batch(rows.send(), "claimed", people)
    batch.deliveries.filter(subscriber=people[0]).update(outcome="refused", reason="no")

    assert taken_out(batch) == {0: ("refused", "no"), 1: ("excluded", "unsubscribed")}
    assert claims.still_wanted(batch) == 0


def test_other_batches_are_left_alone(rows: Rows, add_people: AddPeople) -> None:
    """Only the batch that is claimed is looked at."""
    send = rows.send()
    first, second = add_people(2, state="unsubscribed")
    claimed, other = rows.batch(send, "claimed", [first]), rows.batch(send, people=[second])

    claims.still_wanted(claimed)

    assert not other.deliveries.exclude(outcome=None).exists()


def test_who_may_have_it_from_another_send(rows: Rows, add_people: AddPeople) -> None:
    """Claimed, accepted or unknown there: out; not if they were left out, refused or dropped."""
    cases = list(itertools.product(Batch.State, [None, *Delivery.Outcome]))
    people = add_people(len(cases) + 1)
    earlier = rows.send("cancelled")
    for person, (state, outcome) in zip(people, cases, strict=False):
        there = rows.batch(earlier, state, [person])
        there.deliveries.update(outcome=outcome)
    batch = rows.batch(rows.send(), "claimed", people)

    out = taken_out(batch)

    maybe = {"claimed", "accepted", "unknown"}
    without = {"excluded", "refused", "dropped"}
    assert set(out.values()) == {("excluded", "already")}
    assert {cases[place] for place in out} == {
        (state, outcome) for state, outcome in cases if state in maybe and outcome not in without
    }


def test_other_issues_do_not_count(rows: Rows, add_people: AddPeople) -> None:
    """Who has another issue gets this one, even where there are several sends of this one."""
    person, other = add_people(2)
    rows.send("cancelled")
    theirs = rows.send("sent", issue=rows.other_issue())
    rows.batch(theirs, "accepted", [person])
    batch = rows.batch(rows.send(), "claimed", [person, other])

    assert taken_out(batch) == {}


def already_mailed(issue: object, person: Subscriber) -> None:
    """Record that a send which the ledger lost had mailed somebody."""
    lost = MissingAttempt.objects.create(key=f"lost-{person.pk}")
    AlreadyMailed.objects.create(issue=issue, subscriber=person, attempt=lost)  # type: ignore[misc]


def test_who_was_mailed_by_a_lost_send_is_taken_out(rows: Rows, add_people: AddPeople) -> None:
    """What the submission log remembers of this issue counts, though the ledger forgot it."""
    had, had_another, fresh = add_people(3)
    already_mailed(rows.issue, had)
    already_mailed(rows.other_issue(), had_another)
    batch = rows.batch(rows.send(), "claimed", [had, had_another, fresh])

    assert taken_out(batch) == {0: ("excluded", "already")}


# The last look before the first byte


def test_attempt_goes_into_flight(rows: Rows) -> None:
    """Its lease begins then, and the time is noted, both by the database's clock."""
    attempt = rows.attempt(rows.batch(rows.send(), "claimed"))

    assert claims.mark_in_flight(attempt, LEASE)

    kept = Attempt.objects.annotate(now=Now()).get()
    assert kept.state == "in_flight"
    assert kept.posted_at
    assert -MINUTE < kept.posted_at - kept.now <= dt.timedelta(0)
    assert LEASE - MINUTE < kept.lease_until - kept.now <= LEASE


@pytest.mark.parametrize("state", [each for each in Attempt.State if each != "reserved"])
def test_only_what_is_reserved_begins(rows: Rows, state: str) -> None:
    """What was given back, or is in progress, does not begin."""
    attempt = rows.attempt(rows.batch(rows.send(), "claimed"), state)

    assert not claims.mark_in_flight(attempt, LEASE)


@pytest.mark.parametrize("state", [each for each in Send.State if each != "sending"])
def test_nothing_begins_once_the_send_was_stopped(rows: Rows, state: str) -> None:
    """A pause or a cancellation in between wins, though another send is in progress."""
    rows.send(issue=rows.other_issue())
    attempt = rows.attempt(rows.batch(rows.send(state), "claimed"))

    assert not claims.mark_in_flight(attempt, LEASE)


def test_nothing_begins_after_the_lease(rows: Rows) -> None:
    """Somebody else may have the batch by then."""
    attempt = rows.attempt(rows.batch(rows.send(), "claimed"), left=-SECOND)

    assert not claims.mark_in_flight(attempt, LEASE)


WATCH = [
    pytest.param({}, 3, True, id="all-is-well"),
    pytest.param({"heartbeat_at": None}, 3, True, id="nobody-looked-yet"),
    pytest.param({"heartbeats": 2}, 3, False, id="a-heartbeat-is-lost"),
    pytest.param({"heartbeats": 4}, 3, True, id="somebody-else-looked"),
    pytest.param({"heartbeat_at": Now() - 11 * MINUTE}, 3, False, id="nobody-looked-for-long"),
    pytest.param({"heartbeat_at": Now() - 9 * MINUTE}, 3, True, id="somebody-looked-lately"),
    pytest.param({"suspended_at": Now()}, 3, False, id="suspended"),
]


@pytest.mark.parametrize(("fields", "seen", "begins"), WATCH)
def test_nothing_begins_on_a_database_that_may_be_too_old(
    rows: Rows, fields: dict[str, Any], seen: int, begins: bool
) -> None:
    """It must know the last heartbeat of this process, and somebody must have looked lately."""
    attempt = rows.attempt(rows.batch(rows.send(), "claimed"))
    DatabaseIdentity.objects.update(**{"heartbeats": 3, "heartbeat_at": Now(), **fields})
    heartbeats.get_process().last = seen

    assert claims.mark_in_flight(attempt, LEASE) == begins


@pytest.mark.parametrize("known", [True, False])
def test_nothing_begins_where_the_last_attempt_is_forgotten(rows: Rows, known: bool) -> None:
    """What this process submitted last must be in the ledger."""
    before = rows.attempt(rows.batch(rows.send("cancelled"), "accepted"), "accepted")
    attempt = rows.attempt(rows.batch(rows.send(), "claimed"))
    submission_log().previous = before.key if known else "f" * 32

    assert claims.mark_in_flight(attempt, LEASE) == known


@pytest.mark.parametrize("state", ProviderBatch.State)
@pytest.mark.parametrize("spare", [MINUTE, -MINUTE])
def test_waiting_mail_needs_an_open_provider_batch_and_time(
    rows: Rows, state: str, spare: dt.timedelta
) -> None:
    """Where it is being cancelled, or leaves too soon to be, nothing more is submitted to wait."""
    send = rows.send()
    send.provider_batches.create(group=2, state="open", at=timezone.now() + 60 * MINUTE)
    mine = send.provider_batches.create(
        group=1, state=state, at=timezone.now() + provider_batches.MIN_WAIT + spare
    )
    attempt = rows.attempt(rows.batch(send, "claimed"), provider_batch=mine)

    assert claims.mark_in_flight(attempt, LEASE) == (state == "open" and spare > SECOND)
