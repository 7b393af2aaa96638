"""Before the rhythm of a publication changes: the next dates, and what becomes of the others."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from newsletter.dates import format_time
from newsletter.scheduling.rhythm_change import DATES, RhythmChange


def ask_about(request: HttpRequest, change: RhythmChange) -> HttpResponse:
    """Show the next dates and the queued issues, and carry what was filled in to the answer."""
    queued = [
        {
            "title": each.send.issue.title,
            "now": format_time(each.send.at, change.shown_zone),
            "then": format_time(each.at, change.new.time_zone),
        }
        for each in change.affected
    ]
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "queued"}
        for value in values
    ]
    shown = {
        "publication": change.old,
        "rows": queued,
        "dates": [
            (format_time(slot.at, change.new.time_zone), words)
            for slot, words in change.preview(DATES)
        ],
        "fields": fields,
    }
    return render(request, "desk/cadence_ask.html", shown)
