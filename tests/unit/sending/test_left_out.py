"""Who is left out of a send, and why, compared with a slow computation over random people."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from newsletter.publishing.models import Publication
from newsletter.sending.delivery import claims
from newsletter.sending.models import AlreadyMailed, Batch, Delivery, MissingAttempt
from newsletter.sending.planning import audience
from newsletter.sending.planning.forecast import forecast_audience
from subscribers.addresses import key_of
from subscribers.models import List, ListSuppression, Subscriber, Subscription, Suppression
from subscribers.preferences.models import AddressChange, Pause, PausedIssue
from tests.unit.sending.ledger_rows import Rows

pytestmark = pytest.mark.database

PEOPLE = 150
#: Of a batch or a send, by which somebody may have the issue.
SUBMITTED = ("claimed", "accepted", "unknown")
WITHOUT_MAIL = ("excluded", "refused", "dropped")


@dataclass(kw_only=True)
class Mail:
    """What another send of the issue has for somebody."""

    state: str
    outcome: str | None
    of_send: str

    @property
    def submitted(self) -> bool:
        """Whether the person may have it."""
        return self.state in SUBMITTED and self.outcome not in WITHOUT_MAIL

    @property
    def may_be_submitted(self) -> bool:
        """Whether the person may still get it."""
        waits = self.state in ("waiting", "planned") and self.of_send != "cancelled"
        return waits and self.outcome not in WITHOUT_MAIL


@dataclass(kw_only=True)
class Reader:
    """All that decides about a person."""

    person: Subscriber
    #: The states on the lists of the send.
    on: dict[int, str] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    former: list[Reader] = field(default_factory=list)
    noted: bool = False
    pauses: bool = False

    def everybody(self) -> list[Reader]:
        """Return the person and all who became the person, directly or not."""
        found = [self]
        for each in found:
            found += [one for one in each.former if one not in found]
        return found


class World:
    """Random people, with all that may leave them out, written by way of no product code."""

    def __init__(self, seed: int, publication: Publication, rows: Rows) -> None:
        self.chance = random.Random(seed)
        self.rows = rows
        first = publication.lists.get()
        second, elsewhere = (List.objects.create(name=name, slug=name) for name in ("b", "c"))
        publication.lists.add(second)
        self.wanted, self.lists = (first, second), (first, second, elsewhere)
        self.suppressed: set[str] = set()
        self.suppressed_here: set[tuple[str, int]] = set()
        self.readers = self.write_people()
        # Half of the worlds have none of these, so that no short cut for that is always taken.
        if self.likely(0.5):
            self.merge_some()
        if self.likely(0.8):
            self.send_before()
        self.pause_some()

    def likely(self, share: float) -> bool:
        """Say yes as often as that."""
        return self.chance.random() < share

    def write_people(self) -> list[Reader]:
        """Write people on lists."""
        emails = [f"Reader{number}@tideline.example" for number in range(PEOPLE)]
        people = Subscriber.objects.bulk_create(
            Subscriber(email=email, key=key_of(email)) for email in emails
        )
        readers = [Reader(person=person) for person in people]
        subscriptions = []
        for reader in readers:
            for each in self.lists:
                if self.likely(0.6):
                    state = self.chance.choice(["active"] * 6 + ["pending", "unsubscribed"])
                    subscriptions.append(
                        Subscription(subscriber=reader.person, list=each, state=state)
                    )
                    if each in self.wanted:
                        reader.on[each.pk] = state
        Subscription.objects.bulk_create(subscriptions)
        return readers

    def suppress_some(self, addresses: Iterable[str]) -> None:
        """Suppress some addresses for all mail, and others for a list."""
        keys = [key_of(address) for address in addresses]
        self.suppressed |= {key for key in keys if self.likely(0.08)}
        self.suppressed_here |= {
            (key, each.pk) for key in keys for each in self.lists if self.likely(0.1)
        }
        Suppression.objects.bulk_create(
            Suppression(email=key, key=key, reason="manual", source="desk")
            for key in sorted(self.suppressed & set(keys))
        )
        ListSuppression.objects.bulk_create(
            ListSuppression(email=key, key=key, list_id=pk, reason="manual", source="desk")
            for key, pk in sorted(self.suppressed_here)
            if key in keys
        )

    def merge_some(self) -> None:
        """Let some become others; chains and circles come about."""
        for _ in range(PEOPLE // 3):
            one, other = self.chance.sample(self.readers, 2)
            AddressChange.objects.create(
                subscriber=one.person, merged_into=other.person, email="x@y.example", key="x"
            )
            other.former.append(one)

    def send_before(self) -> None:
        """Write other sends, of this issue and of another one, and what a lost send left."""
        lost = MissingAttempt.objects.create(key="0" * 32, source="event")
        other_issue = self.rows.other_issue()
        for reader in self.readers:
            if self.likely(0.06):
                reader.noted = self.likely(0.5)
                issue = self.rows.issue if reader.noted else other_issue
                AlreadyMailed.objects.create(issue=issue, subscriber=reader.person, attempt=lost)
        cancelled = self.rows.send("cancelled")
        others = (self.rows.resend(cancelled, "sent"), self.rows.send("sent", issue=other_issue))
        for send in (cancelled, *others):
            for batch_state in Batch.State.values:
                if batch_state != "empty":
                    self.mail_some(self.rows.batch(send, batch_state))

    def mail_some(self, batch: Batch) -> None:
        """Write deliveries of a batch for people who have none of its send."""
        has = set(Delivery.objects.filter(send=batch.send).values_list("subscriber", flat=True))
        rows = []
        for reader in self.readers:
            if reader.person.pk in has or not self.likely(0.05):
                continue
            outcome = self.chance.choice([None, None, *Delivery.Outcome.values])
            rows.append(
                Delivery(
                    send=batch.send,
                    batch=batch,
                    subscriber=reader.person,
                    address=reader.person.email,
                    outcome=outcome,
                )
            )
            if batch.send.issue_id == self.rows.issue.pk:
                mail = Mail(state=batch.state, outcome=outcome, of_send=batch.send.state)
                reader.mails.append(mail)
        Delivery.objects.bulk_create(rows)

    def pause_some(self) -> None:
        """Let some pause, with issues left, or used up by this one or by others."""
        for reader in self.readers:
            if self.likely(0.1):
                pause = Pause.objects.create(subscriber=reader.person, issues=1)
                used = self.chance.choice([None, self.rows.issue.pk, self.rows.issue.pk + 1000])
                reader.pauses = used in (None, self.rows.issue.pk)
                if used:
                    PausedIssue.objects.create(pause=pause, issue=used, send=1)

    def states(self, reader: Reader, *addresses: str) -> list[str]:
        """Return the states on the lists of the send, of addresses that may be suppressed there."""
        keys = [key_of(each) for each in addresses]
        return [
            "suppressed" if any((key, pk) in self.suppressed_here for key in keys) else state
            for pk, state in reader.on.items()
        ]

    def judge(self, reader: Reader) -> str | None:
        """Return why a candidate is left out as the audience is counted; None if not."""
        if reader.person.key in self.suppressed:
            return "suppressed"
        best = min(self.states(reader, reader.person.email))
        if best != "active":
            return best
        if any(each.noted for each in reader.everybody()):
            return "unknown"
        may = [mail for mail in reader.mails if mail.submitted or mail.may_be_submitted]
        for mails in (may, [m for one in reader.everybody() for m in one.mails if m.submitted]):
            if mails:
                return "already" if any(m.state == "accepted" for m in mails) else "unknown"
        return "paused" if reader.pauses else None

    def judge_now(self, reader: Reader) -> str:
        """Return what a forecast says of a candidate; it knows nobody who became another one."""
        found = self.judge(Reader(person=reader.person, on=reader.on, pauses=reader.pauses))
        mailed = any(mail.submitted for mail in reader.mails)
        return "already" if mailed and found in (None, "paused") else found or ""

    def judge_late(self, reader: Reader, address: str) -> str | None:
        """Return why somebody is left out as their batch is claimed; None if not."""
        if {reader.person.key, key_of(address)} & self.suppressed:
            return "suppressed"
        if "active" not in self.states(reader, reader.person.email, address):
            return "suppressed" if "active" in reader.on.values() else "unsubscribed"
        everybody = reader.everybody()
        has = any(each.noted or any(m.submitted for m in each.mails) for each in everybody)
        return "already" if has else None


SEEDS = range(6)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_is_left_out_of_an_audience(
    seed: int, publication: Publication, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each person on a list is planned, or left out for the reason that a slow look finds."""
    monkeypatch.setattr(audience, "CHUNK", 40)
    world = World(seed, publication, rows)
    world.suppress_some(reader.person.email for reader in world.readers)
    send = rows.send("planning")
    send.lists.set(world.wanted)

    audience.plan_audience(send.pk)

    expected = {each.person.pk: world.judge(each) for each in world.readers if each.on}
    planned = dict.fromkeys(send.deliveries.values_list("subscriber", flat=True))
    assert planned | dict(send.exclusions.values_list("subscriber", "reason")) == expected
    assert len(planned) + send.exclusions.count() == len(expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_forecast_of_an_audience(seed: int, publication: Publication, rows: Rows) -> None:
    """A forecast has as many people for each reason, and for each list, as a slow look finds."""
    world = World(seed, publication, rows)
    world.suppress_some(reader.person.email for reader in world.readers)
    reasons = {each.person.pk: world.judge_now(each) for each in world.readers if each.on}
    planned = [each for each in world.readers if reasons.get(each.person.pk) == ""]

    forecast = forecast_audience(rows.issue)

    assert {"": forecast.planned} | dict(forecast.left_out) == Counter(reasons.values())
    assert dict(forecast.by_list) == {
        each.name: sum(
            reader.on.get(each.pk) == "active"
            and (reader.person.key, each.pk) not in world.suppressed_here
            for reader in planned
        )
        for each in world.wanted
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_who_is_left_out_of_a_batch(seed: int, publication: Publication, rows: Rows) -> None:
    """Of a claimed batch exactly those are left whom a slow look finds no reason against."""
    world = World(seed, publication, rows)
    send = rows.send()
    send.lists.set(world.wanted)
    addresses = {
        each.person.pk: each.person.email
        if world.likely(0.7)
        else f"Old{each.person.pk}@tideline.example"
        for each in world.readers
    }
    world.suppress_some([*(each.person.email for each in world.readers), *addresses.values()])
    mine, other = rows.batch(send, "claimed"), rows.batch(send)
    Delivery.objects.bulk_create(
        Delivery(
            send=send,
            batch=mine if world.likely(0.8) else other,
            subscriber=each.person,
            address=addresses[each.person.pk],
            outcome=None if world.likely(0.9) else "bounced",
        )
        for each in world.readers
    )
    looked_at = set(mine.deliveries.filter(outcome=None).values_list("subscriber", flat=True))
    expected = {
        each.person.pk: reason
        for each in world.readers
        if each.person.pk in looked_at
        and (reason := world.judge_late(each, addresses[each.person.pk]))
    }

    left = claims.still_wanted(mine)

    excluded = send.deliveries.filter(outcome="excluded").values_list("subscriber", "reason")
    assert dict(excluded) == expected
    assert left == len(looked_at) - len(expected)
