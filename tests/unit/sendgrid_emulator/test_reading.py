"""Opens and clicks: only where the request has them tracked, and never of a link that is marked."""

from __future__ import annotations

import pytest

from sendgrid_emulator.state.messages import Message
from tests.unit.sendgrid_emulator.conftest import Trial
from tests.unit.sendgrid_emulator.samples import TRACKED, UNTRACKED

STORY = "https://tideline.example/reed?a=1&b=2"
HTML = (
    '<a clicktracking="off" href="https://news.example.org/u/NLq7x02">Leave</a>'
    "<a href=\"https://tideline.example/reed?a=1&amp;b=2\">Story</a><a href='mailto:a@b.eu'>Us</a>"
)
CONTENT = [{"type": "text/plain", "value": "NLq7x02"}, {"type": "text/html", "value": HTML}]


def heard(trial: Trial) -> list[str]:
    """Return the names of the events of readers so far."""
    return [each["event"] for each in trial.events if each["event"] in ("open", "click")]


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        (TRACKED, ["open", "click"]),
        (TRACKED | {"click_tracking": {"enable": False}}, ["open"]),
        (UNTRACKED, []),
    ],
)
def test_only_what_is_tracked_is_heard_of(
    trial: Trial, settings: dict[str, object], names: list[str]
) -> None:
    """An address that opens and clicks does so unseen where it is not tracked."""
    trial.accept("click@example.org", tracking_settings=settings)
    trial.wait(10)

    assert heard(trial) == names


def test_a_click_is_on_a_link_that_is_tracked(trial: Trial) -> None:
    """The first one that is not marked; a mailto link is none."""
    trial.accept("click@example.org", content=CONTENT)
    trial.wait(10)

    [click] = [each for each in trial.events if each["event"] == "click"]
    assert click["url"] == STORY


def test_somebody_reads_a_mail_by_hand(trial: Trial) -> None:
    """Each act is an event of its own; of what is not tracked nobody hears."""
    trial.accept("a@example.org", content=CONTENT)
    trial.accept("b@example.org", tracking_settings=UNTRACKED)
    trial.wait(10)
    mail, untracked = trial.account.mailbox

    assert trial.account.read_mail(mail, "open")
    assert trial.account.read_mail(mail, "machineopen")
    trial.wait(1)
    assert trial.account.read_mail(mail, "click", STORY)
    assert not trial.account.read_mail(mail, "click", "https://news.example.org/u/token000000x")
    assert not trial.account.read_mail(mail, "bounce")
    assert not trial.account.read_mail(untracked, "open")

    assert heard(trial) == ["open", "open", "click"]
    assert len({each["sg_event_id"] for each in trial.events}) == len(trial.events)


def test_nobody_reads_a_mail_that_waits(trial: Trial) -> None:
    """It has not left yet."""
    trial.accept("a@example.org", send_at=int(trial.account.clock.now()) + 600)
    [mail] = trial.account.mailbox

    assert isinstance(mail, Message)
    assert not trial.account.read_mail(mail, "open")
