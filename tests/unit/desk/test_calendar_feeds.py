"""Calendar programs read the slots at a secret address, until it is renewed or taken back."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from icalendar import Calendar, Event

from newsletter.publishing.models import Publication
from newsletter.runtime.log_lines import OneLineFilter
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.calendar_feeds import find_feed, renew_feed, secret_of
from newsletter.scheduling.models import CalendarFeed
from newsletter.scheduling.rescheduling import note_change
from newsletter.scheduling.slot_changes import move_slot, reopen, skip_slot
from newsletter.scheduling.slots import apply_rhythm, find_slot, rhythm_of
from tests import desks
from tests.publications import create_publication
from tests.unit.desk.conftest import LogIn

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
FIRST, SECOND = dt.date(2026, 11, 26), dt.date(2026, 12, 10)
FEEDS = "/admin/calendar/feeds/"


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    """It is Monday noon, and stays so."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def publication(db: None) -> Publication:
    """Every second Thursday at 09:07 in New York, from the 26th on."""
    return create_publication("Tideline Digest", postal_address="1 Quay Street", starts_on=FIRST)


def address(publication: Publication) -> str:
    """Return the path of a new address of a publication."""
    return f"/calendar/{secret_of(renew_feed(publication=publication))}.ics"


def events(path: str) -> dict[str, Event]:
    """Return what a calendar program finds, by its UID."""
    answer = Client().get(path)
    assert answer.status_code == 200
    read = Calendar.from_ical(answer.content)
    return {str(event["UID"]): event for event in read.walk("VEVENT")}


def first_of(path: str) -> Event:
    """Return the first slot."""
    return next(event for uid, event in events(path).items() if "2026-11-26" in uid)


def test_a_year_of_slots(publication: Publication) -> None:
    """Each slot of a year is an event at its time in its zone, with a UID of its own."""
    found = events(address(publication))

    assert len(found) == 26
    first = found[f"slot-{publication.pk}-2026-11-26@127.0.0.1"]
    assert first.decoded("DTSTART") == dt.datetime(2026, 11, 26, 14, 7, tzinfo=dt.UTC)
    assert first["DTSTART"].to_ical() == b"20261126T090700"
    assert first["DTSTART"].params["TZID"] == "America/New_York"
    assert (first["SUMMARY"], first["STATUS"]) == ("Tideline Digest – open", "CONFIRMED")


def test_programs_are_told_of_each_change(publication: Publication) -> None:
    """Moved, a slot keeps its UID and counts its sequence up; skipped, it is cancelled."""
    path, slot = address(publication), find_slot(publication, FIRST)
    seen = [first_of(path)]
    for change in (
        lambda: move_slot(slot, NOW + dt.timedelta(days=2), NOW),
        lambda: skip_slot(slot, "Anna is ill"),
        lambda: reopen(slot, NOW),
    ):
        change()
        slot.refresh_from_db()
        seen.append(first_of(path))

    assert [event["SEQUENCE"] for event in seen] == [0, 1, 2, 3]
    assert [str(event["STATUS"]) for event in seen] == [
        *("CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"),
    ]
    assert seen[1].decoded("DTSTART") == NOW + dt.timedelta(days=2)
    assert len({str(event["UID"]) for event in seen}) == 1


def test_a_changed_rhythm_counts_too(publication: Publication) -> None:
    """After a change of the rhythm every slot has a higher sequence than before."""
    path = address(publication)
    before = first_of(path)["SEQUENCE"]
    note_change(publication, NOW)
    publication.time = dt.time(11)
    publication.save()

    after = first_of(path)

    assert after["SEQUENCE"] > before
    assert after.decoded("DTSTART").hour == 11


def test_the_zone_goes_along(publication: Publication) -> None:
    """The feed says when the clocks of its zone change, for each date that is in it."""
    calendar = Calendar.from_ical(Client().get(address(publication)).content)

    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "America/New_York"
    changes = {str(each["TZOFFSETTO"].to_ical()) for each in zone.subcomponents}
    assert changes == {"-0400", "-0500"}


def test_a_dropped_date_is_cancelled(publication: Publication) -> None:
    """A date that the rhythm has no more is cancelled under its UID until it has passed."""
    path = address(publication)
    before = events(path)
    publication.weekday, publication.starts_on = 4, dt.date(2026, 11, 27)
    note_change(publication, NOW)
    publication.save()
    apply_rhythm(publication, rhythm_of(publication), NOW)

    after = events(path)

    assert set(before) < set(after)
    assert {str(after[uid]["STATUS"]) for uid in before} == {"CANCELLED"}
    assert {str(after[uid]["STATUS"]) for uid in set(after) - set(before)} == {"CONFIRMED"}
    uid = next(uid for uid in before if "2026-11-26" in uid)
    assert after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"]
    assert after[uid].decoded("DTSTART") == before[uid].decoded("DTSTART")


