"""What the public pages of a publication show: the list of issues, and one issue."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.http import HttpRequest

from newsletter.conf.config import load
from newsletter.publishing.content.impersonal import make_impersonal
from newsletter.publishing.content.issue_content import content_of, summary_of
from newsletter.publishing.content.pdfs import with_offered_pdf
from newsletter.publishing.content.pictures import card_address
from newsletter.publishing.languages import direction_of
from newsletter.rendering.text.markdown import to_html_or_source

if TYPE_CHECKING:
    from newsletter.publishing.models import ArchivePage, Issue, Publication
    from newsletter.rendering.content import Content

ISSUES_ON_A_PAGE = 20
#: A page is made again after this many seconds: a picture may be gone from the library.
CACHE_SECONDS = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An issue in a list: what it is called, what is in it, where it is."""

    title: str
    summary: str
    path: str
    ref: str
    numbered: bool
    date: dt.date | None


def entry_of(issue: Issue) -> Entry:
    """Return an issue on the web as an entry."""
    shown = as_published(issue)
    entry = Entry(
        title=shown.title,
        summary=summary_of(shown),
        path=issue.url or "",
        ref=shown.ref,
        numbered=bool(shown.number),
        date=shown.day,
    )
    return make_impersonal(entry)


def published_issues(publication: Publication) -> QuerySet[Issue]:
    """Return the issues that are on the web, newest first."""
    put_there = TruncDate("first_published_at", tzinfo=ZoneInfo(publication.time_zone))
    day = Coalesce("date", "issued_on", put_there)
    newest_first = (day.desc(nulls_last=True), "-volume", "-number", "-pk")
    live = publication.issues.filter(live=True).select_related("publication", "live_revision")
    return live.order_by(*newest_first)


def archive_context(page: ArchivePage, request: HttpRequest) -> dict[str, Any]:
    """Return what the archive shows; `?page=2` are older issues."""
    publication = page.publication
    if publication is None:
        return {}
    pages = Paginator(published_issues(publication), ISSUES_ON_A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    return {
        "publication": publication,
        "language": publication.language,
        "direction": direction_of(publication.language),
        "introduction": to_html_or_source(page.introduction),
        "entries": [entry_of(issue) for issue in shown],
        "pages": shown,
    }


def issue_context(issue: Issue, request: HttpRequest) -> dict[str, Any]:
    """Return what the web page of an issue shows: in a preview the draft, else what is live."""
    draft = getattr(request, "is_preview", False)
    content = make_impersonal(content_of(issue)) if draft else published_content(issue)
    older, newer = find_neighbours(issue)
    return {
        "publication": issue.publication,
        "content": content,
        "card": card_address(issue.body, load().site.origin),
        "language": content.language,
        "direction": content.direction,
        "older": older,
        "newer": newer,
    }


def published_content(issue: Issue) -> Content:
    """Return what readers of the web see of an issue; it is made once for each revision.

    A text beyond the limits of today, in an issue of before, is shown as it is written.
    """
    if issue.live_revision is None:
        return with_offered_pdf(issue, make_impersonal(content_of(issue, strict=False)))
    publication = issue.publication
    return _published_content(
        Version(
            revision=(issue.live_revision.pk, issue.live_revision.created_at),
            day=issue.issued_on,
            path=issue.url_path,
            site=load().site.base_url,
            publication=tuple(
                str(field.value_from_object(publication)) for field in publication._meta.fields
            ),
            period=int(time.monotonic() // CACHE_SECONDS),
            issue=issue,
        )
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """Everything that decides the web page of an issue, and the issue itself beside it."""

    revision: tuple[int, dt.datetime]
    day: dt.date | None
    path: str
    site: str
    publication: tuple[str, ...]
    period: int
    issue: Issue = field(compare=False, repr=False)


@lru_cache(maxsize=64)
def _published_content(version: Version) -> Content:
    issue = as_published(version.issue)
    return with_offered_pdf(issue, make_impersonal(content_of(issue, strict=False)))


def as_published(issue: Issue) -> Issue:
    """Return the issue as it was put on the web; its row is already ahead with the next draft."""
    revision = issue.live_revision
    return cast("Issue", revision.as_object()) if revision else issue


def find_neighbours(issue: Issue) -> tuple[Issue | None, Issue | None]:
    """Return the issues on the web before and after this one."""
    order = list(published_issues(issue.publication).values_list("pk", flat=True))
    place = order.index(issue.pk) if issue.pk in order else None
    if place is None:
        return None, None
    beside = published_issues(issue.publication).in_bulk(order[max(place - 1, 0) : place + 2])
    older = beside.get(order[place + 1]) if place + 1 < len(order) else None
    return older, beside.get(order[place - 1]) if place else None
