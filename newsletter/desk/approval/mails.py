"""Tell people by mail that their approval is asked for, or what became of their question."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from newsletter.desk.accounts.own_mail import files_note
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.languages import language_of
from newsletter.publishing.rights import APPROVE_ISSUE, BACKEND
from newsletter.sending.ledger.issue_log import name_of
from newsletter.sending.models import ApprovalRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Who was told by mail, and what went wrong with it, in words."""

    words: str = ""
    problem: str = ""


def list_approvers() -> list[Any]:
    """Return the people who may approve an issue."""
    users = get_user_model().objects
    return list(users.with_perm(APPROVE_ISSUE, backend=BACKEND).order_by("pk"))


def tell_approvers(request: ApprovalRequest) -> Told:
    """Tell everybody who may approve, but for the one who asks."""
    others = [each for each in list_approvers() if each.pk != request.asked_by_id]
    if not others:
        return Told(problem=_("Nobody else may approve. An admin can make somebody an approver."))
    return mail_people(others, request)


def tell_asker(request: ApprovalRequest) -> Told:
    """Tell who asked what became of it, unless they answered it themselves."""
    request.refresh_from_db()
    if request.asked_by is None or request.asked_by_id == request.answered_by_id:
        return Told()
    return mail_people([request.asked_by], request)


def mail_people(people: Iterable[Any], request: ApprovalRequest) -> Told:
    """Write to people, each in their language; say who could be told, and who could not."""
    told: list[str] = []
    missed: list[str] = []
    for person in people:
        name = name_of(person)
        try:
            is_mailed = bool(person.email) and bool(build_message(person, request).send())
        except Exception:
            log.exception("%s could not be mailed about an approval", name)
            is_mailed = False
        (told if is_mailed else missed).append(name)
    named = _("Told by mail: %(names)s.") % {"names": ", ".join(told)} if told else ""
    if told and (note := files_note()):
        named = _("A mail is written for: %(names)s.") % {"names": ", ".join(told)} + " " + note
    problem = _("Not told by mail: %(names)s. They see it on their first page of the desk.")
    return Told(words=named, problem=problem % {"names": ", ".join(missed)} if missed else "")


def build_message(person: Any, request: ApprovalRequest) -> EmailMessage:
    """Return the mail about a question, or about its answer, to one person."""
    publication, title = request.issue.publication, draft_of(request.issue).title
    language = language_of(person)
    with translation.override(language):
        subject, said, note = words_of(request, title)
        address = reverse("desk_approval", args=[request.issue_id])
        body = [
            said,
            *([_("“%(note)s”") % {"note": note}] if note else []),
            f"{settings.CONFIG.site.origin}{address}",
        ]
    return EmailMessage(
        subject=" ".join(subject.split()),
        body="\n\n".join(body) + "\n",
        from_email=formataddr((publication.from_name, publication.from_email)),
        to=[person.email],
        headers={"Content-Language": language},
    )


def words_of(request: ApprovalRequest, title: str) -> tuple[str, str, str]:
    """Return the subject, the sentence and the note of a mail."""
    if request.state == ApprovalRequest.State.OPEN:
        facts = {"issue": title, "name": name_of(request.asked_by)}
        return (
            _("Please approve: %(issue)s") % facts,
            _("%(name)s asks you to approve %(issue)s.") % facts,
            request.note,
        )
    facts = {"issue": title, "name": name_of(request.answered_by)}
    if request.state == ApprovalRequest.State.APPROVED:
        return (
            _("Approved: %(issue)s") % facts,
            _("%(name)s has approved %(issue)s. It can be queued.") % facts,
            request.answer,
        )
    return (
        _("Sent back: %(issue)s") % facts,
        _("%(name)s has sent %(issue)s back to you.") % facts,
        request.answer,
    )
