"""Events as SendGrid posts them.

Sources: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event and events seen
in public bug reports, from which the make-up of the ids is known.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sendgrid_emulator.events.delivery_scenarios import (
    Scenario,
    Step,
    dropped_scenario,
    scenario_of,
)
from sendgrid_emulator.events.reading import heard
from sendgrid_emulator.state.messages import Accepted, Message, Phase

Event = dict[str, Any]
#: Which recipients of a request, counted from 0.
Positions = range | tuple[int, ...]

#: The number of the account in the ids of events.
USER = 55874757

#: Between the events of a post.
SEPARATOR = b",\r\n"

#: These come from SendGrid's servers, carry `smtp-id`, and have ids that repeat on a repeated
#: post; the others come from readers.
DELIVERY_EVENTS = frozenset({"processed", "dropped", "delivered", "deferred", "bounce"})
_ID_NAMES = {"dropped": "drop", "delivered": "delivered-0", "bounce": "bounce-4"}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The same step for several recipients of one request, at the Unix time `at`."""

    request: Accepted
    positions: Positions
    step: Step
    at: float

    def __len__(self) -> int:
        return len(self.positions)

    def __iter__(self) -> Iterator[Event]:
        return (
            event_of(Message(self.request, position), self.step, self.at)
            for position in self.positions
        )


def event_of(message: Message, step: Step, at: float) -> Event:
    """Return one event as it is posted; custom arguments never hide SendGrid's own fields."""
    own: Event = {
        "email": message.address,
        "timestamp": int(at),
        "event": step.event,
        "sg_event_id": event_id(message, step),
        "sg_message_id": sg_message_id(message),
        **step.details,
    }
    if step.event in DELIVERY_EVENTS:
        own["smtp-id"] = f"<{message.request.id}@geopod-ismtpd-1>"
    if step.event == "processed":
        own["send_at"] = message.request.send_at
    if message.request.group:
        own["asm_group_id"] = message.request.group
    categories = message.request.payload.get("categories")
    if categories:
        own["category"] = categories if len(categories) > 1 else categories[0]
    arguments = {} if "custom_args" in step.hidden else message.custom_args
    return {k: v for k, v in {**arguments, **own}.items() if k not in step.hidden}


def sg_message_id(message: Message) -> str:
    """Return the id that events and logs give a mail; it begins with the X-Message-Id."""
    request = message.request
    return f"{request.id}.recvd-6d8f9c7b5-abcde-1-{int(request.at):X}-1.{message.index}"


def event_id(message: Message, step: Step) -> str:
    """Return the id of an event: the same whenever the same event is posted again."""
    if step.event not in DELIVERY_EVENTS:
        drawn = hashlib.md5(f"{message.id}{step.event}{step.after}".encode(), usedforsecurity=False)
        return _base64url(drawn.digest())
    name = _ID_NAMES.get(step.event, step.event)
    if step.event == "deferred":
        name = f"deferred-{step.details['attempt']}"
    return _base64url(f"{name}-{USER}-{message.request.id}-{message.index}".encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def history_of(message: Message, now: float) -> list[tuple[float, Step]]:
    """Return what has happened to a mail by `now`, as times and steps."""
    request = message.request
    steps = [*scenario(message), *request.acts.get(message.index, ())]
    times = ((request.released_at + step.after, step) for step in steps)
    return sorted(((at, step) for at, step in times if at <= now), key=lambda happened: happened[0])


def scenario(message: Message) -> Scenario:
    """Return what became, or is becoming, of a mail."""
    request = message.request
    if request.phase in {Phase.QUEUED, Phase.PAUSED}:
        return ()
    if request.phase is not Phase.RELEASED:
        return dropped_scenario(request.phase.value.capitalize())
    reason = request.dropped.get(message.index)
    return dropped_scenario(reason) if reason else heard(message, scenario_of(message.address))


def body_of(encoded: Iterable[bytes]) -> bytes:
    """Return the body of a post, which ends with CRLF: that belongs to what is signed."""
    return b"[" + SEPARATOR.join(encoded) + b"]\r\n"
