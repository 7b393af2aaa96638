"""Programs that open every link of a mail, and of every page behind it, change nothing.

Mail servers of companies do so before a person sees the mail: they would confirm, leave and erase.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsletter.conf.config import load
from newsletter.publishing.models import Publication
from newsletter.sending.delivery import claims, dispatch
from newsletter.transports.memory import MemoryTransport
from newsletter.welcoming.mailer import TransportMailer
from subscribers.models import List, Subscriber, Subscription
from subscribers.preferences import address_changes
from subscribers.sign_up import confirming, follow_up, forms, tokens
from subscribers.sign_up.models import SignUp
from tests.sends import begin_send
from tests.unit.sending.conftest import LEASE

LINK = re.compile(r"""(?:href|src|action)=["']([^"']+)|<?(https?://[^\s<>"')]+)""")
#: More pages than any reader is shown.
MAX_PAGES = 300
TABLES = {"django_session"}


def snapshot() -> dict[str, list[str]]:
    """Return every row of every table, as it is stored."""
    rows = {}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - TABLES:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows


def links_in(text: str, page: str) -> Iterator[str]:
    """Yield the links of a mail or page that lead to this site, as paths with their queries."""
    home = urlsplit(load().site.base_url)
    for found in LINK.findall(text):
        parts = urlsplit(urljoin(page, html.unescape(found[0] or found[1]).strip(".,")))
        if parts.netloc == home.netloc:
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def texts_of(transport: MemoryTransport) -> Iterator[str]:
    """Yield every part of every mail as it reached somebody, with the links of its headers."""
    for message, people in transport.submitted:
        for person in people:
            headers = "\n".join({**message.headers, **person.headers}.values())
            for text in (message.html, message.text, headers):
                for key, value in person.values.items():
                    text = text.replace(key, value)
                yield text


def mail_everything(transport: MemoryTransport) -> None:
    """Send each kind of mail that has links: an issue, a request to confirm, a welcome."""
    send = begin_send(2)
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)
    assert send.planned == 2
    readers = List.objects.get()
    forms.change_form(readers, {"is_open": True, "sends_welcome": True, "welcome_has_issue": True})
    now = timezone.now()
    for name in ("new", "confirmed"):
        SignUp.objects.create(
            list=readers, email=f"{name}@example.org", key=f"{name}@example.org", due_at=now
        )
    mailer = TransportMailer(transport)
    follow_up.follow_up(mailer, now)
    confirmed = SignUp.objects.get(email="confirmed@example.org")
    link = tokens.make_token(confirmed.pk, confirmed.round, now + dt.timedelta(days=1))
    confirming.confirm(link, now)
    SignUp.objects.filter(welcome_due_at__isnull=False).update(welcome_due_at=now)
    follow_up.follow_up(mailer, now)


@pytest.mark.django_db
def test_every_link_of_every_mail_may_be_opened() -> None:
    """GET and HEAD of all links, and of all that stand on the pages, leave every row as it is."""
    transport = MemoryTransport()
    mail_everything(transport)
    reader = Subscriber.objects.get(email="reader0@tideline.example")
    change = address_changes.ask_for_change(reader, "moved@example.org")
    waiting = [link for text in texts_of(transport) for link in links_in(text, "")]
    assert {link[:3] for link in waiting} >= {"/c/", "/u/", "/p/"}
    waiting += [
        reverse("confirm_address", args=[address_changes.make_secret(change)]),
        reverse("sign_up_index"),
        Publication.objects.get().archive.url,
    ]
    before = snapshot()

    seen = crawl(Client(), waiting)

    assert snapshot() == before
    assert any(link.startswith("/a/") for link in seen)
    assert len(seen) > 15


def crawl(client: Client, waiting: list[str]) -> set[str]:
    """Open all links, and those on their pages, in each of the ways a scanner does."""
    seen: set[str] = set()
    host = urlsplit(load().site.base_url).netloc
    while waiting and len(seen) < MAX_PAGES:
        link = waiting.pop()
        if link in seen or link.startswith(("/admin/", "/static/", "/media/")):
            continue
        seen.add(link)
        for open_link in (client.head, client.get):
            answer = open_link(link, headers={"host": host})
            assert answer.status_code < 500, link
            text = b"".join(answer).decode(errors="replace")
        waiting += links_in(text, urljoin(load().site.base_url, link))
    return seen


@pytest.mark.django_db
def test_a_button_behind_a_link_does_act() -> None:
    """What the scanner leaves alone is not dead: the form of the same page unsubscribes."""
    transport = MemoryTransport()
    mail_everything(transport)
    links = [link for text in texts_of(transport) for link in links_in(text, "")]
    leaving = next(link for link in links if link.startswith("/u/"))
    before = Subscription.objects.filter(state="active").count()

    Client().post(leaving, {"confirm": "1"})

    assert Subscription.objects.filter(state="active").count() == before - 1
