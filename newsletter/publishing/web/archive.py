"""What the public pages of a publication show: the list of issues, and one issue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from newsletter.conf.config import load
from newsletter.publishing.content.impersonal import make_impersonal
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.pictures import card_address
from newsletter.publishing.languages import direction_of
from newsletter.publishing.models import Issue
from newsletter.publishing.naming import ref_of
from newsletter.publishing.web.articles import (
    article_hash,
    article_of,
    published_article,
    published_content,
)
from newsletter.publishing.web.cards import card_url
from newsletter.publishing.web.entries import (
    Found,
    count_by_volume,
    count_by_year,
    entry_for,
    find_in,
    find_neighbours,
    in_year,
    published_issues,
    search,
    terms_of,
)
from newsletter.publishing.web.linked_data import describe_archive, describe_issue
from newsletter.publishing.web.visitors import spoken_language
from newsletter.publishing.web.xml_text import for_xml
from newsletter.rendering.text.markdown import to_html_or_source

if TYPE_CHECKING:
    from newsletter.publishing.models import ArchivePage, Publication

ISSUES_ON_A_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An issue in a list: what it is called, what is in it, where it is."""

    title: str
    summary: str
    path: str
    ref: str
    numbered: bool
    date: dt.date | None
    found: Found | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Which issues a reader asked for: by words, by year or by volume; 0 is any."""

    words: str = ""
    year: int = 0
    volume: int = 0

    @property
    def query(self) -> str:
        """What stands in front of `page=` in an address of these."""
        chosen = {"q": self.words, "year": self.year, "volume": self.volume}
        return urlencode({name: value for name, value in chosen.items() if value})


def choice_of(request: HttpRequest) -> Choice:
    """Return what an address asks for; what is not a number means any."""
    return Choice(
        words=" ".join(request.GET.get("q", "").replace("\x00", "").split())[:100],
        year=number_in(request.GET.get("year", ""), 9999),
        volume=number_in(request.GET.get("volume", ""), 999_999_999),
    )


def number_in(text: str, most: int) -> int:
    """Return a number from 1 to `most`; 0 for anything else."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return found if found <= most else 0


def entry_of(issue: Issue, terms: list[str] | None = None) -> Entry:
    """Return an issue on the web as an entry; its entry is written when it is published."""
    kept = entry_for(issue)
    ref = ref_of(kept.volume, kept.number)
    return Entry(
        # An entry of an earlier release may hold what a feed cannot.
        title=for_xml(kept.title),
        summary=for_xml(kept.summary),
        path=issue.get_url() or "",
        ref=ref or str(issue.slug),
        numbered=bool(ref),
        date=getattr(issue, "shown_on", None) or issue.day,
        found=find_in(kept, terms) if terms else None,
    )


def read_whole(issues: QuerySet[Issue]) -> list[Issue]:
    """Return some issues in their order, with what their entries are made of.

    First their numbers alone: a database that sorts hundreds would carry the texts of all along.
    """
    days = dict(issues.values_list("pk", "shown_on"))
    whole = Issue.objects.select_related("publication", "live_revision", "web_entry").in_bulk(days)
    for pk, issue in whole.items():
        issue.__dict__["shown_on"] = days[pk]
    return [whole[pk] for pk in days if pk in whole]


def archive_context(page: ArchivePage, request: HttpRequest) -> dict[str, Any]:
    """Return what the archive shows; `?page=2` are older issues, `?q=` those with some words."""
    publication = page.publication
    if publication is None:
        return {}
    chosen = choice_of(request)
    terms = terms_of(chosen.words)
    pages = Paginator(chosen_issues(publication, chosen), ISSUES_ON_A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    on_this = cast("QuerySet[Issue]", shown.object_list)
    entries = [entry_of(issue, terms) for issue in read_whole(on_this)]
    return {
        "publication": publication,
        "language": publication.language,
        "direction": direction_of(publication.language),
        "introduction": to_html_or_source(page.introduction),
        "entries": entries,
        "pages": shown,
        "chosen": chosen,
        "years": count_by_year(publication),
        "volumes": count_by_volume(publication),
        "linked_data": describe_archive(page, publication),
    }


def chosen_issues(publication: Publication, chosen: Choice) -> QuerySet[Issue]:
    """Return the issues on the web that a reader asked for, newest first."""
    issues = search(published_issues(publication), chosen.words)
    if chosen.year:
        issues = in_year(issues, chosen.year)
    return issues.filter(web_entry__volume=chosen.volume) if chosen.volume else issues


def issue_context(issue: Issue, request: HttpRequest) -> dict[str, Any]:
    """Return what the web page of an issue shows: in a preview the draft, else what is live."""
    if getattr(request, "is_preview", False):
        content = make_impersonal(content_of(issue))
        article = article_of(content, spoken_language(issue.publication.language))
        card, older, newer = card_address(issue.body, load().site.origin), None, None
    else:
        content = SimpleLazyObject(lambda: published_content(issue))  # type: ignore[assignment]
        key = article_hash(issue)
        article = published_article(issue, key)
        card = card_url(issue, article, key)
        older, newer = find_neighbours(issue)
    return {
        "publication": issue.publication,
        "article": article,
        # For templates of one's own that set the blocks themselves.
        "content": content,
        "card": card,
        "language": article.language,
        "direction": article.direction,
        "older": older,
        "newer": newer,
        "linked_data": describe_issue(issue, article, card),
    }
