"""Feeds for calendar programs: the slots of a year at a secret address, as iCalendar (RFC 5545).

The address is a random key with a signature of it.  The table has the key alone, so whoever reads
the table, or a backup of it, cannot make the address.  Taking a feed back deletes its key.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext, override

from newsletter.conf.config import load
from newsletter.publishing.models import Publication
from newsletter.scheduling.calendar_slots import list_slots
from newsletter.scheduling.dropped_dates import AHEAD, list_dropped
from newsletter.scheduling.models import CalendarFeed, Slot
from newsletter.scheduling.numbers import holder_of
from newsletter.scheduling.slots import state_of

if TYPE_CHECKING:
    from icalendar import Event

#: What the signature is for, so that no other one of ours fits.
SALT = "newsletter.calendar-feed"
#: From so long ago on slots stand in a feed.
BEHIND = dt.timedelta(days=92)
#: So long a slot takes in a calendar; mail has no length.
LENGTH = dt.timedelta(minutes=15)
#: After this time programs may ask again.
REFRESH = dt.timedelta(minutes=30)


def _signer() -> Signer:
    return Signer(sep=".", salt=SALT)


def secret_of(feed: CalendarFeed) -> str:
    """Return what the address of a feed ends with."""
    return _signer().sign(feed.key)


def find_feed(secret: str) -> CalendarFeed | None:
    """Return the feed of a secret; None if there is none, or its person may not log in any more."""
    try:
        key = _signer().unsign(secret)
    except BadSignature:
        return None
    feed = CalendarFeed.objects.select_related("user", "publication").filter(key=key).first()
    if feed is None or (feed.user is not None and not feed.user.is_active):
        return None
    return feed


@transaction.atomic
def renew_feed(user: User | None = None, publication: Publication | None = None) -> CalendarFeed:
    """Return a feed with a new address, of a person or of a publication; the old one is dead."""
    CalendarFeed.objects.filter(user=user, publication=publication).delete()
    return CalendarFeed.objects.create(
        user=user, publication=publication, key=secrets.token_hex(16)
    )


def revoke_feed(user: User | None = None, publication: Publication | None = None) -> bool:
    """Take the address of a person or of a publication back; say whether there was one."""
    return bool(CalendarFeed.objects.filter(user=user, publication=publication).delete()[0])


def write_feed(publications: list[Publication], now: dt.datetime, language: str) -> bytes:
    """Return the slots of publications as iCalendar, in a language."""
    from icalendar import Calendar  # needed for the first feed that is asked for

    with override(language):
        calendar = Calendar()
        for name, value in headers(publications).items():
            calendar.add(name, value)
        listed = list_slots(publications, now - BEHIND, now + AHEAD, now)
        for slot in [*listed, *dropped_slots(publications, now)]:
            calendar.add_component(event(slot))
        # Its clocks go with it: a program need not know the zone by its name.
        calendar.add_missing_timezones(
            first_date=(now - BEHIND).date().replace(month=1, day=1),
            last_date=(now + AHEAD).date().replace(month=12, day=31),
        )
        written: bytes = calendar.to_ical()
        return written


def dropped_slots(publications: list[Publication], now: dt.datetime) -> Iterator[Slot]:
    """Yield the slots to come that the rhythm has no more, as skipped ones."""
    for publication in publications:
        kept = set(publication.slots.filter(at__gt=now).values_list("date", flat=True))
        for date, at in list_dropped(publication):
            if at > now and date not in kept:
                yield Slot(publication=publication, date=date, at=at, state=Slot.State.SKIPPED)


def headers(publications: list[Publication]) -> dict[str, Any]:
    """Return what stands above the events."""
    names = ", ".join(publication.name for publication in publications)
    return {
        "prodid": "-//Fortnight//newsletter//EN",
        "version": "2.0",
        "calscale": "GREGORIAN",
        "method": "PUBLISH",
        "x-wr-calname": gettext("Slots: {names}").format(names=names),
        "refresh-interval": REFRESH,
        "x-published-ttl": "PT30M",
    }


def event(slot: Slot) -> Event:
    """Return a slot as an event; nobody's name and no reason is in it."""
    from icalendar import Event

    publication = slot.publication
    is_skipped = state_of(slot) == Slot.State.SKIPPED
    found = Event()
    found.add("uid", uid_of(slot))
    # The same each time it is asked for: a feed that did not change is not sent again.
    changed_at = slot.changed_at if slot.pk else publication.rhythm_changed_at or slot.at
    found.add("dtstamp", changed_at.replace(microsecond=0))
    found.add("last-modified", changed_at.replace(microsecond=0))
    found.add("sequence", publication.rhythm_version + slot.sequence)
    begin = slot.at.astimezone(ZoneInfo(publication.time_zone))
    found.add("dtstart", begin)
    found.add("dtend", (slot.at + LENGTH).astimezone(begin.tzinfo))
    found.add("summary", summary_of(slot))
    found.add("status", "CANCELLED" if is_skipped else "CONFIRMED")
    found.add("transp", "TRANSPARENT")
    return found


def uid_of(slot: Slot) -> str:
    """Return the name of a slot that it keeps for good, wherever it is moved."""
    host = urlsplit(load().site.base_url).hostname or "localhost"
    return f"slot-{slot.publication_id}-{slot.date.isoformat()}@{host}"


def summary_of(slot: Slot) -> str:
    """Return what an event is called: the issue or the publication, and how the slot stands."""
    issue = holder_of(slot)
    title = (issue.draft_title or issue.title) if issue else slot.publication.name
    state = str(Slot.State(state_of(slot)).label)
    return " – ".join(filter(None, (title, slot.name, state)))


def publications_of(feed: CalendarFeed) -> list[Publication]:
    """Return whose slots a feed has: one publication's, or all."""
    everything: Iterable[Publication] = Publication.objects.all()
    return [feed.publication] if feed.publication is not None else list(everything)
