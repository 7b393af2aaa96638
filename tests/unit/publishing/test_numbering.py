"""What a person means by `3.11`."""

from __future__ import annotations

import pytest

from newsletter.errors import BadInput, NotFound
from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Publication
from newsletter.publishing.numbering import find_issue, find_publication
from tests import desks


@pytest.mark.parametrize("ref", ["1.3", " 1.3 ", "vol-1-3", "01.03"])
def test_number_or_slug(publication: Publication, ref: str) -> None:
    """An issue is found by its number and by its slug."""
    issue = desks.draft(publication, 3)

    assert find_issue(ref) == issue


def test_a_number_without_volumes(publication: Publication) -> None:
    """Where there are no volumes, the number alone will do."""
    issue = desks.draft(publication, 11, volume=0)

    assert find_issue("11") == issue


def test_a_slug_of_digits(publication: Publication) -> None:
    """A slug that looks like a number is found when no issue has that number."""
    issue = desks.draft(publication, 0, volume=0, slug="2026")

    assert find_issue("2026") == issue


def test_the_number_of_the_draft_counts(publication: Publication) -> None:
    """An issue goes by the number that its editors see."""
    issue = desks.on_the_web(publication, 1)
    draft = draft_of(issue)
    draft.number = 2
    draft.save_revision()

    assert find_issue("1.2") == issue
    with pytest.raises(NotFound):
        find_issue("1.1")


def test_nothing_by_that_name(publication: Publication) -> None:
    """A miss says what there is."""
    desks.draft(publication, 3)

    with pytest.raises(NotFound, match=r"there is no issue 9\.9") as miss:
        find_issue("9.9")

    assert "1.3" in miss.value.hint


def test_nothing_at_all(publication: Publication) -> None:
    """Without any issue, the miss says how to make one."""
    with pytest.raises(NotFound) as miss:
        find_issue("1.1")

    assert "newsletter issue new" in miss.value.hint


def test_several_publications(publication: Publication) -> None:
    """A number that two publications have must say which; with the publication it is found."""
    other = create_publication("Night Trains")
    desks.draft(publication, 1)
    issue = desks.draft(other, 1)

    with pytest.raises(BadInput, match=r"there are 2 issues 1\.1") as doubt:
        find_issue("1.1")

    assert "--publication" in doubt.value.hint
    assert find_issue("1.1", "night-trains") == issue
    assert find_issue("1.1", "Night Trains") == issue


def test_the_only_publication(publication: Publication) -> None:
    """With one publication nobody has to name it; a wrong name is still an error."""
    assert find_publication() == publication
    with pytest.raises(NotFound, match="no publication nonsense"):
        find_publication("nonsense")


def test_which_of_two_publications(publication: Publication) -> None:
    """With two publications, one has to be named."""
    create_publication("Night Trains")

    with pytest.raises(BadInput, match="several publications"):
        find_publication()


@pytest.mark.django_db
def test_no_publication() -> None:
    """Without a publication, the error says how to found one."""
    with pytest.raises(NotFound) as miss:
        find_publication()

    assert "newsletter init" in miss.value.hint
