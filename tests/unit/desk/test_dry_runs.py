"""What the page of a send says of its dry run, and of what is pre-scheduled."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.publishing.models import Publication
from newsletter.sending.models import Attempt, Batch, DryRun, Edition, ProviderBatch, Send
from newsletter.sending.operations import background_dry_run
from subscribers.models import Subscriber
from tests import desks
from tests.unit.desk.conftest import LogIn


@pytest.fixture
def send(publication: Publication) -> Send:
    """An approved send that is queued for two hours from now."""
    issue, now = desks.draft(publication), timezone.now()
    edition = Edition.objects.create(
        issue=issue, subject="S", document="{}", hash="h", approved_at=now
    )
    return Send.objects.create(issue=issue, edition=edition, at=now + dt.timedelta(hours=2))


@pytest.fixture
def client(log_in: LogIn, send: Send) -> Client:
    """The browser of somebody who may stop it."""
    return log_in("Senders")


def read(client: Client, send: Send, place: str = "") -> str:
    """Return what a page of a send says, without its line breaks."""
    return " ".join(client.get(f"/admin/sends/{send.pk}/{place}").content.decode().split())


def make_dry_run(send: Send, **fields: Any) -> DryRun:
    """Have a dry run of a send."""
    return DryRun.objects.create(send=send, edition=send.edition, **fields)


def test_to_come(client: Client, send: Send) -> None:
    """Before the dry run the page says that it will come, and what it waits for."""
    assert "It has not begun yet" in read(client, send)

    Edition.objects.update(approved_at=None)
    assert "begins once it is approved" in read(client, send)


def test_all_is_well(client: Client, send: Send) -> None:
    """It says when and for how many, and that to be taken is not to arrive."""
    at = dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC)
    make_dry_run(send, asked=1200, done_at=at)

    said = read(client, send)

    assert "Sun 22 Nov 2026 10:00 EST: the provider was asked for 1,200 people" in said
    assert "all can be mailed" in said
    assert "not what arrives" in said


def test_who_is_refused(client: Client, send: Send) -> None:
    """Everybody who would be refused is named with the reason, once, or counted."""
    people = [Subscriber.objects.create(email=f"r{n}@quay.example") for n in range(7)]
    findings = [[person.pk, f"reason {person.email}"] for person in people]
    done = make_dry_run(send, asked=1200, refused=9, findings=findings, done_at=timezone.now())
    Send.objects.update(note=background_dry_run.summarise_refused(done))

    said = read(client, send)

    assert "9 of them would be refused" in said
    for person in people:
        assert said.count(f"reason {person.email}") == 1
    assert "2 more</summary>" in said
    assert "2 more are counted, not named" in said
    assert "newsletter issue dry-run" not in said


def test_no_answer(client: Client, send: Send) -> None:
    """A provider that does not answer is said, with when it is asked again."""
    make_dry_run(send, problem="SendGrid is away.", not_before=timezone.now())

    said = read(client, send)

    assert "Not done" in said
    assert "SendGrid is away." in said


def test_in_progress(client: Client, send: Send) -> None:
    """While it goes on the page says how far it is."""
    make_dry_run(send, asked=3000, refused=1, through=7)

    assert "asked for 3,000 people so far, and refused 1" in read(client, send)


def test_of_another_edition(client: Client, send: Send) -> None:
    """What was said of an edition that is not sent any more does not count."""
    older = Edition.objects.create(issue=send.issue, subject="S", document="{}", hash="older")
    DryRun.objects.create(send=send, edition=older, asked=1200, done_at=timezone.now())

    assert "It has not begun yet" in read(client, send)


def submit_before(send: Send, mode: str, minutes: int) -> None:
    """Have three people's mail wait at the provider, to leave in N minutes."""
    at = timezone.now() + dt.timedelta(minutes=minutes)
    Send.objects.update(
        state="sending", delivery_mode=mode, at=at, started_at=timezone.now(), planned=3
    )
    Send.objects.update(candidates=3)
    provider_batch = ProviderBatch.objects.create(
        send=send, group=1, state="open", provider_id="f", at=at
    )
    batch = Batch.objects.create(send=send, number=1, state="accepted")
    Attempt.objects.create(
        batch=batch,
        provider_batch=provider_batch,
        state="accepted",
        size=3,
        lease_until=timezone.now(),
    )


def test_automatic_pause_does_not_stop_what_waits(client: Client, send: Send) -> None:
    """It is said that only a cancellation stops what waits at the provider, and until when."""
    submit_before(send, "prescheduled", minutes=25)

    said = read(client, send)

    assert "The mail of 3 people waits at the provider" in said
    assert "No pause, automatic or not, stops that. If the send is cancelled before" in said
    assert "It is cancelled and reaches nobody" in read(client, send, "cancel/")
    answer = client.post(f"/admin/sends/{send.pk}/cancel/", follow=True).content.decode()
    assert "for 3 people is being cancelled" in answer


def test_too_late_to_cancel(client: Client, send: Send) -> None:
    """In the last minutes it says that nothing stops it any more."""
    submit_before(send, "prescheduled", minutes=5)

    assert "too late to cancel it" in read(client, send)
    assert "too late to cancel it" in read(client, send, "cancel/")


def test_on_hold_until_released(client: Client, send: Send) -> None:
    """Where mail is held at the provider it can be cancelled until the scheduled time itself."""
    submit_before(send, "on_hold", minutes=5)

    assert "this mail is cancelled too" in read(client, send)


def test_an_automatic_pause_comes_too_late(client: Client, send: Send) -> None:
    """Once it has left, the page says that a pause stops only what is not submitted yet."""
    submit_before(send, "prescheduled", minutes=-5)
    ProviderBatch.objects.update(state="released")

    assert "left at its scheduled time, all at once" in read(client, send)
