"""People are reminded by mail of what concerns them, once, and can switch each kind off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db.utils import OperationalError
from django.test import Client
from django.urls import reverse
from wagtail.users.models import UserProfile

from newsletter.publishing.models import ArchivePage, Issue, Publication
from newsletter.scheduling import publication_errors
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.clock import keep_slots, tick
from newsletter.scheduling.drafts import open_due_drafts
from newsletter.scheduling.models import Notice, ReminderChoice
from newsletter.scheduling.reminders.notices import CLAIMED_FOR, MAX_TRIES, claim, remind, write
from newsletter.scheduling.reminders.sources import SOURCES
from newsletter.scheduling.slot_changes import plan_issue
from newsletter.scheduling.slots import find_slot
from newsletter.sending.models import Edition, Send
from newsletter.sending.planning import approvals
from tests import desks
from tests.publications import create_publication

#: The next slot is on Tuesday 24 November, 09:00 in New York.
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
FIRST = dt.date(2026, 11, 24)
DUE = dt.datetime(2026, 11, 24, 14, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
MAX_DELAY = dt.timedelta(hours=6)

Draft = Callable[[int], Issue]


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    """It is a Friday in November, and stays so."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people(publication: Publication) -> dict[str, Any]:
    """A writer, an approver and a sender, each with an address."""
    found = {}
    for group in ("Writers", "Approvers", "Senders"):
        user = desks.member(group)
        user.email = f"{group.lower()}@example.org"
        user.save()
        found[group.lower()] = user
    return found


def told(now: dt.datetime) -> dict[str, list[str]]:
    """Remind of what is due; return whom, by the sentence that they were told."""
    mail.outbox.clear()
    for source in SOURCES:
        remind(now, source)
    found: dict[str, list[str]] = {}
    for message in mail.outbox:
        words = str(message.body).partition("\n")[0]
        found.setdefault(words, []).append(message.to[0].partition("@")[0])
    return {words: sorted(names) for words, names in found.items()}


EVERYBODY = ["approvers", "senders", "writers"]


def test_a_slot_without_an_issue(publication: Publication, people: dict[str, Any]) -> None:
    """Two days before, whoever may write is told that there is no issue yet; once."""
    assert told(DUE - 49 * HOUR) == {}
    words = "There is no issue yet for the slot of Tue 24 Nov 2026 09:00 EST."
    assert told(DUE - 48 * HOUR) == {words: EVERYBODY}
    assert told(DUE - 47 * HOUR) == {}
    assert {notice.state for notice in Notice.objects.all()} == {Notice.State.ACCEPTED}


def test_errors_and_approval(
    publication: Publication, people: dict[str, Any], draft: Draft
) -> None:
    """Writers hear of errors that the check finds, approvers of an approval that is missing."""
    publication.needs_approval = True
    publication.save()
    issue = desks.draft(publication, 1, subject="Issue {{ number }}")
    plan_issue(find_slot(publication, FIRST), issue)

    found = told(DUE - 47 * HOUR)

    title, when = "Tideline Digest Vol 1.1", "It is to go out on Tue 24 Nov 2026 09:00 EST."
    assert found == {
        f"The check of {title} found errors. {when}": EVERYBODY,
        f"{title} is not approved. {when}": ["approvers"],
    }
    assert told(DUE - 46 * HOUR) == {}


def test_an_issue_that_is_ready(
    publication: Publication, people: dict[str, Any], draft: Draft
) -> None:
    """An approved issue without errors reminds nobody."""
    publication.needs_approval = True
    publication.save()
    issue = draft(1)
    plan_issue(find_slot(publication, FIRST), issue)
    approvals.approve(issue, day=FIRST, by=people["approvers"])

    assert told(DUE - 47 * HOUR) == {}


def test_from_tomorrow_to_the_account(
    publication: Publication, people: dict[str, Any], draft: Draft
) -> None:
    """Senders hear a day before that an issue goes out, and afterwards that it was sent."""
    _, send = book_next_slot(draft(1), now=NOW, batch_size=10)
    Send.objects.update(created_at=NOW - 2 * HOUR)
    title = "Tideline Digest Vol 1.1"
    assert told(DUE - 25 * HOUR) == {}
    words = f"{title} goes out on Tue 24 Nov 2026 09:00 EST."
    assert told(DUE - 24 * HOUR) == {words: ["senders"]}

    tick(DUE, late=MAX_DELAY)
    Send.objects.filter(pk=send.pk).update(finished_at=DUE)
    send.refresh_from_db()
    assert send.state == Send.State.SENT

    assert told(DUE + HOUR) == {f"{title} was sent.": ["senders"]}
    body = str(mail.outbox[0].body)
    assert "Candidates: 0\nLeft out: 0\nPlanned: 0" in body
    assert reverse("desk_send", args=[send.pk]) in body
    assert told(DUE + 2 * HOUR) == {}


