"""What is pre-scheduled can be cancelled, so a lost answer is resolved by itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.db.models import Q
from django.utils import timezone

from newsletter.errors import OutcomeUnknown
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.clock import Clock
from newsletter.scheduling.send_status import describe_send
from newsletter.sending.delivery import claims, decisions, dispatch, recovery, results
from newsletter.sending.models import Attempt, Batch, Edition, Evidence, ProviderBatch, Send
from newsletter.sending.operations import control
from newsletter.sending.planning.queue import queue
from newsletter.sending.prescheduled import (
    budget,
    cancellation,
    provider_time,
    reversals,
)
from newsletter.sending.reporting.people import list_page
from newsletter.sending.reporting.totals import LEFT_TOO_LATE, TWICE, count_send, list_people
from newsletter.sending.resolution import proof
from newsletter.transports.base import Message, Recipient, SubmitResult
from newsletter.transports.cancellation import ClockReading
from newsletter.transports.sendgrid.cancellation import SendGridCancellation
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from sendgrid_emulator import Emulator
from sendgrid_emulator.state.messages import Phase
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import Reason, suppress
from tests.fakes import Line
from tests.unit.sending.conftest import LEASE, MAX_DELAY, AddPeople

QUICK = Limits(connect=1, answer=1)
MINUTE = dt.timedelta(minutes=1)
LEAD = 30 * MINUTE


@dataclass
class Stage:
    """A provider, the ways to it, and a clock that both sides go by."""

    provider: Emulator
    transport: SendGridTransport
    canceller: SendGridCancellation
    traveller: time_machine.Traveller

    def tend(self) -> None:
        """Let the clock look after the provider batches."""
        cancellation.advance_provider_batches(self.canceller, timezone.now())

    def submit_mail(self) -> None:
        """Let a sender take all that waits; a minute of waiting passes at once."""
        soon = timezone.now() + MINUTE
        Batch.objects.filter(state=Batch.State.PLANNED, not_before__lte=soon).update(
            not_before=None
        )
        while (batch := claims.next_batch()) is not None:
            dispatch.send_batch(batch, self.transport, lease=LEASE)

    def go(self, rounds: int = 4) -> None:
        """Tend and submit until nothing moves."""
        for _ in range(rounds):
            self.tend()
            self.submit_mail()
        recovery.close_finished_sends()

    def run_until_resolved(self) -> None:
        """Tend and submit, before and after lost requests may still arrive."""
        self.go()
        self.pass_time(reversals.LATE_ARRIVAL + dt.timedelta(seconds=5))
        self.go()

    def pass_time(self, span: dt.timedelta) -> None:
        """Let time pass for everybody."""
        self.traveller.shift(span)
        self.provider.clock.advance(0)

    def left(self) -> list[str]:
        """Return whom the provider has mailed, as often as it did."""
        gone = (mail for mail in self.provider.mailbox if mail.request.phase is Phase.RELEASED)
        return sorted(mail.address for mail in gone)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stage with a provider of its own; broken promises fail the test."""
    with Emulator() as provider, time_machine.travel(timezone.now(), tick=True) as traveller:
        transport = SendGridTransport(base_url=provider.url, api_key="SG.test", limits=QUICK)
        canceller = SendGridCancellation(base_url=provider.url, api_key="SG.test", limits=QUICK)
        yield Stage(provider, transport, canceller, traveller)
        transport.close()
        canceller.close()
        assert provider.violations() == []


@pytest.fixture
def ahead(issue: Issue, add_people: AddPeople) -> Callable[..., Send]:
    """Queue the issue for a later time, and take it up ahead of it."""

    def begin(*, people: int = 6, batch_size: int = 2) -> Send:
        add_people(people)
        if issue.publication.delivery_mode == "immediate":
            Publication.objects.update(delivery_mode="prescheduled")
        issue.publication.refresh_from_db()
        now = timezone.now()
        send = queue(issue, at=now + LEAD, batch_size=batch_size)
        dispatch.start_due(now, late=MAX_DELAY)
        send.refresh_from_db()
        return send

    return begin


@pytest.fixture
def undoable(publication: Publication) -> Publication:
    """A publication whose issues are held until they are released."""
    publication.delivery_mode = "on_hold"
    publication.save()
    return publication


def another_issue() -> Issue:
    """Return a further issue of the publication."""
    issue = Issue.objects.get()
    publication = issue.publication
    further = Issue(
        title="Vol 1.2",
        publication=publication,
        volume=1,
        number=2,
        date=issue.date,
        subject="Eel grass",
        body=issue.get_latest_revision_as_object().body,
        live=False,
    )
    publication.archive.add_child(instance=further)
    further.save_revision()
    return further


