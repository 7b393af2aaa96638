"""Whoever changes the rhythm while issues are queued is told which, and asked: keep or move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from newsletter.publishing.models import Publication
from newsletter.scheduling import slots
from newsletter.scheduling.booking import book_next_slot, give_back
from newsletter.scheduling.clock import tick
from newsletter.scheduling.models import Slot
from newsletter.scheduling.slot_changes import move_slot, name_slot, plan_issue, skip_slot
from newsletter.sending.models import Send
from newsletter.sending.planning.queue import queue
from tests import desks
from tests.publications import create_publication

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
MAX_DELAY = dt.timedelta(hours=6)


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    """It is Monday noon, and stays so."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def publication(db: None) -> Publication:
    """Every second Thursday at 09:07 in New York, from the 26th on."""
    made = create_publication(
        "Tideline Digest", postal_address="1 Quay Street", starts_on=dt.date(2026, 11, 26)
    )
    tick(NOW, late=MAX_DELAY)
    return made


@pytest.fixture
def chief(publication: Publication) -> Client:
    """Somebody who may change it."""
    client = Client()
    client.force_login(desks.member(""))
    return client


def save(client: Client, publication: Publication, **changed: Any) -> HttpResponse:
    """Save the form of a publication with some fields changed."""
    fields = model_to_dict(publication) | {"lists": [each.pk for each in publication.lists.all()]}
    data = {
        name: value
        for name, value in (fields | changed).items()
        if value is not None and value is not False
    }
    url = reverse("publications:edit", args=[publication.pk])
    answer: Any = client.post(url, data, follow=True)
    assert answer.status_code == 200
    return answer  # type: ignore[no-any-return]


def booked(publication: Publication, *numbers: int) -> list[Send]:
    """Book the next slots for issues of such numbers."""
    return [
        book_next_slot(desks.draft(publication, number), now=NOW, batch_size=10)[1]
        for number in numbers
    ]


def times(sends: list[Send]) -> list[str]:
    """Return when sends are due, in UTC, and that their slots agree; the clock has ticked."""
    tick(NOW, late=MAX_DELAY)
    for send in sends:
        send.refresh_from_db()
        if slot := Slot.objects.filter(send=send).first():
            assert (slot.at, slots.state_of(slot)) == (send.at, "filled")
    return [f"{send.at:%d %H:%M}" for send in sends]


def test_asked_before_anything_is_saved(publication: Publication, chief: Client) -> None:
    """Both issues are named with both times, and neither they nor the publication changed."""
    sends = booked(publication, 1, 2)

    page = save(chief, publication, time_zone="Asia/Tokyo").content.decode()

    assert "Keep or move what is queued?" in page
    for words in ("Tideline Digest Vol 1.1", "Thu 26 Nov 2026 09:07 EST", "26 Nov 2026 09:07 JST"):
        assert words in page
    assert "Vol 1.2" in page
    assert times(sends) == ["26 14:07", "10 14:07"]
    publication.refresh_from_db()
    assert publication.time_zone == "America/New_York"


@pytest.mark.parametrize(
    ("changed", "then"),
    [
        ({"time_zone": "Asia/Tokyo"}, ["26 00:07", "10 00:07"]),
        ({"time": "11:00"}, ["26 16:00", "10 16:00"]),
        ({"starts_on": "2026-11-27", "weekday": 4}, ["27 14:07", "11 14:07"]),
        ({"starts_on": "2026-11-25", "weekday": 2}, ["09 14:07", "23 14:07"]),
        ({"every_weeks": 1}, ["26 14:07", "10 14:07"]),
        ({"every_weeks": 4}, ["26 14:07", "24 14:07"]),
    ],
)
def test_moved(
    publication: Publication, chief: Client, changed: dict[str, Any], then: list[str]
) -> None:
    """Moved, they go out by the new rhythm, in their order, and the clock leaves them there."""
    sends = booked(publication, 1, 2)

    save(chief, publication, queued="move", **changed)

    assert times(sends) == then
    assert Slot.objects.filter(send__in=sends).count() == 2
    assert not Slot.objects.filter(state=Slot.State.HELD).exists()


