"""When and what is sent: clocks that jump, machines that sleep, drafts that go on changing."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.utils import timezone

from newsletter.config import load, read
from newsletter.errors import NotApproved, WrongStep
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.cadence import Cadence
from newsletter.scheduling.clock import tick
from newsletter.sending import claims, control, dispatch, readiness
from newsletter.sending.accounts import account
from newsletter.sending.approvals import approve
from newsletter.sending.models import Rate, Send
from newsletter.sending.queue import queue
from newsletter.transports.memory import MemoryTransport
from tests.peers.conftest import hand_over
from tests.unit.sending.conftest import LATE, LEASE, AddPeople, Configure

Start = Callable[..., Send]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def test_ghost_sends_what_was_edited_after_approval(
    issue: Issue,
    publication: Publication,
    add_people: AddPeople,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever is edited after the approval, draft or template, what was approved is what leaves.

    Ghost #30296.
    """
    shutil.copytree(load().email_templates, tmp_path / "templates" / "email")
    (tmp_path / "config.toml").touch()
    config = read(tmp_path / "config.toml", {})
    monkeypatch.setattr("newsletter.publishing.checking.load", lambda: config)
    publication.needs_approval = True
    publication.save()
    add_people(1)
    send = queue(issue, at=timezone.now(), batch_size=10)
    dispatch.start_due(timezone.now(), late=LATE)
    send.refresh_from_db()
    assert (send.state, send.note.startswith("Nothing was approved")) == ("held", True)
    with pytest.raises(NotApproved):
        control.resume(send)

    approved = approve(issue)
    issue.subject = "Something else"
    issue.save_revision()
    subject = tmp_path / "templates" / "email" / "digest" / "subject.txt"
    subject.write_text("Quite another thing")
    control.resume(send)
    dispatch.start_due(timezone.now() + HOUR, late=LATE)
    transport = MemoryTransport()
    hand_over(transport)

    [(letter, _)] = transport.handed_over
    assert letter.subject == approved.subject == "Reed beds"
    assert "Something else" not in letter.html


def test_wagtail_newsletter_sends_what_was_not_saved(issue: Issue, add_people: AddPeople) -> None:
    """What was looked at and what is frozen are one: a save in between stops the queueing.

    wagtail-newsletter (`actions.py`): a save that failed is logged, and the content before it
    goes out.
    """
    add_people(1)
    report = readiness.ready(issue)
    issue.subject = "Saved meanwhile"
    issue.save_revision()

    with pytest.raises(WrongStep, match="was changed while it was looked at"):
        readiness.must_be_unchanged(report)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("hour", [dt.time(9), dt.time(2, 30)])
def test_mailchimp_daylight_saving_moves_the_hour(zone: str, hour: dt.time) -> None:
    """Through both changes of the clocks a slot keeps its local hour, and none is dropped.

    Mailchimp (its help says that what is scheduled in GMT drifts) and Mailtrain #1221.
    """
    cadence = Cadence(starts_on=dt.date(2026, 3, 1), weeks=1, time=hour, zone=ZoneInfo(zone))
    dates = [dt.date(2026, 3, 1) + week * 7 * DAY for week in range(40)]

    local = [cadence.moment(date).astimezone(ZoneInfo(zone)) for date in dates]

    assert [at.date() for at in local] == dates
    odd = [at for at in local if at.time() != hour]
    # 02:30 on the night of the change: there is no such time, so an hour later.
    lost_hour = zone == "America/New_York" and hour == dt.time(2, 30)
    assert [(at.date(), at.time()) for at in odd] == (
        [(dt.date(2026, 3, 8), dt.time(3, 30))] if lost_hour else []
    )


@pytest.mark.parametrize(
    ("asleep", "state", "words"),
    [
        pytest.param(HOUR, "sending", "", id="an-hour"),
        pytest.param(3 * DAY, "held", "Its moment passed 72 hours ago", id="three-days"),
    ],
)
def test_mailtrain_missed_send_vanishes(
    issue: Issue, add_people: AddPeople, asleep: dt.timedelta, state: str, words: str
) -> None:
    """A machine that slept over a slot sends soon after; after days it holds the send and says so.

    Mailtrain (retention): a campaign that was missed by a day counts as finished, without a word.
    """
    add_people(1)
    slot, send = book_next_slot(issue, now=timezone.now(), batch_size=10)

    tick(slot.at + asleep, late=LATE)

    send.refresh_from_db()
    assert send.state == state
    assert send.note.startswith(words)
    if state == "held":
        control.resume(send)
        send.refresh_from_db()
        assert send.state == Send.State.QUEUED


def test_keila_clock_jumps_back_under_a_rate(
    start: Start, add_people: AddPeople, configure: Configure
) -> None:
    """Where the clock goes back an hour, a rate does not keep mail back for it, and loses nobody.

    Keila (ages of its tokens) and listmonk (windows of the wall clock).
    """
    configure(rates={"per_minute": 60})
    add_people(20)
    send, transport = start(batch_size=10), MemoryTransport()
    first = claims.next_batch()
    assert first
    dispatch.send_batch(first, transport, lease=LEASE)

    # For the limits it is the same whether the clock goes back or what they know goes ahead.
    Rate.objects.update(due=F("due") + 3600)
    hand_over(transport, rounds=1)

    assert account(send).deliveries == {"accepted": 20}
    assert len(set(transport.addresses())) == len(transport.addresses()) == 20
