"""What is known of links: they are looked at in the background, and shown once that is done."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.core.cache import cache

from newsletter.rendering.preflight.addresses import Answer, Web
from newsletter.rendering.preflight.links import ONE

#: How long an answer counts, in seconds.
KNOWN_SECONDS = 1800
#: How many addresses are asked at the same time.
AT_ONCE = 4

_looking = threading.Lock()


@dataclass(frozen=True, slots=True)
class KnownWeb(Web):
    """Answers with what is known of an address; what is not is assumed to be there, and noted."""

    unknown: list[str] = field(default_factory=list)

    def ask(self, address: str, *, seconds: float) -> Answer:  # noqa: ARG002 (as of any web)
        """Return the answer that is known."""
        known = cache.get(key_of(address))
        if isinstance(known, Answer):
            return known
        self.unknown.append(address)
        return Answer(status=200)


def key_of(address: str) -> str:
    """Return the name under which the answer of an address is known."""
    return f"desk-link:{hashlib.sha256(address.encode()).hexdigest()}"


def look_up_later(addresses: Sequence[str]) -> bool:
    """Look at addresses in the background; False while others are looked at."""
    if not _looking.acquire(blocking=False):
        return False

    def look() -> None:
        try:
            look_up(addresses, Web())
        finally:
            _looking.release()

    threading.Thread(target=look, name="links", daemon=True).start()
    return True


def look_up(addresses: Sequence[str], web: Web) -> None:
    """Ask addresses whether they are there, and keep the answers."""

    def ask(address: str) -> None:
        cache.set(key_of(address), web.ask(address, seconds=ONE), KNOWN_SECONDS)

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="links") as pool:
        list(pool.map(ask, addresses))
