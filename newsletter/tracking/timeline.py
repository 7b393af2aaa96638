"""What providers reported about a person, for the timeline.

Opens and clicks stand there only where a publication counts them, and as what was counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from newsletter.sending.models import Send
from newsletter.sending.reporting.timeline import title_of
from newsletter.tracking.models import CountedClicks, CountedOpens, Event
from newsletter.tracking.reader_words import describe_clicks, describe_opens
from subscribers.models import Subscriber
from subscribers.timeline.entries import Entry, register_source, until


def ask_events(person: Subscriber, last: dt.datetime | None, limit: int) -> tuple[QuerySet[Event]]:
    """Name what the provider reported about mail to the person."""
    rows = Event.objects.filter(delivery__subscriber=person)
    return (until(rows.select_related("delivery__send__issue"), "at", last, limit),)


def list_events(_person: Subscriber, events: Iterable[Event]) -> Iterator[Entry]:
    """Yield what the provider reported about each mail to the person."""
    for each in events:
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


def ask_counts(
    person: Subscriber, last: dt.datetime | None, limit: int
) -> tuple[QuerySet[CountedOpens], QuerySet[CountedClicks]]:
    """Name what was counted of mail to the person."""
    opens = CountedOpens.objects.filter(delivery__subscriber=person)
    clicks = CountedClicks.objects.filter(delivery__subscriber=person)
    if last is not None:
        opens, clicks = opens.filter(first_at__lte=last), clicks.filter(first_at__lte=last)
    opens = opens.select_related("send__issue").order_by("-first_at", "-pk")
    clicks = clicks.select_related("link__send__issue").order_by("-first_at", "-pk")
    return opens[:limit], clicks[:limit]


def list_counts(
    _person: Subscriber, opens: Iterable[CountedOpens], clicks: Iterable[CountedClicks]
) -> Iterator[Entry]:
    """Yield what was counted of each mail to the person, at the time of the first."""
    for each in opens:
        yield build_entry(each.first_at, each.send, describe_opens(each), each.pk)
    for click in clicks:
        yield build_entry(click.first_at, click.link.send, describe_clicks(click), click.pk)


def build_entry(at: dt.datetime, send: Send, words: str, order: int) -> Entry:
    """Return the entry of a count."""
    text = _("{issue}: {state}").format(issue=title_of(send), state=words)
    return Entry(at=at, text=text, kind="mail", send=send.pk, order=order)


def register() -> None:
    """Register the sources; called once, when the app starts."""
    register_source("60-events", ask_events, list_events)
    register_source("61-counts", ask_counts, list_counts)