def said(send: Send) -> list[str]:
    """Return what is said of a send."""
    return describe_send(send, timezone.now())


def everybody(count: int = 6) -> list[str]:
    """Return the addresses of N people."""
    return sorted(f"reader{number}@tideline.example" for number in range(1, count + 1))


def states(send: Send) -> dict[str, int]:
    """Return how many deliveries stand where, after the sums were checked."""
    counted = count_send(send)
    counted.check()
    return dict(counted.deliveries)


def test_ahead(stage: Stage, ahead: Callable[..., Send]) -> None:
    """A queued issue is pre-scheduled, leaves at its scheduled time, and is on the web then."""
    send = ahead()
    stage.go()
    send.refresh_from_db()

    assert (send.state, states(send)) == ("sending", {"accepted": 6})
    assert stage.left() == []
    assert not send.issue.live

    stage.pass_time(LEAD)
    stage.go()
    send.refresh_from_db()
    send.issue.refresh_from_db()

    assert stage.left() == everybody()
    assert send.state == "sent"
    assert send.issue.live


@pytest.mark.parametrize("fault", ["accept_then_reset", "accept_then_500", "read_then_reset"])
def test_lost_answer(stage: Stage, ahead: Callable[..., Send], fault: str) -> None:
    """After a lost answer the group is cancelled and submitted again: everybody gets one."""
    stage.provider.faults.add(fault, after=1)
    send = ahead()
    stage.run_until_resolved()

    assert states(send) == {"accepted": 6}
    assert Attempt.objects.filter(state="cancelled").count() == 1
    assert ProviderBatch.objects.filter(state="cancelled", has_status=True).count() == 1

    stage.pass_time(LEAD)
    stage.go()

    assert stage.left() == everybody()

    stage.pass_time(61 * MINUTE)
    stage.go()

    assert not ProviderBatch.objects.filter(has_status=True).exists()
    assert stage.left() == everybody()


def test_dead_sender(stage: Stage, ahead: Callable[..., Send]) -> None:
    """A batch whose sender died while posting is cancelled with its group."""
    send = ahead(people=4, batch_size=2)
    stage.tend()
    attempt = claims.claim_batch(claims.next_batch() or 0, lease=dt.timedelta(0))
    assert attempt
    Attempt.objects.filter(pk=attempt.pk).update(state="in_flight")
    recovery.recover()
    stage.run_until_resolved()

    assert states(send) == {"accepted": 4}
    stage.pass_time(LEAD)
    stage.go()
    assert stage.left() == everybody(4)


def test_cancelled_and_gone_out(stage: Stage, ahead: Callable[..., Send]) -> None:
    """Once mail goes out that was cancelled, all is held and nothing is cancelled unasked."""
    stage.provider.faults.add("accept_then_reset")
    send = ahead(people=4, batch_size=2)
    stage.run_until_resolved()
    cancelled = Attempt.objects.get(state="cancelled")
    proof.overrule_decisions({cancelled.key: ""}, Evidence.Kind.EVENT, went_out=[cancelled.key])
    send.refresh_from_db()

    assert (send.state, states(send)) == ("held", {"accepted": 4})
    assert f"newsletter send who {send.pk} --state twice" in send.note
    again = {address for address, *_ in list_people(send, TWICE)}
    assert again == set(cancelled.batch.deliveries.values_list("address", flat=True))

    Batch.objects.filter(pk=cancelled.batch_id).update(state="unknown")
    Attempt.objects.filter(batch=cancelled.batch_id, state="accepted").update(state="unknown")
    control.resume(send)
    stage.go()

    assert states(send) == {"accepted": 2, "unknown": 2}
    assert not ProviderBatch.objects.filter(state="cancelling").exists()
    stage.pass_time(LEAD)
    stage.go()
    assert stage.left() == everybody(4)


def test_not_ahead_while_not_relied_upon(stage: Stage, ahead: Callable[..., Send]) -> None:
    """For a week after that nothing is pre-scheduled; it all goes out at its scheduled time."""
    send, now = ahead(people=3), timezone.now()
    cancelled = Attempt.objects.create(
        key="early", batch=send.batches.earliest("pk"), state="cancelled", lease_until=now
    )
    Evidence.objects.create(
        attempt=cancelled, kind=Evidence.Kind.CONTRADICTION, at=now - dt.timedelta(days=6)
    )
    stage.go()
    send.refresh_from_db()

    assert set(states(send)) == {"planned"}
    assert "Nothing is pre-scheduled" in send.note
    stage.pass_time(LEAD + MINUTE)
    stage.go()
    assert set(states(send)) == {"accepted"}


