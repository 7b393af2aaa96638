"""When the news of a send came: by the hour since it went out, from the events that are kept."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, TextField
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext, gettext_lazy

from newsletter.desk.kept_figures import keep_figures
from newsletter.sending.models import Send
from newsletter.tracking.models import Event

#: What is drawn, with its colour; each is the outcome of a delivery and the kind of an event.
DRAWN = {
    "delivered": (gettext_lazy("Delivered"), "main"),
    "bounced": (gettext_lazy("Bounced"), "worse"),
    "blocked": (gettext_lazy("Blocked"), "bad"),
    "complained": (gettext_lazy("Reported as spam"), "good"),
}
#: What comes later than this stands at the end.
MAX_HOURS = 72
#: So much of a time as the databases write it: up to its minute.
TO_MINUTE = len("2026-11-26 14:07")


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """How many people had each news by the end of an hour, counted from the start."""

    hour: int
    label: str
    people: Sequence[int]  #: in the order of `DRAWN`


def read_minutes(send: Send) -> list[tuple[str, str, int]]:
    """Return the minute, the news, and of how many people: each once, by what counts of them."""
    earlier = Event.objects.filter(delivery=OuterRef("delivery"), kind=OuterRef("kind"))
    earlier = earlier.filter(Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), pk__lt=OuterRef("pk")))
    rows = Event.objects.filter(delivery__send=send, kind=F("delivery__outcome"))
    rows = rows.filter(~Exists(earlier), kind__in=DRAWN).order_by()
    minute = Substr(Cast("at", TextField()), 1, TO_MINUTE)
    found = rows.annotate(minute=minute).values_list("minute", "kind")
    return list(found.annotate(Count("pk")))


def read_curve(send: Send) -> list[Point]:
    """Return the points of a send's curve; none before there is news of it."""
    if send.started_at is None:
        return []
    rows = keep_figures(f"curve-{send.pk}", lambda: read_minutes(send))
    hours: Counter[tuple[int, str]] = Counter()
    for minute, kind, people in rows:
        hours[hour_of(minute, send.started_at), kind] += people
    last = max((hour for hour, _ in hours), default=0)
    return [find_point(hours, hour) for hour in range(1, last + 1)]


def hour_of(minute: str, start: dt.datetime) -> int:
    """Return in the how manieth hour after a start a minute is; clocks may differ a little."""
    at = dt.datetime.fromisoformat(minute).replace(tzinfo=dt.UTC)
    passed = int((at - start).total_seconds() // 3600)
    return min(max(passed, 0), MAX_HOURS) + 1


def find_point(hours: Counter[tuple[int, str]], hour: int) -> Point:
    """Return what was known by the end of an hour."""
    people = [
        sum(number for (at, kind), number in hours.items() if kind == drawn and at <= hour)
        for drawn in DRAWN
    ]
    label = gettext("later") if hour > MAX_HOURS else gettext("{hour} h").format(hour=hour)
    return Point(hour=hour, label=label, people=people)


def chart_of(points: Sequence[Point]) -> dict[str, Any]:
    """Return what a script of ours draws: a line for each news there was."""
    series = [
        {
            "label": str(words),
            "kind": "line",
            "tone": tone,
            "values": [0, *(each.people[place] for each in points)],
        }
        for place, (words, tone) in enumerate(DRAWN.values())
    ]
    return {
        "labels": ["0", *(each.label for each in points)],
        "series": [each for each in series if any(each["values"])],
        "across": gettext("Hours since it went out"),
    }
