"""Every lasting step and every wait of a send, as a place to die at: nobody twice, nobody lost.

The product works inside this process and dies at one point after another (`crashes`): before it,
behind it, or with its request still on the way.  Another life goes on from what is left.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import orjson
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from newsletter.publishing.models import Issue
from newsletter.sending.delivery import dispatch, recovery
from newsletter.sending.models import (
    Attempt,
    Batch,
    Edition,
    Evidence,
    MissingAttempt,
    ProviderBatch,
    Send,
)
from newsletter.sending.planning import audience
from newsletter.sending.planning.queue import create_send, queue
from newsletter.sending.prescheduled import cancellation, provider_batches
from newsletter.sending.reporting.totals import count_send, list_people
from newsletter.sending.restores import identity, suspensions
from newsletter.tracking import webhook_intake
from newsletter.tracking.models import DailyEventCount, Post
from newsletter.transports.sendgrid.cancellation import SendGridCancellation
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from sendgrid_emulator import Emulator
from sendgrid_emulator.events.event import Event, body_of
from sendgrid_emulator.events.signature import Signer
from sendgrid_emulator.state.messages import Phase
from subscribers.addresses import key_of
from subscribers.models import Subscriber, Subscription, Suppression
from subscribers.subscriptions import unsubscribe
from tests.conftest import ON_POSTGRES
from tests.program.crashes import EndsWhen, SimulatedProcess
from tests.unit.sending.conftest import LEASE, MAX_DELAY, issue, publication, readers

__all__ = ["issue", "publication", "readers"]

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = dt.timedelta(minutes=1)
LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
BATCH_SIZE = 2
#: Two chunks of the audience; one whose mail bounces, and one who leaves before the claim.
CHUNK = 4
LEAVER = "leaver@tideline.example"
PEOPLE = (*(f"reader{number}@tideline.example" for number in range(5)), "bounce@x.example", LEAVER)
KEY = "SG.test"
LIMITS = Limits(connect=30, answer=30)

#: Time passes until a send is submitted, until what is lost can arrive no more, until it leaves,
#: and until the provider may forget.
TIME_STEPS = (dt.timedelta(), 5 * MINUTE, 25 * MINUTE, 74 * 60 * MINUTE)
#: Rounds until nothing moves: a group is cancelled and goes again within five.
MAX_ROUNDS = 8


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way of submitting: when time passes, what goes wrong, and what must be done on it."""

    delivery_mode: Send.DeliveryMode
    faults: tuple[str, ...]
    steps: frozenset[str]
    spans: tuple[dt.timedelta, ...] = TIME_STEPS


MAIN = {
    "starting.start_planning",
    "audience.plan_chunk",
    "audience.plan_audience in",
    "claims.claim",
    "claims.begin_submission",
    "append, submissions.record",
    "submission._post",
    "results.write accepted",
    "results.write unknown",
    "recovery.close",
    "views.store_post",
    "webhook_intake.read_posts",
}
PRESCHEDULED = {
    "provider_batches.create",
    "cancellation.create_batch_id",
    "cancellation.open_up",
    "reversals.start_cancelling",
    "cancellation.cancel",
    "cancellation.set_status",
    "reversals.record_cancelled",
    "provider_batches.publish_in_time",
    "cancellation.clear_status",
    "cancellation.delete_status",
}
RELEASED = {
    "releases.begin_release",
    "cancellation.release",
    "releases.end_release",
}
WAYS = (
    Way(
        delivery_mode=Send.DeliveryMode.IMMEDIATE,
        faults=("413", "accept_then_reset", "429"),
        steps=frozenset(
            MAIN | {"results.write planned in parts", "results.write planned in results"}
        ),
        spans=(dt.timedelta(),),
    ),
    Way(
        delivery_mode=Send.DeliveryMode.PRESCHEDULED,
        faults=("accept_then_500",),
        steps=frozenset(MAIN | PRESCHEDULED | {"releases.record_released"}),
    ),
    Way(
        delivery_mode=Send.DeliveryMode.ON_HOLD,
        faults=("accept_then_html502",),
        steps=frozenset(MAIN | PRESCHEDULED | RELEASED),
    ),
)


