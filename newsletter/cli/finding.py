"""`newsletter subscriber find` and `show`: people by any part of what is known, and one of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.lists import write_private
from newsletter.cli.output import Json, print_result, print_table
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from subscribers.finding.filters import PeopleFilter
    from subscribers.models import Subscriber
    from subscribers.timeline.entries import Entry

Text = Annotated[
    str, typer.Argument(metavar="[TEXT]", help="Part of an address or a name. Default: everybody.")
]
ListName = Annotated[str, typer.Option("--list", help="The short name of a list.")]
StateName = Annotated[
    str,
    typer.Option(
        "--state", help="active, pending, unsubscribed, suppressed, or nowhere: on no list."
    ),
]
SegmentName = Annotated[str, typer.Option("--segment", help="The short name of a segment.")]
SourceName = Annotated[str, typer.Option("--source", help="Part of the source.")]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="An email address.")]


def filter_of(text: str, slug: str, state: str, segment: str, source: str) -> PeopleFilter:
    """Return what options ask for, or raise what is wrong with them."""
    from subscribers.finding.filters import read_filter

    asked = {"text": text, "list": slug, "state": state, "segment": segment, "source": source}
    return read_filter(asked)


def find(
    text: Text = "",
    slug: ListName = "",
    state: StateName = "",
    segment: SegmentName = "",
    source: SourceName = "",
    count: Annotated[int, typer.Option("--count", min=1, help="The maximum number of rows.")] = 50,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write all of them to a file: .csv or .json."),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """List people by address or name, list, state, segment and source, the newest first."""
    open_workspace()
    from django.db.models import prefetch_related_objects

    from subscribers.finding.pages import Search, split_chunks

    with readers_language():
        of = filter_of(text, slug, state, segment, source)
        if out is not None:
            write_file(of, out, as_json=json)
            return
        search = Search(of)
        # A command may take its time: it looks through everybody.
        page = search.page(size=count, seconds=float("inf"))
        # By chunks: one statement can name only a limited number of people.
        for some in split_chunks(page.people):
            prefetch_related_objects(some, "subscriptions__list")
        rows = [summary(person) for person in page.people]
        if json:
            print_result(rows, as_json=True, text="")
        elif rows:
            show_table(rows)
            if page.next:
                print(f"These are the first {count}; see more with --count.")
        else:
            print("Nobody is found.")


def write_file(of: PeopleFilter, out: Path, *, as_json: bool) -> None:
    """Write everybody whom a filter finds to a file that only its owner can read."""
    from subscribers.finding.exporting import export_people

    size = write_private(out, export_people(of, out.suffix.removeprefix(".").lower()))
    told = f"Wrote {out}: {size:,} bytes. Only you can read it."
    print_result({"file": str(out), "bytes": size}, as_json=as_json, text=told)


def show_table(rows: list[dict[str, Any]]) -> None:
    """Print people as a table."""
    print_table(
        ("Address", "Name", "Lists", "Suppressed"),
        [
            (row["email"], row["name"], describe_lists(row["lists"]), row["suppressed"] or "")
            for row in rows
        ],
    )


def show(
    address: Address,
    count: Annotated[
        int, typer.Option("--count", min=1, help="The maximum number of events.")
    ] = 30,
    *,
    json: Json = False,
) -> None:
    """Show one person: what is known, the lists, and what happened, the newest first."""
    open_workspace()
    from subscribers import people
    from subscribers.timeline.entries import list_entries

    with readers_language():
        person = people.by_address(address)
        entries = list_entries(person, size=count).entries
        known = summary(person) | {"language": person.language, "since": person.created_at}
        result = known | {"timeline": [event_of(entry) for entry in entries]}
        print_result(result, as_json=json, text=describe(known, entries))


def describe(known: dict[str, Any], entries: tuple[Entry, ...]) -> str:
    """Return what is known of a person, and what happened, line by line."""
    facts = {
        "Name": known["name"],
        "Language": known["language"],
        "Lists": describe_lists(known["lists"]),
        "Suppressed": known["suppressed"] or "",
        **known["attributes"],
    }
    told = [f"  {name}: {value}" for name, value in facts.items() if value]
    events = [
        f"  {entry.at:%Y-%m-%d %H:%M} UTC  {entry.text}"
        + (f" ({entry.detail})" if entry.detail else "")
        for entry in entries
    ]
    return "\n".join([known["email"], *told, "", *events])


def event_of(entry: Entry) -> dict[str, Any]:
    """Return what programs want to know of something that happened."""
    values = {"at": entry.at, "kind": entry.kind, "text": entry.text, "detail": entry.detail}
    return values | ({"send": entry.send} if entry.send else {})


def summary(person: Subscriber) -> dict[str, Any]:
    """Return what programs want to know of a person."""
    from django.db.models import prefetch_related_objects

    from subscribers import suppressions

    suppression = suppressions.find_suppression(person.key)
    # Nothing is read of somebody whose lists were fetched along with those of others.
    prefetch_related_objects([person], "subscriptions__list")
    return {
        "id": person.pk,
        "email": person.email,
        "name": person.name,
        "attributes": person.attributes,
        "lists": {entry.list.slug: entry.state for entry in person.subscriptions.all()},
        "suppressed": suppression.reason if suppression else None,
    }


def describe_lists(states: dict[str, str]) -> str:
    """Return the lists of a person in words; where nothing is added, they are active."""
    return ", ".join(
        slug if state == "active" else f"{slug} ({state})" for slug, state in states.items()
    )
