"""Pages ask the database the same number of questions, however much there is, and by its indexes.

What a page asks is counted, for times say little on a machine that does other things as well.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletter.desk import kept_figures
from newsletter.publishing.models import Issue
from newsletter.sending.models import Delivery, Send
from subscribers import links
from subscribers.models import List, Subscriber, Subscription
from subscribers.sign_up import forms
from tests import desks
from tests.plans import Plans, add_others
from tests.sends import begin_send

#: The most statements of a page; those of the desk know who asks: session and account.
MAX_STATEMENTS = {
    "front page": 9,
    "issue": 10,
    "a volume": 9,
    "search": 9,
    "RSS feed": 5,
    "Atom feed": 5,
    "JSON feed": 5,
    "sitemap": 4,
    "imprint": 4,
    "sign-up": 5,
    # 8 in a service, which keeps what is the same for all readers.
    "preferences": 12,
    "unsubscribe": 10,
    # Of each kind of thing that may need a person there is a table of its own.
    "home": 40,
    # Wagtail's listing: filters, breadcrumbs, specific pages, their parents, sites and rights.
    "issues": 24,
    "calendar": 6,
    "check": 11,
    "findings": 9,
    "approval": 9,
    "queue": 12,
    "history": 7,
    # One more for each range of ids below the newest (`windows` of `subscribers.finding.pages`).
    "people": 12,
    "person": 12,
    "segments": 3,
    "suppressions": 6,
    "imports": 3,
    "reports": 6,
    "report": 7,
    "growth": 9,
    "send": 12,
    "live send": 12,
    "people of a send": 6,
    "search of people": 10,
}
#: What may read a whole table: counts, which are kept where they take long
#: (`newsletter.desk.kept_figures`), and what is searched by a part.
COUNTED = {
    ("home", "subscribers_subscriber"),
    ("home", "subscribers_subscription"),
    ("growth", "subscribers_subscriber"),
    ("growth", "subscribers_subscription"),
    ("people", "subscribers_subscriber"),
    ("search of people", "subscribers_subscriber"),
}
Pages = Mapping[str, tuple[Client, str]]


def add_people(send: Send, count: int) -> None:
    """Put people on the list of a publication, whom a send went to."""
    addresses = [f"later{number}@example.org" for number in range(count)]
    people = Subscriber.objects.bulk_create(
        Subscriber(email=each, key=each, attributes={"city": "Kobe"}) for each in addresses
    )
    readers = List.objects.earliest("pk")
    Subscription.objects.bulk_create(Subscription(subscriber=each, list=readers) for each in people)
    batch = send.batches.earliest("pk")
    Delivery.objects.bulk_create(
        Delivery(send=send, subscriber=each, batch=batch, address=each.email) for each in people
    )


def public_pages() -> Pages:
    """Return what readers see."""
    readers, reader = List.objects.earliest("pk"), Client()
    token = links.make_token(Subscriber.objects.earliest("pk").pk, [readers.pk])
    paths = {
        "front page": "/",
        "issue": "/vol-1-2/",
        "a volume": "/?volume=1",
        "search": "/?q=ferries",
        "RSS feed": "/feed.xml",
        "Atom feed": "/atom.xml",
        "JSON feed": "/feed.json",
        "sitemap": "/sitemap.xml",
        "imprint": "/imprint/",
        "sign-up": f"/subscribe/{readers.slug}/",
        "preferences": f"/p/{token}",
        "unsubscribe": f"/u/{token}",
    }
    return {name: (reader, path) for name, path in paths.items()}


def desk_pages(send: Send, draft: Issue) -> Pages:
    """Return pages of the desk that show people, issues or sends."""
    editor, publication = Client(), draft.publication
    editor.force_login(desks.member(""))
    names: dict[str, tuple[str, list[int]]] = {
        "home": ("wagtailadmin_home", []),
        "issues": ("wagtailadmin_explore", [publication.archive.pk]),
        "calendar": ("desk_schedule", []),
        "check": ("desk_check", [draft.pk]),
        "findings": ("desk_findings", [draft.pk]),
        "approval": ("desk_approval", [draft.pk]),
        "queue": ("desk_queue", [draft.pk]),
        "history": ("desk_history", [draft.pk]),
        "people": ("desk_people", []),
        "person": ("desk_person", [Subscriber.objects.earliest("pk").pk]),
        "segments": ("desk_segments", []),
        "suppressions": ("desk_suppressions", []),
        "imports": ("desk_imports", []),
        "reports": ("desk_reports", []),
        "report": ("desk_issue_report", [send.issue_id]),
        "growth": ("desk_growth", [publication.pk]),
        "send": ("desk_send", [send.pk]),
        "live send": ("desk_send_live", [send.pk]),
        "people of a send": ("desk_send_people", [send.pk]),
    }
    paths = {name: reverse(address, args=values) for name, (address, values) in names.items()}
    paths["search of people"] = f"{paths['people']}?q=reader1@"
    return {name: (editor, path) for name, path in paths.items()}


def count(pages: Pages) -> dict[str, int]:
    """Return how many statements each page takes, once what a process keeps is known."""
    for client, path in pages.values():
        client.get(path)
    counts = {}
    for name, (client, path) in pages.items():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200, name
        counts[name] = len(asked)
    return counts


def read_whole(pages: Pages) -> set[tuple[str, str]]:
    """Return which pages read whole tables of what grows with the list, and which tables."""
    found = set()
    for name, (client, path) in pages.items():
        plans = Plans()
        with connection.execute_wrapper(plans):
            client.get(path)
        found |= {(name, table) for table, _sql in plans.read_whole()}
    return found


@pytest.mark.database
def test_every_page(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No page asks more of a longer list and archive, or reads a table from end to end."""
    # Counted at each look, also where another program has the machine.
    monkeypatch.setattr(kept_figures, "CHEAP_SECONDS", float("inf"))
    send = begin_send(6)
    publication = send.issue.publication
    forms.change_form(List.objects.earliest("pk"), {"is_open": True})
    List.objects.update(public=True)
    pages = {**public_pages(), **desk_pages(send, desks.draft(publication, 50))}
    for number in (2, 3):
        desks.on_the_web(publication, number)

    few = count(pages)
    for number in range(4, 8):
        desks.on_the_web(publication, number)
    add_people(send, 40)
    many = count(pages)
    add_others(Subscriber.objects.latest("pk").pk)

    assert many == few
    assert {name: asked for name, asked in many.items() if asked > MAX_STATEMENTS[name]} == {}
    assert read_whole(pages) <= COUNTED
