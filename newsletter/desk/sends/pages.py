"""The page of a send: where everybody stands, what is in progress, and what can be done."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from newsletter.dates import format_time
from newsletter.desk.sends import dry_runs, reader_figures, restores
from newsletter.desk.sends.queueing import PERMISSION
from newsletter.phrases import translate
from newsletter.scheduling import send_status
from newsletter.sending.models import Attempt, Batch, DryRun, Exclusion, Send
from newsletter.sending.planning import resend
from newsletter.sending.reporting import people, totals
from newsletter.sending.reporting.totals import LEFT_TOO_LATE, TWICE, Totals, count_send

#: Where people stand, in the order of the bar: the state, its words, and what colours it.
STANDINGS = (
    ("delivered", _("delivered"), "good"),
    ("accepted", _("accepted, no news yet"), "fair"),
    ("claimed", _("in progress"), "busy"),
    ("planned", _("not submitted yet"), "still"),
    ("waiting", _("waiting for the canary"), "still"),
    ("unknown", _("unknown: submitted, no answer"), "doubt"),
    ("blocked", _("turned away this time"), "bad"),
    ("bounced", _("bounced"), "bad"),
    ("dropped", _("dropped by the provider"), "bad"),
    ("complained", _("reported as spam"), "bad"),
    ("refused", _("refused"), "bad"),
    ("excluded", _("left since they were counted"), "still"),
)
WORDS = {state: words for state, words, _ in STANDINGS}
#: The same of a cancelled send, where nothing is to come.
OVER = {"planned": _("never submitted"), "waiting": _("never submitted: the canary went first")}
#: A send in one of these changes only when somebody acts or news comes.
QUIET = (*resend.ENDED, Send.State.PAUSED, Send.State.HELD)
#: Milliseconds between two looks at a send that goes, and at one that stands still.
OFTEN, SELDOM = 2_000, 15_000
#: A look may take so large a part of the time between two.
SHARE = 20
#: Batches named as in progress.
NAMED = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A part of the bar: `width` in per cent, as CSS writes it."""

    state: str
    words: str
    tone: str
    people: int
    width: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """Something that can be done: by one press, or, with `asks`, after it was confirmed."""

    name: str
    label: str
    asks: bool = False
    grave: bool = False


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages."""
    return [
        path("sends/<int:pk>/", send_page, name="desk_send"),
        path("sends/<int:pk>/live/", live_part, name="desk_send_live"),
        path("sends/<int:pk>/people/", people_page, name="desk_send_people"),
    ]


def may_see(user: Any) -> bool:
    """Say whether somebody may see sends."""
    return bool(user.has_perm(PERMISSION) or user.has_perm("sending.view_send"))


def find_send(request: HttpRequest, pk: int) -> Send:
    """Return a send, for somebody who may see it."""
    if not may_see(request.user):
        raise PermissionDenied
    sends = Send.objects.select_related("issue__publication", "edition", "resend_of")
    return get_object_or_404(sends, pk=pk)


def send_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a send."""
    send = find_send(request, pk)
    shown = {
        "title": gettext("Send {number}").format(number=send.pk),
        **live_context(request, send),
    }
    return render(request, "desk/send.html", shown)


