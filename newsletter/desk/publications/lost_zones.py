"""A time zone that this machine does not know any more: the desk says so, and where to fix that.

The database of zones of a machine changes: names are dropped, and a slim system may have none.
Nothing can be shown in such a zone, but the settings of the publication can.
"""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from newsletter.dates import read_zone
from newsletter.errors import ConfigError
from newsletter.publishing.models import Publication


class NameLostZone:
    """Middleware: answers a page of the desk that a lost zone breaks with what is to be done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as usual."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Name the publications whose zone is lost, where that is the reason."""
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        if not isinstance(error, ZoneInfoNotFoundError | ConfigError):
            return None
        lost = [each for each in Publication.objects.all() if read_zone(each.time_zone) is None]
        if not lost:
            return None
        return render(request, "desk/publications/lost_zone.html", {"lost": lost}, status=503)
