"""Where people are logged in: kept while they use the desk, and ended when they say so."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from newsletter.desk.accounts.devices import network_of
from newsletter.desk.models import DeskSession
from newsletter.runtime.proxies import visitor_of

#: Where a session says when it was last noted, and how many seconds that holds.
NOTED = "desk_noted"
NOTED_FOR = 300
#: Statuses from here on say that nothing was done.
FIRST_REFUSAL = 400
#: The key of the session in which the desk is asked right now; empty for commands.
CURRENT: ContextVar[str] = ContextVar("desk_session", default="")


class NoteSessions:
    """Middleware: notes where somebody is logged in, at most every few minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; then note the session, under the key that it has by now."""
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return self._get_response(request)
        before = request.session.session_key or ""
        token = CURRENT.set(before)
        try:
            response = self._get_response(request)
        finally:
            CURRENT.reset(token)
        # What was refused was no use of the desk, and answers without a cookie.
        if response.status_code < FIRST_REFUSAL and request.user.is_authenticated:
            note_use(request, before)
        return response


def note_use(request: HttpRequest, before: str) -> None:
    """Keep when and from where a session was used; logging in gives it another key."""
    key = request.session.session_key or ""
    now = int(time.time())
    if not key or (key == before and now - int(request.session.get(NOTED, 0)) < NOTED_FOR):
        return
    request.session[NOTED] = now
    facts = {
        "user": request.user,
        "browser": request.headers.get("User-Agent", "")[:300],
        "network": network_of(visitor_of(request) or ""),
        "seen_at": timezone.now(),
    }
    if before != key:
        DeskSession.objects.filter(key=before, user=request.user.pk).update(key=key)
        forget_expired(timezone.now())
    DeskSession.objects.update_or_create(key=key, defaults=facts)


def sessions_of(user: Any) -> QuerySet[DeskSession]:
    """Return where somebody is logged in, the last used first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return DeskSession.objects.filter(user=user, key__in=alive)


def end_session(session: DeskSession) -> None:
    """Log somebody out in one browser."""
    Session.objects.filter(session_key=session.key).delete()
    session.delete()


def end_others(user: Any, keep: str = "") -> int:
    """Log somebody out everywhere but in one session; return in how many they were."""
    others = DeskSession.objects.filter(user=user).exclude(key=keep)
    keys = list(others.values_list("key", flat=True))
    ended, _rows = Session.objects.filter(session_key__in=keys).delete()
    others.delete()
    return ended


def forget_expired(now: dt.datetime) -> None:
    """Delete what is kept of sessions that are over."""
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    DeskSession.objects.exclude(key__in=alive).delete()
