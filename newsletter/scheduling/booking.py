"""Reserve a slot for an issue, and release it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from newsletter.publishing.models import Issue
from newsletter.scheduling import slots
from newsletter.scheduling.holds import fill_held, release
from newsletter.scheduling.models import Slot
from newsletter.sending import trusted_time
from newsletter.sending.models import Send
from newsletter.sending.operations import control
from newsletter.sending.planning import queue
from subscribers.models import Segment


def book_next_slot(
    issue: Issue,
    *,
    now: dt.datetime,
    batch_size: int,
    by: Any = None,
    segment: Segment | None = None,
) -> tuple[Slot, Send]:
    """Queue an issue for the slot planned for it, else for the first open one.

    Raises as queueing does.
    """
    slot = slots.next_open(issue.publication, now, issue)

    def fill(send: Send) -> None:
        slots.fill_slot(slot, send)

    send = queue.queue(issue, at=slot.at, batch_size=batch_size, by=by, segment=segment, also=fill)
    slot.refresh_from_db()
    return slot, send


@transaction.atomic
def give_back(send: Send, *, by: Any = None) -> None:
    """Take a send out of the queue and open its slot again."""
    queue.unqueue(send, by=by)
    release(send, trusted_time.now())


def queue_again(send: Send, *, batch_size: int, by: Any = None) -> Send:
    """Queue the current draft in place of the queued send, for the same time, slot and segment.

    Raises as queueing does; then what was queued stays queued.
    """
    slot = Slot.objects.filter(send=send).first()

    def take_back() -> None:
        give_back(send, by=by)

    def fill(fresh: Send) -> None:
        if slot is None:
            return
        # To take it back has held the slot if that is due by now, as one is that was sent late.
        slot.refresh_from_db()
        put_in = fill_held if slot.state == Slot.State.HELD else slots.fill_slot
        put_in(slot, fresh)

    return queue.queue(
        send.issue,
        at=send.at,
        batch_size=batch_size,
        by=by,
        segment=send.segment,
        replaces=send,
        before=take_back,
        also=fill,
    )


@transaction.atomic
def call_off(send: Send, *, by: str = "") -> tuple[Send, int]:
    """Cancel a send; return it with how many people have the mail, or may have it.

    If nobody has it, its slot is open again.
    """
    send, reached = control.cancel(send, by=by)
    if not reached:
        release(send, trusted_time.now())
    return send, reached
