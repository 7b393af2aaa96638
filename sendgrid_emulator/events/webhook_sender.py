"""Posts events: in groups, signed, at least once, and under the delivery conditions."""

from __future__ import annotations

import asyncio
import secrets
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial

import aiohttp
import orjson

from sendgrid_emulator.events.delivery_conditions import DeliveryConditions
from sendgrid_emulator.events.event import DELIVERY_EVENTS, SEPARATOR, Event, Occurrence, body_of
from sendgrid_emulator.events.oauth import Tokens
from sendgrid_emulator.events.signature import Signer
from sendgrid_emulator.events.webhooks import Webhook, Webhooks
from sendgrid_emulator.randomness import draw_number
from sendgrid_emulator.state.clock import Clock
from sendgrid_emulator.state.timeline import Timeline

#: Seconds after which an event that was never accepted is dropped.
RETRY_FOR = 24 * 3600
#: Seconds after which an intercepted post is repeated.
REPLAY_AFTER = 60
_KEPT_POSTS = 1000


class PostOrigin(StrEnum):
    """Who makes a post."""

    OWN = "own"  #: SendGrid
    TEST = "test"  #: SendGrid, with events that never happened; made once
    FORGED = "forged"  #: somebody else, who has no key
    REPLAYED = "replayed"  #: somebody else, who intercepted it


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
    origin: PostOrigin = PostOrigin.OWN

    @property
    def was_taken(self) -> bool:
        """Return whether the receiver accepted the events."""
        return 200 <= self.status < 300

    @property
    def went_well(self) -> bool:
        """Return whether the receiver reacted correctly: a forged post must be refused."""
        return self.status != 0 and self.was_taken is not (self.origin is PostOrigin.FORGED)


@dataclass(frozen=True, slots=True)
class PendingPost:
    """A post that is still to be made; `headers` hold an earlier signature, if there is one."""

    webhook: Webhook
    body: bytes
    events: int
    since: float
    attempt: int = 1
    origin: PostOrigin = PostOrigin.OWN
    headers: Mapping[str, str] = field(default_factory=dict)


