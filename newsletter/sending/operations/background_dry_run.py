"""Ask the provider beforehand, batch by batch, whether it will take a queued send.

Nobody is mailed.  What would hold the send at its scheduled time holds it now, while there is time;
people whose mail will be refused are named.  It goes through the subscribers in the order of
their ids, a chunk at a time, so it can stop and continue later.  The send itself handles what
changes after that.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone

from newsletter import counted
from newsletter.errors import (
    AccountError,
    NotSubmitted,
    Refused,
    Throttled,
    TooLarge,
    TransportError,
)
from newsletter.phrases import from_data, phrase, to_data
from newsletter.sending import trusted_time
from newsletter.sending.delivery.compose import Person, build_requests
from newsletter.sending.ledger.splitting import split_into_chunks
from newsletter.sending.ledger.states import transition as take_step
from newsletter.sending.models import DryRun, Send
from newsletter.transports.base import Message, Recipient, Transport
from subscribers.importing.unfinished import leave_out
from subscribers.list_suppressions import not_suppressed
from subscribers.models import Subscriber, Subscription, Suppression

log = logging.getLogger(__name__)

#: Subscribers checked at a time: the most that go in one request.
CHUNK_SIZE = 1000
#: How many people are named; the others are only counted.
MAX_FINDINGS = 200
#: A send that leaves sooner than this gets no dry run.
MIN_LEAD = dt.timedelta(minutes=1)
#: After a provider that did not answer.
RETRY_AFTER = dt.timedelta(minutes=5)
#: No wait is longer than this.
MAX_RETRY_AFTER = dt.timedelta(hours=1)
#: Used in place of the key of an attempt.
NO_ATTEMPT = "dry_run"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Subscribers with ids up to `through`, and those of them who would be mailed."""

    through: int
    people: Sequence[Person]


def list_refused(dry_run: DryRun) -> list[tuple[str, str]]:
    """Return (address, reason) of the people who are named."""
    named = [pk for pk, _ in dry_run.findings]
    addresses = dict(Subscriber.objects.filter(pk__in=named).values_list("pk", "email"))
    gone = phrase("somebody who is gone")
    return [(addresses.get(pk, gone), from_data(why)) for pk, why in dry_run.findings]


def next_due_send(now: dt.datetime) -> Send | None:
    """Return a queued and approved send that has had no dry run in its current form."""
    done = Q(dry_run__edition=F("edition")) & (
        # A longer wait than the longest possible one was written by a clock that was ahead.
        Q(dry_run__done_at__isnull=False)
        | Q(dry_run__not_before__gt=now, dry_run__not_before__lte=now + MAX_RETRY_AFTER)
    )
    waiting = Send.objects.filter(
        state=Send.State.QUEUED, edition__approved_at__isnull=False, at__gt=now + MIN_LEAD
    ).exclude(pk__in=Send.objects.filter(done))
    return waiting.select_related("issue__publication").order_by("at").first()


def check_next_chunk(send: Send, transport: Transport) -> bool:
    """Check the next chunk; return whether to go on at once."""
    dry_run = get_or_begin(send)
    portion = next_chunk(send, dry_run.through)
    if portion is None:
        finish(dry_run)
        return False
    try:
        refused = find_refusals(send, portion.people, transport)
    except AccountError as error:
        hold_send(dry_run, error)
    except TransportError as error:
        postpone(dry_run, error)
    else:
        record_chunk(dry_run, portion, refused)
        return True
    return False


def get_or_begin(send: Send) -> DryRun:
    """Return the dry run for the current edition of a send, a new one if necessary."""
    DryRun.objects.filter(send=send).exclude(edition=send.edition_id).delete()
    found, _ = DryRun.objects.get_or_create(send=send, defaults={"edition": send.edition})
    return found


def next_chunk(send: Send, after: int) -> Chunk | None:
    """Return the next people who would be mailed now; None if nobody is left."""
    ids = Subscriber.objects.filter(pk__gt=after).order_by("pk").values("pk")[:CHUNK_SIZE]
    through = Subscriber.objects.filter(pk__in=ids).aggregate(last=Max("pk"))["last"]
    if through is None:
        return None
    active = Subscription.objects.filter(
        subscriber=OuterRef("pk"), state=Subscription.State.ACTIVE, list__in=send.lists.all()
    )
    people = Subscriber.objects.filter(
        Exists(not_suppressed(leave_out(active))),
        ~Exists(Suppression.objects.filter(key=OuterRef("key"))),
        pk__gt=after,
        pk__lte=through,
    )
    # There are no deliveries yet; the subscriber's number stands for theirs.
    columns = ("pk", "email", "pk", "name", "attributes")
    return Chunk(through, [Person._make(row) for row in people.values_list(*columns)])


