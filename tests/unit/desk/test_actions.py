"""What can be done with an issue at the desk, and what must not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import Edition, Send
from tests import desks
from tests.unit.desk.conftest import LogIn


def approved(issue: Issue) -> Edition:
    """Return an edition of an issue."""
    return Edition.objects.create(issue=issue, subject="Reed beds", hash="0" * 64)


def delete(client: Client, issue: Issue) -> str:
    """Try to delete an issue, and return what the desk says."""
    url = f"/admin/pages/{issue.pk}/delete/"
    return client.post(url, follow=True).content.decode()


def test_publishing_is_called_by_its_name(publication: Publication, log_in: LogIn) -> None:
    """A sender can put an issue on the web; nothing there promises to send it."""
    issue = desks.draft(publication)

    page = log_in("Senders").get(f"/admin/pages/{issue.pk}/edit/").content.decode()

    assert "Put on the web" in page
    assert ">Publish<" not in page


def test_editors_save_drafts(publication: Publication, log_in: LogIn) -> None:
    """An editor is offered to save the draft, and nothing else."""
    issue = desks.draft(publication)

    page = log_in("Writers").get(f"/admin/pages/{issue.pk}/edit/").content.decode()

    assert "Save draft" in page
    assert "action-publish" not in page
    assert "action-submit" not in page


@pytest.mark.parametrize("view", ["/admin/issues/", "/admin/pages/{}/edit/"])
def test_issues_are_not_moved(publication: Publication, log_in: LogIn, view: str) -> None:
    """An issue is not offered to be moved in a tree, or to be published, in any menu."""
    issue = desks.on_the_web(publication)

    page = log_in("").get(view.format(issue.pk)).content.decode()

    assert "Take off the web" in page
    assert f"/{issue.pk}/move/" not in page
    assert "Unpublish" not in page


def test_a_draft_can_be_deleted(publication: Publication, log_in: LogIn) -> None:
    """An issue that nothing was ever made of can be deleted."""
    issue = desks.draft(publication)

    delete(log_in(""), issue)

    assert not Issue.objects.exists()


def test_what_was_approved_stays(publication: Publication, log_in: LogIn) -> None:
    """An issue with an edition is not deleted, and the desk says why."""
    issue = desks.draft(publication)
    approved(issue)

    said = delete(log_in(""), issue)

    assert "Tideline Digest Vol 1.1 cannot be deleted" in said
    assert Issue.objects.exists()


def test_what_was_sent_stays(publication: Publication, log_in: LogIn) -> None:
    """An issue that was sent is not deleted together with others either."""
    kept, other = desks.draft(publication, 1), desks.draft(publication, 2)
    Send.objects.create(issue=kept, edition=approved(kept), at=timezone.now())
    client = log_in("")

    said = client.post(
        f"/admin/bulk/wagtailcore/page/delete/?id={kept.pk}&id={other.pk}", follow=True
    )

    assert "Tideline Digest Vol 1.1 cannot be deleted" in said.content.decode()
    assert Issue.objects.count() == 2


def test_many_drafts_can_be_deleted(publication: Publication, log_in: LogIn) -> None:
    """Issues that nothing was made of can be deleted together."""
    first, second = desks.draft(publication, 1), desks.draft(publication, 2)

    log_in("").post(f"/admin/bulk/wagtailcore/page/delete/?id={first.pk}&id={second.pk}")

    assert not Issue.objects.exists()


def test_an_archive_keeps_what_was_sent(publication: Publication, log_in: LogIn) -> None:
    """An archive is not deleted over the head of an issue that was approved."""
    approved(desks.draft(publication))

    url = f"/admin/pages/{publication.archive.pk}/delete/"
    said = log_in("").post(url, follow=True).content.decode()

    assert "cannot be deleted" in said
    assert Issue.objects.exists()
