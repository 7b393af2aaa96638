"""A send to a segment goes to those of its lists whom the filter finds; the account shows it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling import booking
from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.models import Batch, Send
from newsletter.sending.operations import control
from newsletter.sending.planning import audience, resend, starting
from newsletter.sending.planning.forecast import forecast_audience
from newsletter.sending.planning.queue import queue
from newsletter.sending.reporting.totals import count_send
from newsletter.transports.memory import MemoryTransport
from subscribers import suppressions
from subscribers.models import List, Segment, Subscriber, Subscription
from subscribers.segments import saved
from tests.unit.sending.conftest import LEASE, MAX_DELAY, AddPeople

pytestmark = pytest.mark.database


@pytest.fixture
def named_jun(db: None) -> Segment:
    """Those whose name is Jun."""
    return saved.create_segment("Jun", "name is Jun")


def rename(people: list[Subscriber]) -> None:
    """Call people Jun."""
    Subscriber.objects.filter(pk__in=[each.pk for each in people]).update(name="Jun")


def start_send(issue: Issue, segment: Segment, **options: object) -> Send:
    """Queue an issue for a segment, and count its audience."""
    now = timezone.now()
    send = queue(issue, at=now, batch_size=2, segment=segment)
    for name, value in options.items():
        setattr(send, name, value)
    send.save()
    dispatch.start_due(now, late=MAX_DELAY)
    send.refresh_from_db()
    return send


def submit_all(transport: MemoryTransport) -> None:
    """Submit everything that is planned."""
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)
    recovery.close_finished_sends()


def test_only_the_segment_is_mailed(
    issue: Issue, add_people: AddPeople, named_jun: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the list, those in the segment are candidates; each of them is planned or left out."""
    monkeypatch.setattr(audience, "CHUNK", 3)
    rename(add_people(9)[::2])
    rename(add_people(2, state="unsubscribed", start=100))
    suppressions.suppress("reader1@tideline.example")

    counted = count_send(start_send(issue, named_jun))

    counted.check()
    assert counted.candidates == 7
    assert counted.deliveries == {"planned": 4}
    assert counted.excluded == {"suppressed": 1, "unsubscribed": 2}


def test_forecast_is_what_is_planned(
    issue: Issue, publication: Publication, add_people: AddPeople, named_jun: Segment
) -> None:
    """What is shown before queueing is what the audience then is, by the same reasons."""
    rename(add_people(5))
    rename(add_people(1, state="pending", start=50))
    rename(add_people(2, state="unsubscribed", start=100))
    add_people(3, start=200)
    suppressions.suppress("reader1@tideline.example")

    shown = forecast_audience(issue, named_jun)
    everybody = forecast_audience(issue)
    counted = count_send(start_send(issue, named_jun))

    assert shown.exact
    assert {"planned": shown.planned} == counted.deliveries
    assert {str(reason): people for reason, people in shown.left_out} == counted.excluded
    assert (everybody.planned, everybody.left_out) == (7, shown.left_out)


def test_queued_send_keeps_its_filter(
    issue: Issue, add_people: AddPeople, named_jun: Segment
) -> None:
    """A segment that is changed after queueing changes nothing for the send, nor can it go."""
    rename(add_people(3)[:1])
    send = queue(issue, at=timezone.now(), batch_size=10, segment=named_jun)
    saved.change_segment(named_jun, name="All", source="suppressed is no")

    dispatch.start_due(timezone.now(), late=MAX_DELAY)

    assert count_send(send).deliveries == {"planned": 1}
    with pytest.raises(Exception, match="is used by"):
        saved.delete_segment(named_jun)


def test_send_waits_where_the_filter_cannot_be_read(
    issue: Issue, readers: List, add_people: AddPeople
) -> None:
    """A send whose filter asks about a list that is gone is held with the reason."""
    add_people(2)
    List.objects.create(name="Old", slug="old")
    segment = saved.create_segment("Old", "list is not old")
    queue(issue, at=timezone.now(), batch_size=10, segment=segment)
    List.objects.filter(slug="old").delete()

    dispatch.start_due(timezone.now(), late=MAX_DELAY)

    send = Send.objects.get()
    assert send.state == Send.State.HELD
    assert "old" in send.note
    assert not send.deliveries.exists()


