"""Lists: made, found, counted."""

from __future__ import annotations

import pytest

from newsletter.errors import BadInput, NotFound
from subscribers import lists
from subscribers.list_counts import count_list
from subscribers.models import List
from subscribers.suppressions import suppress
from tests.unit.subscribers.conftest import Person

pytestmark = pytest.mark.django_db


def test_a_short_name_is_made_of_the_name() -> None:
    """Another can be given, as for names without Latin letters."""
    assert lists.create("US-Japan Digest").slug == "us-japan-digest"
    assert lists.create("日米ダイジェスト", "nichibei").slug == "nichibei"


@pytest.mark.parametrize(
    ("name", "slug", "message"),
    [
        ("", "", "1 to 200 characters"),
        ("n" * 201, "", "1 to 200 characters"),
        ("日米", "", "日米: no short name"),
        ("Digest", "Two Words", "Two Words: no short name"),
        ("Digest", "d" * 81, "no short name"),
        ("Weekly", "weekly", "there is a list 'weekly' already"),
    ],
)
def test_invalid_names_are_refused(weekly: List, name: str, slug: str, message: str) -> None:
    """The message says what to give instead."""
    with pytest.raises(BadInput, match=message):
        lists.create(name, slug)


def test_a_list_is_found_by_its_short_name(weekly: List) -> None:
    """An unknown one gets an error that names those there are."""
    assert lists.by_slug("weekly") == weekly
    with pytest.raises(NotFound, match="no list 'nope'") as caught:
        lists.by_slug("nope")
    assert caught.value.hint == "Lists: weekly"


def test_the_only_list_need_not_be_named(weekly: List) -> None:
    """With a second one it must be said which."""
    assert lists.get_only_list() == weekly
    lists.create("Monthly")
    with pytest.raises(BadInput, match="say which list"):
        lists.get_only_list()


def test_without_a_list_the_error_says_how_to_make_one() -> None:
    """So a new user is not left alone."""
    with pytest.raises(BadInput) as caught:
        lists.get_only_list()
    assert "newsletter list create" in caught.value.hint


def test_people_are_counted_by_state(weekly: List, person: Person) -> None:
    """The suppressed are among the active, but not among the mailable."""
    person("a@example.org", weekly="active")
    person("b@example.org", weekly="active")
    person("c@example.org", weekly="pending")
    person("d@example.org", weekly="unsubscribed")
    person("e@example.org")
    suppress("B@example.org")
    suppress("d@example.org")

    counts = count_list(weekly)

    assert (counts.active, counts.pending, counts.unsubscribed) == (2, 1, 1)
    assert (counts.suppressed, counts.mailable) == (1, 1)