MODES = {way: mode for mode, way in provider_batches.DELIVERY_MODES.items()}


@dataclass
class World:
    """What outlives the product: the provider, the readers, and time."""

    provider: Emulator
    edition: Edition
    way: Way
    news: list[Event] = field(default_factory=list)
    signer: Signer = field(default_factory=Signer)

    def begin(self) -> None:
        """Queue the issue; nobody has done anything yet."""
        self.provider.reset()
        self.news.clear()
        forget()
        publication = self.edition.issue.publication
        publication.delivery_mode = MODES[self.way.delivery_mode]
        publication.save()
        at = timezone.now() + sum(self.way.spans[:-1], dt.timedelta())
        create_send(self.edition.issue, self.edition, at=at, batch_size=BATCH_SIZE)
        for fault in self.way.faults:
            # One mail alone must not be too large, and the first request is never for one.
            self.provider.faults.add(fault, after=int(fault != "413"), seconds=0)

    def let_somebody_leave(self) -> None:
        """Let a reader leave between the counting of the audience and the first claim."""
        if Batch.objects.exists() and not Attempt.objects.exists():
            unsubscribe(Subscriber.objects.get(email=LEAVER).pk)

    def tell(self) -> None:
        """Post what happened, as a provider does: until it is taken."""
        self.provider.clock.advance(0)
        told = len(self.news)
        if not told:
            return
        body = body_of(orjson.dumps(event) for event in self.news[:told])
        headers = self.signer.headers(body, int(timezone.now().timestamp()))
        address, kind = "/events/sendgrid", "application/json"
        answer = Client().post(address, body, content_type=kind, headers=headers)
        assert answer.status_code == 204
        del self.news[:told]

    def mailed(self) -> Counter[str]:
        """Return whom the provider has mailed, as often as it did."""
        mails = self.provider.mailbox
        return Counter(m.address for m in mails if m.request.phase is Phase.RELEASED)


def forget() -> None:
    """Have nothing of an earlier send in the database, nor in the submission log."""
    for model in (
        Post,
        DailyEventCount,
        Evidence,
        Attempt,
        ProviderBatch,
        Send,
        MissingAttempt,
        Suppression,
    ):
        model._default_manager.all().delete()
    Subscription.objects.update(state="active", changed_at=LONG_AGO)
    Issue.objects.update(live=False, last_published_at=None)
    # A log of what the database has forgotten would show that a backup was restored.
    identity.cached_log.cache_clear()
    shutil.rmtree(identity.state_folder(), ignore_errors=True)


@pytest.fixture
def edition(issue: Issue, monkeypatch: pytest.MonkeyPatch) -> Edition:
    """An approved edition, and people to get it."""
    monkeypatch.setattr(audience, "CHUNK", CHUNK)
    for email in PEOPLE:
        person = Subscriber.objects.create(email=email, key=key_of(email), name="Aiko Abe")
        Subscription.objects.create(subscriber=person, list=issue.publication.lists.get())
    return queue(issue, at=timezone.now(), batch_size=BATCH_SIZE).edition


