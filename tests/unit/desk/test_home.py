"""The first page of the desk: for each publication, what comes next and what there is to do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.conf import config
from newsletter.conf.config import Config
from newsletter.desk.home import progress
from newsletter.desk.home.countdown import describe_span
from newsletter.desk.home.page import MAX_LISTED, Outlook, describe_outlook
from newsletter.doctor.kept import Kept, write_kept
from newsletter.doctor.results import Result, Status
from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.checks.known_checks import note_checked
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling import slots
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.models import Notice, ReminderChoice, Slot
from newsletter.scheduling.slot_changes import move_slot, plan_issue, skip_slot
from newsletter.scheduling.slots import find_slot, save_slot, upcoming_slots
from newsletter.sending.ledger import issue_log
from newsletter.sending.models import Attempt, Batch, Delivery, Edition, Send
from newsletter.sending.planning import approvals
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import Subscriber, Subscription
from subscribers.suppressions import suppress
from tests import desks
from tests.unit.desk.conftest import LogIn

MONDAY = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def figures() -> None:
    """Keep no figures of another test."""
    cache.clear()


def send(issue: Issue, state: str, **fields: dt.datetime) -> Send:
    """Return a send of an issue."""
    edition = Edition.objects.create(issue=issue, subject="x", hash=f"{issue.pk:064}")
    at = dt.datetime(2026, 11, 26, 14, 7, tzinfo=dt.UTC)
    return Send.objects.create(issue=issue, edition=edition, state=state, at=at, **fields)


def seen(publication: Publication, group: str = "") -> Outlook:
    """Return what somebody of a group sees; of none: who may do anything."""
    user = User.objects.first() or desks.member(group)
    return describe_outlook(publication, user)


def page_of(client: Client) -> str:
    """Return the first page as somebody gets it."""
    return client.get("/admin/").content.decode()


@time_machine.travel(MONDAY, tick=False)
def test_the_next_slot(publication: Publication) -> None:
    """The next slot has its weekday, date and zone, and how long it is until then."""
    publication.starts_on = dt.date(2026, 11, 12)

    slot = seen(publication).slot

    assert slot.when == "Thursday 26 November 2026, 09:07 EST"
    assert slot.left == "3 days 2 hours"
    assert seen(publication).cadence == "every 2 weeks on Thursday at 09:07 America/New_York"


@time_machine.travel(MONDAY, tick=False)
def test_a_skipped_slot_is_named(publication: Publication) -> None:
    """A slot that is skipped is named as such; the next one is that behind it."""
    publication.starts_on = dt.date(2026, 11, 12)
    publication.save()
    skip_slot(find_slot(publication, dt.date(2026, 11, 26)))

    slot = seen(publication).slot

    assert slot.when == "Thursday 10 December 2026, 09:07 EST"
    assert slot.skipped == ("Thu 26 Nov 2026 09:07 EST",)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (dt.timedelta(days=1, hours=1), "1 day 1 hour"),
        (dt.timedelta(days=2, minutes=40), "2 days"),
        (dt.timedelta(hours=5, minutes=1), "5 hours 1 minute"),
        (dt.timedelta(hours=5), "5 hours"),
        (dt.timedelta(minutes=59), "59 minutes"),
        (dt.timedelta(seconds=59), "less than a minute"),
        (dt.timedelta(seconds=-9), "less than a minute"),
    ],
)
def test_spans(span: dt.timedelta, words: str) -> None:
    """A span is told in its two largest units."""
    assert describe_span(span) == words


@time_machine.travel(MONDAY, tick=False)
def test_what_is_in_the_slot(publication: Publication) -> None:
    """The draft of the slot's day is shown for it, with the one next button; else the last."""
    publication.starts_on = dt.date(2026, 11, 12)
    dated = desks.draft(publication, 1, date=dt.date(2026, 11, 26))
    desks.draft(publication, 2)

    slot = seen(publication).slot

    assert slot.title == "Tideline Digest Vol 1.1"
    assert [step.words for step in slot.band.steps] == ["Draft", "Checked", "Queued", "Sent"]
    assert (slot.band.label, slot.band.url) == ("Check it", f"/admin/issues/{dated.pk}/check/")


def test_an_empty_slot(publication: Publication) -> None:
    """Where nothing is written the next thing to do is to begin an issue."""
    slot = seen(publication).slot

    assert slot.title == ""
    assert slot.band.steps[0].state == "now"
    assert slot.band.label == "New issue"
    assert slot.band.url == f"/admin/pages/add/publishing/issue/{publication.archive.pk}/"


