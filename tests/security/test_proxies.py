"""A header that anybody can send is believed of a trusted proxy only."""

from __future__ import annotations

import logging

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pydantic import ValidationError

from newsletter.conf.config import Config, load
from newsletter.conf.schema import Site, Web
from newsletter.conf.settings import LOGGING
from newsletter.publishing.models import Publication
from newsletter.runtime import proxies
from newsletter.runtime.refused_requests import RefusedRequestFilter
from subscribers.links import unsubscribe_url
from subscribers.models import Subscriber, Subscription
from tests.publications import create_publication

FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9;proto=https;host=evil.example",
}


def asked(peer: str, trusted: str = "", **headers: str) -> HttpRequest:
    """Return a request as the views see it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = RequestFactory().get("/", headers=named, REMOTE_ADDR=peer)
    proxies.apply_forwarded(
        request, proxies.parse_networks(Web(trusted_proxies=trusted).trusted_proxies)
    )
    return request


def seen(request: HttpRequest) -> tuple[str, str, str]:
    """Return address, scheme and host."""
    return request.META["REMOTE_ADDR"], request.scheme or "", request.META.get("HTTP_HOST", "")


@pytest.mark.parametrize("trusted", ["", "192.0.2.1", "10.0.0.0/8 fd00::/8"])
def test_a_stranger_is_not_believed(trusted: str) -> None:
    """From elsewhere no such header reaches a view, whatever is said in it."""
    request = asked("198.51.100.7", trusted, **FORGED)

    assert seen(request) == ("198.51.100.7", "http", "")
    assert not {name for name in request.META if "FORWARDED" in name or "REAL_IP" in name}


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4, 127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("127.0.0.1", "203.0.113.9, nonsense", "127.0.0.1"),
        ("127.0.0.1", "nonsense, 10.1.1.1", "10.1.1.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", ",,,", "127.0.0.1"),
        ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("::1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("10.255.0.1", "203.0.113.9", "203.0.113.9"),
    ],
)
def test_the_address_behind_proxies(peer: str, forwarded: str, visitor: str) -> None:
    """It is the last one that is not a proxy of ours; what visitors wrote before it is nothing."""
    request = asked(peer, "127.0.0.1, ::1 10.0.0.0/8", X_Forwarded_For=forwarded)

    assert request.META["REMOTE_ADDR"] == visitor


@pytest.mark.parametrize(
    ("forwarded", "proto", "scheme"),
    [
        ("203.0.113.9", "https", "https"),
        ("203.0.113.9", "HTTPS", "https"),
        ("203.0.113.9", "https, http", "http"),
        ("203.0.113.9, 10.1.1.1", "https, http", "https"),
        ("203.0.113.9, 10.1.1.1", "https", "https"),
        ("203.0.113.9", "javascript", "http"),
        ("203.0.113.9", "", "http"),
    ],
)
def test_the_scheme_behind_proxies(forwarded: str, proto: str, scheme: str) -> None:
    """It is what the proxy that met the visitor says."""
    request = asked(
        "127.0.0.1", "127.0.0.1 10.0.0.0/8", X_Forwarded_For=forwarded, X_Forwarded_Proto=proto
    )

    assert request.scheme == scheme
    assert request.is_secure() is (scheme == "https")


@pytest.mark.django_db
def test_another_host(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a proxy cannot make this site answer for a host that it is not."""
    create_publication("Tideline Digest")
    forged = {"X-Forwarded-Host": "evil.example"}
    assert client.get("/admin/login/", headers=forged).status_code == 200
    behind_a_proxy(monkeypatch)
    assert client.get("/admin/login/", headers=forged).status_code == 400
    assert client.get("/admin/login/", headers={"Host": "evil.example"}).status_code == 400


def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> Config:
    """Have proxies on this machine trusted."""
    config = load().model_copy(update={"web": Web(trusted_proxies=("127.0.0.1",))})
    monkeypatch.setattr(proxies, "load", lambda: config)
    return config


@pytest.mark.parametrize(
    "wrong", ["*", "proxy.example.org", "10.0.0.0/33", "127.0.0.1:80", "0.0.0.0/0/0"]
)
def test_what_is_no_network(wrong: str) -> None:
    """The setting takes addresses and networks, and says so."""
    with pytest.raises(ValidationError, match="must be addresses or networks"):
        Web(trusted_proxies=wrong)


@pytest.mark.parametrize(
    ("address", "counted"),
    [("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("", "")],
)
def test_who_counts_as_one(address: str, counted: str) -> None:
    """A household has one IPv4 address, or 2^64 of IPv6."""
    assert proxies.visitor_of(RequestFactory().get("/", REMOTE_ADDR=address)) == counted


def test_an_unknown_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """At https, with no proxy named, all seem to come from one address: it says nothing."""
    site = Site(base_url="https://news.example.org")
    config = load().model_copy(update={"site": site})
    monkeypatch.setattr(proxies, "load", lambda: config)

    assert proxies.visitor_of(RequestFactory().get("/")) == ""


def test_the_middleware(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands before everything else, and reads the setting."""
    behind_a_proxy(monkeypatch)

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(" ".join((request.scheme or "", request.META["REMOTE_ADDR"])))

    request = RequestFactory().get("/", headers=FORGED)
    assert proxies.TrustedProxies(view)(request).content == b"https 203.0.113.9"


@pytest.mark.parametrize("host", ["evil.example", "old.example.org:8443", "x, y", "", "[::", "a b"])
def test_links_of_mails_work_under_any_name(
    client: Client, publication: Publication, host: str
) -> None:
    """Mails are kept longer than host names; nothing in the page repeats the name."""
    weekly = publication.lists.get()
    person = Subscriber.objects.create(email="jane@example.org")
    entry = Subscription.objects.create(subscriber=person, list=weekly)
    link = unsubscribe_url("", person.pk, [weekly.pk])

    page = client.get(link, headers={"Host": host})
    done = client.post(link, {"List-Unsubscribe": "One-Click"}, headers={"Host": host})

    assert (page.status_code, done.status_code) == (200, 200)
    assert "evil.example" not in page.content.decode()
    entry.refresh_from_db()
    assert entry.state == Subscription.State.UNSUBSCRIBED


def test_a_refused_request_is_one_line(db: None) -> None:
    """A name that is not ours is a warning without a traceback, and without its line breaks."""
    record = logging.LogRecord("x", logging.ERROR, "", 0, "ours", (), (ValueError, None, None))
    filtering = RefusedRequestFilter()
    logged: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = logged.append  # type: ignore[method-assign]
    handler.addFilter(filtering)
    logger = logging.getLogger("django.security")
    logger.addHandler(handler)

    answer = Client().get("/admin/login/", headers={"Host": "evil\nERROR: all is lost"})
    logger.removeHandler(handler)

    assert answer.status_code == 400
    assert [(each.levelname, each.exc_info) for each in logged] == [("WARNING", None)]
    assert "\n" not in logged[0].getMessage()
    assert "refused: this site has the hosts of [site] base_url" in logged[0].getMessage()
    assert filtering.filter(record)
    assert record.exc_info
    assert LOGGING["handlers"]["stderr"]["filters"] == ["refused", "lines"]
