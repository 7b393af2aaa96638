"""A publication refuses what would only fail when an issue is due."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.models import Publication
from tests import desks


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        pytest.param("time_zone", "America/Gotham", "no such time zone", id="zone"),
        pytest.param("time_zone", "../etc/passwd", "no such time zone", id="path-as-zone"),
        pytest.param("starts_on", dt.date(2026, 11, 27), "does not fit", id="weekday"),
        pytest.param("language", "English", "a code such as en", id="language"),
        pytest.param("template", "brochure", "there are: ", id="template"),
        pytest.param("every_weeks", 0, "greater than or equal to 1", id="weeks"),
        pytest.param("from_email", "nobody", "valid email", id="sender"),
    ],
)
def test_bad_settings(publication: Publication, field: str, value: object, words: str) -> None:
    """A setting that cannot work is refused at its own field, in words that help."""
    setattr(publication, field, value)

    with pytest.raises(ValidationError) as refusal:
        publication.full_clean()

    assert words in " ".join(refusal.value.message_dict[field])


def test_a_founded_publication_is_good(publication: Publication) -> None:
    """What founding fills in passes every check."""
    publication.full_clean()


@pytest.mark.parametrize(
    ("numbers", "following"),
    [
        pytest.param([], (1, 1), id="the-first"),
        pytest.param([(1, 1), (1, 2)], (1, 3), id="one-up"),
        pytest.param([(1, 12), (2, 3)], (2, 4), id="newest-volume"),
        pytest.param([(0, 7)], (0, 8), id="without-volumes"),
        pytest.param([(0, 0)], (0, 0), id="without-numbers"),
    ],
)
def test_the_next_number(
    publication: Publication, numbers: list[tuple[int, int]], following: tuple[int, int]
) -> None:
    """The next issue is one up within the newest volume; who does not number goes on without."""
    for volume, number in numbers:
        desks.draft(publication, number, volume=volume, slug=f"issue-{volume}-{number}")

    assert publication.next_number() == following


def test_homes(publication: Publication) -> None:
    """The first publication is the front of the site; another stands below it."""
    other = create_publication("Night Trains")

    assert (publication.home, other.home) == ("/", "/night-trains/")
