"""Whole answers of public pages are kept, and never given when they do not hold any more."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, close_old_connections
from PIL import Image, ImageColor
from pytest_django import DjangoAssertNumQueries

from newsletter.conf.config import load
from newsletter.publishing.bootstrap import place_sites
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import ArchivePage, Issue, Publication, WebEntry
from newsletter.publishing.web.caching import first_seen
from newsletter.publishing.web.favicons import PLAIN, draw_icon
from newsletter.publishing.web.kept_answers import HEAD_BYTES, KeptAnswers, language_for
from newsletter.publishing.web.web_state import HOLDS_SECONDS, WebState, read_state
from subscribers.models import List
from subscribers.sign_up.models import SignUpForm
from tests import desks
from tests.publications import create_publication

HOST = "127.0.0.1:8000"


@dataclass
class Said:
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes
    #: How the answer names the request.
    name: str = field(compare=False)


class Clock:
    """A time that stands until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        """Return it."""
        return self.now


class Site:
    """The application with what it keeps, and a clock."""

    def __init__(self, **options: Any) -> None:
        self.clock = Clock()
        self.state = WebState(options.pop("read", read_state), self.clock)
        self.application = KeptAnswers(
            get_wsgi_application(), self.state, clock=self.clock, **options
        )

    def ask(self, path: str, *, method: str = "GET", **headers: str) -> Said:
        """Send a request as a server would."""
        path, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": query,
            "HTTP_HOST": HOST,
            "REMOTE_ADDR": "192.0.2.7",
            **headers,
        }
        setup_testing_defaults(environ)
        said: list[Any] = []
        body = self.application(environ, lambda *given: said.append(given))  # type: ignore[arg-type]
        content = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        [(status, sent)] = said
        headers = dict(sent)
        name = headers.pop("X-Request-ID")
        return Said(status=int(status[:3]), headers=headers, body=content, name=name)

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.now += seconds


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Keep the connection of the test, which is in a transaction, as Django's client does."""
    signals = (request_started, request_finished)
    for each in signals:
        each.disconnect(close_old_connections)
    yield
    for each in signals:
        each.connect(close_old_connections)


@pytest.fixture
def site(publication: Publication) -> Site:
    """A site with one issue."""
    desks.on_the_web(publication, date=dt.date(2026, 11, 12))
    return Site()


