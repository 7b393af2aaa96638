"""What readers do while an import holds SQLite's write lock: it waits, or says so in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.db import connection
from django.test import Client

from newsletter.runtime.availability import RETRY_AFTER
from newsletter.sqlite import base
from subscribers.links import unsubscribe_url
from subscribers.models import Subscriber, Subscription
from subscribers.sign_up.models import SignUp, SignUpForm
from tests.unit.subscribers.sign_up.conftest import solved

pytestmark = pytest.mark.django_db(transaction=True)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def writer(form: SignUpForm) -> Iterator[sqlite3.Connection]:
    """Another connection, which is about to write for a long time."""
    name = connection.settings_dict["NAME"]
    with closing(
        sqlite3.connect(name, isolation_level=None, uri=str(name).startswith("file:"))
    ) as one:
        yield one


@pytest.fixture
def reader() -> Client:
    """Somebody who sees what the service answers, also where it fails."""
    return Client(raise_request_exception=False)


@pytest.fixture
def leave(form: SignUpForm) -> str:
    """The path of a reader's unsubscribe link."""
    person = Subscriber.objects.create(email="jane@example.org")
    Subscription.objects.create(subscriber=person, list=form.list)
    return unsubscribe_url("", person.pk, [form.list_id])


def joined() -> dict[str, str]:
    """Return the form of somebody who signs up."""
    return {"email": "ann@example.org", "altcha": solved()}


def test_within_the_time_limit_it_is_done(
    writer: sqlite3.Connection,
    reader: Client,
    form: SignUpForm,
    leave: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An import of a million holds the lock for 12 s, the limit is 30: both are done."""
    waited = []

    def finish(seconds: float) -> None:
        waited.append(seconds)
        writer.execute("COMMIT")

    monkeypatch.setattr(base.time, "sleep", finish)
    assert connection.lock_timeout_seconds > 2 * 12
    for path, fields in ((leave, ONE_CLICK), (f"/subscribe/{form.list.slug}/", joined())):
        writer.execute("BEGIN IMMEDIATE")
        assert reader.post(path, fields).status_code == 200

    assert len(waited) == 2
    assert Subscription.objects.get().state == "unsubscribed"
    assert SignUp.objects.get().email == "ann@example.org"


def test_beyond_it_they_are_told_to_come_again(
    writer: sqlite3.Connection, reader: Client, form: SignUpForm, leave: str
) -> None:
    """503 with `Retry-After`, so that a mail program posts once more; then it is done."""
    path, fields = f"/subscribe/{form.list.slug}/", joined()
    connection.ensure_connection()
    limit, connection.lock_timeout_seconds = connection.lock_timeout_seconds, 0.01
    try:
        writer.execute("BEGIN IMMEDIATE")
        answers = [
            reader.post(leave, ONE_CLICK),
            reader.post(leave, {"confirm": "1"}),
            reader.post(path, fields),
        ]
        assert reader.get(path).status_code == reader.get(leave).status_code == 200
        writer.execute("COMMIT")
    finally:
        connection.lock_timeout_seconds = limit

    for answer in answers:
        assert (answer.status_code, answer["Retry-After"]) == (503, str(RETRY_AFTER))
        assert "Nothing is lost" in answer.text
        assert "please try again in a minute" in answer.text
    assert Subscription.objects.get().state == "active"
    assert reader.post(leave, ONE_CLICK).status_code == 200
    assert reader.post(path, fields).status_code == 200
    assert Subscription.objects.get().state == "unsubscribed"
    assert SignUp.objects.count() == 1
