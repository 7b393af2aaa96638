"""Paused people, and people who changed their address, in the audience of a send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from newsletter.publishing.models import Issue, Publication
from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.models import AlreadyMailed, Batch, Delivery, MissingAttempt, Send
from newsletter.sending.operations.control import cancel
from newsletter.sending.planning import audience, resend
from newsletter.sending.planning.queue import queue
from newsletter.sending.reporting.totals import count_send
from subscribers.models import List, Subscriber, Subscription
from subscribers.preferences import address_changes, pauses
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import suppress
from tests.unit.sending.conftest import MAX_DELAY

Start = Callable[..., Send]
AddPeople = Callable[..., list[Subscriber]]


def send_issue(publication: Publication, number: int) -> Send:
    """Queue one more issue for now and count its audience."""
    draft = Issue(
        title=f"Tideline Digest Vol 1.{number}",
        publication=publication,
        volume=1,
        number=number,
        date=dt.date(2026, 12, number),
        subject="Reed beds",
        body=[("text", "<p>Good morning.</p>")],
        live=False,
    )
    publication.archive.add_child(instance=draft)
    draft.save_revision()
    now = timezone.now()
    send = queue(draft, at=now, batch_size=10)
    dispatch.start_due(now, late=MAX_DELAY)
    send.refresh_from_db()
    return send


def finish(send: Send) -> None:
    """Have everybody in the audience accepted."""
    send.batches.update(state=Batch.State.ACCEPTED)
    Send.objects.filter(pk=send.pk).update(state=Send.State.SENT)


def test_pause_leaves_out_the_next_issues_and_ends_by_itself(
    publication: Publication, add_people: AddPeople
) -> None:
    """Two issues leave the person out, with a reason of its own; the third goes to them."""
    paused, _other = add_people(2)
    pauses.pause(paused, 2)

    counts = []
    for number in (2, 3, 4):
        send = send_issue(publication, number)
        counted = count_send(send)
        counted.check()
        counts.append((counted.excluded, counted.deliveries))
        finish(send)

    assert counts == [({"paused": 1}, {"planned": 1})] * 2 + [({}, {"planned": 2})]
    assert pauses.remaining(paused) == 0


def test_stronger_reasons_use_no_pause(start: Start, add_people: AddPeople) -> None:
    """Who left, or is suppressed, is left out for that; the pause is kept for an issue to come."""
    left, suppressed, pending, paused = add_people(4)
    for person in (left, suppressed, pending, paused):
        pauses.pause(person, 1)
    unsubscribe(left.pk)
    suppress(suppressed.email)
    Subscription.objects.filter(subscriber=pending).update(state="pending")

    counted = count_send(start())

    counted.check()
    assert counted.excluded == {"paused": 1, "pending": 1, "suppressed": 1, "unsubscribed": 1}
    assert [pauses.remaining(each) for each in (left, suppressed, pending, paused)] == [1, 1, 1, 0]


def test_ended_pause_lets_the_next_issue_come(start: Start, add_people: AddPeople) -> None:
    """A pause that the person ended leaves nobody out."""
    (person,) = add_people(1)
    pauses.pause(person, 3)
    pauses.resume(person)

    assert count_send(start()).deliveries == {"planned": 1}


def test_cancelled_issue_uses_no_pause(start: Start, add_people: AddPeople) -> None:
    """An issue that reached nobody is not one of those that the person wanted to miss."""
    person, _other = add_people(2)
    pauses.pause(person, 1)
    send = start()
    assert pauses.remaining(person) == 0

    cancel(send)

    assert pauses.remaining(person) == 1


def test_issue_that_some_people_have_uses_the_pause(start: Start, add_people: AddPeople) -> None:
    """Cancelled in the middle it was an issue all the same: the pause does not become longer."""
    person, _other = add_people(2)
    pauses.pause(person, 1)
    send = start()
    send.batches.update(state=Batch.State.ACCEPTED)

    _send, reached = cancel(send)

    assert (reached, pauses.remaining(person)) == (1, 0)


def test_resend_of_an_issue_counts_once(publication: Publication, add_people: AddPeople) -> None:
    """A resend to newcomers still leaves the paused person out, and uses up nothing more."""
    person, _other = add_people(2)
    pauses.pause(person, 1)
    send = send_issue(publication, 2)
    finish(send)
    add_people(1, start=50)

    again = resend.queue_resend(send, newcomers=True)
    dispatch.start_due(timezone.now() + dt.timedelta(hours=1), late=MAX_DELAY)

    counted = count_send(Send.objects.get(pk=again.pk))
    counted.check()
    assert counted.excluded["paused"] == 1
    assert counted.deliveries == {"planned": 1}
    assert pauses.remaining(person) == 0


def confirm(person: Subscriber, email: str) -> None:
    """Change an address, and confirm it."""
    change = address_changes.ask_for_change(person, email)
    address_changes.confirm_change(address_changes.make_secret(change))
    person.refresh_from_db()


def test_freed_address_is_not_planned_twice(
    start: Start, add_people: AddPeople, readers: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody new with an address that a send has already is left out: one mail per address."""
    monkeypatch.setattr(audience, "CHUNK", 4)
    first = add_people(4)[0]
    real = audience.plan_chunk

    def moves_between(send: Send, through: int) -> bool:
        goes_on = real(send, through)
        if first.email == "reader1@tideline.example":
            confirm(first, "moved@tideline-news.org")
            newcomer = Subscriber.objects.create(email="reader1@tideline.example")
            Subscription.objects.create(subscriber=newcomer, list=readers)
        return goes_on

    monkeypatch.setattr(audience, "plan_chunk", moves_between)
    send = start()

    counted = count_send(send)
    counted.check()
    assert counted.excluded == {"already": 1}
    assert Delivery.objects.filter(send=send, address="reader1@tideline.example").count() == 1


