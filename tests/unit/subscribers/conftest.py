"""What tests of subscribers share: a list, people on it, and files to import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from newsletter.publishing.models import Issue
from newsletter.sending.models import Edition, Send
from subscribers.models import List, Subscriber, Subscription
from tests.publications import create_publication

State = Subscription.State

Person = Callable[..., Subscriber]
Csv = Callable[[str], Path]


@pytest.fixture
def weekly(db: None) -> List:
    """A public list."""
    return List.objects.create(name="Weekly digest", slug="weekly")


@pytest.fixture
def person(db: None) -> Person:
    """Make a person, and put them on lists: `person("jane@example.org", weekly="active")`."""

    def make(email: str, *, name: str = "", **states: str) -> Subscriber:
        made = Subscriber.objects.create(email=email, name=name)
        for slug, state in states.items():
            on = List.objects.get(slug=slug)
            Subscription.objects.create(subscriber=made, list=on, state=state)
        return made

    return make


@pytest.fixture
def csv(tmp_path: Path) -> Csv:
    """Write a text to a file to import."""

    def write(text: str) -> Path:
        path = tmp_path / "people.csv"
        path.write_bytes(text.encode())
        return path

    return write


@pytest.fixture
def send(db: None) -> Send:
    """A send whose ledger counts people."""
    publication = create_publication("Tideline Digest")
    issue = Issue(title="Vol 1.1", publication=publication, date=dt.date(2026, 11, 26), live=False)
    publication.archive.add_child(instance=issue)
    edition = Edition.objects.create(issue=issue, subject="Reeds", document="{}", hash="0" * 64)
    return Send.objects.create(issue=issue, edition=edition, at=timezone.now())
