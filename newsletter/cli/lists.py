"""`newsletter list`: make lists, fill them, count who is on them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.output import Json, emit, table
from newsletter.cli.workspace import open_workspace

if TYPE_CHECKING:
    from subscribers.importing import ImportResult
    from subscribers.models import List

app = typer.Typer(help="Make lists, fill them, count who is on them.", no_args_is_help=True)

#: Bad lines shown to people; programs get all of them.
SHOWN = 20


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What subscribers call it.")],
    slug: Annotated[str, typer.Option("--slug", help="A short name; else made of the name.")] = "",
    *,
    json: Json = False,
) -> None:
    """Make a list."""
    open_workspace()
    from subscribers import lists

    made = lists.create(name, slug)
    emit(summary(made), as_json=json, text=f"List {made.name}: call it {made.slug} in commands.")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="A table with e-mail addresses.")
    ],
    slug: Annotated[str, typer.Option("--list", help="Which; needed if there are several.")] = "",
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Put the people of a CSV file on a list; nobody who left or is suppressed comes back."""
    open_workspace()
    from subscribers import lists
    from subscribers.importing import import_file

    into = lists.by_slug(slug) if slug else lists.only()
    result = import_file(file, into, dry_run=dry_run)
    emit(
        {"file": str(file), "list": into.slug, **result.figures()},
        as_json=json,
        text=story(file, into, result),
    )


@app.command()
def show(
    slug: Annotated[str, typer.Argument(help="The short name of a list; else all.")] = "",
    *,
    json: Json = False,
) -> None:
    """Count the people of a list, or of each, by state; the suppressed are among the active."""
    open_workspace()
    from subscribers import lists
    from subscribers.models import List

    chosen = [lists.by_slug(slug)] if slug else list(List.objects.all())
    found = [summary(one) for one in chosen]
    if json:
        emit(found[0] if slug else found, as_json=True, text="")
        return
    titles = ("Short name", "Name", "Active", "Suppressed", "Pending", "Unsubscribed")
    keys = ("slug", "name", "active", "suppressed", "pending", "unsubscribed")
    table(titles, ([number(row[key]) for key in keys] for row in found))


def summary(of: List) -> dict[str, Any]:
    """Return what programs want to know of a list."""
    from subscribers import lists

    counts = lists.counts(of)
    return {
        "name": of.name,
        "slug": of.slug,
        "public": of.public,
        "active": counts.active,
        "suppressed": counts.suppressed,
        "mailable": counts.mailable,
        "pending": counts.pending,
        "unsubscribed": counts.unsubscribed,
    }


def number(value: object) -> str:
    """Return a figure with separators, or a text as it is."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def story(file: Path, into: List, result: ImportResult) -> str:
    """Say what became of every row of a file, and which lines to look at."""
    begin = "Would import" if result.dry_run else "Imported"
    columns = ", ".join(f"{title} = {kind}" for title, kind in result.columns.items())
    figures = {
        "added": result.added,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "kept out, suppressed": result.suppressed,
        "kept out, unsubscribed": result.unsubscribed,
        "same address as an earlier line": len(result.folded),
        "bad": len(result.bad),
    }
    return "\n".join(
        [
            f"{begin} {file} into {into.name}: {result.rows:,} rows",
            f"  Columns: {columns}",
            *(f"  {count:>9,}  {what}" for what, count in figures.items() if count),
            *remarks([f"line {line} repeats line {first}" for line, first in result.folded]),
            *remarks([f"line {bad.line}: {bad.reason}" for bad in result.bad]),
        ]
    )


def remarks(lines: list[str]) -> list[str]:
    """Return the first remarks, and how many there are beyond."""
    more = len(lines) - SHOWN
    return [f"  {line}" for line in lines[:SHOWN]] + [
        f"  … and {more:,} more; --json shows all of them" for _ in range(more > 0)
    ]
