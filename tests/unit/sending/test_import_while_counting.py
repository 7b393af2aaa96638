"""People are imported while the audience of a send is counted: the sums hold, nobody is twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from newsletter.publishing.models import Issue
from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.models import Send
from newsletter.sending.planning import audience
from newsletter.sending.planning.queue import queue
from newsletter.sending.reporting.totals import count_send
from newsletter.transports.memory import MemoryTransport
from subscribers.importing.applying import import_file
from subscribers.models import List, Subscriber
from tests.unit.sending.conftest import LEASE, MAX_DELAY, AddPeople


def test_imported_between_two_chunks(
    issue: Issue,
    readers: List,
    add_people: AddPeople,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """New people are counted where their turn comes; who left by the file is not mailed."""
    monkeypatch.setattr(audience, "CHUNK", 4)
    add_people(10)
    Subscriber.objects.create(email="known@tideline.example")
    file = tmp_path / "people.csv"
    file.write_text(
        "email,status\nnew1@tideline.example,active\nnew2@tideline.example,active\n"
        "reader1@tideline.example,unsubscribed\nreader9@tideline.example,unsubscribed\n"
        "reader2@tideline.example,active\n"
    )
    plan_chunk: Callable[[Send, int], bool] = audience.plan_chunk
    imported = []

    def plan_then_import(send: Send, through: int) -> bool:
        goes_on = plan_chunk(send, through)
        if not imported:
            imported.append(import_file(file, readers))
        return goes_on

    monkeypatch.setattr(audience, "plan_chunk", plan_then_import)
    now = timezone.now()
    send = queue(issue, at=now, batch_size=3)
    dispatch.start_due(now, late=MAX_DELAY)
    transport = MemoryTransport()
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)
    recovery.close_finished_sends()

    assert imported[0].added == 2
    counted = count_send(Send.objects.get(pk=send.pk))
    counted.check()
    assert counted.candidates == 12
    mailed = [f"reader{number}@tideline.example" for number in (2, 3, 4, 5, 6, 7, 8, 10)]
    new = [f"new{number}@tideline.example" for number in (1, 2)]
    assert sorted(transport.addresses()) == sorted([*mailed, *new])
    assert counted.deliveries == {"accepted": 10, "excluded": 1}
    assert counted.excluded == {"unsubscribed": 1}
