"""One thing to remind of, and how its parts are called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from newsletter.phrases import Phrase, Time
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.models import Notice, Slot
from newsletter.scheduling.reminders.people import Concerned
from newsletter.sending.models import Send

#: This long before a slot people are reminded of what it lacks, and that its issue goes out.
BEFORE_SLOT = dt.timedelta(days=2)
BEFORE_SEND = dt.timedelta(days=1)
#: After this long nobody is told any more of what happened.
TOO_LATE = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """One thing to remind of: `key` names it for good, `path` is where in the desk it stands.

    `details` returns further lines, such as the account of a send, which takes a while.  `note` is
    what the first page says of it in a line.
    """

    kind: Notice.Kind
    key: str
    publication: Publication
    concerned: Concerned
    words: Phrase
    path: str
    note: str = ""
    details: Callable[[], tuple[str, ...]] = tuple


def title_of(issue: Issue) -> str:
    """Return the title of a draft."""
    return str(issue.draft_title or issue.title)


def edit_path(issue: Issue) -> str:
    """Return where an issue is written."""
    return reverse("wagtailadmin_pages:edit", args=[issue.pk])


def key_of_slot(slot: Slot) -> str:
    """Return the name of a slot in notices."""
    return f"slot:{slot.publication_id}:{slot.date}"


def slot_path(slot: Slot) -> str:
    """Return where a slot stands in the desk."""
    return reverse("desk_slot", args=[slot.publication.slug, slot.date.isoformat()])


def time_of(slot: Slot) -> Time:
    """Return when a slot is due."""
    return Time(slot.at, slot.publication.time_zone)


def due(send: Send) -> Time:
    """Return when a send leaves."""
    return Time(send.at, send.issue.publication.time_zone)
