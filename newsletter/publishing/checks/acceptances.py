"""Errors of preflight that somebody accepts, with a reason: they are told, and stop nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from newsletter.errors import BadInput, NotFound
from newsletter.phrases import phrase, to_data
from newsletter.publishing.models import Acceptance, Issue
from newsletter.rendering.findings import Severity
from newsletter.rendering.preflight.codes import NEVER_ACCEPTED

if TYPE_CHECKING:
    from newsletter.rendering.findings import Finding

#: How the history of an issue calls what is done here.
ACCEPTED, WITHDRAWN = "fortnight.accept", "fortnight.withdraw"


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, and why it may stand, if somebody has said so."""

    finding: Finding
    acceptance: Acceptance | None = None

    @property
    def stops(self) -> bool:
        """Whether the issue must not go out because of it."""
        return self.finding.severity == Severity.ERROR and self.acceptance is None

    @property
    def acceptable(self) -> bool:
        """Whether anybody may accept it."""
        return self.finding.severity == Severity.ERROR and self.finding.code not in NEVER_ACCEPTED

    @property
    def fingerprint(self) -> str:
        """What the same finding of the same issue has again, and no other, in every language."""
        parts = (self.finding.code, self.finding.part, self.finding.message)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def apply_acceptances(issue: Issue, findings: Iterable[Finding]) -> tuple[Judged, ...]:
    """Return findings of an issue with what was accepted of them; what stops it comes first."""
    given = {each.fingerprint: each for each in issue.acceptances.all()}
    fresh = (Judged(each) for each in findings)
    held = [
        Judged(each.finding, given.get(each.fingerprint) if each.acceptable else None)
        for each in fresh
    ]
    return tuple(sorted(held, key=lambda each: not each.stops))


def accept_findings(
    issue: Issue, chosen: Sequence[Judged], *, reason: str, by: str, user: Any = None
) -> None:
    """Accept findings of an issue for a reason; who accepts again gives a better reason.

    `by` is the name of who does; `user` is the same person, if known here.  Raises `BadInput`
    without a reason, or if one of them may not be accepted: then none is.
    """
    reason = reason.strip()
    if not reason:
        raise BadInput(
            phrase("the reason is missing"), hint=phrase("Say why this may go out as it is.")
        )
    for each in chosen:
        must_be_acceptable(each.finding)
    with transaction.atomic():
        for each in chosen:
            facts = {"code": each.finding.code, "place": each.finding.part[:300]}
            said = {"message": each.finding.message, "reason": reason[:500], "by": by}
            Acceptance.objects.update_or_create(
                issue=issue,
                fingerprint=each.fingerprint,
                defaults={**facts, **said, "at": timezone.now()},
            )
            data = {**facts, **said, "phrase": to_data(each.finding.message)}
            log(instance=issue, action=ACCEPTED, user=user, data=data)


def withdraw_acceptance(
    issue: Issue, chosen: Sequence[Judged], *, by: str, user: Any = None
) -> None:
    """Take back what was accepted: the findings stop the issue again."""
    with transaction.atomic():
        for each in chosen:
            issue.acceptances.filter(fingerprint=each.fingerprint).delete()
            facts = {"code": each.finding.code, "place": each.finding.part}
            said = {"message": each.finding.message, "by": by}
            data = {**facts, **said, "phrase": to_data(each.finding.message)}
            log(instance=issue, action=WITHDRAWN, user=user, data=data)


def must_be_acceptable(finding: Finding) -> None:
    """Raise `BadInput` for what stops nothing, and for what nobody can have a reason for."""
    if finding.severity != Severity.ERROR:
        message = phrase("{code} is no error", code=finding.code)
        raise BadInput(message, hint=phrase("It stops nothing as it is."))
    if finding.code in NEVER_ACCEPTED:
        message = phrase("{code} can never be accepted", code=finding.code)
        raise BadInput(message, hint=finding.fix)


def choose_findings(
    held: Sequence[Judged], code: str, where: str = "", *, accepted: bool = False
) -> list[Judged]:
    """Return the findings of a code, and at a place if one is given; or raise `NotFound`.

    With `accepted` they are those that were accepted, else the others.
    """
    wanted = [
        each
        for each in held
        if each.finding.code == code and (each.acceptance is not None) is accepted
    ]
    chosen = [each for each in wanted if where in {"", each.finding.where, each.finding.part}]
    if chosen:
        return chosen
    places = ", ".join(dict.fromkeys(each.finding.where or "no place" for each in wanted))
    name = f"{code} ({where})" if where else code
    message = phrase("there is no open finding {name}", name=name)
    if accepted:
        message = phrase("there is no accepted finding {name}", name=name)
    hint = phrase("See all: newsletter issue check REF")
    raise NotFound(
        message, hint=phrase("There is one at: {places}.", places=places) if places else hint
    )
