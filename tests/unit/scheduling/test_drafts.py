"""Some days before a slot its draft is opened, once, and its writers are told, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from wagtail.users.models import UserProfile

from newsletter.errors import NotSubmitted
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.drafts import open_due_drafts
from newsletter.scheduling.models import Notice, Slot
from newsletter.scheduling.numbers import reserve_number
from newsletter.scheduling.reminders import notices
from newsletter.scheduling.reminders.notices import write_to_people
from newsletter.scheduling.reminders.preparation import list_opened
from newsletter.scheduling.slot_changes import move_slot, name_slot, plan_issue, skip_slot
from newsletter.scheduling.slots import apply_rhythm, find_slot, rhythm_of
from tests import desks

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
FIRST, SECOND = dt.date(2026, 11, 24), dt.date(2026, 12, 8)
#: 09:00 in New York a week before the second slot.
OPENS = dt.datetime(2026, 12, 1, 14, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)

Draft = Callable[[int], Issue]


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    """It is a Friday in November, and stays so."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def weekly(publication: Publication) -> Publication:
    """A publication whose drafts open a week before; the first slot is skipped."""
    publication.draft_days = 7
    publication.save()
    skip_slot(find_slot(publication, FIRST))
    return publication


def writer(name: str, language: str = "") -> Any:
    """Return somebody who writes issues."""
    user = desks.member("Writers", name)
    user.email = f"{name}@example.org"
    user.save()
    if language:
        UserProfile.objects.create(user=user, preferred_language=language)
    return user


def tell_of_drafts(now: dt.datetime) -> int:
    """Tell the writers of the drafts that were opened; return how many mails were accepted."""
    return sum(write_to_people(reminder, now) for reminder in list_opened(now))


def opened(now: dt.datetime) -> list[dt.date]:
    """Open what is due; return the dates of the slots."""
    return [slot.date for slot in open_due_drafts(now)]


def test_opened_once(weekly: Publication) -> None:
    """The draft opens at the local time of the slot, with its number and day, and never again."""
    assert opened(OPENS - MINUTE) == []
    assert opened(OPENS) == [SECOND]
    assert opened(OPENS + MINUTE) == []

    (issue,) = Issue.objects.all()
    assert (issue.ref, issue.date, issue.live) == ("1.1", SECOND, False)
    assert Slot.objects.get(date=SECOND).issue == issue


def test_a_deleted_draft_stays_deleted(weekly: Publication) -> None:
    """If somebody deletes the draft, it is not opened once more."""
    opened(OPENS)
    Issue.objects.get().delete()

    assert opened(OPENS + MINUTE) == []
    assert not Issue.objects.exists()


def test_nothing_is_opened_without_need(publication: Publication, draft: Draft) -> None:
    """No draft opens where none is wanted, for a skipped slot, or where the slot has an issue."""
    assert opened(OPENS) == []
    publication.draft_days = 7
    publication.save()
    plan_issue(find_slot(publication, FIRST), draft(5))
    skip_slot(find_slot(publication, SECOND))

    assert opened(OPENS) == []


def test_a_draft_that_waits_is_taken(weekly: Publication, draft: Draft) -> None:
    """A draft that somebody began already gets the slot; there is no second one."""
    begun = draft(1)

    assert opened(OPENS) == [SECOND]

    assert Slot.objects.get(date=SECOND).issue == begun
    assert Issue.objects.count() == 1


@pytest.mark.parametrize(
    ("start", "headlines"), [("skeleton", ["From the harbour"]), ("last", ["", ""])]
)
def test_what_it_begins_with(weekly: Publication, start: str, headlines: list[str]) -> None:
    """A draft begins with the skeleton, or as the last issue was, without its news."""
    last = desks.draft(weekly, 1)
    Issue.objects.filter(pk=last.pk).update(live=True)
    body = desks.draft(weekly, 2, body=[desks.digest("From the harbour")])
    weekly.skeleton = {"title": "A week", "body": body.body.get_prep_value(), "closing": "Bye."}
    weekly.draft_start = start
    weekly.save()
    body.delete()

    opened(OPENS)

    issue = Slot.objects.get(date=SECOND).issue
    assert issue is not None
    assert [item["headline"] for item in issue.body[0].value["items"]] == headlines
    assert issue.boilerplate == ("Bye." if start == "skeleton" else "")


