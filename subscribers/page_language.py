"""In which language a page speaks to a person; the site knows what its publications speak."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language_from_request

if TYPE_CHECKING:
    from django.http import HttpRequest

#: Takes a request, the person's own language or nothing, and the lists that a link is about.
Choose = Callable[["HttpRequest", str, tuple[int, ...]], str]

_connected: list[Choose] = []


def connect(choose: Choose) -> None:
    """Set who chooses, once Django knows all models."""
    _connected[:] = [choose]


def choose_language(request: HttpRequest, own: str, list_ids: tuple[int, ...]) -> str:
    """Return the language of a page, one that there are words in."""
    if _connected:
        return _connected[0](request, own, list_ids)
    return own if own in dict(settings.LANGUAGES) else get_language_from_request(request)
