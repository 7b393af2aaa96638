"""`newsletter schedule cadence`: show and change when a publication comes out."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.output import Json, print_result, print_table
from newsletter.cli.schedule import Which
from newsletter.errors import BadInput
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from newsletter.publishing.models import Publication
    from newsletter.scheduling.rhythm_change import RhythmChange

#: The days of the week and the weekdays of a month as people type them.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}


class Answer(StrEnum):
    """What becomes of queued issues: as in `newsletter.scheduling.rhythm_change`."""

    KEEP = "keep"
    MOVE = "move"


Weeks = Annotated[int | None, typer.Option("--weeks", min=1, max=520, help="Every N weeks.")]
Days = Annotated[
    list[str] | None,
    typer.Option("--on", metavar="WEEKDAY", help="A weekday, such as thursday; may repeat."),
]
Places = Annotated[
    list[str] | None,
    typer.Option(
        "--which",
        metavar="N",
        help="In each month the first, second, third, fourth or last such weekday; may repeat.",
    ),
]
MonthDays = Annotated[
    list[str] | None,
    typer.Option(
        "--day", metavar="N", help="In each month this day, 1 to 28, or `last`; may repeat."
    ),
]
Clock = Annotated[str, typer.Option("--time", metavar="HH:MM", help="The time of day.")]
Zone = Annotated[str, typer.Option("--zone", help="The time zone, such as Europe/London.")]
First = Annotated[
    dt.datetime | None,
    typer.Option("--from", metavar="DATE", formats=["%Y-%m-%d"], help="The first date."),
]
Queued = Annotated[
    Answer | None,
    typer.Option("--queued", help="What becomes of queued issues that would go out otherwise."),
]


def cadence(
    weeks: Weeks = None,
    on: Days = None,
    which: Places = None,
    day: MonthDays = None,
    time: Clock = "",
    zone: Zone = "",
    first: First = None,
    queued: Queued = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would come of it; save nothing.")
    ] = False,
    publication: Which = "",
    json: Json = False,
) -> None:
    """Show when a publication comes out and its next ten dates, or change that."""
    open_workspace()
    from newsletter.publishing.models import Publication
    from newsletter.publishing.numbering import find_publication
    from newsletter.scheduling.rhythm_change import rhythm_change
    from newsletter.sending import trusted_time

    old = find_publication(publication)
    new = Publication.objects.get(pk=old.pk)
    set_days(new, weeks, on, which, day)
    set_times(new, time, zone, first)
    check(new)
    change = rhythm_change(old, new, trusted_time.now())
    wanted = change.is_one and not dry_run
    show(change, saved=wanted and bool(queued or not change.affected), as_json=json)
    if wanted:
        save(change, queued)


def set_days(
    new: Publication,
    weeks: int | None,
    on: list[str] | None,
    which: list[str] | None,
    day: list[str] | None,
) -> None:
    """Choose the days; which pattern is meant follows from what is said.  Raises `BadInput`."""
    from newsletter.scheduling.cadence import Pattern

    said = {Pattern.WEEKS: weeks, Pattern.WEEKDAYS: which, Pattern.DAYS: day}
    patterns = [pattern for pattern, value in said.items() if value]
    if len(patterns) > 1 or (day and on):
        raise BadInput(
            "these do not go together",
            hint="Give --weeks with --on, or --which with --on, or --day alone.",
        )
    new.pattern = patterns[0].value if patterns else new.pattern
    new.every_weeks = weeks or new.every_weeks
    if on:
        new.weekday, *new.more_weekdays = sorted({read_weekday(each) for each in on})
    if which:
        new.ordinals = [read_ordinal(each) for each in dict.fromkeys(which)]
    if day:
        new.month_days = [read_month_day(each) for each in dict.fromkeys(day)]


def set_times(new: Publication, time: str, zone: str, first: dt.datetime | None) -> None:
    """Choose time of day, zone and first date; without one, the next that fits counts."""
    from newsletter.publishing.rhythm_fields import build_cadence, far_problem, list_problems

    if time:
        try:
            new.time = dt.time.fromisoformat(time)
        except ValueError:
            raise BadInput(f"{time!r} is not a time of day", hint="Write it as 09:07.") from None
    new.time_zone = zone or new.time_zone
    if first is not None:
        new.starts_on = first.date()
    elif list(list_problems(new)) == ["starts_on"] and not far_problem(new.starts_on):
        new.starts_on = build_cadence(new, ZoneInfo("UTC")).aligned().starts_on


def check(new: Publication) -> None:
    """Raise `BadInput` for a cadence that is none."""
    from newsletter.publishing.rhythm_fields import list_problems

    problems = {"time_zone": new.zone_problem(), **list_problems(new)}
    for field, problem in problems.items():
        if problem:
            raise BadInput(f"{new.slug}: {field}: {problem}")


def save(change: RhythmChange, queued: Answer | None) -> None:
    """Save the change; raises `BadInput` where nobody said what becomes of queued issues."""
    if change.affected and queued is None:
        raise BadInput(
            f"nothing is saved: these would go out at another time: {change.titles}",
            hint="Say what becomes of them: --queued keep, or --queued move.",
        )
    change.save((queued or Answer.KEEP).value)


def show(change: RhythmChange, *, saved: bool, as_json: bool) -> None:
    """Print the cadence, its next dates and what becomes of queued issues."""
    from newsletter.dates import format_day, format_time
    from newsletter.publishing.rhythm_fields import cadence_of
    from newsletter.scheduling.cadence_words import describe_cadence
    from newsletter.scheduling.rhythm_change import DATES
    from newsletter.sending import trusted_time

    new = change.new
    dates = [
        (slot.date.isoformat(), format_time(slot.at, new.time_zone), words)
        for slot, words in change.preview(DATES)
    ]
    moved = [
        (
            each.send.issue.title,
            format_time(each.send.at, change.shown_zone),
            format_time(each.at, new.time_zone),
        )
        for each in change.affected
    ]
    words = describe_cadence(cadence_of(new))
    if as_json:
        shown = {"cadence": words, **summary(new), "dates": rows(("date", "due", "becomes"), dates)}
        shown |= {"queued": rows(("issue", "now", "then"), moved), "saved": saved}
        print_result(shown, as_json=True, text="")
        return
    print(f"{new.name}: {words}")
    print_table(("Slot", "Due", "What becomes of it"), dates)
    if moved:
        print_table(("Queued issue", "Queued for", "By the new rhythm"), moved)
    if new.starts_on != change.old.starts_on and new.starts_on < trusted_time.now().date():
        print(f"The first date, {format_day(new.starts_on)}, has passed: no slot is made for it.")
    if change.is_one:
        print("It is saved." if saved else "Nothing is saved.")


def rows(names: tuple[str, ...], values: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    """Return rows for programs."""
    return [dict(zip(names, each, strict=True)) for each in values]


def summary(new: Publication) -> dict[str, Any]:
    """Return the fields of the rhythm."""
    return {
        "pattern": new.pattern,
        "weeks": new.every_weeks,
        "weekdays": [new.weekday, *new.more_weekdays],
        "ordinals": new.ordinals,
        "month_days": new.month_days,
        "time": f"{new.time:%H:%M}",
        "zone": new.time_zone,
        "starts_on": new.starts_on.isoformat(),
    }


def read_weekday(text: str) -> int:
    """Return a weekday that somebody typed, also by its first letters; raises `BadInput`."""
    found = [day for day in WEEKDAYS if len(text) > 1 and day.startswith(text.lower())]
    if len(found) != 1:
        raise BadInput(f"{text!r} is not a weekday", hint=f"There are: {', '.join(WEEKDAYS)}.")
    return WEEKDAYS.index(found[0])


def read_ordinal(text: str) -> int:
    """Return which of the weekdays in a month somebody typed; raises `BadInput`."""
    if text.lower() not in ORDINALS:
        raise BadInput(f"{text!r} is not one of them", hint=f"There are: {', '.join(ORDINALS)}.")
    return ORDINALS[text.lower()]


def read_month_day(text: str) -> int:
    """Return a day of a month that somebody typed; raises `BadInput`."""
    if text.lower() == "last":
        return -1
    if not text.isdecimal() or not 1 <= int(text) <= 28:
        raise BadInput(f"{text!r} is not in every month", hint="Give a day from 1 to 28, or: last.")
    return int(text)
