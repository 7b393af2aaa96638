"""Says with the right status that something was tried too often, and remembers browsers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.throttling.logins import COOKIE, KNOWN_FOR

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


class Throttled:
    """Middleware that turns what a view left in the request into a status and a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        response = self.get_response(request)
        if wait := getattr(request, "retry_after", 0):
            # RFC 6585, section 4.
            response.status_code = 429
            response.headers["Retry-After"] = str(wait)
        if known := getattr(request, "known_browser", ""):
            response.set_cookie(
                COOKIE,
                known,
                max_age=KNOWN_FOR,
                path=settings.SESSION_COOKIE_PATH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response