def test_writers_have_no_dead_button(publication: Publication, log_in: LogIn) -> None:
    """Once its check is clean a writer's issue offers to go on with it, not to queue it."""
    issue = desks.draft(publication, subject="Reeds", body=[desks.digest("Reed beds")])
    client = log_in("Writers")
    client.get(f"/admin/issues/{issue.pk}/check/")

    slot = seen(publication).slot

    assert (slot.band.label, slot.band.url) == ("Open the issue", f"/admin/pages/{issue.pk}/edit/")


@pytest.mark.parametrize("group", ["Writers", "Approvers", "Senders", "Admins"])
def test_every_link_opens(publication: Publication, log_in: LogIn, group: str) -> None:
    """Whatever the first page offers to a role can be opened by it."""
    desks.draft(publication, 1)
    going = send(desks.draft(publication, 2), Send.State.HELD)
    send(desks.draft(publication, 3), Send.State.UNRESOLVED, started_at=timezone.now())
    client = log_in(group)
    page = page_of(client).partition("<main")[2]
    links = {each.partition('"')[0] for each in page.split('href="')[1:]}

    opened = {link: client.get(link).status_code for link in links if link.startswith("/admin/")}

    assert set(opened.values()) <= {200}, opened
    assert (f"/admin/sends/{going.pk}/" in opened) == (group != "Writers")


@time_machine.travel(MONDAY, tick=False)
def test_what_is_listed(publication: Publication) -> None:
    """What is queued has its time; what ended its figures; drafts stand below what is queued."""
    publication.starts_on = dt.date(2026, 11, 12)
    send(desks.draft(publication, 2), Send.State.QUEUED)
    send(desks.draft(publication, 1), Send.State.SENT, started_at=timezone.now())
    desks.draft(publication, 3)
    desks.draft(publication, 6)
    desks.on_the_web(publication, 5)

    found = seen(publication)

    assert [(row.title, row.status) for row in found.queued] == [
        ("Tideline Digest Vol 1.2", "queued for Thu 26 Nov 2026 09:07 EST")
    ]
    assert [row.title for row in found.drafts] == ["Tideline Digest Vol 1.3"]
    assert found.slot.title == "Tideline Digest Vol 1.6"
    assert [(past.title, past.when) for past in found.past] == [
        ("Tideline Digest Vol 1.1", "Mon 23 Nov 2026 07:00 EST")
    ]


def test_many_queued_are_counted(publication: Publication) -> None:
    """Of many that are queued some are listed, and the rest is counted."""
    for number in range(1, MAX_LISTED + 3):
        send(desks.draft(publication, number), Send.State.QUEUED)

    found = seen(publication)

    assert len(found.queued) == MAX_LISTED
    assert found.further == 2


def test_a_queued_issue_leads_to_its_page(publication: Publication, log_in: LogIn) -> None:
    """Who sees sends is led to their pages, and from there to the issue; others to the issue."""
    issue = desks.draft(publication)
    going = send(issue, Send.State.QUEUED)
    of_send, of_issue = f"/admin/sends/{going.pk}/", f"/admin/pages/{issue.pk}/edit/"

    shown = page_of(log_in("Senders"))
    assert f'<a href="{of_send}">' in shown
    shown = page_of(log_in("Writers"))
    assert f'<a href="{of_issue}">' in shown
    assert of_send not in shown


def test_undone_is_a_draft_again(publication: Publication) -> None:
    """An issue whose send was undone is there to be gone on with."""
    send(desks.draft(publication), Send.State.CANCELLED)

    assert seen(publication).slot.title == "Tideline Digest Vol 1.1"


def test_what_is_held_needs_a_person(publication: Publication, log_in: LogIn) -> None:
    """A send that was paused by itself says by what, with where to look."""
    held = send(desks.draft(publication), Send.State.HELD)
    Send.objects.update(held_by=Send.AutoPause.BOUNCES, note="12 of 100 bounced")

    page = page_of(log_in("Senders"))

    assert "What needs you" in page
    assert "Paused automatically: too many bounces. 12 of 100 bounced" in page
    assert f'href="/admin/sends/{held.pk}/"' in page


def test_unknown_answers_need_a_person(publication: Publication, log_in: LogIn) -> None:
    """A send with unknown answers leads to what is known of them."""
    unknown = send(desks.draft(publication), Send.State.UNRESOLVED, started_at=timezone.now())

    page = page_of(log_in("Senders"))

    assert "some answers are unknown" in page
    assert f'href="/admin/sends/{unknown.pk}/resolve/"' in page