def test_more_batches_than_provider_batches(stage: Stage, ahead: Callable[..., Send]) -> None:
    """Twenty batches share eight provider batches, and one lost answer repeats its group alone."""
    stage.provider.faults.add("accept_then_503", after=5)
    send = ahead(people=20, batch_size=1)
    stage.run_until_resolved()

    assert send.provider_batches.values("group").distinct().count() == 8
    assert states(send) == {"accepted": 20}
    assert Attempt.objects.filter(state="cancelled").count() in (2, 3)
    stage.pass_time(LEAD)
    stage.go()
    assert stage.left() == everybody(20)


def test_cancelled_in_time(stage: Stage, ahead: Callable[..., Send]) -> None:
    """A send that is cancelled while it waits reaches nobody, and the account says so."""
    send = ahead()
    stage.run_until_resolved()
    control.cancel(send)
    stage.go()

    assert states(send) == {"planned": 6}
    stage.pass_time(LEAD)
    stage.go()
    assert stage.left() == []


def test_cancelled_too_late(stage: Stage, ahead: Callable[..., Send]) -> None:
    """Ten minutes before its scheduled time nothing is cancelled, and nobody claims it was."""
    send = ahead()
    stage.go()
    stage.pass_time(LEAD - 5 * MINUTE)
    control.cancel(send)
    stage.go()
    stage.pass_time(5 * MINUTE)
    stage.go()

    assert states(send) == {"accepted": 6}
    assert stage.left() == everybody()


def test_no_answer_to_the_cancellation(stage: Stage, ahead: Callable[..., Send]) -> None:
    """Nothing is submitted again before the cancelling is confirmed."""
    stage.provider.faults.add("accept_then_reset", after=1)
    send = ahead()
    stage.go()
    stage.provider.faults.add("reject_500", path="/v3/user/scheduled_sends*", times=None)
    stage.run_until_resolved()

    assert states(send) == {"accepted": 4, "unknown": 2}
    stage.provider.faults.clear()
    stage.run_until_resolved()
    assert states(send) == {"accepted": 6}
    stage.pass_time(LEAD)
    stage.go()
    assert stage.left() == everybody()


def test_cancellation_in_doubt(stage: Stage, ahead: Callable[..., Send]) -> None:
    """Where nobody knows whether a group was cancelled, all of it counts as unknown."""
    stage.provider.faults.add("accept_then_reset", after=1)
    send = ahead(people=3, batch_size=1)
    stage.go()
    stage.provider.faults.add("reject_500", path="/v3/user/scheduled_sends*", times=None)
    stage.run_until_resolved()
    stage.pass_time(LEAD)
    stage.go()

    assert states(send) == {"accepted": 2, "unknown": 1}
    assert send.provider_batches.get(attempts__state="unknown").state == "released"
    send.refresh_from_db()
    assert send.state == "unresolved"


@pytest.mark.parametrize(("late", "state"), [(-0.4, "cancelled"), (0.4, "released")])
def test_last_second_of_certainty(
    stage: Stage, ahead: Callable[..., Send], late: float, state: str
) -> None:
    """Cancelled half a second too late is not cancelled, though all tell whole seconds."""
    send = ahead(people=1)
    stage.go()
    provider_batch = send.provider_batches.get()
    reversals.start_cancelling(provider_batch, now := timezone.now())
    ProviderBatch.objects.update(at=provider_batch.at.replace(microsecond=900_000))
    provider_batch.refresh_from_db()
    leaves = provider_batch.at.replace(microsecond=0)
    stage.traveller.move_to(leaves - 10 * MINUTE + dt.timedelta(seconds=late), tick=False)

    cancellation.cancel_provider_batch(stage.canceller, provider_batch, now)

    provider_batch.refresh_from_db()
    assert (provider_batch.state, provider_batch.in_doubt) == (state, state == "released")


