"""Start the sends that are due, or hold them and say why."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.db.models import Exists
from django.db.models.functions import Now

from newsletter.phrases import counted_phrase, phrase
from newsletter.runtime.availability import is_unavailable
from newsletter.sending.ledger.states import transition
from newsletter.sending.models import Send
from newsletter.sending.planning import reader_counting
from newsletter.sending.prescheduled import provider_batches
from newsletter.sending.restores import suspensions
from newsletter.sending.safeguards import canary
from subscribers.importing import unfinished
from subscribers.segments.parsing import parse_filter

#: No issue is submitted longer before its time (`Publication.preschedule_minutes`).
MAX_LEAD = dt.timedelta(minutes=600)

log = logging.getLogger(__name__)


def due_sends(now: dt.datetime) -> list[int]:
    """Return the queued sends to start: they are due, or are to be submitted before that.

    While an import is half-written, none: it may be taken back.
    """
    if unfinished.is_any():
        return []
    rows = Send.objects.filter(state=Send.State.QUEUED, at__lte=now + MAX_LEAD)
    rows = rows.exclude(Exists(suspensions.suspended_identities()))
    queued = rows.select_related("issue__publication").order_by("at")
    return [send.pk for send in queued if now >= send.at - lead_time(send, now)]


def lead_time(send: Send, now: dt.datetime) -> dt.timedelta:
    """Return how long before its time a queued send is started, as its publication says now."""
    direct = provider_batches.delivery_mode_for(send, now) == Send.DeliveryMode.IMMEDIATE
    return dt.timedelta() if direct else provider_batches.lead_time(send.issue.publication)


def sends_in_planning() -> list[int]:
    """Return the sends whose audience is being counted, or was when a process died.

    None while an import is half-written.
    """
    if unfinished.is_any():
        return []
    rows = Send.objects.filter(state=Send.State.PLANNING).exclude(
        Exists(suspensions.suspended_identities())
    )
    return list(rows.values_list("pk", flat=True))


def begin_planning(send_id: int, now: dt.datetime, *, late: dt.timedelta) -> None:
    """Start planning a due send; hold it if nothing is approved or if it is too late."""
    sends = Send.objects.select_related("edition__revision", "issue__publication")
    send = sends.get(pk=send_id)
    send.delivery_mode = provider_batches.delivery_mode_for(send, now)
    if now < send.at and (
        send.delivery_mode == Send.DeliveryMode.IMMEDIATE or send.edition.approved_at is None
    ):
        return
    why = reason_to_hold(send, now, late)
    if not why:
        try:
            start_planning(send)
        except Exception as error:
            if is_unavailable(error):
                raise  # it is the database's fault, not the send's: the next tick tries again
            log.exception("send %s cannot begin", send_id)
            why = phrase("It cannot begin: {error}", error=getattr(error, "message", str(error)))
    start, end = Send.State.QUEUED, Send.State.HELD
    if why and transition(Send, send_id, start=start, end=end, note=why):
        log.error("send %s is held. %s", send_id, why)


@transaction.atomic
def start_planning(send: Send) -> None:
    """Start to plan, and publish the issue on the web, because the mail links there.

    Where mail is pre-scheduled, the issue is published at its scheduled time (`prescheduled`).
    """
    start, end = Send.State.QUEUED, Send.State.PLANNING
    kept = canary.plan_canary(send)
    # A filter may ask about a list that is gone since: then the send is held, and nobody guesses.
    for source in filter(None, (send.segment_filter, kept.get("seed_filter"))):
        parse_filter(source)
    kept["delivery_mode"] = send.delivery_mode
    kept |= reader_counting.plan_counting(send.issue.publication)
    if not transition(Send, send.pk, start=start, end=end, started_at=Now(), note="", **kept):
        return
    if send.delivery_mode == Send.DeliveryMode.IMMEDIATE and (revision := send.edition.revision):
        revision.publish()


def reason_to_hold(send: Send, now: dt.datetime, late: dt.timedelta) -> str:
    """Return why a due send must not start automatically; empty if it may."""
    if send.edition.approved_at is None:
        return phrase("Nothing was approved in time. Approve the issue, then resume this send.")
    if now - send.at > late:
        hours = round((now - send.at) / dt.timedelta(hours=1))
        return counted_phrase(
            "It was due {number} hour ago, but no process was running. Resume or cancel it.",
            "It was due {number} hours ago, but no process was running. Resume or cancel it.",
            hours,
        )
    return ""
