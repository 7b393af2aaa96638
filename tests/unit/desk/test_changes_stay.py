"""The clock ticks after every change that a person can make, and leaves it as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from newsletter import cli
from newsletter.errors import NewsletterError
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling import slots
from newsletter.scheduling.clock import tick
from newsletter.scheduling.models import Slot
from newsletter.sending.models import Batch, Send
from subscribers.addresses import key_of
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.publications import create_publication

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
MAX_DELAY = dt.timedelta(hours=6)
#: The first slots, and when they open by themselves (09:07 in New York).
FIRST, SECOND = "2026-11-26", "2026-12-10"


@pytest.fixture(autouse=True)
def stopped() -> Iterator[time_machine.Traveller]:
    """It is Monday noon, and stays so."""
    cli.register()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def publication(db: None) -> Publication:
    """Every second Thursday, with one reader; the clock has ticked for it."""
    made = create_publication(
        "Tideline Digest", postal_address="1 Quay Street", starts_on=dt.date(2026, 11, 26)
    )
    person = Subscriber.objects.create(
        email="reader@tideline.example", key=key_of("reader@tideline.example")
    )
    Subscription.objects.create(subscriber=person, list=made.lists.get(), state="active")
    tick(NOW, late=MAX_DELAY)
    return made


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft."""
    return desks.draft(publication)


@pytest.fixture
def browser_of_chief(publication: Publication) -> Client:
    """Somebody who may do anything."""
    client = Client()
    client.force_login(desks.member(""))
    return client


Desk = Callable[..., None]


@pytest.fixture
def desk(browser_of_chief: Client) -> Desk:
    """Post to a page of the desk."""

    def post(name: str, *arguments: Any, **data: str) -> None:
        answer = browser_of_chief.post(reverse(name, args=arguments), data, follow=True)
        assert answer.status_code == 200
        refused = [str(each) for each in answer.context["messages"] if "error" in each.tags]
        assert not refused

    return post


def command(*words: object) -> None:
    """Run a command, which must succeed."""
    result = CliRunner().invoke(cli.app, [str(word) for word in words])
    if result.exception:
        raise result.exception


def rows() -> dict[str, list[Any]]:
    """Return everything that a person can change about slots and sends."""
    return {
        "slots": sorted(
            Slot.objects.values_list("date", "at", "state", "moved", "send", "note"), key=repr
        ),
        "sends": list(Send.objects.values_list("pk", "at", "state", "note", "edition")),
        "batches": list(Batch.objects.values_list("pk", "state", "send")),
    }


def stays() -> dict[str, list[Any]]:
    """Tick some seconds long, and return what stands; nothing may have changed."""
    before = rows()
    for second in range(5):
        tick(NOW + dt.timedelta(seconds=second), late=MAX_DELAY)
    assert rows() == before
    return before


def state_of(date: str) -> str:
    """Return how the slot of a date stands."""
    return slots.state_of(Slot.objects.get(date=date))


BY_COMMAND: dict[str, tuple[list[tuple[str, ...]], str]] = {
    "moved": ([("schedule", "move", FIRST, "11:30")], "open"),
    "moved to another day": ([("schedule", "move", FIRST, "2026-11-27T08:00")], "open"),
    "skipped": ([("schedule", "skip", FIRST)], "skipped"),
    "opened again": ([("schedule", "skip", FIRST), ("schedule", "reopen", FIRST)], "open"),
    "moved and skipped": (
        [("schedule", "move", FIRST, "11:30"), ("schedule", "skip", FIRST)],
        "skipped",
    ),
    "moved, skipped, opened again": (
        [
            ("schedule", "move", FIRST, "11:30"),
            ("schedule", "skip", FIRST),
            ("schedule", "reopen", FIRST),
        ],
        "open",
    ),
    "skipped, moved": (
        [("schedule", "skip", FIRST), ("schedule", "move", FIRST, "11:30")],
        "open",
    ),
    "booked": ([("issue", "queue", "1.1", "--next-slot")], "filled"),
    "booked and moved": (
        [("issue", "queue", "1.1", "--next-slot"), ("schedule", "move", FIRST, "11:30")],
        "filled",
    ),
    "moved and booked": (
        [("schedule", "move", FIRST, "11:30"), ("issue", "queue", "1.1", "--next-slot")],
        "filled",
    ),
    "moved, booked, given back": (
        [
            ("schedule", "move", FIRST, "11:30"),
            ("issue", "queue", "1.1", "--next-slot"),
            ("issue", "unqueue", "1.1"),
        ],
        "open",
    ),
    "booked and cancelled": (
        [("issue", "queue", "1.1", "--next-slot"), ("send", "cancel", "1")],
        "open",
    ),
    "queued for a time": ([("issue", "queue", "1.1", "--at", "2026-11-26T08:00")], "open"),
    "approved": ([("issue", "approve", "1.1")], "open"),
}


@pytest.mark.parametrize("done", BY_COMMAND)
def test_command_stays(issue: Issue, done: str) -> None:
    """What a command did to the schedule is as the command left it, however often it ticks."""
    commands, state = BY_COMMAND[done]
    for words in commands:
        if words[:2] == ("send", "cancel"):
            words = (*words[:2], str(Send.objects.get().pk))
        command(*words)
        stays()

    assert state_of(FIRST) == state
    if "moved" in done and "another day" not in done:
        assert f"{Slot.objects.get(date=FIRST).at:%H:%M}" == "16:30"


BY_DESK: dict[str, tuple[list[dict[str, str]], str]] = {
    "moved": ([{"do": "move", "at": "2026-11-26T11:30"}], "open"),
    "skipped": ([{"do": "skip"}], "skipped"),
    "opened again": ([{"do": "skip"}, {"do": "reopen"}], "open"),
    "moved, skipped, opened": (
        [{"do": "move", "at": "2026-11-26T11:30"}, {"do": "skip"}, {"do": "reopen"}],
        "open",
    ),
}


