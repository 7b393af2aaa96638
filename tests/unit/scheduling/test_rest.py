"""The clock asks the tables when something changed, is in progress or is due, and else rests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from newsletter.publishing.models import Publication
from newsletter.scheduling import rest
from newsletter.scheduling.models import Slot
from newsletter.scheduling.rest import Rest
from newsletter.sending.models import ProviderBatch, Send
from tests.unit.sending.conftest import add_people, issue, readers, start

__all__ = ["add_people", "issue", "readers", "start"]

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The steady clock, which a test can set."""
    now = [1000.0]
    monkeypatch.setattr("newsletter.scheduling.rest.time.monotonic", lambda: now[0])
    return now


def rested(now: dt.datetime = NOW) -> Rest:
    """Return a rest that has begun."""
    made = Rest()
    assert made.is_over(now), "the first tick asks"
    made.begin(now)
    return made


@pytest.mark.django_db
def test_nothing_is_due(publication: Publication, steady: list[float]) -> None:
    """Nothing is asked for some seconds, then once."""
    Slot.objects.all().delete()
    resting = rested()

    assert not resting.is_over(NOW)
    steady[0] += rest.MAX_REST_SECONDS
    assert resting.is_over(NOW)


@pytest.mark.django_db
def test_a_slot_is_due_to_the_second(publication: Publication, steady: list[float]) -> None:
    """Whatever the clock knew to come ends the rest when it is due."""
    Slot.objects.all().delete()
    Slot.objects.create(publication=publication, date=NOW.date(), at=NOW + MINUTE)
    resting = rested()

    assert not resting.is_over(NOW + MINUTE - dt.timedelta(seconds=1))
    assert resting.is_over(NOW + MINUTE)


@pytest.mark.django_db
def test_a_queued_send_is_due(
    start: Callable[..., Send], add_people: Callable[..., Any], steady: list[float]
) -> None:
    """So does a send that is queued for a time."""
    add_people(1)
    Send.objects.filter(pk=start().pk).update(state="queued", at=NOW + MINUTE)
    resting = rested()

    assert not resting.is_over(NOW)
    assert resting.is_over(NOW + MINUTE)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [str(state) for state in rest.IN_PROGRESS])
def test_no_rest_while_a_send_is_in_progress(
    state: str, start: Callable[..., Send], add_people: Callable[..., Any], steady: list[float]
) -> None:
    """A send that is being counted or sent needs each tick."""
    add_people(1)
    Send.objects.filter(pk=start().pk).update(state=state)

    assert rested().is_over(NOW)


@pytest.mark.django_db
def test_no_rest_while_mail_waits_at_the_provider(
    start: Callable[..., Send], add_people: Callable[..., Any], steady: list[float]
) -> None:
    """Whoever leaves must be taken out in time."""
    add_people(1)
    send = start()
    Send.objects.filter(pk=send.pk).update(state="sent")
    batch = ProviderBatch.objects.create(send=send, group=1, at=NOW + MINUTE, state="open")

    assert rested().is_over(NOW)
    ProviderBatch.objects.filter(pk=batch.pk).update(state="cancelled")
    assert not rested().is_over(NOW)
