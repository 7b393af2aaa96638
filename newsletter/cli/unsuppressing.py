"""`newsletter suppression remove`: end a suppression here, and at the provider if told so."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result
from newsletter.errors import BadInput
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from subscribers.models import SuppressionRemoval

ListSlug = Annotated[
    str, typer.Option("--list", metavar="SLUG", help="For this list only. Default: for all mail.")
]


def remove(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="An email address.")],
    *,
    slug: ListSlug = "",
    why: Annotated[
        str,
        typer.Option(
            "--why", metavar="TEXT", help="The reason (required); it is recorded with your name."
        ),
    ] = "",
    confirm: Annotated[
        bool,
        typer.Option(
            "--confirm", help="Confirm that the mailbox works again, or that its owner asked."
        ),
    ] = False,
    at_provider: Annotated[
        bool,
        typer.Option(
            "--at-provider", help="Take it off the suppression lists of the mail provider, too."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Remove a suppression that was made by mistake. A spam report cannot be removed."""
    open_workspace()
    if slug and at_provider:
        raise BadInput(
            "--at-provider is for all mail: the provider knows none of your lists",
            hint="Leave out --list or --at-provider.",
        )
    with readers_language():
        if at_provider:
            removal, lists = remove_everywhere(address, why=why, confirmed=confirm)
        else:
            removal, lists = remove_one(address, slug, why=why, confirmed=confirm), None
    scope = f" for the list {slug}" if slug else ""
    said = (
        f"{removal.email} is no longer suppressed{scope}.",
        "" if slug else describe_provider(lists),
        f"That is recorded: {removal.why}",
    )
    print_result(
        {
            "email": removal.email,
            "reason": removal.reason,
            "source": removal.source,
            "why": removal.why,
            "by": removal.by,
            "provider_lists": lists,
        },
        as_json=json,
        text=" ".join(filter(None, said)),
    )


def remove_everywhere(
    address: str, *, why: str, confirmed: bool
) -> tuple[SuppressionRemoval, list[str]]:
    """Remove a suppression here and at the provider; return the record, and the lists there."""
    from django.conf import settings

    from newsletter.tracking import provider_removal

    by = name_of_user()
    done = provider_removal.remove_everywhere(
        settings.CONFIG, address, why=why, by=by, confirmed=confirmed
    )
    return done.removal, [str(kind) for kind in done.lists]


def describe_provider(lists: list[str] | None) -> str:
    """Say what the provider's lists have to do with a removal; None: they were left alone."""
    from django.conf import settings

    from newsletter.tracking.provider_removal import offers_lists

    if lists is not None:
        taken = ", ".join(lists)
        return f"It is off the provider's lists: {taken}." if lists else "No list there has it."
    if offers_lists(settings.CONFIG):
        return "If the provider still drops mail to it, do this again with --at-provider."
    return ""


def remove_one(address: str, slug: str, *, why: str, confirmed: bool) -> SuppressionRemoval:
    """Remove a suppression for all mail, or for one list, and return the record of it."""
    from subscribers import list_suppressions, lists, suppressions

    by = name_of_user()
    if not slug:
        return suppressions.remove(address, why=why, by=by, confirmed=confirmed)
    one = lists.by_slug(slug)
    return list_suppressions.remove_for_list(address, one, why=why, by=by, confirmed=confirmed)


def name_of_user() -> str:
    """Return who sits at the terminal; empty where the system does not know."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