@pytest.mark.parametrize("submitted", [True, False])
def test_moved_to_a_known_address_gets_an_issue_once(
    start: Start, add_people: AddPeople, monkeypatch: pytest.MonkeyPatch, submitted: bool
) -> None:
    """If the old address may have the issue, the new one is left out of it, and else it is not."""
    monkeypatch.setattr(audience, "CHUNK", 4)
    first = add_people(4)[0]
    known = Subscriber.objects.create(email="aiko@tideline-news.org")
    real = audience.plan_chunk

    def moves_between(send: Send, through: int) -> bool:
        goes_on = real(send, through)
        if not known.subscriptions.exists():
            if submitted:
                send.batches.update(state=Batch.State.ACCEPTED)
            confirm(first, known.email)
        return goes_on

    monkeypatch.setattr(audience, "plan_chunk", moves_between)

    counted = count_send(start())

    counted.check()
    assert counted.excluded == ({"already": 1} if submitted else {})
    assert Delivery.objects.filter(subscriber=known).exists() is not submitted
    assert known.subscriptions.get().state == "active"


def become(first: Subscriber, between: Subscriber, last: Subscriber) -> None:
    """Have one person move to the address of the next, and that one to the last."""
    confirm(first, between.email)
    confirm(between, last.email)


def two_more() -> tuple[Subscriber, Subscriber]:
    """Return two people on no list."""
    one, two = (
        Subscriber.objects.create(email=f"{name}@tideline-news.org") for name in ("emi", "ken")
    )
    return one, two


def note_elsewhere(send: Send, person: Subscriber) -> None:
    """Have a person known to have an issue by a record of a lost database alone."""
    send.deliveries.filter(subscriber=person).delete()
    attempt = MissingAttempt.objects.create(key="lost")
    AlreadyMailed.objects.create(issue=send.issue, subscriber=person, attempt=attempt)


def test_mail_of_others_and_of_other_issues_leaves_nobody_out(
    publication: Publication, start: Start, add_people: AddPeople
) -> None:
    """Who became somebody gets an issue that neither has, and so does who had the issue before."""
    first, known, third = add_people(3)
    last, _ = two_more()
    earlier = send_issue(publication, 2)
    finish(earlier)
    attempt = MissingAttempt.objects.create(key="lost")
    AlreadyMailed.objects.create(issue=earlier.issue, subscriber=first, attempt=attempt)
    now = publication.issues.exclude(pk=earlier.issue_id).get()
    AlreadyMailed.objects.create(issue=now, subscriber=known, attempt=attempt)
    confirm(first, last.email)

    send = start()

    counted = count_send(send)
    counted.check()
    assert counted.excluded == {"unknown": 1, "unsubscribed": 1}
    assert set(send.deliveries.values_list("subscriber", flat=True)) == {last.pk, third.pk}


@pytest.mark.parametrize("noted", [False, True])
def test_resend_leaves_out_who_had_the_issue_before_becoming_somebody(
    publication: Publication, add_people: AddPeople, noted: bool
) -> None:
    """By a delivery of another send, or noted from elsewhere; whoever they became is not asked."""
    first, _other = add_people(2)
    between, last = two_more()
    send = send_issue(publication, 2)
    finish(send)
    if noted:
        note_elsewhere(send, first)
    become(first, between, last)
    add_people(1, start=50)

    again = resend.queue_resend(send, newcomers=True)
    dispatch.start_due(timezone.now() + dt.timedelta(hours=1), late=MAX_DELAY)

    counted = count_send(Send.objects.get(pk=again.pk))
    counted.check()
    assert counted.deliveries == {"planned": 1}
    assert not again.deliveries.filter(subscriber__in=[first, between, last]).exists()
    reasons = again.exclusions.filter(subscriber=last).values_list("reason", flat=True)
    assert list(reasons) == ["unknown" if noted else "already"]


@pytest.mark.parametrize("noted", [False, True])
def test_claim_leaves_out_who_had_the_issue_before_becoming_somebody(
    publication: Publication, add_people: AddPeople, readers: List, noted: bool
) -> None:
    """Also where two became one only after the audience of the resend was counted."""
    first, _other = add_people(2)
    between, last = two_more()
    send = send_issue(publication, 2)
    finish(send)
    if noted:
        note_elsewhere(send, first)
        unsubscribe(first.pk)
    Subscription.objects.create(subscriber=last, list=readers)
    again = resend.queue_resend(send, newcomers=True)
    dispatch.start_due(timezone.now() + dt.timedelta(hours=1), late=MAX_DELAY)
    (delivery,) = again.deliveries.all()
    assert delivery.subscriber == last

    become(first, between, last)

    assert claims.claim_batch(delivery.batch_id, lease=MAX_DELAY) is None
    delivery.refresh_from_db()
    assert (delivery.outcome, delivery.reason) == ("excluded", "already")