@pytest.mark.parametrize(
    "changed",
    [{"time_zone": "Asia/Tokyo"}, {"starts_on": "2026-11-27", "weekday": 4}],
)
def test_kept(publication: Publication, chief: Client, changed: dict[str, Any]) -> None:
    """Kept, they go out when they would have, and the answer names them."""
    sends = booked(publication, 1, 2)

    page = save(chief, publication, queued="keep", **changed).content.decode()

    assert "These keep their time: Tideline Digest Vol 1.1, Tideline Digest Vol 1.2." in page
    assert times(sends) == ["26 14:07", "10 14:07"]


def test_kept_and_taken_back(publication: Publication, chief: Client) -> None:
    """A slot that was kept follows the new rhythm once its issue is taken back."""
    (send,) = booked(publication, 1)
    save(chief, publication, queued="keep", time="11:00")
    give_back(send)

    tick(NOW, late=MAX_DELAY)

    assert [f"{slot.at:%d %H:%M}" for slot in Slot.objects.all()] == ["26 16:00"]


def test_queued_for_a_time(publication: Publication, chief: Client) -> None:
    """What was queued for a time keeps it on the clock on the wall, unless it is told to stay."""
    at = dt.datetime(2026, 11, 25, 14, tzinfo=dt.UTC)
    send = queue(desks.draft(publication), at=at, batch_size=10)
    assert b"Keep or move" not in save(chief, publication, time="11:00").content
    save(chief, publication, time="11:00", queued="keep")
    publication.refresh_from_db()

    assert b"Keep or move" in save(chief, publication, time_zone="Europe/London").content
    save(chief, publication, time_zone="Europe/London", queued="move")

    assert times([send]) == ["25 09:00"]


def test_slot_that_was_moved_by_hand(publication: Publication, chief: Client) -> None:
    """A slot that a person moved stays on its day when the rhythm changes."""
    (send,) = booked(publication, 1)
    slot = Slot.objects.get(send=send)
    move_slot(slot, dt.datetime(2026, 11, 28, 15, tzinfo=dt.UTC), NOW)

    assert b"Keep or move" not in save(chief, publication, every_weeks=1).content
    save(chief, publication, every_weeks=1, queued="keep")
    publication.refresh_from_db()
    save(chief, publication, time_zone="Europe/London", queued="move")

    assert times([send]) == ["28 10:00"]


def test_time_that_has_passed(publication: Publication, chief: Client) -> None:
    """Nothing moves into the past: a slot goes to the next date to come."""
    (send,) = booked(publication, 1)

    save(chief, publication, starts_on="2026-11-09", weekday=0, time="06:00", queued="move")

    assert times([send]) == ["07 11:00"]


def test_skipped_dates_stay_free(publication: Publication, chief: Client) -> None:
    """A date that is skipped is not filled by moving."""
    (send,) = booked(publication, 1)
    skip_slot(slots.find_slot(publication, dt.date(2026, 12, 10)))

    save(chief, publication, starts_on="2026-12-10", queued="move")

    assert times([send]) == ["24 14:07"]
    assert Slot.objects.get(date=dt.date(2026, 12, 10)).state == Slot.State.SKIPPED


def test_nothing_is_asked_without_need(publication: Publication, chief: Client) -> None:
    """Other changes are saved at once, also while issues are queued."""
    booked(publication, 1)

    assert b"Change the rhythm?" not in save(chief, publication, name="Another name").content

    publication.refresh_from_db()
    assert publication.name == "Another name"
    assert publication.rhythm_version == 0


