"""Parts of pages that are the same for all readers, kept in this process while nothing changes.

Pages of one reader cannot be kept whole (`newsletter.publishing.web.kept_answers`), but what stands
at their head and foot can: it holds for the state that public pages are made of, and for a minute
at most, as templates are files.  Only what shows is kept, never what decides whether somebody is
mailed.  A request that came past the kept answers, as in a test, names no state: then nothing is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import TypeVar

from django.http import HttpRequest

from newsletter.publishing.web.caching import PAGE_SECONDS

Part = TypeVar("Part")

#: Where a request has what reads the state (`newsletter.publishing.web.web_state`).
STATE = "newsletter.web_state"
#: Publications and languages are few; when there are more parts, all are made again.
MAX_PARTS = 256

_lock = threading.Lock()
_parts: dict[Hashable, tuple[bytes, float, object]] = {}


def keep_part(request: HttpRequest | None, name: Hashable, make: Callable[[], Part]) -> Part:
    """Return a part by its name; made again where the state is another than it was made for."""
    read_state: Callable[[], bytes | None] | None = request.META.get(STATE) if request else None
    state = read_state() if read_state else None
    if state is None:
        return make()
    known = _parts.get(name)
    if known is not None and known[0] == state and time.monotonic() < known[1]:
        return known[2]  # type: ignore[return-value]
    # What changes meanwhile makes another state, for which it is made again.
    made = make()
    with _lock:
        if len(_parts) >= MAX_PARTS:
            _parts.clear()
        _parts[name] = (state, time.monotonic() + PAGE_SECONDS, made)
    return made


def forget() -> None:
    """Forget all parts."""
    with _lock:
        _parts.clear()
