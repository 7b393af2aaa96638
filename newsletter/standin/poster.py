"""Posting events: in groups, signed, at least once, and if wanted as untidily as in real life."""

from __future__ import annotations

import asyncio
import secrets
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import aiohttp
import orjson

from newsletter.standin.chance import draw
from newsletter.standin.clock import Clock
from newsletter.standin.events import DELIVERY_EVENTS, SEPARATOR, Event, Happening, body_of
from newsletter.standin.timeline import Timeline
from newsletter.standin.webhooks import Webhook, Webhooks

#: Seconds after which an event that nobody took is given up.
RETRY_FOR = 24 * 3600
_KEPT_POSTS = 1000


@dataclass(slots=True)
class Weather:
    """How events travel; by default as well as they can.

    `every`: seconds between posts (SendGrid: about 30).  `largest`: bytes in a post.
    `duplicates`, `missing`, `late`: the share of events that come twice, of `processed` events
    that never come, and of events that come up to `late_by` seconds late.  `shuffled`: without
    any order.  `senders`: posts at the same time.  `timeout`: seconds to wait for an answer.
    """

    every: float = 0.5
    largest: int = 768_000
    duplicates: float = 0.0
    missing: float = 0.0
    late: float = 0.0
    late_by: float = 6 * 3600
    shuffled: bool = False
    senders: int = 4
    timeout: float = 10.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Post:
    """One attempt to post: `status` is 0 if no answer came."""

    at: float
    url: str
    events: int
    size: int
    attempt: int
    status: int
    error: str = ""

    @property
    def was_taken(self) -> bool:
        """Tell whether the receiver took the events over."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Parcel:
    """A body on its way to a webhook."""

    webhook: Webhook
    body: bytes
    events: int
    since: float
    attempt: int = 1


class Poster:
    """Takes happenings and posts them to the webhooks that want them."""

    def __init__(self, webhooks: Webhooks, clock: Clock, timeline: Timeline) -> None:
        self.weather = Weather()
        self.posts: deque[Post] = deque(maxlen=_KEPT_POSTS)
        #: Events that were taken over by their receivers.
        self.taken = 0
        self._webhooks = webhooks
        self._clock = clock
        self._timeline = timeline
        self._fresh: deque[tuple[Webhook, Iterator[Event]]] = deque()
        self._late: deque[tuple[Webhook, Event]] = deque()
        self._waiting: deque[Parcel] = deque()
        self._paused = self._flushing = False
        self._wake = asyncio.Event()
        self._posting: set[asyncio.Task[None]] = set()

    @property
    def paused(self) -> bool:
        """Whether events are held back."""
        return self._paused

    def pause(self) -> None:
        """Hold events back; none is lost."""
        self._paused = True

    def resume(self) -> None:
        """Post what was held back, and go on."""
        self._paused = False
        self._flush_soon()

    @property
    def pending(self) -> bool:
        """Tell whether anything waits to be posted now."""
        return bool(self._fresh or self._late or self._waiting or self._posting)

    def tell(self, happening: Happening) -> None:
        """Take what has happened; it is posted with the next group."""
        for webhook in self._webhooks.wanting(happening.step.event):
            self._fresh.append((webhook, iter(happening)))
            self._flush_soon()

    def clear(self) -> None:
        """Forget what was not posted yet, and the record of posts."""
        for queue in (self._fresh, self._late, self._waiting, self.posts):
            queue.clear()
        self.taken = 0

    # ------------------------------------------------------------------ putting parcels together

    def _flush_soon(self) -> None:
        if not self._flushing:
            self._flushing = True
            self._timeline.at(self._clock.now() + self.weather.every, self._flush)

    def _flush(self) -> None:
        self._flushing = False
        self._wake.set()

    def _next_parcel(self) -> Parcel | None:
        if self._paused:
            return None
        if self._waiting:
            return self._waiting.popleft()
        while self._late or self._fresh:
            webhook = (self._late or self._fresh)[0][0]
            events = self._late_events(webhook) if self._late else self._fresh_events(webhook)
            if parcel := self._pack(webhook, events):
                return parcel
        return None

    def _pack(self, webhook: Webhook, events: Iterator[Event]) -> Parcel | None:
        """Take events until the parcel is full."""
        packed: list[bytes] = []
        size = 0
        for event in events:
            packed.append(orjson.dumps(event))
            size += len(packed[-1]) + len(SEPARATOR)
            if size >= self.weather.largest:
                break
        if not packed:
            return None
        if self.weather.shuffled:
            packed.sort(key=zlib.crc32)
        return Parcel(webhook, body_of(packed), len(packed), self._clock.now())

    def _late_events(self, webhook: Webhook) -> Iterator[Event]:
        while self._late and self._late[0][0] is webhook:
            yield self._late.popleft()[1]

    def _fresh_events(self, webhook: Webhook) -> Iterator[Event]:
        while self._fresh and self._fresh[0][0] is webhook:
            event = next(self._fresh[0][1], None)
            if event is None:
                self._fresh.popleft()
            else:
                yield from self._weathered(webhook, event)

    def _weathered(self, webhook: Webhook, event: Event) -> Iterator[Event]:
        """Yield the event never, once or twice, or see to it that it comes later."""
        weather = self.weather
        if event["event"] == "processed" and self._draw("missing", event) < weather.missing:
            return
        drawn = self._draw("late", event)
        if drawn < weather.late:
            # Even below `late`; its cube makes most delays short and a few very long.
            delay = weather.late_by * (drawn / weather.late) ** 3
            due = self._clock.now() + delay
            self._timeline.at(due, partial(self._come_late, webhook, event))
            return
        yield event
        if self._draw("duplicates", event) < weather.duplicates:
            yield self._repeated(event)

    def _come_late(self, webhook: Webhook, event: Event) -> None:
        self._late.append((webhook, event))
        self._flush_soon()

    @staticmethod
    def _repeated(event: Event) -> Event:
        """Return an event as it comes the second time: reader events then have a new id."""
        if event["event"] in DELIVERY_EVENTS:
            return event
        return {**event, "sg_event_id": secrets.token_urlsafe(16)}

    def _draw(self, purpose: str, event: Event) -> float:
        return draw(self.weather.seed, purpose, event["sg_event_id"])

    # ------------------------------------------------------------------ sending parcels

    async def run(self) -> None:
        """Post until cancelled."""
        timeout = aiohttp.ClientTimeout(total=self.weather.timeout)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                while True:
                    await self._wake.wait()
                    self._wake.clear()
                    await self._post_all(session)
            finally:
                for task in self._posting:
                    task.cancel()

    async def _post_all(self, session: aiohttp.ClientSession) -> None:
        while parcel := self._next_parcel():
            task = asyncio.create_task(self._post(session, parcel))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)
            if len(self._posting) >= self.weather.senders:
                await asyncio.wait(self._posting, return_when=asyncio.FIRST_COMPLETED)

    async def _post(self, session: aiohttp.ClientSession, parcel: Parcel) -> None:
        status, error = 0, ""
        try:
            status = await self._deliver(session, parcel)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
            error = f"{type(problem).__name__}: {problem}"
        now, webhook = self._clock.now(), parcel.webhook
        size, attempt = len(parcel.body), parcel.attempt
        post = Post(now, webhook.url, parcel.events, size, attempt, status, error)
        self.posts.append(post)
        if post.was_taken:
            self.taken += parcel.events
        else:
            self._try_again(parcel)

    async def _deliver(self, session: aiohttp.ClientSession, parcel: Parcel) -> int:
        headers = {"Content-Type": "application/json", "User-Agent": "SendGrid Event API"}
        if parcel.webhook.signed:
            headers |= parcel.webhook.signer.headers(parcel.body, int(self._clock.now()))
        url = parcel.webhook.url
        async with session.post(
            url, data=parcel.body, headers=headers, allow_redirects=False
        ) as answer:
            return answer.status

    def _try_again(self, parcel: Parcel) -> None:
        """Post the same body later: after 1, 2, 4 … seconds, at most ten minutes apart."""
        due = self._clock.now() + min(2.0 ** (parcel.attempt - 1), 600)
        if due - parcel.since > RETRY_FOR:
            return
        webhook, body, events = parcel.webhook, parcel.body, parcel.events
        again = Parcel(webhook, body, events, parcel.since, parcel.attempt + 1)
        self._timeline.at(due, partial(self._come_again, again))

    def _come_again(self, parcel: Parcel) -> None:
        self._waiting.append(parcel)
        self._wake.set()
