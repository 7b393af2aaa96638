"""Apply events, several at a time, to the ledger, the suppressions and the subscriptions.

Neither the order nor the repetition of events matters: proof is proof, an
outcome is replaced only by a stronger one, and a repeated event has no effect.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from newsletter.sending.models import Attempt, Delivery, Evidence
from newsletter.sending.resolution import proof
from newsletter.sending.restores import backfill, suspensions
from newsletter.tracking import missing_attempts, reader_counts
from newsletter.tracking.models import DailyEventCount, Event
from newsletter.tracking.outcomes import outcomes_below
from newsletter.tracking.soft_bounces import policy_of, suppress_failing
from newsletter.transports.events import Kind, Outcome, ParsedEvent
from subscribers.addresses import key_of
from subscribers.history.models import Actor
from subscribers.models import Subscriber, Suppression, SuppressionRemoval
from subscribers.subscriptions import unsubscribe_people
from subscribers.suppressions import heavier_reason, suppress_all

log = logging.getLogger(__name__)

Sort = DailyEventCount.Sort

#: Our clock and the provider's may differ by so much.
MAX_CLOCK_DIFFERENCE = dt.timedelta(minutes=1)

#: Events that readers cause.
READER_ACTIONS = (Kind.COMPLAINED, Kind.UNSUBSCRIBED, Kind.LEFT)

#: Takes a third of the time of model instances, and there are two rows for every mail.
INSERT_EVENT = """
INSERT INTO tracking_event (key, delivery_id, kind, at, reason) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class News:
    """A fact about a mail of ours; `counts` is False if the attempt had been given up."""

    fact: ParsedEvent
    delivery: int
    counts: bool = True


def handle_events(facts: Sequence[ParsedEvent]) -> Counter[Sort]:
    """Apply these facts; return how many there were of each sort.

    Call it in a transaction.
    """
    missing_attempts.report_named_by_events(facts)
    if suspensions.get_suspension():
        # Attempts are restored if possible, so that the events of this post count.
        backfill.restore_named({fact.attempt for fact in facts})
    prove_attempts(facts)
    ours = find_labelled(facts) + by_address(facts)
    told = [news for news in ours if news.fact.type.kind is not None]
    readers = count_readers(ours)
    fresh = store_facts(told)
    raise_outcomes(fresh)
    conclude(ours)
    stop_mailing(fresh)
    stop_failing(fresh)
    log_account_drops(fresh)
    return Counter(
        {
            Sort.NEW: len(fresh) + readers.new,
            Sort.REPEATED: len(told) - len(fresh) + readers.repeated,
            Sort.IGNORED: readers.ignored,
            Sort.PROOF_ONLY: len(ours) - len(told) - readers.total,
            Sort.FOREIGN: len(facts) - len(ours),
        }
    )


def count_readers(ours: Sequence[News]) -> reader_counts.Taken:
    """Count opens and clicks; without any, nothing is asked of the database."""
    acts = [
        reader_counts.Act(news.delivery, kind, fact.key, fact.at, fact.url, fact.machine)
        for news in ours
        if (kind := (fact := news.fact).type.counted) is not None
    ]
    return reader_counts.count_readers(acts) if acts else reader_counts.Taken()


# Proof


def prove_attempts(facts: Sequence[ParsedEvent]) -> None:
    """Record every named attempt as accepted, if the fact proves that."""
    message_ids = {fact.attempt: fact.message for fact in facts if fact.attempt}
    went_out = {fact.attempt for fact in facts if fact.attempt and fact.type.went_out}
    Attempt.objects.filter(key__in=message_ids, heard_at=None).update(heard_at=Now())
    report(proof.prove(message_ids, Evidence.Kind.EVENT, went_out=went_out))
    proof.note_contradictions(went_out)


def conclude(ours: Sequence[News]) -> None:
    """Resolve the attempts whose mail was dropped for everybody."""
    dropped = {news.fact.attempt for news in ours if news.fact.type.outcome == Outcome.DROPPED}
    report(proof.resolve_by_proof(dropped, Evidence.Kind.EVENT))