def test_what_is_held_says_why(
    publication: Publication, people: dict[str, Any], draft: Draft
) -> None:
    """Senders hear that a send or a slot is held, and why; nobody hears of what is long ago."""
    _, _send = book_next_slot(draft(1), now=NOW, batch_size=10)
    publication.needs_approval = True
    publication.save()
    Edition.objects.update(approved_at=None)
    tick(DUE, late=MAX_DELAY)

    held = "The slot of Tue 24 Nov 2026 09:00 EST is held."
    assert told(DUE + dt.timedelta(days=2)) == {}
    assert told(DUE + HOUR) == {held: EVERYBODY}
    body = str(mail.outbox[0].body)
    assert "pprove" in body
    assert "Issue: Tideline Digest Vol 1.1" in body
    assert "Until Wed 25 Nov 2026 09:00 EST it can be sent with one click" in body
    assert reverse("desk_slot", args=[publication.slug, "2026-11-24"]) in body

    second = DUE + dt.timedelta(days=14)
    tick(second, late=MAX_DELAY)
    held = "The slot of Tue 8 Dec 2026 09:00 EST is held."
    assert told(second + HOUR)[held] == EVERYBODY
    assert any("Nothing was queued for it." in str(each.body) for each in mail.outbox)


def test_each_kind_can_be_switched_off(
    publication: Publication, people: dict[str, Any], client: Client
) -> None:
    """Whoever unticks a kind in their account is not reminded of it; the others are."""
    client.force_login(people["writers"])
    page = reverse("desk_reminders")
    assert client.get(page).text.count(" checked>") == len(Notice.Kind)
    kept = [kind for kind in Notice.Kind.values if kind != "draft_due"]

    saved = client.post(page, {"kind": kept}, follow=True)

    assert "Your choice of reminders is saved." in saved.text
    assert saved.text.count(" checked>") == len(kept)
    assert ReminderChoice.objects.get(user=people["writers"]).muted == ["draft_due"]
    (names,) = told(DUE - 47 * HOUR).values()
    assert names == ["approvers", "senders"]


def test_in_the_language_of_the_reader(publication: Publication, people: dict[str, Any]) -> None:
    """Who works in Japanese is reminded in Japanese; nobody without an address is."""
    for name in ("approvers", "senders"):
        people[name].email = ""
        people[name].save()
    UserProfile.objects.create(user=people["writers"], preferred_language="ja")

    (words,) = told(DUE - 47 * HOUR)

    assert words.endswith("の配信枠にはまだ号がありません。")
    assert "お知らせはアカウントの設定で止められます。" in str(mail.outbox[0].body)


def test_without_an_address(publication: Publication, client: Client) -> None:
    """The page tells somebody without an address that no reminder can reach them."""
    client.force_login(desks.member("Writers"))

    assert "Your account has no mail address" in client.get(reverse("desk_reminders")).text


def test_a_draft_that_cannot_be_checked(
    publication: Publication, people: dict[str, Any], draft: Draft
) -> None:
    """A draft whose template is gone counts as one with errors, and stops no other reminder."""
    plan_issue(find_slot(publication, FIRST), draft(1))
    Publication.objects.filter(pk=publication.pk).update(template="gone")
    create_publication("Zebra News", starts_on=FIRST, weekday=1)

    found = told(DUE - 47 * HOUR)

    assert sorted(words.partition(".")[0] for words in found) == [
        "The check of Tideline Digest Vol 1",
        "There is no issue yet for the slot of Tue 24 Nov 2026 09:07 EST",
    ]


