"""`newsletter schedule`: the slots of a publication."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import typer

from newsletter.cli.output import Json, print_result, print_table
from newsletter.runtime.startup import open_workspace
from newsletter.scheduling.times import format_time

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
    print_table(("Slot", "Due", "State", "Issue or reason"), rows)


@app.command()
def skip(date: Date, publication: Which = "", *, json: Json = False) -> None:
    """Skip a slot, for example on a holiday."""
    open_workspace()
    from newsletter.scheduling import slot_changes, slots

    slot = slots.find_slot(find(publication), date.date())
    slot_changes.skip_slot(slot)
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
    from newsletter.scheduling.times import parse_time

    owner = find(publication)
    slot = slots.find_slot(owner, date.date())
    now = timezone.now()
    slot_changes.move_slot(slot, parse_time(time, owner.time_zone, now=now, on=date.date()), now)
    slot.refresh_from_db()
    text = f"The slot of {slot.date} is due {format_time(slot.at, owner.time_zone)}."
    print_result(summary(slot), as_json=json, text=text)


def find(slug: str) -> Any:
    """Return the publication of a short name, or the only one."""
    from newsletter.publishing.numbering import find_publication

    return find_publication(slug)


def describe_holder(slot: Any) -> str:
    """Say what a slot is filled with, or why it was held."""
    return str(slot.send.issue.title) if slot.send else str(slot.note)


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
        "note": slot.note,
    }
