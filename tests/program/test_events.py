"""The real program, told by an emulator what became of its mail, as untidily as in life."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sendgrid_emulator import Emulator
from sendgrid_emulator.events.webhook_sender import PostOrigin
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.workspaces import Workspace

ODD = {
    "bounce@tideline.example": "bounced",
    "nostatus@tideline.example": "bounced",
    "asyncbounce@tideline.example": "bounced",
    "block@tideline.example": "blocked",
    "spam@tideline.example": "complained",
    "invalid@tideline.example": "dropped",
    "unsubscribe@tideline.example": "delivered",
    "defer2@tideline.example": "delivered",
}


@contextmanager
def serving(place: Workspace) -> Iterator[str]:
    """Serve, and yield the address of the web."""
    process = place.serve()
    try:
        found = workspaces.wait_until(lambda: re.search(r"serves (http://\S+)", place.said()))
        yield found[1]
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()


def test_events_resolve_a_lost_answer_and_report_the_rest(
    workspace: Callable[..., Workspace], sendgrid: Emulator
) -> None:
    """Shuffled, repeated, late and partly missing, they end in the truth about every person."""
    conditions = sendgrid.events.conditions
    conditions.every, conditions.shuffled = 0.2, True
    conditions.duplicates, conditions.missing = 0.5, 0.3
    conditions.late, conditions.late_by = 0.3, 3
    conditions.forged = 0.5
    webhook = sendgrid.post_events_to("http://127.0.0.1:9/")
    place = workspace(sending_batch_size="25")
    place.environment["SENDGRID_WEBHOOK_KEYS"] = webhook.signer.public_key
    (place.folder / "odd.csv").write_text("email\n" + "\n".join(ODD))
    place.run("list", "import", "odd.csv", "--basis", "consent")
    for fault in ("accept_then_reset", "accept_then_html502"):
        sendgrid.faults.add(fault)
    with serving(place) as address:
        webhook.url = f"{address}/events/sendgrid"
        place.run("issue", "queue", "1.1", "--at", "now")
        workspaces.wait_until(lambda: place.states() == {"sent"})
        workspaces.wait_until(lambda: told(place) == expected())

        forged = [post.status for post in sendgrid.events.posts if post.origin is PostOrigin.FORGED]
        assert set(forged) == {403}, "somebody without a key was believed"

        who = {entry["address"]: entry["state"] for entry in place.run("send", "who", "1")}
        assert {address: who[address] for address in ODD} == ODD
        assert len(sendgrid.mailbox) == PEOPLE + len(ODD)
        assert "tideline.example" not in place.said()


def told(place: Workspace) -> Counter[str]:
    """Count the deliveries by what was told of them."""
    return Counter(outcome for (outcome,) in place.ask("SELECT outcome FROM sending_delivery"))


def expected() -> Counter[str]:
    """Return the same for when everything has been told."""
    return Counter(ODD.values()) + Counter(delivered=PEOPLE)


@pytest.mark.once
def test_the_log_resolves_what_no_event_tells(
    workspace: Callable[..., Workspace], sendgrid: Emulator
) -> None:
    """Without a webhook the send stays unresolved until the provider's log is asked."""
    # Every answer is lost here: this is not about the send being held for that.
    place = workspace(auto_pause_lost_answers="0", auto_pause_lost_percent="0")
    sendgrid.faults.add("accept_then_reset")
    with serving(place):
        place.run("issue", "queue", "1.1", "--at", "now")
        workspaces.wait_until(lambda: place.states() == {"unresolved"})

    assert place.run("send", "show", "1")["deliveries"] == {"unknown": PEOPLE}
    resolved = place.run("send", "resolve", "1")

    assert (resolved["state"], resolved["unresolved"]) == ("sent", [])
    assert place.run("send", "show", "1")["accepted"] == PEOPLE


@pytest.mark.once
def test_a_person_resolves_what_nothing_tells(
    workspace: Callable[..., Workspace], sendgrid: Emulator
) -> None:
    """What neither events nor the log know of stays unknown until somebody decides."""
    # Every answer is lost here: this is not about the send being held for that.
    place = workspace(auto_pause_lost_answers="0", auto_pause_lost_percent="0")
    # A person says that it was accepted; it was not, as the mailbox would tell.
    sendgrid.waive("R15")
    sendgrid.faults.add("reject_500")
    with serving(place):
        place.run("issue", "queue", "1.1", "--at", "now")
        workspaces.wait_until(lambda: place.states() == {"unresolved"})
        place.run("send", "resolve", "1", "--accepted", "--yes")
        workspaces.wait_until(lambda: place.states() == {"sent"})

    assert len(sendgrid.mailbox) == 0
