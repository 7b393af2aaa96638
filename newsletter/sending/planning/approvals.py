"""Approve an issue: what was approved is what is sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from newsletter.publishing.checks.checking import Report
from newsletter.publishing.models import Issue
from newsletter.sending.ledger.editions import freeze
from newsletter.sending.models import Edition, Send
from newsletter.sending.planning import readiness


def approve(issue: Issue, *, day: dt.date | None = None, by: Any = None) -> Edition:
    """Freeze the latest draft and mark it as what may be sent; `by` is a user or nobody.

    `day` is when it is to go out, for an issue without a date: it stands in the mail.
    Raises `NotReady` when preflight finds errors.
    """
    return approve_as_checked(issue, readiness.require_ready(issue, day=day), by=by)


@transaction.atomic
def approve_as_checked(issue: Issue, report: Report, *, by: Any = None) -> Edition:
    """Do so with a draft that was looked at and found in order.

    A send that was queued before any approval takes the approved edition.  One that holds an
    approved edition keeps it: a later edit of the draft never slips into a queued send.
    """
    readiness.require_unchanged(report)
    edition = freeze(issue, report)
    if edition.approved_at is None:
        edition.approved_at, edition.approved_by = timezone.now(), by
        edition.save(update_fields=["approved_at", "approved_by"])
    waiting = issue.sends.filter(
        state__in=(Send.State.QUEUED, Send.State.HELD), started_at=None, edition__approved_at=None
    )
    waiting.update(edition=edition)
    return edition
