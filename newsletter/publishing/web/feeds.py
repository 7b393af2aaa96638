"""The RSS feed of a publication."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Rss201rev2Feed, SyndicationFeed
from django.utils.translation import gettext
from wagtail.models import Site

from newsletter.conf.config import load
from newsletter.publishing.content.issue_content import web_url
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.web.archive import entry_of, published_issues

ISSUES_IN_THE_FEED = 20


def feed_path(publication: Publication) -> str:
    """Return the path of the feed of a publication, on its own host."""
    home = publication.home == reverse("wagtail_serve", args=[""])
    return reverse("feed") if home else reverse("feed_of", args=[publication.slug])


class IssueFeed(Feed[Issue, Publication]):
    """The newest issues on the web, with their headlines."""

    feed_type = Rss201rev2Feed

    def get_object(self, request: HttpRequest, slug: str = "") -> Publication:
        """Return the publication of a slug; without one, that of the site's front page."""
        if slug:
            return get_object_or_404(Publication, slug=slug)
        site = Site.find_for_request(request)
        return get_object_or_404(Publication, archive=site.root_page_id if site else None)

    def title(self, publication: Publication) -> str:
        """Return the name of the publication."""
        return publication.name

    def link(self, publication: Publication) -> str:
        """Return the address of the archive."""
        return publication.home_url

    def feed_url(self, publication: Publication) -> str:
        """Return the address of the feed itself; never taken from the request."""
        return f"{load().site.origin_of(publication.slug)}{feed_path(publication)}"

    def description(self, publication: Publication) -> str:
        """Return one line about the publication."""
        return gettext("Every issue of {publication}.").format(publication=publication.name)

    def get_feed(self, obj: Publication, request: HttpRequest) -> SyndicationFeed:
        """Return the feed, in the language of the publication."""
        with translation.override(obj.language):
            return super().get_feed(obj, request)

    def items(self, publication: Publication) -> list[Issue]:
        """Return the newest issues on the web."""
        return list(published_issues(publication)[:ISSUES_IN_THE_FEED])

    def item_title(self, item: Issue) -> str:
        """Return the title of an issue."""
        return entry_of(item).title

    def item_description(self, item: Issue) -> str:
        """Return the line that stands beside the subject in a list of mails."""
        return entry_of(item).summary

    def item_link(self, item: Issue) -> str:
        """Return the address of an issue."""
        return web_url(item)

    def item_pubdate(self, item: Issue) -> dt.datetime | None:
        """Return noon, in the publication's zone, of the day that an issue carries."""
        day = entry_of(item).date
        zone = ZoneInfo(item.publication.time_zone)
        return dt.datetime.combine(day, dt.time(12), zone) if day else None
