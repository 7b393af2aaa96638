"""A send is held by itself when too much of what came back of it is bad."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsletter.sending.delivery import claims, decisions, results
from newsletter.sending.models import AuditEntry, Delivery, Send
from newsletter.sending.operations import control
from newsletter.sending.safeguards import auto_pause
from tests.unit.sending.conftest import LEASE, AddPeople, Configure

Start = Callable[..., Send]
#: From outcome to how many came back with it.
Back = dict[str, int]


@pytest.fixture(autouse=True)
def limits(configure: Configure) -> None:
    """The settings as they ship, for audiences a tenth as large."""
    configure(auto_pause={"min_bounces": 4, "complaint_percent": 1.0, "min_complaints": 2})


def came_back(send: Send, back: Back) -> None:
    """Let N people of a send have these outcomes, one after the other."""
    people = iter(send.deliveries.order_by("pk"))
    for outcome, count in back.items():
        for _ in range(count):
            Delivery.objects.filter(pk=next(people).pk).update(outcome=outcome)


RESULTS = [
    pytest.param({"delivered": 76, "bounced": 4}, "", id="exactly-at-it"),
    pytest.param({"delivered": 75, "bounced": 4}, "bounces", id="beyond"),
    pytest.param({"delivered": 70, "bounced": 2, "blocked": 2}, "bounces", id="blocks-count"),
    pytest.param({"bounced": 3}, "", id="too-few-to-say"),
    pytest.param({"dropped": 20, "delivered": 60}, "", id="drops-do-not-count"),
    pytest.param({"delivered": 79, "complained": 1}, "", id="one-complaint"),
    pytest.param({"delivered": 78, "complained": 2}, "complaints", id="complaints"),
    pytest.param({"complained": 3, "bounced": 5}, "complaints", id="both"),
    pytest.param({}, "", id="nothing-yet"),
]


def test_note_stays(start: Start, add_people: AddPeople) -> None:
    """A batch that comes back because the send is held does not hide why it is held."""
    add_people(80)
    send = start(batch_size=40)
    came_back(send, {"delivered": 56, "bounced": 4})
    attempt = claims.claim_batch(send.batches.latest("pk").pk, lease=LEASE)
    auto_pause.check_sends()
    assert attempt

    results.apply_decision(attempt, decisions.return_batch("the send was stopped"))

    send.refresh_from_db()
    assert send.note.startswith("4 of the 60")


@pytest.mark.parametrize(("back", "limit"), RESULTS)
def test_figures_decide(start: Start, add_people: AddPeople, back: Back, limit: str) -> None:
    """Beyond the share, and with enough of them to say, the send is held."""
    add_people(80)
    send = start(batch_size=80)
    came_back(send, back)

    auto_pause.check_sends()

    send.refresh_from_db()
    assert send.held_by == limit
    assert send.state == (Send.State.HELD if limit else Send.State.SENDING)


def test_note_says_the_figures(start: Start, add_people: AddPeople) -> None:
    """The note names how many of how many, the share, and the limit; so does the record."""
    add_people(80)
    send = start(batch_size=80)
    came_back(send, {"delivered": 56, "bounced": 4})

    auto_pause.check_sends()

    send.refresh_from_db()
    assert send.note == (
        "4 of the 60 that came back bounced or were turned away: 6.7 %, and the limit is 5 %."
    )
    assert send.audit_entries.get().note == send.note


def test_person_overrules(start: Start, add_people: AddPeople) -> None:
    """Resumed by a person, a send is not paused by that rule again; by the other one it is."""
    add_people(80)
    send = start(batch_size=80)
    came_back(send, {"delivered": 50, "bounced": 10})
    auto_pause.check_sends()

    control.resume(send, by="Aiko")
    auto_pause.check_sends()

    send.refresh_from_db()
    assert (send.state, send.held_by, send.note) == (Send.State.SENDING, "", "")
    overruled = send.audit_entries.get(kind=AuditEntry.Kind.OVERRULED)
    assert (overruled.by, overruled.auto_pause) == ("Aiko", "bounces")
    assert "10 of the 60" in overruled.note
    came_back(send, {"complained": 9})
    auto_pause.check_sends()
    send.refresh_from_db()
    assert send.held_by == Send.AutoPause.COMPLAINTS


def test_automatic_pause_is_switched_off(
    start: Start, add_people: AddPeople, configure: Configure
) -> None:
    """With a limit of 0 nothing is held."""
    configure(auto_pause={"bounce_percent": 0.0})
    add_people(20)
    send = start()
    came_back(send, {"bounced": 20})

    auto_pause.check_sends()

    send.refresh_from_db()
    assert send.state == Send.State.SENDING


def test_paused_send_stays_paused(start: Start, add_people: AddPeople) -> None:
    """What a person stopped is not touched."""
    add_people(20)
    send = control.pause(start())
    came_back(send, {"bounced": 20})

    auto_pause.check_sends()

    send.refresh_from_db()
    assert (send.state, send.held_by) == (Send.State.PAUSED, "")


def test_share_below_one_percent(start: Start, add_people: AddPeople, configure: Configure) -> None:
    """As many are counted as such a share takes: one complaint of 200 is not beyond 0.5 %."""
    configure(auto_pause={"complaint_percent": 0.5, "min_complaints": 1})
    add_people(200)
    send = start(batch_size=200)
    send.deliveries.update(outcome="delivered")
    came_back(send, {"complained": 1})

    auto_pause.check_sends()

    send.refresh_from_db()
    assert send.state == Send.State.SENDING
