"""Begin the sends whose moment has come, or hold them and say why."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.db.models.functions import Now

from newsletter.sending.models import Send
from newsletter.sending.states import step

log = logging.getLogger(__name__)


def due(now: dt.datetime) -> list[int]:
    """Return the queued sends whose moment is not after `now`."""
    rows = Send.objects.filter(state=Send.State.QUEUED, at__lte=now)
    return list(rows.order_by("at").values_list("pk", flat=True))


def planning() -> list[int]:
    """Return the sends whose audience is being counted, or was when a process died."""
    return list(Send.objects.filter(state=Send.State.PLANNING).values_list("pk", flat=True))


def begin(send_id: int, now: dt.datetime, *, late: dt.timedelta) -> None:
    """Let a due send go to planning; hold it where nothing is approved or it is too late."""
    send = Send.objects.select_related("edition__revision", "issue").get(pk=send_id)
    why = obstacle(send, now, late)
    if not why:
        try:
            take_up(send)
        except Exception as error:
            log.exception("send %s cannot begin", send_id)
            why = f"It cannot begin: {error}"
    if why:
        step(Send, send_id, start=Send.State.QUEUED, end=Send.State.HELD, note=why[:500])


@transaction.atomic
def take_up(send: Send) -> None:
    """Begin to plan, and put the issue on the web with it, because the mail links there."""
    if step(
        Send, send.pk, start=Send.State.QUEUED, end=Send.State.PLANNING, started_at=Now(), note=""
    ) and (revision := send.edition.revision):
        revision.publish()


def obstacle(send: Send, now: dt.datetime, late: dt.timedelta) -> str:
    """Return why a due send must not begin by itself; empty when it may."""
    if send.edition.approved_at is None:
        return "Nothing was approved in time. Approve the issue, then resume this send."
    if now - send.at > late:
        hours = (now - send.at) / dt.timedelta(hours=1)
        return f"Its moment passed {hours:.0f} hours ago, while nothing ran. Resume or cancel it."
    return ""