@pytest.mark.parametrize("path", ["/", "/vol-1-1/", "/feed.xml", "/sitemap.xml", "/imprint/"])
def test_the_second_costs_nothing(
    site: Site, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Who asks next gets the same answer, head and body, without a question to the database."""
    first = site.ask(path)
    with django_assert_num_queries(0):
        second = site.ask(path)

    assert first.status == 200
    assert second == first
    assert second.name != first.name
    assert "Content-Security-Policy" in second.headers


def test_what_another_process_changes(site: Site, publication: Publication) -> None:
    """A change shows within a second."""
    site.ask("/")
    Publication.objects.update(name="Ebb and Flow")

    at_once = site.ask("/")
    site.later(HOLDS_SECONDS)

    assert b"Tideline Digest" in at_once.body
    assert b"Ebb and Flow" in site.ask("/").body


def test_what_the_desk_changes(site: Site, publication: Publication) -> None:
    """What is sent to the desk here shows at once, whatever it was."""
    site.ask("/")
    Publication.objects.update(name="Ebb and Flow")
    site.ask("/admin/login/", method="POST")

    assert b"Ebb and Flow" in site.ask("/").body


def test_not_for_long(site: Site) -> None:
    """After a minute a page is made again: a template may be another one."""
    made: list[str] = []
    inner = site.application._application

    def counting(environ: Any, start_response: Any) -> Any:
        made.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    site.application._application = counting
    for _ in range(3):
        site.ask("/")
        site.later(25)
    assert made == ["/"]
    site.ask("/")
    assert made == ["/", "/"]


def test_who_has_it_already(site: Site) -> None:
    """The first and the next who have a page get 304 with its headers, others the whole."""
    etag = Site().ask("/vol-1-1/").headers["ETag"]

    for _ in range(2):
        known = site.ask("/vol-1-1/", HTTP_IF_NONE_MATCH=f'"other", W/{etag}')
        assert (known.status, known.body) == (304, b"")
        assert known.headers["ETag"] == etag
        assert known.headers["Cache-Control"] == "public, max-age=60"
        assert "Content-Length" not in known.headers
        assert "Content-Security-Policy" in known.headers
        assert site.ask("/vol-1-1/", HTTP_IF_NONE_MATCH='"other"').status == 200
    modified = site.ask("/vol-1-1/").headers["Last-Modified"]
    assert site.ask("/vol-1-1/", HTTP_IF_MODIFIED_SINCE=modified).status == 304
    assert site.ask("/vol-1-1/", HTTP_IF_MATCH='"other"').status == 412


def test_the_head_alone(site: Site) -> None:
    """HEAD has the headers of GET, before and after that was asked for."""
    before = site.ask("/", method="HEAD")
    whole = site.ask("/")
    after = site.ask("/", method="HEAD")

    assert before.headers == whole.headers == after.headers


def test_queries(site: Site, publication: Publication) -> None:
    """Marks of campaigns make no other page; pages, years and volumes do; a search is not kept."""
    plain = site.ask("/")

    assert site.ask("/?utm_source=mail&fbclid=x") == plain
    assert site.ask("/?year=2026").body != plain.body
    assert site.ask("/?utm_source=mail&year=2026") == site.ask("/?year=2026")
    site.ask("/?year=2026%26page%3D9")
    assert len(site.application._answers) == 3
    site.ask("/?q=reed")
    assert len(site.application._answers) == 3


def test_languages(site: Site) -> None:
    """A page in the language of its reader is kept for each language."""
    create_publication("潮だより", slug="shio", language="ja")

    english = site.ask("/imprint/", HTTP_ACCEPT_LANGUAGE="en-GB,en;q=0.8")
    japanese = site.ask("/imprint/", HTTP_ACCEPT_LANGUAGE="ja,en;q=0.5")

    assert b'lang="en"' in english.body
    assert b'lang="ja"' in japanese.body
    assert site.ask("/imprint/", HTTP_ACCEPT_LANGUAGE="en") == english
    assert b'lang="ja"' in site.ask("/imprint/", HTTP_COOKIE="django_language=ja").body
    assert site.ask("/imprint/") == english


def test_icons_of_hosts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever only guesses gets an icon of three sizes, in the colours of the host; it is kept."""
    trains = create_publication("Night Trains", template="letter")
    own = {trains.slug: "http://localhost:8000"}
    monkeypatch.setitem(load().__dict__, "site", load().site.model_copy(update={"addresses": own}))
    place_sites()

    ours, theirs = (site.ask("/favicon.ico", HTTP_HOST=host) for host in (HOST, "localhost:8000"))

    for answer, ground in ((ours, "#14202e"), (theirs, "#1d5a46")):
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/x-icon")
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        icon = Image.open(io.BytesIO(answer.body))
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
        assert icon.convert("RGB").getpixel((24, 4)) == ImageColor.getrgb(ground)
    assert len(site.application._answers) == 2
    assert draw_icon("no colour", "#fff") == draw_icon(*PLAIN)


def test_made_up_addresses(
    site: Site, caplog: pytest.LogCaptureFixture, django_assert_max_num_queries: Any
) -> None:
    """Whatever a crawler guesses is answered cheaply: nothing is kept of it, and nothing logged."""
    # A thousand of them were tried by hand, with the same result.
    shapes = ("/wp-{}.php", "/a{}/b/", "/vol-1-1/{}.pdf", "/{}/card.png", "/u/x{}", "/media/{}.png")
    paths = [shapes[number % len(shapes)].format(number) for number in range(60)]
    site.ask("/")
    kept, seen = len(site.application._answers), len(first_seen._known)

    with caplog.at_level("WARNING"), django_assert_max_num_queries(5 * len(paths)):
        statuses = {site.ask(path).status for path in paths}

    assert statuses == {404}
    assert caplog.records == []
    assert len(site.application._answers) == kept
    assert len(first_seen._known) == seen


def test_hosts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each host has its own front page; a host that is not ours gets 400, and nothing is kept."""
    trains = create_publication("Night Trains")
    own = {trains.slug: "http://localhost:8000"}
    monkeypatch.setitem(load().__dict__, "site", load().site.model_copy(update={"addresses": own}))
    place_sites()

    ours, theirs = site.ask("/"), site.ask("/", HTTP_HOST="localhost:8000")
    strange = [site.ask("/", HTTP_HOST="evil.example").status for _ in range(2)]

    assert b"Night Trains" in theirs.body
    assert site.ask("/", HTTP_HOST="localhost:8000") == theirs
    assert site.ask("/") == ours != theirs
    assert strange == [400, 400]
    assert len(site.application._answers) == 2


def test_a_trusted_proxy(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host that a trusted proxy was asked for counts; that of anybody else does not."""
    web = load().web.model_copy(update={"trusted_proxies": ("192.0.2.7",)})
    monkeypatch.setitem(load().__dict__, "web", web)
    site = Site()
    site.ask("/")

    forwarded = {"HTTP_X_FORWARDED_FOR": "198.51.100.4", "HTTP_X_FORWARDED_HOST": "evil.example"}
    assert site.ask("/", **forwarded).status == 400
    assert site.ask("/", **forwarded | {"REMOTE_ADDR": "203.0.113.9"}).status == 200
    # So does the name of a request.
    named = {"HTTP_X_FORWARDED_FOR": "198.51.100.4", "HTTP_X_REQUEST_ID": "of-the-proxy"}
    assert site.ask("/", **named).name == "of-the-proxy"
    assert site.ask("/", **named | {"REMOTE_ADDR": "203.0.113.9"}).name != "of-the-proxy"


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/subscribe/", "/subscribe/x/", "/u/x", "/health/live"]
)
def test_what_is_never_kept(site: Site, path: str) -> None:
    """Pages of one reader, errors and health are asked for each time."""
    site.ask(path)

    assert not site.application._answers


