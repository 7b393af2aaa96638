"""A publication with an issue and people, as the ledger needs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.conf.config import Config
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.delivery import dispatch
from newsletter.sending.models import Send
from newsletter.sending.planning.queue import queue
from subscribers.addresses import key_of
from subscribers.models import List, Subscriber, Subscription
from tests.publications import create_issue, create_publication
from tests.unit.sending.ledger_rows import Rows

MAX_DELAY = dt.timedelta(hours=6)
LEASE = dt.timedelta(seconds=120)

AddPeople = Callable[..., list[Subscriber]]
#: From the name of a section to the settings in it that are to differ.
Configure = Callable[..., None]


@pytest.fixture
def configure(settings: Settings) -> Configure:
    """Change settings for one test: `configure(rates={"per_second": 5})`."""

    def change(**sections: dict[str, Any]) -> None:
        config: Config = settings.CONFIG
        changed = {
            name: type(getattr(config, name))(**getattr(config, name).model_dump() | values)
            for name, values in sections.items()
        }
        settings.CONFIG = config.model_copy(update=changed)

    return change


@pytest.fixture
def publication(db: None) -> Publication:
    """A publication with one list and nobody on it."""
    return create_publication("Tideline Digest", postal_address="7 Quay Street")


@pytest.fixture
def readers(publication: Publication) -> List:
    """The list of the publication."""
    return publication.lists.get()


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft with one paragraph."""

    def store() -> Issue:
        draft = Issue(
            title="Tideline Digest Vol 1.1",
            publication=publication,
            volume=1,
            number=1,
            date=dt.date(2026, 11, 26),
            subject="Reed beds",
            body=[("text", "<p>Good morning, [first_name|reader].</p>")],
            live=False,
        )
        publication.archive.add_child(instance=draft)
        draft.save_revision()
        return draft

    return create_issue(publication, "one paragraph", store)


@pytest.fixture
def add_people(readers: List) -> AddPeople:
    """Add N active people to the list."""

    def add(count: int, *, state: str = "active", start: int = 1) -> list[Subscriber]:
        people = []
        for number in range(start, start + count):
            email = f"reader{number}@tideline.example"
            person = Subscriber.objects.create(email=email, key=key_of(email), name="Aiko Abe")
            Subscription.objects.create(subscriber=person, list=readers, state=state)
            people.append(person)
        return people

    return add


@pytest.fixture
def start(issue: Issue) -> Callable[..., Send]:
    """Queue the issue for now and count its audience."""

    def begin(*, batch_size: int = 10) -> Send:
        now = timezone.now()
        send = queue(issue, at=now, batch_size=batch_size)
        dispatch.start_due(now, late=MAX_DELAY)
        send.refresh_from_db()
        return send

    return begin


@pytest.fixture
def rows(issue: Issue) -> Rows:
    """Write sends, batches and attempts of the issue as they are wanted."""
    return Rows(issue)
