"""Mail that is submitted before its time, in provider batches, and can be cancelled there.

A send that is queued for later is submitted before that, and waits at the provider in at most
eight provider batches.  If an answer is lost, the whole provider batch is cancelled.  Once that is
confirmed, its mail is submitted again: nobody is mailed twice, and nobody has to decide.  Mail not
submitted in time leaves at the scheduled time itself, without a provider batch.

What becomes of them: `reversals` and `releases`.  `cancellation` asks the provider.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q, Sum

from newsletter.phrases import phrase
from newsletter.publishing.models import Publication
from newsletter.sending.models import Attempt, Batch, ProviderBatch, Send
from newsletter.sending.prescheduled import budget, leavers
from newsletter.transports.base import Message, Preschedule
from newsletter.transports.factory import provider_of

#: Nothing is submitted to wait for less time than this: a lost answer must have
#: had time to come (`reversals.LATE_ARRIVAL`) before cancelling is begun for the last time.
MIN_WAIT = dt.timedelta(minutes=17)
#: Pre-scheduling begins only with this much time left.
MIN_LEAD = dt.timedelta(minutes=20)
#: Under a provider batch a request begins to leave within this many seconds, or not at all.
DEADLINE_SECONDS = 60.0
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