def test_numbers_and_names(weekly: Publication) -> None:
    """A reserved number is the draft's; a special without one is called by the slot's name."""
    row = find_slot(weekly, SECOND)
    name_slot(row, "Year in review")
    reserve_number(row, "special")

    opened(OPENS)

    issue = Issue.objects.get()
    assert (issue.number, issue.title) == (0, "Tideline Digest: Year in review")


def test_writers_are_told_once(weekly: Publication) -> None:
    """Each writer gets one mail in their language, with the address of the draft."""
    writer("ann")
    writer("ken", "ja")
    desks.member("Writers", "nobody")
    opened(OPENS)

    assert [tell_of_drafts(OPENS + MINUTE * number) for number in range(3)] == [2, 0, 0]

    by_address = {message.to[0]: message for message in mail.outbox}
    ann, ken = by_address["ann@example.org"], by_address["ken@example.org"]
    assert ann.subject.startswith("Tideline Digest: The draft of Tideline Digest Vol 1.1 is open.")
    assert "It is to go out on Tue 8 Dec 2026 09:00 EST." in ann.body
    address = f"http://127.0.0.1:8000/admin/pages/{Issue.objects.get().pk}/edit/"
    assert address in ann.body
    assert "下書きができました" in ken.subject
    assert weekly.from_email in ann.from_email


def test_told_once_after_a_change_of_the_rhythm(weekly: Publication) -> None:
    """When the slot becomes another by a new rhythm, nobody is told once more."""
    writer("ann")
    opened(OPENS)
    tell_of_drafts(OPENS)
    weekly.starts_on, weekly.weekday = dt.date(2026, 1, 7), 2
    weekly.save()
    apply_rhythm(weekly, rhythm_of(weekly), OPENS)

    assert opened(OPENS + MINUTE) == []
    assert tell_of_drafts(OPENS + MINUTE) == 0
    assert Slot.objects.get(issue=Issue.objects.get()).date == SECOND + dt.timedelta(days=1)


def test_a_moved_slot(weekly: Publication) -> None:
    """A slot that is put off opens its draft later."""
    move_slot(find_slot(weekly, SECOND), dt.datetime(2026, 12, 10, 14, tzinfo=dt.UTC), NOW)

    assert opened(OPENS) == []
    assert opened(OPENS + dt.timedelta(days=2)) == [SECOND]


class Unreachable:
    """A way out of the desk's mail that is not there, until it is."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error

    def send(self) -> int:
        """Fail as long as it is not there."""
        if self.error is not None:
            raise self.error
        return 1


@pytest.mark.parametrize(
    ("error", "state", "again"),
    [
        (NotSubmitted("no answer"), Notice.State.NOT_ACCEPTED, 1),
        (TimeoutError("no answer"), Notice.State.UNKNOWN, 0),
    ],
)
def test_a_mail_that_does_not_leave(
    weekly: Publication,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    state: str,
    again: int,
) -> None:
    """What was certainly not accepted is tried again after a while; what is unknown is not."""
    writer("ann")
    opened(OPENS)
    way = Unreachable(error)
    monkeypatch.setattr(notices, "build_message", lambda _reminder, _person: way)

    assert tell_of_drafts(OPENS) == 0
    assert Notice.objects.get().state == state
    way.error = None
    assert tell_of_drafts(OPENS + MINUTE) == 0
    assert tell_of_drafts(OPENS + notices.RETRY_AFTER) == again
    assert tell_of_drafts(OPENS + 2 * notices.RETRY_AFTER) == 0
