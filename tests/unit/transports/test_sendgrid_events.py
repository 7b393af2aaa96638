"""Posts are read whatever they hold: what is understood counts, the rest is kept aside."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.transports.sendgrid.event_parser import parse_post
from newsletter.transports.sendgrid.event_types import BLOCKED
from newsletter.transports.sendgrid.message_ids import request_of

GOOD: dict[str, Any] = {
    "email": "reader@example.org",
    "event": "delivered",
    "timestamp": 1764061980,
    "sg_event_id": "ZGVsaXZlcmVk",
    "sg_message_id": "Q2w_4.recvd-6d8f9c7b5-abcde-1-6741A5B2-1.0",
    "nl_attempt": "a" * 32,
    "nl_delivery": "17",
    "category": ["digest", "spring"],
}


def body(*events: object) -> bytes:
    """Return a post as SendGrid makes it."""
    return json.dumps(events).encode() + b"\r\n"


def test_a_good_event_is_understood() -> None:
    """Labels, time and message id come out of it; fields that we do not need stay out."""
    (fact,) = parse_post(body(GOOD)).facts

    assert (fact.delivery, fact.attempt, fact.message) == (17, "a" * 32, "Q2w_4")
    assert fact.at.isoformat() == "2025-11-25T09:13:00+00:00"
    assert fact.reason == ""


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("delivered", id="no-object"),
        pytest.param(None, id="nothing"),
        pytest.param({**GOOD, "event": 7}, id="event"),
        pytest.param({**GOOD, "timestamp": "1764061980"}, id="timestamp-text"),
        pytest.param({**GOOD, "timestamp": True}, id="timestamp-true"),
        pytest.param({**GOOD, "timestamp": 1764061980000}, id="timestamp-milliseconds"),
        pytest.param({**GOOD, "timestamp": -1}, id="timestamp-negative"),
        pytest.param({**GOOD, "sg_event_id": ""}, id="id-empty"),
        pytest.param({**GOOD, "sg_event_id": "x" * 101}, id="id-long"),
        pytest.param({**GOOD, "sg_event_id": ["x"]}, id="id-list"),
        pytest.param({**GOOD, "email": None}, id="email"),
    ],
)
def test_a_bad_event_spoils_no_other(bad: object) -> None:
    """It is kept aside with the reason; those before and behind it count."""
    reading = parse_post(body(GOOD, bad, {**GOOD, "sg_event_id": "next"}))

    assert [fact.key for fact in reading.facts] == ["ZGVsaXZlcmVk", "next"]
    ((why, text),) = reading.unparsed
    assert why
    assert "reader@example.org" not in text


@pytest.mark.parametrize("label", ["0" * 19, "-1", "1.5", "１７", "", 17, None, ["17"]])
def test_a_strange_label_is_none(label: object) -> None:
    """A label that we never gave names nothing, and is no fault."""
    (fact,) = parse_post(body({**GOOD, "nl_delivery": label})).facts

    assert fact.delivery is None


@pytest.mark.parametrize(
    "post", [b"", b"[", b"{}", b"[[[" * 100_000, b"[\xff]", b"null", b"[NaN", b"\x00"]
)
def test_a_post_that_is_no_list_is_kept_aside(post: bytes) -> None:
    """Signed or not, what is no JSON list is kept aside as one."""
    reading = parse_post(post)

    assert not reading.facts
    assert len(reading.unparsed) == 1


def test_half_a_character_does_not_lose_the_post() -> None:
    """A lone surrogate, as browsers' names may hold, or a NUL, is replaced where it stands."""
    post = (
        b'[{"email":"a@example.org","event":"bounce","timestamp":1764061980,'
        b'"sg_event_id":"x\\ud800","reason":"550\\u0000 no\\udfff","useragent":"\\ud83d"}]\r\n'
    )

    (fact,) = parse_post(post).facts

    assert (fact.key, fact.reason) == ("x?", "550 no?")
    assert fact.type is BLOCKED


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from([*GOOD, "reason", "type", "response"])


@given(st.lists(values | st.dictionaries(fields, values).map(lambda d: {**GOOD, **d}), max_size=4))
def test_every_event_is_accounted_for(events: list[Any]) -> None:
    """Whatever JSON it is, each event is parsed, kept aside, or news of the account."""
    reading = parse_post(json.dumps(events).encode())

    told = len(reading.facts) + len(reading.unparsed) + len(reading.account)
    assert told == len(events)
    for fact in reading.facts:
        (fact.key + fact.reason + fact.attempt + fact.message).encode()
        assert "\0" not in fact.key + fact.reason + fact.attempt + fact.message


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(post: bytes) -> None:
    """Any bytes at all are read without an error."""
    parse_post(post)


@pytest.mark.parametrize(
    ("sg_message_id", "message"),
    [
        ("Q2w_4.recvd-6d8f9c7b5-abcde-1-6741A5B2-1.0", "Q2w_4"),
        ("14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0", "14c5d75ce93.dfd.64b469"),
        ("", ""),
    ],
)
def test_the_message_id_of_the_answer_begins_that_of_each_mail(
    sg_message_id: str, message: str
) -> None:
    """Both forms that are seen are cut where SendGrid's own part begins."""
    assert request_of(sg_message_id) == message
