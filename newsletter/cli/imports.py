"""`newsletter import`: the imports there were, what each did, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result, print_table
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from subscribers.importing.models import ImportRun

app = typer.Typer(help="List imports, show one, and undo one.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="ID", help="The number of an import.")]


@app.command("list")
def list_(
    *,
    count: Annotated[int, typer.Option("--count", min=1, help="The maximum number of rows.")] = 20,
    json: Json = False,
) -> None:
    """List the imports, the newest first."""
    open_workspace()
    from subscribers.importing.models import ImportRun

    runs = list(ImportRun.objects.select_related("list")[:count])
    if json:
        print_result([summary(run) for run in runs], as_json=True, text="")
        return
    titles = ("ID", "File", "List", "State", "Rows", "Added", "Updated", "When", "Who")
    with readers_language():
        print_table(titles, map(row_of, runs))


@app.command()
def show(number: Number, *, json: Json = False) -> None:
    """Show one import: its file, its state, its figures, and the lines that were left out."""
    open_workspace()
    from subscribers.importing import runs
    from subscribers.importing.reports import describe_run

    with readers_language():
        run = runs.find_run(number)
        print_result(summary(run), as_json=json, text=describe_run(run))


@app.command()
def undo(number: Number, *, json: Json = False) -> None:
    """Undo an import. Nobody comes back who left, and what changed since then is kept."""
    open_workspace()
    from subscribers.importing import runs
    from subscribers.importing.reports import describe_undo

    with readers_language():
        figures = runs.undo_run(runs.find_run(number))
        print_result({"import": number, **figures}, as_json=json, text=describe_undo(figures))


def row_of(run: ImportRun) -> tuple[object, ...]:
    """Return the row of a table about an import."""
    result = run.result
    when = f"{run.created_at:%Y-%m-%d %H:%M} UTC"
    figures = (result.get("rows", ""), result.get("added", ""), result.get("updated", ""))
    state = run.get_state_display()
    return (run.pk, run.file_name, run.list.slug, state, *figures, when, run.by)


def summary(run: ImportRun) -> dict[str, Any]:
    """Return what programs want to know of an import."""
    return {
        "import": run.pk,
        "list": run.list.slug,
        "state": run.state,
        "file": run.file_name,
        "sha256": run.file_hash,
        "bytes": run.file_size,
        "by": run.by,
        "basis": run.basis,
        "basis_note": run.basis_note,
        "created_at": run.created_at,
        "applied_at": run.applied_at,
        "undone_at": run.undone_at,
        "problem": run.problem,
        "result": run.result,
    }
