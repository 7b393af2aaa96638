"""The feeds of a publication: RSS with headlines, Atom and JSON Feed with the whole text."""

from __future__ import annotations

import datetime as dt
import logging
import re
from html import escape
from itertools import starmap
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.translation import gettext
from wagtail.models import Site

from newsletter.conf.config import load
from newsletter.publishing.content.issue_content import web_url
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.rhythm_fields import zone_or_utc
from newsletter.publishing.web.archive import entry_of, read_whole
from newsletter.publishing.web.articles import Article, published_articles
from newsletter.publishing.web.entries import published_issues
from newsletter.publishing.web.xml_text import for_xml
from newsletter.runtime.availability import is_unavailable

log = logging.getLogger(__name__)

ISSUES_IN_THE_FEED = 20
#: Below each other: the name of the address, and what it is to a browser.
FEEDS = {
    "feed": "application/rss+xml",
    "atom": "application/atom+xml",
    "json_feed": "application/feed+json",
}
#: What only a page can use: links to places on it, and the signs beside headlines.
SIGN = re.compile(r'<a class="anchor"[^<>]*>[^<>]*</a>')
PLACE = re.compile(r'(?<=\shref=")#')


def feed_path(publication: Publication, name: str = "feed", home: str = "") -> str:
    """Return the path of a feed of a publication, on its own host.

    `home` is the path of its archive, if that is known already.
    """
    at_front = (home or publication.home) == reverse("wagtail_serve", args=[""])
    return reverse(name) if at_front else reverse(f"{name}_of", args=[publication.slug])


def feed_url(publication: Publication, name: str) -> str:
    """Return the address of a feed; never taken from the request."""
    return f"{load().site.origin_of(publication.slug)}{feed_path(publication, name)}"


def publication_for(request: HttpRequest, slug: str) -> Publication:
    """Return the publication of a slug; without one, that of the front page of the host."""
    if slug:
        return get_object_or_404(Publication, slug=slug)
    site = Site.find_for_request(request)
    return get_object_or_404(Publication, archive=site.root_page_id if site else None)


def newest_issues(publication: Publication) -> list[Issue]:
    """Return the newest issues on the web."""
    return read_whole(published_issues(publication)[:ISSUES_IN_THE_FEED])


def read_articles(issues: list[Issue]) -> list[tuple[Issue, Article]]:
    """Return the articles of issues beside them; one that cannot be read takes no other with it."""
    try:
        return list(zip(issues, published_articles(issues), strict=True))
    except Exception as error:
        if is_unavailable(error):
            raise
        if len(issues) == 1:
            log.warning("issue %s is left out of a feed: %s", issues[0].pk, type(error).__name__)
            return []
    return [pair for issue in issues for pair in read_articles([issue])]


def full_text(article: Article) -> str:
    """Return the text of an issue as HTML that can be read away from its page."""
    return PLACE.sub(f"{article.web_url}#", SIGN.sub("", article.text)).strip()


def noon_of(day: dt.date | None, publication: Publication) -> dt.datetime | None:
    """Return noon, in the publication's zone, of the day that an issue carries, if it does."""
    zone = zone_or_utc(publication.time_zone)
    return dt.datetime.combine(day, dt.time(12), zone) if day else None


class IssueFeed(Feed[Issue, Publication]):
    """The newest issues on the web, with their headlines."""

    feed_type: type[SyndicationFeed] = Rss201rev2Feed
    #: Its name among the addresses.
    name = "feed"

    def get_object(self, request: HttpRequest, slug: str = "") -> Publication:
        """Return the publication of a slug; without one, that of the host's front page."""
        return publication_for(request, slug)

    def title(self, publication: Publication) -> str:
        """Return the name of the publication."""
        return for_xml(publication.name)

    def link(self, publication: Publication) -> str:
        """Return the address of the archive."""
        return publication.home_url

    def feed_url(self, publication: Publication) -> str:
        """Return the address of the feed itself; never taken from the request."""
        return feed_url(publication, self.name)

    def description(self, publication: Publication) -> str:
        """Return one line about the publication."""
        return gettext("Every issue of {publication}.").format(publication=self.title(publication))

    def get_feed(self, obj: Publication, request: HttpRequest) -> SyndicationFeed:
        """Return the feed, in the language of the publication."""
        with translation.override(obj.language):
            return super().get_feed(obj, request)

    def items(self, publication: Publication) -> list[Issue]:
        """Return the newest issues on the web."""
        return newest_issues(publication)

    def item_title(self, item: Issue) -> str:
        """Return the title of an issue."""
        return entry_of(item).title

    def item_description(self, item: Issue) -> str:
        """Return the line that stands beside the subject in a list of mails, as HTML."""
        return escape(entry_of(item).summary, quote=False)

    def item_link(self, item: Issue) -> str:
        """Return the address of an issue."""
        return web_url(item)

    def item_pubdate(self, item: Issue) -> dt.datetime | None:
        """Return noon of the day that an issue carries."""
        return noon_of(entry_of(item).date, item.publication)

    def item_updateddate(self, item: Issue) -> dt.datetime | None:
        """Return when what is on the web was published."""
        changed: dt.datetime | None = item.last_published_at
        return changed


class FullTextAtom(Atom1Feed):
    """Atom with the text of each entry (RFC 4287, 4.1.3)."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """Write an entry; its text is HTML inside of XML."""
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["text"], {"type": "html"})


class AtomFeed(IssueFeed):
    """The newest issues with their whole text."""

    feed_type = FullTextAtom
    name = "atom"

    def author_name(self, publication: Publication) -> str:
        """Return who writes it: a feed without one is not valid (RFC 4287, 4.1.1)."""
        return for_xml(publication.from_name)

    def subtitle(self, publication: Publication) -> str:
        """Return one line about the publication."""
        return self.description(publication)

    def items(self, publication: Publication) -> list[Issue]:
        """Return the newest issues, each with its article."""
        found = read_articles(super().items(publication))
        for issue, article in found:
            issue.__dict__["article"] = article
        return [issue for issue, _ in found]

    def item_extra_kwargs(self, item: Issue) -> dict[str, Any]:
        """Return the text of an issue."""
        return {"text": full_text(item.__dict__["article"])}


def json_feed(request: HttpRequest, slug: str = "") -> JsonResponse:
    """Send the same as JSON Feed 1.1 (https://jsonfeed.org/version/1.1)."""
    publication = publication_for(request, slug)
    found = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publication.name,
        "home_page_url": publication.home_url,
        "feed_url": feed_url(publication, "json_feed"),
        "language": publication.language,
        "authors": [{"name": publication.from_name}],
        "items": list(starmap(json_item, read_articles(newest_issues(publication)))),
    }
    return JsonResponse(
        found,
        content_type="application/feed+json",
        json_dumps_params={"ensure_ascii": False},
    )


def json_item(issue: Issue, article: Article) -> dict[str, Any]:
    """Return an issue as an item of JSON Feed; what is not known is left out."""
    entry = entry_of(issue)
    noon, changed = noon_of(entry.date, issue.publication), issue.last_published_at
    found = {
        "id": article.web_url,
        "url": article.web_url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": full_text(article),
        "date_published": noon.isoformat() if noon else "",
        "date_modified": changed.isoformat() if changed else "",
        "image": article.lead.get("src", ""),
        "language": article.language,
    }
    return {name: value for name, value in found.items() if value}