def live_part(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the part of the page that changes, for a page that asks again and again."""
    return render(request, "desk/send_live.html", live_context(request, find_send(request, pk)))


def live_context(request: HttpRequest, send: Send) -> dict[str, Any]:
    """Return what the changing part shows, and in how many milliseconds to look again."""
    began, now = time.perf_counter(), timezone.now()
    followers, may_act = list(send.resends.all()), request.user.has_perm(PERMISSION)
    counted, dry_run = count_send(send), dry_runs.find_dry_run(send)
    twice, too_late = totals.count_marked(send)
    zone = send_status.zone_of(send)
    shown = {
        "send": send,
        "suspended": restores.describe_suspension(request),
        "readers": reader_figures.describe_readers(send),
        "due": format_time(send.at, zone),
        "finished": format_time(send.finished_at, zone) if send.finished_at else "",
        "left": send_status.seconds_left(send, now),
        "said": list_remarks(send, dry_run, now),
        "note": send_status.note_of(send),
        "dry_run": dry_runs.describe_dry_run(send, dry_run, now),
        "segments": build_segments(send, counted),
        "counted": counted,
        "excluded": [(Exclusion.Reason(why).label, n) for why, n in counted.excluded.items()],
        "batches": count_batches(send, now),
        "in_progress": in_progress(send),
        "record": send_status.list_history(send),
        "actions": list_actions(send, counted, followers) if may_act else [],
        "followers": followers,
        "twice": (TWICE, twice),
        "left_too_late": (LEFT_TOO_LATE, too_late),
    }
    spent = (time.perf_counter() - began) * 1000
    usual = SELDOM if send.state in QUIET else OFTEN
    return {**shown, "again": max(usual, round(spent * SHARE))}


def list_remarks(send: Send, dry_run: DryRun | None, now: dt.datetime) -> list[str]:
    """Return what is to be said besides what has a place of its own on the page."""
    elsewhere = {
        send_status.describe_undo_window(send, now),
        dry_runs.note_of(dry_run),
        send_status.of_late_leavers(send),
    }
    return [words for words in send_status.describe_send(send, now) if words not in elsewhere]


def build_segments(send: Send, counted: Totals) -> list[Segment]:
    """Return the bar: everybody who is planned, once."""
    over = OVER if send.state == Send.State.CANCELLED else {}
    return [
        Segment(
            state=state,
            words=str(over.get(state, words)),
            tone=tone,
            people=found,
            width=f"{100 * found / counted.planned:.3f}%",
        )
        for state, words, tone in STANDINGS
        if (found := counted.deliveries.get(state, 0))
    ]


def count_batches(send: Send, now: dt.datetime) -> dict[str, int]:
    """Return how many batches there are, are done, are in doubt, and wait for their time."""
    left = (Batch.State.WAITING, Batch.State.PLANNED, Batch.State.CLAIMED, Batch.State.UNKNOWN)
    waiting = Q(state=Batch.State.PLANNED, not_before__gt=now)
    counted: dict[str, int] = Batch.objects.filter(send=send).aggregate(
        total=Count("pk"),
        done=Count("pk", filter=~Q(state__in=left)),
        doubtful=Count("pk", filter=Q(state=Batch.State.UNKNOWN)),
        later=Count("pk", filter=waiting),
    )
    return counted if send.state == Send.State.SENDING else {**counted, "later": 0}


def in_progress(send: Send) -> list[dict[str, Any]]:
    """Return the batches that a sender is working on."""
    now, live = timezone.now(), (Attempt.State.RESERVED, Attempt.State.IN_FLIGHT)
    rows = Attempt.objects.filter(batch__in=send.batches.filter(state=Batch.State.CLAIMED))
    rows = rows.filter(state__in=live).select_related("batch").order_by("batch__number")
    return [
        {
            "number": attempt.batch.number,
            "people": attempt.size,
            "doing": gettext("being submitted")
            if attempt.state == Attempt.State.IN_FLIGHT
            else gettext("being prepared"),
            "since": how_long(now - (attempt.posted_at or attempt.created_at)),
        }
        for attempt in rows[:NAMED]
    ]


def how_long(span: dt.timedelta) -> str:
    """Return a span of time in words.

    >>> how_long(dt.timedelta(seconds=150))
    '2 min'
    """
    seconds = max(0, round(span.total_seconds()))
    if seconds < 120:
        return gettext("{number} s").format(number=seconds)
    return gettext("{number} min").format(number=f"{seconds // 60:,}")


def list_actions(send: Send, counted: Totals, followers: Sequence[Send]) -> list[Action]:
    """Return what can be done with a send as it stands."""
    if send.state == Send.State.QUEUED:
        return [Action(name="undo", label=gettext("Undo: do not send it"), grave=True)]
    offered: list[Action] = []
    if send.state == Send.State.SENDING:
        offered.append(Action(name="pause", label=gettext("Pause")))
    if send.state == Send.State.PAUSED:
        offered.append(Action(name="resume", label=gettext("Go on")))
    if send.state == Send.State.HELD:
        offered.append(build_asking_action("resume", gettext("Go on…")))
    if send.canary == Send.Canary.FIRST and send.state == Send.State.SENDING:
        offered.append(build_asking_action("release", gettext("Do not wait for the canary…")))
    if counted.deliveries.get("unknown"):
        offered.append(build_asking_action("resolve", gettext("Resolve what is unknown…")))
    if send.state in resend.ENDED and has_others(send, counted, followers):
        offered.append(build_asking_action("resend", gettext("Send to those who did not get it…")))
    if send.state not in resend.ENDED:
        offered.append(Action(name="cancel", label=gettext("Cancel…"), asks=True, grave=True))
    return offered


def build_asking_action(name: str, label: str) -> Action:
    """Return an action that is confirmed first."""
    return Action(name=name, label=label, asks=True)


def has_others(send: Send, counted: Totals, followers: Sequence[Send]) -> bool:
    """Say whether there are people of an ended send who can be sent it after all."""
    if any(each.state != Send.State.CANCELLED for each in followers):
        return False
    reached = sum(n for state, n in counted.deliveries.items() if state in totals.REACHED)
    left = resend.count_reachable(send, counted)
    return bool(left and (reached or send.state != Send.State.CANCELLED))


# Who


def people_page(request: HttpRequest, pk: int) -> HttpResponse:
    """List the people of a send, a page at a time."""
    send = find_send(request, pk)
    state = request.GET.get("state", "")
    search = request.GET.get("q", "").strip()
    after, counted = request.GET.get("after", ""), count_send(send)
    twice, too_late = totals.count_marked(send)
    page = people.list_page(
        send, state=state, search=search, after=after, counted=counted.deliveries
    )
    chosen = {"state": state, "q": search}
    further = urlencode({**chosen, "after": page.next}) if page.next else ""
    shown = {
        "send": send,
        "rows": [(each.address, WORDS.get(each.stands, each.stands), translate(each.reason))
                 for each in page.people],
        "states": [(at, words, counted.deliveries[at]) for at, words, _ in STANDINGS
                   if at in counted.deliveries],
        "apart": [
            (people.LEFT_OUT, gettext("left out when counted"), sum(counted.excluded.values())),
            (TWICE, gettext("may have it twice"), twice),
            (LEFT_TOO_LATE, gettext("left too late to be taken out"), too_late),
        ],
        "state": state,
        "search": search,
        "further": further,
        "back": reverse("desk_send", args=[pk]),
    }  # fmt: skip
    return render(request, "desk/send_people.html", shown)
