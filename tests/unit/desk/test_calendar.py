"""The calendar shows each slot with what is in it and what is missing, and changes it by hand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletter.publishing.checks.known_checks import note_checked
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.clock import tick
from newsletter.scheduling.models import Slot
from newsletter.scheduling.slot_changes import move_slot, name_slot, plan_issue, skip_slot
from newsletter.scheduling.slots import find_slot
from newsletter.sending.models import Send
from tests import desks
from tests.publications import create_publication
from tests.unit.desk.conftest import LogIn

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
FIRST, SECOND = dt.date(2026, 11, 26), dt.date(2026, 12, 10)
CALENDAR = "/admin/calendar/"


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    """It is Monday noon, and stays so."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def publication(db: None) -> Publication:
    """Every second Thursday at 09:07 in New York, from the 26th on, which is Thanksgiving."""
    return create_publication("Tideline Digest", postal_address="1 Quay Street", starts_on=FIRST)


@pytest.fixture
def chief(log_in: LogIn) -> Client:
    """Somebody who may queue."""
    return log_in("Senders")


def slot_url(publication: Publication, date: dt.date = FIRST) -> str:
    """Return the page of a slot."""
    return reverse("desk_slot", args=[publication.slug, date.isoformat()])


def post(client: Client, publication: Publication, **data: str) -> Any:
    """Do something with the first slot."""
    return client.post(slot_url(publication), data, follow=True)


def row(date: dt.date = FIRST) -> Slot:
    """Return the slot of a date as it is stored."""
    return Slot.objects.get(date=date)


def test_month(publication: Publication, chief: Client) -> None:
    """A month shows its slots, with state, issue, holiday and what is missing in words."""
    publication.holiday_regions = ["US"]
    publication.needs_approval = True
    publication.save()
    issue = desks.draft(publication)
    plan_issue(find_slot(publication, FIRST), issue)
    note_checked(Issue.objects.get(pk=issue.pk), 2)

    page = chief.get(CALENDAR).text

    assert "November 2026" in page
    assert "Thanksgiving Day" in page
    assert "Tideline Digest Vol 1.1" in page
    assert "the check found 2 errors · not approved · not queued" in page
    assert "Thu 26 Nov 2026 09:07 EST" in page


def test_states_in_words(publication: Publication, chief: Client) -> None:
    """What was moved, skipped, named and filled is said in words."""
    book_next_slot(desks.draft(publication), now=NOW, batch_size=10)
    skip_slot(find_slot(publication, SECOND), "Trade fair")
    third = find_slot(publication, dt.date(2026, 12, 24))
    move_slot(third, dt.datetime(2026, 12, 22, 14, tzinfo=dt.UTC), NOW)
    name_slot(third, "Year in review")

    page = chief.get(CALENDAR, {"view": "list"}).text

    for words in ("filled", "skipped", "Trade fair", "moved from Thu 24 Dec 2026"):
        assert words in page
    assert "Year in review" in page
    assert "Thu 11 Nov 2027" in page


def test_skipped_by_the_rule_says_why(publication: Publication, chief: Client) -> None:
    """A slot that a holiday skips or puts off names the holiday."""
    Publication.objects.update(holiday_regions=["US"], quiet_policy="skip")
    assert "skipped for Thanksgiving Day" in chief.get(CALENDAR).text
    Publication.objects.update(quiet_policy="after")

    assert "put off from Thu 26 Nov 2026 (Thanksgiving Day)" in chief.get(CALENDAR).text


def test_months_before_and_after(publication: Publication, chief: Client) -> None:
    """Every month can be looked at; an address that is no month shows this one."""
    assert "January 2027" in chief.get(CALENDAR, {"month": "2027-01"}).text
    assert "October 2026" in chief.get(CALENDAR, {"month": "2026-10"}).text
    for odd in ("2026-13", "x", "99999-01"):
        assert "November 2026" in chief.get(CALENDAR, {"month": odd}).text


def test_one_publication_or_all(publication: Publication, chief: Client) -> None:
    """Several publications stand together, each in its zone, or one alone."""
    create_publication(
        "Harbour Notes", time_zone="Asia/Tokyo", starts_on=FIRST, postal_address="1 Quay Street"
    )

    everything = chief.get(CALENDAR).text
    one = chief.get(CALENDAR, {"publication": "harbour-notes", "view": "list"}).text

    assert "09:07 JST" in everything
    assert "09:07 EST" in everything
    assert "09:07 EST" not in one
    assert chief.get(CALENDAR, {"publication": "none"}).status_code == 404


