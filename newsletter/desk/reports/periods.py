"""Growth by week or month, with no gaps, as tables and charts show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext

from newsletter.desk.kept_figures import keep_figures
from newsletter.publishing.models import Publication
from subscribers.growth import Change, Growth, add_up, read_growth

WEEK, MONTH = "week", "month"
#: This many of each are shown; the file has all of them.
SHOWN = {WEEK: 26, MONTH: 24}
#: The first page shows weeks of a list that is younger than this, months of an older one.
YOUNG = dt.timedelta(days=180)


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A week or a month: what changed in it, and how many people there were at its end."""

    change: Change
    people: int
    label: str


def growth_of(publication: Publication) -> Growth:
    """Return how the lists of a publication grew; kept while it was dear to read."""
    lists = sorted(publication.lists.values_list("pk", flat=True))
    return keep_figures(f"growth-{'-'.join(map(str, lists))}"[:200], lambda: read_growth(lists))


def usual_period(growth: Growth, today: dt.date) -> str:
    """Return whether weeks or months say more."""
    return WEEK if growth.since and today - growth.since < YOUNG else MONTH


def first_day(day: dt.date, by: str) -> dt.date:
    """Return the day with which the week or month of a day begins."""
    return day - dt.timedelta(days=day.weekday()) if by == WEEK else day.replace(day=1)


def find_next(day: dt.date, by: str) -> dt.date:
    """Return the first day of the week or month that follows the one that begins so."""
    if by == WEEK:
        return day + dt.timedelta(days=7)
    return (day + dt.timedelta(days=31)).replace(day=1)


def periods_of(growth: Growth, by: str, today: dt.date) -> list[Period]:
    """Return all weeks or months from the first that is known to this one."""
    return list(each_period(growth, by, today)) if growth.since else []


def each_period(growth: Growth, by: str, today: dt.date) -> Iterator[Period]:
    """Yield the weeks or months one after the other, those without a change too."""
    grouped: dict[dt.date, list[Change]] = {}
    for change in growth.days:
        grouped.setdefault(first_day(change.day, by), []).append(change)
    day, people = min(grouped), 0
    end = max(first_day(today, by), *grouped)
    while day <= end:
        change = add_up([Change(day=day), *grouped.get(day, [])])
        people += change.net
        yield Period(change=change, people=people, label=label_of(day, by))
        day = find_next(day, by)


def label_of(day: dt.date, by: str) -> str:
    """Return how a week or a month is called, in the reader's language."""
    # In Django's letters: https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#date
    return date_format(day, gettext("j M Y") if by == WEEK else gettext("M Y"))


def chart_of(periods: Sequence[Period]) -> dict[str, Any]:
    """Return what a script of ours draws: people as a line, who came and went as bars."""
    return {
        "labels": [each.label for each in periods],
        "series": [
            {
                "label": gettext("Subscribers"),
                "kind": "line",
                "tone": "main",
                "values": [each.people for each in periods],
            },
            {
                "label": gettext("Joined"),
                "kind": "bar",
                "tone": "good",
                "values": [each.change.joined for each in periods],
            },
            {
                "label": gettext("Gone"),
                "kind": "bar",
                "tone": "bad",
                "values": [each.change.joined - each.change.net for each in periods],
            },
        ],
    }
