"""Links are asked, all at once and not for long; a private network is never asked."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from newsletter import rendering
from newsletter.networks import is_public
from newsletter.rendering.content import Html, Text
from newsletter.rendering.findings import Finding
from newsletter.rendering.preflight.addresses import Web
from newsletter.rendering.preflight.checking import finish_variants
from newsletter.rendering.preflight.links import check_links
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
            self.release.wait(60)
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
    (page,) = finish_variants(content, edition, samples.ANN)
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


def resolving(
    looks: list[str], *answers: str, name: str = "site.example"
) -> Callable[[str, int], list[str]]:
    """Return a resolver that says something else of one name each time, and notes the looks."""

    def resolve(host: str, port: int) -> list[str]:
        if host != name:
            return names(host, port)
        looks.append(host)
        return [answers[len(looks) - 1]]

    return resolve


def test_a_name_that_changes_is_asked_once(site: Site) -> None:
    """The connection goes to the address that was judged; a second look might lead inside."""
    looks: list[str] = []
    web = dataclasses.replace(WEB, resolve=resolving(looks, "127.0.0.1", "10.0.0.1"))

    assert ask(link(site.at("/no-head")), web) == []
    assert len(looks) == 1
    assert site.asked == ["HEAD site.example/no-head", "GET site.example/no-head"]


def test_a_redirect_to_the_same_name_is_judged_again(site: Site) -> None:
    """A name that led outside at first is not followed inside."""
    web = dataclasses.replace(WEB, resolve=resolving([], "127.0.0.1", "169.254.169.254"))

    (found,) = ask(link(site.at("/moved")), web)

    assert found.code == "link-private"
    assert len(site.asked) == 1


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]"])
def test_a_number_is_an_address_in_every_form(host: str) -> None:
    """The resolver of the machine reads them all, and what it says is judged."""
    (found,) = ask(link(f"http://{host}:9/"), Web())

    assert found.code in {"link-private", "link-broken"}
    assert "private" in found.message or "no host" in found.message


def test_a_host_in_other_letters_is_asked_in_ascii(site: Site) -> None:
    """As its server and its certificate know it."""
    looks: list[str] = []
    resolve = resolving(looks, "127.0.0.1", name="xn--bcher-kva.example")

    assert (
        ask(link(site.at("/fine", "bücher.example")), dataclasses.replace(WEB, resolve=resolve))
        == []
    )
    assert len(looks) == 1
    assert site.asked == ["HEAD xn--bcher-kva.example/fine"]


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
    # One after the other they would take twenty.
    assert time.monotonic() - start < 19


def test_the_readers_own_links_are_left_alone() -> None:
    """Nobody is unsubscribed by a check of links."""
    content = samples.ENGLISH
    edition = rendering.compile(content, samples.digest())
    (page,) = finish_variants(content, edition, samples.ANN)

    found = check_links(page, Web(resolve=lambda *_: ["10.0.0.1"]))

    assert any(samples.PUBLISHER.privacy_url in each.message for each in found)
    assert not any("/u/ann" in each.message or "/p/ann" in each.message for each in found)
