"""A queued send has a dry run: what would stop it is known early, and nobody is mailed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pytest
from django.utils import timezone

from newsletter.errors import AccountError, NotSubmitted, Refused, Throttled, TooLarge
from newsletter.publishing.models import Issue
from newsletter.sending.models import Batch, DryRun, Send
from newsletter.sending.operations import background_dry_run, control
from newsletter.sending.planning.queue import queue
from newsletter.transports.base import Message, Recipient
from newsletter.transports.memory import MemoryTransport
from subscribers.models import Subscriber
from subscribers.suppressions import suppress

AddPeople = Callable[..., list[Subscriber]]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def queued(issue: Issue, add_people: AddPeople) -> Send:
    """A send in an hour, to five people."""
    add_people(5)
    return queue(issue, at=timezone.now() + HOUR, batch_size=10)


def do_due_dry_runs(transport: MemoryTransport, now: dt.datetime | None = None) -> None:
    """Do what the background does: portion by portion, until nothing is due."""
    while send := background_dry_run.next_due_send(now or timezone.now()):
        if (
            not background_dry_run.check_next_chunk(send, transport)
            and background_dry_run.next_due_send(now or timezone.now()) == send
        ):
            return


def test_everybody_is_asked_about_and_nobody_mailed(
    queued: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each person is asked about once, whatever the portions; the ledger gets no batch by it."""
    monkeypatch.setattr(background_dry_run, "CHUNK_SIZE", 2)
    transport = MemoryTransport()

    do_due_dry_runs(transport)

    asked = [person.address for person in transport.dry_runs]
    assert sorted(asked) == [f"reader{number}@tideline.example" for number in range(1, 6)]
    assert transport.submitted == []
    assert not Batch.objects.exists()
    found = DryRun.objects.get()
    assert (found.asked, found.refused) == (5, 0)
    assert found.done_at
    queued.refresh_from_db()
    assert (queued.state, queued.note) == ("queued", "")


def test_only_those_who_would_be_mailed_are_asked_about(
    queued: Send, add_people: AddPeople
) -> None:
    """Who has left, has not confirmed or is suppressed is left out of it."""
    add_people(1, state="unsubscribed", start=20)
    add_people(1, state="pending", start=21)
    suppress("reader3@tideline.example", "bounced")
    transport = MemoryTransport()

    do_due_dry_runs(transport)

    assert DryRun.objects.get().asked == 4
    assert "reader3@tideline.example" not in [person.address for person in transport.dry_runs]


def test_people_who_will_be_refused_are_named(queued: Send) -> None:
    """The provider's no to some people is written down; the others are asked about again."""
    transport = MemoryTransport([Refused("no such mailbox", persons=frozenset({1}))])

    do_due_dry_runs(transport)

    found = DryRun.objects.get()
    assert background_dry_run.list_refused(found) == [
        ("reader2@tideline.example", "no such mailbox")
    ]
    assert (found.asked, found.refused) == (5, 1)
    assert len(transport.dry_runs) == 4
    queued.refresh_from_db()
    assert "1 of 5 people will not be mailed" in queued.note


def test_account_at_fault_holds_the_send_in_time(queued: Send) -> None:
    """What would hold every batch holds the send before its scheduled time, in words."""
    do_due_dry_runs(MemoryTransport([AccountError("the key is wrong")]))

    queued.refresh_from_db()
    assert queued.state == Send.State.HELD
    assert "the key is wrong" in queued.note
    assert background_dry_run.next_due_send(timezone.now()) is None


def test_resumed_send_keeps_its_time_and_has_another_dry_run(queued: Send) -> None:
    """Once the cause is fixed the send waits for its own time, and the dry run starts again."""
    do_due_dry_runs(MemoryTransport([AccountError("the key is wrong")]))
    queued.refresh_from_db()
    when = queued.at

    control.resume(queued)

    queued.refresh_from_db()
    assert (queued.state, queued.at) == (Send.State.QUEUED, when)
    transport = MemoryTransport()
    do_due_dry_runs(transport)
    assert len(transport.dry_runs) == 5
    assert DryRun.objects.get().done_at


@pytest.mark.parametrize(
    ("error", "wait"), [(NotSubmitted("nobody listens"), 300), (Throttled(seconds=40), 40)]
)
def test_silent_provider_is_asked_again_later(
    queued: Send, error: NotSubmitted, wait: float
) -> None:
    """No answer says nothing: the send stays queued, and has its dry run when there is one."""
    transport = MemoryTransport([error])

    do_due_dry_runs(transport)

    queued.refresh_from_db()
    assert queued.state == Send.State.QUEUED
    assert (
        background_dry_run.next_due_send(timezone.now() + dt.timedelta(seconds=wait - 10)) is None
    )
    do_due_dry_runs(transport, timezone.now() + dt.timedelta(seconds=wait + 10))
    assert DryRun.objects.get().done_at
    queued.refresh_from_db()
    assert queued.note == ""


def test_too_large_a_request_is_asked_about_in_halves(queued: Send) -> None:
    """As the send will be cut, so is its dry run."""
    transport = MemoryTransport([TooLarge("413")])

    do_due_dry_runs(transport)

    assert len(transport.dry_runs) == 5
    assert DryRun.objects.get().done_at


def test_person_beyond_a_limit_is_named(queued: Send) -> None:
    """Who would be left out for a limit of the provider is named, too."""

    class Strict(MemoryTransport):
        """A transport with a limit that one person passes."""

        def find_over_limit(
            self, message: Message, recipients: Sequence[Recipient]
        ) -> dict[int, str]:
            return {
                place: "too much of a name"
                for place, each in enumerate(recipients)
                if "reader4" in each.address
            }

    do_due_dry_runs(Strict())

    named = background_dry_run.list_refused(DryRun.objects.get())
    assert named == [("reader4@tideline.example", "too much of a name")]


def test_what_leaves_at_once_has_no_dry_run(issue: Issue, add_people: AddPeople) -> None:
    """A send that is due is sent, without a dry run."""
    add_people(1)
    queue(issue, at=timezone.now(), batch_size=10)

    assert background_dry_run.next_due_send(timezone.now()) is None


def test_another_edition_has_another_dry_run(queued: Send, issue: Issue) -> None:
    """When a send takes another edition, the dry run of the old one counts for nothing."""
    do_due_dry_runs(MemoryTransport())
    other = queued.edition
    other.pk, other.hash = None, "another"
    other.save()
    Send.objects.filter(pk=queued.pk).update(edition=other)

    assert background_dry_run.next_due_send(timezone.now()) == queued
    do_due_dry_runs(MemoryTransport())
    assert DryRun.objects.get().edition_id == other.pk
