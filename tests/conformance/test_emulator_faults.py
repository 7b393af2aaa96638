"""Every fault, as a client on the other side of a real socket sees it."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import orjson
import pytest
import urllib3
from urllib3.exceptions import NewConnectionError, ProtocolError, ReadTimeoutError, SSLError

from sendgrid_emulator import Emulator
from tests.unit.sendgrid_emulator.samples import encoded

HEADERS = {"Authorization": "Bearer SG.trial", "Content-Type": "application/json"}


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    """Return a client that does nothing by itself: no retries, no redirects."""
    with urllib3.PoolManager(retries=False) as manager:
        yield manager


def post(
    pool: urllib3.PoolManager, sendgrid: Emulator, body: bytes = b"", timeout: float = 20
) -> urllib3.BaseHTTPResponse:
    """Post a request to send, without any retry."""
    return pool.request(
        "POST",
        f"{sendgrid.url}/v3/mail/send",
        body=body or encoded(),
        headers=HEADERS,
        timeout=timeout,
        redirect=False,
    )


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds; give up after ten seconds."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.01)


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("reject_500", 500, b"Internal server error"),
        ("413", 413, b"413 Request Entity Too Large"),
        ("401_credits", 401, b"Maximum credits exceeded"),
        ("401", 401, b"authorization grant is invalid"),
        ("403", 403, b"verified Sender Identity"),
        ("429", 429, b"too many requests"),
        ("302", 302, b""),
        ("200_html", 200, b"Please log in"),
    ],
)
def test_refusals_accept_nothing(
    sendgrid: Emulator, pool: urllib3.PoolManager, kind: str, status: int, words: bytes
) -> None:
    """The client is told no (or something else that is not 202), and nothing is accepted."""
    sendgrid.faults.add(kind)

    answer = post(pool, sendgrid)

    assert answer.status == status
    assert words in answer.data
    assert len(sendgrid.mailbox) == 0
    assert sendgrid.requests[0].fault == kind


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("accept_then_500", 500),
        ("accept_then_html502", 502),
        ("accept_then_503", 503),
        ("accept_then_504", 504),
    ],
)
def test_an_error_may_hide_an_acceptance(
    sendgrid: Emulator, pool: urllib3.PoolManager, kind: str, status: int
) -> None:
    """The client is told of an error of the server, but the mail was accepted."""
    sendgrid.faults.add(kind)

    assert post(pool, sendgrid).status == status

    assert len(sendgrid.mailbox) == 1
    assert sendgrid.requests[0].message_id == sendgrid.mailbox.requests[0].id


def test_throttling_says_when(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A 429 carries the limit, what remains, and the epoch at which it is over."""
    sendgrid.faults.add("429", seconds=30)

    headers = post(pool, sendgrid).headers

    assert headers["X-RateLimit-Remaining"] == "0"
    assert 28 < int(headers["X-RateLimit-Reset"]) - sendgrid.clock.now() <= 30


