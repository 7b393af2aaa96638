"""Whether anything that public pages show has changed, by a few short statements now and then.

What is kept of whole answers (`newsletter.publishing.web.kept_answers`) holds for one state: a hash
of the rows that pages are made of.  Other processes change them, too, so the hash is read again
after a second.  Where that takes long, with very many issues or pictures, it is read less often:
never for more than a fiftieth of the time.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import close_old_connections, connection
from django.db.models import QuerySet
from wagtail.images import get_image_model
from wagtail.models import Site

from newsletter.publishing.models import ArchivePage, Issue, Publication
from newsletter.publishing.web.articles import OF_A_PICTURE
from newsletter.runtime.availability import database
from subscribers.models import List
from subscribers.sign_up.models import SignUpForm

log = logging.getLogger(__name__)

#: Seconds for which a state is taken to be the present one, without asking.
HOLDS_SECONDS = 1.0
#: This many times as long as the reading took, at least.
HOLDS_TIMES = 50
#: What is public of a page: not what follows its draft.
OF_A_PAGE = (
    *("pk", "slug", "url_path", "title", "live", "live_revision", "live_revision__created_at"),
    *("first_published_at", "last_published_at", "publication"),
)
OF_AN_ENTRY = ("revision", "title", "summary", "volume", "number", "date", "headlines")


def read_state() -> bytes:
    """Return the hash of all rows that a public page without a reader's data may show."""
    digest = hashlib.blake2b(digest_size=16)
    with connection.cursor() as cursor:
        for rows in _sources():
            # Without the conversions of a model: only whether it is the same counts.
            sql, values = rows.query.sql_with_params()
            cursor.execute(sql, values)
            digest.update(repr(cursor.fetchall()).encode("utf-8", "surrogatepass"))
    return digest.digest()


def read_between_requests() -> bytes:
    """Return the same from a thread that is in no request, and leave no connection behind."""
    close_old_connections()
    try:
        return read_state()
    finally:
        close_old_connections()


def _sources() -> Iterator[QuerySet[Any, Any]]:
    issues = Issue.objects.filter(live=True).order_by("pk")
    of_entries = (f"web_entry__{name}" for name in OF_AN_ENTRY)
    yield issues.values_list(*OF_A_PAGE, "issued_on", *of_entries)
    yield ArchivePage.objects.order_by("pk").values_list(*OF_A_PAGE, "introduction")
    yield Publication.objects.order_by("pk").values_list()
    yield Publication.lists.through.objects.order_by("pk").values_list()
    yield List.objects.order_by("pk").values_list("pk", "slug", "name", "public", "archived_at")
    yield SignUpForm.objects.order_by("pk").values_list("pk", "list", "is_open", "changed_at")
    yield Site.objects.order_by("pk").values_list()
    yield get_image_model().objects.order_by("pk").values_list(*OF_A_PICTURE)


class WebState:
    """The state as this process knows it; safe from any thread."""

    def __init__(
        self,
        read: Callable[[], bytes] = read_between_requests,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read, self._clock = read, clock
        self._lock = threading.Lock()
        self._known: bytes | None = None
        self._until = 0.0
        self._changes = 0

    def current(self) -> bytes | None:
        """Return the state, at most as old as it holds; None while the database is away."""
        if self._clock() < self._until:
            return self._known
        with self._lock:
            if self._clock() >= self._until:
                self._look()
            return self._known

    def expire(self) -> None:
        """Have the next one who asks look: something was changed here."""
        self._changes += 1
        self._until = 0.0

    def _look(self) -> None:
        changes, began = self._changes, self._clock()
        try:
            self._known = self._read()
        except Exception as error:
            self._known = None
            if not database.lost(error):
                log.exception("it is not known whether public pages have changed")
        now = self._clock()
        # What was changed meanwhile may not be in it.
        if changes == self._changes:
            self._until = now + max(HOLDS_SECONDS, (now - began) * HOLDS_TIMES)
