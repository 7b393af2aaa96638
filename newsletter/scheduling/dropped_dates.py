"""Dates that a changed rhythm has no more: calendar programs are told that these are cancelled.

A program that follows a feed may keep an event that is simply missing from it (RFC 5546, 3.2.5).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import takewhile

from newsletter.publishing.models import Publication
from newsletter.scheduling.slots import read_rhythm, rhythm_of

#: From now to so far ahead slots stand in a feed.
AHEAD = dt.timedelta(days=366)


def note_dropped(new: Publication, now: dt.datetime) -> None:
    """Note the dates that the stored rhythm has and a changed publication, not saved yet, has not.

    Those that were dropped before are kept until they have passed, unless they are back.
    """
    stored = read_rhythm(Publication.objects.get(pk=new.pk))
    plans = stored.plans(now) if stored else iter(())
    ahead = takewhile(lambda plan: plan.at <= now + AHEAD, plans)
    had = {plan.date: plan.at for plan in ahead if not plan.skipped} | dict(list_dropped(new))
    holds = rhythm_of(new).cadence.holds
    new.dropped_dates = {
        date.isoformat(): at.isoformat()
        for date, at in sorted(had.items())
        if at > now and not holds(date)
    }


def list_dropped(publication: Publication) -> Iterator[tuple[dt.date, dt.datetime]]:
    """Yield the dropped dates, each with the time at which its slot was due."""
    for date, at in publication.dropped_dates.items():
        yield dt.date.fromisoformat(date), dt.datetime.fromisoformat(at)
