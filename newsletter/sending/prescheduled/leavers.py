"""People who leave while their mail waits at the provider: find them, and record who is too late.

Waiting mail can be cancelled only with its whole group, which then goes out at the scheduled
time without them.  Nothing stops it in its last minutes (docs/explanation/prescheduled.md).  People
who leave then are recorded, so that the report of the send says who got mail after leaving.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from newsletter.sending.models import Attempt, Delivery, LateLeaver, ProviderBatch, Send
from newsletter.sending.prescheduled import contradictions
from subscribers.list_suppressions import not_suppressed
from subscribers.models import ListSuppression, Subscriber, Subscription, Suppression

#: How long before mail leaves by itself the search for people who left begins.
LOOK_WITHIN = dt.timedelta(minutes=15)
#: The last minute to begin a cancellation: it is certain until ten, and one exchange takes one.
CANCELLABLE_UNTIL = dt.timedelta(minutes=11)
#: How long before its release mail on hold is checked.
LOOK_BEFORE_RELEASE = dt.timedelta(minutes=1)
#: A clock that is corrected by more than this was wrong before the send began.
LOOK_BACK = dt.timedelta(days=30)
#: Later than any clock says.
LAST_TIME = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)
#: Older provider batches are not checked for people who left too late.
LOOK_BACK_AT_PASSED = dt.timedelta(days=7)
#: Subscribers in one statement.
MAX_SUBSCRIBERS = 500


def to_cancel(now: dt.datetime) -> list[ProviderBatch]:
    """Return the open provider batches to cancel now because somebody has left meanwhile.

    None while the provider is not trusted: the others would be mailed twice if it
    discards nothing.
    """
    by_itself = Q(
        send__delivery_mode=Send.DeliveryMode.PRESCHEDULED,
        at__gt=now + CANCELLABLE_UNTIL,
        at__lte=now + LOOK_WITHIN,
    )
    on_hold = Q(send__delivery_mode=Send.DeliveryMode.ON_HOLD, at__lte=now + LOOK_BEFORE_RELEASE)
    return with_leavers(ProviderBatch.objects.filter(by_itself | on_hold), now)


def to_cancel_before_stop(now: dt.datetime) -> list[ProviderBatch]:
    """Return the open provider batches to cancel because this may be the last check.

    Mail on hold needs none: it leaves only when it is released, and is checked then.
    """
    in_time = ProviderBatch.objects.filter(
        send__delivery_mode=Send.DeliveryMode.PRESCHEDULED, at__gt=now + CANCELLABLE_UNTIL
    )
    return with_leavers(in_time, now)


def with_leavers(rows: QuerySet[ProviderBatch], now: dt.datetime) -> list[ProviderBatch]:
    """Return the provider batches that are open and have mail for people who left."""
    rows = rows.filter(state=ProviderBatch.State.OPEN)
    if not rows.exists() or contradictions.is_suspended(now):
        return []
    found: list[ProviderBatch] = []
    for send in Send.objects.filter(pk__in=rows.values("send")):
        batches = {batch for _, batch in leavers_of(send, None)}
        found += rows.filter(send=send, attempts__batch__in=batches).distinct()
    return found


def is_among(provider_batch: ProviderBatch) -> bool:
    """Return whether somebody has left whose mail waits under a provider batch."""
    batches = set(
        provider_batch.attempts.filter(state__in=Attempt.TAKEN).values_list("batch", flat=True)
    )
    return any(batch in batches for _, batch in leavers_of(provider_batch.send, None))


def leavers_of(send: Send, until: dt.datetime | None) -> Iterator[tuple[int, int]]:
    """Yield (delivery, batch) of people who left, or were suppressed, since a send began.

    The few who left are found first: a send may have a million people, and is checked often.
    """
    people = sorted(who_left(send, until))
    for start in range(0, len(people), MAX_SUBSCRIBERS):
        rows = Delivery.objects.filter(
            send=send, subscriber__in=people[start : start + MAX_SUBSCRIBERS]
        )
        # Events of mail that left may come before the check for people who had left.
        yield from rows.with_mail().values_list("pk", "batch_id")


def who_left(send: Send, until: dt.datetime | None) -> set[int]:
    """Return the ids of the subscribers who left the lists of a send, or were suppressed.

    The search begins long before the send began: the clock may have been set back since.
    Without `until`, up to now, whatever the clock said when they left.
    """
    since = (send.started_at or send.created_at) - LOOK_BACK
    period = (since, until or LAST_TIME)
    mine = Subscription.objects.filter(list__in=send.lists.values("pk"))
    left = mine.filter(changed_at__range=period).exclude(state=Subscription.State.ACTIVE)
    ended = set(left.values_list("subscriber", flat=True))
    barred_here = ListSuppression.objects.filter(
        list__in=send.lists.values("pk"), created_at__range=period
    )
    ended |= set(
        Subscriber.objects.filter(key__in=barred_here.values("key")).values_list("pk", flat=True)
    )
    here = not_suppressed(mine.filter(state=Subscription.State.ACTIVE, subscriber__in=ended))
    ended -= set(here.values_list("subscriber", flat=True))
    barred = Suppression.objects.filter(created_at__range=period).values("key")
    return ended | set(Subscriber.objects.filter(key__in=barred).values_list("pk", flat=True))


def name_late(now: dt.datetime) -> None:
    """Record the people who left before their mail went out, and got it, or may have got it."""
    rows = ProviderBatch.objects.filter(state=ProviderBatch.State.RELEASED, leavers_named=False)
    for provider_batch in rows.filter(at__range=(now - LOOK_BACK_AT_PASSED, now)).select_related(
        "send"
    ):
        name_late_of(provider_batch)


@transaction.atomic
def name_late_of(provider_batch: ProviderBatch) -> None:
    """Record the people under a provider batch who left too late."""
    left = max(provider_batch.at, provider_batch.release_asked_at or provider_batch.at)
    batches = set(
        provider_batch.attempts.filter(state__in=Attempt.TAKEN).values_list("batch", flat=True)
    )
    late = [
        delivery for delivery, batch in leavers_of(provider_batch.send, left) if batch in batches
    ]
    LateLeaver.objects.bulk_create(
        [
            LateLeaver(send=provider_batch.send, delivery_id=pk, left_at=at)
            for pk, at in leaving_times(late)
        ],
        ignore_conflicts=True,
    )
    ProviderBatch.objects.filter(pk=provider_batch.pk).update(leavers_named=True)


def leaving_times(deliveries: list[int]) -> Iterator[tuple[int, dt.datetime]]:
    """Yield (delivery, when the person left the lists of its send)."""
    person, send = OuterRef("subscriber"), OuterRef("send")
    mine = Subscription.objects.filter(subscriber=person, list__sends=send)
    ended = mine.order_by("-changed_at")
    barred = Suppression.objects.filter(key=OuterRef("subscriber__key"))
    barred_here = ListSuppression.objects.filter(key=OuterRef("subscriber__key"), list__sends=send)
    latest = barred_here.order_by("-created_at").values("created_at")[:1]
    changed, suppressed = ended.values("changed_at")[:1], barred.values("created_at")[:1]
    # Somebody who is suppressed for one list only did not leave it: their subscription is older.
    stopped = Coalesce(Subquery(suppressed), Subquery(latest))
    left_at = Coalesce(Greatest(Subquery(changed), stopped), stopped, Subquery(changed))
    for start in range(0, len(deliveries), MAX_SUBSCRIBERS):
        rows = Delivery.objects.filter(pk__in=deliveries[start : start + MAX_SUBSCRIBERS])
        yield from rows.annotate(left_at=left_at).values_list("pk", "left_at")


def left_too_late(send: Send) -> QuerySet[Delivery]:
    """Return the deliveries of people who left before their mail went out, but too late.

    Without people whose mail never went out, as was found later.
    """
    named = Delivery.objects.filter(pk__in=send.late_leavers.values("delivery"))
    taken = Attempt.objects.filter(batch=OuterRef("batch"), state__in=Attempt.TAKEN)
    return named.with_mail().filter(Exists(taken))
