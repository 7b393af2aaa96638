"""What the public pages of a publication show: the list of issues, and one issue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest

from newsletter.publishing.contents import content_of
from newsletter.publishing.languages import direction_of
from newsletter.rendering.content import Content
from newsletter.rendering.expressions import values
from newsletter.rendering.markdown import to_html
from newsletter.rendering.recipients import Recipient, scope
from newsletter.rendering.tags import filled

if TYPE_CHECKING:
    from newsletter.publishing.models import ArchivePage, Issue, Publication

ISSUES_ON_A_PAGE = 20


def published(publication: Publication) -> QuerySet[Issue]:
    """Return the issues that are on the web, newest first."""
    newest_first = (F("date").desc(nulls_last=True), "-volume", "-number", "-pk")
    return publication.issues.filter(live=True).order_by(*newest_first)


def archive_context(page: ArchivePage, request: HttpRequest) -> dict[str, Any]:
    """Return what the archive shows; `?page=2` are older issues."""
    publication = page.publication
    if publication is None:
        return {"issues": []}
    pages = Paginator(published(publication), ISSUES_ON_A_PAGE)
    return {
        "publication": publication,
        "language": publication.language,
        "direction": direction_of(publication.language),
        "introduction": to_html(page.introduction),
        "issues": pages.get_page(request.GET.get("page")),
    }


def issue_context(issue: Issue, request: HttpRequest) -> dict[str, Any]:
    """Return what the web page of an issue shows: in a preview the draft, else what is live."""
    shown = issue if getattr(request, "is_preview", False) else as_published(issue)
    content = impersonal(content_of(shown))
    older, newer = neighbours(issue)
    return {
        "publication": issue.publication,
        "content": content,
        "language": content.language,
        "direction": content.direction,
        "older": older,
        "newer": newer,
    }


def impersonal(content: Content) -> Content:
    """Return the content with the words that stand in for what is not known of a reader."""
    nobody = scope(Recipient(email="", unsubscribe_url="", preferences_url=""))
    return filled(content, lambda source, _place: values((source,), nobody)[0])


def as_published(issue: Issue) -> Issue:
    """Return the issue as it was put on the web; its row is already ahead with the next draft."""
    revision = issue.live_revision
    return cast("Issue", revision.as_object()) if revision else issue


def neighbours(issue: Issue) -> tuple[Issue | None, Issue | None]:
    """Return the issues on the web before and after this one."""
    order = list(published(issue.publication).values_list("pk", flat=True))
    place = order.index(issue.pk) if issue.pk in order else None
    if place is None:
        return None, None
    beside = published(issue.publication).in_bulk(order[max(place - 1, 0) : place + 2])
    older = beside.get(order[place + 1]) if place + 1 < len(order) else None
    return older, beside.get(order[place - 1]) if place else None
