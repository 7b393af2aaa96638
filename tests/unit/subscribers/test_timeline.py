"""What happened to a person stands on one timeline, whoever knows of it, page by page."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.utils import timezone

from newsletter.cli import subscriber
from newsletter.errors import BadInput
from newsletter.sending.models import Batch, Delivery, Exclusion, Send
from newsletter.tracking.models import Event
from subscribers.models import List, Subscriber, Subscription, Suppression
from subscribers.sign_up.models import Consent
from subscribers.subscriptions import subscribe, unsubscribe
from subscribers.suppressions import remove, suppress
from subscribers.timeline.entries import list_entries, read_place
from tests.unit.subscribers.conftest import Person
from tests.unit.subscribers.test_commands import run

NOW = timezone.now()


def texts(person: Subscriber) -> list[str]:
    """Return the texts of a timeline, the newest first."""
    return [entry.text for entry in list_entries(person).entries]


def test_everybody_tells_their_own(weekly: List, person: Person, send: Send) -> None:
    """Changes, consent, suppressions, sends and events stand in the order of their times."""
    jane = person("jane@example.org")
    subscribe(jane, weekly, source="command", by="ann")
    Consent.objects.create(subscriber=jane, list=weekly, kind=Consent.Kind.NOTED, text="I agree")
    batch = Batch.objects.create(send=send, number=1)
    delivery = Delivery.objects.create(
        send=send, subscriber=jane, batch=batch, address="old@example.org", outcome="delivered"
    )
    Event.objects.create(key="1", delivery=delivery, kind="delivered", at=timezone.now())
    suppress("jane@example.org", note="asked by phone")
    remove("jane@example.org", why="asked again", by="ann")
    unsubscribe(jane.pk, by="ann", reason="moved")

    shown = list_entries(jane).entries

    told = {entry.text: entry for entry in shown}
    assert [entry.at for entry in shown] == sorted((e.at for e in shown), reverse=True)
    assert told["Weekly digest: left the list"].detail == "moved · ann"
    assert told["Weekly digest: added to the list"].detail == "command · ann"
    assert "“I agree”" in told["Weekly digest: consent, noted by a person here"].detail
    assert told["Suppression removed"].detail == "asked again · ann"
    sent = [entry for entry in shown if entry.send == send.pk]
    assert [entry.text for entry in sent] == ["Vol 1.1: delivered", "Vol 1.1: delivered"]
    assert sent[-1].detail == "old@example.org"
    assert "First known here" in told


def test_what_imports_leave_is_told(weekly: List, person: Person) -> None:
    """Who came or left by a file has no change recorded; the subscription tells it."""
    ann = person("ann@example.org", weekly="active")
    left = person("left@example.org", weekly="unsubscribed")
    Subscription.objects.update(source="import of readers.csv")

    assert "Weekly digest: added to the list" in texts(ann)
    assert "Weekly digest: left the list" in texts(left)


def test_who_was_left_out_is_told(weekly: List, person: Person, send: Send) -> None:
    """An issue that did not go to somebody says why."""
    ann = person("ann@example.org", weekly="active")
    Exclusion.objects.create(send=send, subscriber=ann, reason="suppressed")
    Suppression.objects.create(email="ann@example.org")

    assert "Vol 1.1: left out (suppressed)" in texts(ann)
    assert "Suppressed: suppressed by hand" in texts(ann)


def test_pages_lose_nothing_and_repeat_nothing(weekly: List, person: Person) -> None:
    """Also where many things happened at one and the same time."""
    ann = person("ann@example.org")
    for number in range(7):
        at = NOW - dt.timedelta(seconds=number // 5)
        Consent.objects.create(
            subscriber=ann, list=weekly, kind=Consent.Kind.NOTED, note=str(number), given_at=at
        )
    seen, place = [], None
    while True:
        page = list_entries(ann, place, size=2)
        seen += [entry.detail for entry in page.entries]
        if page.next is None:
            break
        place = read_place(str(page.next))

    assert sorted(seen) == ["", *map(str, range(7))]


@pytest.mark.parametrize("text", ["yesterday", "20261128T000000.000000-x", "-1"])
def test_a_place_that_is_none(text: str) -> None:
    """An address that was changed by hand gets a clear error."""
    with pytest.raises(BadInput, match="is no place in a timeline"):
        read_place(text)


def test_by_command(weekly: List, person: Person) -> None:
    """`subscriber show` tells the same, and programs get it as JSON."""
    ann = person("ann@example.org", name="Ann", weekly="active")
    ann.attributes = {"city": "Lowen"}
    ann.save()

    told = run(subscriber.app, "show", "Ann@example.org")
    data = json.loads(run(subscriber.app, "show", "ann@example.org", "--json"))

    assert "city: Lowen" in told
    assert "Weekly digest: added to the list" in told
    assert data["timeline"][-1]["text"] in ("First known here", "Weekly digest: added to the list")
    assert data["lists"] == {"weekly": "active"}
