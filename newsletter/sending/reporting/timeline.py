"""What the ledger tells in a person's timeline: issues that went to them, or left them out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from newsletter.phrases import translate
from newsletter.sending.models import Delivery, Exclusion, Send
from newsletter.sending.reporting.held import batch_state
from subscribers.models import Subscriber
from subscribers.timeline.entries import Entry, register_source

#: Their objects have the time `sent_at` as well.
Rows = QuerySet[Any, Any]


def newest(rows: QuerySet[Any], last: dt.datetime | None, limit: int) -> QuerySet[Any]:
    """Return the rows of the newest sends, each with the time `sent_at`."""
    rows = rows.annotate(sent_at=Coalesce("send__started_at", "send__at"))
    if last is not None:
        rows = rows.filter(sent_at__lte=last)
    return rows.select_related("send__issue").order_by("-sent_at", "-pk")[:limit]


def title_of(send: Send) -> str:
    """Return the title of the issue of a send, as its editors know it."""
    return str(send.issue.draft_title or send.issue.title)


def ask_deliveries(person: Subscriber, last: dt.datetime | None, limit: int) -> tuple[Rows]:
    """Name what was to go to the person."""
    rows = Delivery.objects.filter(subscriber=person).select_related("batch")
    return (newest(rows, last, limit),)


def list_deliveries(person: Subscriber, deliveries: Rows) -> Iterator[Entry]:
    """Yield each issue that was to go to the person, with what is known of it."""
    for each in deliveries:
        outcome = each.get_outcome_display() if each.outcome else batch_state(each.batch)
        elsewhere = "" if each.address == person.email else each.address
        reason = str(translate(each.reason))
        yield Entry(
            at=each.sent_at,
            text=_("{issue}: {state}").format(issue=title_of(each.send), state=outcome),
            detail=" · ".join(part for part in (elsewhere, reason) if part),
            kind="mail",
            send=each.send_id,
            order=each.pk,
        )


def ask_exclusions(person: Subscriber, last: dt.datetime | None, limit: int) -> tuple[Rows]:
    """Name what left the person out."""
    return (newest(Exclusion.objects.filter(subscriber=person), last, limit),)


def list_exclusions(_person: Subscriber, exclusions: Rows) -> Iterator[Entry]:
    """Yield each issue that left the person out, and why."""
    for each in exclusions:
        why = Exclusion.Reason(each.reason).label
        yield Entry(
            at=each.sent_at,
            text=_("%(issue)s: left out (%(why)s)") % {"issue": title_of(each.send), "why": why},
            kind="mail",
            send=each.send_id,
            order=each.pk,
        )


def register_sources() -> None:
    """Register what the ledger knows; called once, when the app starts."""
    register_source("50-deliveries", ask_deliveries, list_deliveries)
    register_source("51-exclusions", ask_exclusions, list_exclusions)
