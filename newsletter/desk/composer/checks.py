"""The page on which an issue is looked at before it goes out, and its errors accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.log_actions import LogActionRegistry, LogFormatter

from newsletter import counted
from newsletter.desk.composer.finding_links import links_of
from newsletter.desk.composer.issue_menu import IssueMenuItem
from newsletter.desk.composer.issue_reading import read_issue
from newsletter.desk.composer.status_band import band_of
from newsletter.errors import BadInput, NewsletterError, NotFound
from newsletter.phrases import from_data, translate
from newsletter.publishing.checks import acceptances
from newsletter.publishing.checks.acceptances import ACCEPTED, WITHDRAWN, Judged
from newsletter.publishing.checks.checking import Report
from newsletter.publishing.checks.known_checks import note_checked
from newsletter.publishing.checks.known_links import KnownWeb, read_known_web
from newsletter.publishing.checks.readers import readers_of
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue
from newsletter.rendering.findings import Severity
from newsletter.scheduling.slots import day_out
from newsletter.sending.models import Send
from newsletter.sending.planning import readiness
from newsletter.sending.planning.forecast import Forecast, forecast_audience
from subscribers.models import Segment

#: With more readers than this the page comes first, and what was found follows.
AT_ONCE = 2000


class CheckItem(IssueMenuItem):
    """Leads from the editor to the page below."""

    name = "action-check"
    label = _("Check before sending…")
    icon_name = "circle-check"
    url_name = "desk_check"


@hooks.register("register_page_action_menu_item")
def check_item() -> CheckItem:
    """Add the way to the page to the editor."""
    return CheckItem(order=80)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page, and the part of it that may come later."""
    return [
        path("issues/<int:pk>/check/", check_page, name="desk_check"),
        path("issues/<int:pk>/findings/", findings_page, name="desk_findings"),
    ]


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    """Have the history of an issue tell what was accepted, and what was taken back."""

    @actions.register_action(ACCEPTED)
    class Accepted(LogFormatter):
        label = _("Accept an error")

        def format_message(self, entry: Any) -> str:
            data = entry.data
            words = gettext("Accepted “{message}” [{code}]: {reason}{who}")
            return words.format(
                message=message_of(data),
                code=data["code"],
                reason=data["reason"],
                who=name_actor(entry),
            )

    @actions.register_action(WITHDRAWN)
    class Withdrawn(LogFormatter):
        label = _("Withdraw the acceptance of an error")

        def format_message(self, entry: Any) -> str:
            data = entry.data
            words = gettext("No longer accepted: “{message}” [{code}]{who}")
            return words.format(message=message_of(data), code=data["code"], who=name_actor(entry))


def message_of(data: Mapping[str, Any]) -> str:
    """Return what a finding said, in the reader's language."""
    return str(translate(from_data(data.get("phrase", data["message"]))))


def name_actor(entry: Any) -> str:
    """Return who did it, where the column for users cannot say it."""
    return "" if entry.user_id else f" ({entry.data['by']})"


def check_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is found in the draft; on POST accept a finding, or take that back."""
    issue = find_editable(request, pk)
    if request.method == "POST":
        try:
            messages.success(request, apply_action(request, issue))
        except NewsletterError as error:
            messages.error(request, error.sentences)
        # Back to the page from which it was done.
        return redirect("desk_queue" if "queue" in request.POST else "desk_check", issue.pk)
    is_queued = any(send.state != Send.State.CANCELLED for send in issue.sends.all())
    context = {
        "issue": draft_of(issue),
        "audience": None if is_queued else audience_of(issue),
        **describe_findings(issue),
    }
    # Only now is known whether it is checked.
    return render(request, "desk/check.html", context | {"band": band_of(issue, request.user)})


def findings_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what is found in the draft, as the part of a page that is filled in later."""
    issue = find_editable(request, pk)
    shown = describe_findings(issue, later=False)
    if "queue" in request.GET:
        shown |= {"from_queue": True}
    return render(request, "desk/findings.html", shown)


def audience_of(issue: Issue, segment: Segment | None = None) -> dict[str, Any]:
    """Return what `desk/audience.html` shows: whom an issue goes to that is queued now."""
    try:
        forecast = forecast_audience(issue, segment)
    except BadInput as error:
        return {"words": error.sentences}
    return {
        "words": describe_audience(forecast),
        "exact": forecast.exact,
        "by_list": [(name, counted.people(people)) for name, people in forecast.by_list],
    }