def test_last_second_is_not_asked_for(stage: Stage, ahead: Callable[..., Send]) -> None:
    """The provider was told whole seconds: within the last one nothing is cancelled any more."""
    ahead(people=1)
    stage.go()
    provider_batch = ProviderBatch.objects.get()
    reversals.start_cancelling(provider_batch, timezone.now())
    ProviderBatch.objects.update(at=provider_batch.at.replace(microsecond=900_000))
    provider_batch.refresh_from_db()
    now = provider_batch.at.replace(microsecond=400_000) - 10 * MINUTE
    stage.traveller.move_to(now, tick=False)

    cancellation.cancel_provider_batch(stage.canceller, provider_batch, now)

    provider_batch.refresh_from_db()
    assert (provider_batch.state, provider_batch.in_doubt, provider_batch.has_status) == (
        "released",
        False,
        False,
    )


@pytest.fixture
def half_cancelled(stage: Stage, ahead: Callable[..., Send]) -> Attempt:
    """An attempt at three people whose cancelling was done, but never confirmed in time."""
    stage.provider.faults.add("accept_then_reset", path="/v3/mail/send")
    ahead(people=3)
    stage.go(2)
    # What is asked of the number is looked at, then it is cancelled.
    stage.provider.faults.add("accept_then_reset", path="/v3/user/scheduled_sends*", after=1)
    stage.pass_time(reversals.LATE_ARRIVAL + dt.timedelta(seconds=5))
    stage.tend()
    stage.provider.faults.add("reject_500", path="/v3/user/scheduled_sends*", times=None)
    stage.pass_time(LEAD)
    stage.go()
    assert stage.left() == ["reader3@tideline.example"]
    return Attempt.objects.get(state="unknown")


def test_acceptance_proves_nothing_where_a_cancellation_is_in_doubt(
    half_cancelled: Attempt,
) -> None:
    """That the provider had it, by an event or an answer that came late, is not the question."""
    proof.overrule_decisions({half_cancelled.key: "M"}, Evidence.Kind.EVENT)
    results.apply_decision(
        half_cancelled, decisions.accept_all(SubmitResult(message_id="M", status=202))
    )

    assert states(half_cancelled.batch.send) == {"accepted": 1, "unknown": 2}


def test_mail_that_left_proves_that_it_was_not_cancelled(half_cancelled: Attempt) -> None:
    """One mail of a request that went out says that its waiting was not ended."""
    key = half_cancelled.key
    proof.overrule_decisions({key: "M"}, Evidence.Kind.EVENT, went_out=[key])

    assert states(half_cancelled.batch.send) == {"accepted": 3}


def test_drops_before_the_confirmation(
    stage: Stage, undoable: Publication, ahead: Callable[..., Send]
) -> None:
    """Held mail that was cancelled may be told as dropped before we know: it goes out again."""
    stage.provider.faults.add("accept_then_reset", path="/v3/mail/send")
    send = ahead(people=2)
    stage.go(1)
    send.deliveries.update(outcome="dropped", reason="Cancelled")
    stage.run_until_resolved()

    assert states(send) == {"accepted": 2}
    stage.pass_time(LEAD)
    stage.go()
    assert stage.left() == everybody(2)


def test_late_yes_to_what_was_cancelled(stage: Stage, ahead: Callable[..., Send]) -> None:
    """It was accepted and discarded, as was asked for: nobody has it twice, nothing is held."""
    stage.provider.faults.add("accept_then_reset", path="/v3/mail/send")
    send = ahead(people=2)
    stage.run_until_resolved()
    late = decisions.accept_all(SubmitResult(message_id="M", status=202))
    results.apply_decision(Attempt.objects.get(state="cancelled"), late)

    send.refresh_from_db()
    assert (send.state, states(send)) == ("sending", {"accepted": 2})
    assert not Evidence.objects.exists()
    stage.pass_time(LEAD)
    assert stage.left() == everybody(2)


def test_no_room(stage: Stage, ahead: Callable[..., Send]) -> None:
    """Where others use up the account's cancellations, it is submitted at its time, and said so."""
    for _ in range(10):
        stage.canceller.set_status(stage.canceller.create_batch_id(), cancellation.Status.CANCEL)
    send = ahead()
    stage.go()
    send.refresh_from_db()

    assert states(send) == {"planned": 6}
    assert "SendGrid keeps ten cancellations" in send.note
    stage.pass_time(LEAD)
    stage.go()
    assert states(send) == {"accepted": 6}
    assert stage.left() == everybody()


