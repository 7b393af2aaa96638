"""Whether a draft is approved as it stands, and whether that is what is queued."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.dates import format_time
from newsletter.errors import NewsletterError
from newsletter.publishing.checks.checking import make_candidate
from newsletter.publishing.models import Issue
from newsletter.scheduling.slots import day_out
from newsletter.sending.ledger.editions import HASH_CHARACTERS
from newsletter.sending.ledger.issue_log import name_of
from newsletter.sending.models import ApprovalRequest, Edition, Send
from newsletter.sending.planning.approvals import approved_edition


class State(StrEnum):
    """Where the approval of a draft stands."""

    MISSING = "missing"
    OPEN = "open"
    APPROVED = "approved"
    CHANGED = "changed"
    SENT_BACK = "sent-back"
    FAULT = "fault"


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalStatus:
    """What a page says of it; hashes are empty where there is no such thing."""

    state: State
    words: str
    note: str = ""
    draft_hash: str = ""
    approved_hash: str = ""
    queued_hash: str = ""

    @property
    def is_approved(self) -> bool:
        """Whether the draft may be queued as it stands."""
        return self.state == State.APPROVED

    @property
    def may_ask(self) -> bool:
        """Whether there is something to ask for."""
        return self.state in {State.MISSING, State.CHANGED, State.SENT_BACK}

    @property
    def queued_words(self) -> str:
        """Say whether what is queued is what was approved, and what the draft is."""
        if not self.queued_hash:
            return ""
        if self.queued_hash != self.approved_hash:
            return _("What is queued is not what was approved.")
        if self.queued_hash != self.draft_hash:
            return _("What is queued is what was approved. The draft was changed since.")
        return _("What is queued is what was approved.")

    @property
    def hashes(self) -> list[tuple[str, str]]:
        """Return the hashes that there are, each with its name, short enough to compare."""
        rows = [
            (_("Draft"), self.draft_hash),
            (_("Approved"), self.approved_hash),
            (_("Queued"), self.queued_hash),
        ]
        return [(name, value[:HASH_CHARACTERS]) for name, value in rows if value]


def status_of(issue: Issue, draft: str = "") -> ApprovalStatus | None:
    """Return how the approval of the draft stands; None where the publication needs none.

    `draft` is the hash of the edition that the draft makes, if a check has made it just now.
    """
    if not issue.publication.needs_approval:
        return None
    send = issue.sends.exclude(state=Send.State.CANCELLED).select_related("edition").first()
    queued = send.edition.hash if send else ""
    try:
        draft = draft or make_candidate(issue, day_out(issue, timezone.now())).edition.hash
    except NewsletterError as error:
        return ApprovalStatus(state=State.FAULT, words=error.sentences)
    approved = approved_edition(issue, draft) or last_approved(issue, queued)
    state, words, note = describe_state(issue, draft, approved)
    return ApprovalStatus(
        state=state,
        words=words,
        note=note,
        draft_hash=draft,
        approved_hash=approved.hash if approved else "",
        queued_hash=queued,
    )


def last_approved(issue: Issue, queued: str) -> Edition | None:
    """Return what was approved last; the queued edition before others."""
    approved: QuerySet[Edition] = issue.editions.exclude(approved_at=None)
    return approved.filter(hash=queued).first() or approved.order_by("approved_at").last()


def describe_state(issue: Issue, draft: str, approved: Edition | None) -> tuple[State, str, str]:
    """Return the state, the sentence for it, and what was said with it."""
    request = issue.approval_requests.select_related("asked_by", "answered_by").first()
    if approved and approved.hash == draft:
        words = _("Approved by %(name)s on %(time)s.") % {
            "name": name_of(approved.approved_by),
            "time": format_local(issue, approved.approved_at),
        }
        is_answer = request and request.state == ApprovalRequest.State.APPROVED
        return State.APPROVED, words, request.answer if request and is_answer else ""
    if request and request.state == ApprovalRequest.State.OPEN:
        return State.OPEN, open_words(issue, request, draft), request.note
    if request and request.state == ApprovalRequest.State.SENT_BACK:
        words = _("Sent back by %(name)s on %(time)s.") % {
            "name": name_of(request.answered_by),
            "time": format_local(issue, request.answered_at),
        }
        return State.SENT_BACK, words, request.answer
    if approved:
        return State.CHANGED, _("Changed since it was approved: it must be approved again."), ""
    return State.MISSING, _("Nobody has been asked to approve it yet."), ""


def open_words(issue: Issue, request: ApprovalRequest, draft: str) -> str:
    """Say who waits for an approval, since when, and whether the draft is another by now."""
    words = _("%(name)s asked for approval on %(time)s.") % {
        "name": name_of(request.asked_by),
        "time": format_local(issue, request.asked_at),
    }
    if request.hash == draft:
        return words
    return words + " " + _("The draft was changed since.")


def format_local(issue: Issue, at: Any) -> str:
    """Return a time in the zone of the publication."""
    return format_time(at, issue.publication.time_zone)
