"""Who is where in an issue: each open page says which block it is in, and hears of the others.

That is kept in the memory of the one process that answers the desk, and forgotten soon.
"""

from __future__ import annotations

import re
import threading
import time
from typing import Any, NamedTuple

from django.core.cache import cache
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from wagtail import hooks

from newsletter.desk.composer.checks import require_editor
from newsletter.publishing.models import Issue

#: A page that was not heard of for so long is closed, or asleep; in seconds.
GONE_SECONDS = 15
#: What pages call themselves, and the ids of fields and blocks.
_WINDOW = re.compile(r"[a-z0-9]{8,32}")
_ANCHOR = re.compile(r"[\w-]{0,100}")

_changing = threading.Lock()


class Presence(NamedTuple):
    """Somebody's open page: who it is, the field or block they are in, and when it was heard of."""

    user: int
    name: str
    anchor: str
    at: float


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the address that open pages ask."""
    return [path("issues/<int:pk>/presence/", answer_presence, name="desk_presence")]


@require_POST
def answer_presence(request: HttpRequest, pk: int) -> JsonResponse:
    """Note where a page is, and return where the others are."""
    # Asked every few seconds by each open page, so no draft is read.
    require_editor(request, get_object_or_404(Issue, pk=pk))
    window, anchor = request.POST.get("window", ""), request.POST.get("anchor", "")
    user: Any = request.user
    here = None
    if _WINDOW.fullmatch(window) and _ANCHOR.fullmatch(anchor):
        name = user.get_full_name() or user.get_username()
        here = Presence(user.pk, name, anchor, time.time())
    there = note_page(pk, window, here)
    others = [
        {"name": each.name, "anchor": each.anchor, "own": each.user == user.pk}
        for each in there.values()
    ]
    return JsonResponse({"others": others})


def note_page(pk: int, window: str, here: Presence | None) -> dict[str, Presence]:
    """Note where a page of an issue is; return the other pages that were heard of lately."""
    key = f"desk-presence:{pk}"
    with _changing:
        known: dict[str, Presence] = cache.get(key) or {}
        oldest = time.time() - GONE_SECONDS
        known = {name: each for name, each in known.items() if each.at > oldest}
        if here:
            known[window] = here
        cache.set(key, known, GONE_SECONDS)
    return {name: each for name, each in known.items() if name != window}
