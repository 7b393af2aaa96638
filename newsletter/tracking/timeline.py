"""What providers reported about a person, for the timeline.

Opens and clicks are no events here: tracking is off, and they are not kept for persons.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from newsletter.sending.reporting.timeline import title_of
from newsletter.tracking.models import Event
from subscribers.models import Subscriber
from subscribers.timeline.entries import Entry, register_source, until


def list_events(person: Subscriber, last: dt.datetime | None, limit: int) -> Iterator[Entry]:
    """Yield what the provider reported about each mail to the person."""
    rows = Event.objects.filter(delivery__subscriber=person)
    for each in until(rows.select_related("delivery__send__issue"), "at", last, limit):
        yield Entry(
            at=each.at,
            text=_("{issue}: {state}").format(
                issue=title_of(each.delivery.send), state=each.get_kind_display()
            ),
            detail=each.reason,
            kind="mail",
            send=each.delivery.send_id,
            order=each.pk,
        )


def register() -> None:
    """Register the source; called once, when the app starts."""
    register_source("60-events", list_events)
