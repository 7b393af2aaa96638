"""An issue without a date carries the day it was queued for: in the mail and everywhere else."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader
from typer.testing import CliRunner

from newsletter import cli
from newsletter.conf.config import Config
from newsletter.desk.composer.checks import check_as_known
from newsletter.desk.composer.issue_reading import read_issue
from newsletter.errors import NotApproved
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.clock import tick
from newsletter.sending.ledger import editions
from newsletter.sending.ledger.editions import NOBODY
from newsletter.sending.models import Send
from newsletter.sending.planning import approvals
from newsletter.sending.planning.queue import queue
from subscribers.addresses import key_of
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.publications import create_publication

#: Monday noon; the slot is on Thursday the 26th in New York.
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
MAX_DELAY = dt.timedelta(hours=6)


@pytest.fixture(autouse=True)
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """It is Monday noon, until the test says otherwise; PDFs go to a folder of their own."""
    monkeypatch.setattr(Config, "data", property(lambda _self: tmp_path / "var"))
    cli.register()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def publication(db: None) -> Publication:
    """Every second Thursday, with one reader."""
    made = create_publication(
        "Tideline Digest", postal_address="1 Quay Street", starts_on=dt.date(2026, 11, 26)
    )
    person = Subscriber.objects.create(
        email="reader@tideline.example", key=key_of("reader@tideline.example")
    )
    Subscription.objects.create(subscriber=person, list=made.lists.get(), state="active")
    return made


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft without a date."""
    return desks.draft(publication, date=None)


def command(*words: str) -> str:
    """Run a command, which must succeed."""
    result = CliRunner().invoke(cli.app, list(words))
    if result.exception:
        raise result.exception
    return result.stdout


def started(send: Send, traveller: time_machine.Traveller) -> None:
    """Let the time of a send come."""
    traveller.move_to(send.at)
    tick(send.at, late=MAX_DELAY)
    send.refresh_from_db()
    assert send.state == Send.State.SENDING


def mail(send: Send) -> str:
    """Return the mail as frozen."""
    return editions.load_compiled(send.edition_id).variants[0].parts(NOBODY).html


def read(path: str) -> bytes:
    """Return what a reader gets."""
    answer = Client().get(path)
    assert answer.status_code == 200
    content: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content


def everywhere(issue: Issue) -> list[str]:
    """Return the web page, the archive, the feed and the text of the PDF."""
    issue.refresh_from_db()
    path = issue.get_url_parts()[2]
    pages = [read(path).decode(), read("/").decode(), read("/feed.xml").decode()]
    pdf = PdfReader(io.BytesIO(read(f"{path}{issue.slug}.pdf")))
    return [*pages, " ".join(page.extract_text() for page in pdf.pages)]


def test_a_check_gives_the_issue_of_a_page_no_date(issue: Issue) -> None:
    """A page whose issue is on the web shows no day as its date, whatever it showed before."""
    issue.get_latest_revision().publish()
    shown = read_issue(issue.pk)

    draft = draft_of(shown)
    check_as_known(shown, as_read=True)

    assert not shown.has_unpublished_changes
    assert draft.issued_on is shown.issued_on is None


@pytest.mark.parametrize(
    ("zone", "when", "day"),
    [
        ("America/New_York", "--next-slot", "26 November 2026"),
        ("America/New_York", "--at 2026-11-25T22:30", "25 November 2026"),
        ("Asia/Tokyo", "--at 2026-11-25T07:30", "25 November 2026"),
    ],
)
def test_one_day_everywhere(
    issue: Issue, stopped: time_machine.Traveller, zone: str, when: str, day: str
) -> None:
    """Mail, page, archive, feed and PDF say the day it was queued for, a month later too."""
    Publication.objects.update(time_zone=zone)
    command("issue", "queue", "1.1", *when.split())
    send = Send.objects.get()
    assert day in mail(send)
    started(send, stopped)
    stopped.move_to(NOW + dt.timedelta(days=30))

    page, archive, feed, pdf = everywhere(issue)

    number, month, year = day.split()
    assert day in page
    assert day in archive
    noon = dt.datetime(2026, 11, int(number), 12, tzinfo=ZoneInfo(zone))
    assert f"{number} {month[:3]} {year} 12:00:00 {noon:%z}" in feed
    assert day in " ".join(pdf.split())


