"""Links are asked, all at once and not for long; a private network is never asked."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from newsletter import rendering
from newsletter.rendering.content import Html, Text
from newsletter.rendering.preflight import Finding, check_links, finished
from newsletter.rendering.preflight.addresses import Web, is_public
from tests.unit.rendering import samples


class Server(BaseHTTPRequestHandler):
    """A site whose paths say what they answer."""

    asked: list[str]
    release: threading.Event

    def do_HEAD(self) -> None:
        """Answer as the path says."""
        self.asked.append(f"{self.command} {self.headers['Host'].partition(':')[0]}{self.path}")
        kind = self.path.strip("/")
        if kind == "slow":
            self.release.wait(20)
        status = int(kind) if kind.isdecimal() else 200
        if kind == "no-head" and self.command == "HEAD":
            status = 405
        self.send_response(302 if kind in {"round", "inside", "moved"} else status)
        places = {"round": "/round", "inside": "http://intranet.example/", "moved": "/fine"}
        if kind in places:
            self.send_header("Location", places[kind])
        self.send_header("Content-Length", "3500000" if kind == "heavy.png" else "0")
        self.end_headers()

    def do_GET(self) -> None:
        """Answer as to HEAD."""
        self.do_HEAD()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclasses.dataclass
class Site:
    """A running site: what it was asked, and the address of a path under any host name."""

    port: int
    asked: list[str]

    def at(self, path: str, host: str = "site.example") -> str:
        """The address of a path."""
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on this machine."""
    asked: list[str] = []
    release = threading.Event()
    handler = type("Handler", (Server,), {"asked": asked, "release": release})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Site(server.server_port, asked)
        release.set()
        server.shutdown()
        thread.join()


def names(host: str, port: int) -> list[str]:
    """All names lead here, but for one that is inside, one that is both, and one unknown."""
    known = {
        "intranet.example": ["10.1.2.3"],
        "both.example": ["127.0.0.1", "192.168.7.7"],
        "unknown.example": [],
    }
    found = known.get(host, ["127.0.0.1"])
    if not found:
        raise OSError(-2, "Name or service not known")
    return found


#: This machine stands for the internet; everything else is as it is.
WEB = Web(resolve=names, allows=lambda address: address == "127.0.0.1" or is_public(address))


def ask(html: str, web: Web = WEB, *, seconds: float = 20) -> list[Finding]:
    """What is found about the links of one text."""
    content = dataclasses.replace(
        samples.ENGLISH, lead=None, web_url="", pdf_url="", boilerplate=Html("")
    )
    content = dataclasses.replace(content, blocks=(Text(body=Html(html)),))
    edition = rendering.compile(content, samples.digest())
    (page,) = finished(content, edition, samples.ANN)
    quiet = {samples.PUBLISHER.privacy_url, samples.PUBLISHER.signup_url}
    found = check_links(page, web, seconds=seconds)
    return [each for each in found if not any(url in each.message for url in quiet)]


def link(address: str) -> str:
    """A paragraph with a link."""
    return f'<p><a href="{address}">words</a></p>'


@pytest.mark.parametrize("path", ["/fine", "/moved", "/no-head", "/204"])
def test_links_that_lead_somewhere_pass(site: Site, path: str) -> None:
    """An answer is enough, behind a redirect too, and from a server that knows no HEAD."""
    assert ask(link(site.at(path))) == []


@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        ("/404", "link-broken", "status 404"),
        ("/410", "link-broken", "status 410"),
        ("/403", "link-unsure", "status 403"),
        ("/500", "link-unsure", "status 500"),
        ("/round", "link-unsure", "redirects"),
    ],
)
def test_answers_are_judged(site: Site, path: str, code: str, says: str) -> None:
    """What is gone is an error; a server that only refuses a program is a warning."""
    (found,) = ask(link(site.at(path)))

    assert (found.code, found.place) == (code, "block 1")
    assert says in found.message


def test_an_unknown_host_is_broken(site: Site) -> None:
    """A name that nobody knows leads nowhere."""
    (found,) = ask(link(site.at("/", "unknown.example")))

    assert found.code == "link-broken"


@pytest.mark.parametrize(
    "address",
    ["http://intranet.example/", "http://both.example/", "https://intranet.example:8443/x"],
)
def test_private_addresses_are_not_asked(site: Site, address: str) -> None:
    """A host is left alone if any of its addresses is private."""
    (found,) = ask(link(address))

    assert found.code == "link-private"
    assert not any("intranet" in each or "both" in each for each in site.asked)


def test_a_redirect_into_the_network_is_not_followed(site: Site) -> None:
    """A site outside cannot send the check inside."""
    (found,) = ask(link(site.at("/inside")))

    assert found.code == "link-private"
    assert "intranet.example" in found.message


def test_this_machine_is_private(site: Site) -> None:
    """Without a policy of the test's own, nothing on this machine is asked."""
    found = ask(link(f"http://127.0.0.1:{site.port}/fine"), Web(resolve=lambda *_: ["127.0.0.1"]))

    assert [each.code for each in found] == ["link-private"]
    assert site.asked == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1"),
        *("::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "::127.0.0.1"),
    ],
)
def test_private_addresses_are_known(address: str) -> None:
    """Private, local and wrapped addresses are not public."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses_are_known(address: str) -> None:
    """Addresses of the internet are public."""
    assert is_public(address)


def test_the_host_is_asked_by_its_name(site: Site) -> None:
    """The connection goes to the address that was looked at, the question to the name."""
    ask(link(site.at("/fine?a=1", "one.example")))

    assert site.asked == ["HEAD one.example/fine?a=1"]


def test_a_link_is_asked_once(site: Site) -> None:
    """The same address in several places is one question."""
    ask(link(site.at("/fine")) * 3)

    assert len(site.asked) == 1


def test_heavy_pictures_are_told(site: Site) -> None:
    """A picture of more than 1 MB is a warning, by the length that its server tells."""
    (found,) = ask(f'<p><img src="{site.at("/heavy.png")}" alt="a chart" width="600"></p>')

    assert (found.code, "3.5 MB" in found.message) == ("image-heavy", True)


def test_time_is_limited(site: Site) -> None:
    """A site that does not answer costs no more than the time limit."""
    start = time.monotonic()

    found = ask(
        "".join(link(site.at("/slow", f"host-{n}.example")) for n in range(40)), seconds=0.5
    )

    assert {each.code for each in found} == {"link-unsure"}
    assert len(found) == 40
    assert time.monotonic() - start < 10


def test_the_readers_own_links_are_left_alone() -> None:
    """Nobody is unsubscribed by a check of links."""
    content = samples.ENGLISH
    edition = rendering.compile(content, samples.digest())
    (page,) = finished(content, edition, samples.ANN)

    found = check_links(page, Web(resolve=lambda *_: ["10.0.0.1"]))

    assert any(samples.PUBLISHER.privacy_url in each.message for each in found)
    assert not any("/u/ann" in each.message or "/p/ann" in each.message for each in found)