@pytest.mark.parametrize("query", [{}, {"view": "list"}])
def test_statements(publication: Publication, chief: Client, query: dict[str, str]) -> None:
    """A page takes as many statements with four publications full of slots as with one."""

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert chief.get(CALENDAR, query).status_code == 200
        return len(asked)

    chief.get(CALENDAR, query)
    plan_issue(find_slot(publication, FIRST), desks.draft(publication, 50))
    few = count()
    for number in range(3):
        other = create_publication(
            f"Harbour {number}", starts_on=FIRST, postal_address="1 Quay Street", every_weeks=1
        )
        for week in range(6):
            day = FIRST + dt.timedelta(weeks=week)
            plan_issue(find_slot(other, day), desks.draft(other, week + 1, slug=f"{number}-{week}"))
    assert count() == few


@pytest.mark.parametrize("role", ["Writers", "Approvers"])
def test_who_only_looks(publication: Publication, log_in: LogIn, role: str) -> None:
    """Writers and approvers see the calendar, and can change nothing."""
    client = log_in(role)
    assert "Drag a slot" not in client.get(CALENDAR).text
    assert 'value="skip"' not in client.get(slot_url(publication)).text

    answer = client.post(slot_url(publication), {"do": "skip"})

    # Wagtail leads whoever lacks a right to the first page.
    assert answer.status_code == 302
    assert not Slot.objects.filter(state=Slot.State.SKIPPED).exists()


@pytest.mark.parametrize("role", ["Senders", "Admins"])
def test_who_changes(publication: Publication, log_in: LogIn, role: str) -> None:
    """Senders and admins can."""
    post(log_in(role), publication, do="skip", reason="Trade fair")

    assert (row().state, row().note) == ("skipped", "Trade fair")


def test_moved_by_typing(publication: Publication, chief: Client) -> None:
    """A typed time moves the slot, and the answer leads back to where one was."""
    back = f"{CALENDAR}?month=2026-12"

    answer = post(chief, publication, do="move", at="2026-11-27T08:00", next=back)

    assert answer.redirect_chain == [(back, 302)]
    assert "The slot of Thu 26 Nov 2026 is due Fri 27 Nov 2026 08:00 EST." in answer.text
    assert row().moved


def test_moved_onto_a_holiday(publication: Publication, chief: Client) -> None:
    """It is done, and said that the day is a holiday."""
    Publication.objects.update(holiday_regions=["US"])

    answer = post(chief, publication, do="move", at="2026-12-25T08:00")

    assert "That day is a holiday: Christmas Day." in answer.text.replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-20T08:00", "Fri 20 Nov 2026 08:00 EST has passed"),
        ("2026-12-10T11:00", "has another slot on that day, due Thu 10 Dec 2026 09:07 EST"),
        ("2027-03-14T02:30", "the clocks go forward, from 02:00 to 03:00"),
        ("", "Give a date and a time"),
        ("soon", "is not a time"),
        ("2026-12-01", "has no time of day"),
    ],
)
def test_refused_on_the_spot(publication: Publication, chief: Client, at: str, words: str) -> None:
    """What cannot be done is refused with the reason, and what was typed is still there."""
    answer = post(chief, publication, do="move", at=at)

    assert answer.status_code == 409
    assert words in answer.text
    assert f'value="{at}" aria-invalid="true"' in answer.text
    assert (row().moved, f"{row().at:%d %H:%M}") == (False, "26 14:07")


def test_refused_in_japanese(publication: Publication, chief: Client) -> None:
    """The reason is in the language of the reader."""
    answer = chief.post(
        slot_url(publication),
        {"do": "move", "at": "2026-12-10T11:00"},
        headers={"Accept-Language": "ja"},
    )

    assert "その日に別の配信枠" in answer.text
    assert "別の日を選ぶか" in answer.text


def test_time_that_comes_twice_is_explained(publication: Publication, chief: Client) -> None:
    """The answer says which of the two it is."""
    answer = post(chief, publication, do="move", at="2027-11-07T01:30")

    assert "01:30 comes twice on that day: this is the first, EDT." in answer.text


def test_put_back(publication: Publication, chief: Client) -> None:
    """A moved slot is put back where it was, and follows the rhythm again."""
    post(chief, publication, do="move", at="2026-11-27T08:00")
    assert "Back to its own time" in chief.get(slot_url(publication)).text

    post(chief, publication, do="put_back")

    assert (row().moved, f"{row().at:%d %H:%M}") == (False, "26 14:07")


def test_skipped_and_opened(publication: Publication, chief: Client) -> None:
    """A skipped slot can be opened again."""
    post(chief, publication, do="skip", reason="Trade fair")
    assert "Open again" in chief.get(slot_url(publication)).text

    answer = post(chief, publication, do="reopen")

    assert "The slot of Thu 26 Nov 2026 is open." in answer.text
    assert (row().state, row().note) == ("open", "")


