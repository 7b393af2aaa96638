"""Pausing and cancelling at the provider: only its own whole answer says that it was done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsletter.errors import NotSubmitted, OutcomeUnknown, TransportError
from newsletter.transports.cancellation import Status
from newsletter.transports.sendgrid.cancellation import SendGridCancellation
from newsletter.transports.sendgrid.client import Limits
from tests.rawserver import Client, RawServer

DATE = b"Date: Fri, 27 Nov 2026 07:00:00 GMT\r\n"
PAGE = b"<html>Please log in</html>"
Answers = Callable[[bytes], bytes | None]


def answer(status: str, body: bytes = b"") -> bytes:
    """Return a whole answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n".encode() + DATE + b"\r\n" + body


def serving(answers: Answers) -> Callable[[Client], None]:
    """Return a script that answers by the method of each request; None breaks off."""

    def script(client: Client) -> None:
        while request := client.read_request():
            said = answers(request.partition(b" ")[0])
            if said is None:
                client.reset()
                return
            client.send(said)

    return script


def attempt(answers: Answers, work: Callable[[SendGridCancellation], object]) -> object:
    """Ask a provider that answers so; return what came of it, or the error."""
    with RawServer(serving(answers)) as server:
        canceller = SendGridCancellation(
            base_url=server.url, api_key="SG.test", limits=Limits(connect=1, answer=1)
        )
        try:
            return work(canceller)
        except TransportError as error:
            return error
        finally:
            canceller.close()


def cancel(canceller: SendGridCancellation) -> object:
    """Have a number cancelled."""
    return canceller.set_status("one", Status.CANCEL)


NOTHING, PAUSED = answer("200 OK", b"[]"), answer("200 OK", b'[{"status":"pause"}]')
CANCELLED = b'{"batch_id":"one","status":"cancel"}'


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (NOTHING, answer("200 OK", PAGE)),
        (NOTHING, answer("201 Created", PAGE)),
        (NOTHING, answer("204 No Content")),
        (NOTHING, answer("201 Created", b'{"status":"pause"}')),
        (NOTHING, answer("302 Found", PAGE)),
        (NOTHING, answer("400 Bad Request", PAGE)),
        (NOTHING, answer("403 Forbidden", PAGE)),
        (NOTHING, answer("502 Bad Gateway", PAGE)),
        (NOTHING, None),
        (PAUSED, answer("200 OK", PAGE)),
        (PAUSED, answer("204 No Content")),
        (PAUSED, None),
        (answer("200 OK", PAGE), NOTHING),
        (answer("200 OK", b"{}"), NOTHING),
        (answer("200 OK", b'[{"status":"gone"}]'), NOTHING),
    ],
)
def test_cancellation_that_nobody_confirms(shown: bytes, told: bytes | None) -> None:
    """A login page, a filter, a lost answer: whether it is cancelled is not known."""
    found = attempt(lambda method: shown if method == b"GET" else told, cancel)

    assert type(found) is OutcomeUnknown


def test_cancellation_that_is_confirmed() -> None:
    """The provider's own answer counts, and so does the status that it shows after a change."""
    made = attempt(
        lambda method: NOTHING if method == b"GET" else answer("201 Created", CANCELLED), cancel
    )
    changed = iter([PAUSED, answer("204 No Content"), answer("200 OK", b"[" + CANCELLED + b"]")])
    taken = attempt(lambda _: next(changed), cancel)

    assert not isinstance(made, TransportError)
    assert made == taken


def test_change_without_a_confirmation_is_not_undone() -> None:
    """A change that was taken, with nobody there to confirm it, may have been made."""
    with RawServer(lambda _: None) as server:
        canceller = SendGridCancellation(
            base_url=server.url, api_key="SG.test", limits=Limits(connect=1, answer=1)
        )

        def script(client: Client) -> None:
            client.read_request()
            client.send(PAUSED)
            client.read_request()
            server._listener.close()
            client.send(answer("204 No Content"))

        server.script = script
        with pytest.raises(TransportError) as raised:
            cancel(canceller)
        canceller.close()

    assert type(raised.value) is OutcomeUnknown


@pytest.mark.parametrize("told", [answer("200 OK", PAGE), answer("404 Not Found", PAGE)])
def test_release_that_nobody_confirms(told: bytes) -> None:
    """A page in the place of an answer takes no status away."""
    paused = attempt(
        lambda method: PAUSED if method == b"GET" else told,
        lambda canceller: canceller.clear_status("one"),
    )
    free = attempt(
        lambda method: NOTHING if method == b"GET" else told,
        lambda canceller: canceller.clear_status("one"),
    )

    assert type(paused) is OutcomeUnknown
    assert free is None


def test_nobody_listens() -> None:
    """A question that did not leave changed nothing."""
    with RawServer(lambda _: None) as server:
        url = server.url
    canceller = SendGridCancellation(
        base_url=url, api_key="SG.test", limits=Limits(connect=1, answer=1)
    )

    with pytest.raises(NotSubmitted):
        cancel(canceller)
