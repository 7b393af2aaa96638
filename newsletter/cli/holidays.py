"""What `newsletter schedule holidays` does with the holidays of a publication."""

from __future__ import annotations

import datetime as dt
from itertools import takewhile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsletter.publishing.models import Publication

#: So far ahead slots are looked at.
AHEAD = dt.timedelta(days=366)


def change_holidays(
    owner: Publication, regions: list[str], quiet: list[str], policy: str | None, *, clear: bool
) -> None:
    """Add regions and dates, choose a policy, and let slots to come follow; raises `BadInput`."""
    from newsletter.errors import BadInput
    from newsletter.scheduling.rescheduling import note_change
    from newsletter.scheduling.slots import apply_rhythm, rhythm_of
    from newsletter.sending import trusted_time

    if clear:
        owner.holiday_regions, owner.quiet_dates = [], ""
    owner.holiday_regions = list(dict.fromkeys([*owner.holiday_regions, *regions]))
    owner.quiet_dates = "\n".join(dict.fromkeys([*owner.quiet_dates.splitlines(), *quiet]))
    owner.quiet_policy = policy or owner.quiet_policy
    if problem := owner.regions_problem() or owner.quiet_dates_problem():
        raise BadInput(f"{owner.slug}: {problem}")
    now = trusted_time.now()
    note_change(owner, now)
    owner.save()
    apply_rhythm(owner, rhythm_of(owner), now)


def list_affected(owner: Publication) -> list[dict[str, Any]]:
    """Return the slots of the next year that fall on a holiday, with what becomes of each."""
    from newsletter.dates import format_time
    from newsletter.scheduling.slots import rhythm_of
    from newsletter.sending import trusted_time

    rhythm, now = rhythm_of(owner), trusted_time.now()
    plans = takewhile(lambda plan: plan.at < now + AHEAD, rhythm.plans(now))
    return [
        {
            "date": plan.date.isoformat(),
            "holiday": rhythm.quiet.name(plan.date, "en", unnamed="quiet date"),
            "becomes": "skipped" if plan.skipped else format_time(plan.at, owner.time_zone),
        }
        for plan in plans
        if rhythm.quiet.holds(plan.date)
    ]
