"""Hold a send automatically when too many of its results are bad.

Blocks count with the bounces: they are the first sign that something
is wrong.  Only a person resumes the send; after that, this rule does not hold it again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from newsletter.phrases import phrase
from newsletter.sending.ledger import audit_log
from newsletter.sending.ledger.states import transition
from newsletter.sending.models import AuditEntry, Delivery, Send

log = logging.getLogger(__name__)

Outcome = Delivery.Outcome

#: Outcomes that count as a result; a complaint was delivered before.
ANSWERED = (
    Outcome.DELIVERED,
    Outcome.BOUNCED,
    Outcome.BLOCKED,
    Outcome.DROPPED,
    Outcome.COMPLAINED,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """When to pause: more than `percent` of the results, and at least `least` of them."""

    auto_pause: Send.AutoPause
    bad: Sequence[str]
    words: str
    percent: float
    least: int


def configured_rules() -> tuple[Rule, ...]:
    """Return the rules with the limits of the settings."""
    limits = settings.CONFIG.auto_pause
    return (
        Rule(
            auto_pause=Send.AutoPause.COMPLAINTS,
            bad=(Outcome.COMPLAINED,),
            words=phrase("were reported as spam"),
            percent=limits.complaint_percent,
            least=limits.min_complaints,
        ),
        Rule(
            auto_pause=Send.AutoPause.BOUNCES,
            bad=(Outcome.BOUNCED, Outcome.BLOCKED),
            words=phrase("bounced or were turned away"),
            percent=limits.bounce_percent,
            least=limits.min_bounces,
        ),
    )


def check_sends() -> None:
    """Check every send in progress."""
    for send in Send.objects.in_progress():
        for rule in configured_rules():
            if rule.percent and (why := reason_to_pause(send, rule)):
                hold_send(send, rule.auto_pause, why)
                break


def reason_to_pause(send: Send, rule: Rule) -> str:
    """Say with figures why a rule holds a send; empty if it does not."""
    rows = Delivery.objects.filter(send=send)
    bad = rows.filter(outcome__in=rule.bad).count()
    if bad < rule.least or is_overruled(send, rule.auto_pause):
        return ""
    # Counted only as far as it matters: with more than these the share is small enough.
    enough = int(bad * 100 / rule.percent) + 1
    back = rows.filter(outcome__in=ANSWERED)[:enough].count()
    if bad * 100 <= rule.percent * back:
        return ""
    return phrase(
        "{bad} of the {back} that came back {words}: {share} %, and the limit is {limit} %.",
        bad=f"{bad:,}",
        back=f"{back:,}",
        words=rule.words,
        share=f"{bad * 100 / back:.2g}",
        limit=f"{rule.percent:g}",
    )


def is_overruled(send: Send, auto_pause: str) -> bool:
    """Return whether a person resumed a send against an automatic pause."""
    return send.audit_entries.filter(kind=AuditEntry.Kind.OVERRULED, auto_pause=auto_pause).exists()


@transaction.atomic
def hold_send(send: Send, auto_pause: Send.AutoPause, why: str, *, figures: str = "") -> None:
    """Stop a send until a person has acted; what is in progress is finished.

    The audit log keeps the figures if they are not in the text.
    """
    start, end = Send.State.SENDING, Send.State.HELD
    if transition(Send, send.pk, start=start, end=end, held_by=auto_pause, note=why):
        audit_log.record(
            send.pk, AuditEntry.Kind.AUTO_PAUSED, auto_pause=auto_pause, note=figures or why
        )
        log.error("send %s is held. %s", send.pk, f"{figures} {why}".strip())