@pytest.fixture(params=WAYS, ids=lambda way: str(way.delivery_mode))
def world(
    edition: Edition, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[World]:
    """A world in which things go wrong; on PostgreSQL it is a fleet's."""
    if ON_POSTGRES:
        request.getfixturevalue("fleet")
    with Emulator() as provider:
        made = World(provider, edition, request.param)
        provider.account.listeners.append(made.news.extend)
        monkeypatch.setenv("SENDGRID_WEBHOOK_KEYS", made.signer.public_key)
        yield made


@dataclass
class Product:
    """What one process does of all this, in one thread."""

    world: World
    traveller: time_machine.Traveller
    life: SimulatedProcess

    def work(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Go on until nothing is left to do; `meanwhile` happens behind the first round."""
        transport = SendGridTransport(base_url=self.world.provider.url, api_key=KEY, limits=LIMITS)
        canceller = SendGridCancellation(
            base_url=self.world.provider.url, api_key=KEY, limits=LIMITS
        )
        try:
            self.go_round(transport, canceller)
            meanwhile()
            for span in self.world.way.spans:
                self.traveller.shift(span)
                self.go_on(transport, canceller)
        finally:
            transport.close()
            canceller.close()

    def go_on(self, transport: SendGridTransport, canceller: SendGridCancellation) -> None:
        """Go round until nothing moves any more."""
        for _ in range(MAX_ROUNDS):
            passed = len(self.life.points)
            self.traveller.shift(2)
            self.go_round(transport, canceller)
            if len(self.life.points) == passed:
                return

    def go_round(self, transport: SendGridTransport, canceller: SendGridCancellation) -> None:
        """Let the clock tick and tend, every sender look, and events come."""
        now = timezone.now()
        # Whatever a process leaves behind, it is not taken for a restored backup.
        suspensions.check_log()
        dispatch.start_due(now, late=MAX_DELAY)
        recovery.recover()
        recovery.close_finished_sends()
        cancellation.advance_provider_batches(canceller, now)
        self.world.let_somebody_leave()
        waiting = Batch.objects.filter(state=Batch.State.PLANNED, send__state=Send.State.SENDING)
        for batch in list(waiting.order_by("pk").values_list("pk", flat=True)):
            dispatch.send_batch(batch, transport, lease=LEASE)
        self.world.tell()
        webhook_intake.read_all()


def live(world: World, end: int = 0, when: EndsWhen = EndsWhen.BEFORE) -> SimulatedProcess:
    """Run a whole send; where the first life ends, another follows when the leases are over."""
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        world.begin()
        first, second = SimulatedProcess(end, when), SimulatedProcess()
        first.live(Product(world, traveller, first).work)
        if first.over:
            Attempt.objects.update(lease_until=LONG_AGO)
            # Another process opens the submission log again.
            identity.cached_log.cache_clear()
            second.live(lambda: Product(world, traveller, second).work(first.arrive))
    return first


def look_into(world: World) -> None:
    """Check that nobody has it twice, nobody is lost, and that what is unknown is said."""
    send = Send.objects.get()
    count_send(send).check()
    mailed = world.mailed()
    stands = {address: state for address, state, _ in list_people(send)}
    unknown = {address for address, state in stands.items() if state == "unknown"}
    assert set(mailed.values()) <= {1}, "somebody was mailed twice"
    assert mailed.keys() == set(PEOPLE) - {LEAVER} - unknown, "lost, or not resolved by itself"
    assert stands[LEAVER] in ("excluded", "unknown")
    assert not unknown or world.way.delivery_mode == Send.DeliveryMode.IMMEDIATE, (
        "a provider batch leaves nothing unknown"
    )
    assert send.state == ("unresolved" if unknown else "sent")
    assert suspensions.get_suspension() is None, "what died was taken for a restored backup"
    assert not Post.objects.exists()
    assert world.provider.violations() == []


def test_undisturbed(world: World) -> None:
    """All steps are among the points, and a lost answer alone leaves nothing unknown."""
    points = live(world).points

    look_into(world)
    assert Send.objects.get().state == "sent"
    assert {step for step in world.way.steps if not any(step in point for point in points)} == set()


def chosen(points: list[str], when: EndsWhen) -> list[int]:
    """Return the numbers of the points to die at: the first and the last of each name."""
    waits = {name for name in points if not name.startswith(("commit", "append"))}
    names = waits if when is EndsWhen.ADRIFT else set(points)
    last = {name: number for number, name in enumerate(points, 1)}
    return sorted({points.index(name) + 1 for name in names} | {last[name] for name in names})


@pytest.mark.timeout(1200)  # hundreds of lives, on a machine that may do other work
@pytest.mark.parametrize("when", [EndsWhen.BEFORE, EndsWhen.ADRIFT])
def test_dies_at_every_point(world: World, when: EndsWhen) -> None:
    """Whichever point a process dies at, nobody gets it twice and nobody is lost.

    To die behind a point is to die before the next one: nothing happens between them.
    """
    for number in chosen(live(world).points, when):
        life = live(world, number, when)
        try:
            assert life.over, "this point was not reached"
            look_into(world)
        except AssertionError as error:
            error.add_note(f"died {when} point {number}: {life.points[-1]}")
            raise
