"""Two versions of an issue are compared word by word, and an old one is brought back."""

from __future__ import annotations

import pytest

from newsletter.desk.composer.comparing import mark_words
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from tests import desks
from tests.unit.desk.conftest import LogIn


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("Reed beds clean", "Reed beds cleaned", "Reed beds <del>clean</del><ins>cleaned</ins>"),
        ("葦の原が港を洗う", "葦の原が海を洗う", "葦の原が<del>港</del><ins>海</ins>を洗う"),
        ("", "New", "<ins>New</ins>"),
        ("a < b", "a < c", "a &lt; <del>b</del><ins>c</ins>"),
        ("same", "same", "same"),
    ],
)
def test_word_by_word(before: str, after: str, shown: str) -> None:
    """Only the words that changed are marked, in Japanese the letters."""
    assert mark_words(before, after) == shown


def changed(publication: Publication) -> Issue:
    """Return an issue with two versions."""
    issue = desks.draft(publication, subject="Reed beds clean", body=[desks.digest("Ferries")])
    draft = draft_of(issue)
    draft.subject = "Reed beds cleaned"
    draft.body[0].value["items"][0]["headline"] = "Ferries get cheaper"
    draft.save_revision()
    return issue


def test_the_page(publication: Publication, log_in: LogIn) -> None:
    """The page names each field that changed and marks its words."""
    issue = changed(publication)

    page = log_in("Writers").get(f"/admin/issues/{issue.pk}/compare/").content.decode()

    assert "Reed beds <del>clean</del><ins>cleaned</ins>" in page
    assert "<dt>Item 1: Headline</dt>" in page
    assert "Ferries<ins> get cheaper</ins>" in page


def test_the_way_there_and_back(publication: Publication, log_in: LogIn) -> None:
    """The comparison of the history leads there; an old version opens to be saved again."""
    issue, client = changed(publication), log_in("Writers")
    first, last = issue.revisions.order_by("pk").values_list("pk", flat=True)

    led = client.get(f"/admin/pages/{issue.pk}/revisions/compare/{first}...{last}/")
    page = client.get(led.headers["Location"]).content.decode()

    revert = f"/admin/pages/{issue.pk}/revisions/{first}/revert/"
    assert revert in page
    assert 'value="Reed beds clean"' in client.get(revert).content.decode()


def test_nothing_differs(publication: Publication, log_in: LogIn) -> None:
    """An issue with one version has nothing to compare, and says so."""
    issue = desks.draft(publication)

    page = log_in("Writers").get(f"/admin/issues/{issue.pk}/compare/").content.decode()

    assert "Nothing differs between these two versions." in page
