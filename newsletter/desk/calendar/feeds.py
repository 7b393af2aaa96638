"""The secret addresses at which calendar programs find the slots: given, renewed, taken back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.admin import messages
from wagtail.users.models import UserProfile

from newsletter.conf.config import load
from newsletter.desk.sends.queueing import PERMISSION
from newsletter.publishing.models import Publication
from newsletter.scheduling.calendar_feeds import (
    find_feed,
    publications_of,
    renew_feed,
    revoke_feed,
    secret_of,
    write_feed,
)
from newsletter.scheduling.models import CalendarFeed
from newsletter.sending import trusted_time

#: A calendar program keeps what it got for so long; nobody in between keeps it.
CACHE = "private, max-age=300"


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedRow:
    """One address that there is, or may be; `slug` is empty for the person's own."""

    name: str
    slug: str
    address: str


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page on which addresses are given and taken back."""
    return [path("calendar/feeds/", feeds_page, name="desk_calendar_feeds")]


def feeds_page(request: HttpRequest) -> HttpResponse:
    """Show the addresses; on POST give a new one, or take one back."""
    if request.method == "POST":
        messages.success(request, apply_change(request))
        return redirect("desk_calendar_feeds")
    answer = render(request, "desk/calendar/feeds.html", {"rows": list_addresses(request)})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def list_addresses(request: HttpRequest) -> list[FeedRow]:
    """Return the person's own address, and those of publications for whoever may change them."""
    own = CalendarFeed.objects.filter(user=request.user.pk).first()
    found = [FeedRow(name=gettext("Yours: all publications"), slug="", address=address_of(own))]
    if request.user.has_perm(PERMISSION):
        feeds = {each.publication_id: each for each in CalendarFeed.objects.filter(user=None)}
        found += [
            FeedRow(name=each.name, slug=each.slug, address=address_of(feeds.get(each.pk)))
            for each in Publication.objects.all()
        ]
    return found


def address_of(feed: CalendarFeed | None) -> str:
    """Return the whole address of a feed; nothing where there is none."""
    if feed is None:
        return ""
    return load().site.origin + reverse("calendar_feed", args=[secret_of(feed)])


def apply_change(request: HttpRequest) -> str:
    """Do what the button says, and say so."""
    owner = owner_of(request)
    name = owner["publication"].name if "publication" in owner else gettext("you")
    if request.POST.get("do") == "renew":
        renew_feed(**owner)
        return gettext(
            "There is a new address for {name}. An old one does not work any more."
        ).format(name=name)
    if request.POST.get("do") == "revoke":
        revoke_feed(**owner)
        return gettext("The address for {name} does not work any more.").format(name=name)
    raise Http404


def owner_of(request: HttpRequest) -> dict[str, Any]:
    """Return whose address is meant: the person's, or that of a publication."""
    slug = request.POST.get("publication", "")
    if not slug:
        return {"user": request.user}
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    return {"publication": get_object_or_404(Publication, slug=slug)}


@require_safe
def serve_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer a calendar program; a secret that is none finds nothing."""
    feed = find_feed(secret)
    if feed is None:
        return without_caches(HttpResponse(status=404, content_type="text/plain"))
    content = write_feed(publications_of(feed), trusted_time.now(), language_of(feed))
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = 'inline; filename="slots.ics"'
    answer.headers["ETag"] = etag
    return without_caches(answer)


def without_caches(answer: HttpResponse) -> HttpResponse:
    """Keep an answer out of shared caches, and its address out of search engines and referrers.

    `newsletter.runtime.log_lines` keeps the address out of the log.
    """
    answer.headers["Cache-Control"] = CACHE
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def language_of(feed: CalendarFeed) -> str:
    """Return the language of the person, or of the publication, if we speak it."""
    profile = UserProfile.objects.filter(user=feed.user).first() if feed.user else None
    chosen = profile.preferred_language if profile else ""
    if feed.publication is not None:
        chosen = feed.publication.language
    return "ja" if chosen.startswith("ja") else "en"
