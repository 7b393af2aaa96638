"""`newsletter subscriber bulk`: do one thing with everybody found, see what was done, undo it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.adding import pairs_of
from newsletter.cli.finding import ListName, SegmentName, SourceName, StateName, filter_of
from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result
from newsletter.errors import BadInput
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from subscribers.bulk.models import BulkRun

Number = Annotated[int, typer.Argument(metavar="ID", help="The number of a bulk action.")]


def bulk(
    action: Annotated[
        str, typer.Argument(metavar="ACTION", help="add, unsubscribe, set or delete.")
    ],
    text: Annotated[str, typer.Option("--text", help="Whom: part of an address or a name.")] = "",
    slug: ListName = "",
    state: StateName = "",
    segment: SegmentName = "",
    source: SourceName = "",
    to: Annotated[
        str, typer.Option("--to", help="The list to add to, or to unsubscribe from.")
    ] = "",
    attribute: Annotated[
        str, typer.Option("--attribute", metavar="NAME=VALUE", help="The attribute to set.")
    ] = "",
    basis: Annotated[
        str, typer.Option("--basis", help="Why they may be mailed: consent, contract or interest.")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the history.")] = "",
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen, and change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    json: Json = False,
) -> None:
    """Add, unsubscribe, set an attribute, or delete who never confirmed: all who are found."""
    open_workspace()
    from subscribers import lists
    from subscribers.bulk import runs
    from subscribers.bulk.reports import describe_run, list_figures
    from subscribers.history.models import Actor

    with readers_language():
        named = next(iter(pairs_of([attribute]).items())) if attribute else ("", "")
        order = runs.Order(
            action=action,
            of=filter_of(text, slug, state, segment, source),
            to=lists.by_slug(to) if to else None,
            attribute=named[0],
            value=named[1],
            basis=basis,
            reason=reason,
            by=Actor.COMMAND,
        )
        if action == "delete" and not dry_run and not yes and not json:
            must_confirm()
        if dry_run:
            figures = runs.preview(order)
            words = [f"  {number:,} {said}" for said, number in list_figures(action, figures)]
            text_shown = "\n".join(["It would be:", *words]) if words else "Nobody is found."
            print_result(figures, as_json=json, text=text_shown)
            return
        run = runs.do_now(order)
        print_result(summary(run), as_json=json, text=describe_run(run))


def must_confirm() -> None:
    """Ask before people are deleted; without a terminal, raise `BadInput`."""
    if not sys.stdin.isatty():
        raise BadInput("this cannot be undone", hint="To do it all the same, add --yes.")
    typer.confirm("Delete who never confirmed? This cannot be undone.", abort=True)


def bulk_list(
    *,
    count: Annotated[int, typer.Option("--count", min=1, help="The maximum number of rows.")] = 20,
    json: Json = False,
) -> None:
    """List the bulk actions there were, the newest first, with what became of the people."""
    open_workspace()
    from subscribers.bulk.models import BulkRun
    from subscribers.bulk.reports import describe_run

    with readers_language():
        found = list(BulkRun.objects.select_related("list")[:count])
        told = "\n".join(map(describe_run, found)) or "There was no bulk action yet."
        print_result([summary(run) for run in found], as_json=json, text=told)


def bulk_undo(number: Number, *, json: Json = False) -> None:
    """Undo a bulk action. Nobody comes back who left since, and what changed since is kept."""
    open_workspace()
    from subscribers.bulk import runs
    from subscribers.bulk.reports import describe_run

    with readers_language():
        run = runs.undo_now(runs.find_run(number))
        print_result(summary(run), as_json=json, text=describe_run(run))


def summary(run: BulkRun) -> dict[str, Any]:
    """Return what programs want to know of a bulk action."""
    return {
        "bulk": run.pk,
        "action": run.action,
        "state": run.state,
        "filter": run.filter,
        "list": run.list.slug if run.list else None,
        "attribute": run.attribute,
        "value": run.value,
        "by": run.by,
        "basis": run.basis,
        "reason": run.reason,
        "applied_at": run.applied_at,
        "undone_at": run.undone_at,
        "problem": run.problem,
        "result": run.result,
    }
