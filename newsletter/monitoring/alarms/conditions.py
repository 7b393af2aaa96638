"""What needs a person, by the tables as they are now; nothing is written here."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.urls import reverse

from newsletter.monitoring.models import Alarm
from newsletter.phrases import Phrase, Time, phrase
from newsletter.runtime.availability import is_unavailable
from newsletter.scheduling.holds import EMPTY_AND_HELD, reason_of
from newsletter.scheduling.models import Slot
from newsletter.sending.ledger.job_queue import is_used
from newsletter.sending.models import Attempt, Batch, Send
from newsletter.sending.reporting.jobs import read_overview, table_exists
from newsletter.sending.restores import suspensions
from newsletter.tracking.models import Post
from newsletter.tracking.status import is_silent
from newsletter.transports.factory import provider_of
from subscribers.importing.stuck import FIX, describe_stuck, list_stuck

log = logging.getLogger(__name__)

#: What is unknown is first looked up; after this much longer a person is told.
LOOKED_UP = dt.timedelta(minutes=30)
#: A slot that nothing took by then was missed: the clock looks every second.
MISSED = dt.timedelta(minutes=10)
#: A slot that is held is told of for this time.
HELD_LATELY = dt.timedelta(days=14)
#: Posts are read within seconds.
UNREAD = dt.timedelta(minutes=15)
#: Batches are taken within seconds.
UNTAKEN = dt.timedelta(minutes=5)

Kind = Alarm.Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """Something that needs a person; kind and key say which it is, as long as it lasts."""

    kind: Alarm.Kind
    words: Phrase
    key: str = ""
    fix: Phrase | str = ""
    path: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What needs a person, and of which kinds nobody knows, as looking for them failed."""

    found: Sequence[Condition]
    unknown: frozenset[Alarm.Kind] = frozenset()


def find_conditions(now: dt.datetime) -> Look:
    """Look for everything that needs a person now; an error in one source stops no other.

    Raises what comes of a database that is away.
    """
    found: list[Condition] = []
    unknown: set[Alarm.Kind] = set()
    for source, kinds in SOURCES.items():
        try:
            found += source(now)
        except Exception as error:
            if is_unavailable(error):
                raise
            log.exception("it is not known whether there is an alarm: %s", ", ".join(kinds))
            unknown |= kinds
    return Look(found=found, unknown=frozenset(unknown))


def held_sends(_now: dt.datetime) -> Iterator[Condition]:
    """Yield the sends that are held: by a person's rule, by an error, or automatically."""
    for send in Send.objects.filter(state=Send.State.HELD).select_related("issue"):
        yield Condition(
            kind=Kind.AUTO_PAUSED if send.held_by else Kind.SEND_HELD,
            key=f"send:{send.pk}",
            words=phrase("{issue} is held. {why}", issue=send.issue.title, why=send.note),
            fix=phrase("Look at the send, then resume or cancel it."),
            path=path_of(send),
        )


def path_of(send: Send) -> str:
    """Return where a send stands in the desk."""
    return reverse("desk_send", args=[send.pk])


def unresolved_sends(now: dt.datetime) -> Iterator[Condition]:
    """Yield the sends whose unknown answers neither events nor the provider's log resolved."""
    waits = dt.timedelta(minutes=settings.CONFIG.events.lookup_after_minutes) + LOOKED_UP
    old = Attempt.objects.filter(state=Attempt.State.UNKNOWN, posted_at__lt=now - waits)
    sends = Send.objects.filter(state=Send.State.UNRESOLVED, batches__attempts__in=old)
    for send in sends.select_related("issue").distinct():
        yield Condition(
            kind=Kind.UNRESOLVED,
            key=f"send:{send.pk}",
            words=phrase(
                "Some answers about {issue} are unknown, and no evidence came.",
                issue=send.issue.title,
            ),
            fix=phrase("Decide on them on the page of the send."),
            path=path_of(send),
        )


def suspension(_now: dt.datetime) -> Iterator[Condition]:
    """Yield that nothing is sent, as the database may be older than what was submitted."""
    row = suspensions.get_suspension()
    if row is None:
        return
    reason = suspensions.Reason(row.suspended_for)
    yield Condition(
        kind=Kind.SUSPENDED,
        words=phrase("Nothing is sent. {why}", why=suspensions.WORDS[reason]),
        fix=suspensions.HINTS[reason],
    )


def held_slots(now: dt.datetime) -> Iterator[Condition]:
    """Yield the slots that are held without a send, and why; `held_sends` has the others."""
    slots = Slot.objects.filter(EMPTY_AND_HELD, at__gt=now - HELD_LATELY, at__lte=now)
    for slot in slots.select_related("publication", "send"):
        words = phrase(
            "{publication}: the slot of {time} is held. {why}",
            **name_slot(slot),
            why=reason_of(slot),
        )
        yield about_slot(slot, Kind.SLOT_HELD, words)