def test_no_room_for_a_provider_batch_that_is_cancelled(
    stage: Stage, ahead: Callable[..., Send]
) -> None:
    """When the account is full meanwhile, a group that was cancelled goes out at its time."""
    stage.provider.faults.add("accept_then_500")
    send = ahead()
    stage.go()
    for _ in range(7):
        stage.canceller.set_status(stage.canceller.create_batch_id(), cancellation.Status.CANCEL)
    stage.run_until_resolved()
    assert states(send) == {"accepted": 4, "planned": 2}

    stage.pass_time(LEAD)
    stage.go()

    assert states(send) == {"accepted": 6}
    assert stage.left() == everybody()


def test_budget_of_the_account(
    stage: Stage, ahead: Callable[..., Send], add_people: AddPeople
) -> None:
    """All sends together never have more than ten numbers open or cancelled."""
    first = ahead(people=12, batch_size=1)
    stage.provider.faults.add("accept_then_500", times=3)
    stage.go()
    issue = another_issue()
    second = queue(issue, at=first.at + MINUTE, batch_size=1)
    dispatch.start_due(timezone.now() + MINUTE, late=MAX_DELAY)
    for _ in range(6):
        stage.pass_time(MINUTE)
        stage.go()
        open_or_marked = ProviderBatch.objects.filter(Q(has_status=True) | Q(state__in=budget.LIVE))
        assert open_or_marked.count() <= 10
        assert len(stage.canceller.list_batch_ids_with_status()) <= 10

    stage.pass_time(LEAD)
    stage.go()
    for send in (first, second):
        assert states(send) == {"accepted": 12}
    assert stage.left() == sorted(everybody(12) * 2)


def test_provider_away(stage: Stage, ahead: Callable[..., Send]) -> None:
    """Without provider batches nothing goes ahead; it goes out at the scheduled time itself."""
    stage.provider.faults.add("reject_500", path="/v3/mail/batch", times=None)
    send = ahead()
    stage.go()
    assert states(send) == {"planned": 6}

    stage.pass_time(LEAD)
    stage.go()

    assert states(send) == {"accepted": 6}
    assert stage.left() == everybody()
    send.refresh_from_db()
    assert send.state == "sent"


def test_wrong_clock(stage: Stage, ahead: Callable[..., Send]) -> None:
    """A machine whose clock is an hour off submits nothing ahead, and says why."""
    stage.provider.clock.advance(3600)
    send = ahead()
    stage.go()
    send.refresh_from_db()

    assert "clock is 60 minutes slow" in send.note
    assert states(send) == {"planned": 6}
    stage.pass_time(LEAD)
    stage.go()
    assert stage.left() == everybody()


def test_queued_late(stage: Stage, issue: Issue, add_people: AddPeople) -> None:
    """What is queued with little time left goes out when it is due, without a provider batch."""
    add_people(2)
    now = timezone.now()
    send = queue(issue, at=now + 10 * MINUTE, batch_size=10)
    dispatch.start_due(now, late=MAX_DELAY)
    send.refresh_from_db()

    assert (send.state, send.delivery_mode) == ("queued", "immediate")


def test_not_approved_ahead(issue: Issue, add_people: AddPeople) -> None:
    """A send that waits for approval is not held before its scheduled time."""
    add_people(2)
    now = timezone.now()
    send = queue(issue, at=now + LEAD, batch_size=10)
    Edition.objects.update(approved_at=None)

    dispatch.start_due(now, late=MAX_DELAY)
    send.refresh_from_db()
    assert send.state == "queued"

    dispatch.start_due(now + LEAD, late=MAX_DELAY)
    send.refresh_from_db()
    assert send.state == "held"


def test_held(stage: Stage, undoable: Publication, ahead: Callable[..., Send]) -> None:
    """Mail that is held leaves when it is released, at its scheduled time and not before."""
    send = ahead()
    stage.go()
    assert send.delivery_mode == "on_hold"
    assert states(send) == {"accepted": 6}

    stage.pass_time(LEAD - MINUTE)
    stage.go()
    assert stage.left() == []

    stage.pass_time(MINUTE)
    stage.go()
    assert stage.left() == everybody()
    assert not ProviderBatch.objects.filter(has_status=True).exists()


def test_undone_at_the_last_second(
    stage: Stage, undoable: Publication, ahead: Callable[..., Send]
) -> None:
    """Mail that is held can be undone until the last second."""
    send = ahead()
    stage.go()
    stage.pass_time(LEAD - dt.timedelta(seconds=5))
    control.cancel(send)
    stage.go()
    stage.pass_time(80 * dt.timedelta(hours=1))
    stage.go()

    assert stage.left() == []
    assert states(send) == {"planned": 6}


