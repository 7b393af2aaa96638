"""Proof of what happened to an attempt.  It counts, whatever was decided before.

An event or a log entry that names an attempt proves that the provider accepted all of it,
because a request is accepted as a whole or not at all.  If mail was perhaps cancelled there,
acceptance is certain anyway.  Then only mail that left proves something, or the fact that all of
it was discarded, after which it is submitted again.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from newsletter.phrases import phrase
from newsletter.sending.ledger.states import require_transition, transition, transition_all
from newsletter.sending.models import Attempt, Batch, Delivery, Evidence
from newsletter.sending.prescheduled import contradictions, reversals

log = logging.getLogger(__name__)

Kind = Evidence.Kind

#: The states that proof changes to accepted, with the state of the batch.  In the order in
#: which an attempt goes through them, so that an attempt that changes meanwhile is still found.
PROVABLE = (
    (Attempt.State.RESERVED, Batch.State.CLAIMED),
    (Attempt.State.IN_FLIGHT, Batch.State.CLAIMED),
    (Attempt.State.UNKNOWN, Batch.State.UNKNOWN),
)

#: Deliveries that were never part of a request.
NOT_SUBMITTED = (Delivery.Outcome.EXCLUDED, Delivery.Outcome.REFUSED)


@transaction.atomic
def prove(message_ids: Mapping[str, str], kind: Kind, *, went_out: Collection[str] = ()) -> int:
    """Record every proven attempt as accepted; return how many were unknown.

    `message_ids` holds the provider's message id (or nothing) by the key of the attempt.  Of those
    in `went_out` mail has left; for the others see `outside`.
    """
    message_ids = keep_conclusive(message_ids, went_out)
    resolved: list[int] = []
    for start, held in PROVABLE:
        named = Attempt.objects.select_for_update().filter(key__in=message_ids, state=start)
        batches = dict(named.values_list("pk", "batch_id"))
        if not batches:
            continue
        transition_all(Attempt, batches, start=start, end=Attempt.State.ACCEPTED, answered_at=Now())
        transition_all(Batch, batches.values(), start=held, end=Batch.State.ACCEPTED)
        resolved += batches
    resolved += keep_planned(message_ids)
    add_evidence(resolved, kind)
    for attempt in Attempt.objects.filter(pk__in=resolved, message_id=""):
        Attempt.objects.filter(pk=attempt.pk).update(message_id=message_ids[attempt.key][:200])
    return len(resolved)


def keep_conclusive(message_ids: Mapping[str, str], went_out: Collection[str]) -> dict[str, str]:
    """Return the named attempts without those that were accepted and perhaps cancelled since."""
    may = Q(provider_batch__in_doubt=True) | Q(state=Attempt.State.CANCELLED)
    inside = Attempt.objects.filter(may, key__in=message_ids).values_list("key", flat=True)
    silent = set(inside).difference(went_out)
    return {key: message for key, message in message_ids.items() if key not in silent}


def overrule_decisions(
    message_ids: Mapping[str, str], kind: Kind, *, went_out: Collection[str] = ()
) -> list[str]:
    """Let proof overrule decisions; return the keys of attempts that had been given up.

    Where their batches were submitted again, people have the mail twice.
    """
    with transaction.atomic():
        prove(message_ids, kind, went_out=went_out)
        return note_contradictions(keep_conclusive(message_ids, went_out))


@transaction.atomic
def resolve_by_proof(keys: Collection[str], kind: Kind) -> int:
    """Resolve the attempts for which the outcome of everybody is known.

    If all mail was discarded, it had been cancelled, so it is submitted again.  Return how many
    were unknown.
    """
    resolved = 0
    for attempt in Attempt.objects.filter(key__in=keys, state=Attempt.State.UNKNOWN):
        outcomes = set(submitted_deliveries(attempt).values_list("outcome", flat=True).distinct())
        if outcomes == {Delivery.Outcome.DROPPED}:
            resolved += plan_again(attempt, kind)
        elif None not in outcomes:
            resolved += prove({attempt.key: ""}, kind, went_out=[attempt.key])
    return resolved


def plan_again(attempt: Attempt, kind: Kind) -> bool:
    """Plan a batch again if all its people are known not to have the mail; False if it changed."""
    unknown, batch = Attempt.State.UNKNOWN, attempt.batch_id
    if not transition(Attempt, attempt.pk, start=unknown, end=Attempt.State.CANCELLED):
        return False
    require_transition(
        Batch, batch, start=Batch.State.UNKNOWN, end=Batch.State.PLANNED, not_before=None
    )
    reversals.forget_drops([batch])
    add_evidence([attempt.pk], kind, text=phrase("all of its mail was discarded, so it goes again"))
    return True


def keep_planned(keys: Collection[str]) -> list[int]:
    """Record batches as accepted that would be submitted again, if nobody has begun to."""
    returned = Attempt.objects.filter(
        key__in=keys, state=Attempt.State.NOT_SENT, batch__state=Batch.State.PLANNED
    )
    taken = []
    for pk, batch in returned.values_list("pk", "batch_id"):
        # The batch first: a sender that claims it locks it first, too.
        if transition(Batch, batch, start=Batch.State.PLANNED, end=Batch.State.ACCEPTED):
            require_transition(
                Attempt, pk, start=Attempt.State.NOT_SENT, end=Attempt.State.ACCEPTED
            )
            taken.append(pk)
    return taken


def note_contradictions(keys: Collection[str]) -> list[str]:
    """Note, once, each attempt whose mail left although it had been given up; return its key.

    If it had been cancelled, the provider is not trusted from then on.
    """
    given_up = Attempt.objects.filter(key__in=keys).exclude(
        state__in=(*(state for state, _ in PROVABLE), Attempt.State.ACCEPTED)
    )
    noted = Evidence.objects.filter(attempt=OuterRef("pk"), kind=Kind.CONTRADICTION)
    fresh = dict(given_up.exclude(Exists(noted)).values_list("pk", "key"))
    add_evidence(fresh, Kind.CONTRADICTION)
    for key in fresh.values():
        log.error(
            "attempt %s had been given up, but its mail went out; if its batch was submitted"
            " again, its people have the mail twice",
            key,
        )
    contradictions.hold_if_contradicted(fresh)
    return list(fresh.values())


def add_evidence(
    attempts: Collection[int],
    kind: Kind,
    *,
    at: dt.datetime | None = None,
    text: str = "",
    by: str = "",
) -> None:
    """Write down a piece of evidence for each of these attempts."""
    Evidence.objects.bulk_create(
        Evidence(attempt_id=pk, kind=kind, at=at or timezone.now(), note=text, by=by[:150])
        for pk in attempts
    )


def submitted_deliveries(attempt: Attempt) -> QuerySet[Delivery]:
    """Return the deliveries that went with the request of an attempt."""
    rows = Delivery.objects.filter(batch=attempt.batch_id)
    return rows.exclude(outcome__in=NOT_SUBMITTED).order_by("pk")
