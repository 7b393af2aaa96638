"""How a new issue begins: from a choice on its page, or from the publication's skeleton."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext, gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.pages.create import CreateView

from newsletter.desk.composer.checks import find_editable
from newsletter.desk.composer.issue_menu import IssueMenuItem
from newsletter.publishing import skeletons
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication, Start

#: Who may say what new issues begin with.
MAY_CHANGE = "publishing.change_publication"


class SkeletonItem(IssueMenuItem):
    """Leads from the editor to the page below."""

    name = "action-skeleton"
    label = gettext_lazy("Use as skeleton…")
    icon_name = "copy"
    url_name = "desk_skeleton"

    def is_shown(self, context: Mapping[str, Any]) -> bool:
        """Show it to those who may change the publication."""
        return super().is_shown(context) and context["request"].user.has_perm(MAY_CHANGE)


@hooks.register("register_page_action_menu_item")
def skeleton_item() -> SkeletonItem:
    """Add the way to the page to the editor."""
    return SkeletonItem(order=90)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("issues/<int:pk>/skeleton/", skeleton_page, name="desk_skeleton")]


def skeleton_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what new issues begin with; on POST take the blocks of this issue, or none."""
    issue = find_editable(request, pk)
    if not request.user.has_perm(MAY_CHANGE):
        raise PermissionDenied
    if request.method == "POST":
        keep = "remove" not in request.POST
        messages.success(
            request, set_skeleton(draft_of(issue) if keep else None, issue.publication)
        )
        return redirect("wagtailadmin_pages:edit" if keep else "desk_skeleton", issue.pk)
    draft = draft_of(issue)
    context = {
        "issue": draft,
        "publication": issue.publication,
        "skeleton": issue.publication.skeleton.get(skeletons.TITLE, ""),
        "blocks": [str(block.block.label) for block in draft.body],
        "items": skeletons.count_items(draft.body.get_prep_value()),
    }
    return render(request, "desk/skeleton.html", context)


def set_skeleton(draft: Issue | None, publication: Publication) -> str:
    """Have new issues begin with the blocks of a draft, or with empty items; say so."""
    if draft is None:
        publication.skeleton = {}
        words = gettext("New issues of {publication} begin with {number} empty items.")
    else:
        publication.skeleton = {
            skeletons.TITLE: draft.title,
            skeletons.BODY: draft.body.get_prep_value(),
            skeletons.CLOSING: draft.boilerplate,
        }
        words = gettext("New issues of {publication} begin with the blocks of {issue}.")
    Publication.objects.filter(pk=publication.pk).update(skeleton=publication.skeleton)
    title = draft.title if draft else ""
    return words.format(publication=publication.name, issue=title, number=skeletons.ITEMS)


def begin_as_chosen(view: type) -> None:
    """Have a new issue begin with what the address of its page names."""
    given: Callable[..., HttpResponse] = view.get  # type: ignore[attr-defined]

    def get(self: Any, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("begin", "")
        if isinstance(self.page, Issue) and self.parent_page.publication:
            self.page.begin(self.parent_page.publication, chosen if chosen in Start.values else "")
        return given(self, request)

    view.get = get  # type: ignore[attr-defined]


begin_as_chosen(CreateView)