def test_the_next_ten_dates(publication: Publication, chief: Client) -> None:
    """They are shown before anything is saved, with what a person skipped and moved."""
    skip_slot(slots.find_slot(publication, dt.date(2026, 12, 10)), "Trade fair")
    moved = slots.find_slot(publication, dt.date(2026, 12, 24))
    move_slot(moved, dt.datetime(2026, 12, 22, 14, tzinfo=dt.UTC), NOW)

    page = save(chief, publication, every_weeks=1, holiday_regions=["US"], quiet_policy="after")
    text = " ".join(page.content.decode().split())
    text = text.partition("desk-rhythm__dates")[2].partition("</table>")[0]

    assert text.count('<th scope="row">') == 10
    for words in (
        "Fri 27 Nov 2026 09:07 EST</th><td>instead of Thu 26 Nov 2026: Thanksgiving Day",
        "Thu 10 Dec 2026 09:07 EST</th><td>stays skipped: Trade fair",
        "Tue 22 Dec 2026 09:00 EST</th><td>stays where it was moved",
    ):
        assert words in text
    publication.refresh_from_db()
    assert (publication.every_weeks, publication.holiday_regions) == (2, [])


def test_the_answer_is_saved(publication: Publication, chief: Client) -> None:
    """With the answer the rhythm and the holidays are saved, and the change is counted."""
    wanted = {"every_weeks": 1, "holiday_regions": ["US", "JP"], "quiet_policy": "skip"}

    save(chief, publication, queued="keep", **wanted)

    publication.refresh_from_db()
    assert {name: getattr(publication, name) for name in wanted} == wanted
    assert (publication.rhythm_version, publication.rhythm_changed_at) == (1, NOW)
    assert Slot.objects.get(date=dt.date(2026, 11, 26)).state == Slot.State.SKIPPED


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("holiday_regions", ["XX"], "Select a valid choice. XX"),
        ("quiet_dates", "2026-12-24\nsoon", "Line 2 is not a date: soon."),
    ],
)
def test_holidays_that_are_none(
    publication: Publication, chief: Client, field: str, value: Any, words: str
) -> None:
    """What is no region and no date is refused, with the line and how to write it."""
    page = save(chief, publication, **{field: value}).content.decode()

    assert words in page
    publication.refresh_from_db()
    assert not getattr(publication, field)


def test_regions_to_choose_from(publication: Publication, chief: Client) -> None:
    """The form lists the regions by name, in the reader's language, with what is chosen on top."""
    Publication.objects.update(holiday_regions=["US-CA"])
    url = reverse("publications:edit", args=[publication.pk])

    page = chief.get(url).content.decode()
    japanese = chief.get(url, headers={"Accept-Language": "ja"}).content.decode()

    assert 'value="US-CA" checked> United States – California' in page
    assert "United States: in all of it" in page
    assert '<option value="JP">日本</option>' in japanese


def test_what_a_slot_is_kept_for_goes_along(publication: Publication, chief: Client) -> None:
    """Its issue, name, number and draft go with the send; those of the slot it takes go on."""
    first, second = (desks.draft(publication, number) for number in (1, 2))
    day, later = dt.date(2026, 11, 26), dt.date(2026, 12, 10)
    slot = slots.find_slot(publication, day)
    plan_issue(slot, first)
    name_slot(slot, "Winter special")
    Slot.objects.filter(pk=slot.pk).update(drafted_at=NOW)
    plan_issue(slots.find_slot(publication, later), second)
    send = book_next_slot(first, now=NOW, batch_size=10)[1]

    save(chief, publication, queued="move", starts_on="2026-12-10", every_weeks=4)

    assert times([send]) == ["10 14:07"]
    moved = Slot.objects.get(send=send)
    assert (moved.issue, moved.name, moved.drafted_at) == (first, "Winter special", NOW)
    assert Slot.objects.get(issue=second).date == dt.date(2027, 1, 7)
    assert list(Slot.objects.filter(name="Winter special")) == [moved]
