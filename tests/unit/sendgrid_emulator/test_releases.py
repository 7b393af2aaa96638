"""From acceptance to the recipient: waiting, stopping, dropping, delivering."""

from __future__ import annotations

import pytest

from sendgrid_emulator.state.batches import Status
from sendgrid_emulator.state.messages import Phase
from sendgrid_emulator.state.suppressions import UNSUBSCRIBES, Entry
from tests.unit.sendgrid_emulator.conftest import Trial

HOUR = 3600


def soon(trial: Trial, seconds: int = HOUR) -> int:
    """Return a time to send at."""
    return int(trial.now) + seconds


def test_mail_leaves_at_once(trial: Trial) -> None:
    """Without a time of its own, mail is processed at once and delivered a second later."""
    request = trial.accept("a@example.org", "b@example.org")

    trial.wait()
    assert (request.phase, trial.names()) == (Phase.RELEASED, ["processed"] * 2)
    trial.wait(1)
    assert trial.names()[2:] == ["delivered"] * 2


def test_mail_waits_for_its_time(trial: Trial) -> None:
    """Scheduled mail leaves at its time, to the second, however far time jumps."""
    at = soon(trial)
    request = trial.accept("a@example.org", send_at=at)

    trial.wait(HOUR - 5)
    assert (request.phase, trial.names()) == (Phase.QUEUED, [])
    trial.wait(5 * HOUR)
    assert [event["timestamp"] for event in trial.events] == [at, at + 1]


def test_a_time_gone_by_means_at_once(trial: Trial) -> None:
    """Mail scheduled for the past leaves on acceptance."""
    trial.accept("a@example.org", send_at=soon(trial, -100))

    trial.wait()
    assert trial.names() == ["processed"]


def test_a_cancelled_batch_is_discarded(trial: Trial) -> None:
    """Cancelled mail stays in the queue until its time, and is dropped then."""
    batch_id = trial.account.create_batch_id()
    request = trial.accept("a@example.org", batch_id=batch_id, send_at=soon(trial))
    trial.account.set_batch_status(batch_id, Status.CANCEL)

    assert request.phase is Phase.QUEUED
    trial.wait(HOUR)

    assert request.phase is Phase.CANCELLED
    assert [(e["event"], e["reason"]) for e in trial.events] == [("dropped", "Cancelled")]


def test_a_paused_batch_leaves_when_released(trial: Trial) -> None:
    """Paused mail stays beyond its time and leaves when the pause is removed."""
    batch_id = trial.account.create_batch_id()
    request = trial.accept("a@example.org", batch_id=batch_id, send_at=soon(trial))
    trial.account.set_batch_status(batch_id, Status.PAUSE)
    trial.wait(2 * HOUR)
    assert (request.phase, trial.names()) == (Phase.PAUSED, [])

    assert trial.account.clear_batch_status(batch_id)
    trial.wait(1)

    assert request.phase is Phase.RELEASED
    assert trial.names() == ["processed", "delivered"]


def test_removing_the_status_in_time_changes_nothing(trial: Trial) -> None:
    """A cancellation that is deleted before the time lets the mail go."""
    batch_id = trial.account.create_batch_id()
    request = trial.accept("a@example.org", batch_id=batch_id, send_at=soon(trial))
    trial.account.set_batch_status(batch_id, Status.CANCEL)
    trial.account.clear_batch_status(batch_id)

    trial.wait(HOUR)

    assert request.phase is Phase.RELEASED
    assert not trial.account.clear_batch_status(batch_id)


def test_paused_mail_expires(trial: Trial) -> None:
    """72 hours after its time, paused mail is discarded."""
    batch_id = trial.account.create_batch_id()
    request = trial.accept("a@example.org", batch_id=batch_id, send_at=soon(trial))
    trial.account.set_batch_status(batch_id, Status.PAUSE)

    trial.wait(73 * HOUR - 1)
    assert request.phase is Phase.PAUSED
    trial.wait(1)

    assert request.phase is Phase.EXPIRED
    assert [event["reason"] for event in trial.events] == ["Expired"]


@pytest.mark.parametrize(("voids", "phase"), [(True, Phase.CANCELLED), (False, Phase.PAUSED)])
def test_cancelling_what_is_held_is_an_open_question(
    trial: Trial, voids: bool, phase: Phase
) -> None:
    """A7: turning a pause into a cancellation after the time discards the mail, or does not."""
    trial.account.batches.undocumented.cancels_paused = voids
    batch_id = trial.account.create_batch_id()
    request = trial.accept("a@example.org", batch_id=batch_id, send_at=soon(trial))
    trial.account.set_batch_status(batch_id, Status.PAUSE)
    trial.wait(2 * HOUR)

    trial.account.set_batch_status(batch_id, Status.CANCEL)

    assert request.phase is phase


