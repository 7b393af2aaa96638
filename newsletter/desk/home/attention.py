"""What needs a person: held sends, unknown answers, missed slots, a provider that is silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from newsletter.dates import format_time
from newsletter.desk.home.rows import Row
from newsletter.desk.sends.queueing import PERMISSION
from newsletter.scheduling import send_status
from newsletter.scheduling.models import Slot
from newsletter.sending.models import Send
from newsletter.tracking import status
from newsletter.transports.factory import provider_of

#: So long a slot is named that passed empty.
MISSED_FOR = dt.timedelta(days=14)
#: At most this many of a kind are listed.
MAX_LISTED = 5


def list_attention(user: Any, now: dt.datetime) -> list[Row]:
    """Return what needs a person, the gravest first, for somebody who may see sends."""
    waiting = (Send.State.HELD, Send.State.UNRESOLVED)
    sends = Send.objects.filter(state__in=waiting).select_related("issue__publication")
    named = sorted(sends.order_by("at"), key=lambda send: send.state != Send.State.HELD)
    rows = [row_of_send(send) for send in named[:MAX_LISTED]]
    if len(named) > MAX_LISTED:
        more = gettext("{number} more").format(number=f"{len(named) - MAX_LISTED:,}")
        rows.append(Row(title=more, url=reverse("sends:index"), status="", urgent=True))
    if user.has_perm(PERMISSION):
        rows += rows_of_missed(missed_slots(now))
    return [*rows, *rows_of_provider(now)]


def row_of_send(send: Send) -> Row:
    """Return a send that waits for somebody: why, and what to press."""
    held = send.state == Send.State.HELD
    title = send.issue.draft_title or send.issue.title
    if not held:
        words = gettext("Submitted, but some answers are unknown: who has it is not certain.")
        url = reverse("desk_resolve", args=[send.pk])
        return Row(
            title=title, url=url, status=words, urgent=True, label=gettext("See what is known")
        )
    return Row(
        title=title,
        url=reverse("desk_send", args=[send.pk]),
        status=held_words(send),
        urgent=True,
        label=gettext("Look at it"),
    )


def held_words(send: Send) -> str:
    """Say that a send is held, by what, and why."""
    note = send_status.note_of(send)
    if not send.held_by:
        return note or str(send.get_state_display())
    words = gettext("Paused automatically: {why}.").format(why=send.get_held_by_display())
    return f"{words} {note}".strip()


def missed_slots(now: dt.datetime) -> Iterable[Slot]:
    """Return the slots that passed empty a short while ago."""
    held = Slot.objects.filter(state=Slot.State.HELD, send=None, at__lte=now)
    recent = held.filter(at__gte=now - MISSED_FOR).select_related("publication")
    return recent.order_by("-at")[:MAX_LISTED]


def rows_of_missed(slots: Iterable[Slot]) -> list[Row]:
    """Return slots that passed with nothing in them, each with the way to the calendar."""
    return [
        Row(
            title=slot.publication.name,
            url=reverse("desk_schedule"),
            status=gettext("Nothing was queued for the slot of {time}.").format(
                time=format_time(slot.at, slot.publication.time_zone)
            ),
            urgent=True,
            label=gettext("Open the calendar"),
        )
        for slot in slots
    ]


def rows_of_provider(now: dt.datetime) -> list[Row]:
    """Return what is wrong with the news that the provider should give, where it gives any."""
    if provider_of(settings.CONFIG).webhook is None:
        return []
    hints = (status.silence_hint(now), status.stuck_hint())
    title = gettext("News from the mail provider")
    return [
        Row(title=title, url=reverse("sends:index"), status=hint, urgent=True)
        for hint in hints
        if hint
    ]
