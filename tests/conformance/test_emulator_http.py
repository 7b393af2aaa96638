"""The emulator over plain HTTP: sizes, types, headers and connections."""

from __future__ import annotations

import gzip
import socket
import struct
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
import urllib3

from sendgrid_emulator import Emulator
from tests.unit.sendgrid_emulator.samples import encoded, letter

HEADERS = {"Authorization": "Bearer SG.trial", "Content-Type": "application/json"}


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    """Return a client that does nothing by itself: no retries, no redirects."""
    with urllib3.PoolManager(retries=False) as manager:
        yield manager


def post(
    pool: urllib3.PoolManager, sendgrid: Emulator, body: bytes, **headers: str
) -> urllib3.BaseHTTPResponse:
    """Post a body to mail/send."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    url = f"{sendgrid.url}/v3/mail/send"
    return pool.request("POST", url, body=body, headers={**HEADERS, **named})


def errors(answer: urllib3.BaseHTTPResponse) -> list[dict[str, Any]]:
    """Return the errors of an answer."""
    found: list[dict[str, Any]] = orjson.loads(answer.data)["errors"]
    return found


def test_the_answer_looks_like_sendgrids(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """202 has an empty body, an id, the date, and nothing about rate limits."""
    answer = post(pool, sendgrid, encoded())

    assert (answer.status, answer.data) == (202, b"")
    assert answer.headers["Content-Length"] == "0"
    assert answer.headers["Server"] == "nginx"
    assert not [name for name in answer.headers if name.lower().startswith("x-ratelimit")]


def test_the_date_is_the_emulators(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """The Date header follows the emulator's clock, so that a wrong clock can be noticed."""
    sendgrid.clock.advance(7200)

    told = parsedate_to_datetime(post(pool, sendgrid, encoded()).headers["Date"]).timestamp()

    assert abs(told - sendgrid.clock.now()) < 2


