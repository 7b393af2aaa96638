"""What the models ask of packages above them; `apps` sets it, so that models know no web page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from wagtail.models import Page

    from newsletter.rendering.preflight.addresses import Web


@dataclass(frozen=True, kw_only=True, slots=True)
class PageHooks:
    """Functions for pages: what they show on the web and beside the editor, what saving adds.

    `archive_context` is given an archive, the others an issue.  `serve` is given a page that
    readers asked for, and what is to be answered.
    """

    archive_context: Callable[[Page, HttpRequest], dict[str, Any]]
    issue_context: Callable[[Page, HttpRequest], dict[str, Any]]
    preview: Callable[
        [Page, HttpRequest, str, Callable[[HttpRequest, str], HttpResponse]], HttpResponse
    ]
    serve: Callable[[Page, HttpRequest, HttpResponse], HttpResponse]
    measure_pictures: Callable[[Page, Web, float], None]


_connected: list[PageHooks] = []


def connect(hooks: PageHooks) -> None:
    """Set the hooks, once Django knows all models."""
    _connected[:] = [hooks]


def page_hooks() -> PageHooks:
    """Return the hooks."""
    return _connected[0]
