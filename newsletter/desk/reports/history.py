"""What was done at the desk and by commands, the last first: with issues, sends and settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.dateparse import parse_datetime
from wagtail import hooks
from wagtail.models import ModelLogEntry, PageLogEntry

from newsletter.dates import format_time
from newsletter.desk.composer.history import Line, line_of_act, line_of_entry
from newsletter.desk.reports.pages import require_viewer
from newsletter.sending.models import AuditEntry

#: Lines on a page.
PAGE_SIZE = 100
#: Who may change accounts may read what was done with them.
ACCOUNTS = "auth.change_user"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Something that was done, and with what."""

    line: Line
    about: str


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("report/history/", history_page, name="desk_history_of_all")]


def history_page(request: HttpRequest) -> HttpResponse:
    """List what was done, a page at a time, before a time that the address may name."""
    require_viewer(request)
    before = parse_time(request.GET.get("before", ""))
    newest = islice(list_entries(before, accounts=request.user.has_perm(ACCOUNTS)), PAGE_SIZE + 1)
    found = list(newest)
    rows = [(format_time(each.line.at, settings.TIME_ZONE), each) for each in found[:PAGE_SIZE]]
    further = found[PAGE_SIZE - 1].line.at.isoformat() if len(found) > PAGE_SIZE else ""
    return render(request, "desk/history_of_all.html", {"rows": rows, "further": further})


def parse_time(text: str) -> dt.datetime | None:
    """Return the time in an address; what is none asks for the newest lines."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo else None


def list_entries(before: dt.datetime | None, *, accounts: bool) -> Iterator[Entry]:
    """Yield what was done, the last first."""
    kinds: list[Iterable[Entry]] = [
        map(entry_of, find_newest(PageLogEntry, before)),
        map(entry_of_act, find_newest(AuditEntry, before, "at")),
    ]
    if accounts:
        kinds.append(map(entry_of, find_newest(ModelLogEntry, before)))
    yield from merge(*kinds, key=lambda entry: entry.line.at, reverse=True)


def entry_of(row: Any) -> Entry:
    """Return what the desk or a command wrote down."""
    return Entry(line=line_of_entry(row), about=str(row.label))


def entry_of_act(act: AuditEntry) -> Entry:
    """Return what was done with a send."""
    return Entry(line=line_of_act(act), about=str(act.send.issue.title))


def find_newest(model: type[Model], before: dt.datetime | None, time: str = "timestamp") -> Any:
    """Return the rows of one kind, the last first, as many as a page may need."""
    rows = model._default_manager.order_by(f"-{time}", "-pk")
    related = "send__issue" if model is AuditEntry else "user"
    rows = rows.select_related(related)
    if model is PageLogEntry:
        # Not the page that Wagtail begins with.
        rows = rows.filter(content_type__app_label="publishing")
    return (rows.filter(**{f"{time}__lt": before}) if before else rows)[: PAGE_SIZE + 1]
