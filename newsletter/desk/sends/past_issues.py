"""The page on which an issue of the past is put on the web, or taken off again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages

from newsletter.desk.composer.issue_menu import IssueMenuItem
from newsletter.errors import NewsletterError, NotReady
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue
from newsletter.publishing.rights import QUEUE_ISSUE
from newsletter.sending.planning import past_issues

#: Who may queue may decide that nothing is ever queued.
PERMISSION = QUEUE_ISSUE


class PastIssueItem(IssueMenuItem):
    """Leads from the editor to the page below; only for those who may queue."""

    name = "action-put-on-web"
    label = _("Put on the web only…")
    icon_name = "globe"
    url_name = "desk_past_issue"

    def is_shown(self, context: Mapping[str, Any]) -> bool:
        """Show it on issues that exist, to people with the permission."""
        return super().is_shown(context) and bool(context["request"].user.has_perm(PERMISSION))


@hooks.register("register_page_action_menu_item")
def past_issue_item() -> PastIssueItem:
    """Add the way to the page to the editor."""
    return PastIssueItem(order=95)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("issues/<int:pk>/past/", past_issue_page, name="desk_past_issue")]


def past_issue_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what it means; on POST put the issue on the web, or take it off."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    issue = get_object_or_404(Issue.objects.select_related("publication"), pk=pk)
    if request.method == "POST":
        try:
            messages.success(request, do_action(request, issue))
            return redirect("wagtailadmin_pages:edit", issue.pk)
        except NotReady as error:
            # The page of the check says where each error is, and how to fix it.
            messages.error(request, error.what)
            return redirect("desk_check", issue.pk)
        except NewsletterError as error:
            messages.error(request, error.sentences)
    issue.refresh_from_db()
    context = {"issue": issue, "draft": draft_of(issue), "address": issue.full_url}
    return render(request, "desk/past_issue.html", context)


def do_action(request: HttpRequest, issue: Issue) -> str:
    """Do what was asked for and return what was done."""
    if "take_off" in request.POST:
        past_issues.take_off_web(issue, by=request.user)
        return gettext("{title} is off the web.").format(title=issue.title)
    past_issues.put_on_web(issue, by=request.user)
    return gettext("{title} is on the web, and is never mailed.").format(title=issue.title)