def report(count: int) -> None:
    """Log how many attempts were resolved."""
    if count:
        log.info("events resolved %s attempts that were in doubt", count)


# Whose mail it is


def find_labelled(facts: Sequence[ParsedEvent]) -> list[News]:
    """Return the facts whose labels name an attempt and a delivery of one send of ours.

    An attempt that is unknown by now was perhaps cancelled: events about its people count, too.
    """
    named = [fact for fact in facts if fact.attempt and fact.delivery is not None]
    attempts = {
        key: (send, state in (Attempt.State.ACCEPTED, Attempt.State.UNKNOWN))
        # Locked, so that nobody changes the outcomes of its people meanwhile.
        for key, send, state in Attempt.objects.select_for_update(of=("self",))
        .filter(key__in={fact.attempt for fact in named})
        .order_by("pk")
        .values_list("key", "batch__send_id", "state")
    }
    ours = [fact for fact in named if fact.attempt in attempts]
    rows = Delivery.objects.filter(pk__in={fact.delivery for fact in ours})
    sends = dict(rows.values_list("pk", "send_id"))
    return [
        News(fact, fact.delivery, counts=stands or fact.type.went_out)
        for fact in ours
        for send, stands in (attempts[fact.attempt],)
        if fact.delivery is not None and sends.get(fact.delivery) == send
    ]


def by_address(facts: Sequence[ParsedEvent]) -> list[News]:
    """Return the bounces without labels, each about the last mail before it to that address.

    A server that accepts a mail and reports later that it cannot deliver it does not say which
    mail that was.  Such a fact proves nothing about an attempt.
    """
    bare = [
        (key_of(fact.email), fact)
        for fact in facts
        if fact.type.kind == Kind.BOUNCED and not fact.attempt
    ]
    people = dict(
        Subscriber.objects.filter(key__in={key for key, _ in bare}).values_list("key", "pk")
    )
    found = [(fact, last_before(people[key], fact.at)) for key, fact in bare if key in people]
    return [News(fact, delivery) for fact, delivery in found if delivery is not None]


def last_before(person: int, at: dt.datetime) -> int | None:
    """Return the last delivery to a person that had been posted by a time."""
    posted = Attempt.objects.filter(
        state__in=Attempt.TAKEN,
        posted_at__lte=at + MAX_CLOCK_DIFFERENCE,
        batch__deliveries__subscriber=person,
    ).exclude(batch__deliveries__outcome__in=proof.NOT_SUBMITTED)
    rows = Delivery.objects.filter(subscriber=person, batch__in=posted.values("batch"))
    return rows.order_by("-pk").values_list("pk", flat=True).first()


# Keeping


def store_facts(told: Sequence[News]) -> list[News]:
    """Store the facts that are new, and return them."""
    known = find_seen(told)
    fresh = []
    for news in told:
        if known.isdisjoint(names := event_identity(news)):
            fresh.append(news)
            known.update(names)
    with connection.cursor() as cursor:
        cursor.executemany(INSERT_EVENT, [event_row(news) for news in fresh])
    return fresh


def event_identity(news: News) -> tuple[object, ...]:
    """Return what identifies an event: its id and, for an action of a reader, its time.

    Such events are sometimes repeated with another id.
    """
    fact = news.fact
    if fact.type.kind in READER_ACTIONS:
        return fact.key, (news.delivery, fact.type.kind, fact.at)
    return (fact.key,)


def find_seen(told: Sequence[News]) -> set[object]:
    """Return which of these events were told before, each as in `event_identity`."""
    keys = Event.objects.filter(key__in=[news.fact.key for news in told])
    people = [news.delivery for news in told if news.fact.type.kind in READER_ACTIONS]
    acts = Event.objects.filter(delivery__in=people, kind__in=map(str, READER_ACTIONS))
    return {
        *keys.values_list("key", flat=True),
        *acts.values_list("delivery_id", "kind", "at"),
    }