def test_a_database_that_hangs(publication: Publication) -> None:
    """Whether the process lives, and the links of mails, do not wait for what pages are made of."""
    looks: list[str] = []

    def read() -> bytes:
        looks.append("a look that takes a minute")
        return b"state"

    site = Site(read=read)
    for path in ("/health/live", "/health/ready", "/metrics", "/u/x", "/P/x", "//c/x"):
        site.ask(path)

    assert looks == []


def test_long_requests(site: Site) -> None:
    """What a stranger writes into a request takes no memory for longer than the request."""
    languages = ("en-GB,en;q=0.9," * 200, "ja,en;q=0.1," + "x" * 2000)
    pages = [site.ask(f"/?page={'1' * 5000}{n}", HTTP_ACCEPT_LANGUAGE=languages[n]) for n in (0, 1)]

    assert {each.status for each in pages} == {200}
    assert not site.application._answers
    assert [language_for(each) for each in languages] == ["en", "ja"]
    known = first_seen._known
    assert known
    assert max(map(len, known)) < 100


def test_pictures(site: Site) -> None:
    """A file that a browser has is still answered with 304 by whoever knows its date."""
    path = desks.stored_picture().file.url
    whole = site.ask(path)

    assert whole.status == 200
    assert site.ask(path, HTTP_IF_MODIFIED_SINCE=whole.headers["Last-Modified"]).status == 304
    assert not site.application._answers


def test_memory(publication: Publication) -> None:
    """What was not asked for longest is let go when there is no room."""
    for number in range(1, 5):
        desks.on_the_web(publication, number)
    site = Site(max_bytes=2 * (HEAD_BYTES + 8000))
    paths = [f"/vol-1-{number}/" for number in range(1, 5)]

    for path in (*paths, paths[-1]):
        site.ask(path)

    kept = [key[2] for key in site.application._answers]
    assert kept == paths[-len(kept) :]
    assert 1 <= len(kept) < 4
    assert site.application._bytes == sum(each.size for each in site.application._answers.values())


def test_a_database_that_is_away(publication: Publication) -> None:
    """Then nothing is given from memory: the program itself says that it is away."""
    away = False

    def read() -> bytes:
        if away:
            raise OperationalError("the connection is lost")
        return b"state"

    site = Site(read=read)
    site.ask("/")
    assert site.application._answers
    away = True
    site.later(HOLDS_SECONDS)
    assert site.state.current() is None
    away = False
    site.later(HOLDS_SECONDS)
    assert site.state.current() == b"state"


def test_a_slow_look_is_rare() -> None:
    """What takes long to read holds longer, so that looking never takes much of the time."""
    clock, looks = Clock(), 0

    def read() -> bytes:
        nonlocal looks
        looks += 1
        clock.now += 0.1
        return b"state"

    state = WebState(read, clock)
    for _ in range(100):
        state.current()
        clock.now += 0.1
    assert looks == 2


def publish(publication: Publication) -> None:
    """Publish another revision of an issue."""
    draft = draft_of(publication.issues.get())
    draft.save_revision().publish()


CHANGES: dict[str, Callable[[Publication], object]] = {
    "name": lambda each: Publication.objects.update(name="Ebb"),
    "look": lambda each: Publication.objects.update(look={"fonts": "serif"}),
    "introduction": lambda each: ArchivePage.objects.update(introduction="Hello"),
    "list": lambda each: List.objects.update(name="Readers"),
    "list of a publication": lambda each: each.lists.clear(),
    "open form": lambda each: SignUpForm.objects.create(list=each.lists.get(), is_open=True),
    "new issue": lambda each: desks.on_the_web(each, 2),
    "published again": publish,
    "off the web": lambda each: Issue.objects.update(live=False),
    "its day": lambda each: Issue.objects.update(issued_on=dt.date(2026, 1, 1)),
    "its entry": lambda each: WebEntry.objects.update(summary="Eels"),
    "picture": lambda each: desks.stored_picture(),
    "another publication": lambda each: create_publication("Night Trains"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_each_change_counts(publication: Publication, what: str) -> None:
    """Whatever a page shows is in the state, and a draft that nobody sees is not."""
    issue = desks.on_the_web(publication)
    before = read_state()
    draft = draft_of(issue)
    draft.title = "Not yet"
    draft.save_revision()
    assert read_state() == before

    CHANGES[what](publication)

    assert read_state() != before
