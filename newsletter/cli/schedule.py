"""`newsletter schedule`: the slots of a publication."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import typer

from newsletter.cli.output import Json, print_result, print_table
from newsletter.dates import format_time
from newsletter.runtime.startup import open_workspace
from newsletter.scheduling.quiet_policy import Policy

app = typer.Typer(help="Show and change the slots of a publication.", no_args_is_help=True)

Which = Annotated[
    str,
    typer.Option(
        "--publication", help="The short name of the publication; required if there are several."
    ),
]
Date = Annotated[
    dt.datetime,
    typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="The date of the slot."),
]


@app.command()
def show(
    publication: Which = "",
    count: Annotated[int, typer.Option("--count", min=1, max=520, help="How many slots.")] = 10,
    *,
    json: Json = False,
) -> None:
    """List the next slots, and those that are held."""
    open_workspace()
    from django.utils import timezone

    from newsletter.publishing.rhythm_fields import cadence_of
    from newsletter.scheduling import slots
    from newsletter.scheduling.cadence_words import describe_cadence
    from newsletter.scheduling.calendar_slots import slots_to_show
    from newsletter.scheduling.numbers import numbers_ahead

    owner = find(publication)
    now = timezone.now()
    listed, numbers = slots_to_show(owner, now, count), numbers_ahead(owner, now, count)
    refs = {date: planned.ref for date, planned in numbers.items()}
    if json:
        rows = [summary(slot) | {"number": refs.get(slot.date, "")} for slot in listed]
        print_result(rows, as_json=True, text="")
        return
    print(f"{owner.name}: {describe_cadence(cadence_of(owner))}")
    shown = [
        (
            slot.date,
            refs.get(slot.date, ""),
            format_time(slot.at, owner.time_zone),
            slots.state_of(slot),
            describe_holder(slot),
        )
        for slot in listed
    ]
    print_table(("Slot", "Number", "Due", "State", "Name, issue or reason"), shown)


@app.command()
def skip(
    date: Date,
    reason: Annotated[str, typer.Option("--reason", help="Why; the calendar shows it.")] = "",
    publication: Which = "",
    *,
    json: Json = False,
) -> None:
    """Skip a slot that is open or held, for example on a holiday."""
    slot = open_slot(publication, date)
    from newsletter.cli.resolving import current_person
    from newsletter.scheduling.slot_changes import skip_slot

    skip_slot(slot, reason, by=current_person())
    print_slot(slot, "The slot of {date} is skipped.", as_json=json)


@app.command()
def reopen(date: Date, publication: Which = "", *, json: Json = False) -> None:
    """Open a slot again that was skipped, or that was held because it had no issue."""
    slot = open_slot(publication, date)
    from django.utils import timezone

    from newsletter.scheduling import slot_changes

    slot_changes.reopen(slot, timezone.now())
    print_slot(slot, "The slot of {date} is open, {local}.", as_json=json)


@app.command()
def move(
    date: Date,
    time: Annotated[str, typer.Argument(metavar="TIME", help="HH:MM, or a date with a time.")],
    publication: Which = "",
    *,
    json: Json = False,
) -> None:
    """Move a slot to another time. An issue that is queued for it moves too."""
    slot = open_slot(publication, date)
    from django.utils import timezone

    from newsletter.scheduling.slot_changes import move_slot
    from newsletter.scheduling.times import explain_time, parse_wall_time

    now, zone = timezone.now(), slot.publication.time_zone
    at = parse_wall_time(time, zone, now=now, on=date.date())
    move_slot(slot, at, now)
    text = f"The slot of {{date}} is due {{local}}. {explain_time(at, zone)}"
    print_slot(slot, text.strip(), as_json=json)


@app.command()
def name(
    date: Date,
    words: Annotated[str, typer.Argument(metavar="NAME", help="Empty: no name.")],
    publication: Which = "",
    *,
    json: Json = False,
) -> None:
    """Give a slot a name of its own."""
    slot = open_slot(publication, date)
    from newsletter.scheduling.slot_changes import name_slot

    name_slot(slot, words)
    called = "is called {name}." if words.strip() else "has no name."
    print_slot(slot, f"The slot of {{date}} {called}", as_json=json)


@app.command()
def number(
    date: Date,
    text: Annotated[
        str,
        typer.Argument(
            metavar="NUMBER", help="Such as 3.12; special: no number. Empty: the next number."
        ),
    ],
    publication: Which = "",
    *,
    json: Json = False,
) -> None:
    """Reserve the number that the issue of a slot will carry; the slots after it count on."""
    slot = open_slot(publication, date)
    from django.utils import timezone

    from newsletter.scheduling.numbers import number_of_slot, reserve_number

    reserve_number(slot, text)
    slot.refresh_from_db()
    planned = number_of_slot(slot, timezone.now())
    ref = planned.ref if planned else ""
    words = f"the number {ref}" if ref else "no number"
    text = f"The slot of {slot.date} has {words}."
    print_result(summary(slot) | {"number": ref}, as_json=json, text=text)


@app.command()
def give(
    date: Date,
    ref: Annotated[str, typer.Argument(metavar="REF", help="The issue, or - for none.")],
    publication: Which = "",
    *,
    json: Json = False,
) -> None:
    """Keep an open slot for an issue; queueing it for the next slot then takes this one."""
    slot = open_slot(publication, date)
    from newsletter.publishing.numbering import find_issue
    from newsletter.scheduling.slot_changes import describe_other_date, plan_issue

    issue = None if ref == "-" else find_issue(ref, slot.publication.slug)
    plan_issue(slot, issue)
    note = describe_other_date(slot, issue) if issue else ""
    print_slot(slot, f"The slot of {{date}} is kept for {{issue}}. {note}".strip(), as_json=json)


Regions = Annotated[
    list[str] | None,
    typer.Option("--region", help="A country or a part of one, such as JP or US-CA; may repeat."),
]
OwnDates = Annotated[
    list[str] | None,
    typer.Option("--quiet", help="A date of your own: '2026-12-24 to 2027-01-01 Closed'."),
]


@app.command()
def holidays(
    region: Regions = None,
    quiet: OwnDates = None,
    policy: Annotated[
        Policy | None, typer.Option("--policy", help="What becomes of a slot on such a day.")
    ] = None,
    clear: Annotated[
        bool, typer.Option("--clear", help="Begin with no region and no date of your own.")
    ] = False,
    publication: Which = "",
    *,
    json: Json = False,
) -> None:
    """List the holidays that a slot of the next year falls on, and choose whose they are."""
    open_workspace()
    from newsletter.cli.holidays import change_holidays, list_affected

    owner = find(publication)
    if region or quiet or policy or clear:
        change_holidays(owner, region or [], quiet or [], policy, clear=clear)
    affected = list_affected(owner)
    if json:
        chosen = {"regions": owner.holiday_regions, "quiet": owner.quiet_dates.splitlines()}
        print_result(
            {**chosen, "policy": owner.quiet_policy, "slots": affected}, as_json=True, text=""
        )
        return
    print(f"{owner.name}: {', '.join(owner.holiday_regions) or 'no holidays'}")
    print(f"On such a day: {owner.get_quiet_policy_display()}")
    rows = [(each["date"], each["holiday"], each["becomes"]) for each in affected]
    print_table(("Slot", "Holiday", "What becomes of it"), rows)


def open_slot(publication: str, date: dt.datetime) -> Any:
    """Return the slot of a date, saved, in the opened workspace; raises `NotFound`."""
    open_workspace()
    from newsletter.scheduling.slots import find_slot

    return find_slot(find(publication), date.date())


def print_slot(slot: Any, text: str, *, as_json: bool) -> None:
    """Say how a slot stands after a change: its summary, or a text with places for its values."""
    slot.refresh_from_db()
    shown = summary(slot)
    issue = slot.issue.title if slot.issue else "any issue"
    print_result(shown, as_json=as_json, text=text.format(**shown | {"issue": issue}))


def find(slug: str) -> Any:
    """Return the publication of a short name, or the only one."""
    from newsletter.publishing.numbering import find_publication

    return find_publication(slug)


def describe_holder(slot: Any) -> str:
    """Say what a slot is filled with, or kept for, and why it was skipped or held."""
    from newsletter.phrases import translate
    from newsletter.scheduling.holds import grace_end, reason_of

    issue = slot.send.issue if slot.send else slot.issue
    held, until = str(translate(reason_of(slot))), grace_end(slot)
    if held and until is not None:
        local = format_time(until, slot.publication.time_zone)
        held = f"{held} Until {local}: newsletter schedule send {slot.date}"
    note = held or slot.note
    return ", ".join(filter(None, (slot.name, issue.title if issue else "", note)))


def summary(slot: Any) -> dict[str, Any]:
    """Return what programs want to know of a slot."""
    from newsletter.scheduling import slots
    from newsletter.scheduling.holds import grace_end, reason_of

    held, until = reason_of(slot), grace_end(slot)
    return {
        "date": slot.date.isoformat(),
        "at": slot.at.isoformat(),
        "local": format_time(slot.at, slot.publication.time_zone),
        "zone": slot.publication.time_zone,
        "state": slots.state_of(slot),
        "send": slot.send_id,
        "issue": slot.issue_id,
        "name": slot.name,
        "moved": slot.moved,
        "note": held or slot.note,
        "grace_until": until.isoformat() if held and until else None,
    }
