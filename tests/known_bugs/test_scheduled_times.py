"""When and what is sent: clocks that jump, machines that sleep, drafts that go on changing."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F, ProtectedError
from django.utils import timezone

from newsletter.conf.config import load, read_config
from newsletter.errors import InvalidTransition, NotApproved
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.cadence import Cadence
from newsletter.scheduling.clock import tick
from newsletter.scheduling.slot_changes import skip_slot
from newsletter.scheduling.slots import next_open
from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.models import Rate, Send
from newsletter.sending.operations import control
from newsletter.sending.planning import readiness
from newsletter.sending.planning.approvals import approve
from newsletter.sending.planning.queue import queue
from newsletter.sending.reporting.totals import count_send
from newsletter.transports.memory import MemoryTransport
from subscribers.models import List, Subscriber, Subscription
from tests.known_bugs.conftest import submit_mail
from tests.unit.sending.conftest import LEASE, MAX_DELAY, AddPeople, Configure

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
    shutil.copytree(load().email_templates[-1], tmp_path / "templates" / "email")
    (tmp_path / "config.toml").touch()
    config = read_config(tmp_path / "config.toml", {})
    monkeypatch.setattr("newsletter.publishing.checks.checking.load", lambda: config)
    publication.needs_approval = True
    publication.save()
    add_people(1)
    with pytest.raises(NotApproved):
        queue(issue, at=timezone.now(), batch_size=10)

    approved = approve(issue)
    queue(issue, at=timezone.now(), batch_size=10)
    issue.subject = "Something else"
    issue.save_revision()
    subject = tmp_path / "templates" / "email" / "digest" / "subject.txt"
    subject.write_text("Quite another thing")
    dispatch.start_due(timezone.now() + HOUR, late=MAX_DELAY)
    transport = MemoryTransport()
    submit_mail(transport)

    [(message, _)] = transport.submitted
    assert message.subject == approved.subject == "Reed beds"
    assert "Something else" not in message.html


def test_wagtail_newsletter_sends_what_was_not_saved(issue: Issue, add_people: AddPeople) -> None:
    """What was looked at and what is frozen are one: a save in between stops the queueing.

    wagtail-newsletter (`actions.py`): a save that failed is logged, and the content before it
    goes out.
    """
    add_people(1)
    report = readiness.require_ready(issue)
    issue.subject = "Saved meanwhile"
    issue.save_revision()

    with pytest.raises(InvalidTransition, match="was changed while it was being checked"):
        readiness.require_unchanged(report)


def test_ghost_list_is_changed_after_the_queueing(
    publication: Publication, issue: Issue, readers: List, add_people: AddPeople
) -> None:
    """A send goes to the lists it was queued for, whatever becomes of them; none can vanish.

    Ghost #30296: the newsletter of a scheduled post is archived, and the post goes elsewhere.
    """
    added = add_people(3)
    send = queue(issue, at=timezone.now(), batch_size=10)
    other = List.objects.create(name="Partners", slug="partners")
    stranger = Subscriber.objects.create(email="stranger@tideline.example")
    Subscription.objects.create(subscriber=stranger, list=other, state="active")
    publication.lists.set([other])
    with pytest.raises(ProtectedError):
        readers.delete()

    dispatch.start_due(timezone.now(), late=MAX_DELAY)
    transport = MemoryTransport()
    submit_mail(transport)

    assert set(transport.addresses()) == {person.email for person in added}
    assert count_send(send).deliveries == {"accepted": 3}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("hour", [dt.time(9), dt.time(2, 30)])
def test_mailchimp_daylight_saving_moves_the_hour(zone: str, hour: dt.time) -> None:
    """Through both changes of the clocks a slot keeps its local hour, and none is dropped.

    Mailchimp (its help says that what is scheduled in GMT drifts) and Mailtrain #1221.
    """
    cadence = Cadence(starts_on=dt.date(2026, 3, 1), weeks=1, time=hour, zone=ZoneInfo(zone))
    dates = [dt.date(2026, 3, 1) + week * 7 * DAY for week in range(40)]

    local = [cadence.time_on(date).astimezone(ZoneInfo(zone)) for date in dates]

    assert [at.date() for at in local] == dates
    odd = [at for at in local if at.time() != hour]
    # 02:30 on the night of the change: there is no such time, so an hour later.
    lost_hour = zone == "America/New_York" and hour == dt.time(2, 30)
    assert [(at.date(), at.time()) for at in odd] == (
        [(dt.date(2026, 3, 8), dt.time(3, 30))] if lost_hour else []
    )


def test_mailchimp_day_that_never_was() -> None:
    """A slot on a date that a zone left out is not lost, and the rhythm does not move by it.

    Mailchimp (its help says that what is scheduled in GMT drifts): Samoa had no 30 December 2011.
    """
    zone = ZoneInfo("Pacific/Apia")
    cadence = Cadence(starts_on=dt.date(2011, 12, 16), weeks=1, time=dt.time(9), zone=zone)
    begin = dt.datetime(2011, 12, 15, tzinfo=dt.UTC)

    dates = list(itertools.islice(cadence.dates(begin), 4))
    local = [cadence.time_on(date).astimezone(zone) for date in dates]

    assert dates == [dt.date(2011, 12, 16) + week * 7 * DAY for week in range(4)]
    assert [at.date() for at in local] == [
        *(dt.date(2011, 12, 16), dt.date(2011, 12, 23)),
        *(dt.date(2011, 12, 31), dt.date(2012, 1, 6)),
    ]
    assert {at.time() for at in local} == {dt.time(9)}


def test_mailchimp_skipped_slot_is_sent(publication: Publication, issue: Issue) -> None:
    """A slot that an editor skips is nobody's: what is queued for the next one gets the one after.

    Mailtrain #1221: what was planned for a day that was taken out goes out at once.
    """
    first = next_open(publication, timezone.now())
    skip_slot(first)

    slot, send = book_next_slot(issue, now=timezone.now(), batch_size=10)

    assert slot.date > first.date
    assert send.at == slot.at
    tick(first.at + HOUR, late=MAX_DELAY)
    send.refresh_from_db()
    assert send.state == Send.State.QUEUED


@pytest.mark.parametrize(
    ("asleep", "state", "words"),
    [
        pytest.param(HOUR, "sending", "", id="an-hour"),
        pytest.param(3 * DAY, "held", "It was due 72 hours ago", id="three-days"),
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

    tick(slot.at + asleep, late=MAX_DELAY)

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
    submit_mail(transport, rounds=1)

    assert count_send(send).deliveries == {"accepted": 20}
    assert len(set(transport.addresses())) == len(transport.addresses()) == 20
