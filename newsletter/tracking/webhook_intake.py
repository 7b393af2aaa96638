"""Read the posts that came: each counts once, whichever process reads it, and if it dies."""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from newsletter.tracking.event_handlers import handle_events
from newsletter.tracking.models import DailyEventCount, Event, Post, UnparsedEvent
from newsletter.transports.events import ParsedPost
from newsletter.transports.factory import find_provider

log = logging.getLogger(__name__)

#: The limits for one transaction; a single post may have 768 KB.
MAX_TRANSACTION_BYTES = 500_000
MAX_TRANSACTION_POSTS = 200
#: Rows of old events deleted in one transaction.
PRUNE_BATCH_ROWS = 5000
#: A post that cannot be read is tried again after 2, 4, 8 … seconds, and at least every hour.
MAX_WAIT_SECONDS = 3600


def read_next() -> bool:
    """Read the oldest posts together; return whether there were any.

    A post that cannot be read does not stop the others: it waits, with the reason.
    """
    posts = waiting_posts()
    if not try_to_read(posts) and len(posts) > 1:
        for post in posts:
            try_to_read([post])
    return bool(posts)


def try_to_read(posts: Sequence[Post]) -> bool:
    """Read posts; if that fails, postpone the one with the error, if known, and return False."""
    try:
        read_posts(posts)
    except Exception as error:  # noqa: BLE001  what nobody foresaw must not stop the others
        if len(posts) == 1:
            postpone(posts[0], error)
        return False
    return True


def read_all() -> None:
    """Read until nothing waits."""
    while read_next():
        pass


def waiting_posts() -> list[Post]:
    """Return the oldest posts that may be read now, few enough for one transaction."""
    # A longer wait than the longest possible one was written by a clock that was ahead.
    longest = Now() + dt.timedelta(seconds=MAX_WAIT_SECONDS)
    due = Q(not_before=None) | Q(not_before__lte=Now()) | Q(not_before__gt=longest)
    ready = Post.objects.filter(due).order_by("pk")
    chosen: list[int] = []
    total = 0
    for pk, size in ready.values_list("pk", "size")[:MAX_TRANSACTION_POSTS]:
        total += size
        if chosen and total > MAX_TRANSACTION_BYTES:
            break
        chosen.append(pk)
    return list(Post.objects.filter(pk__in=chosen).order_by("pk"))


def read_posts(posts: Sequence[Post]) -> None:
    """Read posts and apply them; skip posts that another process is reading."""
    readings = {post.pk: parse_post(post) for post in posts}
    if not readings:
        return
    with transaction.atomic():
        rows = Post.objects.select_for_update(skip_locked=True).filter(pk__in=readings)
        mine = list(rows.values_list("pk", flat=True))
        handle_readings([readings[pk] for pk in mine])
        Post.objects.filter(pk__in=mine).delete()


def parse_post(post: Post) -> ParsedPost:
    """Return the content of a post, parsed by its provider."""
    webhook = find_provider(post.provider).webhook
    if webhook is None:
        return ParsedPost(unparsed=[(f"{post.provider} posts no events", "")])
    return webhook.read(bytes(post.body))


def handle_readings(readings: Sequence[ParsedPost]) -> None:
    """Apply the events, store what could not be parsed, and count everything."""
    counts = handle_events([fact for reading in readings for fact in reading.facts])
    unparsed = [found for reading in readings for found in reading.unparsed]
    UnparsedEvent.objects.bulk_create(
        UnparsedEvent(why=why[:200], text=text) for why, text in unparsed
    )
    account = [word for reading in readings for word in reading.account]
    for word in account:
        log.error(
            "the provider says that the account has changed: %s", word or "it does not say how"
        )
    add_counts(
        counts
        + Counter(
            {
                DailyEventCount.Sort.UNPARSED: len(unparsed),
                DailyEventCount.Sort.ACCOUNT: len(account),
            }
        )
    )


def add_counts(counts: Counter[DailyEventCount.Sort]) -> None:
    """Add to the counts of today; in a fixed order, so that two processes cannot deadlock."""
    today = timezone.now().date()
    for sort, number in sorted(counts.items()):
        DailyEventCount.objects.get_or_create(day=today, sort=sort)
        DailyEventCount.objects.filter(day=today, sort=sort).update(count=F("count") + number)


def postpone(post: Post, error: Exception) -> None:
    """Let a post wait that could not be read; it is not lost."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    # Without the text of the error, which may contain data of the post.
    fault = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
    log.error("post %s cannot be read: %s", post.pk, fault)
    wait = min(MAX_WAIT_SECONDS, 2.0 ** (post.failures + 1))
    Post.objects.filter(pk=post.pk).update(
        failures=F("failures") + 1, fault=fault, not_before=Now() + dt.timedelta(seconds=wait)
    )


def prune(now: dt.datetime, *, keep: dt.timedelta) -> int:
    """Delete events and unparsed ones that are older; return how many events.  Outcomes stay."""
    oldest = now - keep
    UnparsedEvent.objects.filter(at__lt=oldest).delete()
    DailyEventCount.objects.filter(day__lt=oldest.date()).delete()
    forgotten = 0
    # By id, in the order of arrival: an index by time would slow down every event.
    while pks := list(Event.objects.order_by("pk").values_list("pk", flat=True)[:PRUNE_BATCH_ROWS]):
        gone, _ = Event.objects.filter(pk__in=pks, at__lt=oldest).delete()
        forgotten += gone
        if gone < len(pks):
            break
    return forgotten
