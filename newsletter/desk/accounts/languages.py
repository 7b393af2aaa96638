"""The language of the desk: that of the person's account, else that of their browser."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from newsletter.publishing.languages import preferred_language


class DeskLanguage:
    """Middleware: answers of the desk are written in the language of whoever asks.

    The public pages are left alone: they speak the language of their publication. The language
    is put back after the answer, for the thread goes on to answer somebody else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; in the desk in the language of the reader."""
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return self._get_response(request)
        language = language_of(request)
        with translation.override(language):
            response = self._get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language"])
        return response


def language_of(request: HttpRequest) -> str:
    """Return the language that an account prefers; without one, what the browser asks for."""
    return preferred_language(request.user) or translation.get_language_from_request(request)
