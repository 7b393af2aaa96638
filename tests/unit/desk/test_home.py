"""The first page of the desk: for each publication, what there is to do."""

from __future__ import annotations

import datetime as dt

import time_machine
from django.utils import timezone

from newsletter.desk.home.page import MAX_LISTED, outlook
from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import Edition, Send
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.unit.desk.conftest import LogIn

MONDAY = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def send(issue: Issue, state: str, **fields: dt.datetime) -> Send:
    """Return a send of an issue."""
    edition = Edition.objects.create(issue=issue, subject="x", hash=f"{issue.pk:064}")
    at = dt.datetime(2026, 11, 26, 14, 7, tzinfo=dt.UTC)
    return Send.objects.create(issue=issue, edition=edition, state=state, at=at, **fields)


@time_machine.travel(MONDAY, tick=False)
def test_what_is_next(publication: Publication) -> None:
    """What is queued stands first with its time, then what was sent last, then the drafts."""
    publication.starts_on = dt.date(2026, 11, 12)
    send(desks.draft(publication, 2), Send.State.QUEUED)
    send(desks.draft(publication, 1), Send.State.SENT, finished_at=timezone.now())
    send(desks.draft(publication, 4), Send.State.CANCELLED, started_at=timezone.now())
    desks.draft(publication, 3)
    desks.on_the_web(publication, 5)

    found = outlook(publication)

    assert [(row.title, row.status) for row in found.rows] == [
        ("Tideline Digest Vol 1.2", "queued for Thu 26 Nov 2026 09:07 EST"),
        ("Tideline Digest Vol 1.1", "sent Mon 23 Nov 2026 07:00 EST"),
        ("Tideline Digest Vol 1.3", "draft"),
    ]
    assert found.next_slot == "Thu 26 Nov 2026 09:07 EST, open"
    assert found.cadence == "every 2 weeks on Thursday at 09:07 America/New_York"


def test_a_held_send_says_so(publication: Publication) -> None:
    """A send that waits for a person is listed as held."""
    send(desks.draft(publication), Send.State.HELD)

    [row] = outlook(publication).rows

    assert row.status == "held: a person must act"
    assert row.urgent


def test_what_waits_for_a_person_is_never_left_out(publication: Publication) -> None:
    """However much is in progress, what is held stands first, and the rest is counted."""
    for number in range(1, MAX_LISTED + 3):
        send(desks.draft(publication, number), Send.State.QUEUED)
    held = send(desks.draft(publication, 90), Send.State.HELD)
    Send.objects.filter(pk=held.pk).update(at=timezone.now() + dt.timedelta(days=300))

    found = outlook(publication)

    assert found.rows[0].title == "Tideline Digest Vol 1.90"
    assert len(found.rows) == MAX_LISTED
    assert found.further == 3


def test_a_send_leads_to_its_page(publication: Publication, log_in: LogIn) -> None:
    """Who sees sends is led to their pages, and from there to the issue; others to the issue."""
    issue = desks.draft(publication)
    going = send(issue, Send.State.QUEUED)
    of_send, of_issue = f"/admin/sends/{going.pk}/", f"/admin/pages/{issue.pk}/edit/"

    seen = log_in("Senders").get("/admin/").content.decode()
    assert f'<a href="{of_send}">' in seen
    seen = log_in("Writers").get("/admin/").content.decode()
    assert f'<a href="{of_issue}">' in seen
    assert of_send not in seen
    assert f'href="{of_issue}"' in log_in("").get(of_send).content.decode()


def test_undone_is_a_draft_again(publication: Publication) -> None:
    """An issue whose send was undone is listed, to be gone on with."""
    send(desks.draft(publication), Send.State.CANCELLED)

    assert [row.status for row in outlook(publication).rows] == ["draft"]


def test_submitted_with_doubts(publication: Publication) -> None:
    """A send with unknown answers does not read as if it were done with."""
    send(desks.draft(publication), Send.State.UNRESOLVED, finished_at=MONDAY)

    [row] = outlook(publication).rows

    assert row.status == "submitted Mon 23 Nov 2026 07:00 EST; some answers are unknown"


def test_people_are_counted_once(publication: Publication) -> None:
    """Only active subscribers count, and nobody twice."""
    more = create_publication("Night Trains").lists.get()
    own = publication.lists.get()
    publication.lists.add(more)
    for name, state in (("a", "active"), ("b", "active"), ("c", "unsubscribed"), ("d", "pending")):
        person = Subscriber.objects.create(email=f"{name}@example.org")
        for each in (own, more):
            Subscription.objects.create(subscriber=person, list=each, state=state)

    assert outlook(publication).subscribers == 2


def test_the_page(publication: Publication, log_in: LogIn) -> None:
    """The first page leads to each draft and to a new issue; nothing of Wagtail's own is on it."""
    desks.draft(publication)

    page = log_in("Writers").get("/admin/").content.decode()

    assert "Tideline Digest Vol 1.1" in page
    assert "New issue" in page
    assert "editor guide" not in page


def test_before_the_first_publication(log_in: LogIn, publication: Publication) -> None:
    """Without a publication, the first page offers to found one."""
    client = log_in("")
    publication.archive.delete()
    publication.delete()

    page = client.get("/admin/").content.decode()

    assert "There is no publication yet" in page
    assert "/admin/publications/new/" in page
