"""Pages that browsers and proxies may keep: how long, and how they ask whether anything is new.

The `ETag` is made of the answer itself, so it is another one exactly when the answer is.
`Last-Modified` is the time at which this process first gave that answer: whatever changed a page,
a text, a colour, a neighbour, is in it.  After a start it is too young for a while, never too old.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from newsletter.publishing.models import Issue
from newsletter.runtime.security_headers import POLICY, PUBLIC

if TYPE_CHECKING:
    from wagtail.models import Page

#: Seconds for which pages and feeds may be kept without asking: what was published shows soon.
PAGE_SECONDS = 60
FEED_SECONDS = 300
#: The page of an issue has one small script, which copies the address of an item.
WITH_COPYING = f"{PUBLIC}; script-src 'self'"
#: Answers whose first time is remembered.
REMEMBERED = 4096


class FirstSeen:
    """When an answer of an address was given first, in whole seconds; safe from any thread."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        #: By the hash of an address, which a stranger can make long.
        self._known: OrderedDict[bytes, tuple[str, int]] = OrderedDict()

    def at(self, address: str, etag: str) -> int:
        """Return when this answer was given first; another one is a second younger at least."""
        key = hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=16).digest()
        with self._lock:
            known, since = self._known.pop(key, ("", -1))
            if known != etag:
                since = max(int(self._clock()), since + 1)
            self._known[key] = (etag, since)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return since


first_seen = FirstSeen()


def add_validators(request: HttpRequest, response: HttpResponse, seconds: int) -> HttpResponse:
    """Return an answer with what a proxy needs; 304 for whoever has it already.

    Only a good answer to GET or HEAD is kept.
    """
    if request.method not in {"GET", "HEAD"} or response.status_code != 200 or response.streaming:
        return response
    if hasattr(response, "render"):
        response.render()
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    since = first_seen.at(f"{request.get_host()}{request.get_full_path()}", etag)
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(since)
    response.headers.setdefault("Cache-Control", f"public, max-age={seconds}")
    found = get_conditional_response(request, etag=etag, last_modified=since, response=response)
    return found or response


def kept(seconds: int) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Return a decorator for views whose answers may be kept for some seconds."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return add_validators(request, view(request, *args, **kwargs), seconds)

        return answer

    return decorate


def serve_page(page: Page, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the answer with a page of the archive."""
    if isinstance(page, Issue):
        response.headers[POLICY] = WITH_COPYING
    return add_validators(request, response, PAGE_SECONDS)
