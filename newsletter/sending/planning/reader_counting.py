"""Whether a send has its opens and clicks counted: only if its publication asks, and always less.

A send decides as it begins, so that its report says one thing of all its people.  Whoever switches
counting off means it at once: then the batches that are left go out uncounted.
"""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from newsletter.publishing.models import Publication
from newsletter.sending.models import Send
from newsletter.transports.base import Message
from newsletter.transports.events import Counted
from newsletter.transports.factory import provider_of


def can_count() -> bool:
    """Say whether the transport of this installation counts opens and clicks at all."""
    return provider_of(settings.CONFIG).counts_readers


def plan_counting(publication: Publication) -> dict[str, bool]:
    """Return what a send of a publication stores as it begins."""
    possible = can_count()
    return {
        "count_opens": possible and publication.count_opens,
        "count_clicks": possible and publication.count_clicks,
    }


def mark_to_count(message: Message, send: Send, publication: Publication) -> Message:
    """Return a message of a send that says what is counted of it now."""
    return replace(
        message,
        count_opens=send.count_opens and publication.count_opens,
        count_clicks=send.count_clicks and publication.count_clicks,
    )


def counted_by(publication: Publication) -> frozenset[Counted]:
    """Return what a publication asks for."""
    asked = {Counted.OPEN: publication.count_opens, Counted.CLICK: publication.count_clicks}
    return frozenset(kind for kind, on in asked.items() if on)


def counted_anywhere() -> frozenset[Counted]:
    """Return what any publication asks for."""
    return frozenset[Counted]().union(*map(counted_by, Publication.objects.all()))
