"""`newsletter schedule simulate`: what the schedule would do, without doing it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.output import Json, print_result, print_table
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from newsletter.scheduling.simulation import SimulatedEvent

#: The end of a day, up to which a date counts.
MIDNIGHT = dt.time(23, 59, 59)

Until = Annotated[
    dt.datetime | None,
    typer.Option(
        "--until", metavar="DATE", formats=["%Y-%m-%d"], help="The last day; else a year from now."
    ),
]
Which = Annotated[
    str, typer.Option("--publication", help="The short name of one publication; else all.")
]


def simulate(until: Until = None, publication: Which = "", *, json: Json = False) -> None:
    """Print what would happen and when, if nobody did anything more; nothing is sent or changed."""
    open_workspace()
    from newsletter.publishing.models import Publication, site_zone
    from newsletter.publishing.numbering import find_publication
    from newsletter.scheduling import simulation
    from newsletter.sending import trusted_time

    now, zone = trusted_time.now(), ZoneInfo(site_zone())
    day = until.date() if until else now.astimezone(zone).date() + dt.timedelta(days=365)
    chosen = [find_publication(publication)] if publication else list(Publication.objects.all())
    events = simulation.simulate(chosen, now, dt.datetime.combine(day, MIDNIGHT, zone))
    if json:
        print_result([summary(each) for each in events], as_json=True, text="")
        return
    print(f"What would happen until {day}, if nobody did anything more. Nothing is changed.")
    print_table(
        ("When", "Publication", "Number", "What"),
        [(local(each), each.publication.name, each.number, each.words) for each in events],
    )


def local(event: SimulatedEvent) -> str:
    """Return when something happens, in the zone of its publication."""
    from newsletter.dates import format_time

    return format_time(event.at, event.publication.time_zone)


def summary(event: SimulatedEvent) -> dict[str, Any]:
    """Return what programs want to know of an event."""
    return {
        "at": event.at.isoformat(),
        "local": local(event),
        "kind": event.kind.value,
        "publication": event.publication.slug,
        "slot": event.slot.isoformat() if event.slot else None,
        "number": event.number,
        "what": event.words,
    }
