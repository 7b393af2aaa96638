"""Approval is asked for, given and refused on one page, and people are told."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings
from wagtail.users.models import UserProfile

from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import ApprovalRequest, Edition, Send
from tests import desks


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft of a publication that needs approval."""
    Publication.objects.update(needs_approval=True)
    publication.refresh_from_db()
    return desks.draft(publication)


def person(group: str, name: str) -> tuple[Client, User]:
    """Return somebody of a group with an address, and their browser."""
    user = desks.member(group, name)
    user.email = f"{name}@example.org"
    user.save()
    client = Client()
    client.force_login(user)
    return client, user


def page(issue: Issue) -> str:
    """Return the address of the page."""
    return reverse("desk_approval", args=[issue.pk])


def shown(client: Client, address: str) -> str:
    """Return a page as it is read."""
    return client.get(address).content.decode()


def seen(issue: Issue) -> str:
    """Return the hash that the last question was about."""
    return ApprovalRequest.objects.filter(issue=issue).latest("pk").hash


def test_from_question_to_queue(issue: Issue) -> None:
    """Who may approve is told by mail and on the first page, who asked is told of the answer."""
    writer, _ = person("Writers", "ann")
    approver, _ = person("Approvers", "ben")
    sender, _ = person("Senders", "cho")

    writer.post(page(issue), {"ask": "1", "note": "The dates are new"})
    assert [(each.to, each.subject) for each in mail.outbox] == [
        (["ben@example.org"], f"Please approve: {issue.title}")
    ]
    assert "The dates are new" in mail.outbox[0].body
    assert page(issue) in mail.outbox[0].body
    assert "asked by ann" in shown(approver, "/admin/")
    assert "asked by ann" not in shown(writer, "/admin/")

    approver.post(page(issue), {"approve": "1", "hash": seen(issue), "note": "Good"})
    assert mail.outbox[1].to == ["ann@example.org"]
    assert "approved by ben" in shown(writer, "/admin/")

    sender.post(reverse("desk_queue", args=[issue.pk]), {"when": "slot"})
    send = Send.objects.get()
    assert send.edition.approved_at is not None
    words = shown(sender, page(issue))
    assert "What is queued is what was approved." in words
    assert words.count(send.edition.hash[:12]) == 3


def test_queueing_is_refused_with_the_way_to_ask(issue: Issue) -> None:
    """Without approval nothing is queued: the page says why, and leads to where one asks."""
    sender, _ = person("Senders", "cho")

    answer = sender.post(reverse("desk_queue", args=[issue.pk]), {"when": "slot"})

    words = answer.content.decode()
    assert not Send.objects.exists()
    assert "has not been approved" in words
    assert f'href="{page(issue)}">Ask for approval' in words


def test_changed_since(issue: Issue) -> None:
    """After a change the page asks again, and a queued mail stays as it was approved."""
    sender, user = person("Senders", "cho")
    approver, _ = person("Approvers", "ben")
    sender.post(page(issue), {"ask": "1"})
    approver.post(page(issue), {"approve": "1", "hash": seen(issue)})
    sender.post(reverse("desk_queue", args=[issue.pk]), {"when": "slot"})
    issue.subject = "Another subject"
    issue.save_revision(user=user)

    words = shown(sender, page(issue))

    assert "Changed since it was approved" in words
    assert "The draft was changed since." in words
    assert 'name="ask"' in words


def test_sent_back(issue: Issue) -> None:
    """Who asked reads why it was sent back, by mail, on the first page and on the page itself."""
    writer, _ = person("Writers", "ann")
    approver, _ = person("Approvers", "ben")
    writer.post(page(issue), {"ask": "1"})

    approver.post(page(issue), {"send_back": "1", "note": "The date is wrong"})

    assert "The date is wrong" in mail.outbox[1].body
    assert "sent back by ben" in shown(writer, "/admin/")
    assert "The date is wrong" in shown(writer, page(issue))


def test_a_writer_cannot_approve(issue: Issue) -> None:
    """The right to approve is asked of whoever presses the button, not of whoever sees it."""
    writer, _ = person("Writers", "ann")
    writer.post(page(issue), {"ask": "1"})

    for button in ("approve", "send_back"):
        answer = writer.post(page(issue), {button: "1", "hash": seen(issue), "note": "x"})
        assert answer.status_code in {302, 403}

    assert not Edition.objects.exclude(approved_at=None).exists()
    assert ApprovalRequest.objects.get().state == "open"
    assert 'name="approve"' not in shown(writer, page(issue))


