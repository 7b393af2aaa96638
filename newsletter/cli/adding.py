"""`newsletter subscriber add` and `change`: one person by hand, and what is known of one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.finding import Address, describe_lists, summary
from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result
from newsletter.errors import BadInput
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

Attributes = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute", metavar="NAME=VALUE", help="An attribute; may be repeated. A blank one goes."
    ),
]
Language = Annotated[str | None, typer.Option("--language", help="The language: en, ja …")]
Name = Annotated[str | None, typer.Option("--name", help="The name.")]


def pairs_of(attributes: Sequence[str] | None) -> dict[str, str]:
    """Return attributes by name, or raise `BadInput` for what is no NAME=VALUE."""
    parted = [each.partition("=") for each in attributes or ()]
    for name, equals, _value in parted:
        if not equals or not name.strip():
            raise BadInput(f"{name!r} is no attribute", hint="Write --attribute city=Lowen")
    return {name.strip(): value for name, _equals, value in parted}


def day_of(text: str) -> dt.date | None:
    """Return a day, none for a blank, or raise `BadInput`."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"{text!r} is no date", hint="Write it as 2026-11-26.") from None


def add(
    address: Address,
    slugs: Annotated[
        list[str], typer.Option("--list", help="The short name of a list; may be repeated.")
    ],
    consent: Annotated[
        str, typer.Option("--consent", help="In which words the person consented.")
    ] = "",
    source: Annotated[
        str, typer.Option("--source", help="Where: at a stand, by phone, on paper.")
    ] = "",
    date: Annotated[
        str, typer.Option("--date", metavar="DATE", help="On which day. Default: today.")
    ] = "",
    name: Name = None,
    language: Language = None,
    attributes: Attributes = None,
    *,
    sure: Annotated[
        bool, typer.Option("--sure", help="The address is right, although it looks mistyped.")
    ] = False,
    json: Json = False,
) -> None:
    """Add one person to lists, with the consent they gave. Nobody who left is brought back."""
    open_workspace()
    from subscribers import lists
    from subscribers.adding import NewPerson, NotedConsent, add_person
    from subscribers.history.models import Actor

    with readers_language():
        new = NewPerson(
            email=address,
            name=name or "",
            language=language or "",
            attributes=pairs_of(attributes),
            sure=sure,
        )
        given = NotedConsent(text=consent, source=source, given_on=day_of(date))
        to = [lists.by_slug(slug) for slug in slugs]
        added = add_person(new, to, given, by=Actor.COMMAND)
        print_result(
            {**summary(added.person), "new": added.made},
            as_json=json,
            text=f"{added.person.email} is on {describe_lists(added.states)}.",
        )


def change(
    address: Address,
    name: Name = None,
    language: Language = None,
    attributes: Attributes = None,
    *,
    json: Json = False,
) -> None:
    """Change name, language or attributes of a person; what is not named stays."""
    open_workspace()
    from subscribers import people
    from subscribers.changing import change_person
    from subscribers.history.models import Actor

    with readers_language():
        person = people.by_address(address)
        wanted = {**person.attributes, **pairs_of(attributes)} if attributes else None
        changed = change_person(
            person, name=name, language=language, attributes=wanted, by=Actor.COMMAND
        )
        text = f"{person.email} is changed." if changed else "Nothing was changed."
        known = {**summary(person), "language": person.language, "changed": changed}
        print_result(known, as_json=json, text=text)