def missed_slots(now: dt.datetime) -> Iterator[Condition]:
    """Yield the slots whose time passed, and that nobody has held, filled or skipped."""
    passed = Slot.objects.filter(
        state=Slot.State.OPEN, at__gt=now - HELD_LATELY, at__lte=now - MISSED
    )
    for slot in passed.select_related("publication"):
        words = phrase(
            "{publication}: the slot of {time} was missed: newsletter serve did not see it.",
            **name_slot(slot),
        )
        yield about_slot(slot, Kind.SLOT_MISSED, words)


def name_slot(slot: Slot) -> dict[str, Any]:
    """Return what sentences call a slot."""
    return {
        "publication": slot.publication.name,
        "time": Time(slot.at, slot.publication.time_zone),
    }


def about_slot(slot: Slot, kind: Alarm.Kind, words: Phrase) -> Condition:
    """Return what is the matter with a slot."""
    return Condition(
        kind=kind,
        key=f"slot:{slot.publication_id}:{slot.date}",
        words=words,
        fix=phrase("Send its issue, move it or skip it."),
        path=reverse("desk_slot", args=[slot.publication.slug, slot.date.isoformat()]),
    )


def silent_webhook(now: dt.datetime) -> Iterator[Condition]:
    """Yield that mail was accepted, and no event came of it."""
    config = settings.CONFIG
    provider, hours = provider_of(config), config.monitoring.webhook_silent_hours
    if not hours or provider.webhook is None or provider.stays_here(config):
        return
    if is_silent(now, dt.timedelta(hours=hours)):
        yield Condition(
            kind=Kind.WEBHOOK_SILENT,
            words=phrase("Mail was accepted, and no event came of it since."),
            fix=phrase("Check the webhook: newsletter doctor, newsletter events show"),
        )


def unread_posts(now: dt.datetime) -> Iterator[Condition]:
    """Yield that posts of events are not read."""
    oldest = Post.objects.aggregate(first=Min("received_at"))["first"]
    if oldest and oldest < now - UNREAD:
        yield Condition(
            kind=Kind.EVENTS_WAIT,
            words=phrase("Events of the provider wait to be read for more than 15 minutes."),
            fix=phrase("See whether newsletter serve runs, and what its log says."),
        )


def absent_workers(now: dt.datetime) -> Iterator[Condition]:
    """Yield that batches wait, and no worker of the fleet gives a sign of life."""
    if not is_used() or not table_exists():
        return
    waiting = Batch.objects.claimable().filter(send__started_at__lt=now - UNTAKEN)
    if waiting.exists() and not any(each.alive for each in read_overview().workers):
        yield Condition(
            kind=Kind.NO_WORKER,
            words=phrase("Mail is due, and no worker gives a sign of life."),
            fix=phrase("Start newsletter worker."),
        )


def stuck_imports(now: dt.datetime) -> Iterator[Condition]:
    """Yield the imports that were left half-way: sends wait for them."""
    for run in list_stuck(now):
        yield Condition(
            kind=Kind.IMPORT_STUCK,
            key=f"import:{run.pk}",
            words=describe_stuck(run),
            fix=FIX,
            path=reverse("desk_import", args=[run.pk]),
        )


def low_disk(_now: dt.datetime) -> Iterator[Condition]:
    """Yield that the disk with the data is almost full."""
    config = settings.CONFIG
    folder = config.data_disk
    usage = shutil.disk_usage(folder)
    free = 100 * usage.free / usage.total
    if free < config.monitoring.disk_free_percent:
        yield Condition(
            kind=Kind.DISK_LOW,
            words=phrase(
                "Only {percent} % of the disk is free: {folder}",
                percent=f"{free:.1f}",
                folder=str(folder),
            ),
            fix=phrase("Make room, or move the data to a larger disk."),
        )


#: Where to look, and the kinds that may be found there.
SOURCES: Mapping[Callable[[dt.datetime], Iterator[Condition]], frozenset[Alarm.Kind]] = {
    held_sends: frozenset({Kind.SEND_HELD, Kind.AUTO_PAUSED}),
    unresolved_sends: frozenset({Kind.UNRESOLVED}),
    suspension: frozenset({Kind.SUSPENDED}),
    held_slots: frozenset({Kind.SLOT_HELD}),
    missed_slots: frozenset({Kind.SLOT_MISSED}),
    silent_webhook: frozenset({Kind.WEBHOOK_SILENT}),
    unread_posts: frozenset({Kind.EVENTS_WAIT}),
    absent_workers: frozenset({Kind.NO_WORKER}),
    stuck_imports: frozenset({Kind.IMPORT_STUCK}),
    low_disk: frozenset({Kind.DISK_LOW}),
}
