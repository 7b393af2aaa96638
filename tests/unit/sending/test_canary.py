"""A few people get an issue first; the rest waits until that went well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from newsletter.errors import InvalidTransition, OutcomeUnknown, Refused, TransportError
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.models import Attempt, AuditEntry, Batch, Delivery, Send
from newsletter.sending.operations import control
from newsletter.sending.planning import resend
from newsletter.sending.planning.queue import queue
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.safeguards import canary
from newsletter.transports.memory import MemoryTransport
from subscribers.addresses import key_of
from subscribers.models import List, Subscriber, Subscription
from subscribers.suppressions import suppress
from tests.unit.sending.conftest import LEASE, MAX_DELAY, AddPeople, Configure

Start = Callable[..., Send]


@pytest.fixture(autouse=True)
def wanted(publication: Publication, configure: Configure) -> None:
    """The publication wants a tenth of its readers first."""
    configure(canary={"percent": 10.0, "minutes": 30.0})
    publication.canary = True
    publication.save()


def list_of(count: int) -> List:
    """Return a new list with N people, who are not readers."""
    made = List.objects.create(name="First", slug="first", public=False)
    for number in range(count):
        email = f"first{number}@quay.example"
        person = Subscriber.objects.create(email=email, key=key_of(email))
        Subscription.objects.create(subscriber=person, list=made)
    return made


@pytest.fixture
def seeds(publication: Publication) -> List:
    """A list with a colleague and a test mailbox, who are not readers."""
    team = List.objects.create(name="Team", slug="team", public=False)
    for name in ("editor", "mailbox"):
        email = f"{name}@quay.example"
        person = Subscriber.objects.create(email=email, key=key_of(email))
        Subscription.objects.create(subscriber=person, list=team)
    publication.seeds = team
    publication.save()
    return team


def submit_mail(transport: MemoryTransport) -> None:
    """Submit until nothing may go, as senders and clock do together."""
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)
    canary.check_canaries()
    recovery.close_finished_sends()


def let_minutes_pass(minutes: float) -> None:
    """Have every answer come so much earlier."""
    Attempt.objects.update(answered_at=timezone.now() - dt.timedelta(minutes=minutes))


def test_few_go_first(start: Start, add_people: AddPeople, seeds: List) -> None:
    """Only the seeds and one in ten are submitted; all others wait, and the sums agree."""
    add_people(200)
    send, transport = start(batch_size=50), MemoryTransport()

    submit_mail(transport)

    counted = count_send(send)
    counted.check()
    first = counted.deliveries["accepted"]
    assert counted.deliveries == {"accepted": first, "waiting": 202 - first}
    assert 10 <= first <= 35
    assert {"editor@quay.example", "mailbox@quay.example"} <= set(transport.addresses())
    send.refresh_from_db()
    assert (send.state, send.canary) == (Send.State.SENDING, Send.Canary.FIRST)


def test_rest_follows_when_the_time_is_over(start: Start, add_people: AddPeople) -> None:
    """Once the minutes have passed after the last answer, everybody gets it, once."""
    added = add_people(60)
    send, transport = start(), MemoryTransport()
    submit_mail(transport)

    let_minutes_pass(29)
    submit_mail(transport)
    assert "waiting" in count_send(send).deliveries
    let_minutes_pass(31)
    submit_mail(transport)
    submit_mail(transport)

    send.refresh_from_db()
    assert send.state == Send.State.SENT
    assert sorted(transport.addresses()) == sorted(person.email for person in added)
    assert send.audit_entries.get().kind == AuditEntry.Kind.CANARY_PASSED


@pytest.mark.parametrize(
    ("mailed", "delivered", "state"),
    [
        pytest.param(100, 95, Send.Canary.PASSED, id="nearly-all-of-a-hundred"),
        pytest.param(100, 94, Send.Canary.FIRST, id="too-few-of-a-hundred"),
        pytest.param(99, 99, Send.Canary.FIRST, id="all-of-fewer"),
    ],
)
def test_good_news_of_a_hundred_ends_the_waiting(
    start: Start,
    add_people: AddPeople,
    configure: Configure,
    publication: Publication,
    mailed: int,
    delivered: int,
    state: Send.Canary,
) -> None:
    """The rest goes before its time once 95 % of a hundred or more were delivered, no sooner."""
    configure(canary={"percent": 0.0})
    add_people(5)
    publication.seeds = list_of(mailed)
    publication.save()
    send, transport = start(batch_size=mailed), MemoryTransport()
    submit_mail(transport)
    told = Delivery.objects.filter(batch__canary=True).order_by("pk")[:delivered]
    Delivery.objects.filter(pk__in=told).update(outcome=Delivery.Outcome.DELIVERED)

    canary.check_canaries()

    send.refresh_from_db()
    assert len(transport.addresses()) == mailed
    assert send.canary == state


def test_one_complaint_keeps_the_rest_waiting(
    start: Start, add_people: AddPeople, configure: Configure, publication: Publication
) -> None:
    """Good news of everybody else does not outweigh one person who calls it spam."""
    configure(canary={"percent": 0.0}, auto_pause={"min_complaints": 50})
    add_people(5)
    publication.seeds = list_of(150)
    publication.save()
    send = start(batch_size=150)
    submit_mail(MemoryTransport())
    first = Delivery.objects.filter(batch__canary=True)
    first.update(outcome=Delivery.Outcome.DELIVERED)
    Delivery.objects.filter(pk=first[0].pk).update(outcome=Delivery.Outcome.COMPLAINED)

    canary.check_canaries()

    send.refresh_from_db()
    assert send.canary == Send.Canary.FIRST


BAD_ANSWERS = [
    pytest.param(Refused("no"), "The canary was refused", id="refused"),
    pytest.param(OutcomeUnknown(), "The canary was left without an answer", id="lost"),
]


@pytest.mark.parametrize(("answer", "words"), BAD_ANSWERS)
def test_bad_answer_holds_the_rest(
    start: Start, add_people: AddPeople, answer: TransportError, words: str
) -> None:
    """A canary that was refused or has no answer holds the send; to go on is on the record."""
    add_people(60)
    send, transport = start(batch_size=60), MemoryTransport([answer])
    submit_mail(transport)
    send.refresh_from_db()
    assert (send.state, send.held_by) == (Send.State.HELD, Send.AutoPause.CANARY)
    assert send.note.startswith(words)

    control.resume(send, by="Aiko")
    submit_mail(transport)

    send.refresh_from_db()
    assert send.held_by == ""
    assert "waiting" not in count_send(send).deliveries
    overruled = send.audit_entries.get(kind=AuditEntry.Kind.OVERRULED)
    assert (overruled.by, overruled.auto_pause) == ("Aiko", "canary")


def test_person_need_not_wait(start: Start, add_people: AddPeople) -> None:
    """Somebody may let the rest go at once, and their name is kept; a second time is refused."""
    add_people(60)
    send, transport = start(), MemoryTransport()
    submit_mail(transport)

    canary.release_rest(send, by="Aiko")
    with pytest.raises(InvalidTransition, match="no mail of send"):
        canary.release_rest(send)
    submit_mail(transport)

    assert count_send(send).deliveries == {"accepted": 60}
    assert send.audit_entries.get().by == "Aiko"
    with pytest.raises(InvalidTransition, match="no mail of send"):
        canary.release_rest(send)


def test_pause_does_not_skip_the_canary(start: Start, add_people: AddPeople) -> None:
    """Paused and let go on, a send still waits for what comes back."""
    add_people(60)
    send, transport = start(), MemoryTransport()
    submit_mail(transport)
    control.pause(send)

    control.resume(send)
    submit_mail(transport)

    assert "waiting" in count_send(send).deliveries


def test_dead_sender_changes_nothing(start: Start, add_people: AddPeople) -> None:
    """A process that dies over the canary leaves the rest waiting, and the canary goes again."""
    add_people(60)
    send, transport = start(batch_size=60), MemoryTransport()
    claims.claim_batch(Batch.objects.get(canary=True).pk, lease=dt.timedelta(seconds=-1))
    canary.check_canaries()
    recovery.recover()
    canary.check_canaries()
    assert set(count_send(send).deliveries) == {"planned", "waiting"}

    submit_mail(transport)

    assert set(count_send(send).deliveries) == {"accepted", "waiting"}


def test_waiting_batch_cannot_be_claimed(start: Start, add_people: AddPeople) -> None:
    """Whoever asks for a batch that waits gets nothing."""
    add_people(60)
    start()
    waiting = Batch.objects.filter(state=Batch.State.WAITING)[0]

    assert claims.claim_batch(waiting.pk, lease=LEASE) is None


def test_audience_without_a_canary_does_not_wait(start: Start, configure: Configure) -> None:
    """Where the few are nobody, nobody waits for them."""
    configure(canary={"percent": 0.0})
    send = start()

    canary.check_canaries()
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert send.state == Send.State.SENT


def test_seed_who_must_not_be_mailed(start: Start, add_people: AddPeople, seeds: List) -> None:
    """A seed that is suppressed is left out like anybody else."""
    add_people(5)
    suppress("editor@quay.example")
    send, transport = start(), MemoryTransport()

    submit_mail(transport)

    assert "editor@quay.example" not in transport.addresses()
    assert count_send(send).excluded == {"suppressed": 1}


def test_publication_without_the_wish(
    start: Start, add_people: AddPeople, publication: Publication, seeds: List
) -> None:
    """Where it is switched off, all go at once, and the seeds are nobody's readers."""
    Publication.objects.update(canary=False)
    publication.refresh_from_db()
    add_people(20)

    send = start()

    assert count_send(send).deliveries == {"planned": 20}


