"""What a person types to steer a send, and what they read then."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from newsletter import cli
from newsletter.errors import OutcomeUnknown
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.models import AuditEntry, MissingAttempt, Send
from newsletter.sending.restores import suspensions
from newsletter.transports.memory import MemoryTransport
from tests.unit.sending.conftest import LEASE, MAX_DELAY, AddPeople, Configure

Start = Callable[..., Send]


@pytest.fixture(autouse=True)
def commands() -> None:
    """Every command is in its place."""
    cli.register()


def run(*words: object) -> str:
    """Run a command, and return what it says to a person."""
    result = CliRunner().invoke(cli.app, [str(word) for word in words])
    if result.exception:
        raise result.exception
    return result.stdout


def run_json(*words: object) -> Any:
    """Run a command for a program."""
    return json.loads(run(*words, "--json"))


def submit_mail(transport: MemoryTransport, batches: int = 1000) -> None:
    """Start what is due and submit N batches."""
    dispatch.start_due(timezone.now(), late=MAX_DELAY)
    for _ in range(batches):
        if (batch := claims.next_batch()) is not None:
            dispatch.send_batch(batch, transport, lease=LEASE)


def test_queued_for_now(issue: Issue, add_people: AddPeople, configure: Configure) -> None:
    """`queue --at now` says how long there is to undo it and how; undone, nobody is mailed."""
    configure(sending={"undo_seconds": 60})
    add_people(2)

    said = run("issue", "queue", "1.1", "--at", "now")
    send = Send.objects.get()
    assert "Until then you can stop it" in said
    assert f"newsletter send cancel {send.pk}" in said
    assert "Leaves in" in run("send", "show", send.pk)
    said = run("send", "cancel", send.pk)

    assert said.strip() == f"Send {send.pk} is cancelled. Nobody has been mailed."
    assert "cancelled by" in run("send", "show", send.pk)


def test_a_restored_database_does_not_say_that_nobody_was_mailed(
    issue: Issue, add_people: AddPeople, configure: Configure
) -> None:
    """What left before the restore is counted, and a send that is held has no countdown."""
    configure(sending={"undo_seconds": 60})
    add_people(4)
    run("issue", "queue", "1.1", "--at", "now")
    send = Send.objects.get()
    source = MissingAttempt.Source.SUBMISSION_LOG
    suspensions.report_missing([MissingAttempt(key="5" * 32, source=source, send=send.pk, size=3)])

    assert "Leaves in" not in run("send", "show", send.pk)
    said = run("send", "cancel", send.pk)

    assert "3 people may have it already." in said
    assert "obody has been mailed" not in said


def test_paused_resumed_cancelled(start: Start, add_people: AddPeople) -> None:
    """Each step says how the send stands, and how many people have it or may have it."""
    add_people(6)
    send = start(batch_size=2)
    submit_mail(MemoryTransport(), 1)

    assert "2 people have it" in run("send", "pause", send.pk)
    assert "is sending" in run("send", "resume", send.pk)
    said = run("send", "cancel", send.pk)

    assert "2 people may have it already" in said
    assert f"newsletter send resend {send.pk}" in said
    assert [act.kind for act in send.audit_entries.all()] == ["paused", "resumed", "cancelled"]
    assert all("on the command line" in act.by for act in send.audit_entries.all())


def test_to_the_others(start: Start, add_people: AddPeople, configure: Configure) -> None:
    """`others` counts who gets it and who is left out; the new send says whose others it is for."""
    configure(sending={"undo_seconds": 60})
    add_people(6)
    send = start(batch_size=2)
    submit_mail(MemoryTransport([None, OutcomeUnknown()]), 2)
    run("send", "cancel", send.pk)

    said = run_json("send", "resend", send.pk, "--newcomers")

    assert (said["people"], said["left_out"], said["resend_of"]) == (2, 4, send.pk)
    shown = run("send", "show", said["id"])
    assert f"Resend of send {send.pk}, also to those who joined since." in shown


def test_canary_is_hurried(
    start: Start, add_people: AddPeople, publication: Publication, configure: Configure
) -> None:
    """While the canary is out `show` says what the rest waits for; `short_limits` lets it go."""
    configure(canary={"percent": 10.0})
    publication.canary = True
    publication.save()
    add_people(40)
    send = start(batch_size=40)
    submit_mail(MemoryTransport())

    assert "people; the rest follows at" in run("send", "show", send.pk)
    assert "the rest goes now" in run("send", "release", send.pk)

    assert send.audit_entries.get().kind == AuditEntry.Kind.RELEASED
    assert run_json("send", "show", send.pk)["canary"] == "passed"


def test_limits_are_shown(start: Start, add_people: AddPeople, configure: Configure) -> None:
    """A send that goes says how fast it may, and how much of the day is left."""
    configure(
        rates={
            "per_second": 20,
            "per_hour": 1000,
            "warmup_start": timezone.now().date().isoformat(),
            "warmup_first_day": 200,
        }
    )
    add_people(1)

    said = run("send", "show", start().pk)

    assert "1,000 per hour, 20 per second" in said
    assert "200 today, of which 200 are left" in said
