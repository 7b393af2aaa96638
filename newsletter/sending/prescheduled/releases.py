"""What leaves the provider at its time: by itself, or because it is released; or too late for that.

The provider discards mail on hold after three days.  `prescheduled.cancellation` asks the provider.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from newsletter import counted
from newsletter.phrases import phrase
from newsletter.sending.ledger.states import transition
from newsletter.sending.models import Attempt, Batch, ProviderBatch, Send
from newsletter.sending.prescheduled import reversals

log = logging.getLogger(__name__)

#: The provider discards paused mail after 72 hours; from when, it does not say.  Counted from the
#: first request, with an hour to spare.
MAX_HOLD = dt.timedelta(hours=71)


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
    reversals.revert(provider_batch, Attempt.State.UNKNOWN, Batch.State.UNKNOWN)
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
