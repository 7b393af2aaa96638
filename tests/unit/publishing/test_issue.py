"""An issue: its number, its draft, and what of it readers already see."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsletter.publishing.content.drafts import draft_of, with_drafts
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.naming import slug_of
from newsletter.sending.models import Edition
from tests import desks


def test_the_row_follows_the_draft(publication: Publication) -> None:
    """Number, date and subject of the latest draft can be found, though nothing is published."""
    issue = desks.on_the_web(publication)
    draft = draft_of(issue)
    draft.volume, draft.number, draft.subject = 3, 11, "Ferries"
    draft.date = dt.date(2026, 12, 24)
    draft.save_revision()

    found = Issue.objects.get(volume=3, number=11)

    assert (found.pk, found.subject, found.date) == (issue.pk, "Ferries", dt.date(2026, 12, 24))


def test_the_row_keeps_following(publication: Publication) -> None:
    """The draft stays to be found by its number when what was approved before is published."""
    issue = desks.draft(publication)
    approved = issue.latest_revision
    issue.number, issue.title = 2, "Written on"
    issue.save_revision()

    approved.publish()

    issue = Issue.objects.get(volume=1, number=2)
    assert (issue.title, issue.draft_title) == ("Tideline Digest Vol 1.1", "Written on")


def test_readers_see_what_was_published(publication: Publication) -> None:
    """A later draft changes nothing of the title and text that are on the web."""
    issue = desks.on_the_web(publication)
    draft = draft_of(issue)
    draft.title, draft.body = "Unfinished", [desks.digest("Not yet")]
    draft.save_revision()

    issue.refresh_from_db()

    assert issue.title == "Tideline Digest Vol 1.1"
    assert issue.body[0].value["items"][0]["headline"] == "Reed beds"
    assert issue.draft_title == "Unfinished"


def test_a_number_is_taken_once(publication: Publication) -> None:
    """A number that another issue has is refused with that issue's name."""
    desks.draft(publication, 1)
    other = desks.draft(publication, 2)
    other.number = 1

    with pytest.raises(ValidationError, match="is taken: Tideline Digest Vol"):
        other.save_revision()


def test_issues_without_numbers(publication: Publication) -> None:
    """Any number of issues may have no number."""
    first = desks.draft(publication, 0, slug="spring")
    second = desks.draft(publication, 0, slug="autumn")

    assert {first.ref, second.ref} == {"spring", "autumn"}


@pytest.mark.parametrize(
    ("volume", "number", "ref"),
    [(3, 11, "3.11"), (0, 11, "11"), (0, 0, "vol-1-1"), (3, 0, "vol-1-1")],
)
def test_refs(publication: Publication, volume: int, number: int, ref: str) -> None:
    """Commands call an issue by volume and number, by number, or by its slug."""
    issue = desks.draft(publication, number, volume=volume, slug="vol-1-1")

    assert issue.ref == ref


def test_a_bad_language(publication: Publication) -> None:
    """What is not the code of a language is refused."""
    issue = desks.draft(publication)
    issue.language = "klingonese"

    with pytest.raises(ValidationError, match="a code such as en"):
        issue.full_clean()


def test_autosave_spares_what_was_approved(publication: Publication) -> None:
    """The revision that an edition was made from is kept when the same editor writes on."""
    editor = User.objects.create_user("editor")
    issue = desks.draft(publication)
    approved = issue.save_revision(user=editor)
    Edition.objects.create(issue=issue, revision=approved, subject="Reed beds", hash="0" * 64)
    issue.title = "Written on"

    later = issue.save_revision(user=editor, overwrite_revision=approved)

    assert later.pk != approved.pk
    assert approved.as_object().title == "Tideline Digest Vol 1.1"


def test_autosave_overwrites_otherwise(publication: Publication) -> None:
    """Without an edition, one sitting of an editor stays one revision."""
    editor = User.objects.create_user("editor")
    issue = desks.draft(publication)
    first = issue.save_revision(user=editor)

    again = issue.save_revision(user=editor, overwrite_revision=first)

    assert again.pk == first.pk


def test_a_copy_has_no_number(publication: Publication) -> None:
    """A copied issue leaves number and date behind, in its row and in its draft."""
    issue = desks.draft(publication, 7)

    copied = issue.copy(update_attrs={"title": "Again", "slug": "again"})

    draft = draft_of(Issue.objects.get(pk=copied.pk))
    assert (copied.ref, copied.date) == ("again", None)
    assert (draft.ref, draft.date, draft.title) == ("again", None, "Again")


def test_a_new_issue_begins_as_the_next(publication: Publication) -> None:
    """A new issue comes with number, title and an address that keeps the numbers apart."""
    desks.draft(publication, 10)
    issue = Issue()

    issue.begin(publication)

    assert (issue.ref, issue.title) == ("1.11", "Tideline Digest Vol 1.11")
    assert issue.slug == "tideline-digest-vol-1-11"
    assert issue.body[0].value["items"][0]["headline"] == ""


@pytest.mark.parametrize(
    ("title", "slug"), [("Vol 3.11", "vol-3-11"), ("Vol 31.1", "vol-31-1"), ("第3号", "第3号")]
)
def test_slugs(title: str, slug: str) -> None:
    """Volume and number stay apart in an address, and other scripts stay readable."""
    assert slug_of(title) == slug


def test_a_draft_is_what_wagtail_makes_of_it(publication: Publication) -> None:
    """A draft read with its issue is as Wagtail reads it, in one statement for both."""
    pk = desks.on_the_web(publication).pk
    changed = draft_of(Issue.objects.get(pk=pk))
    changed.title, changed.slug = "Written again", "written-again"
    changed.save_revision()

    with CaptureQueriesContext(connection) as asked:
        ours = draft_of(with_drafts(Issue.objects.all()).get(pk=pk))

    theirs = Issue.objects.get(pk=pk).get_latest_revision_as_object()
    assert len(asked) == 1
    assert (ours.title, ours.url_path) == ("Written again", theirs.url_path)
    assert ours.serializable_data() == theirs.serializable_data()
