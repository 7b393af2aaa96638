"""Unknown is settled by evidence: proof by itself, the lack of it by a person.

The ladder.  An event or a log entry that names an attempt proves that the provider accepted it,
and all of it: a request is accepted whole or not at all.  Where nobody knows whether mail was
called back, acceptance is not what is in doubt: there only mail that went out proves anything, or
that all of it was discarded, after which it goes again.  That nothing names it is no proof; it
speaks against acceptance only once all of `Absence` holds.  Even then a person decides.
"""

from __future__ import annotations

import datetime as dt
import enum
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from newsletter import counted
from newsletter.errors import WrongStep
from newsletter.sending import distrust, fences
from newsletter.sending.models import Attempt, Batch, Delivery, Evidence, Send
from newsletter.sending.states import must_step, step, step_all

log = logging.getLogger(__name__)

Kind = Evidence.Kind

#: Events can be this late without anything being wrong.
PATIENCE = dt.timedelta(minutes=30)
#: Two looks into a log count as two only if they lie this far apart.
APART = dt.timedelta(minutes=10)

#: From which states proof leads to accepted, and where the batch stands then.  In the order in
#: which an attempt goes through them, so that one that moves on meanwhile is met again.
DOUBTFUL = (
    (Attempt.State.ARMED, Batch.State.CLAIMED),
    (Attempt.State.POSTING, Batch.State.CLAIMED),
    (Attempt.State.UNKNOWN, Batch.State.UNKNOWN),
)

#: Deliveries that were never part of a request.
NOT_POSTED = (Delivery.Outcome.EXCLUDED, Delivery.Outcome.REFUSED)


# Proof


@transaction.atomic
def prove(message_ids: Mapping[str, str], kind: Kind, *, went_out: Collection[str] = ()) -> int:
    """Have every attempt count as accepted of which there is proof; return how many were in doubt.

    `message_ids` holds the provider's message id (or nothing) by the key of the attempt.  Of those
    in `went_out` mail has left; for the others see `outside`.
    """
    message_ids = outside(message_ids, went_out)
    settled: list[int] = []
    for start, held in DOUBTFUL:
        named = Attempt.objects.select_for_update().filter(key__in=message_ids, state=start)
        batches = dict(named.values_list("pk", "batch_id"))
        if not batches:
            continue
        step_all(Attempt, batches, start=start, end=Attempt.State.ACCEPTED, answered_at=Now())
        step_all(Batch, batches.values(), start=held, end=Batch.State.ACCEPTED)
        settled += batches
    settled += take_back(message_ids)
    note(settled, kind)
    for attempt in Attempt.objects.filter(pk__in=settled, message_id=""):
        Attempt.objects.filter(pk=attempt.pk).update(message_id=message_ids[attempt.key][:200])
    return len(settled)


def outside(message_ids: Mapping[str, str], went_out: Collection[str]) -> dict[str, str]:
    """Return what is named but for mail that was accepted and may have been called back since."""
    may = Q(fence__in_doubt=True) | Q(state=Attempt.State.VOIDED)
    inside = Attempt.objects.filter(may, key__in=message_ids).values_list("key", flat=True)
    silent = set(inside).difference(went_out)
    return {key: message for key, message in message_ids.items() if key not in silent}


def overrule(
    message_ids: Mapping[str, str], kind: Kind, *, went_out: Collection[str] = ()
) -> list[str]:
    """Have proof count whatever was decided; return the keys of attempts given up before.

    Where their batches were handed over again, people have the mail twice.
    """
    with transaction.atomic():
        prove(message_ids, kind, went_out=went_out)
        return contradict(outside(message_ids, went_out))


@transaction.atomic
def conclude(keys: Collection[str], kind: Kind) -> int:
    """Settle the attempts of which it was told of everybody what became of their mail.

    Where all of it was discarded it had been called back, so it goes again.  Returns how many
    were in doubt.
    """
    settled = 0
    for attempt in Attempt.objects.filter(key__in=keys, state=Attempt.State.UNKNOWN):
        outcomes = set(posted(attempt).values_list("outcome", flat=True).distinct())
        if outcomes == {Delivery.Outcome.DROPPED}:
            settled += hand_over_again(attempt, kind)
        elif None not in outcomes:
            settled += prove({attempt.key: ""}, kind, went_out=[attempt.key])
    return settled


def hand_over_again(attempt: Attempt, kind: Kind) -> bool:
    """Plan a batch anew whose people are all known not to have the mail; False if it moved on."""
    unknown, batch = Attempt.State.UNKNOWN, attempt.batch_id
    if not step(Attempt, attempt.pk, start=unknown, end=Attempt.State.VOIDED):
        return False
    must_step(Batch, batch, start=Batch.State.UNKNOWN, end=Batch.State.PLANNED, not_before=None)
    fences.forget_drops([batch])
    note([attempt.pk], kind, text="all of its mail was discarded, so it goes again")
    return True


def take_back(keys: Collection[str]) -> list[int]:
    """Have batches count as accepted that were to be handed over again, if nobody has begun to."""
    returned = Attempt.objects.filter(
        key__in=keys, state=Attempt.State.RETURNED, batch__state=Batch.State.PLANNED
    )
    taken = []
    for pk, batch in returned.values_list("pk", "batch_id"):
        # The batch first: a sender that claims it locks it first, too.
        if step(Batch, batch, start=Batch.State.PLANNED, end=Batch.State.ACCEPTED):
            must_step(Attempt, pk, start=Attempt.State.RETURNED, end=Attempt.State.ACCEPTED)
            taken.append(pk)
    return taken


def contradict(keys: Collection[str]) -> list[str]:
    """Note, once, each attempt whose mail went out though it had been given up; return its key.

    If it had been called back, the provider's word is not relied upon from then on.
    """
    given_up = Attempt.objects.filter(key__in=keys).exclude(
        state__in=(*(state for state, _ in DOUBTFUL), Attempt.State.ACCEPTED)
    )
    noted = Evidence.objects.filter(attempt=OuterRef("pk"), kind=Kind.CONTRADICTION)
    fresh = dict(given_up.exclude(Exists(noted)).values_list("pk", "key"))
    note(fresh, Kind.CONTRADICTION)
    for key in fresh.values():
        log.error(
            "attempt %s had been given up, but its mail went out; if its batch was handed over"
            " again, its people have the mail twice",
            key,
        )
    distrust.begin(fresh)
    return list(fresh.values())


def note(
    attempts: Collection[int],
    kind: Kind,
    *,
    at: dt.datetime | None = None,
    text: str = "",
    by: str = "",
) -> None:
    """Write down a piece of evidence for each of these attempts."""
    Evidence.objects.bulk_create(
        Evidence(attempt_id=pk, kind=kind, at=at or timezone.now(), note=text[:300], by=by[:150])
        for pk in attempts
    )


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
        people=in_doubt(posted(attempt)).count(),
        posted_at=attempt.posted_at,
        answer=attempt.answer,
        absence=absence(attempt, evidence, now),
        evidence=evidence,
        waits=attempt.fence is not None and attempt.fence.state in fences.LIVE,
    )


def posted(attempt: Attempt) -> QuerySet[Delivery]:
    """Return the deliveries that went with the request of an attempt."""
    rows = Delivery.objects.filter(batch=attempt.batch_id)
    return rows.exclude(outcome__in=NOT_POSTED).order_by("pk")


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
            note([each.attempt], Kind.AGAIN, at=at, by=by, text=text)
        else:
            settle(each, Attempt.State.ACCEPTED, Batch.State.ACCEPTED)
            note([each.attempt], Kind.ACCEPTED, at=at, by=by, text=why)
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
