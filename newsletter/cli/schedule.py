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
    """List the next slots, and those that were held."""
    open_workspace()
    from django.utils import timezone

    from newsletter.scheduling import slots

    owner = find(publication)
    listed = slots.slots_to_show(owner, timezone.now(), count)
    if json:
        print_result([summary(slot) for slot in listed], as_json=True, text="")
        return
    print(f"{owner.name}: {slots.cadence_of(owner)}")
    rows = [
        (
            slot.date,
            format_time(slot.at, owner.time_zone),
            slots.state_of(slot),
            describe_holder(slot),
        )
        for slot in listed
    ]
    print_table(("Slot", "Due", "State", "Name, issue or reason"), rows)


@app.command()
def skip(
    date: Date,
    reason: Annotated[str, typer.Option("--reason", help="Why; the calendar shows it.")] = "",
    publication: Which = "",
    *,
    json: Json = False,
) -> None:
    """Skip a slot, for example on a holiday."""
    open_workspace()
    from newsletter.scheduling import slot_changes, slots

    slot = slots.find_slot(find(publication), date.date())
    slot_changes.skip_slot(slot, reason)
    slot.refresh_from_db()
    print_result(summary(slot), as_json=json, text=f"The slot of {slot.date} is skipped.")


@app.command()
def reopen(date: Date, publication: Which = "", *, json: Json = False) -> None:
    """Open a slot again that was skipped, or that was held because it had no issue."""
    open_workspace()
    from django.utils import timezone

    from newsletter.scheduling import slot_changes, slots

    owner = find(publication)
    slot = slots.find_slot(owner, date.date())
    slot_changes.reopen(slot, timezone.now())
    slot.refresh_from_db()
    text = f"The slot of {slot.date} is open, {format_time(slot.at, owner.time_zone)}."
    print_result(summary(slot), as_json=json, text=text)


@app.command()
def move(
    date: Date,
    time: Annotated[str, typer.Argument(metavar="TIME", help="HH:MM, or a date with a time.")],
    publication: Which = "",
    *,
    json: Json = False,
) -> None:
    """Move a slot to another time. An issue that is queued for it moves too."""
    open_workspace()
    from django.utils import timezone

    from newsletter.scheduling import slot_changes, slots
    from newsletter.scheduling.times import explain_time, parse_wall_time

    owner = find(publication)
    slot = slots.find_slot(owner, date.date())
    now, zone = timezone.now(), owner.time_zone
    slot_changes.move_slot(slot, parse_wall_time(time, zone, now=now, on=date.date()), now)
    slot.refresh_from_db()
    text = f"The slot of {slot.date} is due {format_time(slot.at, zone)}."
    print_result(summary(slot), as_json=json, text=f"{text} {explain_time(slot.at, zone)}".strip())


@app.command()
def name(
    date: Date,
    words: Annotated[str, typer.Argument(metavar="NAME", help="Empty: no name.")],
    publication: Which = "",
    *,
    json: Json = False,
) -> None:
    """Give a slot a name of its own."""
    open_workspace()
    from newsletter.scheduling import slot_changes, slots

    slot = slots.find_slot(find(publication), date.date())
    slot_changes.name_slot(slot, words)
    slot.refresh_from_db()
    called = f"is called {slot.name}" if slot.name else "has no name"
    print_result(summary(slot), as_json=json, text=f"The slot of {slot.date} {called}.")


@app.command()
def give(
    date: Date,
    ref: Annotated[str, typer.Argument(metavar="REF", help="The issue, or - for none.")],
    publication: Which = "",
    *,
    json: Json = False,
) -> None:
    """Keep an open slot for an issue; queueing it for the next slot then takes this one."""
    open_workspace()
    from newsletter.publishing.numbering import find_issue
    from newsletter.scheduling import slot_changes, slots

    owner = find(publication)
    slot = slots.find_slot(owner, date.date())
    issue = None if ref == "-" else find_issue(ref, owner.slug)
    slot_changes.plan_issue(slot, issue)
    slot.refresh_from_db()
    kept = f"for {issue.title}" if issue else "for any issue"
    print_result(summary(slot), as_json=json, text=f"The slot of {slot.date} is kept {kept}.")


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


def find(slug: str) -> Any:
    """Return the publication of a short name, or the only one."""
    from newsletter.publishing.numbering import find_publication

    return find_publication(slug)


def describe_holder(slot: Any) -> str:
    """Say what a slot is filled with, or kept for, and why it was skipped or held."""
    issue = slot.send.issue if slot.send else slot.issue
    return ", ".join(filter(None, (slot.name, issue.title if issue else "", slot.note)))


def summary(slot: Any) -> dict[str, Any]:
    """Return what programs want to know of a slot."""
    from newsletter.scheduling import slots

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
        "note": slot.note,
    }
