"""Read the provider's suppression lists once a day, in one of any number of processes.

Whose turn it is stands in one row: who moves its time on first does the work.  After an error the
row says in words what was wrong, and the next try comes later.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db.models import Q
from django.utils import timezone

from newsletter.conf.config import Config
from newsletter.errors import NewsletterError, Throttled
from newsletter.tracking import provider_lists
from newsletter.tracking.models import SuppressionPull
from newsletter.tracking.provider_lists import PullResult
from newsletter.transports.factory import provider_of

log = logging.getLogger(__name__)

#: From one reading to the next; also from the first start to the first reading.
EVERY = dt.timedelta(days=1)
#: After an error, and for the time of one reading.
AGAIN_AFTER = dt.timedelta(hours=1)
#: Entries of a list are not older than this at the first reading.
FIRST_LOOK_BACK = dt.timedelta(days=30)
#: A later time was written by a clock that was ahead.
LONGEST_WAIT = 2 * EVERY


def pull_if_due(config: Config, now: dt.datetime) -> bool:
    """Read the lists if it is time, and nobody else does; return whether it was done here."""
    if not config.suppression.pull or provider_of(config).open_suppression_lists is None:
        return False
    row = row_of(config.sending.transport, now)
    due = Q(not_before__lte=now) | Q(not_before__gt=now + LONGEST_WAIT)
    mine = SuppressionPull.objects.filter(due, pk=row.pk, not_before=row.not_before)
    if not mine.update(not_before=now + AGAIN_AFTER):
        return False
    try:
        result = provider_lists.pull(config, since=begin_of(config, row, now), until=now)
        note_done(row.provider, result, now)
    except NewsletterError as error:
        note_fault(row, error, now)
    return True


def pull_now(
    config: Config, now: dt.datetime, *, everything: bool = False, dry_run: bool = False
) -> PullResult:
    """Read the lists because somebody wants it now, and note that; a dry run notes nothing.

    Raises what `provider_lists.pull` does.
    """
    known = SuppressionPull.objects.filter(provider=config.sending.transport).first()
    since = None if everything else begin_of(config, known, now)
    result = provider_lists.pull(config, since=since, until=now, dry_run=dry_run)
    if not dry_run:
        note_done(config.sending.transport, result, now)
    return result


def begin_of(config: Config, row: SuppressionPull | None, now: dt.datetime) -> dt.datetime:
    """Return since when to read: some of what was read before is read again.

    Where a clock was ahead, nobody knows until when it was.
    """
    overlap = dt.timedelta(hours=config.suppression.pull_overlap_hours)
    if row and row.read_until and row.read_until <= now:
        return row.read_until - overlap
    return now - FIRST_LOOK_BACK


def row_of(provider: str, now: dt.datetime) -> SuppressionPull:
    """Return the row of a provider; the first reading is a day after it is made."""
    row, _made = SuppressionPull.objects.get_or_create(
        provider=provider, defaults={"not_before": now + EVERY}
    )
    return row


def note_done(provider: str, result: PullResult, now: dt.datetime) -> None:
    """Note that everything up to now was read, and what was new."""
    new = sum(result.new.values())
    SuppressionPull.objects.update_or_create(
        provider=provider,
        defaults={
            "not_before": now + EVERY,
            "read_until": now,
            "read_at": timezone.now(),
            "new": new,
            "fault": "",
        },
    )
    log.info("the provider's suppression lists were read: %s new", new)


def note_fault(row: SuppressionPull, error: NewsletterError, now: dt.datetime) -> None:
    """Note in words why the lists could not be read, and try again later."""
    wait = AGAIN_AFTER
    if isinstance(error, Throttled):
        wait = min(LONGEST_WAIT, max(wait, dt.timedelta(seconds=error.seconds)))
    SuppressionPull.objects.filter(pk=row.pk).update(
        not_before=now + wait, fault=error.sentences[:300]
    )
    log.warning("the provider's suppression lists could not be read: %s", error.sentences)
