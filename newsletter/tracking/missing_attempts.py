"""Report attempts that the ledger lacks and an event, a provider's log or a Maildir names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsletter.publishing.models import Publication
from newsletter.sending.models import Attempt, Delivery, MissingAttempt
from newsletter.sending.restores import identity, suspensions
from newsletter.sending.restores.submission_log import from_ranges, to_ranges
from newsletter.transports.email_log import SubmittedMail, SubmittedMails
from newsletter.transports.events import ParsedEvent
from newsletter.transports.provider import Provider
from subscribers.addresses import key_of
from subscribers.models import Subscriber

Source = MissingAttempt.Source

#: The provider's clock may be behind ours by so much.
MAX_CLOCK_DIFFERENCE = dt.timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """One mail of ours that something names: its labels, its time, and its recipient."""

    attempt: str
    send: int
    delivery: int
    address: str
    at: dt.datetime


def report_named_by_events(facts: Sequence[ParsedEvent]) -> int:
    """Report the attempts that events name; return how many are new."""
    ours = identity.database_key()
    return report(
        [
            Named(
                attempt=fact.attempt,
                send=fact.send or 0,
                delivery=fact.delivery or 0,
                address=fact.email,
                at=fact.at,
            )
            for fact in facts
            if fact.attempt and fact.database == ours
        ],
        Source.EVENT,
    )


def report_submitted_since(
    submitted: SubmittedMails, since: dt.datetime, source: Source
) -> list[SubmittedMail]:
    """Report the attempts that a provider has since a time; return our mails there.

    Raises `TransportError` if it does not answer.
    """
    ours = identity.database_key()
    slugs = list(Publication.objects.values_list("slug", flat=True))
    mails = submitted.submitted_since(
        since - MAX_CLOCK_DIFFERENCE, categories=slugs, known=is_known
    )
    found = [mail for mail in mails if mail.database == ours]
    report(map(read_labels, found), source)
    return found


def source_for(provider: Provider) -> Source:
    """Return what lists the mail that has left."""
    return Source.MAILDIR if provider.keeps_files else Source.PROVIDER_LOG


def is_known(message_id: str) -> bool:
    """Return whether the ledger has the answer to a request, by the provider's id."""
    return Attempt.objects.filter(message_id=message_id).exists() if message_id else False


def read_labels(mail: SubmittedMail) -> Named:
    """Return a mail with its labels as numbers; 0 if a label is not a number."""
    return Named(
        attempt=mail.attempt,
        send=read_number(mail.send),
        delivery=read_number(mail.delivery),
        address=mail.address,
        at=mail.at,
    )


def read_number(text: str) -> int:
    """Return a label as a number of ours; 0 if it is not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def report(mails: Iterable[Named], source: Source) -> int:
    """Report the attempts that the ledger does not know; return how many are new."""
    by_attempt: dict[str, list[Named]] = {}
    for mail in mails:
        if 0 < len(mail.attempt) <= 32:
            by_attempt.setdefault(mail.attempt, []).append(mail)
    for key in suspensions.known_keys(list(by_attempt)):
        del by_attempt[key]
    if not by_attempt:
        return 0
    add_people(by_attempt)
    return suspensions.report_missing(
        build_missing(key, named, source) for key, named in by_attempt.items()
    )


def build_missing(key: str, mails: Sequence[Named], source: Source) -> MissingAttempt:
    """Return what mails say about the attempt that they name."""
    delivery = next((mail.delivery for mail in mails if is_theirs(mail)), 0)
    people = people_of(mails)
    return MissingAttempt(
        key=key,
        source=source,
        send=max(mail.send for mail in mails),
        submitted_at=min(mail.at for mail in mails),
        size=len(people),
        people="" if delivery else to_ranges(people),
        delivery=delivery,
    )


def is_theirs(mail: Named) -> bool:
    """Return whether the delivery that a mail names is in the ledger, for the same person."""
    row = Delivery.objects.filter(pk=mail.delivery, send=mail.send).first()
    return row is not None and key_of(row.address) == key_of(mail.address)


def people_of(mails: Iterable[Named]) -> list[int]:
    """Return the subscribers to whom mails went, if they are in this database."""
    keys = {key_of(mail.address) for mail in mails}
    return list(Subscriber.objects.filter(key__in=keys).values_list("pk", flat=True))


def add_people(by_attempt: dict[str, list[Named]]) -> None:
    """Add people to reported attempts whose people no log knows completely."""
    rows = suspensions.open_attempts().filter(key__in=by_attempt, delivery=0)
    for row in rows.exclude(source=Source.SUBMISSION_LOG):
        people = {*from_ranges(row.people), *people_of(by_attempt[row.key])}
        MissingAttempt.objects.filter(pk=row.pk).update(people=to_ranges(people), size=len(people))
