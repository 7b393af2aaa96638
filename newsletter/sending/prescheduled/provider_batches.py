"""Handing over ahead of time, behind fences: numbers under which mail can be called back.

A send that is queued for a moment to come is handed over before it, and waits at the provider
under at most eight numbers.  Where an answer is lost, the whole wave is called back, and once
that is confirmed it is handed over again: nobody is mailed twice, and nobody has to decide.
What is not handed over in time goes out at the moment itself, without a fence.

This is the ledger's side; `newsletter.sending.prescheduled.cancellation` asks the provider.
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

from newsletter.publishing.models import Publication
from newsletter.sending.ledger.states import step, step_all
from newsletter.sending.models import Attempt, Batch, Delivery, Fence, Send
from newsletter.sending.prescheduled import budget, contradictions, leavers
from newsletter.transports.base import Message, Waiting
from newsletter.transports.factory import provider_of

log = logging.getLogger(__name__)

#: Nothing is submitted to wait for less time than this: an answer that is lost then must have
#: had time to come (`LATE_ARRIVAL`) before calling back is begun for the last time.
SHORTEST_WAIT = dt.timedelta(minutes=17)
#: Handing over ahead is begun only with so much time left.
SHORTEST_LEAD = dt.timedelta(minutes=20)
#: Behind a fence a request begins to leave within so many seconds, or not at all.
DEADLINE_SECONDS = 60.0
#: How long after it was posted a request may still arrive: the deadline, and its time on the way.
#: A cancellation may not stop mail that comes after it, so it waits for this long.
LATE_ARRIVAL = dt.timedelta(minutes=4)
#: The provider discards paused mail after 72 hours; from when, it does not say.  Counted from the
#: first request, with an hour to spare.
LONGEST_HOLD = dt.timedelta(hours=71)
#: A send has at most so many waves.
MOST_WAVES = budget.ACCOUNT_LIMIT - budget.SPARE
#: After this time a batch asks again whether its fence is open.
POLL = dt.timedelta(seconds=1)

LIVE = budget.LIVE

#: How a send is submitted, by what its publication asks for.
WAYS = {
    Publication.DeliveryMode.IMMEDIATE: Send.Way.DIRECT,
    Publication.DeliveryMode.PRESCHEDULED: Send.Way.AHEAD,
    Publication.DeliveryMode.ON_HOLD: Send.Way.HELD,
}
NO_ROOM = (
    "SendGrid keeps ten cancellations for an account, and they are in use: a part of this send, or"
    " all of it, is submitted at its scheduled time."
)
EXPIRED = (
    "It was on hold for three days without being released, so SendGrid has discarded the mail of"
    " {people:,} people, or will. Nobody of them counts as having it. To submit it again:"
    " newsletter send resume {send}. To stop it: newsletter send cancel {send}"
)
#: Moments longer ago than this are not looked at again.
STALE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gate:
    """How a batch may go: behind `fence`, without one (None), or not before `wait_until`."""

    fence: Fence | None = None
    wait_until: dt.datetime | None = None


def lead(publication: Publication) -> dt.timedelta:
    """Return how long before its time an issue is submitted; nothing where it is not.

    A canary must be out before the others are submitted, so none of them goes ahead.
    """
    immediate = publication.delivery_mode == Publication.DeliveryMode.IMMEDIATE
    if immediate or publication.canary or not provider_of(settings.CONFIG).open_cancellation:
        return dt.timedelta()
    return dt.timedelta(minutes=publication.preschedule_minutes)


def way_for(send: Send, now: dt.datetime) -> Send.Way:
    """Return how a send that has not begun is to be submitted."""
    publication = send.issue.publication
    if send.follows_id or not lead(publication) or send.at - now < SHORTEST_LEAD:
        return Send.Way.DIRECT
    return WAYS[Publication.DeliveryMode(publication.delivery_mode)]


def gate(batch: Batch, now: dt.datetime, latest: dt.datetime) -> Gate:
    """Return how a batch may be handed over: it is `now`, or, by a doubtful clock, up to `latest`.

    By the first it is due, by the second it is too late.
    """
    send = batch.send
    if send.way == Send.Way.DIRECT or now >= send.at:
        return Gate()
    if send.at - latest <= SHORTEST_WAIT:
        return Gate(wait_until=send.at)
    waves = send.fences.aggregate(last=Max("wave"))["last"] or 1
    mine = {fence.state: fence for fence in send.fences.filter(wave=batch.number % waves + 1)}
    if fence := mine.get(Fence.State.OPEN):
        return Gate(fence)
    lost = Fence.State.PASSED in mine and not mine.keys() & set(LIVE)
    return Gate(wait_until=send.at if lost else now + POLL)


def behind(attempt: Attempt, message: Message) -> Message:
    """Return the message as it is to be handed over: to wait for its time, or to leave at once."""
    if attempt.fence is None:
        return message
    waiting = Waiting(number=attempt.fence.number, at=int(attempt.fence.at.timestamp()))
    deadline = message.deadline
    if deadline:
        deadline = dataclasses.replace(deadline, seconds=min(deadline.seconds, DEADLINE_SECONDS))
    return dataclasses.replace(message, waiting=waiting, deadline=deadline)


def lacking(now: dt.datetime) -> list[Send]:
    """Return the sends that lack a fence for a wave and have time for one, the first due first."""
    going = Send.objects.filter(state=Send.State.SENDING, at__gt=now + SHORTEST_WAIT)
    return [send for send in going.exclude(way=Send.Way.DIRECT).order_by("at") if bare(send)]


def bare(send: Send) -> list[int]:
    """Return the waves of a send that have no fence.

    A wave whose fence passed before its time is left for the moment itself.
    """
    waves = set(send.fences.values_list("wave", flat=True))
    if not waves:
        return list(range(1, min(MOST_WAVES, send.batches.count()) + 1))
    held = send.fences.filter(state__in=(*LIVE, Fence.State.PASSED))
    return sorted(waves.difference(held.values_list("wave", flat=True)))


@transaction.atomic
def build(send: Send, marked: Collection[str]) -> None:
    """Give the waves of a send fences, as far as the account has room for them.

    The first time a little room is left over for waves that have to be called back.  `marked`
    are the numbers that the provider says are paused or cancelled.
    """
    budget.take_turn()
    waves, room = bare(send), budget.room(marked)
    if not send.fences.exists():
        room = max(0, room - budget.SPARE)
    if waves[room:] and not send.note:
        Send.objects.filter(pk=send.pk).update(note=NO_ROOM)
    Fence.objects.bulk_create(
        [Fence(send=send, wave=wave, at=send.at) for wave in waves[:room]], ignore_conflicts=True
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
    in_time = Q(send__way=Send.Way.HELD) | Q(at__gt=now + leavers.LAST_CALL)
    cause = Q(send__state=Send.State.CANCELLED)
    if not contradictions.stands(now):
        cause |= Q(attempts__state=Attempt.State.UNKNOWN)
    rows = Fence.objects.filter(state=Fence.State.OPEN).filter(in_time).filter(cause)
    return list(rows.select_related("send").distinct())


def close(fence: Fence, now: dt.datetime) -> None:
    """Let nothing more be posted under a fence; it is going to be called back."""
    step(Fence, fence.pk, start=Fence.State.OPEN, end=Fence.State.CLOSING, closing_since=now)


def quiet(fence: Fence, now: dt.datetime) -> bool:
    """Say whether no request under a fence is under way, or may still arrive.

    What is on hold is called back at once: it is posted under a status anyway, and whether it can
    be called back after its scheduled time is not documented either.
    """
    unclear = Q(state=Attempt.State.POSTING)
    if fence.send.way != Send.Way.HELD:
        unclear |= Q(state=Attempt.State.UNKNOWN, posted_at__gt=now - LATE_ARRIVAL)
    return not fence.attempts.filter(unclear).exists()


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
    """Return the fences whose time has come and that go their way by themselves."""
    rows = Fence.objects.filter(state__in=(Fence.State.NEW, Fence.State.OPEN), at__lte=now)
    return list(rows.exclude(send__way=Send.Way.HELD, state=Fence.State.OPEN))


def to_release(now: dt.datetime) -> list[Fence]:
    """Return the fences on hold whose time has come, and under which nothing is unclear."""
    held = Fence.objects.filter(send__way=Send.Way.HELD, state=Fence.State.OPEN, at__lte=now)
    unclear = Attempt.objects.filter(
        fence=OuterRef("pk"), state__in=(Attempt.State.POSTING, Attempt.State.UNKNOWN)
    )
    return list(held.exclude(Exists(unclear)))


def let_pass(fence: Fence) -> bool:
    """Record that a fence is gone its way; from now on nothing can be called back."""
    return step(Fence, fence.pk, start=fence.state, end=Fence.State.PASSED)


def begin_release(fence: Fence) -> bool:
    """Record that a fence is to be released from now on."""
    return step(Fence, fence.pk, start=Fence.State.OPEN, end=Fence.State.RELEASING)


def end_release(fence: Fence) -> bool:
    """Record that the provider has let go of what it held under a fence."""
    start, end = Fence.State.RELEASING, Fence.State.PASSED
    return step(Fence, fence.pk, start=start, end=end, marked=False)


def take_back_release(fence: Fence, now: dt.datetime) -> bool:
    """Record that a fence is to be called back though its time has come: somebody left."""
    start, end = Fence.State.RELEASING, Fence.State.CLOSING
    return step(Fence, fence.pk, start=start, end=end, closing_since=now)


def expired(now: dt.datetime) -> list[Fence]:
    """Return the fences whose mail the provider held for so long that it may have discarded it."""
    held = Fence.objects.filter(
        send__way=Send.Way.HELD, state__in=(Fence.State.OPEN, Fence.State.RELEASING)
    )
    early = held.filter(attempts__posted_at__lte=now - LONGEST_HOLD)
    return list(early.select_related("send").distinct())


@transaction.atomic
def expire(fence: Fence, now: dt.datetime) -> None:
    """Take a fence back whose mail the provider has discarded; its send waits for a person.

    It is called back all the same: nobody knows to the minute when the provider discards.
    """
    end = Fence.State.CLOSING
    if not step(Fence, fence.pk, start=fence.state, end=end, closing_since=now):
        return
    revert(fence, Attempt.State.UNKNOWN, Batch.State.UNKNOWN)
    send, under = fence.send, Fence.objects.filter(send=fence.send_id, closing_since=now)
    lost = Attempt.objects.filter(fence__in=under, state__in=Attempt.TAKEN)
    people = int(lost.aggregate(people=Sum("size"))["people"] or 0)
    note = EXPIRED.format(people=people, send=send.pk)
    if step(Send, send.pk, start=Send.State.SENDING, end=Send.State.HELD, note=note):
        log.error("send %s is held. %s", send.pk, note)
    else:
        stands = (Send.State.PAUSED, Send.State.HELD)
        Send.objects.filter(pk=send.pk, state__in=stands).update(note=note)


def any_at_the_provider() -> bool:
    """Say whether mail waits at the provider, or it keeps a pause or a cancellation of ours."""
    return Fence.objects.filter(Q(state__in=LIVE) | Q(marked=True)).exists()


def is_open_ahead(send: Send) -> bool:
    """Say whether mail of a send waits at the provider and may be called back."""
    return send.fences.filter(state__in=LIVE).exists()


def waiting(send: Send) -> int:
    """Return how many people's mail waits at the provider, or may."""
    rows = Attempt.objects.filter(fence__send=send, fence__state__in=LIVE, state__in=Attempt.TAKEN)
    return int(rows.aggregate(people=Sum("size"))["people"] or 0)


def last_call(send: Send) -> dt.datetime:
    """Return until when what waits at the provider can be called back."""
    return send.at if send.way == Send.Way.HELD else send.at - leavers.LAST_CALL


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
