"""What the clock does by itself is done once: with two services on one database, or one killed."""

from __future__ import annotations

import datetime as dt
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.program.process_pool import Program
from tests.program.workspaces import Workspace, wait_until

PREPARING = str(Path(__file__).with_name("scheduling_acts.py"))
#: Slots within this time have their drafts opened: three or four of every second week.
DRAFT_DAYS, SLOTS = 60, 3
ADMINS = ("ann@tideline.example", "bea@tideline.example")

Start = Callable[..., Program]


@pytest.fixture
def place(workspace: Callable[..., Workspace]) -> Workspace:
    """A workspace with two people at the desk, in which a slot is due that has no issue."""
    made = workspace(sending_transport="maildir")
    for address in ADMINS:
        made.run("user", "add", address.partition("@")[0], "--email", address, "--role", "Admins")
    made.change(f"UPDATE publishing_publication SET draft_days = {DRAFT_DAYS}")
    first, *_ = made.run("schedule", "show", "--count", "1")
    made.run("schedule", "name", first["date"], "The first")
    made.change(f"UPDATE scheduling_slot SET moved = {true(made)}, at = {ago(made, 60)}")
    return made


@pytest.fixture
def start(place: Workspace) -> Iterator[Start]:
    """Start services that prepare all the time; none outlives the test."""
    running: list[Program] = []

    def begin(*point: str) -> Program:
        running.append(place.start(PREPARING, *point, "serve"))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


def true(place: Workspace) -> str:
    """Return how the database writes a yes."""
    return "1" if on_sqlite(place) else "TRUE"


def on_sqlite(place: Workspace) -> bool:
    """Say which database it is."""
    return place.environment["NEWSLETTER_DATABASE_URL"].startswith("sqlite")


def ago(place: Workspace, seconds: int) -> str:
    """Return a time in the past as SQL."""
    at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)
    return f"'{at:%Y-%m-%d %H:%M:%S}'" if on_sqlite(place) else f"'{at.isoformat()}'"


def slots_in(place: Workspace, state: str) -> int:
    """Return how many slots are in a state."""
    found: list[tuple[Any, ...]] = place.ask(
        f"SELECT COUNT(*) FROM scheduling_slot WHERE state = '{state}'"
    )
    return int(found[0][0])


def reminders(place: Workspace) -> Counter[tuple[str, str]]:
    """Return how often each reminder came to whom."""
    new = place.folder / "var" / "maildir" / "new"
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in new.glob("*")]
    return Counter((mail["To"], mail["Subject"].partition(": ")[2]) for mail in mails)


def told(place: Workspace, words: str) -> set[str]:
    """Return who was told a thing."""
    return {address for address, subject in reminders(place) if words in subject}


def end_grace(place: Workspace) -> None:
    """Have the grace period of the held slot be over."""
    place.change("UPDATE scheduling_slot SET grace_until = at WHERE state = 'held'")


def opened(place: Workspace) -> int:
    """Return for how many slots a draft was opened."""
    asked = "SELECT COUNT(*) FROM scheduling_slot WHERE drafted_at IS NOT NULL"
    return int(place.ask(asked)[0][0])


def assert_one_draft_each(place: Workspace) -> None:
    """Of three or four slots each has a draft; the first of them that which waited."""
    assert opened(place) >= SLOTS
    assert place.ask("SELECT COUNT(*) FROM publishing_issue") == [(opened(place),)]


def test_two_services_on_one_database(place: Workspace, start: Start) -> None:
    """Two services at the same time open each draft, hold and skip a slot, and tell of it once."""
    services = [start(), start()]
    wait_until(lambda: told(place, "is held") == set(ADMINS))
    wait_until(lambda: told(place, "is open") == set(ADMINS))
    end_grace(place)
    wait_until(lambda: told(place, "was skipped") == set(ADMINS))

    for service in services:
        service.terminate()
    assert [service.wait() for service in services] == [0, 0], place.said()

    assert set(reminders(place).values()) == {1}
    assert slots_in(place, "skipped") == 1
    assert place.said().count("is skipped. Nothing was sent in time.") == 1
    assert_one_draft_each(place)


DRAFTS, HOLDS = "newsletter.scheduling.drafts", "newsletter.scheduling.holds"
NOTICES = "newsletter.scheduling.reminders.notices"


@pytest.mark.parametrize(
    ("point", "untold"),
    [
        pytest.param(f"{DRAFTS}:begin_draft:after", 0, id="before-a-draft-is-stored"),
        pytest.param(f"{DRAFTS}:open_draft:after", 0, id="after-a-draft-is-stored"),
        # Nobody knows whether that mail left, so it is not written again.
        pytest.param(f"{NOTICES}:claim:after", 1, id="before-a-reminder-leaves"),
        pytest.param(f"{NOTICES}:write:after", 0, id="after-a-reminder-left"),
    ],
)
def test_killed_in_the_act(place: Workspace, start: Start, point: str, untold: int) -> None:
    """Killed while it opens a draft or tells somebody, and started again, it does each once."""
    assert start(point).wait() == -signal.SIGKILL, place.said()

    service = start()
    wait_until(lambda: len(told(place, "is held")) == len(ADMINS))
    wait_until(lambda: opened(place) >= SLOTS)
    service.terminate()
    assert service.wait() == 0, place.said()

    assert_one_draft_each(place)
    assert set(reminders(place).values()) == {1}
    claimed = place.ask("SELECT COUNT(*) FROM scheduling_notice WHERE state = 'claimed'")
    assert claimed == [(untold,)]


def test_killed_while_it_skips(place: Workspace, start: Start) -> None:
    """Killed between the cancelled send and the skipped slot, it has done neither, then both."""
    place.run("issue", "queue", "1.1", "--at", "now")
    place.change("UPDATE sending_send SET state = 'held', note = 'A test', held_at = created_at")
    place.change(
        "UPDATE scheduling_slot SET state = 'filled', send_id = 1, held_at = at, grace_until = at"
    )
    process = start("newsletter.sending.operations.control:cancel:after")
    assert process.wait() == -signal.SIGKILL, place.said()
    assert place.states() == {"held"}

    service = start()
    wait_until(lambda: slots_in(place, "skipped") == 1)
    wait_until(lambda: told(place, "was skipped") == set(ADMINS))
    service.terminate()
    assert service.wait() == 0, place.said()

    assert place.states() == {"cancelled"}
    assert place.ask("SELECT COUNT(*) FROM sending_auditentry") == [(1,)]
    assert set(reminders(place).values()) == {1}
    assert {address for address, _ in reminders(place)} == set(ADMINS)
