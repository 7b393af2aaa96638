"""Queue an issue: set the time, freeze the edition; the clock does the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from newsletter.errors import AlreadyQueued, BadInput, InvalidTransition
from newsletter.phrases import phrase
from newsletter.publishing.checks.checking import Report
from newsletter.publishing.models import Issue
from newsletter.sending import trusted_time
from newsletter.sending.ledger import editions, issue_log
from newsletter.sending.ledger.states import require_transition
from newsletter.sending.models import Batch, Edition, ProviderBatch, Send
from newsletter.sending.planning.approvals import approve_as_checked, require_approved
from newsletter.sending.planning.past_issues import lock, require_mailed
from newsletter.sending.planning.readiness import require_ready, require_unchanged
from newsletter.sending.prescheduled import provider_batches
from subscribers.models import Segment


def queue(
    issue: Issue,
    *,
    at: dt.datetime,
    batch_size: int,
    by: Any = None,
    segment: Segment | None = None,
    replaces: Send | None = None,
    before: Callable[[], object] | None = None,
    also: Callable[[Send], object] | None = None,
) -> Send:
    """Queue the latest draft for all lists of its publication at a time.

    With a `segment`, it goes to those of the lists who are in it when it starts; the filter is
    the one that the segment has now.
    This is the only way to queue.  The draft is checked first, outside of any transaction, and
    the checked edition is the one that is frozen.  `before`, which takes back the send that it
    `replaces`, and `also` happen together with the new send, or not at all.  Where the
    publication needs no approval, queueing is the approval.

    Raises `NotReady` when preflight finds errors, `NotApproved` where somebody must approve it
    first as it stands, `AlreadyQueued` when the issue has a live
    send: the database allows one.
    """
    require_free(issue, replaces)
    day = at.astimezone(ZoneInfo(issue.publication.time_zone)).date()
    report = require_ready(issue, day=day)
    with transaction.atomic():
        require_unchanged(report)
        edition = edition_of(issue, report, by)
        if before:
            before()
        send = create_send(issue, edition, at=at, batch_size=batch_size, segment=segment)
        Issue.objects.filter(pk=issue.pk, issued_on=None).update(issued_on=day)
        zone = issue.publication.time_zone
        facts = {"hash": send.edition.hash, "at": at.isoformat(), "zone": zone}
        issue_log.record(issue, issue_log.QUEUED, by=by, **facts)
        if also:
            also(send)
    return send


def require_free(issue: Issue, replaced: Send | None = None) -> None:
    """Raise an error if the issue cannot be queued, whatever its content is.  It is quick."""
    if not issue.publication.lists.filter(archived_at=None).exists():
        raise BadInput(
            phrase(
                "{publication} has no list to send to, or only archived ones",
                publication=issue.publication,
            ),
            hint=phrase("Give it one in the desk, under Publications."),
        )
    require_mailed(issue)
    require_resolved(issue)
    others = issue.sends.exclude(state=Send.State.CANCELLED)
    if live := others.exclude(pk=replaced.pk if replaced else None).first():
        raise already_queued(issue, live)


def already_queued(issue: Issue, live: Send) -> AlreadyQueued:
    """Return the error that says which send of an issue is in the way, and how it stands."""
    return AlreadyQueued(
        phrase(
            "{title}: send {send} is {state}",
            title=issue.title,
            send=live.pk,
            state=phrase(live.state),
        ),
        hint=phrase("Cancel that one first: newsletter send cancel {send}", send=live.pk)
        if live.state == Send.State.QUEUED
        else "",
    )


def require_resolved(issue: Issue) -> None:
    """Raise `InvalidTransition` while it is not known who has the mail of an ended send."""
    if Batch.objects.filter(send__issue=issue, state=Batch.State.CLAIMED).exists():
        raise InvalidTransition(
            phrase("{title}: a cancelled send still finishes a request", title=issue.title),
            hint=phrase("Try again in a minute; then it is known who has the mail."),
        )
    if ProviderBatch.objects.filter(send__issue=issue, state__in=provider_batches.LIVE).exists():
        raise InvalidTransition(
            phrase("{title}: what was pre-scheduled is still being cancelled", title=issue.title),
            hint=phrase("Try again in a minute; see: newsletter send list"),
        )


def edition_of(issue: Issue, report: Report, by: Any) -> Edition:
    """Return the approved edition; approve the checked draft if nobody else must."""
    if issue.publication.needs_approval:
        return require_approved(issue, report)
    return approve_as_checked(issue, report, by=by)


def create_send(
    issue: Issue,
    edition: Edition,
    *,
    at: dt.datetime,
    batch_size: int,
    segment: Segment | None = None,
) -> Send:
    """Return the new send of an edition; if two processes try, one wins."""
    try:
        with transaction.atomic():
            require_mailed(lock(issue))
            send = Send(issue=issue, edition=edition, at=at, batch_size=batch_size)
            send.segment, send.segment_filter = segment, segment.filter if segment else ""
            send.delivery_mode = provider_batches.delivery_mode_for(send, trusted_time.now())
            send.save()
    except IntegrityError:
        live = issue.sends.exclude(state=Send.State.CANCELLED).latest("pk")
        raise already_queued(issue, live) from None
    send.lists.set(issue.publication.lists.filter(archived_at=None))
    return send


@transaction.atomic
def unqueue(send: Send, *, by: Any = None) -> None:
    """Take a queued send out of the queue; nothing has been counted or submitted."""
    require_transition(Send, send.pk, start=Send.State.QUEUED, end=Send.State.CANCELLED)
    editions.forget_day(send.issue_id)
    issue_log.record(send.issue, issue_log.UNQUEUED, by=by)
