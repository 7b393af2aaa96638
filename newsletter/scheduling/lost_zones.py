"""A publication whose time zone this machine has lost: named in the log, and again each hour.

The clock ticks every second; one line a second would hide everything else.
"""

from __future__ import annotations

import logging
import threading
import time

from newsletter.errors import NewsletterError
from newsletter.publishing.models import Publication

log = logging.getLogger(__name__)

#: Seconds between two lines about one publication.
LOG_INTERVAL_SECONDS = 3600.0

_logged: dict[int, float] = {}
_lock = threading.Lock()


def log_lost_zone(publication: Publication, error: NewsletterError) -> None:
    """Say that the slots of a publication wait, unless that was said within the hour."""
    now = time.monotonic()
    with _lock:
        last = _logged.get(publication.pk)
        if last is not None and now - last < LOG_INTERVAL_SECONDS:
            return
        _logged[publication.pk] = now
    log.error("%s Until then its slots wait; what is queued goes out.", error.sentences)


def forget(publication: Publication) -> None:
    """Forget that it was said: the zone is known, and the next time it is news again."""
    with _lock:
        _logged.pop(publication.pk, None)