def test_a_redirect_points_to_a_login(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A 302 leads to a page that a client should not take for an answer."""
    sendgrid.faults.add("302")

    assert post(pool, sendgrid).headers["Location"] == "/login"


@pytest.mark.parametrize("kind", ["reset_before", "read_then_reset"])
def test_a_reset_may_lose_the_request(
    sendgrid: Emulator, pool: urllib3.PoolManager, kind: str
) -> None:
    """The connection is reset before the request is whole: nothing is accepted."""
    sendgrid.faults.add(kind, size=500)

    with pytest.raises(ProtocolError) as raised:
        post(pool, sendgrid, encoded(people=1000))

    assert isinstance(raised.value.__context__, OSError)
    assert len(sendgrid.mailbox) == 0
    eventually(lambda: sendgrid.requests.open == 0)
    assert sendgrid.requests[0].status == 0


def test_a_reset_may_lose_the_answer(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """The connection is reset, not closed in order, after the mail was accepted."""
    sendgrid.faults.add("accept_then_reset")

    with pytest.raises(ProtocolError) as raised:
        post(pool, sendgrid)

    assert isinstance(raised.value.__context__, ConnectionResetError)
    assert len(sendgrid.mailbox) == 1


def test_a_hang_may_lose_the_answer(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """No answer comes, though the mail was accepted at once."""
    sendgrid.faults.add("accept_then_hang", seconds=60)

    with pytest.raises(ReadTimeoutError):
        post(pool, sendgrid, timeout=0.3)

    assert len(sendgrid.mailbox) == 1


def test_a_hang_ends_in_a_reset(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A client that waits longer than the hang lasts sees the connection break."""
    sendgrid.faults.add("accept_then_hang", seconds=0.05)

    with pytest.raises(ProtocolError):
        post(pool, sendgrid)


def test_a_zombie_is_accepted_after_the_client_left(
    sendgrid: Emulator, pool: urllib3.PoolManager
) -> None:
    """The request is processed long after the client has given it up, by the emulator's clock."""
    sendgrid.faults.add("zombie", seconds=1200)

    with pytest.raises(ReadTimeoutError):
        post(pool, sendgrid, timeout=0.2)
    pool.clear()
    assert len(sendgrid.mailbox) == 0

    def accepted() -> bool:
        sendgrid.clock.advance(1201)
        return len(sendgrid.mailbox) == 1

    eventually(accepted)


def test_a_zombie_sends_the_patient_away(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A client that does not give up is cut off, and the request is processed afterwards."""
    sendgrid.faults.add("zombie", seconds=0, max_wait_seconds=0.05)

    with pytest.raises(ProtocolError):
        post(pool, sendgrid)

    eventually(lambda: len(sendgrid.mailbox) == 1)


def test_sendgrid_may_double_a_mail(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """One request can become two mails; the rules notice."""
    sendgrid.faults.add("accept_twice")

    assert post(pool, sendgrid).status == 202

    assert [violation.rule for violation in sendgrid.violations()] == ["R1"]


def test_an_answer_may_be_slow(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """The answer comes as late as was asked for."""
    sendgrid.faults.add("delay", seconds=0.2)
    started = time.monotonic()

    assert post(pool, sendgrid).status == 202

    assert time.monotonic() - started >= 0.2


def test_a_body_may_be_slow(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """The status comes at once, the body byte by byte, each within a client's read limit."""
    sendgrid.faults.add("slow_body", seconds=2)
    started = time.monotonic()

    answer = pool.request(
        "POST",
        f"{sendgrid.url}/v3/mail/send",
        body=encoded(),
        headers=HEADERS,
        timeout=urllib3.Timeout(read=1.5),
        preload_content=False,
    )
    head = time.monotonic() - started
    body = answer.read()

    assert (answer.status, body.strip()) == (202, b"")
    assert answer.headers["X-Message-Id"] == sendgrid.mailbox.requests[0].id
    assert head < 1.5 < 2 <= time.monotonic() - started


def test_an_error_may_be_slow(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """An answer that has a body keeps it; it only takes its time."""
    sendgrid.faults.add("slow_body", seconds=0.1)

    answer = post(pool, sendgrid, encoded("bad"))

    assert orjson.loads(answer.data)["errors"]


def test_a_kept_connection_may_be_closed(sendgrid: Emulator) -> None:
    """The connection ends right after an answer that promised to keep it."""
    sendgrid.faults.add("close_idle")
    parts = urlsplit(sendgrid.url)
    body = encoded()
    head = (
        "POST /v3/mail/send HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer SG.trial\r\nContent-Length: {len(body)}\r\n\r\n"
    )

    with socket.create_connection((parts.hostname, parts.port), timeout=10) as raw:
        raw.sendall(head.encode() + body)
        received = b"".join(iter(lambda: raw.recv(65536), b""))

    assert received.startswith(b"HTTP/1.1 202")
    assert b"Connection: close" not in received


def test_connections_may_be_refused(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """For a while nothing listens, for kept connections too; then all is as before."""
    assert post(pool, sendgrid).status == 202
    sendgrid.faults.add("refuse", seconds=60)

    with pytest.raises(NewConnectionError):
        post(pool, sendgrid)
    sendgrid.faults.clear()

    assert post(pool, sendgrid).status == 202
    assert len(sendgrid.mailbox) == 2


def test_refusing_ends_by_itself(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """After the given seconds connections are taken again."""
    sendgrid.faults.add("refuse", seconds=0.1)

    def answers() -> bool:
        try:
            return post(pool, sendgrid).status == 202
        except NewConnectionError:
            return False

    assert not answers()
    eventually(answers)


def test_refusing_can_be_asked_for_from_outside(
    sendgrid: Emulator, pool: urllib3.PoolManager
) -> None:
    """The control plane answers before the port is closed."""
    url = f"{sendgrid.url}/_ctl/fault"

    assert pool.request("POST", url, json={"kind": "refuse", "seconds": 60}).status == 201

    def refused() -> bool:
        try:
            post(pool, sendgrid)
        except NewConnectionError:
            return True
        except ProtocolError:
            return False
        return False

    eventually(refused)


def test_clocks_may_disagree(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """The Date of answers is ahead by as much as was asked for; nothing else is."""
    sendgrid.settings.date_skew = 3600

    said = parsedate_to_datetime(post(pool, sendgrid).headers["Date"]).timestamp()

    assert 3590 < said - sendgrid.clock.now() <= 3600


def trusting(sendgrid: Emulator) -> urllib3.PoolManager:
    """Return a client that trusts the emulator's own authority, and nobody else."""
    assert sendgrid.certificates
    context = ssl.create_default_context(cadata=sendgrid.certificates.authority.decode())
    return urllib3.PoolManager(retries=False, ssl_context=context)


def test_tls_is_spoken_under_an_authority_of_its_own() -> None:
    """With TLS it is reached by those who were given its authority, and by nobody else."""
    with Emulator(tls=True) as sendgrid:
        assert sendgrid.url.startswith("https://127.0.0.1:")
        with trusting(sendgrid) as pool:
            assert post(pool, sendgrid).status == 202
        with urllib3.PoolManager(retries=False) as pool, pytest.raises(SSLError):
            post(pool, sendgrid)
        assert len(sendgrid.mailbox) == 1


def test_a_handshake_may_fail() -> None:
    """Some handshakes are broken off; nothing is accepted, nor counted."""
    with Emulator(tls=True) as sendgrid, trusting(sendgrid) as pool:
        fault = sendgrid.faults.add("tls_fail", times=2)
        for _ in range(2):
            with pytest.raises(SSLError):
                post(pool, sendgrid)

        assert post(pool, sendgrid).status == 202
        assert (fault.hits, len(sendgrid.mailbox), sendgrid.requests.total) == (2, 1, 1)


def test_without_tls_no_handshake_can_fail(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """The fault is refused, here and over the control plane, where it could not be carried out."""
    with pytest.raises(ValueError, match="does not speak TLS"):
        sendgrid.faults.add("tls_fail")

    assert pool.request("POST", f"{sendgrid.url}/_ctl/fault", json={"kind": "tls_fail"}).status == (
        400
    )


def test_a_fault_hits_as_often_as_asked(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """After letting some pass, as many requests as asked for are hit and no more."""
    fault = sendgrid.faults.add("reject_500", after=1, times=2)

    statuses = [post(pool, sendgrid).status for _ in range(5)]

    assert statuses == [202, 500, 500, 202, 202]
    assert (fault.hits, fault.is_spent) == (2, True)


def test_a_fault_may_last(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A fault without a number hits every request until it is removed."""
    fault = sendgrid.faults.add("reject_500", times=None)
    statuses = [post(pool, sendgrid).status for _ in range(3)]
    sendgrid.faults.remove(fault.id)

    assert [*statuses, post(pool, sendgrid).status] == [500, 500, 500, 202]


def test_a_fault_may_hit_by_chance(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """With odds of one half some requests are hit and some are not."""
    sendgrid.faults.add("reject_500", times=None, odds=0.5)

    assert {post(pool, sendgrid).status for _ in range(30)} == {202, 500}


def test_faults_are_for_one_path(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A fault meets mail/send unless it names other paths."""
    sendgrid.faults.add("reject_500")
    sendgrid.faults.add("429", path="/v3/logs*")
    url = sendgrid.url

    assert pool.request("GET", f"{url}/v3/scopes", headers=HEADERS).status == 200
    assert pool.request("POST", f"{url}/v3/logs", headers=HEADERS, body=b"{}").status == 429
    assert post(pool, sendgrid).status == 500


def test_rejected_requests_still_count(sendgrid: Emulator, pool: urllib3.PoolManager) -> None:
    """A fault that accepts first still refuses what breaks the rules."""
    sendgrid.faults.add("accept_then_500")

    answer = post(pool, sendgrid, encoded("bad"))

    assert answer.status == 500
    assert orjson.loads(answer.data)["errors"]
    assert len(sendgrid.mailbox) == 0