@pytest.mark.parametrize("done", BY_DESK)
def test_desk_stays(publication: Publication, desk: Desk, done: str) -> None:
    """So is what was done on the page of the schedule."""
    posts, state = BY_DESK[done]
    for data in posts:
        desk("desk_slot", publication.slug, FIRST, **data)
        stays()

    assert state_of(FIRST) == state


def test_desk_books_and_gives_back(issue: Issue, desk: Desk) -> None:
    """An issue that is booked, moved and taken back in the desk stays where it was put."""
    desk("desk_queue", issue.pk, when="slot")
    stays()
    desk("desk_slot", issue.publication.slug, FIRST, do="move", at="2026-11-26T11:30")
    stays()
    desk("desk_queue", issue.pk, take_back="1")
    stays()
    assert state_of(FIRST) == "open"
    desk("desk_queue", issue.pk, when="slot")
    desk("desk_send_act", Send.objects.first().pk, "undo")  # type: ignore[union-attr]
    stays()

    assert state_of(FIRST) == "open"
    assert f"{Slot.objects.get(date=FIRST).at:%H:%M}" == "16:30"


@pytest.mark.parametrize("by", ["command", "desk"])
def test_send_that_began_stays(issue: Issue, desk: Desk, by: str) -> None:
    """Paused, let go on and cancelled: the clock does not go on by itself, nor stop."""
    command("issue", "queue", "1.1", "--at", "now")
    Send.objects.update(at=NOW)
    tick(NOW, late=MAX_DELAY)
    send = Send.objects.get()
    assert send.state == Send.State.SENDING
    for act, state in (("pause", "paused"), ("resume", "sending"), ("cancel", "cancelled")):
        if by == "command":
            command("send", act, send.pk)
        else:
            desk("desk_send_act", send.pk, act)
        stays()
        send.refresh_from_db()
        assert send.state == state


def test_late_send_that_was_resumed_stays(issue: Issue) -> None:
    """A send that was held because nothing ran is queued again by a person, and not held again."""
    command("issue", "queue", "1.1", "--next-slot")
    send = Send.objects.get()
    Send.objects.update(at=NOW - dt.timedelta(hours=7))
    tick(NOW, late=MAX_DELAY)
    send.refresh_from_db()
    assert send.state == Send.State.HELD

    command("send", "resume", send.pk)

    stays_queued = Send.objects.get()
    assert stays_queued.state == Send.State.QUEUED
    tick(stays_queued.at - dt.timedelta(seconds=1), late=MAX_DELAY)
    assert Send.objects.get().state == Send.State.QUEUED
    tick(stays_queued.at, late=MAX_DELAY)
    assert Send.objects.get().state == Send.State.SENDING


def test_taken_back_too_late(issue: Issue, stopped: time_machine.Traveller) -> None:
    """A slot whose time has passed is held when its send is taken back: it can still be sent."""
    command("issue", "queue", "1.1", "--next-slot")
    slot = Slot.objects.get(date=FIRST)
    send = Send.objects.get()
    Send.objects.update(state=Send.State.HELD)
    later = slot.at + dt.timedelta(hours=1)
    stopped.move_to(later)

    command("send", "cancel", send.pk)
    tick(later, late=MAX_DELAY)

    slot.refresh_from_db()
    assert (slot.state, slot.note) == (
        "held",
        "The issue that was queued for it was taken back.",
    )


def test_reopen_is_refused_in_words(issue: Issue, stopped: time_machine.Traveller) -> None:
    """A slot with an issue is not opened, nor one that has passed; moved, that one is open."""
    said = CliRunner().invoke(cli.app, ["schedule", "reopen", FIRST]).stdout
    assert f"The slot of {FIRST} is open" in said
    command("issue", "queue", "1.1", "--next-slot")
    with pytest.raises(Exception, match="has an issue: Tideline Digest"):
        command("schedule", "reopen", FIRST)
    command("issue", "unqueue", "1.1")
    stopped.move_to(later := dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC))
    tick(later, late=MAX_DELAY)
    assert state_of(FIRST) == "held"
    with pytest.raises(Exception, match="was due Thu 26 Nov 2026 09:07 EST"):
        command("schedule", "reopen", FIRST)

    command("schedule", "move", FIRST, "2026-11-28T10:00")

    assert state_of(FIRST) == "open"
    tick(later, late=MAX_DELAY)
    assert state_of(FIRST) == "open"


def test_skipping_a_filled_slot_says_what_to_do(issue: Issue) -> None:
    """The refusal names the issue that is queued for it, and the command that takes it back."""
    command("issue", "queue", "1.1", "--next-slot")
    with pytest.raises(NewsletterError, match="is filled, so it cannot be skipped") as refused:
        command("schedule", "skip", FIRST)
    assert "Tideline Digest Vol 1.1 is queued for it" in refused.value.hint
    command(*refused.value.hint.partition("newsletter ")[2].split())
    command("schedule", "skip", FIRST)
    assert state_of(FIRST) == "skipped"


def test_slot_held_by_a_clock_that_was_ahead(publication: Publication) -> None:
    """Once the clock is right again, a slot held before its time is open, by itself or by hand."""
    tick(NOW + dt.timedelta(weeks=3), late=MAX_DELAY)
    assert state_of(SECOND) == "held"

    command("schedule", "reopen", SECOND)
    assert state_of(SECOND) == "open"
    tick(NOW, late=MAX_DELAY)

    assert state_of(FIRST) == "open"
    assert state_of(SECOND) == "open"
