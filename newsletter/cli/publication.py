"""`newsletter publication`: how a publication is delivered."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from newsletter.cli.output import Json, print_result
from newsletter.runtime.startup import open_workspace

app = typer.Typer(help="Show and change how a publication is delivered.", no_args_is_help=True)

Which = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="The short name of the publication; required if there are several."
    ),
]


class DeliveryMode(StrEnum):
    """As in `newsletter.publishing.models`, which is slow to import."""

    IMMEDIATE = "immediate"
    PRESCHEDULED = "prescheduled"
    ON_HOLD = "on_hold"


Mode = Annotated[
    DeliveryMode | None,
    typer.Option("--delivery-mode", help="When the provider gets an issue: docs/prescheduled.md."),
]
Minutes = Annotated[
    int | None,
    typer.Option(
        "--preschedule-minutes",
        min=20,
        max=600,
        help="How many minutes before its time, unless the mode is immediate.",
    ),
]


@app.command()
def show(publication: Which = "", *, json: Json = False) -> None:
    """Show how a publication is delivered, with the advantages and disadvantages."""
    open_workspace()
    owner = find(publication)
    print_result(summary(owner), as_json=json, text="\n".join(in_words(owner)))


@app.command("set")
def change(
    publication: Which = "",
    delivery_mode: Mode = None,
    preschedule_minutes: Minutes = None,
    *,
    json: Json = False,
) -> None:
    """Choose when the provider gets the issues of a publication, also those in the queue."""
    if delivery_mode is None and preschedule_minutes is None:
        raise typer.BadParameter("name what to change: --delivery-mode or --preschedule-minutes")
    open_workspace()
    owner = find(publication)
    if delivery_mode is not None:
        owner.delivery_mode = delivery_mode.value
    if preschedule_minutes is not None:
        owner.preschedule_minutes = preschedule_minutes
    check(owner)
    owner.save(update_fields=["delivery_mode", "preschedule_minutes"])
    print_result(summary(owner), as_json=json, text="\n".join(in_words(owner)))


def check(publication: Any) -> None:
    """Raise `BadInput` for a mode that the publication cannot have."""
    from newsletter.errors import BadInput

    if problem := publication.delivery_problem():
        raise BadInput(f"{publication.slug}: delivery_mode: {problem}")


def find(slug: str) -> Any:
    """Return the publication of a short name, or the only one."""
    from newsletter.publishing.numbering import find_publication

    return find_publication(slug)


def in_words(publication: Any) -> list[str]:
    """Return how a publication is delivered, line by line."""
    mode = publication.get_delivery_mode_display()
    said = [f"{publication.name} ({publication.slug})", f"delivery mode: {mode}"]
    if publication.delivery_mode != DeliveryMode.IMMEDIATE:
        said.append(f"submitted {publication.preschedule_minutes} minutes before its time")
    return [*said, BUYS[publication.delivery_mode]]


def summary(publication: Any) -> dict[str, Any]:
    """Return what programs want to know of a publication."""
    return {
        "name": publication.name,
        "slug": publication.slug,
        "delivery_mode": publication.delivery_mode,
        "preschedule_minutes": publication.preschedule_minutes,
    }


#: What a mode buys and costs; docs/prescheduled.md says more.
BUYS = {
    DeliveryMode.IMMEDIATE: (
        "Who leaves before it goes out does not get it. Where an answer of the provider is lost,"
        " people are unknown until there is evidence."
    ),
    DeliveryMode.PRESCHEDULED: (
        "A lost answer is resolved without anybody, and the issue goes out even while this program"
        " is down. Who leaves in the last 11 minutes still gets it. It needs SendGrid, and relies"
        " on what SendGrid documents: try it with a few addresses first."
    ),
    DeliveryMode.ON_HOLD: (
        "As pre-scheduled, and it can be undone until the last second. If this program is down"
        " then, nothing goes out until it is back; after three days the provider discards the mail"
        " and a person has to say that it is submitted again."
    ),
}