def test_order_of_the_archive(
    publication: Publication, issue: Issue, stopped: time_machine.Traveller
) -> None:
    """It stands in the archive where its day belongs, not last."""
    desks.on_the_web(publication, 7, date=dt.date(2026, 11, 20), title="The older")
    desks.on_the_web(publication, 8, date=dt.date(2026, 11, 30), title="The newer")
    command("issue", "queue", "1.1", "--next-slot")
    started(Send.objects.get(), stopped)

    archive = everywhere(issue)[1]

    order = sorted(
        (archive.index(title), title) for title in ("The older", issue.title, "The newer")
    )
    assert [title for _, title in order] == ["The newer", issue.title, "The older"]


def test_only_on_the_web(publication: Publication, stopped: time_machine.Traveller) -> None:
    """One that was never queued carries the day it was put on the web, in the zone's calendar."""
    stopped.move_to(dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC))
    issue = desks.on_the_web(publication, 3, date=None)
    stopped.move_to(NOW + dt.timedelta(days=30))

    page, archive, feed, _pdf = everywhere(issue)

    assert "23 November 2026" in page
    assert "23 November 2026" in archive
    assert "23 Nov 2026 12:00:00 -0500" in feed


def test_queued_again(issue: Issue, stopped: time_machine.Traveller) -> None:
    """Taken back and queued for another day, it carries that one."""
    command("issue", "queue", "1.1", "--next-slot")
    command("issue", "unqueue", "1.1")
    command("issue", "queue", "1.1", "--at", "2026-11-28T09:00")
    command("send", "cancel", str(Send.objects.latest("pk").pk))
    command("issue", "queue", "1.1", "--at", "2026-11-29T09:00")
    send = Send.objects.latest("pk")

    assert "29 November 2026" in mail(send)
    started(send, stopped)
    assert "29 November 2026" in everywhere(issue)[0]


def test_edited_while_queued(issue: Issue, stopped: time_machine.Traveller) -> None:
    """A draft that is saved while it is queued does not lose the day."""
    command("issue", "queue", "1.1", "--next-slot")
    draft = issue.get_latest_revision_as_object()
    draft.subject = "Another subject"
    draft.save_revision()
    started(Send.objects.get(), stopped)

    assert "26 November 2026" in everywhere(issue)[0]


def test_given_date_is_kept(publication: Publication, stopped: time_machine.Traveller) -> None:
    """A date that its editors gave stands everywhere, whenever it goes out."""
    issue = desks.draft(publication, date=dt.date(2026, 11, 27))
    command("issue", "queue", "1.1", "--next-slot")
    send = Send.objects.get()
    started(send, stopped)

    assert "27 November 2026" in mail(send)
    assert "27 November 2026" in everywhere(issue)[0]


def test_approved_for_its_day(issue: Issue, stopped: time_machine.Traveller) -> None:
    """Approved on one day and queued on another, the edition is the one that was approved."""
    Publication.objects.update(needs_approval=True)
    command("issue", "approve", "1.1")
    stopped.shift(dt.timedelta(days=1))
    command("issue", "queue", "1.1", "--next-slot")

    assert Send.objects.get().edition.approved_at is not None


def test_approved_for_another_day(issue: Issue) -> None:
    """Queued for another day than it was approved for, it is refused: that day is in the mail."""
    Publication.objects.update(needs_approval=True)
    issue.publication.refresh_from_db()
    approvals.approve(issue, day=dt.date(2026, 11, 26))
    at = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
    with pytest.raises(NotApproved, match="day has changed"):
        queue(issue, at=at, batch_size=10)

    approvals.approve(issue, day=dt.date(2026, 11, 28))
    send = queue(issue, at=at, batch_size=10)

    assert send.edition.approved_at is not None
    assert "28 November 2026" in mail(send)


def test_copy_has_no_day(issue: Issue) -> None:
    """A copy of an issue does not take its day along."""
    command("issue", "queue", "1.1", "--next-slot")
    issue.refresh_from_db()
    assert issue.issued_on == dt.date(2026, 11, 26)

    copied = issue.copy(update_attrs={"slug": "copy", "title": "Copy"})

    assert copied.issued_on is None