def describe_audience(forecast: Forecast) -> str:
    """Say how many people would get an issue, and who is left out and why."""
    people = counted.people(forecast.planned)
    if forecast.exact:
        words = gettext("It goes to {people}.").format(people=people)
    else:
        words = gettext("It goes to about {people}.").format(people=people)
    if not forecast.left_out:
        return words
    reasons = [f"{reason.label} {people:,}" for reason, people in forecast.left_out]
    others = gettext("Left out of the {number} on the lists: {reasons}.").format(
        number=f"{forecast.candidates:,}", reasons=", ".join(reasons)
    )
    return f"{words} {others}"


def find_editable(request: HttpRequest, pk: int) -> Issue:
    """Return an issue that the person may edit, or raise `PermissionDenied`."""
    issue = read_issue(pk)
    require_editor(request, issue)
    return issue


def require_editor(request: HttpRequest, issue: Issue) -> None:
    """Raise `PermissionDenied` unless the person may edit an issue."""
    if not issue.permissions_for_user(request.user).can_edit():
        raise PermissionDenied


def apply_action(request: HttpRequest, issue: Issue) -> str:
    """Accept the finding that was pointed at, or take that back; say what was done."""
    # Nobody can accept what is about single readers, so it need not be looked for.
    report = check_as_known(issue)
    wanted = request.POST.get("finding", "")
    chosen = [each for each in report.judged if each.fingerprint == wanted]
    if not chosen:
        raise NotFound(
            gettext("This finding is not there any more"),
            hint=gettext("Look at what is there now."),
        )
    user: Any = request.user
    name = user.get_full_name() or user.get_username()
    said = translate(chosen[0].finding.message)
    if "withdraw" in request.POST:
        acceptances.withdraw_acceptance(issue, chosen, by=name, user=user)
        return gettext("No longer accepted: {message}.").format(message=said)
    reason = request.POST.get("reason", "")
    acceptances.accept_findings(issue, chosen, reason=reason, by=name, user=user)
    return gettext("Accepted: {message}.").format(message=said)


def describe_findings(
    issue: Issue, *, later: bool = True, day: dt.date | None = None
) -> dict[str, Any]:
    """Return what the list of findings shows of an issue that was read by `read_issue`.

    With `later` it may come in a second request; `day` is the one it goes out, if that is known.
    """
    if later and readers_of(issue.publication).count_subscriptions() > AT_ONCE:
        return {"issue_pk": issue.pk, "later": True}
    try:
        report = check_as_known(issue, as_read=True, day=day)
    except NewsletterError as error:
        return {"issue_pk": issue.pk, "fault": describe_fault(error), "errors": 1}
    note_checked(issue, len(report.errors))
    return {
        "issue_pk": issue.pk,
        "errors": len(report.errors),
        "draft_hash": report.edition.hash,
        "groups": group_findings(report),
        "news": [
            translate(each.finding.message)
            for each in report.judged
            if each.finding.severity == Severity.INFO
        ],
    }


def check_as_known(
    issue: Issue,
    web: KnownWeb | None = None,
    *,
    as_read: bool = False,
    day: dt.date | None = None,
) -> Report:
    """Return what is found in the draft, with what is known of its links.

    Nobody waits for links here: the composer has them looked at in the background.  Every page
    of an issue takes what is known from this one place, so that none contradicts another.
    `as_read` takes the issue as `read_issue` has read it for this page.
    """
    day = day or day_out(issue, timezone.now())
    return readiness.check_draft(
        issue, day=day, links=True, web=web or read_known_web(), as_read=as_read
    )


def describe_fault(error: NewsletterError) -> dict[str, str]:
    """Return why no mail can be made, and what to do, in the reader's language."""
    return {"what": translate(error.message), "hint": translate(error.hint)}


def group_findings(report: Report) -> list[dict[str, Any]]:
    """Return errors, what was accepted of them, and warnings, each with its heading."""
    links = links_of(report.draft)
    accepted = [each for each in report.judged if each.acceptance]
    warnings = [each for each in report.judged if each.finding.severity == Severity.WARNING]
    parts: list[tuple[str, str, list[Judged]]] = [
        ("error", gettext("Must be fixed, or accepted with a reason"), list(report.errors)),
        ("warning", gettext("Worth a look"), warnings),
        ("accepted", gettext("Accepted"), accepted),
    ]
    return [
        {
            "kind": kind,
            "heading": heading,
            "rows": [describe_finding(each, links) for each in held],
        }
        for kind, heading, held in parts
        if held
    ]


def describe_finding(held: Judged, links: Mapping[str, str]) -> dict[str, Any]:
    """Return a finding with the way to where it is fixed; it begins like a sentence."""
    message = translate(held.finding.message)
    return {
        "held": held,
        "words": message if message.startswith("http") else capfirst(message),
        "where": capfirst(translate(held.finding.where)) or gettext("The whole mail"),
        "fix": translate(held.finding.fix),
        "link": links.get(held.finding.part, ""),
    }
