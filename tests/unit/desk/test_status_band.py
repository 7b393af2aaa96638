"""Where an issue stands is said above it, with the one next thing to do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation
from wagtail.users.models import UserProfile

from newsletter.desk.composer.status_band import Band, band_of
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import Send
from newsletter.sending.planning.queue import queue
from tests import desks
from tests.unit.desk.conftest import LogIn


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft without a fault."""
    return desks.draft(publication, subject="Reeds", body=[desks.digest("Reed beds")])


@pytest.fixture
def chief(log_in: LogIn) -> Client:
    """Somebody who may do everything."""
    return log_in("")


def seen(issue: Issue) -> Band:
    """Return what the chief sees of an issue as it is stored now."""
    return band_of(Issue.objects.get(pk=issue.pk), User.objects.get())


def shown(band: Band) -> list[str]:
    """Return the steps, each with where it is."""
    return [f"{step.state}: {step.words}" for step in band.steps]


def queued(issue: Issue) -> Send:
    """Return the send of an issue that is queued for tomorrow."""
    return queue(issue, at=timezone.now() + dt.timedelta(days=1), batch_size=10)


def test_a_draft_is_to_be_checked(issue: Issue, chief: Client) -> None:
    """The next step of a draft is the check; once that found nothing, it is the queue."""
    first = seen(issue)
    chief.get(f"/admin/issues/{issue.pk}/check/")
    second = seen(issue)

    assert shown(first) == ["done: Draft", "now: Checked", "ahead: Queued", "ahead: Sent"]
    assert (first.label, first.url) == ("Check it", f"/admin/issues/{issue.pk}/check/")
    assert shown(second)[1] == "done: Checked"
    assert (second.label, second.url) == ("Queue it", f"/admin/issues/{issue.pk}/queue/")


def test_a_change_is_to_be_checked_again(issue: Issue, chief: Client) -> None:
    """What was checked is the draft as it was: a change makes the check the next step again."""
    chief.get(f"/admin/issues/{issue.pk}/check/")
    issue.subject = "Ferries"
    issue.save_revision()

    assert seen(issue).label == "Check it"


def test_approval_is_a_step_where_it_is_asked_for(issue: Issue, chief: Client) -> None:
    """Where the publication needs an approval, that comes between the check and the queue."""
    Publication.objects.update(needs_approval=True)
    chief.get(f"/admin/issues/{issue.pk}/check/")

    band = seen(issue)

    assert shown(band)[2] == "now: Approved"
    assert band.label == "Have it approved"


def test_queued(issue: Issue, chief: Client) -> None:
    """A queued issue says for when; changed since, it asks to be queued again with the change."""
    send = queued(issue)
    same = seen(issue)
    issue.subject = "Ferries"
    issue.save_revision()
    changed = seen(issue)

    assert shown(same)[2].startswith("done: Queued for ")
    assert (same.label, same.note) == ("See the send", "")
    assert changed.label == "Queue again with this change"
    chief.post(changed.url, {"again": "1"})
    fresh = Send.objects.exclude(pk=send.pk).get()
    assert fresh.at == send.at
    assert fresh.edition.document != send.edition.document
    assert seen(issue).note == ""


def test_what_cannot_be_queued_again_stays_queued(issue: Issue, chief: Client) -> None:
    """A change with an error in it leaves what was queued in the queue."""
    send = queued(issue)
    issue.body = [("markdown", "[x](#gone)")]
    issue.save_revision()

    chief.post(f"/admin/issues/{issue.pk}/queue/", {"again": "1"})

    assert Send.objects.get().pk == send.pk
    assert Send.objects.get().state == Send.State.QUEUED


def test_a_sent_issue_looks_sent(issue: Issue, chief: Client) -> None:
    """The page of a sent issue says to how many people it was sent, also after a later edit."""
    queued(issue)
    Send.objects.update(state=Send.State.SENT, finished_at=timezone.now())
    issue.subject = "Ferries"
    issue.save_revision()

    band = seen(issue)

    assert shown(band)[-1] == "done: Sent to 0 people"
    assert band.note == "The draft was changed since: readers got it as it was before."


def test_it_stands_on_the_page(issue: Issue, chief: Client) -> None:
    """The band is on the page of the issue, in the language of whoever reads it."""
    english = chief.get(f"/admin/pages/{issue.pk}/edit/").content.decode()
    UserProfile.objects.create(user=User.objects.get(), preferred_language="ja")
    japanese = chief.get(f"/admin/pages/{issue.pk}/edit/").content.decode()
    translation.activate("en")

    assert "Where the issue stands" in english
    assert "この号の状況" in japanese
