"""All that is held of a person, in the desk: who may see it, download it, and erase it."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from subscribers.models import List, Subscriber, Subscription
from subscribers.suppressions import is_suppressed
from tests.unit.desk.conftest import LogIn


@pytest.fixture
def ann(log_in: LogIn) -> Subscriber:
    """Somebody on a list."""
    person = Subscriber.objects.create(email="ann@lowen.org", name="Ann")
    on = List.objects.create(name="Harbour", slug="harbour")
    Subscription.objects.create(subscriber=person, list=on)
    return person


def page(client: Client, ann: Subscriber, name: str = "") -> str:
    """Return a page about a person."""
    answer = client.get(f"/admin/subscribers/{ann.pk}/data/{name}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_shown_and_downloaded(log_in: LogIn, ann: Subscriber) -> None:
    """In words on a page that the person's page leads to, and as JSON by a button."""
    client = log_in("Senders")

    assert (
        f"/admin/subscribers/{ann.pk}/data/"
        in client.get(f"/admin/subscribers/{ann.pk}/").content.decode()
    )
    assert "Harbour: active" in page(client, ann)
    answer = client.post(f"/admin/subscribers/{ann.pk}/data/file/")
    assert json.loads(answer.content)["subscriber"]["name"] == "Ann"
    assert client.get(f"/admin/subscribers/{ann.pk}/data/file/").status_code == 405


def test_erasing_asks_first(log_in: LogIn, ann: Subscriber) -> None:
    """GET only asks; POST erases, and keeps the address suppressed."""
    client = log_in("Admins")
    assert "Erase…" in page(client, ann)
    assert "cannot be undone" in page(client, ann, "erase/")
    assert Subscriber.objects.exists()

    client.post(f"/admin/subscribers/{ann.pk}/data/erase/")

    assert not Subscriber.objects.exists()
    assert is_suppressed("ann@lowen.org")


@pytest.mark.parametrize(("role", "status"), [("Writers", 302), ("Senders", 302), ("Admins", 200)])
def test_only_admins_erase(log_in: LogIn, ann: Subscriber, role: str, status: int) -> None:
    """Others are sent away, and not offered it."""
    client = log_in(role)
    assert client.get(f"/admin/subscribers/{ann.pk}/data/erase/").status_code == status
    if role == "Senders":
        assert "Erase…" not in page(client, ann)
    if status != 200:
        client.post(f"/admin/subscribers/{ann.pk}/data/erase/")
        assert Subscriber.objects.exists()
