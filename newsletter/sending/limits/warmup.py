"""Warm a new sender up: a limit per day that grows from day to day.

On day n (the first is 0), at most `first * factor ** n` people, rounded down.  What was submitted
today is read from the ledger; nothing is counted twice.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum

from newsletter.sending import trusted_time
from newsletter.sending.models import Attempt, Rate

#: Above this daily limit the warm-up is over: nobody needs it for more.
UNLIMITED_FROM = 100_000_000


def is_set() -> bool:
    """Return whether a sender is being warmed up."""
    return bool(settings.CONFIG.rates.warmup_start)


def daily_limit(day: dt.date) -> int | None:
    """Return how many people may be submitted on a day; None if there is no limit."""
    rates = settings.CONFIG.rates
    if not is_set():
        return None
    days = (day - dt.date.fromisoformat(rates.warmup_start)).days
    if days < 0:
        return 0
    # Logarithms are compared, because the power itself overflows after some years.
    allowed = float(rates.warmup_first_day)
    for _ in range(days):
        allowed *= rates.warmup_factor
        if allowed > UNLIMITED_FROM:
            return None
    return int(allowed)


def site_date() -> dt.date:
    """Return today's date in the site's time zone."""
    return trusted_time.now().astimezone(warmup_zone()).date()


def warmup_zone() -> ZoneInfo:
    """Return the time zone whose midnight ends a day."""
    return ZoneInfo(settings.CONFIG.site.time_zone)


def start_of(day: dt.date) -> dt.datetime:
    """Return the time at which a day begins."""
    return dt.datetime.combine(day, dt.time(), warmup_zone())


def submitted_on(day: dt.date) -> int:
    """Return how many people were submitted on a day, by the ledger."""
    posted = Attempt.objects.filter(
        state__in=Attempt.TAKEN,
        posted_at__gte=start_of(day),
        posted_at__lt=start_of(day + dt.timedelta(days=1)),
    )
    return posted.aggregate(people=Sum("size"))["people"] or 0


def remaining_today() -> int | None:
    """Return how many more people may be submitted today; None if there is no limit."""
    allowed = daily_limit(site_date())
    return None if allowed is None else max(0, allowed - submitted_on(site_date()))


def until_tomorrow() -> float:
    """Return the seconds until the next day begins."""
    tomorrow = start_of(site_date() + dt.timedelta(days=1))
    return (tomorrow - trusted_time.now()).total_seconds()


def lock_counts() -> None:
    """Let no other sender count until this transaction ends."""
    Rate.objects.bulk_create([Rate(key="ramp", due=0.0)], ignore_conflicts=True)
    Rate.objects.select_for_update().get(key="ramp")
