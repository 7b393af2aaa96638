"""What needs a person: held slots and sends, unknown answers, a provider that is silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from newsletter.dates import format_time
from newsletter.desk.calendar.entries import Entry, entries_of
from newsletter.desk.home.rows import Row
from newsletter.desk.people_files.pages import PERMISSION as CHANGE_LISTS
from newsletter.desk.sends.queueing import PERMISSION
from newsletter.phrases import translate
from newsletter.scheduling import send_status
from newsletter.scheduling.holds import Hold, list_holds
from newsletter.sending.models import Send
from newsletter.tracking import status
from newsletter.transports.factory import provider_of
from subscribers.importing.stuck import FIX, describe_stuck, list_stuck

#: At most this many of a kind are listed.
MAX_LISTED = 5


def list_attention(user: Any, now: dt.datetime, *, sees_sends: bool) -> list[Row]:
    """Return what needs a person, the gravest first; to who may not see sends only held slots."""
    held = list_holds(now)
    rows = rows_of_holds(held[:MAX_LISTED], user, now)
    if not sees_sends:
        return rows
    return [*rows, *rows_of_imports(user, now), *rows_of_sends(held), *rows_of_provider(now)]


def rows_of_imports(user: Any, now: dt.datetime) -> list[Row]:
    """Return the imports that were left half-way: sends wait for them."""
    may_look = user.has_perm(CHANGE_LISTS)
    return [
        Row(
            title=run.file_name,
            url=reverse("desk_import", args=[run.pk]) if may_look else reverse("sends:index"),
            status=f"{translate(describe_stuck(run))} {translate(FIX)}",
            urgent=True,
        )
        for run in list_stuck(now)[:MAX_LISTED]
    ]


def rows_of_sends(held: Sequence[Hold]) -> list[Row]:
    """Return the sends that wait for somebody, besides those of the slots that are held."""
    waiting = Send.objects.filter(state__in=(Send.State.HELD, Send.State.UNRESOLVED))
    others = waiting.exclude(pk__in=[hold.slot.send_id for hold in held if hold.slot.send_id])
    sends = others.select_related("issue__publication")
    named = sorted(sends.order_by("at"), key=lambda send: send.state != Send.State.HELD)
    rows = [row_of_send(send) for send in named[:MAX_LISTED]]
    if len(named) > MAX_LISTED:
        more = gettext("{number} more").format(number=f"{len(named) - MAX_LISTED:,}")
        rows.append(Row(title=more, url=reverse("sends:index"), status="", urgent=True))
    return rows


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


def rows_of_holds(held: Sequence[Hold], user: Any, now: dt.datetime) -> list[Row]:
    """Return the slots that are held, each with the one click that sends its issue, if it is ready.

    Who may not send is led to the page of the slot.
    """
    entries = entries_of([hold.slot for hold in held], now, {})
    return [
        row_of_hold(hold, entry, may_send=user.has_perm(PERMISSION))
        for hold, entry in zip(held, entries, strict=True)
    ]


def row_of_hold(hold: Hold, entry: Entry, *, may_send: bool) -> Row:
    """Return a slot that is held: why, what is missing, and what to press."""
    zone = hold.slot.publication.time_zone
    words = gettext("The slot of {time} is held. {reason} Until {until} it can be sent.").format(
        time=entry.when, reason=entry.reason, until=format_time(hold.until, zone)
    )
    is_ready = may_send and hold.issue is not None and not entry.missing
    return Row(
        title=entry.title or entry.publication,
        url=entry.url,
        status=" · ".join([words, *entry.missing]),
        urgent=True,
        label=gettext("Send now") if is_ready else gettext("Look at it"),
        posts="send" if is_ready else "",
    )


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
