"""Sends in progress with their figures, and what needs a person; the page asks for it again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from wagtail import hooks

from newsletter.desk.home import approvals
from newsletter.desk.home.attention import list_attention
from newsletter.desk.home.reminders import reminders_for
from newsletter.desk.reports.figures import Figures, read_figures
from newsletter.desk.sends import restores
from newsletter.desk.sends.pages import OFTEN, SELDOM, SHARE, may_see
from newsletter.desk.system_check.pages import describe_grave
from newsletter.sending import trusted_time
from newsletter.sending.models import Send

#: What goes on by itself, or was paused by a person.
GOING = (Send.State.PLANNING, Send.State.SENDING, Send.State.PAUSED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """A send in progress: its issue, where it stands, how far it is."""

    pk: int
    title: str
    url: str
    state: str
    words: str
    done: int
    planned: int


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the address of the part that changes."""
    return [path("home/live/", live_part, name="desk_home_live")]


def live_part(request: HttpRequest) -> HttpResponse:
    """Return the part of the first page that changes by itself."""
    return render(request, "desk/home_live.html", live_context(request))


def live_context(request: HttpRequest) -> dict[str, Any]:
    """Return what it shows, and in how many milliseconds to look again."""
    began, now = time.perf_counter(), trusted_time.now()
    sees_sends = may_see(request.user)
    going = list_progress() if sees_sends else []
    asked = approvals.rows_for(request.user)
    reminded = reminders_for(request.user, now, besides={row.url for row in asked})
    shown = {
        "suspended": restores.describe_suspension(request) if sees_sends else None,
        "system_check": describe_grave(request),
        "attention": list_attention(request.user, now, sees_sends=sees_sends),
        "approvals": [*asked, *reminded.to_do],
        "news": reminded.news,
        "going": going,
    }
    spent = (time.perf_counter() - began) * 1000
    return {**shown, "again": max(OFTEN if going else SELDOM, round(spent * SHARE))}


def list_progress() -> list[Progress]:
    """Return the sends in progress, the first due first."""
    sends = list(Send.objects.filter(state__in=GOING).select_related("issue").order_by("at", "pk"))
    figures = read_figures([send.pk for send in sends])
    return [progress_of(send, figures) for send in sends]


def progress_of(send: Send, figures: Mapping[int, Figures]) -> Progress:
    """Return how far one is: of how many people the provider has the mail."""
    counted = figures[send.pk]
    numbers = {"done": f"{counted.accepted:,}", "planned": f"{send.planned:,}"}
    words = gettext("{done} of {planned} accepted").format(**numbers) if send.planned else ""
    return Progress(
        pk=send.pk,
        title=send.issue.draft_title or send.issue.title,
        url=reverse("desk_send", args=[send.pk]),
        state=str(send.get_state_display()),
        words=words,
        done=counted.accepted,
        planned=send.planned,
    )
