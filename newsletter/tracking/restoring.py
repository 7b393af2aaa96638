"""Restore what a restored database lacks, from all sources, when a person asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from newsletter.conf.config import Config
from newsletter.sending.delivery import recovery
from newsletter.sending.models import Attempt, DatabaseIdentity, Evidence
from newsletter.sending.prescheduled import cancellation
from newsletter.sending.resolution import proof
from newsletter.sending.restores import backfill, identity, suspensions
from newsletter.tracking import restore_watch, webhook_intake
from newsletter.transports.email_log import SubmittedMail
from newsletter.transports.factory import open_cancellation, provider_of

Reason = DatabaseIdentity.Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Restoration:
    """The result of a restoration.

    `restored` attempts were written back, `left` cannot be matched, `lost_issues` says what
    those are about; `whole` says whether the
    submission logs are complete, so that the rest is known not to have left; `asked`, whether
    the provider answered; `resumed`, whether sending goes on.
    """

    restored: int
    left: int
    whole: bool
    asked: bool
    resumed: bool
    lost_issues: Sequence[str] = ()


def bring_back(config: Config) -> Restoration:
    """Write back what logs, events and the provider know; resume sending if nothing is left."""
    suspensions.check_log()
    webhook_intake.read_all()
    row = identity.get_identity()
    since = row.known_until or row.heartbeat_at or row.suspended_at
    mails = restore_watch.ask_provider(config, since) if since else None
    before = suspensions.open_attempts().count()
    look_at_provider_batches(config)
    backfill.restore_all()
    left = suspensions.open_attempts().count()
    prove(mails or (), config)
    journal = identity.submission_log()
    restore_watch.compare_submission_log(journal, journal.position())
    whole = restore_watch.is_complete() and journal.is_complete() and not left
    resumed = False
    if not left:
        with transaction.atomic():
            if whole:
                suspensions.plan_uncertain()
            resumed = suspensions.lift_suspension()
        journal.adopt()
    recovery.close_finished_sends()
    return Restoration(
        restored=before - left,
        left=left,
        whole=whole,
        asked=mails is not None,
        resumed=resumed,
        lost_issues=suspensions.lost_issues(),
    )


def look_at_provider_batches(config: Config) -> None:
    """Close the provider batches that were cancelled after the backup was made."""
    provider = open_cancellation(config)
    if provider is not None:
        try:
            cancellation.cancel_forgotten(provider)
        finally:
            provider.close()


def prove(mails: Sequence[SubmittedMail], config: Config) -> None:
    """Record what the provider has as accepted.

    A request is accepted as a whole; files are written one by one, so all must be there.
    """
    if provider_of(config).accepts_whole_requests:
        found = {mail.attempt: mail.message_id for mail in mails}
        proof.prove(found, Evidence.Kind.FOUND)
        return
    people: dict[str, set[int]] = {}
    for mail in mails:
        if mail.delivery.isdecimal():
            people.setdefault(mail.attempt, set()).add(int(mail.delivery))
    unknown = Attempt.objects.filter(key__in=people, state=Attempt.State.UNKNOWN)
    whole = {
        attempt.key: ""
        for attempt in unknown
        if set(proof.submitted_deliveries(attempt).values_list("pk", flat=True))
        <= people[attempt.key]
    }
    proof.prove(whole, Evidence.Kind.FOUND, went_out=whole)


def dismiss_missing(*, by: str) -> int:
    """Ignore the missing attempts that are left; return how many."""
    count = backfill.dismiss_missing(list(suspensions.open_attempts()), by=by)
    suspensions.lift_suspension()
    identity.submission_log().adopt()
    return count
