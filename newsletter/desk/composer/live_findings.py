"""What the check finds, for the page on which somebody types: beside the field it is about."""

from __future__ import annotations

import threading
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_GET
from wagtail import hooks

from newsletter import counted
from newsletter.desk.composer.checks import check_as_known, find_editable
from newsletter.desk.composer.finding_links import anchors_of
from newsletter.errors import NewsletterError
from newsletter.phrases import translate
from newsletter.publishing.checks.checking import Report
from newsletter.publishing.checks.known_checks import note_checked
from newsletter.publishing.checks.known_links import look_up_later, read_known_web
from newsletter.rendering.findings import Severity

#: One check at a time, however many people type.
_checking = threading.Lock()


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the address that the composer asks."""
    return [path("issues/<int:pk>/live-findings/", live_findings, name="desk_live_findings")]


@require_GET
def live_findings(request: HttpRequest, pk: int) -> JsonResponse:
    """Return what is found in the stored draft, with the ids of the fields it is about."""
    issue = find_editable(request, pk)
    if not _checking.acquire(blocking=False):
        return JsonResponse({"busy": True})
    try:
        web = read_known_web()
        report = check_as_known(issue, web, as_read=True)
    except NewsletterError as error:
        return JsonResponse({"summary": error.sentences, "findings": [], "looking": False})
    finally:
        _checking.release()
    note_checked(issue, len(report.errors))
    looking = bool(web.unknown)
    if looking:
        look_up_later(web.unknown)
    return JsonResponse(
        {
            "summary": summary_of(report),
            "findings": list_findings(report),
            "looking": looking,
            "page": reverse("desk_check", args=[pk]),
        }
    )


def summary_of(report: Report) -> str:
    """Say how many errors and warnings there are; nothing where there are none."""
    warnings = [each for each in report.findings if each.severity == Severity.WARNING]
    parts = [counted.errors(len(report.errors))] if report.errors else []
    parts += [counted.warnings(len(warnings))] if warnings else []
    return ", ".join(parts)


def list_findings(report: Report) -> list[dict[str, Any]]:
    """Return the errors that nobody accepted, and the warnings."""
    anchors = anchors_of(report.draft)
    return [
        {
            "severity": each.finding.severity.value,
            "message": make_sentence(translate(each.finding.message)),
            "fix": translate(each.finding.fix),
            "where": capfirst(translate(each.finding.where)),
            "anchor": anchors.get(each.finding.part, ""),
        }
        for each in report.judged
        if each.stops or each.finding.severity == Severity.WARNING
    ]


def make_sentence(message: str) -> str:
    """Return a message as a sentence begins; an address stays as it is."""
    return message if message.startswith("http") else capfirst(message)
