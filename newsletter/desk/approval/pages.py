"""The page on which an issue's approval is asked for, given or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages

from newsletter.desk.approval import mails
from newsletter.desk.approval.status import State, status_of
from newsletter.desk.composer.checks import describe_findings
from newsletter.desk.composer.issue_menu import IssueMenuItem
from newsletter.desk.composer.issue_reading import read_issue
from newsletter.errors import NewsletterError
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue
from newsletter.publishing.rights import APPROVE_ISSUE, QUEUE_ISSUE
from newsletter.scheduling.slots import day_out
from newsletter.sending.models import ApprovalRequest
from newsletter.sending.planning import approvals


class ApprovalItem(IssueMenuItem):
    """Leads from the editor to the page below, where the publication needs approval."""

    name = "action-approval"
    label = gettext_lazy("Approval…")
    icon_name = "check"
    url_name = "desk_approval"

    def is_shown(self, context: Mapping[str, Any]) -> bool:
        """Show it on issues that exist and must be approved."""
        return super().is_shown(context) and bool(context["page"].publication.needs_approval)


@hooks.register("register_page_action_menu_item")
def approval_item() -> ApprovalItem:
    """Add the way to the page to the editor."""
    return ApprovalItem(order=85)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("issues/<int:pk>/approval/", approval_page, name="desk_approval")]


def approval_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how the approval of an issue stands; on POST ask for it, give it, or send it back."""
    issue = read_issue(pk)
    may_edit = issue.permissions_for_user(request.user).can_edit()
    may_approve = request.user.has_perm(APPROVE_ISSUE)
    if not may_edit and not may_approve:
        raise PermissionDenied
    if request.method == "POST":
        try:
            do_action(request, issue, may_approve=may_approve)
            return redirect("desk_approval", issue.pk)
        except NewsletterError as error:
            messages.error(request, error.sentences)
    findings = describe_findings(issue)
    status = status_of(issue, findings.get("draft_hash", ""))
    must_be_other = may_approve and approvals.needs_other_person(issue, request.user)
    may_approve = may_approve and not must_be_other
    shown = {
        **findings,
        "issue": draft_of(issue),
        "status": status,
        "note": request.POST.get("note", ""),
        "may_approve": may_approve and status and not status.is_approved,
        "may_send_back": status
        and request.user.has_perm(APPROVE_ISSUE)
        and (status.approved_hash or status.state == State.OPEN),
        "may_queue": request.user.has_perm(QUEUE_ISSUE),
        "must_be_other": must_be_other,
    }
    return render(request, "desk/approval.html", shown)


def do_action(request: HttpRequest, issue: Issue, *, may_approve: bool) -> None:
    """Do what a button says, tell by mail who has to know, and say both."""
    note, day = request.POST.get("note", ""), day_out(issue, timezone.now())
    if "ask" in request.POST:
        asked = approvals.ask_for_approval(issue, day=day, by=request.user, note=note)
        tell_result(request, _("Approval is asked for."), mails.tell_approvers(asked))
        return
    if not may_approve:
        raise PermissionDenied
    question = issue.approval_requests.filter(state=ApprovalRequest.State.OPEN).first()
    if "approve" in request.POST:
        seen = request.POST.get("hash", "")
        approvals.approve(issue, day=day, by=request.user, seen=seen, note=note)
        said = _("%(issue)s is approved as it is now.") % {"issue": draft_of(issue).title}
    else:
        approvals.send_back(issue, by=request.user, note=note)
        said = _("%(issue)s is sent back.") % {"issue": draft_of(issue).title}
    tell_result(request, said, mails.tell_asker(question) if question else None)


def tell_result(request: HttpRequest, done: str, told: mails.Told | None) -> None:
    """Say what was done and who was told of it; warn about those who could not be."""
    messages.success(request, " ".join(filter(None, [done, told.words if told else ""])))
    if told and told.problem:
        messages.warning(request, told.problem)
