"""A publication with as many issues as a year of slots needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from newsletter.publishing.models import Issue, Publication
from tests.publications import create_publication


@pytest.fixture
def publication(db: None) -> Publication:
    """Every second Tuesday at 09:00 in New York, from 6 January 2026."""
    return create_publication(
        "Tideline Digest",
        postal_address="7 Quay Street",
        starts_on=dt.date(2026, 1, 6),
        weekday=1,
        time=dt.time(9),
        time_zone="America/New_York",
    )


@pytest.fixture
def draft(publication: Publication) -> Callable[[int], Issue]:
    """Write a draft of a number."""

    def write(number: int) -> Issue:
        issue = Issue(
            title=f"Tideline Digest Vol 1.{number}",
            slug=f"vol-1-{number}",
            publication=publication,
            volume=1,
            number=number,
            date=dt.date(2026, 1, 6),
            subject=f"Number {number}",
            body=[("text", "<p>Good morning.</p>")],
            live=False,
        )
        publication.archive.add_child(instance=issue)
        issue.save_revision()
        return issue

    return write
