"""Query the provider's log about unknown attempts: events may be late, or never come.

Three people of a request are looked up: the first, the middle one and the last.  To find one of
them proves the whole request.  To find none is only evidence against it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django.db.models import Count, Max, Q, QuerySet

from newsletter.sending.models import Attempt, Evidence, Send
from newsletter.sending.resolution import proof, unresolved
from subscribers.models import ERASED_DOMAIN

Kind = Evidence.Kind

#: The provider's clock may be behind ours by so much.
MAX_CLOCK_DIFFERENCE = dt.timedelta(minutes=5)
#: Entries are kept for thirty days.
LOG_RETENTION = dt.timedelta(days=29)
#: The pause after each number of queries without a result.
PAUSES_BETWEEN_QUERIES = (dt.timedelta(0), unresolved.MIN_LOOKUP_INTERVAL, dt.timedelta(hours=1))


class Entry(Protocol):
    """The entry of a mail in a log."""

    @property
    def message_id(self) -> str:
        """What the provider calls it."""
        ...

    @property
    def went_out(self) -> bool:
        """Whether a receiver accepted it, or turned it away."""
        ...


class Log(Protocol):
    """A provider's log; see `newsletter.transports.email_log.EmailLog`."""

    def find(self, address: str, *, since: dt.datetime, labels: tuple[str, str]) -> Entry | None:
        """Return the entry of a mail to an address with a label, if there is one."""
        ...


def due_attempts(now: dt.datetime, *, after: dt.timedelta) -> list[Attempt]:
    """Return the attempts to look up now: unknown long enough, and not looked up lately."""
    candidates = unknown_attempts().filter(
        posted_at__lte=now - after, posted_at__gt=now - LOG_RETENTION
    )
    return [
        attempt for attempt in candidates if may_query_again(attempt, now, PAUSES_BETWEEN_QUERIES)
    ]


def of_send(send: Send, now: dt.datetime) -> list[Attempt]:
    """Return the attempts of a send to look up when a person asks."""
    candidates = unknown_attempts().filter(batch__send=send)
    return [
        attempt
        for attempt in candidates
        if may_query_again(attempt, now, (unresolved.MIN_LOOKUP_INTERVAL,))
    ]


def unknown_attempts() -> QuerySet[Attempt]:
    """Return the attempts that the provider may have, with the number and time of queries."""
    looked = Q(evidence__kind__in=(Kind.ABSENT, Kind.FOUND))
    posted = Attempt.objects.filter(state=Attempt.State.UNKNOWN, posted_at__isnull=False)
    return posted.annotate(
        looks=Count("evidence", filter=looked), looked_at=Max("evidence__at", filter=looked)
    ).order_by("posted_at")


def may_query_again(attempt: Any, now: dt.datetime, pauses: Sequence[dt.timedelta]) -> bool:
    """Return whether to query again; `pauses` are by the number of earlier queries."""
    if attempt.looked_at is None:
        return True
    pause = pauses[min(attempt.looks, len(pauses) - 1)]
    return bool(now - attempt.looked_at >= pause)


def query_log(attempts: Iterable[Attempt], log: Log) -> int:
    """Look up attempts, one after the other; return how many were found and so resolved.

    Raises the first `TransportError` of the log: without an answer there is no evidence.
    """
    return sum(query_attempt(attempt, log) for attempt in attempts)


def query_attempt(attempt: Attempt, log: Log) -> bool:
    """Look up one attempt, and write down what was found."""
    if attempt.posted_at is None:
        return False
    since = attempt.posted_at - MAX_CLOCK_DIFFERENCE
    people = sample_addresses(attempt)
    for address in people:
        if found := log.find(address, since=since, labels=("nl_attempt", attempt.key)):
            return use_entry(attempt, found)
    if people:
        proof.add_evidence([attempt.pk], Kind.ABSENT, text=f"{len(people)} people looked for")
    return False


def use_entry(attempt: Attempt, found: Entry) -> bool:
    """Use an entry as evidence for an attempt; return whether that resolves it.

    If it was perhaps cancelled, only an entry of mail that left resolves it.
    """
    named = {attempt.key: found.message_id}
    proof.overrule_decisions(named, Kind.FOUND, went_out=named if found.went_out else ())
    if Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.UNKNOWN).exists():
        proof.add_evidence(
            [attempt.pk], Kind.FOUND, text="it did not go out as far as the log knows"
        )
        return False
    return True


def sample_addresses(attempt: Attempt) -> list[str]:
    """Return the addresses of the first, the middle and the last person of a request."""
    rows = proof.submitted_deliveries(attempt).exclude(address__endswith=f"@{ERASED_DOMAIN}")
    addresses = list(rows.values_list("address", flat=True))
    if not addresses:
        return []
    return list(dict.fromkeys((addresses[0], addresses[len(addresses) // 2], addresses[-1])))
