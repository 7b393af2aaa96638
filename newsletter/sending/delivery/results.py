"""Write down the result of an attempt: one decision, in one transaction, in one place."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Expression, QuerySet
from django.db.models.functions import Now

from newsletter.sending.delivery.decisions import Decision, Part
from newsletter.sending.ledger import job_queue, splitting
from newsletter.sending.ledger.states import ATTEMPT, transition
from newsletter.sending.models import Attempt, Batch, Delivery, Evidence, Send
from newsletter.sending.prescheduled import reversals
from newsletter.sending.resolution import proof
from newsletter.sending.safeguards import lost_answers

log = logging.getLogger(__name__)


def apply_decision(attempt: Attempt, decision: Decision) -> bool:
    """Write a decision down; False if somebody else had decided before.

    Even then, what the provider accepted counts.
    """
    decided = write(attempt, decision)
    # After the transaction: two processes that count at the same time must not both miss an answer.
    if decided and decision.has_unknown:
        log.warning("%s: its answer was lost. %s", attempt.batch, decision.answer)
        lost_answers.hold_after_lost_answer(attempt.batch.send_id)
    return decided


@transaction.atomic
def write(attempt: Attempt, decision: Decision) -> bool:
    """Write down all of a decision, or nothing; False if somebody else had decided before."""
    if decision.accepts_all and reversals.is_uncertain(attempt):
        # The mail may have been cancelled since, so the acceptance decides nothing.
        Attempt.objects.filter(pk=attempt.pk).update(**provider_answer(decision))
        return True
    decided = finish(attempt, decision)
    if decided:
        write_people(attempt, decision)
        write_note(attempt, decision)
    else:
        contest(attempt, decision)
    if decision.hold:
        hold(attempt.batch.send_id, decision.hold)
    return decided


def finish(attempt: Attempt, decision: Decision) -> bool:
    """Finish attempt and batch together; False if somebody else did before.

    If the lease has ended meanwhile, both are unknown; a late answer still counts.
    """
    for start in (Attempt.State.IN_FLIGHT, Attempt.State.UNKNOWN, Attempt.State.RESERVED):
        if decision.attempt in ATTEMPT[start] and transition(
            Attempt,
            attempt.pk,
            start=start,
            end=decision.attempt,
            answered_at=Now(),
            **provider_answer(decision),
        ):
            in_doubt = start == Attempt.State.UNKNOWN
            held = Batch.State.UNKNOWN if in_doubt else Batch.State.CLAIMED
            again = decision.batch == Batch.State.PLANNED
            when = {"not_before": seconds_from_now(decision.wait)} if again else {}
            return transition(Batch, attempt.batch_id, start=held, end=decision.batch, **when)
    return False


def provider_answer(decision: Decision) -> dict[str, str]:
    """Return the provider's answer, as the attempt keeps it."""
    said = {"answer": decision.answer}
    return said | ({"message_id": decision.message_id} if decision.message_id else {})


def seconds_from_now(seconds: float) -> Expression | None:
    """Return the time in `seconds` from now, by the database's clock; None means at once."""
    return Now() + dt.timedelta(seconds=seconds) if seconds else None


def write_people(attempt: Attempt, decision: Decision) -> None:
    """Refuse people, and move those with a different result to batches of their own."""
    for delivery, why in decision.refused.items():
        take_out(delivery, Delivery.Outcome.REFUSED, why)
    for part in decision.parts:
        move_people(attempt, part)


def move_people(attempt: Attempt, part: Part) -> None:
    """Move people of an attempt's batch to a batch of their own, with what is known of it."""
    batch = attempt.batch
    if part.moves:
        batch = splitting.move_deliveries(
            attempt, part.deliveries, part.state, not_before=seconds_from_now(part.wait)
        )
    if part.attempt:
        splitting.add_attempt(attempt, batch, part.attempt, len(part.deliveries), part.answer)
    if part.state == Batch.State.PLANNED:
        job_queue.enqueue([batch.pk])


def write_note(attempt: Attempt, decision: Decision) -> None:
    """Note at a send why it does not go on just now, or remove the note after an acceptance.

    The reason why a send was held or stopped is never replaced by this note.
    """
    going = Send.objects.filter(pk=attempt.batch.send_id, state=Send.State.SENDING)
    if decision.has_accepted:
        clear_note(attempt, going)
    elif decision.note is not None:
        note = decision.note
        if going.exclude(note=note).update(note=note) and note:
            log.warning("send %s: %s", attempt.batch.send_id, note)


def clear_note(attempt: Attempt, going: QuerySet[Send]) -> None:
    """Remove the note about a failure that is over.

    It is such a note if a batch was returned with this text; other notes stay.
    """
    said = attempt.batch.send.note
    gone_back = Attempt.objects.filter(
        batch__send=attempt.batch.send_id, state=Attempt.State.NOT_SENT, answer=said
    )
    if said and gone_back.exists():
        going.filter(note=said).update(note="")


def contest(attempt: Attempt, decision: Decision) -> None:
    """Count people as accepted, although somebody had decided otherwise meanwhile."""
    given_back = Batch.objects.select_for_update().filter(
        pk=attempt.batch_id, state=Batch.State.PLANNED
    )
    if decision.accepts_all:
        proof.overrule_decisions({attempt.key: decision.message_id}, Evidence.Kind.ANSWER)
    elif decision.accepted:
        if given_back.exists():
            splitting.move_deliveries(attempt, decision.accepted, Batch.State.ACCEPTED)
        # Where the batch was claimed again already, these people may have the mail twice.
        proof.note_contradictions([attempt.key])


def hold(send_id: int, why: str) -> None:
    """Stop a send until a person has acted, and say why."""
    if transition(Send, send_id, start=Send.State.SENDING, end=Send.State.HELD, note=why):
        log.error("send %s is held. %s", send_id, why)


def exclude_people(unfillable: Mapping[int, str]) -> None:
    """Exclude people for whom the mail cannot be filled in; the others get their mail."""
    for delivery, why in unfillable.items():
        take_out(delivery, Delivery.Outcome.EXCLUDED, why)


def take_out(delivery: int, outcome: Delivery.Outcome, why: str) -> None:
    """Give one person an outcome of their own, whatever happens to their batch."""
    rows = Delivery.objects.filter(pk=delivery, outcome=None)
    rows.update(outcome=outcome, reason=why)
