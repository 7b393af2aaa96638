"""Senders that move only when they are told to, and a provider whose answers get lost.

With these a test can put anything between any two steps of the main path, as bad luck would.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import orjson
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from newsletter.errors import NotSubmitted, OutcomeUnknown, Throttled
from newsletter.sending.delivery import dispatch
from newsletter.transports.base import ATTEMPT, Message, Recipient, SubmitResult
from newsletter.transports.cancellation import ClockReading, Status
from newsletter.transports.email_log import Entry
from newsletter.transports.sendgrid.submission import request_body
from sendgrid_emulator.account import Account
from sendgrid_emulator.events.event import Event, Occurrence, sg_message_id
from sendgrid_emulator.state.batches import CANCEL_LEAD_SECONDS
from sendgrid_emulator.state.batches import Status as Asked
from sendgrid_emulator.state.messages import Accepted, Phase

LEASE = dt.timedelta(seconds=120)
#: What has begun to leave arrives within this time, or never: time limits see to it on both ends.
ON_THE_WAY = dt.timedelta(minutes=10)


@dataclass
class Request:
    """What a sender has posted, `until` when it may arrive; `arrived` once the provider has it."""

    message: Message
    people: Sequence[Recipient]
    until: dt.datetime
    arrived: SubmitResult | None = None

    @property
    def cut_off(self) -> bool:
        """Whether it has been in progress for too long to arrive."""
        return timezone.now() > self.until

    @property
    def key(self) -> str:
        """The attempt it belongs to."""
        return self.message.labels[ATTEMPT]


class Dead(BaseException):
    """Ends the thread of a sender that was killed, once nobody looks any more."""


class Sender:
    """`dispatch.send_batch` in a thread of its own; it and the test never run at the same time.

    It stands still before it composes (`request` is None) and while it waits for the answer.  It
    works on the connection of the test, so it must not stand still inside a transaction.
    """

    name, max_batch_size = "actor", 1000

    def __init__(self, batch: int) -> None:
        self.request: Request | None = None
        self.over = False
        self._surprise: BaseException | None = None
        self._said: SimpleQueue[None] = SimpleQueue()
        self._told: SimpleQueue[Callable[[], Any]] = SimpleQueue()
        self._composes = False
        shared = connections["default"]
        shared.inc_thread_sharing()
        threading.Thread(target=self._run, args=(shared, batch), daemon=True).start()
        self._said.get()

    def tell(self, answer: Callable[[], Any] = lambda: None) -> BaseException | None:
        """Let it go on with what `answer` returns or raises, until it stands still again.

        Returns the error it ended with, if any.
        """
        self._told.put(answer)
        self._said.get()
        return self._surprise

    def end(self) -> None:
        """End the thread of one that was left standing still."""
        while not self.over:
            self.tell(dead)

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """Wait for the answer (as a transport)."""
        self.request = Request(message, recipients, until=timezone.now() + ON_THE_WAY)
        result: SubmitResult = self._stand_still()
        return result

    def find_over_limit(self, message: Message, recipients: Sequence[Recipient]) -> dict[int, str]:
        """Stand still once, with a claim and nothing posted (as a transport)."""
        del message, recipients
        if not self._composes:
            self._composes = True
            self._stand_still()
        return {}

    def dry_run(self, message: Message, recipients: Sequence[Recipient]) -> None:
        """Nobody asks this one (as a transport)."""

    def close(self) -> None:
        """Nothing to let go of (as a transport)."""

    def _stand_still(self) -> Any:
        self._said.put(None)
        return self._told.get()()

    def _run(self, shared: BaseDatabaseWrapper, batch: int) -> None:
        connections["default"] = shared
        try:
            dispatch.send_batch(batch, self, lease=LEASE)
        except BaseException as error:  # noqa: BLE001  it is for the test to judge
            self._surprise = error
        self.over = True
        shared.dec_thread_sharing()
        self._said.put(None)


def dead() -> None:
    """Answer a sender that was killed."""
    raise Dead


class Provider:
    """An account at SendGrid without a network: what arrives, leaves, and is told of it."""

    def __init__(self) -> None:
        self.account = Account()
        self.account.listeners.append(self._note)
        self.news: list[Event] = []
        #: Every mail: of which request, to whom, of which attempt.
        self._mails: list[tuple[Accepted, str, str]] = []
        #: Requests taken person by person, as a mail server does, which tells nothing afterwards.
        self._untold: set[str] = set()

    def take(self, request: Request) -> SubmitResult:
        """Accept a request, once; `OutcomeUnknown` if it has been in progress for too long."""
        if request.cut_off and not request.arrived:
            raise OutcomeUnknown("cut off")
        if request.arrived is None:
            accepted = self._accept(request, request.people)
            request.arrived = SubmitResult(message_id=accepted.id, status=202)
            self.pass_time()
        return request.arrived

    def take_partly(self, request: Request, places: Sequence[int]) -> None:
        """Accept the people at these places only, and tell nothing of them: like a mail server."""
        request.arrived = SubmitResult(message_id="", status=250)
        if places:
            accepted = self._accept(request, [request.people[place] for place in places])
            self._untold.add(accepted.id)
            self.pass_time()

    def _accept(self, request: Request, people: Sequence[Recipient]) -> Accepted:
        payload = request_body(request.message, people)
        accepted = self.account.accept(orjson.dumps(payload), payload)
        self._mails += [(accepted, person.address, request.key) for person in people]
        return accepted

    def pass_time(self) -> None:
        """Let happen what is due."""
        self.account.timeline.run_due(self.account.clock.now)

    def leaving(self) -> Iterator[tuple[str, str]]:
        """Yield address and attempt of every mail that has left, or will unless it is stopped."""
        for request, address, key in self._mails:
            if self._leaves(request):
                yield address, key

    def left(self) -> set[tuple[str, str]]:
        """Return address and attempt of every mail that has left."""
        mails = self._mails
        return {(who, key) for request, who, key in mails if request.phase is Phase.RELEASED}

    def taken(self) -> set[tuple[str, str]]:
        """Return address and attempt of every mail it ever accepted."""
        return {(address, key) for _, address, key in self._mails}

    def find(self, address: str, *, since: dt.datetime, labels: tuple[str, str]) -> Entry | None:
        """Look into its log (see `newsletter.tracking.email_log_queries.Log`)."""
        del since
        name, value = labels
        for mail in self.account.mailbox.to(address):
            if mail.custom_args.get(name) == value and mail.request.id not in self._untold:
                return Entry(sg_message_id(mail), mail.request.phase is Phase.RELEASED)
        return None

    def _leaves(self, request: Accepted) -> bool:
        """Say so, unless it was stopped in time to be certain."""
        if request.phase not in (Phase.QUEUED, Phase.PAUSED):
            return request.phase is Phase.RELEASED
        mark = self.account.batches.marks.get(request.batch_id)
        if mark is None or mark.status is not Asked.CANCEL:
            return True
        in_time = mark.at <= request.send_at - CANCEL_LEAD_SECONDS
        return not (in_time or request.phase is Phase.PAUSED)

    def _note(self, occurrence: Occurrence) -> None:
        if occurrence.request.id not in self._untold:
            self.news.extend(occurrence)


class Line:
    """Calls mail back over a line that may fail: see `Cancellation` in transports.

    `moods` say how the next calls go; after them all is well.  The provider's clock is `ahead` of
    ours.
    """

    def __init__(
        self, account: Account, moods: Sequence[str] = (), *, ahead: dt.timedelta = dt.timedelta()
    ) -> None:
        self._account, self._moods, self._ahead = account, list(moods), ahead

    def create_batch_id(self) -> str:
        """Issue a batch_id."""
        return str(self._ask(self._account.create_batch_id))

    def read_clock(self) -> ClockReading:
        """Tell the provider's time at once."""
        return ClockReading(offset=self._ahead, uncertainty=dt.timedelta(seconds=1))

    def list_batch_ids_with_status(self) -> set[str]:
        """Say what is paused or cancelled."""
        return set(self._account.batches.marks)

    def set_status(self, batch_id: str, status: Status) -> dt.datetime:
        """Pause or cancel, where there is room for it."""
        batches = self._account.batches
        if batches.is_full() and batch_id not in batches.marks:
            raise Throttled("no room", seconds=60)
        self._ask(lambda: self._account.set_batch_status(batch_id, Asked(status)))
        return timezone.now()

    def get_status(self, batch_id: str) -> Status | None:
        """Say what is asked of a batch."""
        mark = self._account.batches.marks.get(batch_id)
        return Status(mark.status) if mark else None

    def clear_status(self, batch_id: str) -> None:
        """Let go."""
        self._ask(lambda: self._account.clear_batch_status(batch_id))

    def close(self) -> None:
        """Nothing to let go of."""

    def _ask(self, act: Callable[[], Any]) -> Any:
        match self._moods.pop(0) if self._moods else "well":
            case "away":
                raise NotSubmitted("cannot be reached")
            case "silent":
                raise OutcomeUnknown("no answer")
            case "deaf":
                act()
                raise OutcomeUnknown("no answer, but it was done")
        return act()
