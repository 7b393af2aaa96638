"""No statement of a chunk or a batch reads a whole table of what grows with the list."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.publishing.models import Issue
from newsletter.sending.delivery import claims, compose, dispatch
from newsletter.sending.models import Send
from newsletter.sending.planning import audience
from newsletter.sending.planning.queue import queue
from newsletter.transports.memory import MemoryTransport
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import List
from subscribers.segments import saved
from subscribers.suppressions import suppress
from tests.plans import Plans, add_others
from tests.unit.sending.conftest import LEASE, AddPeople
from tests.unit.sending.ledger_rows import Rows

pytestmark = pytest.mark.database


@pytest.fixture
def resend(issue: Issue, rows: Rows, add_people: AddPeople, readers: List) -> Send:
    """A second send of an issue, to a segment, beside suppressions of both kinds."""
    people = add_people(20)
    add_others(people[-1].pk)
    rows.batch(rows.send("cancelled"), "accepted", people[:5])
    suppress(people[6].email)
    suppress_for_list(people[7].email, readers)
    segment = saved.create_segment("Example", "domain is tideline.example")
    send = queue(issue, at=timezone.now(), batch_size=10, segment=segment)
    Send.objects.filter(pk=send.pk).update(state="planning")
    return send


def test_counting_an_audience(resend: Send) -> None:
    """A chunk reads what lies in its range of ids."""
    plans = Plans()

    with connection.execute_wrapper(plans):
        audience.plan_audience(resend.pk)

    assert plans.lines
    assert not plans.read_whole()
    resend.refresh_from_db()
    assert (resend.planned, resend.excluded) == (13, 7)


def test_claiming_a_batch(resend: Send) -> None:
    """A batch reads what belongs to its people, and never answers for all people at once."""
    audience.plan_audience(resend.pk)
    plans = Plans()

    with connection.execute_wrapper(plans):
        attempt = claims.claim_batch(resend.batches.earliest("pk").pk, lease=LEASE)

    assert attempt
    [late] = [lines for sql, lines in plans.lines.items() if "UPDATE sending_delivery" in sql]
    assert not any("hashed" in line for line in late)
    assert not plans.read_whole()


def test_submitting_a_batch(resend: Send) -> None:
    """From the claim to the answer, a batch reads what is its own, in as many statements as any."""
    audience.plan_audience(resend.pk)
    plans, counts = Plans(), []

    with connection.execute_wrapper(plans):
        while (batch := claims.next_batch()) is not None:
            before = plans.count
            dispatch.send_batch(batch, MemoryTransport(), lease=LEASE)
            counts.append(plans.count - before)

    assert not plans.read_whole()
    # The batches have ten people and three.
    assert len(counts) == 2
    assert counts[1] <= counts[0] <= 40


@pytest.mark.parametrize("step", [1, 9])
def test_reading_the_people_of_a_batch(add_people: AddPeople, step: int) -> None:
    """People are looked up by number, close together or far apart, and never joined with mail."""
    people = add_people(200)
    add_others(people[-1].pk)
    asked = [person.pk for person in people[::step]]
    plans = Plans()

    with connection.execute_wrapper(plans):
        known = compose.known_people(asked)

    assert known.keys() == set(asked) if step > 1 else known.keys() >= set(asked)
    assert known[asked[0]] == (people[0].name, "{}")
    assert len(plans.lines) == 1
    assert not plans.read_whole()
