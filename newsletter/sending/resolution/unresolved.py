"""Batches whose answer was lost: what is known about them, and what a person decides.

If nothing names an attempt, that is no proof.  It is evidence against acceptance only if all of
`NegativeEvidence` holds.  Even then a person decides.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from newsletter import counted
from newsletter.errors import InvalidTransition
from newsletter.phrases import counted_phrase, list_phrases, phrase
from newsletter.sending.ledger.states import require_transition
from newsletter.sending.models import Attempt, Batch, Delivery, Evidence, Send
from newsletter.sending.prescheduled import provider_batches
from newsletter.sending.resolution import proof

Kind = Evidence.Kind

#: Events can be this late without anything being wrong.
MAX_EVENT_DELAY = dt.timedelta(minutes=30)
#: Two queries of a log count as two only if they are this far apart.
MIN_LOOKUP_INTERVAL = dt.timedelta(minutes=10)


# What is known


def in_minutes(span: dt.timedelta) -> str:
    """Return a span of time in words."""
    minutes = span // dt.timedelta(minutes=1)
    return counted_phrase("{number} minute", "{number} minutes", minutes)


@dataclass(frozen=True, kw_only=True, slots=True)
class NegativeEvidence:
    """Evidence against acceptance; it counts only if all of it holds."""

    waited: bool  #: events and log entries had time to come
    looked_twice: bool  #: the log was asked twice, with time between, and did not have it
    events_arrive: bool  #: an event came for something that was posted later

    @property
    def holds(self) -> bool:
        """Whether the provider probably did not accept."""
        return self.waited and self.looked_twice and self.events_arrive

    @property
    def missing(self) -> list[str]:
        """The evidence that is missing, in words."""
        needed = (
            (self.waited, phrase("{time} have passed", time=in_minutes(MAX_EVENT_DELAY))),
            (
                self.looked_twice,
                phrase(
                    "two queries of the provider's log, {time} apart",
                    time=in_minutes(MIN_LOOKUP_INTERVAL),
                ),
            ),
            (self.events_arrive, phrase("an event for something that was posted later")),
        )
        return [words for holds, words in needed if not holds]


@dataclass(frozen=True, kw_only=True, slots=True)
class UnresolvedBatch:
    """One batch that was submitted without an answer, with what is known about it."""

    batch: int
    number: int
    attempt: int
    people: int
    posted_at: dt.datetime | None
    answer: str
    negative_evidence: NegativeEvidence
    evidence: Sequence[Evidence]
    waits: bool  #: it was pre-scheduled, has not left, and can still be cancelled


def unresolved_batches(send: Send, numbers: Collection[int] = ()) -> list[UnresolvedBatch]:
    """Return the unknown batches of a send by number, all or those named."""
    unknown = Attempt.objects.filter(
        batch__send=send, batch__state=Batch.State.UNKNOWN, state=Attempt.State.UNKNOWN
    )
    if numbers:
        unknown = unknown.filter(batch__number__in=numbers)
    rows = unknown.select_related("batch", "provider_batch").prefetch_related("evidence")
    return [describe(attempt, timezone.now()) for attempt in rows.order_by("batch__number")]


def count_unknown(send: Send) -> int:
    """Return how many people are in the unknown batches of a send."""
    rows = Delivery.objects.filter(batch__send=send, batch__state=Batch.State.UNKNOWN)
    return without_outcome(rows).count()


def awaited_attempts(send: Send) -> QuerySet[Attempt]:
    """Return the submissions of a send whose answer may still come: until their lease is over."""
    in_flight = Attempt.objects.filter(batch__send=send, state=Attempt.State.IN_FLIGHT)
    return in_flight.select_related("batch").order_by("batch__number")


def without_outcome(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Return the deliveries of unknown batches that have no outcome of their own."""
    return rows.filter(outcome=None)


def decisions_of(send: Send) -> QuerySet[Evidence]:
    """Return the decisions of people about the unknown batches of a send, in order."""
    by_persons = Evidence.objects.filter(
        attempt__batch__send=send, kind__in=(Kind.ACCEPTED, Kind.SUBMITTED_AGAIN)
    )
    return by_persons.select_related("attempt__batch").order_by("pk")