def test_a_publication_that_cannot_be_read(
    publication: Publication, people: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """A rhythm that is none is logged once, and the others have reminders, drafts and slots."""
    Publication.objects.filter(pk=publication.pk).update(every_weeks=0, draft_days=7)
    other = create_publication("Zebra News", starts_on=FIRST, weekday=1)
    Publication.objects.filter(pk=other.pk).update(draft_days=7)
    publication_errors.forget_all()

    for _ in range(2):
        assert len(told(DUE - 47 * HOUR)) <= 1
        keep_slots(NOW)
    opened = open_due_drafts(NOW)

    assert Notice.objects.filter(key=f"slot:{other.pk}:{FIRST}").exists()
    assert [slot.publication for slot in opened] == [other]
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == [
        f"tideline-digest: an error stopped its {duty}" for duty in ("reminders", "slots", "drafts")
    ]


def test_a_reminder_that_cannot_be_told(
    publication: Publication, people: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """That nobody can be found for a reminder is logged once, and the later ones are written."""
    other = create_publication("Zebra News", starts_on=FIRST, weekday=1)
    ArchivePage.objects.filter(publication=publication).update(publication=None)
    publication_errors.forget_all()

    for _ in range(2):
        told(DUE - 47 * HOUR)

    assert set(Notice.objects.values_list("key", flat=True)) == {f"slot:{other.pk}:{FIRST}"}
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == [
        "tideline-digest: an error stopped its reminders"
    ]


def test_a_reminder_whose_process_was_killed(
    publication: Publication, people: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Before the mail left, it is written later; after that nobody knows, and the log says so."""
    now, later = DUE - 47 * HOUR, DUE - 47 * HOUR + CLAIMED_FOR
    told(now)
    Notice.objects.update(state=Notice.State.CLAIMED)
    assert told(now) == {}
    assert list(told(later).values()) == [EVERYBODY]

    Notice.objects.update(state=Notice.State.SUBMITTED)
    assert told(later + CLAIMED_FOR) == {} == told(later + 2 * CLAIMED_FOR)

    assert set(Notice.objects.values_list("state", flat=True)) == {Notice.State.UNKNOWN}
    name = f"draft_due slot:{publication.pk}:{FIRST}"
    assert [each.getMessage() for each in caplog.records] == [
        f"nobody knows whether a reminder was accepted ({name})"
    ] * len(people)


def test_a_reminder_whose_process_was_killed_in_its_last_try(
    publication: Publication, people: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """It is given up, which the log says once, and is not left as if somebody wrote it."""
    now, later = DUE - 47 * HOUR, DUE - 47 * HOUR + CLAIMED_FOR
    told(now)
    Notice.objects.update(state=Notice.State.CLAIMED, tries=MAX_TRIES)

    assert told(later) == {} == told(later + CLAIMED_FOR)

    assert set(Notice.objects.values_list("state", flat=True)) == {Notice.State.NOT_ACCEPTED}
    name = f"draft_due slot:{publication.pk}:{FIRST}"
    assert [each.getMessage() for each in caplog.records] == [
        f"a reminder is given up after its last try ({name})"
    ] * len(people)


def test_whoever_lost_a_claim_does_not_write(
    publication: Publication, people: dict[str, Any]
) -> None:
    """A process that slept finds that another one has the notice, and leaves it."""
    now = DUE - 47 * HOUR
    reminder = next(each for source in SOURCES for each in source(now))
    slow = claim(reminder, people["writers"], now)
    quick = claim(reminder, people["writers"], now + CLAIMED_FOR)
    assert slow
    assert quick

    assert write(reminder, quick, now)
    assert not write(reminder, slow, now)
    assert len(mail.outbox) == 1


def test_a_lost_database_is_no_error_of_a_publication(publication: Publication) -> None:
    """That the database is lost stops the duty, which is done again when it is back."""
    with pytest.raises(OperationalError), publication_errors.set_aside(publication, "slots"):
        raise OperationalError("the connection is lost")


def test_what_is_in_order_is_not_checked_each_minute(
    publication: Publication, people: dict[str, Any], draft: Draft
) -> None:
    """A draft that was found in order counts as such for half an hour."""
    plan_issue(find_slot(publication, FIRST), draft(1))
    with time_machine.travel(DUE - 47 * HOUR, tick=False) as clock:
        assert told(DUE - 47 * HOUR) == {}
        Publication.objects.filter(pk=publication.pk).update(template="gone")

        assert told(DUE - 47 * HOUR) == {}
        clock.shift(dt.timedelta(minutes=31))
        assert len(told(DUE - 46 * HOUR)) == 1
