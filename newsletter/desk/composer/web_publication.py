"""What goes on the web passes the same check as what is sent, so that the two never contradict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from newsletter.desk.composer.checks import check_as_known
from newsletter.errors import NewsletterError
from newsletter.phrases import translate
from newsletter.publishing.models import Issue


@hooks.register("before_publish_page")
def refuse_with_errors(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Keep an issue off the web while its check finds an error; what was written stays a draft."""
    if not isinstance(page, Issue) or not (words := find_obstacle(page)):
        return None
    if page.live and page.live_revision_id is None:
        # Wagtail stores a new page as one that is on the web, before anybody is asked.
        Issue.objects.filter(pk=page.pk).update(live=False, has_unpublished_changes=True)
    messages.error(request, words)
    return redirect("desk_check", page.pk)


@hooks.register("before_bulk_action")
def refuse_many_with_errors(
    request: HttpRequest, action_type: str, pages: Iterable[Page], _action: Any
) -> HttpResponse | None:
    """Do the same for issues that are ticked in a list: all of them, or none."""
    if action_type != "publish":
        return None
    issues = [page.specific for page in pages if issubclass(page.specific_class, Issue)]
    found = [words for issue in issues if (words := find_obstacle(issue))]
    for words in found:
        messages.error(request, words)
    return redirect("issues:index") if found else None


def find_obstacle(issue: Issue) -> str:
    """Say why the draft of an issue cannot be put on the web, or nothing."""
    title = issue.draft_title or issue.title
    try:
        errors = len(check_as_known(issue).errors)
    except NewsletterError as error:
        problem = translate(error.message)
        return gettext("{title} is not on the web: {problem}").format(title=title, problem=problem)
    if not errors:
        return ""
    words = ngettext(
        "{title} is saved, and not on the web: the check found {number} error.",
        "{title} is saved, and not on the web: the check found {number} errors.",
        errors,
    )
    return words.format(title=title, number=errors)
