"""What tests of subscribers share: a list, people on it, and files to import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from subscribers.models import List, Subscriber, Subscription

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
