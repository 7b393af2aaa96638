"""What became of a mail, in a word."""

from __future__ import annotations

import pytest

from sendgrid_emulator.events.outcomes import Tone, outcome_of
from sendgrid_emulator.state.batches import Status
from tests.unit.sendgrid_emulator.conftest import Trial


@pytest.mark.parametrize(
    ("address", "word", "tone"),
    [
        ("a@example.org", "delivered", Tone.GOOD),
        ("bounce@example.org", "bounced", Tone.BAD),
        ("block@example.org", "blocked", Tone.BAD),
        ("invalid@example.org", "dropped", Tone.BAD),
        ("click@example.org", "clicked", Tone.GOOD),
        ("machineopen@example.org", "opened", Tone.GOOD),
        ("spam@example.org", "reported as spam", Tone.BAD),
        ("unsubscribe@example.org", "unsubscribed", Tone.WARNING),
    ],
)
def test_the_last_event_counts(trial: Trial, address: str, word: str, tone: Tone) -> None:
    """A mail is described by the last thing that happened to it."""
    trial.accept(address)
    trial.wait(30)
    [message] = trial.account.mailbox

    found = outcome_of(message, trial.now)

    assert (found.word, found.tone) == (word, tone)


def test_a_mail_on_its_way(trial: Trial) -> None:
    """Before and during delivery a mail says where it stands."""
    trial.accept("defer@example.org", send_at=int(trial.now) + 60)
    [message] = trial.account.mailbox

    words = [outcome_of(message, trial.now).word]
    for seconds in (60, 1, 1):
        trial.wait(seconds)
        words.append(outcome_of(message, trial.now).word)

    assert words[0] == "scheduled"
    assert words[-2:] == ["deferred", "delivered"]


@pytest.mark.parametrize(
    ("status", "hours", "word"),
    [(Status.CANCEL, 2, "cancelled"), (Status.PAUSE, 2, "paused"), (Status.PAUSE, 99, "expired")],
)
def test_stopped_mail_says_so(trial: Trial, status: Status, hours: int, word: str) -> None:
    """Cancelled, paused and expired mail is told apart."""
    batch_id = trial.account.create_batch_id()
    trial.account.set_batch_status(batch_id, status)
    trial.accept("a@example.org", batch_id=batch_id, send_at=int(trial.now) + 3600)
    trial.wait(hours * 3600)
    [message] = trial.account.mailbox

    assert outcome_of(message, trial.now).word == word