def test_a_silent_provider_needs_a_person(publication: Publication, log_in: LogIn) -> None:
    """Where something was accepted and no event came, that is said."""
    done = send(desks.draft(publication), Send.State.SENT, started_at=timezone.now())
    batch = Batch.objects.create(send=done, number=1, state=Batch.State.ACCEPTED)
    Attempt.objects.create(
        batch=batch,
        key="a",
        state=Attempt.State.ACCEPTED,
        lease_until=timezone.now(),
        posted_at=timezone.now() - dt.timedelta(hours=3),
    )

    assert "no event of it came" in page_of(log_in("Senders"))
    assert "no event of it came" not in page_of(log_in("Writers"))


def news_of(client: Client) -> str:
    """Return the part of the first page that changes by itself, in which the reminders stand."""
    return client.get("/admin/home/live/").content.decode()


def test_reminders_come_and_go(publication: Publication, log_in: LogIn) -> None:
    """What is missing two days before stands there for whom it concerns, until it is there."""
    publication.needs_approval = True
    publication.save()
    client, slot = log_in(""), upcoming_slots(publication, timezone.now(), 1)[0]
    move_slot(save_slot(slot), timezone.now() + dt.timedelta(hours=40), timezone.now())
    missing = "There is no issue yet for the slot of"
    assert missing in news_of(client)

    issue = desks.draft(publication, 1, date=None)
    plan_issue(slot, issue)

    assert missing not in news_of(client)
    assert "is not approved. It is to go out" in news_of(client)
    assert "found errors" not in news_of(client), "nobody knows of any"
    note_checked(issue, 2)
    assert f"The check of {issue.title} found errors." in news_of(client)
    note_checked(issue, 0)
    assert "found errors" not in news_of(client)
    approvals.approve(issue, day=slot.at.date())
    assert "is not approved" not in news_of(client)


def test_reminders_are_for_whom_they_concern(publication: Publication, log_in: LogIn) -> None:
    """Writers see that an issue goes out, but not for senders; a switch is only for mails."""
    issue = desks.draft(publication, 1)
    going = send(issue, Send.State.QUEUED)
    hour = dt.timedelta(hours=1)
    Send.objects.update(at=timezone.now() + hour, created_at=timezone.now() - 2 * hour)
    words = f"{issue.title} goes out on "
    assert words not in news_of(log_in("Writers"))
    client = log_in("Senders")
    sender = User.objects.get(username="senders")
    ReminderChoice.objects.create(user=sender, muted=Notice.Kind.values)
    assert words in news_of(client)

    Send.objects.filter(pk=going.pk).update(
        state=Send.State.SENT,
        finished_at=timezone.now(),
        candidates=1200,
        planned=1190,
        excluded=10,
    )

    news = news_of(client)
    assert words not in news
    assert f"{issue.title} was sent." in news
    assert "Candidates: 1,200, left out: 10, planned: 1,190" in news
    Send.objects.update(finished_at=timezone.now() - dt.timedelta(days=2))
    assert "was sent." not in news_of(client)


def test_a_skipped_slot_is_told_for_a_day(publication: Publication, log_in: LogIn) -> None:
    """A slot that was skipped because nothing was sent stands there with its reason."""
    at = timezone.now() - dt.timedelta(days=1)
    publication.slots.create(
        date=at.date(), at=at, state="skipped", note=slots.GRACE_OVER, held_at=at
    )

    news = news_of(log_in("Writers"))

    assert "was skipped." in news
    assert "Nothing was sent in time." in news


def held_slot(publication: Publication, **fields: Any) -> Slot:
    """Return a slot that was due an hour ago, and is held."""
    at = timezone.now() - dt.timedelta(hours=1)
    until = at + dt.timedelta(days=1)
    made: Slot = publication.slots.create(
        date=at.date(), at=at, state="held", held_at=at, grace_until=until, **fields
    )
    return made


def test_a_held_slot_is_sent_with_one_click(publication: Publication, log_in: LogIn) -> None:
    """The issue of a held slot has a button, if it is ready; it leads to where it is undone."""
    issue = desks.draft(publication, 1)
    held = held_slot(publication, issue=issue, note=slots.NOTHING_QUEUED)
    client = log_in("Senders")
    address = reverse("desk_slot", args=[publication.slug, held.date.isoformat()])
    assert "not checked" in page_of(client)
    assert "Send now" not in page_of(client)
    note_checked(issue, 0)

    page = page_of(client)

    assert "is held. Nothing was queued for it. Until " in page
    assert f'<form method="post" action="{address}">' in page
    answer = client.post(address, {"do": "send"})
    sent = Send.objects.get()
    assert answer["Location"] == f"/admin/sends/{sent.pk}/"
    assert sent.slot.date == held.date
    assert "is held" not in page_of(client)


