"""`newsletter issue check`: what would stop or shame a mail, before it leaves."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.output import Json, emit
from newsletter.cli.workspace import open_workspace

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from newsletter.publishing.models import Issue
    from newsletter.rendering.findings import Finding

Reference = Annotated[
    str, typer.Argument(metavar="REF", help="A number such as 3.11, or the short name of an issue.")
]
Publication = Annotated[
    str, typer.Option("--publication", help="Its short name; needed where there are several.")
]


def check(
    ref: Reference,
    publication: Publication = "",
    *,
    links: Annotated[bool, typer.Option("--links", help="Ask whether the links work.")] = False,
    browser: Annotated[
        bool, typer.Option("--browser", help="Look at it with axe-core in Chromium.")
    ] = False,
    json: Json = False,
) -> None:
    """Look at the draft as it would be sent; exit status 1 if it must not go out."""
    open_workspace()
    from newsletter.publishing.checking import check_issue
    from newsletter.publishing.numbering import find
    from newsletter.sending.letters import unsubscribe_headers

    issue = find(ref, publication)
    headers = unsubscribe_headers("")
    found = check_issue(issue, headers=headers, slot=day_out(issue), links=links)
    if browser:
        found = worst_first([*found, *in_browser(issue)])
    result = [{**dataclasses.asdict(each), "where": each.where} for each in found]
    emit(result, as_json=json, text="\n".join([*map(described, found), summed_up(found)]))
    if any(each.severity == "error" for each in found):
        raise typer.Exit(1)


def in_browser(issue: Issue) -> tuple[Finding, ...]:
    """Return what a browser finds in the latest draft, in light and in dark."""
    from newsletter import browsing
    from newsletter.publishing.contents import content_of
    from newsletter.publishing.drafts import draft_of, render
    from newsletter.publishing.previews import sample_reader
    from newsletter.rendering.preflight import finished

    draft = draft_of(issue)
    return browsing.look_at(finished(content_of(draft), render(draft), sample_reader()))


def worst_first(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings with the errors first."""
    from newsletter.rendering.findings import Severity

    order = tuple(Severity)
    return tuple(sorted(found, key=lambda each: order.index(each.severity)))


def day_out(issue: Issue) -> dt.date | None:
    """Return the day an issue goes out where its readers are: as queued, else the next slot."""
    from django.utils import timezone

    from newsletter.scheduling.slots import first_open

    slot = issue.sends.filter(state="queued").first() or first_open(
        issue.publication, timezone.now()
    )
    return slot.at.astimezone(ZoneInfo(issue.publication.time_zone)).date() if slot else None


def described(finding: Finding) -> str:
    """Return a finding as a line, with how to mend it below."""
    where = f"{finding.where}: " if finding.where else ""
    line = f"{finding.severity:<8}{where}{finding.message} [{finding.code}]"
    return line if finding.severity == "info" else f"{line}\n{'':8}{finding.mend}"


def summed_up(found: Sequence[Finding]) -> str:
    """Return how much was found, in words."""
    counts = Counter(each.severity.value for each in found)
    errors, warnings = counts["error"], counts["warning"]
    if not errors and not warnings:
        return "Nothing stands in the way."
    verdict = "it must not go out like this" if errors else "look at them before it goes out"
    return f"{plural(errors, 'error')}, {plural(warnings, 'warning')}: {verdict}."


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: `1 error`, `2 errors`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