def test_a_date_that_is_back_is_not_cancelled(publication: Publication) -> None:
    """A rhythm that is changed back leaves every date confirmed."""
    path = address(publication)
    before = events(path)
    for weekday, first in ((4, dt.date(2026, 11, 27)), (3, FIRST)):
        publication.weekday, publication.starts_on = weekday, first
        note_change(publication, NOW)
        publication.save()

    after = events(path)

    assert {str(after[uid]["STATUS"]) for uid in before} == {"CONFIRMED"}
    assert {str(after[uid]["STATUS"]) for uid in set(after) - set(before)} == {"CANCELLED"}


def test_nobody_is_named(publication: Publication) -> None:
    """No reason, no address and no number of readers is in a feed; the issue is."""
    book_next_slot(desks.draft(publication), now=NOW, batch_size=10)
    skip_slot(find_slot(publication, SECOND), "Anna is ill")

    text = Client().get(address(publication)).text

    assert "Tideline Digest Vol 1.1 – filled" in text
    assert "Anna" not in text
    assert "mailto" not in text.lower()
    assert "ATTENDEE" not in text


def test_headers(publication: Publication) -> None:
    """Nobody in between keeps it, no search engine lists it, and unchanged it is sent once."""
    path = address(publication)

    first = Client().get(path)
    again = Client().get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, max-age=300"
    assert first.headers["X-Robots-Tag"] == "noindex"
    assert (again.status_code, again.content) == (304, b"")
    assert Client().post(path).status_code == 405


def test_renewed_and_taken_back(publication: Publication, log_in: LogIn) -> None:
    """An address is made, renewed and taken back on its page; an old one is dead at once."""
    client = log_in("Senders")
    paths = []
    for _ in range(2):
        client.post(FEEDS, {"do": "renew", "publication": publication.slug})
        feed = CalendarFeed.objects.get()
        paths.append(f"/calendar/{secret_of(feed)}.ics")
        assert paths[-1] in client.get(FEEDS).text
        assert "no-store" in client.get(FEEDS).headers["Cache-Control"]

    assert [Client().get(path).status_code for path in paths] == [404, 200]
    client.post(FEEDS, {"do": "revoke", "publication": publication.slug})
    assert Client().get(paths[1]).status_code == 404


def test_an_address_of_a_person(publication: Publication, log_in: LogIn) -> None:
    """It has all publications, and is dead when the person may not log in any more."""
    create_publication("Harbour Notes", starts_on=FIRST, postal_address="1 Quay Street")
    log_in("Writers").post(FEEDS, {"do": "renew"})
    path = f"/calendar/{secret_of(CalendarFeed.objects.get())}.ics"

    assert len(events(path)) == 52
    User.objects.update(is_active=False)
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("role", ["Writers", "Approvers"])
def test_addresses_of_publications(publication: Publication, log_in: LogIn, role: str) -> None:
    """Who only looks has an address of their own, and makes none for others."""
    client = log_in(role)

    client.post(FEEDS, {"do": "renew", "publication": publication.slug})

    assert not CalendarFeed.objects.exists()
    assert publication.name not in client.get(FEEDS).text.split("<main")[1]


@pytest.mark.parametrize("odd", ["x", "x.y", "{key}", "{key}.{key}", "{secret}x"])
def test_a_secret_that_is_none(publication: Publication, odd: str) -> None:
    """The key without its signature opens nothing."""
    feed = renew_feed(publication=publication)
    secret = odd.format(key=feed.key, secret=secret_of(feed))

    assert find_feed(secret) is None
    assert Client().get(f"/calendar/{secret}.ics").status_code == 404


def test_no_log_has_a_secret(publication: Publication, caplog: pytest.LogCaptureFixture) -> None:
    """Neither an answer nor a refusal writes the address into the log."""
    path = address(publication)
    with caplog.at_level(logging.DEBUG):
        Client().get(path)
        CalendarFeed.objects.all().delete()
        Client().get(path)
        Client().post(path)

    assert [record for record in caplog.records if record.name == "django.request"]
    secret = urlsplit(path).path.removeprefix("/calendar/").removesuffix(".ics")
    lines = OneLineFilter()
    for record in caplog.records:
        assert lines.filter(record)
        assert secret not in record.getMessage() or record.name.startswith("django.db")


def test_in_the_language_of_the_reader(publication: Publication) -> None:
    """A Japanese publication has a Japanese feed."""
    Publication.objects.update(language="ja")

    assert first_of(address(publication))["SUMMARY"] == "Tideline Digest – 空き"
