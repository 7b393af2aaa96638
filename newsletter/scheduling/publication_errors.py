"""What goes wrong with one publication: it is logged, and the others have their duties done.

The clock ticks every second; one line a second would hide everything else, so each kind of error
is logged once an hour.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator

from newsletter.publishing.models import Publication
from newsletter.runtime.availability import is_unavailable

log = logging.getLogger(__name__)

#: Seconds between two lines about the same duty, publication and class of error.
LOG_INTERVAL_SECONDS = 3600.0

#: A duty, the number of a publication, and a class of error.
Key = tuple[str, int, type[Exception]]

_logged: dict[Key, float] = {}
_lock = threading.Lock()


@contextlib.contextmanager
def set_aside(publication: Publication, duty: str) -> Iterator[None]:
    """Log an error of one publication, which then waits; `duty` names what was not done.

    It raises only that the database is lost: then nothing can be done for any other.
    """
    try:
        yield
    except Exception as error:
        if is_unavailable(error):
            raise
        if is_news((duty, publication.pk, type(error))):
            log.exception("%s: an error stopped its %s", publication.slug, duty)


def is_news(key: Key) -> bool:
    """Say whether an error was not logged within the hour; from now on it counts as logged."""
    now = time.monotonic()
    with _lock:
        last = _logged.get(key)
        if last is not None and now - last < LOG_INTERVAL_SECONDS:
            return False
        _logged[key] = now
    return True


def forget_error(key: Key) -> None:
    """Forget that an error was logged: it is over, and the next one is news again."""
    with _lock:
        _logged.pop(key, None)


def forget_all() -> None:
    """Forget what was logged: each error is news again."""
    with _lock:
        _logged.clear()
