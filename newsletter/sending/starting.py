"""Begin the sends whose moment has come, or hold them and say why."""

from __future__ import annotations

import datetime as dt

from django.db.models.functions import Now

from newsletter.sending.models import Send
from newsletter.sending.states import step


def due(now: dt.datetime) -> list[int]:
    """Return the queued sends whose moment is not after `now`."""
    rows = Send.objects.filter(state=Send.State.QUEUED, at__lte=now)
    return list(rows.order_by("at").values_list("pk", flat=True))


def planning() -> list[int]:
    """Return the sends whose audience is being counted, or was when a process died."""
    return list(Send.objects.filter(state=Send.State.PLANNING).values_list("pk", flat=True))


def begin(send_id: int, now: dt.datetime, *, late: dt.timedelta) -> None:
    """Let a due send go to planning; hold it where nothing is approved or it is too late.

    The issue's web page goes public here, because the mail links to it.
    """
    send = Send.objects.select_related("edition__revision", "issue").get(pk=send_id)
    if why := obstacle(send, now, late):
        step(Send, send_id, start=Send.State.QUEUED, end=Send.State.HELD, note=why)
        return
    if not step(
        Send, send_id, start=Send.State.QUEUED, end=Send.State.PLANNING, started_at=Now(), note=""
    ):
        return
    if send.edition.revision is not None:
        send.edition.revision.publish()


def obstacle(send: Send, now: dt.datetime, late: dt.timedelta) -> str:
    """Return why a due send must not begin by itself; empty when it may."""
    if send.edition.approved_at is None:
        return "Nothing was approved in time. Approve the issue, then resume this send."
    if now - send.at > late:
        hours = (now - send.at) / dt.timedelta(hours=1)
        return f"Its moment passed {hours:.0f} hours ago, while nothing ran. Resume or cancel it."
    return ""
