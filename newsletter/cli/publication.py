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
    typer.Option(
        "--delivery-mode",
        help="When the provider gets an issue: docs/explanation/prescheduled.md.",
    ),
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


class VolumeRule(StrEnum):
    """As in `newsletter.publishing.volumes`."""

    HAND = "hand"
    YEAR = "year"
    COUNT = "count"


class Start(StrEnum):
    """As in `newsletter.publishing.models`."""

    ITEMS = "items"
    SKELETON = "skeleton"
    LAST = "last"


Volumes = Annotated[
    VolumeRule | None,
    typer.Option("--volumes", help="When a new volume begins: by hand, each year, or by count."),
]
PerVolume = Annotated[
    int | None,
    typer.Option("--issues-per-volume", min=1, max=32_767, help="For `--volumes count`."),
]
DraftDays = Annotated[
    int | None,
    typer.Option(
        "--draft-days",
        min=0,
        max=60,
        help="This many days before a slot its draft is opened by itself; 0: never.",
    ),
]
DraftStart = Annotated[
    Start | None, typer.Option("--draft-start", help="What such a draft begins with.")
]
CountOpens = Annotated[
    bool | None,
    typer.Option("--count-opens/--no-count-opens", help="Have the provider count opens."),
]
CountClicks = Annotated[
    bool | None,
    typer.Option("--count-clicks/--no-count-clicks", help="Have the provider count clicks."),
]


GraceHours = Annotated[
    int | None,
    typer.Option(
        "--grace-hours",
        min=0,
        max=168,
        help="This many hours the issue of a held slot can still be sent.",
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
    volumes: Volumes = None,
    issues_per_volume: PerVolume = None,
    draft_days: DraftDays = None,
    draft_start: DraftStart = None,
    grace_hours: GraceHours = None,
    count_opens: CountOpens = None,
    count_clicks: CountClicks = None,
    *,
    json: Json = False,
) -> None:
    """Choose how issues are delivered, numbered and counted, and when drafts are opened."""
    chosen = {
        "delivery_mode": delivery_mode,
        "preschedule_minutes": preschedule_minutes,
        "volume_rule": volumes,
        "issues_per_volume": issues_per_volume,
        "draft_days": draft_days,
        "draft_start": draft_start,
        "grace_hours": grace_hours,
        "count_opens": count_opens,
        "count_clicks": count_clicks,
    }
    given = {name: value for name, value in chosen.items() if value is not None}
    if not given:
        raise typer.BadParameter("name what to change: --delivery-mode, for example")
    open_workspace()
    owner = find(publication)
    for name, value in given.items():
        setattr(owner, name, value.value if isinstance(value, StrEnum) else value)
    check(owner)
    owner.save(update_fields=list(given))
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
    grace = f"a held slot can be sent for {publication.grace_hours} hours"
    said += [BUYS[publication.delivery_mode], *numbers_in_words(publication), grace]
    return [*said, *counting_in_words(publication)]


def counting_in_words(publication: Any) -> list[str]:
    """Return what is counted of readers, what that means, and whether it can be counted."""
    from newsletter.sending.planning.reader_counting import can_count

    counted = {"opens": publication.count_opens, "clicks": publication.count_clicks}
    said = [f"{name} are {'counted' if on else 'not counted'}" for name, on in counted.items()]
    if not any(counted.values()):
        return said
    if not can_count():
        return [*said, "The transport of this installation cannot count: nothing is counted."]
    return [*said, *(words for name, words in COUNTS.items() if counted[name]), CONSENT]


def numbers_in_words(publication: Any) -> list[str]:
    """Return how a publication counts, and when its drafts open."""
    per = f" ({publication.issues_per_volume})" if publication.volume_rule == "count" else ""
    said = [f"a new volume begins: {publication.get_volume_rule_display()}{per}"]
    if publication.draft_days:
        start = publication.get_draft_start_display()
        said.append(f"a draft is opened {publication.draft_days} days before its slot: {start}")
    return said


def summary(publication: Any) -> dict[str, Any]:
    """Return what programs want to know of a publication."""
    return {
        "name": publication.name,
        "slug": publication.slug,
        "delivery_mode": publication.delivery_mode,
        "preschedule_minutes": publication.preschedule_minutes,
        "volumes": publication.volume_rule,
        "issues_per_volume": publication.issues_per_volume,
        "draft_days": publication.draft_days,
        "draft_start": publication.draft_start,
        "grace_hours": publication.grace_hours,
        "count_opens": publication.count_opens,
        "count_clicks": publication.count_clicks,
    }


#: What counting means; docs/how-to/events.md says more.
COUNTS = {
    "opens": (
        "The provider puts an invisible picture into each mail and reports when it is loaded."
        " Machines load it, too (Apple Mail Privacy Protection, Gmail's proxy): it is no proof"
        " that anybody read the mail."
    ),
    "clicks": (
        "The provider rewrites the links of each mail and reports which was followed. Programs"
        " that check mail follow links, too."
    ),
}
CONSENT = (
    "The law of many countries wants the consent of readers for this. They can refuse on their"
    " preference page. Let the provider report it: newsletter events setup"
)
#: What a mode buys and costs; docs/explanation/prescheduled.md says more.
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