@pytest.mark.parametrize("cancels_paused", [True, False])
def test_held_with_a_lost_answer(
    stage: Stage, undoable: Publication, ahead: Callable[..., Send], cancels_paused: bool
) -> None:
    """A lost answer among held mail is resolved by itself, however the provider treats it."""
    stage.provider.undocumented.cancels_paused = cancels_paused
    stage.provider.faults.add("accept_then_reset", after=1)
    send = ahead()
    stage.run_until_resolved()
    stage.pass_time(LEAD)
    stage.go()

    assert states(send) == {"accepted": 6}
    assert stage.left() == everybody()
    stage.pass_time(80 * dt.timedelta(hours=1))
    stage.go()
    assert stage.left() == everybody()


@pytest.mark.parametrize("held", [False, True])
def test_leaving_meanwhile(
    stage: Stage, publication: Publication, ahead: Callable[..., Send], held: bool
) -> None:
    """Who leaves while mail waits does not get it; the others of the group get theirs in time."""
    publication.delivery_mode = "on_hold" if held else "prescheduled"
    publication.save()
    send = ahead()
    stage.go()
    first, second = send.deliveries.order_by("pk")[:2]
    unsubscribe(first.subscriber_id)
    suppress(second.address, Reason.COMPLAINED)
    stage.pass_time(LEAD - (MINUTE / 2 if held else 11.5 * MINUTE))
    stage.go()
    stage.pass_time(12 * MINUTE)
    stage.go()

    assert stage.left() == sorted(set(everybody()) - {first.address, second.address})
    assert states(send) == {"accepted": 4, "excluded": 2}


@pytest.mark.parametrize("minutes", [14.5, 13.0, 11.2])
def test_leaving_is_looked_for_until_the_last_call(
    stage: Stage, ahead: Callable[..., Send], minutes: float
) -> None:
    """From 15 to 11 minutes before, one look at any time takes out whoever has left by then."""
    send = ahead()
    stage.go()
    leaver = send.deliveries.earliest("pk")
    unsubscribe(leaver.subscriber_id)
    stage.pass_time(LEAD - minutes * MINUTE)
    stage.tend()
    stage.pass_time((minutes + 1) * MINUTE)
    stage.go()

    assert stage.left() == sorted(set(everybody()) - {leaver.address})
    assert not send.late_leavers.exists()


def test_who_left_too_late_is_named(stage: Stage, ahead: Callable[..., Send]) -> None:
    """Who leaves in the last minutes gets the mail, and the account says who; later ones do not."""
    send = ahead()
    stage.go()
    late, later = send.deliveries.order_by("pk")[:2]
    stage.pass_time(LEAD - 5 * MINUTE)
    unsubscribe(late.subscriber_id)
    stage.tend()
    stage.pass_time(7 * MINUTE)
    unsubscribe(later.subscriber_id)
    stage.go()
    send.refresh_from_db()

    assert stage.left() == everybody()
    assert [address for address, *_ in list_people(send, LEFT_TOO_LATE)] == [late.address]
    assert [each.address for each in list_page(send, state=LEFT_TOO_LATE).people] == [late.address]
    assert any("1 person left while their mail waited" in words for words in said(send))


def test_killed_over_the_time_in_which_leaving_is_looked_for(
    stage: Stage, ahead: Callable[..., Send]
) -> None:
    """Who could not be taken out because nothing ran is named likewise."""
    send = ahead()
    stage.go()
    leaver = send.deliveries.earliest("pk")
    suppress(leaver.address, Reason.COMPLAINED)
    stage.pass_time(LEAD - 10 * MINUTE)
    stage.go()
    stage.pass_time(10 * MINUTE)
    # Events come before the clock looks.
    send.deliveries.update(outcome="delivered")
    stage.go()
    stage.provider.waive("R7")

    assert stage.left() == everybody()
    assert [address for address, *_ in list_people(send, LEFT_TOO_LATE)] == [leaver.address]


def test_who_got_nothing_after_all_is_not_named(stage: Stage, ahead: Callable[..., Send]) -> None:
    """Somebody left too late, but their mail never came to the provider: they got none."""
    stage.provider.faults.add("reject_500")
    send = ahead()
    stage.go()
    attempt = Attempt.objects.get(state=Attempt.State.UNKNOWN)
    leaver = send.deliveries.filter(batch=attempt.batch).earliest("pk")
    send.late_leavers.create(delivery=leaver, left_at=timezone.now())
    unsubscribe(leaver.subscriber_id)
    assert [address for address, *_ in list_people(send, LEFT_TOO_LATE)] == [leaver.address]

    Attempt.objects.filter(pk=attempt.pk).update(state=Attempt.State.CANCELLED)

    assert list_people(send, LEFT_TOO_LATE) == []


