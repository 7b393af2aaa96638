"""`newsletter privacy`: forget what is not needed any more."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from newsletter.cli.output import Json, print_result, print_table
from newsletter.runtime.startup import open_workspace

app = typer.Typer(help="Remove personal data that is too old.", no_args_is_help=True)

#: What a rule removes, by its name.
WHAT = {
    "bulk actions": "texts of bulk actions: whom they were about, and why",
    "events": "events of the provider",
    "hashes": "hashes of network addresses",
    "history": "changes of people's subscriptions",
    "inactive": "people who left every list",
    "opens_and_clicks": "opens and clicks of people; the sums of a send stay",
    "logs": "notes of suppressions that were removed",
    "sign-ups": "sign-ups that came to nothing",
    "unconfirmed": "people who never confirmed",
}


@app.command()
def clean(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what is too old, and remove nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Remove what is older than [privacy] allows. `newsletter serve` does it every night."""
    open_workspace()
    from django.utils import timezone

    from subscribers.privacy import erased_addresses, retention

    found = retention.clean(timezone.now(), dry_run=dry_run)
    if json:
        print_result([dataclasses.asdict(each) for each in found], as_json=True, text="")
        return
    titles = ("Kind", "Older than", "Too old" if dry_run else "Removed")
    print_table(
        titles,
        [
            (WHAT.get(each.name, each.name), describe_age(each.days), f"{each.rows:,}")
            for each in found
        ],
    )
    if lost := erased_addresses.count_unreadable():
        print(f"{lost:,} erased addresses are not recognised: their key is not here (key list).")


def describe_age(days: float) -> str:
    """Return an age in words."""
    return f"{days:g} days" if days else "kept for ever"
