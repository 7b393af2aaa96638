"""Write into the submission log what will leave this machine."""

from __future__ import annotations

from newsletter.publishing.models import Issue
from newsletter.sending.delivery.compose import Request
from newsletter.sending.models import Attempt
from newsletter.sending.restores.identity import submission_log
from newsletter.sending.restores.submission_log import Entry, to_ranges


def record(attempt: Attempt, request: Request) -> None:
    """Write down a request whose first byte has not left; `NotSubmitted` if that is impossible.

    Call it when the ledger has the attempt in flight.  Then an attempt in the log that the
    ledger does not know was lost by the ledger.
    """
    batch = attempt.batch
    key, publication, volume, number, title = identify_issue(batch.send.issue_id)
    submission_log().append(
        Entry(
            attempt=attempt.key,
            send=batch.send_id,
            batch=batch.number,
            at=0.0,
            size=len(request.subscribers),
            people=to_ranges(request.subscribers),
            issue=key,
            publication=publication,
            volume=volume,
            issue_number=number,
            title=title,
        )
    )


def identify_issue(pk: int) -> tuple[str, int, int, int, str]:
    """Return what identifies an issue in another copy of the database, and its title."""
    key, *numbers, title = Issue.objects.values_list(
        "translation_key", "publication_id", "volume", "number", "title"
    ).get(pk=pk)
    publication, volume, number = numbers
    return key.hex, publication, volume, number, title