class Killed(BaseException):
    """The end of a process."""


class KilledWhileAsking:
    """The way to a provider, in a process that is killed while it asks what time it is."""

    def read_clock(self) -> ClockReading:
        """Return nothing any more."""
        raise Killed


def test_leaving_before_a_kill(stage: Stage, ahead: Callable[..., Send]) -> None:
    """A process notes who left before it asks for the time: the next one takes them out."""
    send = ahead()
    stage.go()
    leaver = send.deliveries.earliest("pk")
    unsubscribe(leaver.subscriber_id)
    stage.pass_time(LEAD - 12 * MINUTE)
    killed: Any = KilledWhileAsking()
    with pytest.raises(Killed):
        Clock(late=MAX_DELAY, enqueue=lambda: None, canceller=killed)._tend_by(killed)
    stage.pass_time(1.5 * MINUTE)
    stage.tend()
    stage.pass_time(11 * MINUTE)
    stage.go()

    assert stage.left() == sorted(set(everybody()) - {leaver.address})
    assert not send.late_leavers.exists()


def test_leaving_before_a_stop(stage: Stage, ahead: Callable[..., Send]) -> None:
    """A stop takes out who has left by then, though nothing runs again until it is too late."""
    send = ahead()
    stage.go()
    leaver = send.deliveries.earliest("pk")
    unsubscribe(leaver.subscriber_id)
    cancellation.take_out_leavers(stage.canceller, 5, timezone.now())
    stage.pass_time(LEAD + MINUTE)
    stage.go()

    assert stage.left() == sorted(set(everybody()) - {leaver.address})
    assert not send.late_leavers.exists()


def test_request_that_arrives_after_its_client_gave_up(
    stage: Stage, ahead: Callable[..., Send]
) -> None:
    """Where a cancellation stops nothing that comes later, a request 36 s late doubles nobody."""
    stage.provider.undocumented.catches_later = False
    send = ahead()
    stage.tend()
    slow = Slow(stage.transport)
    dispatch.send_batch(claims.next_batch() or 0, slow, lease=LEASE)
    stage.go()
    stage.pass_time(dt.timedelta(seconds=36))
    slow.arrive()
    stage.run_until_resolved()
    stage.pass_time(LEAD)
    stage.go()

    assert stage.left() == everybody()
    assert states(send) == {"accepted": 6}


@dataclass
class Slow:
    """A way on which one request is still going when its client gives up."""

    transport: SendGridTransport
    name: str = "sendgrid"
    max_batch_size: int = 1000
    going: list[tuple[Message, Sequence[Recipient]]] = field(default_factory=list)

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """Lose the answer, before the request is there."""
        self.going.append((message, recipients))
        raise OutcomeUnknown("no answer within 30 s")

    def find_over_limit(self, message: Message, recipients: Sequence[Recipient]) -> dict[int, str]:
        """Ask the real one."""
        return self.transport.find_over_limit(message, recipients)

    def dry_run(self, message: Message, recipients: Sequence[Recipient]) -> None:
        """Ask the real one."""
        self.transport.dry_run(message, recipients)

    def close(self) -> None:
        """Nothing to let go of."""

    def arrive(self) -> None:
        """Have it be there now."""
        for message, recipients in self.going:
            self.transport.submit(dataclasses.replace(message, deadline=None), recipients)


def test_on_hold_for_longer_than_the_provider_keeps_it(
    stage: Stage, undoable: Publication, ahead: Callable[..., Send]
) -> None:
    """What the provider discarded counts for nobody as accepted, and goes when a person agrees."""
    send = ahead()
    stage.go()
    assert states(send) == {"accepted": 6}
    stage.pass_time(LEAD + dt.timedelta(hours=73))
    stage.go()
    send.refresh_from_db()

    assert (send.state, states(send)) == ("held", {"planned": 6})
    assert "the mail of 6 people" in send.note
    assert stage.left() == []

    control.resume(send)
    stage.go()
    send.refresh_from_db()
    assert stage.left() == everybody()
    assert (send.state, states(send)) == ("sent", {"accepted": 6})


