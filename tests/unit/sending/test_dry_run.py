"""A dry run by hand asks the provider, reports, and changes nothing at all."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from typer.testing import CliRunner

from newsletter import cli
from newsletter.conf import config
from newsletter.errors import AccountError, InvalidTransition, NotSubmitted, Refused
from newsletter.publishing.models import Issue
from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.models import DryRun, Send
from newsletter.sending.operations import background_dry_run, control
from newsletter.sending.operations.dry_run import dry_run
from newsletter.sending.planning.queue import queue
from newsletter.transports.memory import MemoryTransport
from subscribers.models import Subscriber
from tests.db_restore import read_tables
from tests.unit.sending.conftest import LEASE, MAX_DELAY

AddPeople = Callable[..., list[Subscriber]]


@pytest.fixture
def queued(issue: Issue, add_people: AddPeople) -> Send:
    """A send of tomorrow, to five people."""
    add_people(5)
    return queue(issue, at=timezone.now() + dt.timedelta(days=1), batch_size=2)


def command(*words: str) -> tuple[int, str]:
    """Run a command; return its exit status and what it said."""
    cli.register()
    result = CliRunner().invoke(cli.app, words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.mark.parametrize(
    "error", [AccountError("the key is wrong"), NotSubmitted("nobody listens")]
)
def test_wrong_setting_of_a_shell_changes_nothing(queued: Send, error: Exception) -> None:
    """What is wrong where the command runs is reported; no row of the database differs."""
    before = read_tables(connection)

    found = dry_run(queued, MemoryTransport([error]))

    assert str(error) in found.problem
    assert not found.is_complete
    assert read_tables(connection) == before


def test_everybody_is_asked_about(queued: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each person is asked about once, whatever the portions, and nobody is mailed."""
    monkeypatch.setattr("newsletter.sending.operations.dry_run.CHUNK_SIZE", 2)
    monkeypatch.setattr(background_dry_run, "CHUNK_SIZE", 2)
    transport = MemoryTransport()

    found = dry_run(queued, transport)

    assert (found.asked, found.refused, found.is_complete) == (5, [], True)
    assert len(transport.dry_runs) == 5
    assert transport.submitted == []
    assert not DryRun.objects.exists()


def test_refused_are_named(queued: Send) -> None:
    """Who would be refused is named, with the reason."""
    found = dry_run(queued, MemoryTransport([Refused("no such mailbox", persons=frozenset({1}))]))

    assert list(found.refused) == [("reader2@tideline.example", "no such mailbox")]
    assert found.asked == 5


def test_held_before_it_began(queued: Send) -> None:
    """A send that the background put on hold can be tried; it stays on hold until resumed."""
    background_dry_run.check_next_chunk(queued, MemoryTransport([AccountError("the key is wrong")]))
    queued.refresh_from_db()
    assert queued.state == Send.State.HELD
    before = read_tables(connection)

    assert dry_run(queued, MemoryTransport()).asked == 5

    assert read_tables(connection) == before


def test_held_in_the_middle(queued: Send) -> None:
    """Of a send that began only those are asked about to whom nothing was submitted."""
    Send.objects.update(at=timezone.now())
    dispatch.start_due(timezone.now(), late=MAX_DELAY)
    batch = claims.next_batch()
    assert batch
    dispatch.send_batch(batch, MemoryTransport(), lease=LEASE)
    control.pause(queued)
    transport = MemoryTransport()
    queued.refresh_from_db()

    found = dry_run(queued, transport)

    assert found.asked == 3
    assert len({person.address for person in transport.dry_runs}) == 3


@pytest.mark.parametrize("state", [Send.State.QUEUED, Send.State.HELD])
def test_command(queued: Send, state: Send.State, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works on queued and held sends; without an answer it ends with status 1."""
    Send.objects.update(state=state)
    # The discard port: nobody listens there.
    monkeypatch.setenv("NEWSLETTER_SENDGRID_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SENDGRID_API_KEY", "SG.a.b")
    # The settings are read once for each process: what this process has read is left alone.
    monkeypatch.setattr(config, "load", config.load.__wrapped__)
    before = read_tables(connection)

    status, said = command("issue", "dry-run", "1.1", "--json")

    told: dict[str, Any] = json.loads(said)
    assert (status, told["done"], told["send"]) == (1, False, queued.pk)
    assert told["problem"]
    assert read_tables(connection) == before


def test_nothing_to_try(issue: Issue) -> None:
    """An issue that is not queued is refused in words."""
    with pytest.raises(InvalidTransition, match="neither queued nor held"):
        command("issue", "dry-run", "1.1")
