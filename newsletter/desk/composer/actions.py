"""What can be done with an issue from its page in the desk, and what must not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.pages.bulk_actions import PublishBulkAction, UnpublishBulkAction
from wagtail.admin.wagtail_hooks import PageListingUnpublishButton, PageListingViewLiveButton
from wagtail.models import Page

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import ArchivePage, Issue
from newsletter.publishing.site_paths import reserved_problem

#: Wagtail's “publish” is the web page only; said so, nobody takes it for sending the mail.
NAMES = {
    "action-publish": _("Put on the web"),
    "action-unpublish": _("Take off the web"),
    "action-save-draft": _("Save draft"),
}
# The same in the menus of lists, and for what is ticked in them, which no hook can reach.
PageListingUnpublishButton.label = NAMES["action-unpublish"]
PageListingViewLiveButton.label = _("View on the web")
PublishBulkAction.display_name = NAMES["action-publish"]
PublishBulkAction.aria_label = _("Put the selected issues on the web")
UnpublishBulkAction.display_name = NAMES["action-unpublish"]
UnpublishBulkAction.aria_label = _("Take the selected issues off the web")


@hooks.register("construct_page_action_menu")
def name_actions(items: list[Any], _request: HttpRequest, _context: dict[str, Any]) -> None:
    """Call the actions by what they do here."""
    for item in items:
        item.label = NAMES.get(item.name, item.label)


@hooks.register("before_copy_page")
def refuse_copy_at_site_path(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Say so where a copy was to have an address of the site; Wagtail knows of pages only."""
    slug = request.POST.get("new_slug", "")
    if request.method != "POST" or not (problem := reserved_problem(slug)):
        return None
    messages.error(request, problem)
    return redirect("wagtailadmin_pages:copy", page.pk)


@hooks.register("after_copy_page")
def number_copy(request: HttpRequest, page: Page, copied: Page) -> None:
    """Make a copied issue the next of its publication; a title that nobody wrote follows."""
    if not isinstance(copied, Issue):
        return
    draft = draft_of(copied)
    original = page.specific_deferred
    draft.volume, draft.number = draft.publication.next_number()
    if draft.title == original.title == original.numbered_title:
        draft.title = draft.draft_title = draft.numbered_title
        Issue.objects.filter(pk=draft.pk).update(title=draft.title)
    draft.save_revision(user=request.user)


@hooks.register("before_delete_page")
def refuse_to_delete(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Keep what was sent, or is about to be: the ledger refers to it."""
    if archives := archives_among([page]):
        explain_archive(request, archives)
        return redirect("publications:index")
    if not (kept := sent_among([page])):
        return None
    explain_refusal(request, kept)
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def refuse_to_delete_many(
    request: HttpRequest, action_type: str, pages: Iterable[Page], _action: Any
) -> HttpResponse | None:
    """Keep what was sent also when it is ticked in a list."""
    if action_type != "delete":
        return None
    chosen = [page for page in pages if isinstance(page, Page)]
    if archives := archives_among(chosen):
        explain_archive(request, archives)
        return redirect("publications:index")
    if not (kept := sent_among(chosen)):
        return None
    explain_refusal(request, kept)
    return redirect("issues:index")


def archives_among(pages: list[Page]) -> list[ArchivePage]:
    """Return the archives of publications among pages, and below them."""
    archives = ArchivePage.objects.exclude(publication=None)
    return [each for each in archives if any(each.path.startswith(page.path) for page in pages)]


def explain_archive(request: HttpRequest, archives: list[ArchivePage]) -> None:
    """Say why an archive stays: its publication could be neither shown nor written without."""
    names = ", ".join(str(each.publication) for each in archives)
    words = gettext(
        "The archive of {names} cannot be deleted: the publication needs it. Take it off the web"
        " if it should not be seen."
    )
    messages.error(request, words.format(names=names))


def sent_among(pages: list[Page]) -> list[Issue]:
    """Return the issues among pages, and below them, that an edition was made of."""
    candidates = Issue.objects.exclude(editions=None, sends=None).distinct()
    below = [page.path for page in pages]
    return [each for each in candidates if any(each.path.startswith(path) for path in below)]


def explain_refusal(request: HttpRequest, kept: list[Issue]) -> None:
    """Say why an issue stays, and what to do instead."""
    names = ", ".join(str(issue.title) for issue in kept)
    words = gettext(
        "{} cannot be deleted: it was approved, queued or sent, and the record of that is"
        " kept. Cancel what is still queued; take it off the web if it should not be seen."
    )
    messages.error(request, format_html(words, names))
