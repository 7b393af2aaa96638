"""Issues of the past: on the web with their own date, and never mailed."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from newsletter import cli
from newsletter.desk.sends import past_issues as page
from newsletter.errors import BadInput, InvalidTransition, NotApproved, NotReady
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.content.issue_content import today
from newsletter.publishing.models import Publication
from newsletter.sending.models import Send
from newsletter.sending.planning.approvals import approve
from newsletter.sending.planning.past_issues import put_on_web, take_off_web
from newsletter.sending.planning.queue import create_send, queue
from tests import desks

PAST = dt.date(2019, 5, 2)


def test_it_stands_under_its_own_date(client: Client, publication: Publication) -> None:
    """A past issue is in archive and feed with the day on which it came out; nothing is sent."""
    issue = put_on_web(desks.draft(publication, 4, date=PAST))

    assert issue.never_mailed
    assert "2 May 2019" in client.get("/vol-1-4/").content.decode()
    assert "Thu, 02 May 2019" in client.get("/feed.xml").content.decode()
    assert not Send.objects.exists()


def test_it_is_never_queued(publication: Publication) -> None:
    """Not by whoever asks for it, nor by who looked at it before; off the web it can be, again."""
    stale = desks.draft(publication, 4, date=PAST)
    issue = put_on_web(stale)

    with pytest.raises(InvalidTransition, match="never mailed"):
        queue(issue, at=timezone.now(), batch_size=10)
    with pytest.raises(InvalidTransition, match="never mailed"):
        create_send(stale, None, at=timezone.now(), batch_size=10)  # type: ignore[arg-type]
    assert not Send.objects.exists()

    issue = take_off_web(issue)

    assert (issue.live, issue.never_mailed) == (False, False)
    assert queue(issue, at=timezone.now(), batch_size=10).pk


def test_what_cannot_be_one(publication: Publication) -> None:
    """Without a date, of a day to come, without content, queued: each is told, nothing changes."""
    undated = desks.draft(publication, 1, date=None)
    future = desks.draft(publication, 2, date=timezone.now().date() + dt.timedelta(days=3))
    empty = desks.draft(publication, 3, date=PAST, body=[])
    queued = desks.draft(publication, 5, date=PAST)
    queue(queued, at=timezone.now() + dt.timedelta(days=1), batch_size=10)

    for issue, words in ((undated, "no date"), (future, "to come"), (empty, "no content")):
        with pytest.raises(BadInput, match=words):
            put_on_web(issue)
    with pytest.raises(InvalidTransition, match="queued already"):
        put_on_web(queued)
    with pytest.raises(InvalidTransition, match="was not put on the web"):
        take_off_web(queued)
    assert not publication.issues.filter(live=True).exists()


def test_what_the_check_finds(client: Client, publication: Publication) -> None:
    """With an error it is refused, by function, command and desk; of several, none is there."""
    desks.draft(publication, 4, date=PAST)
    faulty = desks.draft(publication, 5, date=PAST, preheader="Hello {{ subscriber.nobody }}")

    with pytest.raises(NotReady, match="has 1 error"):
        put_on_web(faulty)
    cli.register()
    refused = CliRunner().invoke(cli.app, ["issue", "put-on-web", "1.4", "1.5"])
    assert isinstance(refused.exception, NotReady)
    client.force_login(desks.member("Senders", name="sender"))
    answer = client.post(f"/admin/issues/{faulty.pk}/past/")
    assert answer.headers["Location"] == f"/admin/issues/{faulty.pk}/check/"
    assert not publication.issues.filter(live=True).exists()


def test_an_issue_of_today_needs_its_approval(publication: Publication) -> None:
    """Where the publication wants one: it could be mailed as well.  One of the past need not."""
    Publication.objects.update(needs_approval=True)
    publication.refresh_from_db()
    issue = desks.draft(publication, 4, date=today(publication))

    with pytest.raises(NotApproved):
        put_on_web(issue)
    approve(issue)
    assert put_on_web(issue).live
    assert put_on_web(desks.draft(publication, 5, date=PAST)).live


def test_a_draft_keeps_the_mark(client: Client, publication: Publication) -> None:
    """A corrected draft is put there again; the mark does not come from what an editor saved."""
    issue = put_on_web(desks.draft(publication, 4, date=PAST))
    draft = draft_of(issue)
    draft.never_mailed, draft.title = False, "Corrected"
    draft.save_revision()

    assert put_on_web(issue).never_mailed
    assert "Corrected" in client.get("/vol-1-4/").content.decode()


def test_the_command(publication: Publication) -> None:
    """Several at once, or none of them; each with its address."""
    for number in (4, 5):
        desks.draft(publication, number, date=PAST)
    desks.draft(publication, 6, date=None)
    cli.register()
    app, run = cli.app, CliRunner().invoke

    refused = run(app, ["issue", "put-on-web", "1.4", "1.6"])
    assert isinstance(refused.exception, BadInput)
    assert not publication.issues.filter(live=True).exists()
    done = run(app, ["issue", "put-on-web", "1.4", "1.5", "--json"])
    assert [each["ref"] for each in json.loads(done.stdout)["issues"]] == ["1.4", "1.5"]
    assert run(app, ["issue", "put-on-web", "1.4", "--undo"]).exit_code == 0
    assert [each.ref for each in publication.issues.filter(live=True)] == ["1.5"]


def test_the_desk(client: Client, publication: Publication) -> None:
    """Who may queue puts it there, looks at it, and takes it off; who only writes may not."""
    issue = desks.draft(publication, 4, date=PAST)
    address = f"/admin/issues/{issue.pk}/past/"
    client.force_login(desks.member("Writers"))
    assert client.post(address).status_code == 302
    assert not publication.issues.filter(live=True).exists()

    client.force_login(desks.member("Senders", name="sender"))
    assert "2 May 2019" in client.get(address).content.decode()
    assert not publication.issues.filter(live=True).exists()
    client.post(address)
    assert publication.issues.get(pk=issue.pk).never_mailed
    assert "never mailed" in client.get(f"/admin/issues/{issue.pk}/queue/").content.decode()
    assert client.get("/vol-1-4/").status_code == 200
    client.post(address, {"take_off": "1"})
    assert client.get("/vol-1-4/").status_code == 404
    assert page.PERMISSION == "publishing.queue_issue"