def test_on_hold_too_long_while_the_provider_is_away(
    stage: Stage, undoable: Publication, ahead: Callable[..., Send]
) -> None:
    """Before the provider has confirmed anything, it is unknown, and never accepted."""
    send = ahead()
    stage.go()
    stage.provider.faults.add("reject_500", path="/v3/user/scheduled_sends*", times=None)
    stage.pass_time(LEAD + dt.timedelta(hours=73))
    stage.go()
    send.refresh_from_db()

    assert (send.state, states(send)) == ("held", {"unknown": 6})
    assert stage.left() == []


def test_leaving_while_a_release_is_not_answered(
    stage: Stage, undoable: Publication, ahead: Callable[..., Send]
) -> None:
    """Whoever leaves before a group is let go is taken out, also if it was tried before."""
    send = ahead()
    stage.go()
    stage.provider.faults.add("reject_500", path="/v3/user/scheduled_sends/*", times=None)
    stage.pass_time(LEAD)
    stage.go()
    leaver = send.deliveries.earliest("pk")
    unsubscribe(leaver.subscriber_id)
    stage.provider.faults.clear()
    stage.run_until_resolved()
    send.refresh_from_db()

    assert stage.left() == sorted(set(everybody()) - {leaver.address})
    assert (send.state, states(send)) == ("sent", {"accepted": 5, "excluded": 1})


def test_release_that_was_done_without_an_answer(
    stage: Stage, undoable: Publication, ahead: Callable[..., Send]
) -> None:
    """A release whose answer is lost is found to be done, and nothing is cancelled then."""
    send = ahead()
    stage.go()
    # It is looked at what is asked of the number, then that is deleted.
    stage.provider.faults.add("accept_then_reset", path="/v3/user/scheduled_sends/*", after=1)
    stage.pass_time(LEAD)
    stage.tend()
    unsubscribe(send.deliveries.earliest("pk").subscriber_id)
    stage.run_until_resolved()
    send.refresh_from_db()

    assert stage.left() == everybody()
    assert (send.state, states(send)) == ("sent", {"accepted": 6})


class Sluggish(Line):
    """A provider whose numbers take nearly a minute each, and whose clock is right."""

    def __init__(self, stage: Stage, readings: Sequence[ClockReading]) -> None:
        super().__init__(stage.provider.account)
        self._stage, self._readings = stage, list(readings)

    def create_batch_id(self) -> str:
        """Take a while."""
        self._stage.traveller.shift(50)
        return super().create_batch_id()

    def read_clock(self) -> ClockReading:
        """Measure as told, then precisely."""
        return self._readings.pop(0) if self._readings else super().read_clock()


def test_slow_answers_are_no_wrong_clock(stage: Stage, ahead: Callable[..., Send]) -> None:
    """Slow answers are measured again, and the send is submitted before its time all the same."""
    slow = ClockReading(offset=dt.timedelta(seconds=-55), uncertainty=dt.timedelta(seconds=61))
    send = ahead(people=8, batch_size=1)
    canceller = Sluggish(stage, [slow, slow])
    cancellation.advance_provider_batches(canceller, timezone.now())
    send.refresh_from_db()

    assert send.note == ""
    assert set(send.provider_batches.values_list("state", flat=True)) == {"open"}


def test_clock_that_cannot_be_measured(stage: Stage, ahead: Callable[..., Send]) -> None:
    """While no answer is quick enough, nothing is opened and nothing given up."""
    slow = ClockReading(offset=dt.timedelta(minutes=7), uncertainty=dt.timedelta(minutes=8))
    send = ahead()
    canceller = Sluggish(stage, [slow] * provider_time.MAX_READINGS)
    cancellation.advance_provider_batches(canceller, timezone.now())
    send.refresh_from_db()
    assert send.note == ""
    assert set(send.provider_batches.values_list("state", flat=True)) == {"new"}

    cancellation.advance_provider_batches(canceller, timezone.now())
    assert set(send.provider_batches.values_list("state", flat=True)) == {"open"}


def test_mode_changed_while_queued(issue: Issue, add_people: AddPeople) -> None:
    """What a publication says when an issue is to be submitted counts, not what it said before."""
    add_people(1)
    now = timezone.now()
    send = queue(issue, at=now + LEAD, batch_size=10)
    Publication.objects.update(delivery_mode="prescheduled", preschedule_minutes=25)
    dispatch.start_due(now, late=MAX_DELAY)
    send.refresh_from_db()
    assert send.state == "queued"

    dispatch.start_due(now + 5 * MINUTE, late=MAX_DELAY)
    send.refresh_from_db()
    assert (send.state, send.delivery_mode) == ("sending", "prescheduled")