def describe(attempt: Attempt, now: dt.datetime) -> UnresolvedBatch:
    """Return what is known about one unknown attempt."""
    evidence = list(attempt.evidence.all())
    return UnresolvedBatch(
        batch=attempt.batch_id,
        number=attempt.batch.number,
        attempt=attempt.pk,
        people=without_outcome(proof.submitted_deliveries(attempt)).count(),
        posted_at=attempt.posted_at,
        answer=attempt.answer,
        negative_evidence=negative_evidence(attempt, evidence, now),
        evidence=evidence,
        waits=attempt.provider_batch is not None
        and attempt.provider_batch.state in provider_batches.LIVE,
    )


def negative_evidence(
    attempt: Attempt, evidence: Sequence[Evidence], now: dt.datetime
) -> NegativeEvidence:
    """Return the evidence against the acceptance of an attempt."""
    if attempt.posted_at is None:
        return NegativeEvidence(waited=False, looked_twice=False, events_arrive=False)
    # Pre-scheduled mail waits for its scheduled time; until then there are no events about it.
    leaves = (
        max(attempt.posted_at, attempt.provider_batch.at)
        if attempt.provider_batch
        else attempt.posted_at
    )
    ripe = leaves + MAX_EVENT_DELAY
    looks = [entry.at for entry in evidence if entry.kind == Kind.ABSENT and entry.at >= ripe]
    later = Attempt.objects.filter(posted_at__gt=attempt.posted_at, heard_at__isnull=False)
    return NegativeEvidence(
        waited=now >= ripe,
        looked_twice=bool(looks) and max(looks) - min(looks) >= MIN_LOOKUP_INTERVAL,
        events_arrive=later.exists(),
    )


# A person's decision


class Resolution(enum.StrEnum):
    """What a person may decide about an unknown batch."""

    ACCEPTED = "accepted"  #: count it as accepted; nobody in it is mailed again
    SUBMIT_AGAIN = "again"  #: submit it again


@transaction.atomic
def resolve(
    found: Sequence[UnresolvedBatch],
    resolution: Resolution,
    *,
    by: str,
    why: str = "",
    insist: bool = False,
) -> int:
    """Resolve batches as a person decided, all or none; return how many people are in them.

    The person (`by`) and the reason (`why`) are recorded.
    `SUBMIT_AGAIN` without evidence may mail people twice: it raises `InvalidTransition` unless
    `insist` is set: then the person knows that and wants it anyway.  It also raises this for
    a batch that was resolved meanwhile.
    """
    at = timezone.now()
    for each in found:
        if resolution == Resolution.SUBMIT_AGAIN:
            submit_again(each, insist=insist)
            told = "" if each.negative_evidence.holds else "without evidence"
            text = "; ".join(filter(None, (told, why)))
            proof.add_evidence([each.attempt], Kind.SUBMITTED_AGAIN, at=at, by=by, text=text)
        else:
            finish(each, Attempt.State.ACCEPTED, Batch.State.ACCEPTED)
            proof.add_evidence([each.attempt], Kind.ACCEPTED, at=at, by=by, text=why)
    return sum(each.people for each in found)


def submit_again(each: UnresolvedBatch, *, insist: bool) -> None:
    """Plan a batch to be submitted again."""
    if each.waits:
        raise InvalidTransition(
            phrase(
                "batch {number} waits at the provider, where it can still be cancelled",
                number=each.number,
            ),
            hint=phrase(
                "That resolves it automatically. Look again after the send's scheduled time."
            ),
        )
    if not each.negative_evidence.holds and not insist:
        raise InvalidTransition(
            phrase(
                "batch {number} may have been accepted: up to {people} would get it twice",
                number=each.number,
                people=counted.people_phrase(each.people),
            ),
            hint=phrase(
                "More evidence is needed: {missing}.",
                missing=list_phrases(each.negative_evidence.missing),
            ),
        )
    if Send.objects.filter(batches=each.batch, state=Send.State.CANCELLED).exists():
        raise InvalidTransition(phrase("the send is cancelled; nothing of it is submitted again"))
    finish(each, Attempt.State.NOT_SENT, Batch.State.PLANNED)
    Batch.objects.filter(pk=each.batch).update(not_before=None)


def finish(each: UnresolvedBatch, attempt: Attempt.State, batch: Batch.State) -> None:
    """Set the final states of an unknown attempt and its batch, or raise `InvalidTransition`."""
    require_transition(Attempt, each.attempt, start=Attempt.State.UNKNOWN, end=attempt)
    require_transition(Batch, each.batch, start=Batch.State.UNKNOWN, end=batch)
