"""Forget who opened what: the rows of people go, the sums of a send stay."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from newsletter.sending.models import Send
from newsletter.tracking.models import (
    CountedClicks,
    CountedEvent,
    CountedLink,
    CountedOpens,
    CountedSum,
)
from newsletter.tracking.reader_figures import count_links, sum_up
from subscribers.preferences.models import CountingRefusal
from subscribers.privacy.retention import Rule, register_rule

#: A provider repeats a report for a day; ours may be read some days later.
REPEATED_FOR = dt.timedelta(days=7)
#: Rows deleted in one transaction.
BATCH_ROWS = 5000


def register() -> None:
    """Register the rule; called once, when the app starts."""
    register_rule(
        Rule(
            name="opens_and_clicks",
            days=lambda: settings.CONFIG.events.counted_days,
            count=lambda before: opens_before(before).count() + clicks_before(before).count(),
            remove=remove_counts,
        )
    )


def old_sends(before: dt.datetime) -> QuerySet[Send]:
    """Return the sends that began before a time and count something."""
    counting = Q(count_opens=True) | Q(count_clicks=True)
    return Send.objects.filter(counting, started_at__lt=before)


def opens_before(before: dt.datetime) -> QuerySet[CountedOpens]:
    """Return what is kept of people's opens of sends that began before a time."""
    return CountedOpens.objects.filter(send__in=old_sends(before))


def clicks_before(before: dt.datetime) -> QuerySet[CountedClicks]:
    """Return the same of their clicks."""
    return CountedClicks.objects.filter(link__send__in=old_sends(before))


def remove_counts(before: dt.datetime) -> int:
    """Sum up old sends, then delete the rows of their people; return how many."""
    for send in old_sends(before).filter(counted_sum=None):
        keep_sums(send)
    forget_refusers()
    opens, clicks = opens_before(before), clicks_before(before)
    return delete_in_portions(opens) + delete_in_portions(clicks)


def delete_in_portions(rows: QuerySet[Any]) -> int:
    """Delete rows, some in each transaction; return how many."""
    deleted = 0
    while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH_ROWS]):
        rows.model._default_manager.filter(pk__in=pks).delete()
        deleted += len(pks)
    return deleted


def forget_reports(now: dt.datetime) -> int:
    """Delete the ids of reports that come no more; return how many."""
    oldest, deleted = now - REPEATED_FOR, 0
    # In the order of arrival, as an index by time would slow down every report.
    rows = CountedEvent.objects.order_by("pk")
    while pks := list(rows.values_list("pk", flat=True)[:BATCH_ROWS]):
        gone, _ = CountedEvent.objects.filter(pk__in=pks, at__lt=oldest).delete()
        deleted += gone
        if gone < len(pks):
            break
    return deleted


def forget_refusers() -> None:
    """Delete what was counted of people while they refused it just then."""
    lately = timezone.now() - REPEATED_FOR
    refusals = CountingRefusal.objects.filter(ended_at=None, since__gte=lately)
    for subscriber in refusals.values_list("subscriber_id", flat=True):
        forget_person(subscriber)


def forget_person(subscriber: int) -> None:
    """Delete all that is counted of one person; what is summed up already names nobody."""
    for model in (CountedOpens, CountedClicks, CountedEvent):
        model._default_manager.filter(delivery__subscriber=subscriber).delete()


@transaction.atomic
def keep_sums(send: Send) -> None:
    """Write down the sums of a send.  What is reported later is not counted."""
    for url, people, clicks in count_links(send):
        CountedLink.objects.filter(send=send, url=url).update(people=people, clicks=clicks)
    sums = sum_up(send)
    CountedSum.objects.get_or_create(
        send=send,
        defaults={
            "opened": sums.opened,
            "only_machines": sums.only_machines,
            "clicked": sums.clicked,
        },
    )
