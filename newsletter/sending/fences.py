"""Handing over ahead of time, behind fences: numbers under which mail can be called back.

A send that is queued for a moment to come is handed over before it, and waits at the provider
under at most eight numbers.  Where an answer is lost, the whole wave is called back, and once
that is confirmed it is handed over again: nobody is mailed twice, and nobody has to decide.
What is not handed over in time goes out at the moment itself, without a fence.

This is the ledger's side; `newsletter.sending.recalling` asks the provider.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Sum

from newsletter.sending import distrust
from newsletter.sending.models import Attempt, Batch, Delivery, Fence, Send
from newsletter.sending.states import step, step_all
from newsletter.transports.base import Letter, Waiting
from subscribers.models import Subscriber, Subscription, Suppression

#: Nothing is handed over to wait for less time than this; there would be none to call it back.
SHORTEST_WAIT = dt.timedelta(minutes=15)
#: Handing over ahead is begun only with so much time left.
SHORTEST_LEAD = dt.timedelta(minutes=20)
#: Calling back is begun until so long before the moment; the provider is certain until ten.
LAST_CALL = dt.timedelta(minutes=11)
#: Before it is too late to call back, people who left are looked for during this time.
LAST_LOOK = dt.timedelta(minutes=1)
#: The provider keeps ten pauses and cancellations; two are left for waves that are replaced.
MOST_WAVES = 8
#: After this time a batch asks again whether its fence is open.
POLL = dt.timedelta(seconds=1)

LIVE = (Fence.State.NEW, Fence.State.OPEN, Fence.State.CLOSING)
#: Moments longer ago than this are not looked at again.
STALE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gate:
    """How a batch may go: behind `fence`, without one (None), or not before `wait_until`."""

    fence: Fence | None = None
    wait_until: dt.datetime | None = None


def lead() -> dt.timedelta:
    """Return how long before its moment a send is handed over; nothing where it is not."""
    config = settings.CONFIG
    chosen = dt.timedelta(minutes=config.sending.ahead_minutes)
    can = config.sending.transport == "sendgrid" and chosen >= SHORTEST_LEAD
    return chosen if can else dt.timedelta()


def way_for(send: Send, now: dt.datetime) -> Send.Way:
    """Return how a send that is being queued is to be handed over.

    A canary must be out before the others are handed over, so none of them goes ahead.
    """
    publication = send.issue.publication
    if not lead() or publication.canary or send.at - now < SHORTEST_LEAD:
        return Send.Way.DIRECT
    return Send.Way.HELD if publication.undo_until_sent else Send.Way.AHEAD


def gate(batch: Batch, now: dt.datetime) -> Gate:
    """Return how a batch may be handed over now."""
    send = batch.send
    if send.way == Send.Way.DIRECT or now >= send.at:
        return Gate()
    if send.at - now <= SHORTEST_WAIT:
        return Gate(wait_until=send.at)
    waves = send.fences.aggregate(last=Max("wave"))["last"] or 1
    mine = {fence.state: fence for fence in send.fences.filter(wave=batch.number % waves + 1)}
    if fence := mine.get(Fence.State.OPEN):
        return Gate(fence)
    lost = Fence.State.PASSED in mine and not mine.keys() & set(LIVE)
    return Gate(wait_until=send.at if lost else now + POLL)


def behind(attempt: Attempt, letter: Letter) -> Letter:
    """Return the letter as it is to be handed over: to wait for its time, or to leave at once."""
    if attempt.fence is None:
        return letter
    waiting = Waiting(number=attempt.fence.number, at=int(attempt.fence.at.timestamp()))
    return dataclasses.replace(letter, waiting=waiting)


def build(send: Send, now: dt.datetime) -> None:
    """Give every wave of a send that goes ahead a fence, if there is time for one.

    A wave whose fence passed before its time is left for the moment itself.
    """
    if send.at - now <= SHORTEST_WAIT:
        return
    waves = set(send.fences.values_list("wave", flat=True))
    if not waves:
        waves = set(range(1, min(MOST_WAVES, send.batches.count()) + 1))
    held = send.fences.filter(state__in=(*LIVE, Fence.State.PASSED))
    fenced = set(held.values_list("wave", flat=True))
    Fence.objects.bulk_create(
        [Fence(send=send, wave=wave, at=send.at) for wave in sorted(waves - fenced)],
        ignore_conflicts=True,
    )


@transaction.atomic
def give_up(send: Send, why: str) -> None:
    """Hand the rest over at the moment itself; what stands behind open fences stays there."""
    send.fences.filter(state=Fence.State.NEW).update(state=Fence.State.PASSED)
    Send.objects.filter(pk=send.pk).update(note=why[:500])


def doubtful(now: dt.datetime) -> list[Fence]:
    """Return the open fences to call back: answers were lost, or the send was cancelled.

    Where the provider's word is not relied upon, a lost answer waits for evidence.
    """
    in_time = Q(send__way=Send.Way.HELD) | Q(at__gt=now + LAST_CALL)
    cause = Q(send__state=Send.State.CANCELLED)
    if not distrust.stands(now):
        cause |= Q(attempts__state=Attempt.State.UNKNOWN)
    rows = Fence.objects.filter(state=Fence.State.OPEN).filter(in_time).filter(cause)
    return list(rows.select_related("send").distinct())


def left_behind(now: dt.datetime) -> list[Fence]:
    """Return the open fences to call back because of people who have left meanwhile.

    It is looked at in the last minute in which a fence is certain: those waves are handed over
    at the moment itself, without whoever left until then.  Not so where the provider's word is
    not relied upon: the others would be mailed twice if it discards nothing.
    """
    held = Q(send__way=Send.Way.HELD, at__lte=now + LAST_LOOK)
    ahead = Q(at__range=(now + LAST_CALL, now + LAST_CALL + LAST_LOOK))
    rows = Fence.objects.filter(ahead | held, state=Fence.State.OPEN)
    found: list[Fence] = []
    if distrust.stands(now):
        return found
    for send in Send.objects.filter(pk__in=rows.values("send")):
        batches = set(leavers(send).values_list("batch_id", flat=True))
        found += rows.filter(send=send, attempts__batch__in=batches).distinct()
    return found


def leavers(send: Send) -> QuerySet[Delivery]:
    """Return the deliveries to people who left, or were suppressed, since a send was taken up."""
    lists = send.lists.values("pk")
    gone = Subscription.objects.filter(list__in=lists, changed_at__gte=send.started_at).exclude(
        state=Subscription.State.ACTIVE
    )
    here = Subscription.objects.filter(
        list__in=lists, state=Subscription.State.ACTIVE, subscriber=OuterRef("subscriber")
    )
    barred = Suppression.objects.filter(created_at__gte=send.started_at).values("key")
    left = Q(subscriber__in=gone.values("subscriber")) & ~Exists(here)
    suppressed = Q(subscriber__in=Subscriber.objects.filter(key__in=barred).values("pk"))
    return Delivery.objects.filter(left | suppressed, send=send, outcome=None)


def close(fence: Fence, now: dt.datetime) -> None:
    """Let nothing more be posted under a fence; it is going to be called back."""
    step(Fence, fence.pk, start=Fence.State.OPEN, end=Fence.State.CLOSING, closing_since=now)


def quiet(fence: Fence) -> bool:
    """Say whether no request under a fence is under way."""
    return not fence.attempts.filter(state=Attempt.State.POSTING).exists()


@transaction.atomic
def void(fence: Fence) -> None:
    """Record that everything under a fence was called back: its batches are planned again.

    Events may have told before that the mail was dropped; that was what the calling back did.
    """
    if step(Fence, fence.pk, start=Fence.State.CLOSING, end=Fence.State.VOIDED):
        forget_drops(revert(fence, Attempt.State.VOIDED, Batch.State.PLANNED))


def forget_drops(batches: Collection[int]) -> None:
    """Have nobody of these batches count as dropped any more: they are handed over again."""
    dropped = Delivery.objects.filter(batch__in=batches, outcome=Delivery.Outcome.DROPPED)
    dropped.update(outcome=None, reason="")


@transaction.atomic
def abandon(fence: Fence, *, in_doubt: bool) -> None:
    """Record that a fence was not called back in time.

    With `in_doubt` a calling-back was asked for, and nobody knows whether it took effect: then
    what was accepted under it is unknown, until events tell.
    """
    start, end = Fence.State.CLOSING, Fence.State.PASSED
    if step(Fence, fence.pk, start=start, end=end, in_doubt=in_doubt) and in_doubt:
        revert(fence, Attempt.State.UNKNOWN, Batch.State.UNKNOWN)


def revert(fence: Fence, attempt: Attempt.State, batch: Batch.State) -> list[int]:
    """Take what was accepted or unknown under a fence back to other states; return the batches."""
    reverted: list[int] = []
    for start in (Attempt.State.ACCEPTED, Attempt.State.UNKNOWN):
        if start == attempt:
            continue
        rows = fence.attempts.filter(state=start)
        batches = list(rows.values_list("batch_id", flat=True))
        step_all(Attempt, list(rows.values_list("pk", flat=True)), start=start, end=attempt)
        step_all(Batch, batches, start=start, end=batch, not_before=None)
        reverted += batches
    return reverted


def is_in_doubt(attempt: Attempt) -> bool:
    """Say whether the mail of an attempt waits, or waited, and may have been called back."""
    if attempt.fence_id is None:
        return False
    return Fence.objects.filter(pk=attempt.fence_id, in_doubt=True).exists()


def passing(now: dt.datetime) -> list[Fence]:
    """Return the fences whose moment has come, and that nothing holds back."""
    rows = Fence.objects.filter(state__in=(Fence.State.NEW, Fence.State.OPEN), at__lte=now)
    unclear = Attempt.objects.filter(
        fence=OuterRef("pk"), state__in=(Attempt.State.POSTING, Attempt.State.UNKNOWN)
    )
    return list(rows.exclude(Q(send__way=Send.Way.HELD) & Exists(unclear)))


def let_pass(fence: Fence) -> bool:
    """Record that a fence is gone its way; from now on nothing can be called back."""
    return step(Fence, fence.pk, start=fence.state, end=Fence.State.PASSED)


def is_open_ahead(send: Send) -> bool:
    """Say whether mail of a send waits at the provider and may be called back."""
    return send.fences.filter(state__in=LIVE).exists()


def waiting(send: Send) -> int:
    """Return how many people's mail waits at the provider, or may."""
    rows = Attempt.objects.filter(fence__send=send, fence__state__in=LIVE, state__in=Attempt.TAKEN)
    return int(rows.aggregate(people=Sum("size"))["people"] or 0)


def last_call(send: Send) -> dt.datetime:
    """Return until when what waits at the provider can be called back."""
    return send.at if send.way == Send.Way.HELD else send.at - LAST_CALL


def publish_in_time(now: dt.datetime) -> None:
    """Put issues on the web whose audience was counted ahead, and whose moment has come.

    The mail links there.  An issue that an editor publishes later stays as that editor left it.
    """
    ahead = Send.objects.exclude(way=Send.Way.DIRECT).filter(at__range=(now - STALE, now))
    unpublished = Q(issue__last_published_at=None) | Q(issue__last_published_at__lt=F("at"))
    for send in ahead.filter(unpublished).exclude(
        state__in=(Send.State.QUEUED, Send.State.CANCELLED)
    ):
        if revision := send.edition.revision:
            revision.publish()
