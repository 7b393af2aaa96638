"""`newsletter send`: what goes out, to whom, and how it stands."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result, print_table
from newsletter.dates import format_time
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.tracking.reader_figures import ReaderFigures
    from newsletter.tracking.reports import Report

app = typer.Typer(help="Show and control what is sent.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="ID", help="The number of the send.")]


@app.command("list")
def list_sends(*, json: Json = False) -> None:
    """List the sends, newest first."""
    open_workspace()
    from newsletter.sending.models import Send

    tell_of_suspension(quiet=json)
    sends = list(Send.objects.select_related("issue__publication")[:50])
    if json:
        print_result([summarise_send(send) for send in sends], as_json=True, text="")
        return
    rows = [
        (send.pk, send.issue.title, format_time(send.at, zone_of(send)), send.get_state_display())
        for send in sends
    ]
    print_table(("ID", "Issue", "At", "State"), rows)


@app.command()
def show(number: Number, *, json: Json = False) -> None:
    """Show the report of a send. Every candidate is counted once."""
    open_workspace()
    from django.utils import timezone

    from newsletter.scheduling.send_status import describe_send, list_history
    from newsletter.sending.prescheduled.leavers import left_too_late
    from newsletter.sending.reporting.totals import count_send
    from newsletter.tracking.reader_figures import read_reader_figures
    from newsletter.tracking.reader_words import describe_figures
    from newsletter.tracking.reports import report

    send = find_send(number)
    tell_of_suspension(quiet=json)
    counted, told, readers = count_send(send), report(send), read_reader_figures(send)
    if json:
        result = {
            **summarise_send(send),
            "candidates": counted.candidates,
            "planned": counted.planned,
            "excluded": counted.excluded,
            "deliveries": counted.deliveries,
            "accepted": told.accepted,
            "deferred": told.deferred,
            "left_too_late": left_too_late(send).count(),
            "opens": summarise_opens(readers),
            "clicks": summarise_clicks(readers),
            "acts": list_history(send),
            "suspended": summarise_suspension(),
        }
        print_result(result, as_json=True, text="")
        return
    print(f"Send {send.pk}: {send.issue.title}")
    print(f"{send.get_state_display()}, due {format_time(send.at, zone_of(send))}")
    with readers_language():
        for words in describe_send(send, timezone.now()):
            print(words)
    rows = [
        ("candidates", counted.candidates),
        *((f"  left out: {reason}", n) for reason, n in counted.excluded.items()),
        ("planned", counted.planned),
        *report_rows(told),
    ]
    print_table(("", "People"), rows)
    if counted.deliveries.get("unknown"):
        print(f"See what is known of the unknown: newsletter send resolve {send.pk}")
    for words in describe_figures(readers):
        print(words)
    for link in readers.links:
        print(f"  {link.people:,}  {link.url}")
    for words in list_history(send):
        print(words)


def summarise_opens(readers: ReaderFigures) -> dict[str, int] | None:
    """Return the opens that were counted, for programs; None where they are not counted."""
    if readers.opened is None:
        return None
    return {"people": readers.opened, "only_machines": readers.only_machines}


def summarise_clicks(readers: ReaderFigures) -> dict[str, Any] | None:
    """Return the clicks that were counted, for programs; None where they are not counted."""
    if readers.clicked is None:
        return None
    return {
        "people": readers.clicked,
        "links": [dataclasses.asdict(each) for each in readers.links],
    }


def report_rows(told: Report) -> list[tuple[str, int]]:
    """Return the planned people by state: first who was accepted, and what was told of them."""
    rows = [("  accepted by the provider", told.accepted)] if told.accepted else []
    rows += [(f"    {state}", n) for state, n in told.told.items()]
    if told.silent:
        rows.append(("    no news yet", told.silent))
    if told.deferred:
        rows.append(("      of them deferred, tried again", told.deferred))
    return [*rows, *((f"  {state}", n) for state, n in told.others.items())]


@app.command()
def who(
    number: Number,
    state: Annotated[
        str,
        typer.Option("--state", help="Only people in this state: unknown, twice, left-too-late, …"),
    ] = "",
    *,
    json: Json = False,
) -> None:
    """List the people of a send, each with their state."""
    open_workspace()
    from newsletter.sending.reporting.totals import list_people

    rows = list_people(find_send(number), state)
    if json:
        listed = [
            {"address": address, "state": stands, "reason": why} for address, stands, why in rows
        ]
        print_result(listed, as_json=True, text="")
        return
    for address, stands, why in rows:
        print("\t".join(part for part in (address, stands, why) if part))


def find_send(number: int) -> Any:
    """Return a send, or raise `NotFound`."""
    from newsletter.errors import NotFound
    from newsletter.sending.models import Send
    from newsletter.sending.restores import suspensions

    suspensions.check_log()
    send = Send.objects.select_related("issue__publication").filter(pk=number).first()
    if send is None:
        raise NotFound(f"there is no send {number}", hint="See all: newsletter send list")
    return send


def tell_of_suspension(*, quiet: bool) -> None:
    """Say on the error output why nothing is sent, if that is so."""
    from newsletter.sending.restores import suspensions

    suspensions.check_log()
    found = suspensions.get_suspension()
    if found and not quiet:
        print("\n".join(suspensions.describe_suspension(found, in_local_words)), file=sys.stderr)


def in_local_words(when: dt.datetime) -> str:
    """Return a time in the zone of the site."""
    from django.conf import settings

    return format_time(when, settings.TIME_ZONE)


def summarise_suspension() -> dict[str, Any] | None:
    """Return why nothing is sent, for programs; None while all is well."""
    from newsletter.sending.restores import suspensions

    found = suspensions.get_suspension()
    if found is None:
        return None
    return {
        "reason": found.suspended_for,
        "since": found.suspended_at,
        "missing": [dataclasses.asdict(each) for each in suspensions.group_missing_attempts()],
    }


def zone_of(send: Any) -> str:
    """Return the zone that the publication of a send lives in."""
    return str(send.issue.publication.time_zone)


def summarise_send(send: Any) -> dict[str, Any]:
    """Return what programs want to know of a send."""
    return {
        "id": send.pk,
        "issue": send.issue.title,
        "at": send.at.isoformat(),
        "state": send.state,
        "note": send.note,
        "held_by": send.held_by,
        "canary": send.canary,
        "resend_of": send.resend_of_id,
    }
