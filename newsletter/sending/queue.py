"""Queue an issue: name the moment, freeze the edition, and leave the rest to the clock."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from newsletter.errors import AlreadyQueued, BadInput, WrongStep
from newsletter.publishing.models import Issue
from newsletter.sending.editions import approve, freeze
from newsletter.sending.models import Batch, Send
from newsletter.sending.states import must_step


@transaction.atomic
def queue(issue: Issue, *, at: dt.datetime, batch_size: int, by: Any = None) -> Send:
    """Queue the latest draft for all lists of its publication at a moment.

    Where the publication needs no approval, queueing is the approval.  Raises `AlreadyQueued`
    when the issue has a live send: the database allows one.
    """
    lists = list(issue.publication.lists.all())
    if not lists:
        raise BadInput(
            f"{issue.publication} has no list to send to",
            hint="Give it one in the desk, under Publications.",
        )
    if Batch.objects.filter(send__issue=issue, state=Batch.State.CLAIMED).exists():
        raise WrongStep(
            f"{issue.title}: a cancelled send still finishes a request",
            hint="Try again in a minute; then it is known who has the mail.",
        )
    edition = freeze(issue) if issue.publication.needs_approval else approve(issue, by=by)
    try:
        with transaction.atomic():
            send = Send.objects.create(issue=issue, edition=edition, at=at, batch_size=batch_size)
    except IntegrityError:
        live = issue.sends.exclude(state=Send.State.CANCELLED).get()
        raise AlreadyQueued(f"{issue.title}: send {live.pk} is {live.state}") from None
    send.lists.set(lists)
    return send


def unqueue(send: Send) -> None:
    """Take a queued send back; nothing has been counted or handed over."""
    must_step(Send, send.pk, start=Send.State.QUEUED, end=Send.State.CANCELLED)
