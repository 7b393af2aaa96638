"""Read a post: from bytes that are signed, but may hold anything, to facts.

An event that cannot be understood is set apart and spoils none of the others.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from newsletter.tracking.event_types import EventType, event_type_of
from newsletter.transports.base import ATTEMPT, DATABASE, DELIVERY, SEND

#: Unix times of events: from 2001 to 2100.
TIMES = range(1_000_000_000, 4_102_444_800)
MAX_KEY_CHARACTERS = 100
MAX_REASON_CHARACTERS = 200
#: So much of what was not understood is kept.
MAX_UNPARSED_CHARACTERS = 2000
#: So much of a text is looked at for addresses: more than is kept of any.
MAX_TEXT_CHARACTERS = 4000

#: From the beginning of a word only: tried from each of its letters, a long word takes for ever.
ADDRESS = re.compile(r"(?<![^\s\"'<>\[\](),;:])[^\s\"'<>\[\](),;:]+@[^\s\"'<>\[\](),;:]+")
#: The row of a delivery, as it travels in the label `nl_delivery`.
NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class ParsedEvent:
    """One event, understood.

    `delivery`, `attempt`, `send` and `database` are its labels, empty where it has none.
    """

    key: str
    type: EventType
    at: dt.datetime
    email: str
    delivery: int | None
    attempt: str
    message: str
    reason: str
    send: int | None = None
    database: str = ""


@dataclass(slots=True)
class ParsedPost:
    """What a post holds: events, what is not understood as (why, text), and account news."""

    facts: list[ParsedEvent] = field(default_factory=list)
    unparsed: list[tuple[str, str]] = field(default_factory=list)
    account: list[str] = field(default_factory=list)


class InvalidEvent(ValueError):
    """An event lacks what every event has."""


def read(body: bytes) -> ParsedPost:
    """Return what a post says; never fails."""
    try:
        events = parse(body)
    except (ValueError, RecursionError):
        text = body.decode(errors="replace")
        return ParsedPost(unparsed=[("the post is not a list in JSON", shown(text))])
    reading = ParsedPost()
    for event in events:
        try:
            take(event, reading)
        except InvalidEvent as error:
            reading.unparsed.append((str(error), shown(json.dumps(event))))
    return reading


def parse(body: bytes) -> list[Any]:
    """Return the list in a post, or raise `ValueError`."""
    try:
        events = orjson.loads(body)
    except orjson.JSONDecodeError:
        # Half a character, in the name of a reader's browser, say: the other parser takes it.
        events = json.loads(body.decode(errors="replace"))
    if not isinstance(events, list):
        raise InvalidEvent
    return events


def take(event: Any, reading: ParsedPost) -> None:
    """Add one event to a reading, or raise `InvalidEvent`."""
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise InvalidEvent("it is not an object with the name of an event")
    if event["event"] == "account_status_change":
        reading.account.append(clean(event.get("type"))[:100])
        return
    reading.facts.append(fact(event))


def fact(event: Mapping[str, Any]) -> ParsedEvent:
    """Return what one event says of a mail."""
    key, email, moment = event.get("sg_event_id"), event.get("email"), event.get("timestamp")
    if not isinstance(key, str) or not 0 < len(clean(key)) <= MAX_KEY_CHARACTERS:
        raise InvalidEvent("sg_event_id is not a short text")
    if not isinstance(email, str) or not email.strip():
        raise InvalidEvent("email is not a text")
    # Exactly: True is an integer to Python, too.
    if type(moment) is not int or moment not in TIMES:
        raise InvalidEvent("timestamp is not a Unix time in seconds")
    delivery, attempt = clean(event.get(DELIVERY)), clean(event.get(ATTEMPT))
    send = clean(event.get(SEND))
    return ParsedEvent(
        key=clean(key),
        type=event_type_of(event),
        at=dt.datetime.fromtimestamp(moment, dt.UTC),
        email=email,
        delivery=int(delivery) if NUMBER.fullmatch(delivery) else None,
        attempt=attempt,
        message=message_of(clean(event.get("sg_message_id"))),
        reason=reason_of(event),
        send=int(send) if NUMBER.fullmatch(send) else None,
        database=clean(event.get(DATABASE)),
    )


def message_of(sg_message_id: str) -> str:
    """Return the id that the answer to the request had: it begins the id of each of its mails."""
    return re.split(r"\.(?:recvd|filter)", sg_message_id, maxsplit=1)[0]


def reason_of(event: Mapping[str, Any]) -> str:
    """Return why a mail did not arrive, without addresses; nothing where it did."""
    if event["event"] not in ("bounce", "dropped", "deferred"):
        return ""
    text = clean(event.get("reason") or event.get("response"))
    return " ".join(without_addresses(text).split())[:MAX_REASON_CHARACTERS]


def clean(value: object) -> str:
    """Return a text that every database takes; empty for anything that is no text."""
    if not isinstance(value, str):
        return ""
    if value.isprintable():
        return value
    return value.encode(errors="replace").decode().replace("\0", "")


def shown(text: str) -> str:
    """Return what is kept of something that was not understood."""
    return clean(without_addresses(text))[:MAX_UNPARSED_CHARACTERS]


def without_addresses(text: str) -> str:
    """Return the beginning of a text with its addresses taken out."""
    if len(text) > MAX_TEXT_CHARACTERS:
        # Not in the middle of a word, which could be the beginning of an address.
        text = text[:MAX_TEXT_CHARACTERS].rpartition(" ")[0] or "…"
    return ADDRESS.sub("…", text)
