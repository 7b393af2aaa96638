"""`newsletter schedule send`: send the issue of a slot that is held."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from newsletter.cli.output import Json, print_result
from newsletter.dates import format_time
from newsletter.runtime.startup import open_workspace

Date = Annotated[
    dt.datetime,
    typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="The date of the slot."),
]
Reference = Annotated[
    str, typer.Argument(metavar="[REF]", help="The issue; else the one that is meant for the slot.")
]
Which = Annotated[
    str,
    typer.Option(
        "--publication", help="The short name of the publication; required if there are several."
    ),
]


def send(date: Date, ref: Reference = "", publication: Which = "", *, json: Json = False) -> None:
    """Send the issue of a held slot now, within its grace period."""
    config = open_workspace()
    from newsletter.publishing.numbering import find_issue, find_publication
    from newsletter.scheduling.holds import send_held
    from newsletter.scheduling.send_status import describe_undo_window
    from newsletter.scheduling.slots import find_slot
    from newsletter.sending import trusted_time

    owner = find_publication(publication)
    slot, issue = find_slot(owner, date.date()), find_issue(ref, owner.slug) if ref else None
    now = trusted_time.now()
    sent = send_held(slot, issue, now=now, batch_size=config.sending.batch_size)
    local = format_time(sent.at, owner.time_zone)
    text = f"{sent.issue.title} is queued for {local}. {describe_undo_window(sent, now)}"
    result = {"send": sent.pk, "issue": sent.issue.title, "at": sent.at.isoformat(), "local": local}
    print_result(result | {"slot": slot.date.isoformat()}, as_json=json, text=text.strip())
