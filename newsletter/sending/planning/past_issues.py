"""Issues of the past: on the web with their own date, and never mailed.

Whoever brings in issues that another program sent wants them in the archive.  The mark
`Issue.never_mailed` is set under the lock of the issue's row, and every way to queue asks for it
under the same lock: of a queue and a mark at the same time, one is refused.  What goes on the web
this way passes the same check as all else that is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from newsletter.errors import BadInput, InvalidTransition
from newsletter.phrases import Day, phrase
from newsletter.publishing.checks.checking import Report
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.content.issue_content import content_of, today
from newsletter.publishing.models import Issue
from newsletter.sending.ledger import issue_log
from newsletter.sending.models import Send
from newsletter.sending.planning.approvals import require_approved
from newsletter.sending.planning.readiness import require_ready, require_unchanged


def put_on_web(issue: Issue, *, by: Any = None) -> Issue:
    """Put the draft of a past issue on the web, and mark that it is never mailed.

    Called again, it puts a changed draft there.  Raises `BadInput` for an issue without a date of
    the past or without content, `InvalidTransition` for one that is queued or was sent, `NotReady`
    when preflight finds errors, and `NotApproved` for one of today that somebody must approve.

    Not to be called inside a transaction: the check may take seconds.
    """
    return put_all_on_web([issue], by=by)[0]


def put_all_on_web(issues: Sequence[Issue], *, by: Any = None) -> list[Issue]:
    """Do the same for several: all of them or none, as half an archive looks like a whole one."""
    checked = [(issue, check_past(issue)) for issue in issues]
    with transaction.atomic():
        return [publish_past(issue, report, by) for issue, report in checked]


def check_past(issue: Issue) -> Report:
    """Return what preflight finds in a past issue that may go on the web, or raise as above."""
    row = Issue.objects.select_related("publication").get(pk=issue.pk)
    require_no_send(row)
    require_past(draft_of(row))
    report = require_ready(row)
    if row.publication.needs_approval and report.draft.date == today(row.publication):
        require_approved(row, report)
    return report


def publish_past(issue: Issue, report: Report, by: Any) -> Issue:
    """Publish a draft that was checked, unless it has changed since or was queued meanwhile."""
    row = lock(issue)
    require_no_send(row)
    require_unchanged(report)
    Issue.objects.filter(pk=row.pk).update(never_mailed=True)
    row.refresh_from_db()
    row.get_latest_revision().publish(user=by if getattr(by, "pk", None) else None)
    issue_log.record(row, issue_log.PUT_ON_WEB, by=by)
    row.refresh_from_db()
    return row


@transaction.atomic
def take_off_web(issue: Issue, *, by: Any = None) -> Issue:
    """Take a past issue off the web again; then it is a draft that can be queued.

    Raises `InvalidTransition` for an issue that was not put there as one of the past.
    """
    row = lock(issue)
    if not row.never_mailed:
        raise InvalidTransition(
            phrase("{title} was not put on the web as an issue of the past", title=row.title),
            hint=phrase("What was mailed stays on the web: mails lead there."),
        )
    Issue.objects.filter(pk=row.pk).update(never_mailed=False)
    row.refresh_from_db()
    row.unpublish(user=by if getattr(by, "pk", None) else None)
    issue_log.record(row, issue_log.TAKEN_OFF_WEB, by=by)
    row.refresh_from_db()
    return row


@transaction.atomic
def take_all_off_web(issues: Sequence[Issue], *, by: Any = None) -> list[Issue]:
    """Do the same for several: all of them or none."""
    return [take_off_web(issue, by=by) for issue in issues]


def lock(issue: Issue) -> Issue:
    """Return the issue as it is stored now, so that nobody else changes it meanwhile."""
    rows = Issue.objects.select_for_update(of=("self",)).select_related("publication")
    return rows.get(pk=issue.pk)


def require_mailed(issue: Issue) -> None:
    """Raise `InvalidTransition` for an issue of the past."""
    if not issue.never_mailed:
        return
    raise InvalidTransition(
        phrase("{title} is an issue of the past: it is never mailed", title=issue.title),
        hint=phrase("To mail it, take it off the web first, or make a copy of it."),
    )


def require_no_send(issue: Issue) -> None:
    """Raise `InvalidTransition` for an issue that is queued, or that somebody may have."""
    send = issue.sends.exclude(state=Send.State.CANCELLED).first()
    if send is not None:
        raise InvalidTransition(
            phrase("{title} is {state} already", title=issue.title, state=phrase(send.state)),
            hint=phrase("It is put on the web when it is sent."),
        )


def require_past(draft: Issue) -> None:
    """Raise `BadInput` for a draft that has no date, one of the future, or nothing to read."""
    if draft.date is None:
        raise BadInput(
            phrase("{title} has no date", title=draft.title),
            hint=phrase("Give it the date on which it came out, then put it on the web."),
        )
    if draft.date > today(draft.publication):
        raise BadInput(
            phrase(
                "{title} is of {day}, which is yet to come", title=draft.title, day=Day(draft.date)
            ),
            hint=phrase("Queue it instead: it is put on the web when it is sent."),
        )
    if not content_of(draft, strict=False).blocks:
        raise BadInput(
            phrase("{title} has no content", title=draft.title),
            hint=phrase("Write or import it first."),
        )