def test_a_skipped_slot_is_not_dragged(publication: Publication, chief: Client) -> None:
    """An open slot can be dragged; a skipped one only gets a new date on its page."""
    skip_slot(find_slot(publication, SECOND), "Trade fair")

    page = chief.get(CALENDAR + "?month=2026-12").text

    chips = re.findall(r'<a class="desk-chip desk-chip--(\w+)"[^>]*draggable="(\w+)"', page)
    assert {("skipped", "false"), ("open", "true")} == set(chips)
    assert 'value="move"' in chief.get(slot_url(publication, SECOND)).text


def test_given_and_taken_out(publication: Publication, chief: Client) -> None:
    """A slot is given an issue, which may be taken out again."""
    issue = desks.draft(publication)
    post(chief, publication, do="give", issue=str(issue.pk))
    assert row().issue == issue
    assert "Take the issue out of the slot" in chief.get(slot_url(publication)).text

    post(chief, publication, do="take_out")

    assert row().issue is None


def test_taken_out_of_the_queue(publication: Publication, chief: Client) -> None:
    """An issue that is queued leaves the queue and the slot."""
    book_next_slot(desks.draft(publication), now=NOW, batch_size=10)

    answer = post(chief, publication, do="take_out")

    assert "has no issue now" in answer.text
    assert (row().state, row().send, row().issue) == ("open", None, None)
    assert not Send.objects.exclude(state=Send.State.CANCELLED).exists()


@pytest.mark.parametrize("issue", ["", "x", "999999"])
def test_given_nothing(publication: Publication, chief: Client, issue: str) -> None:
    """Without an issue of the publication the slot stays as it is."""
    answer = post(chief, publication, do="give", issue=issue)

    assert answer.status_code == 409
    assert "Choose an issue from the list" in answer.text


def test_named(publication: Publication, chief: Client) -> None:
    """A slot has a name of its own, which the calendar shows; markup in it is text."""
    post(chief, publication, do="name", name="<b>Special</b>")

    assert "&lt;b&gt;Special&lt;/b&gt;" in chief.get(CALENDAR).text


def test_addresses_that_are_none(publication: Publication, chief: Client) -> None:
    """A date without a slot, another publication and an unknown button are not found."""
    assert chief.get(slot_url(publication, dt.date(2026, 11, 27))).status_code == 404
    assert chief.get(f"{CALENDAR}none/2026-11-26/").status_code == 404
    assert chief.get(f"{CALENDAR}{publication.slug}/soon/").status_code == 404
    assert chief.post(slot_url(publication), {"do": "burn"}).status_code == 404


@pytest.mark.parametrize("next_page", ["https://evil.example/", "javascript:alert(1)", "//evil"])
def test_leads_nowhere_else(publication: Publication, chief: Client, next_page: str) -> None:
    """The way back is within the desk."""
    assert next_page not in chief.get(slot_url(publication), {"next": next_page}).text

    answer = chief.post(slot_url(publication), {"do": "skip", "next": next_page})

    assert answer.headers["Location"] == CALENDAR


def test_a_held_slot_is_sent_from_its_page(publication: Publication, log_in: LogIn) -> None:
    """Its page offers the drafts and sends the chosen one; without one, or too late, it says so."""
    issue = desks.draft(publication, 1)
    due = dt.datetime(2026, 11, 26, 14, 7, tzinfo=dt.UTC)
    with time_machine.travel(due, tick=False) as clock:
        find_slot(publication, FIRST)
        tick(due, late=dt.timedelta(hours=6))
        client, page_of_slot = log_in("Senders"), slot_url(publication)
        page = client.get(page_of_slot)
        assert "can be sent until Fri 27 Nov 2026 09:07 EST" in page.text
        assert f'<option value="{issue.pk}">' in page.text
        refused = client.post(page_of_slot, {"do": "send"})
        assert (refused.status_code, "No issue is meant for the slot" in refused.text) == (
            409,
            True,
        )
        clock.shift(dt.timedelta(hours=24))
        late = client.post(page_of_slot, {"do": "send", "issue": issue.pk})
        assert (late.status_code, "could be sent until" in late.text) == (409, True)
        clock.shift(dt.timedelta(hours=-1))

        answer = client.post(page_of_slot, {"do": "send", "issue": issue.pk})

        sent = Send.objects.get()
        assert answer["Location"] == f"/admin/sends/{sent.pk}/"
        assert find_slot(publication, FIRST).send == sent


def test_held_slot_is_shown(publication: Publication, log_in: LogIn) -> None:
    """A slot that passed without an issue stands in the list, with the reason."""
    find_slot(publication, FIRST)
    later = dt.datetime(2026, 11, 26, 15, tzinfo=dt.UTC)
    with time_machine.travel(later, tick=False):
        tick(later, late=dt.timedelta(hours=6))
        page = log_in("Senders").get(CALENDAR, {"view": "list"}).text

    assert "Nothing was queued for it." in page
    assert "Thu 26 Nov 2026 09:07 EST" in page