def event_row(news: News) -> tuple[str, int, str, str | None, str]:
    """Return the row to store, for `INSERT_EVENT`."""
    key, delivery, at = news.fact.key, news.delivery, news.fact.at
    stored_at = connection.ops.adapt_datetimefield_value(at)
    return key, delivery, str(news.fact.type.kind), stored_at, news.fact.reason


# Following


def raise_outcomes(fresh: Iterable[News]) -> None:
    """Give each delivery its strongest outcome; of equal ones the first in the alphabet."""
    groups: defaultdict[tuple[Delivery.Outcome, str], list[int]] = defaultdict(list)
    for news in fresh:
        if news.counts and (outcome := news.fact.type.outcome):
            groups[Delivery.Outcome(outcome), news.fact.reason].append(news.delivery)
    for (stands, reason), deliveries in sorted(groups.items()):
        gives_way = Q(outcome=None) | Q(outcome__in=outcomes_below(stands))
        gives_way |= Q(outcome=stands, reason__gt=reason)
        rows = Delivery.objects.filter(gives_way, pk__in=deliveries)
        rows.update(outcome=stands, reason=reason)


def stop_mailing(fresh: Sequence[News]) -> None:
    """Suppress addresses and end subscriptions that must not be mailed any more."""
    reasons: dict[str, Suppression.Reason] = {}
    for news in fresh:
        if reason := news.fact.type.suppress:
            told = Suppression.Reason(reason)
            reasons[news.fact.email] = heavier_reason(told, reasons.get(news.fact.email, told))
    suppress_all(reasons, "told by the provider")
    all_lists = [news for news in fresh if news.fact.type.leaves_all]
    unsubscribe_people(people_of(without_own_entries(all_lists)), by=Actor.PROVIDER)
    by_send: defaultdict[int, list[int]] = defaultdict(list)
    leaving = [n.delivery for n in fresh if n.fact.type.leaves_these]
    for person, send in Delivery.objects.filter(pk__in=leaving).values_list(
        "subscriber_id", "send_id"
    ):
        by_send[send].append(person)
    for send, people in by_send.items():
        lists = Delivery.objects.filter(send=send).values_list("send__lists", flat=True)
        unsubscribe_people(people, set(lists.distinct()), by=Actor.PROVIDER)


def without_own_entries(leaving: Sequence[News]) -> list[int]:
    """Return the deliveries of people who leave, but for drops that may be our own doing.

    A suppression that was pushed to the provider stays there when it is removed here.  Then the
    next mail is dropped for it, and the person has not left.  When they unsubscribe there later,
    an event says so, and the provider's list does.
    """
    drops = [n for n in leaving if n.fact.type.kind == Kind.DROPPED and not n.fact.type.suppress]
    keys = {key_of(news.fact.email) for news in drops}
    removals = SuppressionRemoval.objects.filter(key__in=keys, list=None)
    removed = set(removals.values_list("key", flat=True))
    own = [news for news in drops if key_of(news.fact.email) in removed]
    if own:
        log.warning(
            "the provider dropped %s mails to people whose suppression was removed here:"
            " delete them from its list of global unsubscribes",
            len(own),
        )
    return [news.delivery for news in leaving if news not in own]


def stop_failing(fresh: Sequence[News]) -> None:
    """Suppress addresses at which mail was turned away too often, by the policy."""
    turned_away = [
        news.delivery for news in fresh if news.counts and news.fact.type.kind == Kind.BLOCKED
    ]
    if turned_away:
        policy = policy_of(settings.CONFIG.suppression)
        suppress_failing(sorted(set(people_of(turned_away))), policy)


def people_of(deliveries: Iterable[int]) -> list[int]:
    """Return the people of deliveries."""
    rows = Delivery.objects.filter(pk__in=list(deliveries))
    return list(rows.values_list("subscriber_id", flat=True))


def log_account_drops(fresh: Iterable[News]) -> None:
    """Log that the provider dropped mail because of the account or the mail."""
    reasons = Counter(
        news.fact.reason for news in fresh if news.counts and not news.fact.type.personal
    )
    for reason, count in reasons.items():
        log.error("the provider dropped %s mails that it had accepted: %s", count, reason)
