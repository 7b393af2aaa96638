"""Batches whose answer was lost: what is known of them, and what a person decides.

That nothing names an attempt is no proof; it speaks against acceptance only once all of `Absence`
holds.  Even then a person decides.
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
from newsletter.errors import WrongStep
from newsletter.sending.ledger.states import must_step
from newsletter.sending.models import Attempt, Batch, Delivery, Evidence, Send
from newsletter.sending.prescheduled import provider_batches
from newsletter.sending.resolution import proof

Kind = Evidence.Kind

#: Events can be this late without anything being wrong.
PATIENCE = dt.timedelta(minutes=30)
#: Two looks into a log count as two only if they lie this far apart.
APART = dt.timedelta(minutes=10)


# What is known


def in_minutes(span: dt.timedelta) -> str:
    """Return a span of time in words."""
    return f"{span // dt.timedelta(minutes=1)} minutes"


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """What speaks against acceptance; only all of it together is worth anything."""

    waited: bool  #: events and log entries had time to come
    looked_twice: bool  #: the log was asked twice, with time between, and did not have it
    events_arrive: bool  #: an event came for something that was posted later

    @property
    def holds(self) -> bool:
        """Whether the provider probably did not accept."""
        return self.waited and self.looked_twice and self.events_arrive

    @property
    def missing(self) -> list[str]:
        """What there would have to be, in words."""
        needed = (
            (self.waited, f"{in_minutes(PATIENCE)} have passed"),
            (self.looked_twice, f"two looks into the provider's log, {in_minutes(APART)} apart"),
            (self.events_arrive, "an event for something that was posted later"),
        )
        return [words for holds, words in needed if not holds]


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """One batch that was handed over without an answer: for how many, since when, what is known."""

    batch: int
    number: int
    attempt: int
    people: int
    posted_at: dt.datetime | None
    answer: str
    absence: Absence
    evidence: Sequence[Evidence]
    waits: bool  #: it was handed over ahead, has not left, and can still be called back


def doubts(send: Send, numbers: Collection[int] = ()) -> list[Doubt]:
    """Return the unknown batches of a send by number, all or those named."""
    unknown = Attempt.objects.filter(
        batch__send=send, batch__state=Batch.State.UNKNOWN, state=Attempt.State.UNKNOWN
    )
    if numbers:
        unknown = unknown.filter(batch__number__in=numbers)
    rows = unknown.select_related("batch", "fence").prefetch_related("evidence")
    return [doubt(attempt, timezone.now()) for attempt in rows.order_by("batch__number")]


def people_in_doubt(send: Send) -> int:
    """Return how many people the unknown batches of a send are about."""
    rows = Delivery.objects.filter(batch__send=send, batch__state=Batch.State.UNKNOWN)
    return in_doubt(rows).count()


def in_doubt(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Return those deliveries of unknown batches of which nothing is told by themselves."""
    return rows.filter(outcome=None)


def decisions(send: Send) -> QuerySet[Evidence]:
    """Return what persons made of the doubts of a send, in order, with the batches."""
    by_persons = Evidence.objects.filter(
        attempt__batch__send=send, kind__in=(Kind.ACCEPTED, Kind.AGAIN)
    )
    return by_persons.select_related("attempt__batch").order_by("pk")


def doubt(attempt: Attempt, now: dt.datetime) -> Doubt:
    """Return what is known of one attempt in doubt."""
    evidence = list(attempt.evidence.all())
    return Doubt(
        batch=attempt.batch_id,
        number=attempt.batch.number,
        attempt=attempt.pk,
        people=in_doubt(proof.posted(attempt)).count(),
        posted_at=attempt.posted_at,
        answer=attempt.answer,
        absence=absence(attempt, evidence, now),
        evidence=evidence,
        waits=attempt.fence is not None and attempt.fence.state in provider_batches.LIVE,
    )


def absence(attempt: Attempt, evidence: Sequence[Evidence], now: dt.datetime) -> Absence:
    """Return what speaks against the acceptance of an attempt."""
    if attempt.posted_at is None:
        return Absence(waited=False, looked_twice=False, events_arrive=False)
    # Mail that was handed over ahead waits for its moment; until then nothing is told of it.
    leaves = max(attempt.posted_at, attempt.fence.at) if attempt.fence else attempt.posted_at
    ripe = leaves + PATIENCE
    looks = [entry.at for entry in evidence if entry.kind == Kind.ABSENT and entry.at >= ripe]
    later = Attempt.objects.filter(posted_at__gt=attempt.posted_at, heard_at__isnull=False)
    return Absence(
        waited=now >= ripe,
        looked_twice=bool(looks) and max(looks) - min(looks) >= APART,
        events_arrive=later.exists(),
    )


# A person's decision


class Verdict(enum.StrEnum):
    """What a person may make of a doubt."""

    ACCEPTED = "accepted"  #: take it that the provider has it; nobody in it is mailed again
    AGAIN = "again"  #: hand it over again


@transaction.atomic
def decide(
    found: Sequence[Doubt], verdict: Verdict, *, by: str, why: str = "", insist: bool = False
) -> int:
    """Settle doubts as a person says, all or none; return how many people they are about.

    Who said so is kept, and `why`.
    `AGAIN` without evidence may mail people twice: it raises `WrongStep` unless `insist`, which
    says that the person was told so and wants it all the same.  So does a doubt that was settled
    meanwhile.
    """
    at = timezone.now()
    for each in found:
        if verdict == Verdict.AGAIN:
            plan_again(each, insist=insist)
            told = "" if each.absence.holds else "without evidence"
            text = "; ".join(filter(None, (told, why)))
            proof.note([each.attempt], Kind.AGAIN, at=at, by=by, text=text)
        else:
            settle(each, Attempt.State.ACCEPTED, Batch.State.ACCEPTED)
            proof.note([each.attempt], Kind.ACCEPTED, at=at, by=by, text=why)
    return sum(each.people for each in found)


def plan_again(each: Doubt, *, insist: bool) -> None:
    """Have a batch handed over again."""
    if each.waits:
        raise WrongStep(
            f"batch {each.number} waits at the provider, where it can still be called back",
            hint="That settles it without anybody. Look again after the moment of the send.",
        )
    if not each.absence.holds and not insist:
        raise WrongStep(
            f"batch {each.number} may have been accepted:"
            f" up to {counted.people(each.people)} would get it twice",
            hint=f"It takes more evidence: {'; '.join(each.absence.missing)}.",
        )
    if Send.objects.filter(batches=each.batch, state=Send.State.CANCELLED).exists():
        raise WrongStep("the send is cancelled; nothing of it is handed over again")
    settle(each, Attempt.State.RETURNED, Batch.State.PLANNED)
    Batch.objects.filter(pk=each.batch).update(not_before=None)


def settle(each: Doubt, attempt: Attempt.State, batch: Batch.State) -> None:
    """Take attempt and batch of a doubt to their ends, or raise `WrongStep`."""
    must_step(Attempt, each.attempt, start=Attempt.State.UNKNOWN, end=attempt)
    must_step(Batch, each.batch, start=Batch.State.UNKNOWN, end=batch)