def find_refusals(send: Send, people: Sequence[Person], transport: Transport) -> dict[int, str]:
    """Return why some people would not be mailed, by id; raise what would hold everybody."""
    requests, unfillable = build_requests(send, people, NO_ATTEMPT, transport)
    for request in requests:
        asked = list(zip(request.deliveries, request.recipients, strict=True))
        unfillable |= ask_provider(transport, request.message, asked)
    return unfillable


def ask_provider(
    transport: Transport, message: Message, people: Sequence[tuple[int, Recipient]]
) -> dict[int, str]:
    """Try one request, then again without the people it refuses; return these with the reason."""
    refused: dict[int, str] = {}
    while people:
        try:
            transport.dry_run(message, [person for _, person in people])
        except Refused as error:
            if not error.persons:
                raise
            refused |= {people[place][0]: error.message for place in error.persons}
            people = [each for place, each in enumerate(people) if place not in error.persons]
        except AccountError as error:
            # A problem that may be about some people does not hold everybody in advance.
            if not error.persons or len(error.persons) == len(people):
                raise
            refused |= {people[place][0]: words for place, words in error.persons.items()}
            people = [each for place, each in enumerate(people) if place not in error.persons]
        except TooLarge:
            if len(people) == 1:
                raise
            for half in split_into_chunks(people, (len(people) + 1) // 2):
                refused |= ask_provider(transport, message, half)
            break
        else:
            break
    return refused


def record_chunk(dry_run: DryRun, portion: Chunk, refused: dict[int, str]) -> None:
    """Write down what was found in a chunk, unless another process did."""
    findings = [*dry_run.findings, *([pk, to_data(why)] for pk, why in refused.items())]
    DryRun.objects.filter(pk=dry_run.pk, through=dry_run.through).update(
        through=portion.through,
        asked=dry_run.asked + len(portion.people),
        refused=dry_run.refused + len(refused),
        findings=findings[:MAX_FINDINGS],
        problem="",
    )


def finish(dry_run: DryRun) -> None:
    """Close a dry run, and note the result at the send."""
    DryRun.objects.filter(pk=dry_run.pk).update(done_at=timezone.now(), problem="")
    note_on_send(dry_run, summarise_refused(dry_run))


def summarise_refused(dry_run: DryRun) -> str:
    """Say how many people will be refused, and how to list them; empty if nobody will be."""
    if not dry_run.refused:
        return ""
    return phrase(
        "Dry run: {refused} of {people} will not be mailed. Who: newsletter issue dry-run REF",
        refused=f"{dry_run.refused:,}",
        people=counted.people_phrase(dry_run.asked),
    )


def hold_send(dry_run: DryRun, error: AccountError) -> None:
    """Hold a send that would be held when it is due, while there is time to fix the cause."""
    words = phrase("Dry run before its time: {error} {hint}", error=error.message, hint=error.hint)
    log.error("send %s is held. %s", dry_run.send_id, words)
    with transaction.atomic():
        # It begins again when the send is queued again.
        DryRun.objects.filter(pk=dry_run.pk).update(through=0, problem=error.message)
        take_step(Send, dry_run.send_id, start=Send.State.QUEUED, end=Send.State.HELD, note=words)


def postpone(dry_run: DryRun, error: TransportError) -> None:
    """Postpone a dry run: the provider's answer says nothing about it."""
    asked = dt.timedelta(seconds=error.seconds) if isinstance(error, Throttled) else RETRY_AFTER
    wait = min(asked, MAX_RETRY_AFTER)
    log.warning("the dry run of send %s waits: %s", dry_run.send_id, error)
    DryRun.objects.filter(pk=dry_run.pk).update(
        not_before=trusted_time.now() + wait, problem=error.message
    )
    if isinstance(error, NotSubmitted):
        note_on_send(dry_run, phrase("No dry run yet: {error}", error=error.message))


def note_on_send(dry_run: DryRun, words: str) -> None:
    """Write a note where everybody sees it who looks at a queued send."""
    Send.objects.filter(pk=dry_run.send_id, state=Send.State.QUEUED).update(note=words)
