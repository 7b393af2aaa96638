"""`newsletter issue check`: what would stop or shame a mail, before it leaves."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.languages import readers_language
from newsletter.cli.output import Json, print_result
from newsletter.phrases import translate
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.publishing.checks.acceptances import Judged
    from newsletter.publishing.checks.checking import Report
    from newsletter.publishing.importing.saving import Imported
    from newsletter.publishing.models import Issue
    from newsletter.rendering.findings import Finding

Reference = Annotated[
    str, typer.Argument(metavar="REF", help="A number such as 3.11, or the short name of an issue.")
]
Publication = Annotated[
    str,
    typer.Option(
        "--publication", help="The short name of the publication; required if there are several."
    ),
]


def check(
    ref: Reference,
    publication: Publication = "",
    *,
    links: Annotated[
        bool, typer.Option("--links", help="Also open the links, to see whether they work.")
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser", help="Also check accessibility, with axe-core in Chromium.")
    ] = False,
    json: Json = False,
) -> None:
    """Check the draft as it would be sent. The exit status is 1 if it must not go out."""
    open_workspace()
    from newsletter.publishing.numbering import find_issue

    held = check_issue(find_issue(ref, publication), links=links, browser=browser)
    with readers_language():
        text = "\n".join([*map(describe_finding, held), summed_up(held)])
    print_result([as_data(each) for each in held], as_json=json, text=text)
    if any(each.stops for each in held):
        raise typer.Exit(1)


def check_issue(issue: Issue, *, links: bool, browser: bool) -> tuple[Judged, ...]:
    """Return what is found in the latest draft of an issue, what stops it first."""
    from newsletter.publishing.checks.acceptances import apply_acceptances
    from newsletter.publishing.checks.checking import worst_first

    report = report_of(issue, links=links)
    if not browser:
        return report.judged
    return apply_acceptances(issue, worst_first([*report.findings, *in_browser(report)]))


def report_of(issue: Issue, *, links: bool = False) -> Report:
    """Return what is found in the latest draft of an issue, on the day it would go out."""
    from django.utils import timezone

    from newsletter.scheduling.slots import day_out
    from newsletter.sending.planning import readiness

    return readiness.check_draft(issue, day=day_out(issue, timezone.now()), links=links)


def look_at_import(imported: Imported, file: str) -> tuple[Judged, ...]:
    """Return what is found in a draft that was just imported, with the lines of its file."""
    from newsletter.publishing.importing.file_lines import in_file

    report = report_of(imported.issue)
    found = [each.finding for each in report.judged]
    lined = in_file(found, imported.parsed_issue, report.sources, file)
    return tuple(
        dataclasses.replace(each, finding=finding)
        for each, finding in zip(report.judged, lined, strict=True)
    )


def in_browser(report: Report) -> tuple[Finding, ...]:
    """Return what a browser finds in a draft that was looked at, in light and in dark."""
    from newsletter.publishing.content.drafts import sample_reader
    from newsletter.rendering.preflight.browser.accessibility import look_at
    from newsletter.rendering.preflight.checking import finish_variants

    return look_at(finish_variants(report.content, report.edition, sample_reader()))


def describe_finding(held: Judged) -> str:
    """Return a finding as a line, with how to fix it or why it may stand below."""
    finding, accepted = held.finding, held.acceptance
    where = f"{translate(finding.where)}: " if finding.where else ""
    severity = "accepted" if accepted else finding.severity
    line = f"{severity:<10}{where}{translate(finding.message)} [{finding.code}]"
    if finding.severity == "info":
        return line
    below = f"{accepted.reason} ({accepted.by}, {accepted.at:%Y-%m-%d})" if accepted else ""
    return f"{line}\n{'':10}{below or translate(finding.fix)}"


def as_data(held: Judged) -> dict[str, Any]:
    """Return a finding for programs; `accepted` is nothing, or who accepted it, when and why."""
    given = held.acceptance
    return {
        **dataclasses.asdict(held.finding),
        "where": held.finding.where,
        "acceptable": held.acceptable,
        "accepted": {"reason": given.reason, "by": given.by, "at": given.at} if given else None,
    }


def summed_up(held: Sequence[Judged]) -> str:
    """Return how much was found, in words."""
    accepted = sum(each.acceptance is not None for each in held)
    errors = sum(each.stops for each in held)
    warnings = sum(each.finding.severity == "warning" for each in held)
    if not (errors or warnings or accepted):
        return "Nothing stands in the way."
    counts = [count_noun(errors, "error"), count_noun(warnings, "warning")]
    counts += [f"{accepted} accepted"] if accepted else []
    if errors:
        outcome = "it must not go out like this"
    else:
        them = "it" if warnings == 1 else "them"
        outcome = f"look at {them} before it goes out" if warnings else "nothing stands in the way"
    return f"{', '.join(counts)}: {outcome}."


def count_noun(count: int, noun: str) -> str:
    """Return a count with its noun: `1 error`, `2 errors`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
