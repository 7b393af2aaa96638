"""The pages about people: find them, look at one; who may do what."""

from __future__ import annotations

import pytest
from django.test import Client

from newsletter.publishing.models import Publication
from subscribers.models import List, Subscriber, Subscription
from subscribers.suppressions import suppress
from tests.unit.desk.conftest import LogIn


@pytest.fixture
def ann(publication: Publication) -> Subscriber:
    """Somebody who left a list, and whose address is suppressed."""
    person = Subscriber.objects.create(email="Ann@lowen.org", name="安 花子")
    on = List.objects.create(name="Harbour", slug="harbour")
    Subscription.objects.create(subscriber=person, list=on, state="unsubscribed")
    suppress("ann@lowen.org")
    return person


def text(client: Client, path: str, status: int = 200) -> str:
    """Return a page."""
    answer = client.get(f"/admin/subscribers/{path}")
    assert answer.status_code == status
    return answer.content.decode()


def test_people_are_found(log_in: LogIn, ann: Subscriber) -> None:
    """A row has the lists with their state, whether mail is stopped, and the way to the person."""
    Subscriber.objects.create(email="bao@example.org")
    client = log_in("Senders")

    page = text(client, "?q=花&list=harbour&state=unsubscribed")

    assert "1 person" in page
    assert f'href="/admin/subscribers/{ann.pk}/"' in page
    assert "Harbour (unsubscribed)" in page
    assert ">suppressed</span>" in page
    assert "bao@example.org" not in page
    assert "Nobody is found." in text(client, "?q=nobody")


def test_a_filter_that_is_none(log_in: LogIn, ann: Subscriber) -> None:
    """A misspelt filter is answered in words."""
    page = text(log_in("Senders"), "?list=gone", 422)

    assert "There is no list" in page or "there is no list" in page


def test_a_page_follows_the_next(
    log_in: LogIn, ann: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The filter stays in the address of the next page, and the way back to the first."""
    for number in range(51):
        Subscriber.objects.create(email=f"reader{number}@example.org")
    client = log_in("Senders")

    first = text(client, "?q=reader")
    address = first.partition('id="people-next"')[0].rpartition('href="')[2].partition('"')[0]
    second = text(client, address.replace("&amp;", "&"))

    assert "51 people" in first
    assert "reader0@example.org" not in first
    assert "reader0@example.org" in second
    assert 'href="?q=reader"' in second


def test_one_person(log_in: LogIn, ann: Subscriber) -> None:
    """What is known, the lists, and what happened."""
    page = text(log_in("Senders"), f"{ann.pk}/")

    assert "No mail is sent to this address" in page
    assert "Harbour" in page
    assert "First known here" in page
    assert f"/admin/subscribers/{ann.pk}/data/" in page
    earlier = text(log_in("Admins"), f"{ann.pk}/?from=20200101T000000.000000-0")
    assert "Back to the newest" in earlier
