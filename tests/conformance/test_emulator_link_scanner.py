"""Scanners and one-click, over a real socket: R9, R13 and R14 as somebody outside finds them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3

from sendgrid_emulator import Emulator
from sendgrid_emulator.checks.link_scanner import Site
from sendgrid_emulator.state.ledger_oracle import Sums
from tests.unit.sendgrid_emulator.samples import encoded, letter

BASE = "https://news.example.org"
HEADERS = {"Authorization": "Bearer SG.trial", "Content-Type": "application/json"}


@dataclass
class Desk:
    """A sender's site: who has left, what was opened, and how it answers."""

    left: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    get_leaves: bool = False
    status: int = 200
    site: Site = field(default_factory=lambda: Site(BASE, ""))


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Run such a site."""
    running = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            running.opened.append(f"{self.command} {self.path}")
            if running.get_leaves:
                running.left.append(self.path)
            self.send_response(running.status)
            self.end_headers()

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert b"List-Unsubscribe" in body
            assert b"One-Click" in body
            assert "Cookie" not in self.headers
            running.kinds.append(self.headers["Content-Type"].partition(";")[0])
            running.left.append(self.path)
            self.send_response(running.status)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    running.site = Site(BASE, f"http://127.0.0.1:{server.server_port}")
    yield running
    server.shutdown()
    server.server_close()


@pytest.fixture
def sendgrid() -> Iterator[Emulator]:
    """Run an emulator that has two mails."""
    with Emulator() as emulator:
        assert post(emulator, people=2) == 202
        yield emulator


def post(sendgrid: Emulator, **changes: object) -> int:
    """Post a request; return the status."""
    url = f"{sendgrid.url}/v3/mail/send"
    with urllib3.PoolManager() as pool:
        return pool.request("POST", url, body=encoded(**changes), headers=HEADERS).status


def broken_rules(sendgrid: Emulator) -> list[str]:
    """Return the rules that were broken."""
    return [violation.rule for violation in sendgrid.violations()]


def test_every_link_is_opened(sendgrid: Emulator, desk: Desk) -> None:
    """Each link to the site, of header and parts, is opened once with HEAD and once with GET."""
    assert sendgrid.scan_links(desk.site, lambda: list(desk.left)) == 2

    opened = [f"{method} /u/token00000{n}x" for n in (0, 1) for method in ("HEAD", "GET")]
    assert desk.opened == opened
    assert broken_rules(sendgrid) == []


def test_a_link_that_changes_something_is_found(sendgrid: Emulator, desk: Desk) -> None:
    """R13: where opening links takes people off, the state before and after differ."""
    desk.get_leaves = True

    sendgrid.scan_links(desk.site, lambda: list(desk.left))

    assert broken_rules(sendgrid) == ["R13"]


def test_a_dead_link_is_found(sendgrid: Emulator, desk: Desk) -> None:
    """R13: a link that leads nowhere is a broken promise too."""
    desk.status = 404

    sendgrid.scan_links(desk.site, lambda: None)

    assert broken_rules(sendgrid) == ["R13"] * 4


def test_one_click_is_pressed_in_both_encodings(sendgrid: Emulator, desk: Desk) -> None:
    """R14: a form and a multipart form, without cookies; then the address must be left alone."""
    first = next(iter(sendgrid.mailbox))

    sendgrid.press_one_click(first, desk.site)

    assert sorted(desk.kinds) == ["application/x-www-form-urlencoded", "multipart/form-data"]
    assert set(desk.left) == {"/u/token000000x"}
    assert broken_rules(sendgrid) == []
    sendgrid.clock.advance(1)
    post(sendgrid, people=2, custom_args={"nl_i": "issue-2"})
    assert broken_rules(sendgrid) == ["R7"]


@pytest.mark.parametrize("status", [302, 204, 403, 500])
def test_one_click_is_answered_with_200(sendgrid: Emulator, desk: Desk, status: int) -> None:
    """R14: a redirect, an error, even another yes is not what RFC 8058 asks for."""
    desk.status = status

    sendgrid.press_one_click(next(iter(sendgrid.mailbox)), desk.site)

    assert broken_rules(sendgrid) == ["R14", "R14"]


def test_a_mail_without_a_link_cannot_be_left(sendgrid: Emulator, desk: Desk) -> None:
    """R14: there is nothing to press, which R2 finds as well."""
    payload = letter("lone@example.org", custom_args={"nl_i": "issue-2"})
    del payload["personalizations"][0]["headers"]
    post(sendgrid, **payload)
    sendgrid.waive("R2")

    sendgrid.press_one_click(sendgrid.mailbox.to("lone@example.org")[0], desk.site)

    assert broken_rules(sendgrid) == ["R14"]


class Slow:
    """An oracle whose ledger has every attempt but one, and is asked on no loop."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, set[str]]] = []

    def committed(self, keys: Collection[str]) -> Collection[str]:
        """Note who asks."""
        self.asked.append((threading.current_thread().name, set(keys)))
        return set(keys) - {"late"}

    def sums(self) -> Iterable[Sums]:
        """Know of no send."""
        return ()

    def log_text(self) -> str:
        """Have said nothing."""
        return ""


def test_the_ledger_is_asked_before_the_request_is_answered(sendgrid: Emulator) -> None:
    """R9: by the time of the answer the oracle was asked, in a thread that may wait."""
    oracle = Slow()
    sendgrid.consult(oracle)

    for key in ("early", "late"):
        post(sendgrid, custom_args={"nl_send": key, "nl_attempt": key})

    assert [keys for _, keys in oracle.asked] == [{"early"}, {"late"}]
    assert "emulator" not in {thread for thread, _ in oracle.asked}
    assert broken_rules(sendgrid) == ["R9"]
