"""Ask for approval of an issue, approve it, or send it back.  What was approved is sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.errors import BadInput, InvalidTransition, NotApproved, SecondPersonNeeded
from newsletter.phrases import phrase
from newsletter.publishing.checks.checking import Report
from newsletter.publishing.content.authors import last_author
from newsletter.publishing.models import Issue
from newsletter.sending.ledger import issue_log
from newsletter.sending.ledger.editions import freeze_edition
from newsletter.sending.ledger.states import transition
from newsletter.sending.models import ApprovalRequest, Edition, Send
from newsletter.sending.planning import readiness


def ask_for_approval(
    issue: Issue, *, day: dt.date | None = None, by: Any, note: str = ""
) -> ApprovalRequest:
    """Ask for approval of the latest draft; a new request replaces the earlier one.

    Raises `NotReady` when preflight finds errors, `InvalidTransition` for what is approved.
    """
    report = readiness.require_ready(issue, day=day)
    with transaction.atomic():
        readiness.require_unchanged(report)
        if approved_edition(issue, report.edition.hash):
            raise InvalidTransition(
                _("%(issue)s is approved already") % {"issue": report.draft.title}
            )
        issue.approval_requests.filter(state=ApprovalRequest.State.OPEN).delete()
        request = create_request(issue, report.edition.hash, by, note)
        issue_log.record(issue, issue_log.ASKED, by=by, note=note, hash=request.hash)
    return request


def create_request(issue: Issue, content_hash: str, by: Any, note: str) -> ApprovalRequest:
    """Return the new request; if two people ask at the same time, one of them is first."""
    try:
        with transaction.atomic():
            return ApprovalRequest.objects.create(
                issue=issue, hash=content_hash, asked_by=by, note=note.strip()[:1000]
            )
    except IntegrityError:
        raise InvalidTransition(_("somebody else has just asked for approval")) from None


def approve(
    issue: Issue, *, day: dt.date | None = None, by: Any = None, seen: str = "", note: str = ""
) -> Edition:
    """Freeze the latest draft and mark it as what may be sent; `by` is a user or nobody.

    `day` is the day of the send, for an issue without a date: the mail contains it.  `seen` is
    the hash that the person saw, if known.  Raises `NotReady` when preflight finds errors,
    `InvalidTransition` when the draft is not the one that was seen, and `SecondPersonNeeded`.
    """
    require_second_person(issue, by)
    report = readiness.require_ready(issue, day=day)
    if seen and seen != report.edition.hash:
        raise InvalidTransition(
            _("%(issue)s was changed after you opened this page") % {"issue": report.draft.title},
            hint=_("Look at it as it is now, then approve that."),
        )
    with transaction.atomic():
        edition = approve_as_checked(issue, report, by=by)
        answer(issue, ApprovalRequest.State.APPROVED, by=by, note=note)
        issue_log.record(issue, issue_log.APPROVED, by=by, note=note, hash=edition.hash)
    return edition


@transaction.atomic
def approve_as_checked(issue: Issue, report: Report, *, by: Any = None) -> Edition:
    """Approve a draft that was checked and has no errors.

    A send that waits for an approval takes the approved edition.  One that holds an approved
    edition keeps it: a later edit of the draft never slips into a queued send.
    """
    readiness.require_unchanged(report)
    edition = freeze_edition(issue, report)
    if edition.approved_at is None:
        edition.approved_at, edition.approved_by = timezone.now(), by
        edition.save(update_fields=["approved_at", "approved_by"])
    waiting = issue.sends.filter(
        state__in=(Send.State.QUEUED, Send.State.HELD), started_at=None, edition__approved_at=None
    )
    waiting.update(edition=edition)
    return edition


@transaction.atomic
def send_back(issue: Issue, *, by: Any, note: str) -> None:
    """Send an issue back, with the reason.  An earlier approval ends; a queued send is held.

    Raises `BadInput` without a reason, and `InvalidTransition` once the mail is on its way.
    """
    if not note.strip():
        raise BadInput(_("the reason is missing"), hint=_("Say what has to change."))
    asked = answer(issue, ApprovalRequest.State.SENT_BACK, by=by, note=note)
    approved = list(issue.editions.exclude(approved_at=None))
    if not asked and not approved:
        raise InvalidTransition(
            _("nobody has asked for an approval of %(issue)s") % {"issue": issue}
        )
    hold_queued(issue, by)
    Edition.objects.filter(pk__in=[each.pk for each in approved]).update(
        approved_at=None, approved_by=None
    )
    if not asked:
        ApprovalRequest.objects.create(
            issue=issue,
            hash=approved[-1].hash,
            state=ApprovalRequest.State.SENT_BACK,
            answered_at=timezone.now(),
            answered_by=by,
            answer=note.strip()[:1000],
        )
    issue_log.record(issue, issue_log.SENT_BACK, by=by, note=note)


def hold_queued(issue: Issue, by: Any) -> None:
    """Hold a queued send; raise `InvalidTransition` if it has begun to leave."""
    note = phrase("The approval was withdrawn by {name}.", name=issue_log.name_of(by))
    for send in issue.sends.exclude(state=Send.State.CANCELLED):
        start, end = Send.State.QUEUED, Send.State.HELD
        is_held = send.state == Send.State.HELD and send.started_at is None
        if not is_held and not transition(Send, send.pk, start=start, end=end, note=note):
            raise InvalidTransition(
                _("send %(number)s has begun") % {"number": send.pk},
                hint=_("Pause or cancel it on its page."),
            )


def answer(issue: Issue, state: ApprovalRequest.State, *, by: Any, note: str) -> bool:
    """Answer the open request about an issue; False if there is none."""
    open_one = issue.approval_requests.filter(state=ApprovalRequest.State.OPEN)
    return bool(
        open_one.update(
            state=state, answered_at=timezone.now(), answered_by=by, answer=note.strip()[:1000]
        )
    )


def require_second_person(issue: Issue, by: Any) -> None:
    """Raise `SecondPersonNeeded` if the person who changed an issue last would approve it."""
    if not issue.publication.second_person:
        return
    if by is None:
        raise SecondPersonNeeded(
            _("%(publication)s requires the name of the person who approves")
            % {"publication": issue.publication},
            hint=_("Say who: newsletter issue approve REF --by NAME"),
        )
    if needs_other_person(issue, by):
        raise SecondPersonNeeded(
            _("%(issue)s was last changed by you; somebody else must approve it")
            % {"issue": issue.draft_title or issue.title}
        )


def needs_other_person(issue: Issue, by: Any) -> bool:
    """Say whether somebody may not approve an issue because it was last changed by them."""
    return bool(issue.publication.second_person) and last_author(issue) == by.pk


def approved_edition(issue: Issue, content_hash: str) -> Edition | None:
    """Return the approved edition with a hash; None if there is none."""
    editions: QuerySet[Edition] = issue.editions.filter(hash=content_hash)
    return editions.exclude(approved_at=None).first()


def is_approved(issue: Issue) -> bool:
    """Say whether the latest draft of an issue is approved."""
    editions: QuerySet[Edition] = issue.editions.filter(revision=issue.latest_revision_id)
    return editions.exclude(approved_at=None).exists()


def require_approved(issue: Issue, report: Report) -> Edition:
    """Return the approved edition of a checked draft, or raise `NotApproved`."""
    if edition := approved_edition(issue, report.edition.hash):
        return edition
    title = report.draft.title
    if earlier := issue.editions.exclude(approved_at=None).order_by("approved_at").last():
        raise NotApproved(
            _(
                "%(issue)s is not what was approved (%(hash)s):"
                " its text, template or day has changed"
            )
            % {"issue": title, "hash": earlier.hash[:8]}
        )
    if issue.approval_requests.filter(state=ApprovalRequest.State.OPEN).exists():
        raise NotApproved(_("%(issue)s waits for approval") % {"issue": title})
    raise NotApproved(_("%(issue)s has not been approved") % {"issue": title})
