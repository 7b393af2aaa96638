"""Mail that is submitted before its time, in provider batches, and can be cancelled there.

A send that is queued for later is submitted before that, and waits at the provider in at most
eight provider batches.  If an answer is lost, the whole provider batch is cancelled.  Once that is
confirmed, its mail is submitted again: nobody is mailed twice, and nobody has to decide.  Mail not
submitted in time leaves at the scheduled time itself, without a provider batch.

This is the ledger's side; `prescheduled.cancellation` asks the provider.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, Sum

from newsletter import counted
from newsletter.phrases import phrase
from newsletter.publishing.models import Publication
from newsletter.sending.ledger.states import transition, transition_all
from newsletter.sending.models import Attempt, Batch, Delivery, ProviderBatch, Send
from newsletter.sending.prescheduled import budget, contradictions, leavers
from newsletter.transports.base import Message, Preschedule
from newsletter.transports.factory import provider_of

log = logging.getLogger(__name__)

#: Nothing is submitted to wait for less time than this: a lost answer must have
#: had time to come (`LATE_ARRIVAL`) before cancelling is begun for the last time.
MIN_WAIT = dt.timedelta(minutes=17)
#: Pre-scheduling begins only with this much time left.
MIN_LEAD = dt.timedelta(minutes=20)
#: Under a provider batch a request begins to leave within this many seconds, or not at all.
DEADLINE_SECONDS = 60.0
#: How long after it was submitted a request may still arrive: deadline plus transit time.
#: A cancellation may not stop mail that arrives later, so it waits for this time.
LATE_ARRIVAL = dt.timedelta(minutes=4)
#: The provider discards paused mail after 72 hours; from when, it does not say.  Counted from the
#: first request, with an hour to spare.
MAX_HOLD = dt.timedelta(hours=71)
#: A send has at most this many groups.
MAX_GROUPS = budget.ACCOUNT_LIMIT - budget.SPARE_BATCHES
#: After this time a batch checks again whether its provider batch is open.
POLL_INTERVAL = dt.timedelta(seconds=1)

LIVE = budget.LIVE

#: The delivery mode of a send, by that of its publication.
DELIVERY_MODES = {
    Publication.DeliveryMode.IMMEDIATE: Send.DeliveryMode.IMMEDIATE,
    Publication.DeliveryMode.PRESCHEDULED: Send.DeliveryMode.PRESCHEDULED,
    Publication.DeliveryMode.ON_HOLD: Send.DeliveryMode.ON_HOLD,
}
NO_ROOM = phrase(
    "SendGrid keeps ten cancellations for an account, and they are in use: a part of this send, or"
    " all of it, is submitted at its scheduled time."
)
#: Older times are not checked again.
PUBLISH_WITHIN = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gate:
    """How a batch may go: in a provider batch, without one (None), or not before `wait_until`."""

    provider_batch: ProviderBatch | None = None
    wait_until: dt.datetime | None = None


def lead_time(publication: Publication) -> dt.timedelta:
    """Return how long before its time an issue is submitted; zero if it is not pre-scheduled.

    A canary must be out before the others are submitted, so its send is never pre-scheduled.
    """
    immediate = publication.delivery_mode == Publication.DeliveryMode.IMMEDIATE
    if immediate or publication.canary or not provider_of(settings.CONFIG).open_cancellation:
        return dt.timedelta()
    return dt.timedelta(minutes=publication.preschedule_minutes)


def delivery_mode_for(send: Send, now: dt.datetime) -> Send.DeliveryMode:
    """Return how a send that has not begun is to be submitted."""
    publication = send.issue.publication
    if send.resend_of_id or not lead_time(publication) or send.at - now < MIN_LEAD:
        return Send.DeliveryMode.IMMEDIATE
    return DELIVERY_MODES[Publication.DeliveryMode(publication.delivery_mode)]


def choose_delivery(batch: Batch, now: dt.datetime, latest: dt.datetime) -> Gate:
    """Return how a batch may be submitted; the time is between `now` and `latest`.

    `now` decides whether it is due, `latest` whether it is too late.
    """
    send = batch.send
    if send.delivery_mode == Send.DeliveryMode.IMMEDIATE or now >= send.at:
        return Gate()
    if send.at - latest <= MIN_WAIT:
        return Gate(wait_until=send.at)
    groups = send.provider_batches.aggregate(last=Max("group"))["last"] or 1
    mine = {
        provider_batch.state: provider_batch
        for provider_batch in send.provider_batches.filter(group=batch.number % groups + 1)
    }
    if provider_batch := mine.get(ProviderBatch.State.OPEN):
        return Gate(provider_batch)
    lost = ProviderBatch.State.RELEASED in mine and not mine.keys() & set(LIVE)
    return Gate(wait_until=send.at if lost else now + POLL_INTERVAL)


def schedule_message(attempt: Attempt, message: Message) -> Message:
    """Return the message to submit: to wait for its time, or to leave at once."""
    if attempt.provider_batch is None:
        return message
    preschedule = Preschedule(
        batch_id=attempt.provider_batch.provider_id, at=int(attempt.provider_batch.at.timestamp())
    )
    deadline = message.deadline
    if deadline:
        deadline = dataclasses.replace(deadline, seconds=min(deadline.seconds, DEADLINE_SECONDS))
    return dataclasses.replace(message, preschedule=preschedule, deadline=deadline)


def sends_to_cover(now: dt.datetime) -> list[Send]:
    """Return the sends with time left that lack a provider batch for a group, first due first."""
    going = Send.objects.filter(state=Send.State.SENDING, at__gt=now + MIN_WAIT)
    return [
        send
        for send in going.exclude(delivery_mode=Send.DeliveryMode.IMMEDIATE).order_by("at")
        if uncovered_groups(send)
    ]


def uncovered_groups(send: Send) -> list[int]:
    """Return the groups of a send that have no provider batch.

    A group whose provider batch was released before its time waits for the scheduled time itself.
    """
    groups = set(send.provider_batches.values_list("group", flat=True))
    if not groups:
        return list(range(1, min(MAX_GROUPS, send.batches.count()) + 1))
    held = send.provider_batches.filter(state__in=(*LIVE, ProviderBatch.State.RELEASED))
    return sorted(groups.difference(held.values_list("group", flat=True)))


@transaction.atomic
def create_provider_batches(send: Send, marked: Collection[str]) -> None:
    """Create provider batches for the groups of a send, as far as the account has room.

    The first time, some room is kept for groups that have to be cancelled.  `marked`
    are the batch ids that the provider lists as paused or cancelled.
    """
    budget.lock_budget()
    groups, room = uncovered_groups(send), budget.count_free(marked)
    if not send.provider_batches.exists():
        room = max(0, room - budget.SPARE_BATCHES)
    if groups[room:] and not send.note:
        Send.objects.filter(pk=send.pk).update(note=NO_ROOM)
    ProviderBatch.objects.bulk_create(
        [ProviderBatch(send=send, group=group, at=send.at) for group in groups[:room]],
        ignore_conflicts=True,
    )


@transaction.atomic
def give_up(send: Send, why: str) -> None:
    """Submit the rest at the scheduled time; mail in open provider batches stays there."""
    send.provider_batches.filter(state=ProviderBatch.State.NEW).update(
        state=ProviderBatch.State.RELEASED
    )
    Send.objects.filter(pk=send.pk).update(note=why)


def to_cancel(now: dt.datetime) -> list[ProviderBatch]:
    """Return the open provider batches to cancel: answers were lost, or the send was cancelled.

    While the provider is not trusted, a lost answer waits for evidence.
    """
    in_time = Q(send__delivery_mode=Send.DeliveryMode.ON_HOLD) | Q(
        at__gt=now + leavers.CANCELLABLE_UNTIL
    )
    cause = Q(send__state=Send.State.CANCELLED)
    if not contradictions.is_suspended(now):
        cause |= Q(attempts__state=Attempt.State.UNKNOWN)
    rows = (
        ProviderBatch.objects.filter(state=ProviderBatch.State.OPEN).filter(in_time).filter(cause)
    )
    return list(rows.select_related("send").distinct())


def start_cancelling(provider_batch: ProviderBatch, now: dt.datetime) -> None:
    """Submit nothing more under a provider batch, because it will be cancelled."""
    transition(
        ProviderBatch,
        provider_batch.pk,
        start=ProviderBatch.State.OPEN,
        end=ProviderBatch.State.CANCELLING,
        cancelling_since=now,
    )


def is_quiet(provider_batch: ProviderBatch, now: dt.datetime) -> bool:
    """Return whether no request under a provider batch is in progress or may still arrive.

    Mail on hold is cancelled at once: it is submitted under a status anyway, and whether it can
    be cancelled after its scheduled time is not documented either.
    """
    unclear = Q(state=Attempt.State.IN_FLIGHT)
    if provider_batch.send.delivery_mode != Send.DeliveryMode.ON_HOLD:
        unclear |= Q(state=Attempt.State.UNKNOWN, posted_at__gt=now - LATE_ARRIVAL)
    return not provider_batch.attempts.filter(unclear).exists()


@transaction.atomic
def record_cancelled(provider_batch: ProviderBatch) -> None:
    """Record that everything under a provider batch was cancelled: its batches are planned again.

    Events may have reported before that the mail was dropped: that was the cancellation.
    """
    if transition(
        ProviderBatch,
        provider_batch.pk,
        start=ProviderBatch.State.CANCELLING,
        end=ProviderBatch.State.CANCELLED,
    ):
        forget_drops(revert(provider_batch, Attempt.State.CANCELLED, Batch.State.PLANNED))


def forget_drops(batches: Collection[int]) -> None:
    """Remove the outcome `dropped` from these batches: they are submitted again."""
    dropped = Delivery.objects.filter(batch__in=batches, outcome=Delivery.Outcome.DROPPED)
    dropped.update(outcome=None, reason="")


@transaction.atomic
def record_not_cancelled(provider_batch: ProviderBatch, *, in_doubt: bool) -> None:
    """Record that a provider batch was not cancelled in time.

    With `in_doubt`, a cancellation was requested, and nobody knows whether it worked: then
    what was accepted under it is unknown, until there are events.
    """
    start, end = ProviderBatch.State.CANCELLING, ProviderBatch.State.RELEASED
    if (
        transition(ProviderBatch, provider_batch.pk, start=start, end=end, in_doubt=in_doubt)
        and in_doubt
    ):
        revert(provider_batch, Attempt.State.UNKNOWN, Batch.State.UNKNOWN)


def revert(provider_batch: ProviderBatch, attempt: Attempt.State, batch: Batch.State) -> list[int]:
    """Set its accepted and unknown attempts and batches to other states; return the batches.

    Call it in a transaction.  All are locked first: a late answer may turn unknown into accepted.
    """
    starts = {Attempt.State.ACCEPTED, Attempt.State.UNKNOWN} - {attempt}
    rows = provider_batch.attempts.select_for_update().filter(state__in=starts)
    found = list(rows.order_by("pk").values_list("pk", "batch_id", "state"))
    for start in starts:
        attempts = [pk for pk, _, state in found if state == start]
        batches = [pk for _, pk, state in found if state == start]
        transition_all(Attempt, attempts, start=start, end=attempt)
        transition_all(Batch, batches, start=start, end=batch, not_before=None)
    return [pk for _, pk, _ in found]


def is_uncertain(attempt: Attempt) -> bool:
    """Return whether the mail of an attempt waits, or waited, and may have been cancelled."""
    if attempt.provider_batch_id is None:
        return False
    return ProviderBatch.objects.filter(pk=attempt.provider_batch_id, in_doubt=True).exists()


def leaving_by_themselves(now: dt.datetime) -> list[ProviderBatch]:
    """Return the provider batches whose time has come and that leave by themselves."""
    rows = ProviderBatch.objects.filter(
        state__in=(ProviderBatch.State.NEW, ProviderBatch.State.OPEN), at__lte=now
    )
    return list(
        rows.exclude(send__delivery_mode=Send.DeliveryMode.ON_HOLD, state=ProviderBatch.State.OPEN)
    )


def to_release(now: dt.datetime) -> list[ProviderBatch]:
    """Return the provider batches on hold whose time has come and in which nothing is unknown."""
    held = ProviderBatch.objects.filter(
        send__delivery_mode=Send.DeliveryMode.ON_HOLD, state=ProviderBatch.State.OPEN, at__lte=now
    )
    unclear = Attempt.objects.filter(
        provider_batch=OuterRef("pk"), state__in=(Attempt.State.IN_FLIGHT, Attempt.State.UNKNOWN)
    )
    return list(held.exclude(Exists(unclear)))


def record_released(provider_batch: ProviderBatch) -> bool:
    """Record that a provider batch has left; from now on nothing can be cancelled."""
    return transition(
        ProviderBatch,
        provider_batch.pk,
        start=provider_batch.state,
        end=ProviderBatch.State.RELEASED,
    )


def begin_release(provider_batch: ProviderBatch) -> bool:
    """Record that a provider batch is to be released from now on."""
    return transition(
        ProviderBatch,
        provider_batch.pk,
        start=ProviderBatch.State.OPEN,
        end=ProviderBatch.State.RELEASING,
    )


def end_release(provider_batch: ProviderBatch) -> bool:
    """Record that the provider has released what it held under a provider batch."""
    start, end = ProviderBatch.State.RELEASING, ProviderBatch.State.RELEASED
    return transition(ProviderBatch, provider_batch.pk, start=start, end=end, has_status=False)


def cancel_release(provider_batch: ProviderBatch, now: dt.datetime) -> bool:
    """Record that a provider batch will be cancelled at its time, because somebody left."""
    start, end = ProviderBatch.State.RELEASING, ProviderBatch.State.CANCELLING
    return transition(ProviderBatch, provider_batch.pk, start=start, end=end, cancelling_since=now)


def expired_provider_batches(now: dt.datetime) -> list[ProviderBatch]:
    """Return the provider batches held for so long that their mail may have been discarded."""
    held = ProviderBatch.objects.filter(
        send__delivery_mode=Send.DeliveryMode.ON_HOLD,
        state__in=(ProviderBatch.State.OPEN, ProviderBatch.State.RELEASING),
    )
    early = held.filter(attempts__posted_at__lte=now - MAX_HOLD)
    return list(early.select_related("send").distinct())


@transaction.atomic
def expire_provider_batch(provider_batch: ProviderBatch, now: dt.datetime) -> None:
    """Cancel a provider batch whose mail was discarded; its send waits for a person.

    It is also cancelled at the provider: nobody knows the exact minute of the discard.
    """
    end = ProviderBatch.State.CANCELLING
    if not transition(
        ProviderBatch, provider_batch.pk, start=provider_batch.state, end=end, cancelling_since=now
    ):
        return
    revert(provider_batch, Attempt.State.UNKNOWN, Batch.State.UNKNOWN)
    send, under = (
        provider_batch.send,
        ProviderBatch.objects.filter(send=provider_batch.send_id, cancelling_since=now),
    )
    lost = Attempt.objects.filter(provider_batch__in=under, state__in=Attempt.TAKEN)
    people = int(lost.aggregate(people=Sum("size"))["people"] or 0)
    note = describe_expired(send, people)
    if transition(Send, send.pk, start=Send.State.SENDING, end=Send.State.HELD, note=note):
        log.error("send %s is held. %s", send.pk, note)
    else:
        stands = (Send.State.PAUSED, Send.State.HELD)
        Send.objects.filter(pk=send.pk, state__in=stands).update(note=note)


def describe_expired(send: Send, people: int) -> str:
    """Say that the provider has discarded mail that was on hold for too long."""
    return phrase(
        "It was on hold for three days without being released, so SendGrid has discarded the mail"
        " of {people}, or will. Nobody of them counts as having it. To submit it again:"
        " newsletter send resume {send}. To stop it: newsletter send cancel {send}",
        people=counted.people_phrase(people),
        send=send.pk,
    )


def any_live() -> bool:
    """Return whether mail waits at the provider, or it keeps a pause or cancellation of ours."""
    return ProviderBatch.objects.filter(Q(state__in=LIVE) | Q(has_status=True)).exists()


def has_open(send: Send) -> bool:
    """Return whether mail of a send waits at the provider and may be cancelled."""
    return send.provider_batches.filter(state__in=LIVE).exists()


def count_waiting(send: Send) -> int:
    """Return for how many people mail waits, or may wait, at the provider."""
    rows = Attempt.objects.filter(
        provider_batch__send=send, provider_batch__state__in=LIVE, state__in=Attempt.TAKEN
    )
    return int(rows.aggregate(people=Sum("size"))["people"] or 0)


def cancellable_until(send: Send) -> dt.datetime:
    """Return until when waiting mail can be cancelled at the provider."""
    return (
        send.at
        if send.delivery_mode == Send.DeliveryMode.ON_HOLD
        else send.at - leavers.CANCELLABLE_UNTIL
    )


def publish_in_time(now: dt.datetime) -> None:
    """Publish issues on the web that are due and whose audience was counted in advance.

    The mail links there.  An issue that an editor publishes later stays as that editor left it.
    """
    ahead = Send.objects.exclude(delivery_mode=Send.DeliveryMode.IMMEDIATE).filter(
        at__range=(now - PUBLISH_WITHIN, now)
    )
    unpublished = Q(issue__last_published_at=None) | Q(issue__last_published_at__lt=F("at"))
    for send in ahead.filter(unpublished).exclude(
        state__in=(Send.State.QUEUED, Send.State.CANCELLED)
    ):
        if revision := send.edition.revision:
            revision.publish()