def test_planning_goes_on_though_a_list_is_renamed_meanwhile(
    issue: Issue, add_people: AddPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An audience that is being counted is counted to its end, with the filter it began with."""
    add_people(4)
    old = List.objects.create(name="Old", slug="old")
    monkeypatch.setattr(audience, "CHUNK", 2)
    send = queue(
        issue,
        at=timezone.now(),
        batch_size=2,
        segment=saved.create_segment("Old", "list is not old"),
    )
    starting.begin_planning(send.pk, timezone.now(), late=MAX_DELAY)
    List.objects.filter(pk=old.pk).update(slug="new")

    audience.plan_audience(send.pk)

    assert count_send(send).deliveries == {"planned": 4}


def test_resend_stays_in_the_segment(
    issue: Issue, add_people: AddPeople, named_jun: Segment
) -> None:
    """A resend to newcomers mails those of them in the segment, and nobody else."""
    rename(add_people(2))
    first = start_send(issue, named_jun)
    submit_all(MemoryTransport())
    first.refresh_from_db()
    rename(add_people(3, start=100)[:1])

    again = resend.queue_resend(first, newcomers=True)
    dispatch.start_due(timezone.now() + dt.timedelta(hours=1), late=MAX_DELAY)

    assert count_send(again).deliveries == {"planned": 1}
    assert count_send(again).excluded == {"already": 2}


def test_resend_asks_nobody_twice_whether_they_are_in_the_segment(
    issue: Issue, add_people: AddPeople, named_jun: Segment
) -> None:
    """Whom a send did not reach gets the resend, though the filter does not find them any more."""
    people = add_people(2)
    rename(people)
    first = start_send(issue, named_jun)
    Batch.objects.filter(send=first).update(state=Batch.State.REFUSED)
    Send.objects.filter(pk=first.pk).update(state=Send.State.SENT)
    Subscriber.objects.filter(pk=people[0].pk).update(name="Ann")

    again = resend.queue_resend(first)
    dispatch.start_due(timezone.now() + dt.timedelta(hours=1), late=MAX_DELAY)

    assert count_send(again).deliveries == {"planned": 2}


def test_seeds_go_first_though_they_are_in_no_segment(
    issue: Issue, publication: Publication, add_people: AddPeople, named_jun: Segment
) -> None:
    """Who is on the list of those who go first gets the issue with any segment."""
    rename(add_people(3))
    team = List.objects.create(name="Team", slug="team")
    editor = Subscriber.objects.create(email="editor@quay.example", key="editor@quay.example")
    Subscription.objects.create(subscriber=editor, list=team)
    publication.canary, publication.seeds = True, team
    publication.save()

    send = start_send(issue, named_jun)

    assert count_send(send).candidates == 4
    assert send.deliveries.get(subscriber=editor).batch.canary


def test_queueing_again_keeps_the_segment(
    issue: Issue, add_people: AddPeople, named_jun: Segment
) -> None:
    """A draft that is queued again with a change goes to the same segment."""
    add_people(1)
    at = timezone.now() + dt.timedelta(hours=2)
    send = queue(issue, at=at, batch_size=10, segment=named_jun)

    fresh = booking.queue_again(send, batch_size=10)

    assert (fresh.segment, fresh.segment_filter) == (named_jun, "name is Jun")


def test_canary_can_be_a_segment(
    issue: Issue, publication: Publication, add_people: AddPeople, named_jun: Segment
) -> None:
    """The readers in the canary's segment go first; nobody outside of the list is added by it."""
    rename(add_people(6)[:2])
    rename(add_people(1, state="unsubscribed", start=100))
    publication.canary, publication.seed_segment = True, named_jun
    publication.save()

    send = start_send(issue, saved.create_segment("All", "suppressed is no"))

    first = send.deliveries.filter(batch__canary=True).select_related("subscriber")
    assert {each.subscriber.name for each in first} >= {"Jun"}
    assert sum(each.subscriber.name == "Jun" for each in first) == 2
    assert count_send(send).candidates == 7
    control.cancel(send)


def test_segment_asks_for_mail_that_was_accepted(
    issue: Issue, add_people: AddPeople, named_jun: Segment
) -> None:
    """Who got an issue is found by it; mail that was refused or bounced is not taken for more."""
    rename(add_people(3))
    add_people(1, start=50)
    send = start_send(issue, named_jun)
    submit_all(MemoryTransport())
    send.deliveries.filter(address="reader1@tideline.example").update(outcome="bounced")
    send.deliveries.filter(address="reader2@tideline.example").update(outcome="refused")

    def count(source: str) -> int:
        return saved.count_segment(saved.create_segment(source, source))

    assert count("accepted at least 1") == 2
    assert count("accepted is 0") == 2
    assert count("delivered is 0") == 4
    assert count("bounced is yes") == 1
    assert count("bounced is no") == 3
