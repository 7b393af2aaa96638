"""The provider's own suppression lists: read once a day, as events may be missing; ours pushed.

Whoever is on one of them is suppressed here.  Nobody comes back because they are not: only the
person can do that, or somebody here, and then an entry that is older than that act says nothing.
Mail that was turned away (`blocks`) suppresses nobody by itself: it counts as the event that we
missed, for the policy of `soft_bounces`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from django.db import transaction

from newsletter.conf.config import Config
from newsletter.errors import InvalidTransition
from newsletter.phrases import phrase
from newsletter.sending.models import Delivery
from newsletter.tracking import event_handlers
from newsletter.transports.event_text import without_addresses
from newsletter.transports.events import EventType, Kind, Outcome, ParsedEvent
from newsletter.transports.factory import open_suppression_lists
from newsletter.transports.suppression_lists import ListedAddress, ListKind, SuppressionLists
from subscribers.addresses import key_of
from subscribers.history.models import Actor
from subscribers.models import Subscriber, Suppression, SuppressionRemoval
from subscribers.subscriptions import unsubscribe_people
from subscribers.suppressions import suppress_all

Reason = Suppression.Reason

#: Why an address on a list is suppressed here.
REASONS = {
    ListKind.BOUNCES: Reason.BOUNCED,
    ListKind.INVALID: Reason.INVALID,
    ListKind.COMPLAINTS: Reason.COMPLAINED,
    ListKind.UNSUBSCRIBES: Reason.UNSUBSCRIBED,
}
#: Lists that readers put themselves on: they leave every list here, too.
LEAVING = (ListKind.COMPLAINTS, ListKind.UNSUBSCRIBES)
BLOCKED = EventType(kind=Kind.BLOCKED, outcome=Outcome.BLOCKED)
#: Addresses pushed at once, and rows read at once.
CHUNK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class PullResult:
    """How many entries each list had, and how many of them are new here, by list."""

    read: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True, slots=True)
class PushResult:
    """How many are suppressed here, and how many of them the provider did not know."""

    suppressed: int
    pushed: int


@contextmanager
def opened(config: Config) -> Iterator[SuppressionLists]:
    """Open the lists of the provider, or raise `InvalidTransition` where it has none."""
    lists = open_suppression_lists(config)
    if lists is None:
        name = config.sending.transport
        raise InvalidTransition(
            phrase("the transport {name} has no suppression lists", name=repr(name))
        )
    with closing(lists):
        yield lists


def pull(
    config: Config, *, since: dt.datetime | None, until: dt.datetime, dry_run: bool = False
) -> PullResult:
    """Read every list between two times (`None`: from the first entry on), and suppress here.

    Each page is a transaction; after an error, what was read stays, and may be read again.
    Raises a `TransportError` where the provider does not answer, or not in a usable way.
    """
    result = PullResult()
    with opened(config) as lists:
        for kind in ListKind:
            for page in lists.read(kind, since=since, until=until):
                result.read[kind] += len(page)
                result.new[kind] += apply_page(kind, page, dry_run=dry_run)
    return result


@transaction.atomic
def apply_page(kind: ListKind, page: Sequence[ListedAddress], *, dry_run: bool) -> int:
    """Apply some entries of a list; return how many say something new."""
    fresh = without_forgiven(kind, page)
    found = apply_blocks(fresh) if kind == ListKind.BLOCKS else apply_entries(kind, fresh)
    if dry_run:
        transaction.set_rollback(True)
    return found


def without_forgiven(kind: ListKind, page: Sequence[ListedAddress]) -> list[ListedAddress]:
    """Return the entries but for those that the end of a suppression for all mail made void."""
    keys = {key_of(each.email) for each in page}
    removals: defaultdict[str, list[SuppressionRemoval]] = defaultdict(list)
    for removal in SuppressionRemoval.objects.filter(key__in=keys, list=None):
        removals[removal.key].append(removal)
    return [
        each
        for each in page
        if not any(forgives(removal, kind, each) for removal in removals[key_of(each.email)])
    ]


def forgives(removal: SuppressionRemoval, kind: ListKind, entry: ListedAddress) -> bool:
    """Say whether the end of a suppression makes an entry of a list void.

    What readers did themselves, only they undo.  But an unsubscribe from the time of the
    suppression may be our own: `push` writes such entries.  That time is when it was written here,
    never one that a file gives: else its owner's own act since then would count as ours.
    """
    if entry.at > removal.removed_at:
        return False
    if kind not in LEAVING or removal.by == Actor.PERSON:
        return True
    # Times of the provider are whole seconds.
    since = removal.suppressed_at.replace(microsecond=0)
    return kind == ListKind.UNSUBSCRIBES and entry.at >= since


def apply_entries(kind: ListKind, entries: Sequence[ListedAddress]) -> int:
    """Suppress the addresses of a list; return how many are new."""
    reason = REASONS[kind]
    if kind == ListKind.UNSUBSCRIBES:
        # We may have put them there ourselves; whoever is suppressed gets no mail anyway.
        known = set(suppressed_keys(entries))
        entries = [each for each in entries if key_of(each.email) not in known]
    notes = {each.email: note_of(kind, each) for each in entries}
    # First the suppressions, as events do it, so that the two do not block each other.
    new = suppress_all(dict.fromkeys(notes, reason), notes)
    if kind in LEAVING:
        keys = {key_of(each.email) for each in entries}
        people = Subscriber.objects.filter(key__in=keys).values_list("pk", flat=True)
        unsubscribe_people(list(people), by=Actor.PROVIDER)
    return new


def suppressed_keys(entries: Iterable[ListedAddress]) -> Iterable[str]:
    """Return which of the addresses are suppressed here, by their keys."""
    keys = {key_of(each.email) for each in entries}
    return Suppression.objects.filter(key__in=keys).values_list("key", flat=True)


def note_of(kind: ListKind, entry: ListedAddress) -> str:
    """Say which list has an address since when, and what the provider notes of it."""
    note = f": {entry.note}" if entry.note else ""
    return f"on the provider's list {kind} since {entry.at:%Y-%m-%d}{note}"


def apply_blocks(entries: Sequence[ListedAddress]) -> int:
    """Let mail that was turned away count where no event told it; return how many are new."""
    people = dict(
        Subscriber.objects.filter(key__in={key_of(each.email) for each in entries}).values_list(
            "key", "pk"
        )
    )
    news = []
    for each in entries:
        person = people.get(key_of(each.email))
        delivery = event_handlers.last_before(person, each.at) if person else None
        if delivery and Delivery.objects.filter(pk=delivery, outcome=None).exists():
            news.append(event_handlers.News(missed_event(each, delivery), delivery))
    fresh = event_handlers.store_facts(news)
    event_handlers.raise_outcomes(fresh)
    event_handlers.stop_failing(fresh)
    return len(fresh)


def missed_event(entry: ListedAddress, delivery: int) -> ParsedEvent:
    """Return the event that an entry stands for; its key is the same each time."""
    named = f"{entry.email}\0{int(entry.at.timestamp())}".encode()
    return ParsedEvent(
        key=f"list-blocks-{hashlib.sha256(named).hexdigest()[:32]}",
        type=BLOCKED,
        at=entry.at,
        email=entry.email,
        delivery=delivery,
        attempt="",
        message="",
        # Of any provider: what the ledger keeps outlives an erasure.
        reason=without_addresses(entry.note)[:200],
    )


def push(config: Config, *, until: dt.datetime, dry_run: bool = False) -> PushResult:
    """Add the addresses that are suppressed here for all mail to the provider's global list.

    What it lists already is not sent again, so that it can be done any number of times.
    """
    with opened(config) as lists:
        listed = {
            key_of(each.email)
            for kind in REASONS
            for page in lists.read(kind, since=None, until=until)
            for each in page
        }
        rows = Suppression.objects.order_by("key").values_list("key", "email")
        missing = [email for key, email in rows.iterator(CHUNK) if key not in listed]
        if missing and not dry_run:
            lists.add(missing)
    return PushResult(suppressed=rows.count(), pushed=len(missing))