def test_who_may_not_send_sees_the_slot(publication: Publication, log_in: LogIn) -> None:
    """Approvers see a held slot with the way to its page, and no button; POST is refused."""
    issue = desks.draft(publication, 1)
    held = held_slot(publication, issue=issue)
    note_checked(issue, 0)
    client = log_in("Approvers")
    address = reverse("desk_slot", args=[publication.slug, held.date.isoformat()])

    page = page_of(client)

    assert "Send now" not in page
    assert f'href="{address}"' in page
    assert client.post(address, {"do": "send"}).status_code in {302, 403}
    assert not Send.objects.exists()


def test_sends_in_progress_are_asked_for_again(
    publication: Publication, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures of a send in progress come by themselves: the page knows where to ask."""
    # However long a machine that does other work besides took for the last ones.
    monkeypatch.setattr(progress, "SHARE", 0)
    going = send(desks.draft(publication), Send.State.SENDING, started_at=timezone.now())
    for number, state in enumerate((Batch.State.ACCEPTED, Batch.State.PLANNED)):
        batch = Batch.objects.create(send=going, number=number, state=state)
        person = Subscriber.objects.create(email=f"ann{number}@example.org")
        Delivery.objects.create(send=going, batch=batch, subscriber=person, address=person.email)
    Send.objects.update(planned=2, candidates=2)
    client = log_in("Senders")

    assert 'data-url="/admin/home/live/"' in page_of(client)
    live = client.get("/admin/home/live/").content.decode()
    assert "1 of 2 accepted" in live
    assert 'data-again="2000"' in live
    assert "1 of 2 accepted" not in log_in("Writers").get("/admin/home/live/").content.decode()


def test_people_are_counted_once(publication: Publication) -> None:
    """Only active subscribers count, and nobody twice."""
    more = create_publication("Night Trains").lists.get()
    own = publication.lists.get()
    publication.lists.add(more)
    for name, state in (("a", "active"), ("b", "active"), ("c", "unsubscribed"), ("d", "pending")):
        person = Subscriber.objects.create(email=f"{name}@example.org")
        for each in (own, more):
            Subscription.objects.create(subscriber=person, list=each, state=state)

    assert seen(publication).people == 2


def test_who_is_suppressed_is_not_counted(publication: Publication) -> None:
    """Whom no mail of the list would reach does not count, also one suppressed for it alone."""
    own = publication.lists.get()
    for name in ("ann", "bob", "eve"):
        person = Subscriber.objects.create(email=f"{name}@example.org")
        Subscription.objects.create(subscriber=person, list=own)
    suppress("bob@example.org")
    suppress_for_list("eve@example.org", own)

    assert seen(publication).people == 1


def statements(client: Client) -> int:
    """Return how many statements the first page takes."""
    with CaptureQueriesContext(connection) as taken:
        client.get("/admin/")
    return len(taken)


def test_the_number_of_statements_is_fixed(publication: Publication, log_in: LogIn) -> None:
    """However much there is of everything, the page takes as many statements as for a little."""
    fill(publication, 1)
    client = log_in("")
    page_of(client)
    few = statements(client)
    fill(publication, 4)

    assert statements(client) <= few


def fill(publication: Publication, much: int) -> None:
    """Give a publication some drafts, queued, ended and held sends, people and missed slots."""
    begin = Issue.objects.count() * 10
    for number in range(begin + 1, begin + 1 + much):
        desks.draft(publication, number)
        send(desks.draft(publication, number + 100), Send.State.QUEUED)
        send(desks.draft(publication, number + 200), Send.State.HELD)
        send(desks.draft(publication, number + 300), Send.State.SENDING)
        sent = send(desks.draft(publication, number + 400), Send.State.SENT)
        Send.objects.filter(pk=sent.pk).update(started_at=timezone.now())
        person = Subscriber.objects.create(email=f"ann{number}@example.org")
        Subscription.objects.create(subscriber=person, list=publication.lists.get())
        at = timezone.now() - dt.timedelta(hours=number)
        publication.slots.create(
            date=dt.date(2020, 1, 1) + dt.timedelta(number), at=at, state="held"
        )


def test_the_page(publication: Publication, log_in: LogIn) -> None:
    """The first page leads to each draft and to a new issue; nothing of Wagtail's own is on it."""
    desks.draft(publication)

    page = page_of(log_in("Writers"))

    assert "Tideline Digest Vol 1.1" in page
    assert "New issue" in page
    assert "editor guide" not in page


def test_before_the_first_publication(log_in: LogIn, publication: Publication) -> None:
    """Without a publication, the first page offers to found one."""
    client = log_in("")
    publication.archive.delete()
    publication.delete()

    page = page_of(client)

    assert "There is no publication yet" in page
    assert "/admin/publications/new/" in page


def ticked(publication: Publication) -> list[bool]:
    """Return which of the first steps are done, in their order."""
    return [step.done for step in seen(publication).steps]


def test_first_steps_tick_themselves_off(
    publication: Publication,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each step is ticked off once it is done, whoever did it and wherever."""
    settings.CONFIG = read_settings(tmp_path, "http://127.0.0.1:8026")
    Publication.objects.update(postal_address="")
    publication.refresh_from_db()
    assert ticked(publication) == [False] * 7

    publication.postal_address, publication.from_email = "1 Quay Street", "news@tideline.example"
    assert ticked(publication) == [True] + [False] * 6
    person = Subscriber.objects.create(email="ann@tideline.example")
    Subscription.objects.create(subscriber=person, list=publication.lists.get())
    publication.template = "letter"
    issue = desks.draft(publication)
    assert ticked(publication) == [True] * 4 + [False] * 3
    issue_log.record(issue, issue_log.TESTED, to="ann@tideline.example")
    assert ticked(publication) == [True] * 5 + [False] * 2
    settings.CONFIG = read_settings(tmp_path, "https://api.sendgrid.com")
    assert ticked(publication) == [True] * 5 + [False] * 2, "there is no key yet"
    monkeypatch.setenv("SENDGRID_API_KEY", "SG.key")
    assert ticked(publication) == [True] * 6 + [False]
    wrong = Result(name="disk", title="Disk", status=Status.WRONG, found="it is full")
    write_kept(settings.CONFIG, Kept(at=timezone.now(), results=[wrong]))
    assert ticked(publication)[-1] is False
    write_kept(settings.CONFIG, Kept(at=timezone.now(), results=[]))
    assert ticked(publication) == []


def read_settings(folder: Path, url: str) -> Config:
    """Return the settings of a workspace that sends to an address."""
    file = folder / "config.toml"
    file.write_text(f'[sendgrid]\nbase_url = "{url}"\n', encoding="utf-8")
    (folder / "var").mkdir(exist_ok=True)
    return config.read_config(file, {})


def test_steps_are_gone_for_good(publication: Publication, log_in: LogIn) -> None:
    """Who may change the publication can hide its first steps; nobody else can."""
    address = f"/admin/home/steps/{publication.pk}/hide/"
    assert "First steps" in page_of(log_in("Writers"))
    assert "Hide these steps" not in page_of(log_in("Senders"))
    assert log_in("Approvers").post(address).status_code == 302
    admin = log_in("Admins")
    assert "Hide these steps" in page_of(admin)

    admin.post(address)

    assert "First steps" not in page_of(admin)


def test_nobody_is_led_where_they_may_not_go(publication: Publication) -> None:
    """A step that somebody may not take has no link."""
    desks.member("Writers")

    steps = seen(publication).steps

    assert [bool(step.url) for step in steps] == [False] * 3 + [True] + [False] * 3


def test_a_queued_slot(publication: Publication) -> None:
    """An issue that is queued for the slot stands in it, with the way to its send."""
    issue = desks.draft(publication, subject="Reeds", body=[desks.digest("Reed beds")])
    _, booked = book_next_slot(issue, now=timezone.now(), batch_size=10)

    slot = seen(publication).slot

    assert slot.title == "Tideline Digest Vol 1.1"
    assert slot.band.url == f"/admin/sends/{booked.pk}/"
    assert slot.band.steps[2].words.startswith("Queued for ")


def test_the_issue_of_a_held_slot_is_not_offered_for_the_next(publication: Publication) -> None:
    """A draft that is kept for a held slot is not the one that fits the next slot."""
    kept = desks.draft(publication, 1)
    held_slot(publication, issue=kept)
    assert seen(publication).slot.title == ""

    desks.draft(publication, 2, date=None)

    assert seen(publication).slot.title == "Tideline Digest Vol 1.2"
