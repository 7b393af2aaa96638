"""The draft beside the editor: as mail, as plain text, as web page; faults in words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as page

from newsletter.errors import NewsletterError, TemplateError
from newsletter.phrases import translate
from newsletter.publishing.content.drafts import render, sample_reader
from newsletter.rendering import Parts
from newsletter.runtime.security_headers import MAIL, POLICY

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue

logger = logging.getLogger(__name__)


def preview(
    issue: Issue,
    request: HttpRequest,
    mode: str,
    web: Callable[[HttpRequest, str], HttpResponse],
) -> HttpResponse:
    """Return the draft in a mode, in a sandbox; whatever goes wrong is shown in its place."""
    try:
        response = show_draft(issue, request, mode, web)
    except NewsletterError as error:
        response = show_fault(request, error)
    except Exception as error:
        # An editor in mid-sentence must never lose the composer to a fault of ours.
        logger.exception("the preview of issue %s failed", issue.pk)
        response = show_fault(request, error)
    response.headers[POLICY] = MAIL
    return response


def show_draft(
    issue: Issue, request: HttpRequest, mode: str, web: Callable[[HttpRequest, str], HttpResponse]
) -> HttpResponse:
    """Return the draft in a mode, or raise."""
    if mode == "web":
        response = web(request, mode)
        return response.render() if hasattr(response, "render") else response
    parts = for_sample(issue)
    if mode == "text":
        return page(request, "publishing/preview_text.html", {"parts": parts})
    return HttpResponse(parts.html)


def for_sample(issue: Issue) -> Parts:
    """Return the mail as one invented subscriber would get it."""
    person = sample_reader()
    return render(issue).variant(person).parts(person)


def show_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return a page that says what is wrong, and where."""
    message = error.message if isinstance(error, NewsletterError) else str(error)
    context = {
        "message": translate(message) or type(error).__name__,
        "hint": translate(getattr(error, "hint", "")),
        "ours": not isinstance(error, NewsletterError),
        "template": isinstance(error, TemplateError),
    }
    return page(request, "publishing/preview_fault.html", context)
