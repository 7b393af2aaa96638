"""One-click unsubscription by RFC 8058, as a mail provider does it, over real HTTP.

The requests are written by hand: no cookies, no headers of a browser, nothing but the address
in the mail.
"""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import List, Subscriber, Subscription
from subscribers.suppressions import is_suppressed, suppress

URLENCODED = ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click")
BOUNDED = (
    b"-----FormBoundaryjWmhtjORrn\r\n"
    b'Content-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n'
    b"-----FormBoundaryjWmhtjORrn--\r\n"
)
MULTIPART = ("multipart/form-data; boundary=---FormBoundaryjWmhtjORrn", BOUNDED)


@pytest.fixture
def subscription(live_server: LiveServer) -> Subscription:
    """Somebody on a list."""
    digest = List.objects.create(name="Digest", slug="one-click")
    person = Subscriber.objects.create(email="one@example.org")
    return Subscription.objects.create(subscriber=person, list=digest)


@pytest.fixture
def link(live_server: LiveServer, subscription: Subscription) -> str:
    """The address in the List-Unsubscribe header."""
    return unsubscribe_url(live_server.url, subscription.subscriber_id, [subscription.list_id])


def request(method: str, url: str, kind: str = "", body: bytes = b"") -> http.client.HTTPResponse:
    """Send one bare request and return the answer, read to its end."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection.request(method, target, body, {"Content-Type": kind} if kind else {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def state(subscription: Subscription) -> str:
    """Return the state that is stored now."""
    subscription.refresh_from_db()
    return subscription.state


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param(*URLENCODED, id="form"),
        pytest.param(*MULTIPART, id="multipart"),
        pytest.param("text/plain", URLENCODED[1], id="plain-text"),
        pytest.param("", URLENCODED[1], id="no-type"),
        pytest.param("nonsense", URLENCODED[1], id="nonsense-type"),
        pytest.param(f"{URLENCODED[0]}; charset=iso-8859-1", URLENCODED[1], id="charset"),
        pytest.param(URLENCODED[0], URLENCODED[1] + b"\r\n", id="final-crlf"),
        pytest.param(URLENCODED[0], URLENCODED[1] + b"&x=1", id="more-fields"),
        pytest.param(URLENCODED[0], b"list-unsubscribe=one-click", id="lower-case"),
        pytest.param(URLENCODED[0], b"List-Unsubscribe%3DOne-Click", id="escaped"),
        pytest.param("application/json", b'{"List-Unsubscribe": "One-Click"}', id="json"),
        pytest.param("multipart/form-data", BOUNDED, id="no-boundary"),
        pytest.param("multipart/form-data; boundary=x", BOUNDED, id="wrong-boundary"),
        pytest.param("multipart/form-data; boundary=x", URLENCODED[1], id="form-as-multipart"),
        pytest.param(URLENCODED[0], BOUNDED, id="multipart-as-form"),
        pytest.param(MULTIPART[0], BOUNDED.replace(b"\r\n", b"\n"), id="multipart-lf"),
        pytest.param(URLENCODED[0], b"", id="empty"),
        pytest.param("", b"", id="nothing-at-all"),
        pytest.param("", b"\r\n", id="empty-line"),
        pytest.param("multipart/form-data; boundary=x", b"--x--\r\n", id="empty-multipart"),
    ],
)
def test_one_click_unsubscribes(
    subscription: Subscription, link: str, kind: str, body: bytes
) -> None:
    """Any kind of body acts at once, without context, redirect or cookie; twice is fine."""
    for _ in range(2):
        answer = request("POST", link, kind, body)

        assert answer.status == 200
        assert answer.getheader("Location") is None
        assert answer.getheader("Set-Cookie") is None
        assert state(subscription) == "unsubscribed"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_changes_nothing(
    live_server: LiveServer, subscription: Subscription, link: str, method: str
) -> None:
    """Every link of the mail may be fetched, any number of times, suppressed people's too."""
    suppress("one@example.org")
    preferences = preferences_url(live_server.url, subscription.subscriber_id)

    for url in (link, preferences, link):
        assert request(method, url).status == 200

    assert state(subscription) == "active"
    assert is_suppressed("one@example.org")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param(URLENCODED[0], b"List-Unsubscribe=no", id="other-value"),
        pytest.param(URLENCODED[0], b"List-Unsubscribe=", id="no-value"),
        pytest.param("text/plain", b"One-Click", id="no-name"),
        pytest.param("application/json", b"{}", id="json"),
        pytest.param("multipart/form-data; boundary=x", b"--x\r\n--x--", id="an-empty-part"),
    ],
)
def test_another_post_is_refused(
    subscription: Subscription, link: str, kind: str, body: bytes
) -> None:
    """What is not the one-click form does nothing and is told so."""
    assert request("POST", link, kind, body).status == 400
    assert state(subscription) == "active"


def test_the_words_in_the_address_do_nothing(subscription: Subscription, link: str) -> None:
    """Only a body acts: a scanner that keeps what stands behind the link changes nothing."""
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        answer = request(method, f"{link}?List-Unsubscribe=One-Click", *URLENCODED)
        allowed = {"GET": 200, "HEAD": 200, "OPTIONS": 204}.get(method, 405)
        assert answer.status == allowed
        if method not in {"GET", "HEAD"}:
            assert answer.getheader("Allow") == "GET, HEAD, POST, OPTIONS"

    assert state(subscription) == "active"


def test_a_forged_link_does_nothing(subscription: Subscription, link: str) -> None:
    """Another person's number under the same signature is not found."""
    base, _, token = link.rpartition("/")
    forged = ("B" if token[0] == "A" else "A") + token[1:]

    for url in (f"{base}/{forged}", f"{link}A", link[:-1]):
        assert request("POST", url, *URLENCODED).status == 404
    assert state(subscription) == "active"


def test_the_link_names_person_and_list_without_an_address(link: str) -> None:
    """RFC 8058 §3.1: opaque, hard to forge; at least 128 bits of it are signature."""
    token = urlsplit(link).path.removeprefix("/u/")

    assert "example.org" not in token
    assert "%40" not in link
    assert len(token) * 6 >= 128 + 24


def test_one_click_works_for_whoever_is_gone(subscription: Subscription, link: str) -> None:
    """A person erased since then is unsubscribed already: 200 all the same."""
    subscription.subscriber.delete()

    assert request("POST", link, *URLENCODED).status == 200
