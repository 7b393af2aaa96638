"""`newsletter suppression`: addresses that must not be mailed, by any list or by one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.lists import ColumnKinds, EncodingName, Values
from newsletter.cli.options import command_line
from newsletter.cli.output import Json, print_result, print_table
from newsletter.cli.unsuppressing import ListSlug, name_of_user, remove
from newsletter.errors import BadInput
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from subscribers.models import SuppressedAddress

app = typer.Typer(
    help="Suppress addresses: they get no mail, of any list or of one.", no_args_is_help=True
)

#: The options to say why an address is suppressed, as `Suppression.Reason` spells them.
REASONS = ("manual", "bounced", "complained", "invalid")
#: Those that only events of the provider have, to look for.
FURTHER_REASONS = ("blocked", "unsubscribed")
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would happen, and change nothing.")
]
ReasonName = Annotated[
    str, typer.Option("--reason", metavar="REASON", help=f"The reason: {', '.join(REASONS)}.")
]


@app.command()
def add(
    addresses: Annotated[
        list[str], typer.Argument(metavar="ADDRESS", help="One or more email addresses.")
    ],
    *,
    reason: ReasonName = "manual",
    note: Annotated[
        str, typer.Option("--note", help="A note that is kept with the suppression.")
    ] = "",
    slug: ListSlug = "",
    json: Json = False,
) -> None:
    """Suppress addresses: they get no mail, and no import brings them back."""
    open_workspace()

    with readers_language():
        made = [suppress_one(address, require_reason(reason), note, slug) for address in addresses]
        scope = f" for the list {slug}" if slug else ""
        print_result(
            made,
            as_json=json,
            text="\n".join(
                f"{entry['email']} is suppressed{scope}: {entry['reason']}." for entry in made
            ),
        )


def suppress_one(address: str, reason: str, note: str, slug: str) -> dict[str, Any]:
    """Suppress an address for all mail, or for one list, and return the summary."""
    from subscribers import list_suppressions, lists, suppressions

    why, by = suppressions.Reason(reason), name_of_user()
    if not slug:
        return summary(suppressions.suppress(address, why, note, by=by))
    one = lists.by_slug(slug)
    return summary(list_suppressions.suppress_for_list(address, one, why, note, by=by))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A table with email addresses.")],
    *,
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="REASON", help="The reason for all. Default: as the file says."
        ),
    ] = "",
    values: Values = None,
    columns: ColumnKinds = None,
    encoding: EncodingName = "",
    slug: ListSlug = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Suppress all addresses of a CSV file, such as the suppression list of another system."""
    open_workspace()
    from subscribers import lists
    from subscribers.importing.applying import import_suppressions
    from subscribers.importing.reports import suppression_story
    from subscribers.importing.telling import told_of

    with readers_language():
        options = {"reason": [reason], "status": values or [], "column": columns or []}
        options |= {"encoding": [encoding], "list": [slug]}
        command = command_line("suppression import", file, options)
        told = told_of("", values or [], columns or [], encoding, command=command)
        result = import_suppressions(
            file,
            require_reason(reason) if reason else "",
            only_for=lists.by_slug(slug) if slug else None,
            dry_run=dry_run,
            told=told,
        )
        print_result(
            {"file": str(file), **result.figures()},
            as_json=json,
            text=suppression_story(file, result),
        )


@app.command("list")
def list_(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="Part of an address or a note. Default: all.")
    ] = "",
    *,
    reason: Annotated[
        str, typer.Option("--reason", metavar="REASON", help="Only suppressions with this reason.")
    ] = "",
    slug: Annotated[
        str,
        typer.Option(
            "--list", metavar="SLUG", help="Those for this list. Default: those for all mail."
        ),
    ] = "",
    count: Annotated[int, typer.Option("--count", min=1, help="The maximum number of rows.")] = 50,
    json: Json = False,
) -> None:
    """List the suppressed addresses, the newest first."""
    open_workspace()
    from subscribers import list_suppressions, lists, suppressions

    why = require_reason(reason, FURTHER_REASONS) if reason else ""
    found: QuerySet[Any] = (
        list_suppressions.search(lists.by_slug(slug), text, why)
        if slug
        else suppressions.search(text, why)
    )
    rows = [summary(entry) for entry in found[:count]]
    if json:
        print_result(rows, as_json=True, text="")
    elif rows:
        keys = ("email", "reason", "source", "note", "since")
        print_table(
            ("Address", "Reason", "Said by", "Note", "Since"),
            ([row[key] for key in keys] for row in rows),
        )
        if (whole := found.count()) > count:
            print(f"{whole - count:,} more: see them with --count.")
    else:
        print("No such address is suppressed.")


app.command()(remove)


@app.command()
def pull(
    *,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Read the lists from their first entry on. Default: new ones."),
    ] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Read the suppression lists of the mail provider, and suppress who is on them here, too."""
    open_workspace()
    from django.conf import settings
    from django.utils import timezone

    from newsletter.tracking import daily_pull

    result = daily_pull.pull_now(
        settings.CONFIG, timezone.now(), everything=everything, dry_run=dry_run
    )
    counted = {"read": dict(result.read), "new": dict(result.new), "dry_run": dry_run}
    verb = "Would suppress" if dry_run else "Suppressed"
    lines = [f"{name}: {result.new[name]:,} new of {read:,}" for name, read in result.read.items()]
    lines.append(f"{verb}, or counted as turned away: {sum(result.new.values()):,}.")
    print_result(counted, as_json=json, text="\n".join(lines))


@app.command()
def push(*, dry_run: DryRun = False, json: Json = False) -> None:
    """Add who is suppressed here to the global unsubscribes of the mail provider.

    The provider then drops all mail of the account to them, also that of other programs.
    """
    open_workspace()
    from django.conf import settings
    from django.utils import timezone

    from newsletter.tracking import provider_lists

    result = provider_lists.push(settings.CONFIG, until=timezone.now(), dry_run=dry_run)
    verb = "Would push" if dry_run else "Pushed"
    print_result(
        {"suppressed": result.suppressed, "pushed": result.pushed, "dry_run": dry_run},
        as_json=json,
        text=f"{verb} {result.pushed:,} of {result.suppressed:,} suppressed addresses;"
        " the provider has the others.",
    )


def require_reason(reason: str, further: tuple[str, ...] = ()) -> str:
    """Return a reason, or raise `BadInput` naming those there are."""
    if reason not in (known := (*REASONS, *further)):
        raise BadInput(f"there is no reason {reason!r}", hint=f"Reasons: {', '.join(known)}")
    return reason


def summary(entry: SuppressedAddress) -> dict[str, Any]:
    """Return what programs want to know of a suppression."""
    return {
        "email": entry.email,
        "reason": entry.reason,
        "source": entry.source,
        "note": entry.note,
        "by": entry.by,
        "since": entry.created_at.isoformat(timespec="seconds"),
    }
