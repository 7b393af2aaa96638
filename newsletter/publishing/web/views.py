"""Small public pages beside the archive: privacy, files, what is not there."""

from __future__ import annotations

import logging
import sys

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import select_template
from django.utils import translation
from django.views import defaults
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django.views.static import serve
from wagtail.models import Page, Site

from newsletter.conf.config import load
from newsletter.errors import BadInput, PdfError, TemplateError
from newsletter.publishing.content.media import find_picture as stored_image
from newsletter.publishing.content.pdfs import pdf_of
from newsletter.publishing.models import ArchivePage, Issue, Publication
from newsletter.publishing.web.articles import article_hash, as_published, published_article
from newsletter.publishing.web.caching import kept
from newsletter.publishing.web.cards import card_file, card_key
from newsletter.runtime.availability import RETRY_AFTER, database

logger = logging.getLogger(__name__)

A_DAY = 86_400
FIVE_MINUTES = 300


@kept(FIVE_MINUTES)
@vary_on_headers("Accept-Language")
def privacy(request: HttpRequest) -> HttpResponse:
    """Show what is stored about subscribers."""
    return render(request, "web/privacy.html")


@kept(FIVE_MINUTES)
@vary_on_headers("Accept-Language")
def imprint(request: HttpRequest) -> HttpResponse:
    """Show who publishes these pages."""
    return render(request, "web/imprint.html", {"publications": Publication.objects.all()})


@kept(FIVE_MINUTES)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers where the map of the site is, and to leave the desk alone."""
    return render(
        request,
        "publishing/robots.txt",
        {"origin": origin_for(request)},
        content_type="text/plain; charset=utf-8",
    )


def origin_for(request: HttpRequest) -> str:
    """Return what stands before the paths of the site that is asked for, as the settings say."""
    site = Site.find_for_request(request)
    if site is None or site.is_default_site:
        return load().site.origin
    found = ArchivePage.objects.filter(pk=site.root_page_id)
    return load().site.origin_of(found.values_list("publication__slug", flat=True).first() or "")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send a stored picture, and nothing else; a small deployment has no other server that could.

    The type is that of the file's content, never to be guessed; the policy keeps anything that
    pretends to be a picture from running as a page of this site.
    """
    image = stored_image(path)
    if image is None:
        raise Http404
    response = serve(request, image.name, document_root=str(settings.MEDIA_ROOT))
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    if isinstance(response, FileResponse):
        response["Content-Type"] = image.content_type
        response["Cache-Control"] = f"public, max-age={A_DAY}"
    return response


def pdf(request: HttpRequest, page: str, name: str) -> FileResponse:
    """Send the PDF of an issue on the web, which lies beside its page."""
    issue = Page.find_for_request(request, page)
    if not isinstance(issue, Issue) or issue.slug != name or not load().pdf.offer:
        raise Http404
    try:
        file = pdf_of(as_published(issue))
    except (PdfError, BadInput, TemplateError) as error:
        logger.warning("the PDF of issue %s cannot be made: %s", issue.pk, error)
        raise Http404 from None
    response = FileResponse(file.open("rb"), filename=f"{name}.pdf")
    response["Cache-Control"] = f"public, max-age={FIVE_MINUTES}"
    return response


@require_safe
def card(request: HttpRequest, page: str) -> FileResponse:
    """Send the share card of an issue on the web, which lies beside its page."""
    issue = Page.find_for_request(request, page)
    if not isinstance(issue, Issue):
        raise Http404
    key = article_hash(issue)
    file = card_file(issue, published_article(issue, key), card_key(key))
    if file is None:
        raise Http404
    response = FileResponse(file.open("rb"), content_type="image/png")
    response["Cache-Control"] = f"public, max-age={A_DAY}"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address that leads nowhere."""
    return defaults.page_not_found(request, exception, "web/404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a fault of the program; asks nothing of the database, which may be its cause.

    Where it is the cause, the answer says when to come again: events and one-click are then
    posted once more.
    """
    error = sys.exception()
    with translation.override(translation.get_language_from_request(request)):
        if error is not None and database.lost(error):
            return unavailable()
        return defaults.server_error(request, "web/500.html")


def unavailable() -> HttpResponse:
    """Answer while the database is away: 503, and when to come again (RFC 9110 15.6.4)."""
    # A workspace of an earlier version has no page of its own for it.
    page = select_template(["web/503.html", "web/500.html"])
    headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    return HttpResponse(page.render(), status=503, headers=headers)
