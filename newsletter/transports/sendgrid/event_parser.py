"""Parse a post of SendGrid: from bytes that are signed, but may contain anything, to facts.

An event that cannot be parsed is stored separately and does not affect the others.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from newsletter.transports.base import ATTEMPT, DATABASE, DELIVERY, SEND
from newsletter.transports.event_text import (
    clean_text,
    excerpt,
    url_without_addresses,
    without_addresses,
)
from newsletter.transports.events import InvalidEvent, ParsedEvent, ParsedPost
from newsletter.transports.sendgrid.event_types import event_type_of
from newsletter.transports.sendgrid.message_ids import request_of

#: Unix times of events: from 2001 to 2100.
TIMES = range(1_000_000_000, 4_102_444_800)
MAX_KEY_CHARACTERS = 100
MAX_REASON_CHARACTERS = 200
MAX_URL_CHARACTERS = 500
#: The row of a delivery, as it travels in the label `nl_delivery`.
NUMBER = re.compile(r"[0-9]{1,18}")


def parse_post(body: bytes) -> ParsedPost:
    """Return the content of a post; never fail."""
    try:
        events = parse(body)
    except (ValueError, RecursionError):
        text = body.decode(errors="replace")
        return ParsedPost(unparsed=[("the post is not a list in JSON", excerpt(text))])
    reading = ParsedPost()
    for event in events:
        try:
            add_event(event, reading)
        except InvalidEvent as error:
            reading.unparsed.append((str(error), excerpt(json.dumps(event))))
    return reading


def parse(body: bytes) -> list[Any]:
    """Return the list in a post, or raise `ValueError`."""
    try:
        events = orjson.loads(body)
    except orjson.JSONDecodeError:
        # Half a character, for example in the name of a browser: the other parser accepts it.
        events = json.loads(body.decode(errors="replace"))
    if not isinstance(events, list):
        raise InvalidEvent
    return events


def add_event(event: Any, reading: ParsedPost) -> None:
    """Add one event to a reading, or raise `InvalidEvent`."""
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise InvalidEvent("it is not an object with the name of an event")
    if event["event"] == "account_status_change":
        reading.account.append(clean_text(event.get("type"))[:100])
        return
    reading.facts.append(parse_fact(event))


def parse_fact(event: Mapping[str, Any]) -> ParsedEvent:
    """Return what one event says about a mail."""
    key, email, seconds = event.get("sg_event_id"), event.get("email"), event.get("timestamp")
    if not isinstance(key, str) or not 0 < len(clean_text(key)) <= MAX_KEY_CHARACTERS:
        raise InvalidEvent("sg_event_id is not a short text")
    if not isinstance(email, str) or not email.strip():
        raise InvalidEvent("email is not a text")
    # Exactly: True is an integer to Python, too.
    if type(seconds) is not int or seconds not in TIMES:
        raise InvalidEvent("timestamp is not a Unix time in seconds")
    delivery, attempt = clean_text(event.get(DELIVERY)), clean_text(event.get(ATTEMPT))
    send = clean_text(event.get(SEND))
    return ParsedEvent(
        key=clean_text(key),
        type=event_type_of(event),
        at=dt.datetime.fromtimestamp(seconds, dt.UTC),
        email=email,
        delivery=int(delivery) if NUMBER.fullmatch(delivery) else None,
        attempt=attempt,
        message=request_of(clean_text(event.get("sg_message_id"))),
        reason=reason_of(event),
        send=int(send) if NUMBER.fullmatch(send) else None,
        database=clean_text(event.get(DATABASE)),
        url=url_of(event),
        machine=event.get("sg_machine_open") is True,
    )


def url_of(event: Mapping[str, Any]) -> str:
    """Return the link that was followed, without addresses; empty for other events."""
    if event["event"] != "click":
        return ""
    return url_without_addresses(clean_text(event.get("url")))[:MAX_URL_CHARACTERS]


def reason_of(event: Mapping[str, Any]) -> str:
    """Return why a mail did not arrive, without addresses; empty if it did."""
    if event["event"] not in ("bounce", "dropped", "deferred"):
        return ""
    text = clean_text(event.get("reason") or event.get("response"))
    return " ".join(without_addresses(text).split())[:MAX_REASON_CHARACTERS]
