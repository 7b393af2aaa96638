"""What attackers tried in vain stays in vain: over all addresses at once, not page by page.

The same of single parts: forged links (tests/conformance/test_unsubscribe.py), headers of mails
(tests/unit/test_mime.py), signed events (tests/unit/transports/test_event_signature.py), templates
that break out (tests/unit/rendering/test_environment.py), secrets in errors (tests/conformance).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from newsletter.publishing.models import Issue, Publication
from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import Subscriber, Subscription
from subscribers.suppressions import suppress
from tests import desks
from tests.db_restore import Tables, read_tables
from tests.security.conftest import LogIn

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
#: Pages of the desk that strangers have to see.
OPEN = re.compile(r"/admin/(login/|password_reset/|jsi18n/|sprite|logout/)")


def routes(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """Yield an address of every view, with 1 or x for what varies in it."""
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield as_address(route)
        else:
            yield from routes(each, route)


def as_address(route: str) -> str:
    """Return an address that a route matches."""
    route = re.sub(r"<(?:int:)?(?:pk|\w*id)>|<int:\w+>", "1", route)
    route = re.sub(r"<\w+:\w+>|<\w+>", "x", route)
    return re.sub(r"\(\?P.*?\)\+?\)|\(.*?\)|[\^$\\?]|\[.*?\]\+?", "", route)


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """An issue on the web."""
    return desks.on_the_web(publication)


@pytest.fixture
def links(publication: Publication) -> list[str]:
    """The addresses of the pages of somebody whose mail came back."""
    weekly = publication.lists.get()
    person = Subscriber.objects.create(email="jane@example.org", name="Jane")
    Subscription.objects.create(subscriber=person, list=weekly)
    suppress("jane@example.org")
    return [
        unsubscribe_url("", person.pk, [weekly.pk]),
        unsubscribe_url("", person.pk),
        preferences_url("", person.pk),
    ]


def test_reading_changes_nothing(issue: Issue, links: list[str]) -> None:
    """Whatever address a stranger or a scanner opens, the database stays as it is."""
    before = read_tables(connection)
    addresses = [*routes(), *links, *(f"{link}?confirm=1&act=leave&undo=1" for link in links)]

    for address in addresses:
        for method in ("get", "head", "options"):
            answer = getattr(Client(raise_request_exception=False), method)(address)
            if answer.streaming:
                # Closing the answer would close the connection to the database, too.
                answer.file_to_stream.close()
            assert answer.status_code < 500, (method, address)

    assert changed(before, read_tables(connection)) == []


def changed(before: Tables, after: Tables) -> list[str]:
    """Return the tables that do not hold the same rows."""
    return [
        table
        for table, rows in before.items()
        if sorted(map(repr, rows)) != sorted(map(repr, after[table]))
    ]


def test_the_desk_is_shut(issue: Issue) -> None:
    """Who is not logged in sees no page of it, and posts to none."""
    shut = [address for address in routes() if address.startswith("/admin/")]
    assert len(shut) > 150

    for address in shut:
        for method in ("get", "post"):
            answer = getattr(Client(raise_request_exception=False), method)(address)
            if OPEN.match(address):
                continue
            # A redirect that only adds a slash shows nothing either.
            shown = answer.status_code not in {301, 302, 401, 403, 404, 405}
            assert not shown, (method, address, answer.status_code)


def test_a_form_of_another_site(issue: Issue) -> None:
    """Without the token of its own form nothing is posted to the desk, whoever is logged in."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(desks.member(""))

    for address in (f"/admin/issues/{issue.pk}/queue/", "/admin/users/new/", "/admin/account/"):
        assert browser.post(address, {"confirm": "1"}).status_code in {403, 404}
    assert Client(enforce_csrf_checks=True).post("/admin/login/").status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "\thttps://evil.example",
    ],
)
def test_no_way_to_another_site(publication: Publication, target: str) -> None:
    """Logging in leads nowhere but here."""
    desks.member("", "chief")
    given = {"username": "chief", "password": desks.PASSWORD, "next": target}

    answer = Client().post("/admin/login/", given)

    assert answer.status_code == 302
    assert answer["Location"] == "/admin/"


def test_what_editors_write_is_text(publication: Publication, log_in: LogIn) -> None:
    """On no page, in no feed and in no preview is it a tag."""
    publication.name = publication.from_name = HOSTILE
    publication.save()
    lead = {
        "image": None,
        "address": "https://example.org/a.png",
        "alt": HOSTILE,
        "credit": HOSTILE,
    }
    body = [
        ("lead_image", lead),
        desks.digest(HOSTILE),
        ("markdown", HOSTILE),
        ("quote", {"body": "<p>x</p>", "attribution": HOSTILE}),
        ("button", {"label": HOSTILE, "url": "https://example.org"}),
    ]
    issue = desks.on_the_web(publication, title=HOSTILE, subject=HOSTILE, body=body)
    desk = log_in("")
    pages = [
        Client().get("/"),
        Client().get(issue.url),
        Client().get("/privacy/"),
        Client().get("/feed.xml"),
        desk.get("/admin/"),
        desk.get("/admin/issues/"),
        *(
            desk.get(f"/admin/pages/{issue.pk}/view_draft/?mode={m}")
            for m in ("email", "text", "web")
        ),
    ]

    for answer in pages:
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    "words", ["' OR 1=1 --", '"; DROP TABLE x; --', "%", "\\", "a\0b", "é" * 3000]
)
@pytest.mark.parametrize("path", ["subscribers/", "issues/", "images/", "users/", "lists/"])
def test_what_is_looked_for_is_text(log_in: LogIn, path: str, words: str) -> None:
    """Whatever is typed into a search finds nobody it should not."""
    Subscriber.objects.create(email="jane@example.org")

    answer = log_in("").get(f"/admin/{path}", {"q": words})

    assert answer.status_code < 500
    assert "jane@example.org" not in answer.content.decode()


def test_no_secret_in_the_log(publication: Publication, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a password nor the key of a link is written down, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    person = Subscriber.objects.create(email="jane@example.org")
    link = preferences_url("", person.pk)

    for _ in range(12):
        Client().post("/admin/login/", {"username": "chief", "password": "s3cret-word"})
    Client().post("/admin/password_reset/", {"email": "jane@example.org"})
    Client().post(link, {"act": "save", "name": "Jane Doe"})

    said = "\n".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    assert "s3cret-word" not in said
    assert "jane@example.org" not in said
    assert link.rpartition("/")[2] not in said