def test_resend_goes_to_all_at_once(start: Start, add_people: AddPeople, seeds: List) -> None:
    """Who did not get it does not wait again, and the seeds do not get it a second time."""
    add_people(60)
    send, first, second = start(batch_size=60), MemoryTransport(), MemoryTransport()
    submit_mail(first)
    send, _ = control.cancel(send)

    new = resend.queue_resend(send)
    dispatch.start_due(timezone.now() + MAX_DELAY, late=MAX_DELAY)
    submit_mail(second)

    new.refresh_from_db()
    assert (new.canary, new.state) == (Send.Canary.NONE, Send.State.SENT)
    assert len(second.addresses()) == 62 - len(first.addresses())
    assert not set(first.addresses()) & set(second.addresses())


@pytest.mark.parametrize("mode", ["prescheduled", "on_hold"])
def test_canary_is_never_submitted_ahead(issue: Issue, add_people: AddPeople, mode: str) -> None:
    """Nothing is heard of mail that waits at the provider, so a canary leaves at its time."""
    Publication.objects.update(delivery_mode=mode)
    issue.publication.refresh_from_db()
    add_people(60)
    now = timezone.now()
    send, ahead = (
        queue(issue, at=now + dt.timedelta(minutes=30), batch_size=10),
        now + dt.timedelta(minutes=5),
    )

    dispatch.start_due(ahead, late=MAX_DELAY)
    send.refresh_from_db()
    assert send.state == Send.State.QUEUED
    dispatch.start_due(send.at, late=MAX_DELAY)

    send.refresh_from_db()
    assert (send.delivery_mode, send.canary) == ("immediate", Send.Canary.FIRST)
    assert set(count_send(send).deliveries) == {"planned", "waiting"}
