"""The sitemap of a site (sitemaps.org, protocol 0.9): its public pages, and when each changed."""

from __future__ import annotations

import datetime as dt
from html import escape

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.contrib.sitemaps.views import sitemap as wagtails_sitemap
from wagtail.models import Site

from newsletter.conf.config import load

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
#: As Django has it: the file itself stands in no index.
ROBOTS = "noindex, noodp, noarchive"
#: The most addresses of one file, by the protocol.
MAX_ADDRESSES = 50_000


def sitemap(request: HttpRequest) -> HttpResponse:
    """Return the sitemap; as Wagtail makes it where addresses are of several hosts or sites.

    Wagtail reads each page whole.  On one host an address is that of the front and a path below.
    """
    sites = list(Site.objects.select_related("root_page")[:2])
    if load().site.addresses or len(sites) != 1 or request.GET:
        return read_whole(request)
    root = sites[0].root_page
    pages = root.get_descendants(inclusive=True).live().public().order_by("path")
    times = ("last_published_at", "latest_revision_created_at")
    rows = list(pages.values_list("url_path", *times)[: MAX_ADDRESSES + 1])
    front = root.specific.get_full_url(request)
    if len(rows) > MAX_ADDRESSES or not front:
        return read_whole(request)
    before = len(root.url_path)
    found = [entry_of(f"{front}{path[before:]}", first or last) for path, first, last in rows]
    text = f"{HEAD}{''.join(found)}\n</urlset>\n"
    return HttpResponse(text, content_type="application/xml", headers={"X-Robots-Tag": ROBOTS})


def read_whole(request: HttpRequest) -> HttpResponse:
    """Return the sitemap for which Wagtail reads each page."""
    answer: HttpResponse = wagtails_sitemap(request)
    return answer


def entry_of(address: str, changed: dt.datetime | None) -> str:
    """Return the element of a page."""
    day = f"<lastmod>{timezone.localtime(changed).date().isoformat()}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{day}</url>"
