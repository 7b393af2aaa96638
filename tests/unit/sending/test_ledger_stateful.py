"""The ledger under everything that can happen to it, in any order.

Hypothesis plays senders that die or lag, a provider whose answers get lost, readers who leave,
people who pause, cancel and decide, and time; after every step the promises of the ledger hold.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from newsletter.errors import (
    AccountError,
    InvalidTransition,
    NotSubmitted,
    OutcomeUnknown,
    PartiallySubmitted,
    Refused,
    Throttled,
    TooLarge,
    TransportError,
)
from newsletter.publishing.models import Issue
from newsletter.sending.delivery import dispatch, recovery
from newsletter.sending.ledger.states import TABLES
from newsletter.sending.models import Attempt, Batch, Delivery, Edition, ProviderBatch, Send
from newsletter.sending.operations import control
from newsletter.sending.planning.approvals import approve
from newsletter.sending.planning.queue import create_send, require_free
from newsletter.sending.prescheduled import cancellation, provider_batches
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.resolution import unresolved
from newsletter.sending.resolution.unresolved import Resolution
from newsletter.sending.restores import identity
from newsletter.tracking import email_log_queries, webhook_intake
from newsletter.tracking.models import Post
from newsletter.transports.base import SubmitResult
from subscribers.addresses import key_of
from subscribers.models import Subscriber, Subscription, Suppression
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import suppress
from tests.conftest import ON_POSTGRES
from tests.fakes import ON_THE_WAY, Line, Provider, Request, Sender
from tests.unit.sending.conftest import MAX_DELAY

MINUTE = dt.timedelta(minutes=1)
BATCH_SIZE = 3
PEOPLE = ["ann", "ben", "cat", "dan", "eve", "bounce+1", "spam+1", "block+1", "asyncbounce+1"]

#: Any of the things there are now.
which = st.integers(0, 8)
#: How the next calls to the provider's provider batches go.
moods = st.sampled_from(
    [["silent"], ["deaf"], ["away"], ["well", "silent"], ["deaf", "deaf", "silent"], []]
)

#: What may become of each person of a request that is taken in parts.
PERSONAL = ("accepted", "refused", "lost", "not arrived", "not tried")
#: What may become of a request; the errors are answers that say that nothing was accepted.
Fate = str | TransportError | Sequence[str]
fates: st.SearchStrategy[Fate] = st.one_of(
    st.sampled_from(["arrives, lost", "arrives, killed", "lost", "killed", "surprise"]),
    st.sampled_from(["not posted", "arrives", "yes", "sleeps"]),
    st.sampled_from(
        [
            NotSubmitted("nobody listens"),
            Throttled("slow down", seconds=30),
            TooLarge("too large"),
            AccountError("no credits"),
            Refused("no"),
            Refused("no such mailbox", persons=frozenset({0})),
        ]
    ),
    st.tuples(*[st.sampled_from(PERSONAL)] * BATCH_SIZE),
)


class StepByStep:
    """Looks, after every statement that changes states, whether the tables know each step."""

    TABLES = {kind._meta.db_table: (kind.__name__, steps) for kind, steps in TABLES.items()}
    WRITES = re.compile(r'^(?:UPDATE|DELETE FROM|INSERT INTO) "?(\w+)', re.MULTILINE)

    def __init__(self) -> None:
        self._seen = {table: states(table) for table in self.TABLES}

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Execute a statement and look (see Django, "Database instrumentation")."""
        result = execute(sql, params, many, context)
        if sql.startswith("ROLLBACK TO"):
            self._seen = {table: states(table) for table in self.TABLES}
        elif (match := self.WRITES.search(sql)) and match[1] in self.TABLES:
            self._look(match[1])
        return result

    def _look(self, table: str) -> None:
        before, now = self._seen[table], states(table)
        self._seen[table] = now
        name, steps = self.TABLES[table]
        for pk in before.keys() & now.keys():
            start, end = before[pk], now[pk]
            assert start == end or end in steps[start], f"{name} {pk}: {start} became {end}"


def states(table: str) -> dict[int, str]:
    """Return where every row of a table stands."""
    return dict(rows(f"SELECT id, state FROM {table}"))


def rows(question: str) -> list[tuple[Any, ...]]:
    """Return what SQL finds; a third of the time of the same in Django's words."""
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


