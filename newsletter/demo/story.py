"""The steps of the demonstration, in order; it needs an open workspace and an emulator."""

from __future__ import annotations

import datetime as dt
import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from newsletter.conf.config import Config
from newsletter.demo.people import Crowd, generate_people
from newsletter.errors import InvalidTransition
from newsletter.publishing.content.issue_files import write_files
from newsletter.publishing.importing.saving import import_issue
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.booking import book_next_slot
from newsletter.sending.models import Send
from newsletter.sending.reporting.totals import Totals, count_send
from subscribers.addresses import key_of
from subscribers.importing.applying import import_file
from subscribers.importing.results import ImportResult
from subscribers.models import Subscriber
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import Reason, suppress

SAMPLES = Path(__file__).parent / "samples"
#: Seconds until the slot: enough to see it come.
LEAD = 4
#: Seconds a send of the demonstration may take before it counts as stuck.
SEND_TIMEOUT_SECONDS = 600.0
IN_PROGRESS = frozenset({Send.State.QUEUED, Send.State.PLANNING, Send.State.SENDING})


@dataclass(slots=True)
class Stopwatch:
    """Seconds by stage, in the order they were taken."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what runs inside."""
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of it; `doubts` is empty only if every sum agrees."""

    account: Totals
    arrived: int
    doubts: tuple[str, ...]


def complete_publication(publication: Publication) -> None:
    """Give the publication what law and readers ask for in every mail."""
    publication.postal_address = "Tideline, 7 Quay Street, Harbour Town"
    publication.boilerplate = (
        "**Tideline Digest** is a bi-weekly summary of news about coasts and ports, written by"
        " people who live there. Forward it to a friend."
    )
    publication.save()


def import_sample(publication: Publication) -> Issue:
    """Import the sample issue as an editor would."""
    return import_issue(SAMPLES / "issue.md", publication).issue


def import_crowd(publication: Publication, folder: Path, size: int) -> tuple[Crowd, ImportResult]:
    """Import the sample people; some leave again, and some turn out to be unreachable."""
    people = generate_people(size)
    path = folder / "subscribers.csv"
    path.write_text(people.csv, encoding="utf-8")
    report = import_file(path, publication.lists.get())
    for address in people.unsubscribed:
        unsubscribe(Subscriber.objects.get(key=key_of(address)).pk)
    for address in people.suppressed:
        suppress(address, Reason.BOUNCED, note="sample")
    return people, report


def render(issue: Issue, folder: Path) -> list[Path]:
    """Write the issue as files that anybody can open."""
    return write_files(issue, folder)


def queue_for_slot(issue: Issue, config: Config) -> Send:
    """Put the issue into a slot that is seconds away; the schedule does the rest."""
    now = timezone.now()
    set_rhythm(issue.publication, now)
    _, send = book_next_slot(issue, now=now, batch_size=config.sending.batch_size)
    return send


def set_rhythm(publication: Publication, now: dt.datetime) -> None:
    """Give the publication a cadence whose first slot is seconds away."""
    local = (now + dt.timedelta(seconds=LEAD)).astimezone(ZoneInfo(publication.time_zone))
    publication.time = local.time().replace(microsecond=0)
    publication.weekday, publication.starts_on = local.weekday(), local.date()
    publication.save()


def watch_send(send: Send) -> Iterator[int]:
    """Yield how many are accepted so far, until the send has nothing left to do."""
    deadline = time.monotonic() + SEND_TIMEOUT_SECONDS
    while True:
        send.refresh_from_db()
        yield min(send.batches.filter(state="accepted").count() * send.batch_size, send.planned)
        if send.state not in IN_PROGRESS:
            return
        if time.monotonic() > deadline:
            raise InvalidTransition(f"send {send.pk} is still {send.state}: {send.note}")
        time.sleep(0.1)


def take_stock(send: Send, people: Crowd, emulator: str) -> Outcome:
    """Hold the ledger against itself, against the story and against the mailbox."""
    counted = count_send(send)
    counted.check()
    mailbox = list_arrivals(emulator)
    accepted = counted.deliveries.get("accepted", 0)
    left = {*people.unsubscribed, *people.suppressed}
    claims = (
        (
            counted.candidates == people.good,
            f"{counted.candidates} candidates where {people.good} were imported",
        ),
        (
            counted.planned == people.good - len(left),
            f"{counted.planned} planned where {people.good - len(left)} had not left",
        ),
        (accepted == counted.planned, f"{accepted} accepted of {counted.planned} planned"),
        (len(mailbox) == accepted, f"{len(mailbox)} mails in the mailbox for {accepted} accepted"),
        (len(set(mailbox)) == len(mailbox), "somebody was mailed twice"),
        (not left & set(mailbox), "somebody who had left was mailed"),
    )
    broken = fetch_json(f"{emulator}/_ctl/invariants")["violations"]
    doubts = [words for holds, words in claims if not holds] + [str(bite) for bite in broken]
    return Outcome(account=counted, arrived=len(mailbox), doubts=tuple(doubts))


def list_arrivals(emulator: str) -> list[str]:
    """Return the address of every mail that the emulator accepted, as often as it did."""
    found: list[str] = []
    while True:
        page = fetch_json(f"{emulator}/_ctl/mailbox?start={len(found)}&count=10000")
        found += [mail["to"] for mail in page["mails"]]
        if len(found) >= page["total"]:
            return found


def fetch_json(url: str) -> Any:
    """Return the JSON that the emulator answers with."""
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  our own emulator
        return json.load(answer)
