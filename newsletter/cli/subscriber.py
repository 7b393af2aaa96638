"""`newsletter subscriber`: find, add, change and unsubscribe people; tell what is held; forget."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from newsletter.cli.adding import add, change
from newsletter.cli.bulk import bulk, bulk_list, bulk_undo
from newsletter.cli.finding import Address, find, show, summary
from newsletter.cli.output import Json, print_result
from newsletter.runtime.startup import open_workspace

app = typer.Typer(
    help="Find, add, change and unsubscribe people; export or erase their data.",
    no_args_is_help=True,
)

#: What an erasure leaves behind, besides the keyed hash that keeps the address suppressed.
LEFT = {
    "deleted": "only a code is left, by which the address stays suppressed",
    "anonymised": "what was sent now counts subscriber {key}, without a name or an address",
}

for command in (find, show, add, change, bulk, bulk_list, bulk_undo):
    app.command()(command)


@app.command()
def unsubscribe(
    address: Address,
    slug: Annotated[
        str, typer.Option("--list", help="Only from this list. Default: from all lists.")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the history.")] = "",
    *,
    json: Json = False,
) -> None:
    """Unsubscribe a person from a list, or from all. Only the person can come back."""
    open_workspace()
    from subscribers import lists, people, subscriptions
    from subscribers.history.models import Actor

    person = people.by_address(address)
    only = [lists.by_slug(slug).pk] if slug else []
    left = subscriptions.unsubscribe(person.pk, only, by=Actor.COMMAND, reason=reason)
    told = f"{left} list{'s' * (left > 1)}" if left else "no list: there was none to leave"
    print_result(
        {**summary(person), "left": left}, as_json=json, text=f"{person.email} left {told}."
    )


@app.command()
def refuse_counting(address: Address, *, json: Json = False) -> None:
    """Count opens and clicks of a person no more. Only the person can allow it again."""
    open_workspace()
    from subscribers import people
    from subscribers.history.models import Actor
    from subscribers.preferences import counting

    person = people.by_address(address)
    is_new = counting.refuse(person, by=Actor.COMMAND)
    told = "is not counted any more; what was counted is deleted" if is_new else "was not counted"
    print_result(
        {**summary(person), "refused": is_new}, as_json=json, text=f"{person.email} {told}."
    )


@app.command()
def export(address: Address, *, json: Json = False) -> None:
    """Print all data about a person. The output is always JSON."""
    open_workspace()
    from subscribers import people
    from subscribers.privacy.held import export_person

    person = people.by_address(address)
    if not json:
        print(f"All that is held of {person.email}:", file=sys.stderr)
    print_result(export_person(person), as_json=True, text="")


@app.command()
def erase(
    address: Address,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    json: Json = False,
) -> None:
    """Erase a person. Sent mail stays counted, and the address stays suppressed."""
    open_workspace()
    from subscribers import people
    from subscribers.privacy.erasure import erase_person

    person = people.by_address(address)
    email, key = person.email, person.pk
    if not yes and not json and sys.stdin.isatty():
        typer.confirm(f"Erase what is held of {email}? This cannot be undone.", abort=True)
    erasure = erase_person(person)
    print_result(
        {"email": email, "subscriber": key, "erasure": erasure},
        as_json=json,
        text=f"{email} is erased: {LEFT[erasure].format(key=key)}.",
    )