def test_somebody_else_has_to(issue: Issue) -> None:
    """Who changed it last is told that somebody else approves it, and is offered no button."""
    Publication.objects.update(second_person=True)
    client, user = person("Senders", "sana")
    user.groups.add(*desks.member("Approvers", "aro").groups.all())
    issue.subject = "Ferries"
    issue.save_revision(user=user)

    shown = client.get(page(issue)).content.decode()

    assert "You changed it last, so somebody else has to approve it." in shown
    assert 'name="approve"' not in shown
    assert 'name="ask"' in shown


def test_the_check_leads_to_the_next_step(issue: Issue) -> None:
    """Once nothing stands in the way, the check leads to the approval, and says if it is asked."""
    client, _ = person("Writers", "will")
    check = f"/admin/issues/{issue.pk}/check/"

    assert "Have it approved" in client.get(check).content.decode()
    client.post(page(issue), {"ask": "1"})

    assert "See the approval" in client.get(check).content.decode()


def test_nobody_to_ask(issue: Issue) -> None:
    """Where nobody may approve, that is said at once."""
    writer, _ = person("Writers", "ann")

    answer = writer.post(page(issue), {"ask": "1"}, follow=True)

    assert "Nobody else may approve" in answer.content.decode()


def test_mail_that_fails(issue: Issue, settings: Settings) -> None:
    """When no mail can be sent the question stands, and it is said who was not told."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.nowhere.EmailBackend"
    writer, _ = person("Writers", "ann")
    person("Approvers", "ben")

    answer = writer.post(page(issue), {"ask": "1"}, follow=True)

    assert "Not told by mail: ben" in answer.content.decode()
    assert ApprovalRequest.objects.get().state == "open"


def test_mail_in_the_language_of_its_reader(issue: Issue) -> None:
    """Each person is written to in the language that they chose for the desk."""
    writer, _ = person("Writers", "ann")
    _, ben = person("Approvers", "ben")
    profile = UserProfile.get_for_user(ben)
    profile.preferred_language = "ja"
    profile.save()

    writer.post(page(issue), {"ask": "1"})

    assert mail.outbox[0].subject == f"承認のお願い: {issue.title}"


def test_history(issue: Issue) -> None:
    """The history tells who asked, approved and queued; it is filtered, and a file has it too."""
    writer, _ = person("Writers", "ann")
    approver, _ = person("Approvers", "ben")
    writer.post(page(issue), {"ask": "1", "note": "=HYPERLINK(1)"})
    approver.post(page(issue), {"send_back": "1", "note": "No"})
    address = reverse("desk_history", args=[issue.pk])

    assert "Asked for approval" in shown(approver, address)
    filtered = shown(approver, f"{address}?who=ben")
    assert "Sent back: No" in filtered
    assert "Asked for approval (" not in filtered
    assert "Nothing of this kind" in shown(approver, f"{address}?until=2001-01-01")

    file = approver.get(f"{address}?format=csv&who=ann")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0] == ["Time", "Who", "What", "Details"]
    assert [row[1] for row in rows[1:]] == ["ann"]
    assert "attachment" in file["Content-Disposition"]


def test_a_file_without_formulas(issue: Issue) -> None:
    """A name that a spreadsheet would take for a formula is written as text."""
    writer, user = person("Writers", "ann")
    user.first_name = "=1+1"
    user.save()
    writer.post(page(issue), {"ask": "1"})

    file = writer.get(reverse("desk_history", args=[issue.pk]) + "?format=csv")

    assert "'=1+1" in file.content.decode()
    assert ",=1+1" not in file.content.decode()


def test_no_approval_needed(issue: Issue) -> None:
    """Where a publication needs no approval, its editor does not lead there."""
    Publication.objects.update(needs_approval=False)
    writer, _ = person("Writers", "ann")
    edit = reverse("wagtailadmin_pages:edit", args=[issue.pk])

    assert page(issue) not in shown(writer, edit)
    assert "needs no approval" in shown(writer, page(issue))
    Publication.objects.update(needs_approval=True)
    assert page(issue) in shown(writer, edit)
