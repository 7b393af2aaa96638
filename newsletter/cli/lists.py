"""`newsletter list`: make lists, fill them, count who is on them."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.options import command_line
from newsletter.cli.output import Json, print_result, print_table
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from subscribers.importing.models import ImportRun
    from subscribers.importing.results import ImportResult
    from subscribers.list_counts import Counts
    from subscribers.models import List

app = typer.Typer(help="Create lists, import people, and count them.", no_args_is_help=True)

AS_HELP = (
    "The state of everybody in the file: active, pending, unsubscribed, suppressed, or"
    " suppressed-here for this list only."
)
BASIS_HELP = (
    "Why they may be mailed: consent, contract or interest (with --basis-note); required, but for"
    " a file of people who left."
)
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
    typer.Option(
        "--column", "--map", metavar="KIND=TITLE", help="What a column contains: email=Correo."
    ),
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
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A table: CSV, TSV, XLSX or ODS.")],
    slug: Annotated[
        str, typer.Option("--list", help="The list; required if there are several.")
    ] = "",
    *,
    state: Annotated[str, typer.Option("--as", metavar="STATE", help=AS_HELP)] = "",
    values: Values = None,
    columns: ColumnKinds = None,
    encoding: EncodingName = "",
    sheet: Annotated[
        str,
        typer.Option("--sheet", metavar="NAME", help="The sheet. Default: the one with people."),
    ] = "",
    notes: Annotated[str, typer.Option("--notes", metavar="STATE", help=NOTES_HELP)] = "",
    basis: Annotated[str, typer.Option("--basis", metavar="BASIS", help=BASIS_HELP)] = "",
    note: Annotated[
        str, typer.Option("--basis-note", metavar="TEXT", help="What is to be known of the basis.")
    ] = "",
    refused: Annotated[
        Path | None,
        typer.Option("--refused", metavar="FILE.csv", help="Write the bad rows there, to correct."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run/--apply", help="Show what would happen, and change nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Import the people of a file into a list. Nobody comes back who left or is suppressed."""
    open_workspace()
    from subscribers import lists
    from subscribers.importing import runs

    options = {"list": [slug], "as": [state], "status": values or [], "column": columns or []}
    options |= {"encoding": [encoding], "sheet": [sheet], "notes": [notes]}
    options |= {"basis": [basis], "basis-note": [note]}
    answers = {"state": state, "values": values or [], "columns": columns or []}
    answers |= {"encoding": encoding, "sheet": sheet, "notes": notes}
    command = command_line("list import", file, options)
    with readers_language():
        into = lists.by_slug(slug) if slug else lists.get_only_list()
        if dry_run:
            show_plan(
                file,
                into,
                runs.plan_now(file, into, answers, command=command, refused=refused),
                json,
            )
            return
        if not basis and not json and not runs.mails_nobody(state):
            basis, note = ask_basis(note)
        reason = runs.Reason(basis=basis, note=note, by=whoever())
        if basis:
            runs.require_basis(reason)
        run, result = runs.import_now(
            file, into, answers, reason=reason, command=command, refused=refused
        )
        show_import(file, into, run, result, json)


def ask_basis(note: str) -> tuple[str, str]:
    """Ask in a terminal why the people of a file may be mailed; elsewhere there is no answer."""
    if not sys.stdin.isatty():
        return "", note
    basis = typer.prompt("Why may they be mailed? consent, contract or interest")
    if basis == "interest" and not note:
        note = typer.prompt("Which legitimate interest is it, in a sentence?")
    return basis.strip().lower(), note


def show_plan(
    file: Path, into: List, plan: tuple[ImportResult, dict[str, Any]], json: bool
) -> None:
    """Show what an import would do; the status of a dry run is that of the import."""
    from subscribers.importing.reports import describe_import

    result, samples = plan
    print_result(
        {"file": str(file), "list": into.slug, **result.figures(), "samples": samples},
        as_json=json,
        text=describe_import(file, into.name, result, samples),
    )
    if result.refused:
        raise result.refused


def show_import(file: Path, into: List, run: ImportRun, result: ImportResult, json: bool) -> None:
    """Show what an import did, and how it is undone."""
    from django.utils.translation import gettext

    from subscribers.importing.reports import describe_import

    undo = gettext("To undo it: {command}").format(command=f"newsletter import undo {run.pk}")
    said = [describe_import(file, into.name, result), f"  {undo}"]
    print_result(
        {"file": str(file), "list": into.slug, "import": run.pk, **result.figures()},
        as_json=json,
        text="\n".join(said),
    )


def whoever() -> str:
    """Return who runs the command; an account without a name has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


@app.command()
def export(
    slug: Slug,
    *,
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help="Only these. Default: everybody.")
    ] = "",
    segment: Annotated[
        str, typer.Option("--segment", metavar="SLUG", help="Only those in this segment.")
    ] = "",
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="csv, xlsx or json. Default: csv.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Default: the standard output.")
    ] = None,
    json: Json = False,
) -> None:
    """Write the people of a list as a file, whatever their state."""
    open_workspace()
    from subscribers import lists
    from subscribers.exporting import export_list
    from subscribers.segments.saved import segment_by_slug

    suffix = out.suffix[1:].lower() if out else ""
    chosen = form or (suffix if suffix in {"csv", "xlsx", "json"} else "json" if json else "csv")
    with readers_language():
        part = segment_by_slug(segment) if segment else None
        blocks = export_list(lists.by_slug(slug), chosen, state, part)
        if out is None:
            for block in blocks:
                sys.stdout.buffer.write(block)
            sys.stdout.buffer.flush()
            return
        size = write_private(out, blocks)
        print_result(
            {"file": str(out), "format": chosen, "bytes": size},
            as_json=json,
            text=f"Wrote {out}: {size:,} bytes. Only you can read it.",
        )


def write_private(path: Path, blocks: Iterable[bytes]) -> int:
    """Write a file that only its owner can read, whole or not at all; return its size."""
    part = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            size = sum(file.write(block) for block in blocks)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return size


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
    recount: Annotated[
        bool,
        typer.Option(
            "--recount",
            help="Count everybody again, and correct the counts that are kept. Says what differed.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Count the people of a list, or of every list, by state. A suppression changes no state."""
    open_workspace()
    from subscribers import list_counts, lists
    from subscribers.models import List

    for each in list_counts.recount() if recount else ():
        line = f"{each.slug}: {each.kept:,} were kept as {each.state}, there are {each.counted:,}"
        print(line, file=sys.stderr)

    chosen = [lists.by_slug(slug)] if slug else list(List.objects.all())
    counts = list_counts.count_lists(chosen)
    found = [summary(one, counts[one.pk]) for one in chosen]
    if json:
        print_result(found[0] if slug else found, as_json=True, text="")
        return
    titles = ("Short name", "Name", "Active", "Suppressed", "Pending", "Unsubscribed")
    keys = ("slug", "name", "active", "suppressed", "pending", "unsubscribed")
    for row in found:
        row["name"] += " (archived)" if row["archived"] else ""
    print_table(titles, ([format_number(row[key]) for key in keys] for row in found))


def summary(of: List, counts: Counts | None = None) -> dict[str, Any]:
    """Return what programs want to know of a list; it is counted unless the counts are given."""
    from subscribers.list_counts import count_list

    counts = count_list(of) if counts is None else counts
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
