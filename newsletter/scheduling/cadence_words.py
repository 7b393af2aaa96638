"""A cadence in the reader's language; `Cadence` itself only knows English."""

from __future__ import annotations

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext

from newsletter.scheduling.cadence import Cadence


def describe_cadence(cadence: Cadence) -> str:
    """Return cadence, day, time and zone: `every week on Thursday at 09:07 UTC`."""
    if cadence.weeks == 1:
        pattern = gettext("every week on {day} at {time} {zone}")
    else:
        pattern = gettext("every {weeks} weeks on {day} at {time} {zone}")
    return pattern.format(
        weeks=cadence.weeks,
        day=WEEKDAYS[cadence.starts_on.weekday()],
        time=f"{cadence.time:%H:%M}",
        zone=cadence.zone.key,
    )
