"""What the first page of the desk says of approvals: what waits for you, what became of yours."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.desk.home.rows import Row
from newsletter.publishing.rights import APPROVE_ISSUE
from newsletter.sending.ledger.issue_log import name_of
from newsletter.sending.models import ApprovalRequest, Send

#: How many of each kind are listed at most.
MAX_LISTED = 5
#: So long an answer is shown to who asked.
SHOWN_FOR = dt.timedelta(days=14)


def rows_for(user: Any) -> list[Row]:
    """Return the questions that a person may answer, then the answers to theirs."""
    waiting = asked_of(user)[:MAX_LISTED] if user.has_perm(APPROVE_ISSUE) else []
    rows = [
        describe_question(each, _("asked by %(name)s"), each.asked_by, urgent=True)
        for each in waiting
    ]
    for each in answers_to(user)[:MAX_LISTED]:
        is_approved = each.state == ApprovalRequest.State.APPROVED
        words = _("approved by %(name)s") if is_approved else _("sent back by %(name)s")
        rows.append(describe_question(each, words, each.answered_by, urgent=not is_approved))
    return rows


def asked_of(user: Any) -> QuerySet[ApprovalRequest]:
    """Return the open questions of others, the oldest first."""
    is_open = ApprovalRequest.objects.filter(state=ApprovalRequest.State.OPEN)
    others = is_open.exclude(asked_by=user).select_related("issue", "asked_by")
    return others.order_by("asked_at")


def answers_to(user: Any) -> QuerySet[ApprovalRequest]:
    """Return the answers to a person's last questions about what is not queued or sent yet."""
    later = ApprovalRequest.objects.filter(issue=OuterRef("issue"), pk__gt=OuterRef("pk"))
    sends = Send.objects.filter(issue=OuterRef("issue")).exclude(state=Send.State.CANCELLED)
    mine = ApprovalRequest.objects.filter(
        asked_by=user, answered_at__gte=timezone.now() - SHOWN_FOR
    )
    answered = mine.exclude(state=ApprovalRequest.State.OPEN)
    fresh = answered.filter(~Exists(later), ~Exists(sends))
    return fresh.select_related("issue", "answered_by")


def describe_question(request: ApprovalRequest, words: str, person: Any, *, urgent: bool) -> Row:
    """Return a question as a line that leads to the page of its approval."""
    issue = request.issue
    return Row(
        title=issue.draft_title or issue.title,
        url=reverse("desk_approval", args=[issue.pk]),
        status=words % {"name": name_of(person)},
        urgent=urgent,
    )
