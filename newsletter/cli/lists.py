"""`newsletter list`: make lists, fill them, count who is on them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.options import command_line
from newsletter.cli.output import Json, print_result, print_table
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from subscribers.models import List

app = typer.Typer(help="Create lists, import people, and count them.", no_args_is_help=True)

AS_HELP = "The state of everybody in the file: active, pending, unsubscribed or suppressed."
NOTES_HELP = "The state of people whose note asks for no more mail: unsubscribed or active."

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The short name of a list.")]

#: Options that say what a file does not say itself; `suppression import` takes them, too.
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--status", metavar="VALUE=STATE", help="What a value of a status column means: VIP=active."
    ),
]
ColumnKinds = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="KIND=TITLE", help="What a column contains: email=Correo."),
]
EncodingName = Annotated[
    str,
    typer.Option("--encoding", metavar="NAME", help="The encoding of the file. Default: detected."),
]


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name that subscribers see.")],
    slug: Annotated[
        str, typer.Option("--slug", help="A short name. Default: made from the name.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Create a list."""
    open_workspace()
    from subscribers import lists

    made = lists.create(name, slug)
    print_result(
        summary(made), as_json=json, text=f"List {made.name}: call it {made.slug} in commands."
    )


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A table with email addresses.")],
    slug: Annotated[
        str, typer.Option("--list", help="The list; required if there are several.")
    ] = "",
    *,
    state: Annotated[str, typer.Option("--as", metavar="STATE", help=AS_HELP)] = "",
    values: Values = None,
    columns: ColumnKinds = None,
    encoding: EncodingName = "",
    notes: Annotated[str, typer.Option("--notes", metavar="STATE", help=NOTES_HELP)] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen, and change nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Import the people of a CSV file into a list. Nobody comes back who left or is suppressed."""
    open_workspace()
    from subscribers import lists
    from subscribers.importing.applying import import_file
    from subscribers.importing.reports import describe_import
    from subscribers.importing.telling import told_of

    options = {"list": [slug], "as": [state], "status": values or [], "column": columns or []}
    options |= {"encoding": [encoding], "notes": [notes]}
    with readers_language():
        told = told_of(
            state,
            values or [],
            columns or [],
            encoding,
            notes,
            command_line("list import", file, options),
        )
        into = lists.by_slug(slug) if slug else lists.get_only_list()
        result = import_file(file, into, dry_run=dry_run, told=told)
        print_result(
            {"file": str(file), "list": into.slug, **result.figures()},
            as_json=json,
            text=describe_import(file, into.name, result),
        )
        if result.refused:
            # The status of a dry run is that of the import.
            raise result.refused


@app.command()
def archive(slug: Slug, *, json: Json = False) -> None:
    """Archive a list: no new people and no new sends. Its people are kept."""
    open_workspace()
    from subscribers import lists

    one = lists.by_slug(slug)
    lists.archive(one)
    print_result(summary(one), as_json=json, text=f"List {one.name} is archived.")


@app.command()
def restore(slug: Slug, *, json: Json = False) -> None:
    """Use an archived list again."""
    open_workspace()
    from subscribers import lists

    one = lists.by_slug(slug)
    lists.restore(one)
    print_result(summary(one), as_json=json, text=f"List {one.name} is in use again.")


@app.command()
def show(
    slug: Annotated[
        str, typer.Argument(metavar="SLUG", help="The short name of a list. Default: all lists.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Count the people of a list, or of every list, by state. A suppression changes no state."""
    open_workspace()
    from subscribers import lists
    from subscribers.models import List

    chosen = [lists.by_slug(slug)] if slug else list(List.objects.all())
    found = [summary(one) for one in chosen]
    if json:
        print_result(found[0] if slug else found, as_json=True, text="")
        return
    titles = ("Short name", "Name", "Active", "Suppressed", "Pending", "Unsubscribed")
    keys = ("slug", "name", "active", "suppressed", "pending", "unsubscribed")
    for row in found:
        row["name"] += " (archived)" if row["archived"] else ""
    print_table(titles, ([format_number(row[key]) for key in keys] for row in found))


def summary(of: List) -> dict[str, Any]:
    """Return what programs want to know of a list."""
    from subscribers import lists

    counts = lists.count_people(of)
    return {
        "name": of.name,
        "slug": of.slug,
        "public": of.public,
        "archived": of.archived_at is not None,
        "active": counts.active,
        "suppressed": counts.suppressed,
        "mailable": counts.mailable,
        "pending": counts.pending,
        "unsubscribed": counts.unsubscribed,
    }


def format_number(value: object) -> str:
    """Return a figure with separators, or a text as it is."""
    return f"{value:,}" if isinstance(value, int) else str(value)