class Ledger(RuleBasedStateMachine):
    """One issue, nine people, and all that may happen."""

    edition: Edition

    def __init__(self) -> None:
        super().__init__()
        # What another history submitted, this ledger cannot know.
        identity.cached_log.cache_clear()
        shutil.rmtree(identity.state_folder(), ignore_errors=True)
        self._all = transaction.atomic()
        self._all.__enter__()
        self._watch = connection.execute_wrapper(StepByStep())
        self._watch.__enter__()
        self._travel = time_machine.travel(timezone.now(), tick=True)
        self._clock = self._travel.start()
        self.provider = Provider()
        #: Those that stand still, each with whom it must not mail; and those that died so.
        self.senders: list[tuple[Sender, set[str]]] = []
        self.dead: list[Sender] = []
        #: Requests that no client waits for, but that may arrive yet.
        self.adrift: list[Request] = []
        #: Attempts that a person took for accepted, or had submitted again.
        self.judged: dict[str, Resolution] = {}
        #: Mails whose people a person had mailed again, by address and attempt.  Part of a
        #: request may be in doubt under a number of its own, which the provider never heard.
        self.insisted: set[tuple[str, str]] = set()

    def teardown(self) -> None:
        """See how it ends, unless a promise is broken already; then forget everything."""
        try:
            if sys.exc_info()[0] is None:
                self.come_to_an_end()
        finally:
            self._watch.__exit__(None, None, None)
            for sender in [*self.dead, *(sender for sender, _ in self.senders)]:
                sender.end()
            self._travel.stop()
            transaction.set_rollback(True)
            self._all.__exit__(None, None, None)

    # What a person does

    @initialize(
        ahead=st.sampled_from([False, True, None]),
        late_odds=st.sampled_from([0.0, 1.0]),
        fates=st.lists(fates, min_size=3, max_size=3),
        moods=moods,
    )
    def begin(
        self, ahead: bool | None, late_odds: float, fates: list[Fate], moods: list[str]
    ) -> None:
        """The issue is queued, for now or for later; a sender takes each batch; the clock looks."""
        self.provider.account.batches.undocumented.late_odds = late_odds
        publication = self.edition.issue.publication
        publication.delivery_mode = "on_hold" if ahead else "prescheduled"
        publication.save()
        self.queue_for(timezone.now() + (0 if ahead is None else 40) * MINUTE)
        for fate in fates:
            self.claim(0, posts=fate != "not posted")
            if self.waiting_senders():
                self.answer(0, fate)
        self.pass_time(0, moods)

    def queue_for(self, at: dt.datetime) -> None:
        """Queue the issue for a time; what preflight says of it was asked once for all."""
        require_free(self.edition.issue)
        self.send = create_send(self.edition.issue, self.edition, at=at, batch_size=BATCH_SIZE)
        self.pass_time(12, [])
        self.pass_time(0, [])

    @precondition(lambda self: self.state() == Send.State.CANCELLED)
    @rule()
    def queue_again(self) -> None:
        """The issue is queued again; not while it is unclear who has the mail of the old send."""
        unclear = (
            Batch.objects.filter(state=Batch.State.CLAIMED).exists()
            or ProviderBatch.objects.filter(state__in=provider_batches.LIVE).exists()
        )
        with pytest.raises(InvalidTransition) if unclear else nullcontext():
            self.queue_for(timezone.now())

    @rule(cancels=st.sampled_from([False, False, False, True]))
    def steer(self, cancels: bool) -> None:
        """Somebody pauses what goes, lets go on what stands still, or cancels."""
        state = self.state()
        if state in (Send.State.SENDING, Send.State.PAUSED, Send.State.HELD) and cancels:
            control.cancel(self.send)
        elif state == Send.State.SENDING:
            control.pause(self.send)
        elif state in (Send.State.PAUSED, Send.State.HELD):
            control.resume(self.send)

    @precondition(lambda self: self.in_doubt())
    @rule(which=which, resolution=st.sampled_from(Resolution), insist=st.booleans())
    def decide(self, which: int, resolution: Resolution, insist: bool) -> None:
        """Somebody decides about a doubt; to submit again takes evidence, or to insist."""
        found = unresolved.unresolved_batches(self.send)
        if not found:
            return
        doubt = found[which % len(found)]
        key = Attempt.objects.get(pk=doubt.attempt).key
        people = set(Delivery.objects.filter(batch=doubt.batch).values_list("address", flat=True))
        allowed = resolution == Resolution.ACCEPTED or (
            (insist or doubt.negative_evidence.holds)
            and not doubt.waits
            and self.state() != Send.State.CANCELLED
        )
        with nullcontext() if allowed else pytest.raises(InvalidTransition):
            unresolved.resolve([doubt], resolution, by="somebody", insist=insist)
        if allowed:
            self.judged[key] = resolution
        if allowed and resolution == Resolution.SUBMIT_AGAIN:
            self.insisted |= {mail for mail in self.provider.leaving() if mail[0] in people}

    @rule(which=which, leaves=st.booleans())
    def stop_mailing(self, which: int, leaves: bool) -> None:
        """A reader leaves, or is suppressed."""
        person = Subscriber.objects.order_by("pk")[which]
        if leaves:
            unsubscribe(person.pk)
        else:
            suppress(person.email)

    # What the clock does

    @rule(minutes=st.sampled_from([0, 1, 5, 12, 31, 61]), moods=moods)
    def pass_time(self, minutes: int, moods: list[str]) -> None:
        """Time passes, for everybody; then the clock ticks."""
        self._clock.shift(minutes * MINUTE)
        self.provider.pass_time()
        now = timezone.now()
        self.adrift = [request for request in self.adrift if request.until > now]
        dispatch.start_due(now, late=MAX_DELAY)
        recovery.recover()
        recovery.close_finished_sends()
        if self.send.delivery_mode != Send.DeliveryMode.IMMEDIATE:
            cancellation.advance_provider_batches(Line(self.provider.account, moods), now)

    @precondition(lambda self: self.senders or self.dead)
    @rule()
    def leases_expire(self) -> None:
        """Senders take so long that their leases are over."""
        open_ = Attempt.objects.filter(state__in=(Attempt.State.RESERVED, Attempt.State.IN_FLIGHT))
        open_.update(lease_until=Now() - MINUTE)
        recovery.recover()

    # What senders do

    @precondition(lambda self: self.state() == Send.State.SENDING)
    @rule(which=which, posts=st.booleans())
    def claim(self, which: int, posts: bool) -> None:
        """A sender takes a batch, and may post it; waiting for another try has passed."""
        soon = timezone.now() + MINUTE
        waiting = Batch.objects.filter(state=Batch.State.PLANNED, not_before__lte=soon)
        waiting.update(not_before=None)
        batches = list(Batch.objects.claimable().order_by("pk").values_list("pk", flat=True))
        if not batches:
            return
        barred = self.barred()
        sender = Sender(batches[which % len(batches)])
        self.senders.append((sender, barred))
        if posts and not sender.over:
            self.post(len(self.waiting_senders(posting=False)) - 1)

    @precondition(lambda self: self.waiting_senders(posting=False))
    @rule(which=which)
    def post(self, which: int) -> None:
        """A sender that has a claim posts its request, without anybody who had left before."""
        sender, going = self.pick(which, posting=False), self.state() == Send.State.SENDING
        assert not sender.tell()
        assert going or not sender.request, "it was posted though the send stands still"
        if sender.request and not sender.over:
            [barred] = [barred for each, barred in self.senders if each is sender]
            mailed = {key_of(person.address) for person in sender.request.people}
            assert not mailed & barred, "somebody who had left was mailed"

    @precondition(lambda self: self.waiting_senders())
    @rule(which=which, fate=fates)
    def answer(self, which: int, fate: Fate) -> None:
        """A request has its fate."""
        sender = self.pick(which)
        request = sender.request
        assert request
        if str(fate).startswith("arrives") and not request.cut_off:
            self.provider.take(request)
        match fate:
            case "killed" | "arrives, killed":
                self.senders = [each for each in self.senders if each[0] is not sender]
                self.dead.append(sender)
            case "yes":
                assert not sender.tell(lambda: self.provider.take(request))
            case "sleeps" if not request.arrived:
                assert not sender.tell(lambda: self.wake_up(request))
            case "lost" | "arrives, lost":
                assert not sender.tell(raising(OutcomeUnknown("no answer")))
            case "surprise":
                assert isinstance(sender.tell(raising(ZeroDivisionError())), ZeroDivisionError)
            case TransportError() if not request.arrived:
                assert not sender.tell(raising(fate))
            case tuple() if not request.arrived and not request.message.preschedule:
                assert not sender.tell(raising(self.take_partly(request, fate)))
        if fate in ("killed", "lost", "surprise") and not (request.arrived or request.cut_off):
            self.adrift.append(request)

    def wake_up(self, request: Request) -> SubmitResult:
        """Have a sender only now begin to post, as the transports do."""
        request.message.raise_if_expired()
        request.until = timezone.now() + ON_THE_WAY
        return self.provider.take(request)

    def take_partly(self, request: Request, fates: Sequence[str]) -> PartiallySubmitted:
        """Take some people of a request; return an answer of their own for each."""
        places: dict[str, list[int]] = {fate: [] for fate in PERSONAL}
        for place, fate in zip(range(len(request.people)), fates, strict=False):
            places[fate].append(place)
        self.provider.take_partly(request, sorted(places["accepted"] + places["lost"]))
        return PartiallySubmitted(
            "the server left",
            accepted=frozenset(places["accepted"]),
            refused=dict.fromkeys(places["refused"], "no such mailbox"),
            unknown=frozenset(places["lost"] + places["not arrived"]),
            cause=NotSubmitted("the connection is gone"),
        )

    # What the provider does

    @precondition(lambda self: self.adrift)
    @rule(which=which)
    def arrive_late(self, which: int) -> None:
        """A request arrives that nobody waits for any more."""
        self.provider.take(self.adrift.pop(which % len(self.adrift)))

    @precondition(lambda self: self.provider.news)
    @rule(picks=st.lists(st.integers(0, 40), min_size=1, max_size=6))
    def tell(self, picks: list[int]) -> None:
        """The provider tells of some of what happened: in any order, and again."""
        self.tell_of([self.provider.news[pick % len(self.provider.news)] for pick in picks])

    @precondition(lambda self: self.in_doubt())
    @rule()
    def look_up(self) -> None:
        """The provider's log is asked for what is unknown."""
        email_log_queries.query_log(
            email_log_queries.due_attempts(timezone.now(), after=30 * MINUTE), self.provider
        )

    # How it ends

    def come_to_an_end(self) -> None:
        """Everything works again and everybody finishes; then each person has it once, or not."""
        self.dead += [sender for sender, _ in self.senders]
        self.senders, self.adrift = [], []
        self.leases_expire()
        for minutes in (0, 1, 31, 31):
            if self.state() in (Send.State.PAUSED, Send.State.HELD):
                control.resume(self.send)
            self.pass_time(minutes, [])
            self.submit_mail()
        self.tell_of(self.provider.news)
        self.pass_time(1, [])
        self.submit_mail()
        self.pass_time(1, [])
        self.check_the_end()

    def submit_mail(self) -> None:
        """Let senders take all that waits, with a provider that says yes."""
        for _ in range(30):
            if self.state() == Send.State.SENDING:
                self.claim(0, posts=True)
            if not self.waiting_senders():
                return
            self.answer(0, "yes")

    def check_the_end(self) -> None:
        """Whoever was to get it has it, or is counted as unknown; nothing is left to do."""
        self.nobody_twice()
        self.accepted_is_known()
        self.sent_means_sent()
        state, counted = self.state(), count_send(self.send)
        counted.check()
        in_doubt = bool(Batch.objects.filter(send=self.send, state="unknown").exists())
        ends = {Send.State.UNRESOLVED if in_doubt else Send.State.SENT}
        assert state in ends | {Send.State.CANCELLED}, (state, counted)
        left = self.provider.left()
        mailed = {address for address, _ in left}
        for delivery in Delivery.objects.filter(send=self.send).select_related("batch"):
            if delivery.batch.state == Batch.State.ACCEPTED and delivery.outcome is None:
                assert delivery.address in mailed or self.was_judged(delivery), "somebody was lost"
            if delivery.reason == "Cancelled":
                keys = delivery.batch.attempts.values_list("key", flat=True)
                assert left.isdisjoint((delivery.address, key) for key in keys), "it was discarded"
            if state != Send.State.CANCELLED and delivery.outcome is None:
                assert delivery.batch.state in ("accepted", "unknown", "refused"), delivery

    # The promises

    @invariant()
    def sums_agree(self) -> None:
        """Every candidate is counted once."""
        for candidates, planned, excluded, found, left_out in rows(
            "SELECT candidates, planned, excluded,"
            "  (SELECT COUNT(*) FROM sending_delivery AS d"
            "     JOIN sending_batch AS b ON b.id = d.batch_id"
            "    WHERE d.send_id = s.id AND b.send_id = s.id),"
            "  (SELECT COUNT(*) FROM sending_exclusion AS e WHERE e.send_id = s.id)"
            " FROM sending_send AS s"
        ):
            assert (candidates, planned, excluded) == (found + left_out, found, left_out)

    @invariant()
    def one_live_attempt(self) -> None:
        """Nobody can be submitted by two senders at a time."""
        assert not rows(
            "SELECT batch_id FROM sending_attempt"
            " WHERE state IN ('reserved', 'in_flight', 'accepted', 'unknown')"
            " GROUP BY batch_id HAVING COUNT(*) > 1"
        )

    @invariant()
    def nobody_twice(self) -> None:
        """No two mails are on their way to one person, unless a person insisted on it."""
        going = Counter(
            address
            for address, key in self.provider.leaving()
            if self.judged.get(key) != Resolution.SUBMIT_AGAIN
            and (address, key) not in self.insisted
        )
        assert set(going.values()) <= {1}, going

    @invariant()
    def accepted_is_known(self) -> None:
        """What counts as accepted the provider has, or a person took it for so.

        Whoever was left out of a second submission may have a mail of the first, by its events.
        """
        taken = self.provider.taken()
        mailed = {address for address, _ in taken}
        for address, key, outcome in rows(
            "SELECT d.address, a.key, d.outcome FROM sending_delivery AS d"
            " JOIN sending_batch AS b ON b.id = d.batch_id AND b.state = 'accepted'"
            " LEFT JOIN sending_attempt AS a ON a.batch_id = b.id AND a.state = 'accepted'"
            " WHERE d.outcome IS NULL OR d.outcome NOT IN ('excluded', 'refused')"
        ):
            if outcome is not None and address in mailed:
                continue
            assert (address, key) in taken or self.judged.get(key) == Resolution.ACCEPTED

    @invariant()
    def sent_means_sent(self) -> None:
        """No send is called sent while something of it is unknown, planned or in progress."""
        assert not rows(
            "SELECT b.id FROM sending_batch AS b JOIN sending_send AS s ON s.id = b.send_id"
            " WHERE s.state = 'sent' AND b.state NOT IN ('accepted', 'refused', 'empty')"
        )

    # Helpers

    def state(self) -> str:
        """Return where the last send stands."""
        return str(Send.objects.values_list("state", flat=True).get(pk=self.send.pk))

    def in_doubt(self) -> bool:
        """Say whether anything is unknown."""
        return "unknown" in states("sending_attempt").values()

    def waiting_senders(self, *, posting: bool = True) -> list[Sender]:
        """Return the senders that wait for an answer, or with a claim."""
        self.senders = [(sender, barred) for sender, barred in self.senders if not sender.over]
        return [sender for sender, _ in self.senders if bool(sender.request) == posting]

    def pick(self, which: int, *, posting: bool = True) -> Sender:
        """Return one of them."""
        found = self.waiting_senders(posting=posting)
        return found[which % len(found)]

    def barred(self) -> set[str]:
        """Return the keys of those who must not be mailed."""
        here = Subscription.objects.filter(state="active").values("subscriber")
        gone = Subscriber.objects.exclude(pk__in=here).values_list("key", flat=True)
        return {*gone, *Suppression.objects.values_list("key", flat=True)}

    def was_judged(self, delivery: Delivery) -> bool:
        """Say whether a person took the mail of a delivery for accepted."""
        keys = Attempt.objects.filter(batch=delivery.batch_id).values_list("key", flat=True)
        return any(self.judged.get(key) == Resolution.ACCEPTED for key in keys)

    def tell_of(self, events: list[dict[str, Any]]) -> None:
        """Have a post with these events, and read it."""
        body = json.dumps(events).encode()
        Post.objects.create(provider="sendgrid", body=body, size=len(body))
        webhook_intake.read_all()


def raising(error: Exception) -> Callable[[], Any]:
    """Return what raises an error when it is called."""

    def act() -> Any:
        raise error

    return act


def test_whatever_happens(
    issue: Issue, add_people: Callable[..., list[Subscriber]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In any order of events: sums agree, nobody is mailed twice, nothing is claimed unknown."""
    # So that of three batches two share what calls them back.
    monkeypatch.setattr(provider_batches, "MAX_GROUPS", 2)
    for person, name in zip(add_people(len(PEOPLE)), PEOPLE, strict=True):
        Subscriber.objects.filter(pk=person.pk).update(
            email=f"{name}@tideline.example", key=f"{name}@tideline.example"
        )
    case = type("Case", (Ledger,), {"edition": approve(issue)})
    run_state_machine_as_test(
        case,
        settings=settings(
            max_examples=3 if ON_POSTGRES else 12, stateful_step_count=20, deadline=None
        ),
    )