def test_more_than_30_megabytes_is_too_much(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A body over the limit is answered by the proxy's HTML page, and not kept."""
    payload = letter()
    payload["content"][0]["value"] = "x" * (30 * 1024 * 1024)

    answer = post(pool, sendgrid, orjson.dumps(payload))

    assert answer.status == 413
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"413 Request Entity Too Large" in answer.data
    assert len(sendgrid.mailbox) == 0


def test_nearly_30_megabytes_pass(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A body just under the limit is accepted."""
    payload = letter()
    payload["content"][0]["value"] = "x" * (30 * 1024 * 1024 - 5000)

    assert post(pool, sendgrid, orjson.dumps(payload)).status == 202


def test_size_is_looked_at_before_the_key(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """The proxy stands in front of the API: it does not know keys."""
    answer = post(pool, sendgrid, b"x" * (30 * 1024 * 1024 + 1), Authorization="Bearer nobody")

    assert answer.status == 413


@pytest.mark.parametrize("authorization", ["", "SG.trial", "Basic SG.trial", "Bearer SG."])
def test_a_bearer_key_is_needed(
    sendgrid: Emulator, pool: urllib3.PoolManager, authorization: str
) -> None:
    """Without a bearer key the answer is 401, before the body is looked at."""
    answer = post(pool, sendgrid, b"not json", Authorization=authorization)

    assert answer.status == 401


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("Application/JSON; charset=utf-8", 202),
    ],
)
def test_the_type_must_be_json(
    sendgrid: Emulator, pool: urllib3.PoolManager, kind: str, status: int
) -> None:
    """A body that is not called JSON is refused with 415."""
    assert post(pool, sendgrid, encoded(), Content_Type=kind).status == status


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"from": \xff}', b"[1,]", b"NaN", b'"text"', gzip.compress(encoded())],
    ids=["empty", "cut off", "not UTF-8", "trailing comma", "NaN", "no object", "gzip"],
)
def test_what_cannot_be_read_gets_no_hint(
    sendgrid: Emulator, pool: urllib3.PoolManager, body: bytes
) -> None:
    """A body that is no JSON object is a bad request without a field."""
    answer = post(pool, sendgrid, body)

    assert answer.status == 400
    assert errors(answer) == [{"message": "Bad Request", "field": None, "help": None}]


def test_compressed_bodies_are_not_unpacked(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """Compression is only for accounts that asked for it; here it is a bad request."""
    answer = post(pool, sendgrid, gzip.compress(encoded()), Content_Encoding="gzip")

    assert answer.status == 400


def test_a_chunked_body_is_read(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A body of unannounced length is read to its end."""
    body = encoded(people=200)
    pieces = (body[at : at + 1000] for at in range(0, len(body), 1000))

    answer = pool.request("POST", f"{sendgrid.url}/v3/mail/send", body=pieces, headers=HEADERS)

    assert answer.status == 202
    assert len(sendgrid.mailbox) == 200


def test_every_request_is_recorded(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """The record tells method, path, status, people, size and error of each request, no key."""
    post(pool, sendgrid, encoded(people=3))
    post(pool, sendgrid, encoded("bad"))

    accepted, refused = sendgrid.requests
    assert (accepted.number, accepted.method, accepted.path) == (1, "POST", "/v3/mail/send")
    assert (accepted.status, accepted.recipients) == (202, 3)
    assert accepted.message_id == sendgrid.mailbox.requests[0].id
    assert accepted.size == len(encoded(people=3))
    assert (refused.status, refused.recipients) == (400, 0)
    assert "personalizations.0.to.0.email" in refused.error
    assert "trial" not in repr(list(sendgrid.requests))


def test_open_requests_are_counted(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """The most requests that were ever open at once is known."""
    post(pool, sendgrid, encoded())
    post(pool, sendgrid, encoded())

    assert (sendgrid.requests.peak, sendgrid.requests.open) == (1, 0)


def test_it_listens_on_this_machine_only(sendgrid: Emulator) -> None:
    """The address is loopback, and another address of the machine does not answer."""
    parts = urlsplit(sendgrid.url)
    assert parts.hostname == "127.0.0.1"

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", parts.port or 0), timeout=5)


def test_strangers_cannot_reach_it_by_name(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A web page that points its own name at this machine gets nothing."""
    for path in ("/", "/_ctl/mailbox", "/v3/scopes"):
        answer = pool.request("GET", sendgrid.url + path, headers={"Host": "evil.example.org"})
        assert answer.status == 421


def test_the_control_plane_asks_for_json(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A form on a web page cannot change anything."""
    answer = pool.request("POST", f"{sendgrid.url}/_ctl/reset", fields={"a": "b"})

    assert answer.status == 415


def control(pool: urllib3.PoolManager, sendgrid: Emulator, path: str, **body: Any) -> Any:
    """Post to the control plane and return what it says."""
    answer = pool.request("POST", f"{sendgrid.url}/_ctl/{path}", json=body)
    assert answer.status < 300, answer.data
    return orjson.loads(answer.data) if answer.data else None


def look(pool: urllib3.PoolManager, sendgrid: Emulator, path: str) -> Any:
    """Ask the control plane."""
    answer = pool.request("GET", f"{sendgrid.url}/_ctl/{path}")
    assert answer.status == 200, answer.data
    return orjson.loads(answer.data)


def test_other_programs_can_read_the_mailbox(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """The control plane lists and searches mails, and shows one in full."""
    post(pool, sendgrid, encoded("a@e.org", "b@e.org"))
    sendgrid.clock.advance(5)

    listed = look(pool, sendgrid, "mailbox")
    found = look(pool, sendgrid, "mailbox?search=b@")
    sent = look(pool, sendgrid, "mailbox?to=A@e.org&count=1")
    whole = look(pool, sendgrid, f"mailbox/{sent['mails'][0]['id']}")

    assert (listed["total"], found["total"], sent["total"]) == (2, 1, 1)
    assert whole["to"] == "a@e.org"
    assert whole["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [event["event"] for event in whole["events"]] == ["processed", "delivered"]
    assert whole["source"].startswith("From: ")
    assert pool.request("GET", f"{sendgrid.url}/_ctl/mailbox/none.0").status == 404


def test_other_programs_can_count_and_check(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """The control plane counts, lists requests, and tells which invariants are broken."""
    post(pool, sendgrid, encoded("a@e.org"))
    post(pool, sendgrid, encoded("a@e.org"))

    overview = look(pool, sendgrid, "overview")
    checked = look(pool, sendgrid, "invariants")

    assert (overview["mails"], overview["accepted"], overview["statuses"]) == (2, 2, {"202": 2})
    assert [request["number"] for request in look(pool, sendgrid, "requests?count=1")] == [2]
    assert not checked["holds"]
    assert [violation["rule"] for violation in checked["violations"]] == ["R1"]


def test_other_programs_can_steer(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """Faults, clock, settings and a reset can be asked for from outside."""
    before = sendgrid.clock.now()
    control(pool, sendgrid, "fault", kind="429", seconds=30)
    assert post(pool, sendgrid, encoded()).status == 429
    assert [fault["hits"] for fault in look(pool, sendgrid, "fault")] == [1]
    control(pool, sendgrid, "fault/clear")
    assert look(pool, sendgrid, "fault") == []
    assert control(pool, sendgrid, "clock/advance", seconds=3600)["now"] > before + 3599
    control(pool, sendgrid, "settings", settings={"credits": 1}, undocumented={"late_odds": 1.0})
    assert post(pool, sendgrid, encoded(people=2)).status == 401
    assert sendgrid.undocumented.late_odds == 1.0
    control(pool, sendgrid, "settings", settings={"keys": ["SG.other"]})
    assert post(pool, sendgrid, encoded()).status == 401
    control(pool, sendgrid, "forbid", address="a@e.org")
    control(pool, sendgrid, "reset")
    assert look(pool, sendgrid, "overview")["requests"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("fault", {"kind": "earthquake"}),
        ("fault", {"kind": "429", "strength": 9}),
        ("clock/advance", {"seconds": -1}),
        ("clock/advance", {}),
        ("settings", {"settings": {"colour": "red"}}),
        ("settings", {"mood": {}}),
        ("settings", {"settings": 3}),
    ],
)
def test_nonsense_is_refused(
    sendgrid: Emulator, pool: urllib3.PoolManager, path: str, body: dict[str, Any]
) -> None:
    """What the control plane does not know is a 400 that says what it knows."""
    answer = pool.request("POST", f"{sendgrid.url}/_ctl/{path}", json=body)

    assert answer.status == 400
    assert errors(answer)[0]["message"]


@pytest.mark.parametrize(
    ("body", "known"),
    [
        ({"mood": {}}, "['delivery_conditions', 'settings', 'undocumented']"),
        ({"undocumented": {"mood": 1}}, "'late_odds'"),
    ],
)
def test_a_misspelt_setting_names_the_right_ones(
    sendgrid: Emulator, pool: urllib3.PoolManager, body: dict[str, Any], known: str
) -> None:
    """Whoever misspells a group of settings, or one of them, reads what there is."""
    answer = pool.request("POST", f"{sendgrid.url}/_ctl/settings", json=body)

    assert known in errors(answer)[0]["message"]


def test_events_can_be_steered_from_outside(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """Events can be sent somewhere, held back and let go by another program."""
    webhook = control(pool, sendgrid, "events/to", url="http://127.0.0.1:9/events")
    assert webhook["public_key"] == sendgrid.account.webhooks.all[0].signer.public_key
    control(pool, sendgrid, "events/pause")
    assert sendgrid.events.paused
    control(pool, sendgrid, "events/resume")
    assert not sendgrid.events.paused


def test_a_client_that_leaves_is_no_fault_of_ours(
    sendgrid: Emulator, pool: urllib3.PoolManager, caplog: pytest.LogCaptureFixture
) -> None:
    """Half a request, and nobody there any more: nothing is accepted, and nothing is in the log."""
    address = urlsplit(sendgrid.url)
    assert address.hostname
    assert address.port
    head = "POST /v3/mail/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection((address.hostname, address.port)) as client:
        client.sendall(f"{head}half".encode())
        # A close that resets, as of a process that was killed.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert post(pool, sendgrid, encoded()).status == 202

    assert [exchange.status for exchange in sendgrid.requests] == [0, 202]
    assert "Traceback" not in caplog.text