class WebhookSender:
    """Posts what happens to the webhooks that want it."""

    def __init__(self, webhooks: Webhooks, clock: Clock, timeline: Timeline) -> None:
        self.conditions = DeliveryConditions()
        self.posts: deque[Post] = deque(maxlen=_KEPT_POSTS)
        #: Events that their receivers accepted.
        self.taken = 0
        self.tokens = Tokens(clock.now)
        self._forger = Signer()
        self._webhooks = webhooks
        self._clock = clock
        self._timeline = timeline
        self._fresh: deque[tuple[Webhook, Iterator[Event]]] = deque()
        self._late: deque[tuple[Webhook, Event]] = deque()
        self._waiting: deque[PendingPost] = deque()
        self._paused = self._flushing = False
        self._wake = asyncio.Event()
        self._posting: set[asyncio.Task[None]] = set()

    @property
    def paused(self) -> bool:
        """Whether posting is paused."""
        return self._paused

    def pause(self) -> None:
        """Pause posting; no event is lost."""
        self._paused = True

    def resume(self) -> None:
        """Post the waiting events, and go on."""
        self._paused = False
        self._flush_soon()

    @property
    def pending(self) -> bool:
        """Return whether anything waits to be posted now."""
        return bool(self._fresh or self._late or self._waiting or self._posting)

    def tell(self, occurrence: Occurrence) -> None:
        """Add an event; it is posted with the next group."""
        for webhook in self._webhooks.wanting(occurrence.step.event):
            self._fresh.append((webhook, iter(occurrence)))
            self._flush_soon()

    def post_test(self, webhook: Webhook, events: Iterable[Event]) -> None:
        """Post events that never happened, once, so that a receiver can be tried."""
        packed = [orjson.dumps(event) for event in events]
        pending = PendingPost(
            webhook, body_of(packed), len(packed), self._clock.now(), origin=PostOrigin.TEST
        )
        self._post_again(pending)

    def clear(self) -> None:
        """Forget what was not posted yet, and the record of posts."""
        for queue in (self._fresh, self._late, self._waiting, self.posts):
            queue.clear()
        self.taken = 0

    # ------------------------------------------------------------------ putting posts together

    def _flush_soon(self) -> None:
        if not self._flushing:
            self._flushing = True
            self._timeline.at(self._clock.now() + self.conditions.every, self._flush)

    def _flush(self) -> None:
        self._flushing = False
        self._wake.set()

    def _next_pending(self) -> PendingPost | None:
        if self._paused:
            return None
        if self._waiting:
            return self._waiting.popleft()
        while self._late or self._fresh:
            webhook = (self._late or self._fresh)[0][0]
            events = self._late_events(webhook) if self._late else self._fresh_events(webhook)
            if pending := self._pack(webhook, events):
                return pending
        return None

    def _pack(self, webhook: Webhook, events: Iterator[Event]) -> PendingPost | None:
        """Take events until the post is full."""
        packed: list[bytes] = []
        size = 0
        for event in events:
            packed.append(orjson.dumps(event))
            size += len(packed[-1]) + len(SEPARATOR)
            if size >= self.conditions.largest:
                break
        if not packed:
            return None
        if self.conditions.shuffled:
            packed.sort(key=zlib.crc32)
        return PendingPost(webhook, body_of(packed), len(packed), self._clock.now())

    def _late_events(self, webhook: Webhook) -> Iterator[Event]:
        while self._late and self._late[0][0] is webhook:
            yield self._late.popleft()[1]

    def _fresh_events(self, webhook: Webhook) -> Iterator[Event]:
        while self._fresh and self._fresh[0][0] is webhook:
            event = next(self._fresh[0][1], None)
            if event is None:
                self._fresh.popleft()
            else:
                yield from self._conditioned(webhook, event)

    def _conditioned(self, webhook: Webhook, event: Event) -> Iterator[Event]:
        """Yield the event never, once or twice, or schedule it for later."""
        conditions = self.conditions
        if event["event"] == "processed" and self._draw("missing", event) < conditions.missing:
            return
        drawn = self._draw("late", event)
        if drawn < conditions.late:
            # Even below `late`; its cube makes most delays short and a few very long.
            delay = conditions.late_by * (drawn / conditions.late) ** 3
            due = self._clock.now() + delay
            self._timeline.at(due, partial(self._come_late, webhook, event))
            return
        yield event
        if self._draw("duplicates", event) < conditions.duplicates:
            yield self._repeated(event)

    def _come_late(self, webhook: Webhook, event: Event) -> None:
        self._late.append((webhook, event))
        self._flush_soon()

    @staticmethod
    def _repeated(event: Event) -> Event:
        """Return an event for its second post: reader events then have a new id."""
        if event["event"] in DELIVERY_EVENTS:
            return event
        return {**event, "sg_event_id": secrets.token_urlsafe(16)}

    def _draw(self, purpose: str, event: Event) -> float:
        return draw_number(self.conditions.seed, purpose, event["sg_event_id"])

    # ------------------------------------------------------------------ sending posts

    async def run(self) -> None:
        """Post until cancelled."""
        timeout = aiohttp.ClientTimeout(total=self.conditions.timeout)
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
        while pending := self._next_pending():
            for each in self._with_forged(pending):
                task = asyncio.create_task(self._post(session, each))
                self._posting.add(task)
                task.add_done_callback(self._posting.discard)
                if len(self._posting) >= self.conditions.senders:
                    await asyncio.wait(self._posting, return_when=asyncio.FIRST_COMPLETED)

    def _with_forged(self, pending: PendingPost) -> Iterator[PendingPost]:
        """Yield a post and, if the conditions say so, a forged one before it."""
        if self._is_hit_by("forged", pending):
            headers = self._forger.headers(pending.body, int(self._clock.now()))
            yield replace(pending, origin=PostOrigin.FORGED, headers=headers)
        yield pending

    def _is_hit_by(self, share: str, pending: PendingPost) -> bool:
        drawn = draw_number(self.conditions.seed, share, zlib.crc32(pending.body))
        first = pending.origin is PostOrigin.OWN and pending.attempt == 1
        return first and drawn < float(getattr(self.conditions, share))

    async def _post(self, session: aiohttp.ClientSession, pending: PendingPost) -> None:
        status, error = 0, ""
        try:
            pending = self._signed(pending)
            status = await self._deliver(session, pending)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
            error = f"{type(problem).__name__}: {problem}"
        now, webhook = self._clock.now(), pending.webhook
        size, attempt = len(pending.body), pending.attempt
        post = Post(now, webhook.url, pending.events, size, attempt, status, error, pending.origin)
        self.posts.append(post)
        self._follow_up(post, pending)

    def _follow_up(self, post: Post, pending: PendingPost) -> None:
        if pending.origin is not PostOrigin.OWN:
            return
        if self._is_hit_by("replayed", pending):
            again = replace(pending, origin=PostOrigin.REPLAYED)
            self._timeline.at(post.at + REPLAY_AFTER, partial(self._post_again, again))
        if post.was_taken:
            self.taken += pending.events
        else:
            self._try_again(pending)

    def _signed(self, pending: PendingPost) -> PendingPost:
        """Return the post with a signature, unless it has one that is not ours to renew."""
        webhook = pending.webhook
        if pending.headers or not webhook.signed:
            return pending
        headers = webhook.signer.headers(pending.body, int(self._clock.now()))
        return replace(pending, headers=headers)

    async def _deliver(self, session: aiohttp.ClientSession, pending: PendingPost) -> int:
        webhook = pending.webhook
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "SendGrid Event API",
            **await self.tokens.header(session, webhook.oauth),
            **pending.headers,
        }
        async with session.post(
            webhook.url, data=pending.body, headers=headers, allow_redirects=False
        ) as answer:
            if answer.status == 401:
                self.tokens.forget(webhook.oauth)
            return answer.status

    def _try_again(self, pending: PendingPost) -> None:
        """Post the same body later: after 1, 2, 4 … seconds, at most ten minutes apart."""
        due = self._clock.now() + min(2.0 ** (pending.attempt - 1), 600)
        if due - pending.since > RETRY_FOR:
            return
        again = replace(pending, attempt=pending.attempt + 1, headers={})
        self._timeline.at(due, partial(self._post_again, again))

    def _post_again(self, pending: PendingPost) -> None:
        self._waiting.append(pending)
        self._wake.set()