@pytest.mark.parametrize(("catches", "phase"), [(True, Phase.CANCELLED), (False, Phase.RELEASED)])
def test_a_status_may_catch_what_comes_later(trial: Trial, catches: bool, phase: Phase) -> None:
    """A2: a cancellation also stops mail that is posted after it, or does not."""
    trial.account.batches.undocumented.catches_later = catches
    batch_id = trial.account.create_batch_id()
    trial.account.set_batch_status(batch_id, Status.CANCEL)
    trial.wait(60)

    request = trial.accept("a@example.org", batch_id=batch_id, send_at=soon(trial))
    trial.wait(HOUR)

    assert request.phase is phase


@pytest.mark.parametrize(("catches", "phase"), [(True, Phase.CANCELLED), (False, Phase.RELEASED)])
def test_a_status_may_catch_what_comes_too_late(trial: Trial, catches: bool, phase: Phase) -> None:
    """A3: a cancellation stops mail whose time is past on arrival, or does not."""
    trial.account.batches.undocumented.catches_past = catches
    batch_id = trial.account.create_batch_id()
    trial.account.set_batch_status(batch_id, Status.CANCEL)
    trial.wait(HOUR)

    request = trial.accept("a@example.org", batch_id=batch_id, send_at=soon(trial, -60))
    trial.wait()

    assert request.phase is phase


@pytest.mark.parametrize(("odds", "phase"), [(1.0, Phase.CANCELLED), (0.0, Phase.RELEASED)])
def test_a_late_status_is_not_certain(trial: Trial, odds: float, phase: Phase) -> None:
    """In the last ten minutes a cancellation is honoured by chance; the chance is a setting."""
    trial.account.batches.undocumented.late_odds = odds
    batch_id = trial.account.create_batch_id()
    request = trial.accept("a@example.org", batch_id=batch_id, send_at=soon(trial))
    trial.wait(HOUR - 300)
    trial.account.set_batch_status(batch_id, Status.CANCEL)

    trial.wait(300)

    assert request.phase is phase


def test_suppressed_people_are_dropped(trial: Trial) -> None:
    """Who is on a suppression list gets nothing; the others get their mail."""
    trial.account.suppress(UNSUBSCRIBES, Entry("GONE@example.org", 1))
    request = trial.accept("a@example.org", "gone@example.org")

    trial.wait(1)

    assert request.dropped == {1: "Unsubscribed Address"}
    happened = {(event["email"], event["event"]) for event in trial.events}
    assert happened == {
        ("a@example.org", "processed"),
        ("a@example.org", "delivered"),
        ("gone@example.org", "dropped"),
    }


@pytest.mark.parametrize(("rechecks", "dropped"), [(True, 1), (False, 0)])
def test_suppressions_may_be_looked_at_again(trial: Trial, rechecks: bool, dropped: int) -> None:
    """A4: who is suppressed while the mail waits is dropped at release, or is not."""
    trial.account.batches.undocumented.rechecks_suppressions = rechecks
    request = trial.accept("a@example.org", send_at=soon(trial))
    trial.account.suppress(UNSUBSCRIBES, Entry("a@example.org", 1))

    trial.wait(HOUR)

    assert len(request.dropped) == dropped


@pytest.mark.parametrize("at_release", [True, False])
def test_processed_may_come_at_acceptance(trial: Trial, at_release: bool) -> None:
    """A5: the processed event is posted at release, or at acceptance; never twice."""
    trial.account.batches.undocumented.processed_at_release = at_release
    trial.accept("a@example.org", send_at=soon(trial))

    assert trial.names() == ([] if at_release else ["processed"])
    trial.wait(HOUR + 1)

    assert sorted(trial.names()) == ["delivered", "processed"]


def test_bounces_and_complaints_suppress(trial: Trial) -> None:
    """Whoever bounced, complained or left is dropped the next time; who was blocked is not."""
    addresses = [f"{name}+1@example.org" for name in ("bounce", "block", "spam", "unsubscribe")]
    trial.accept(*addresses)
    trial.wait(10)

    again = trial.accept(*addresses)
    trial.wait(10)

    assert again.dropped == {
        0: "Bounced Address",
        2: "Spam Reporting Address",
        3: "Unsubscribed Address",
    }


def test_reset_forgets_what_waits(trial: Trial) -> None:
    """After a reset nothing that was accepted before happens any more."""
    trial.accept("a@example.org", send_at=soon(trial))
    trial.account.reset()

    trial.wait(2 * HOUR)

    assert trial.names() == []
    assert len(trial.account.mailbox) == 0
