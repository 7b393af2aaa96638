"""Pages of the desk ask the database the same number of questions, however much there is."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletter.publishing.models import Publication
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.unit.desk.conftest import LogIn

#: What none of these pages goes beyond; with so few people the findings stand on the page itself.
MOST_STATEMENTS = 55


def add_people(publication: Publication, start: int, count: int) -> None:
    """Put people on the list of a publication."""
    addresses = [f"reader{number}@example.org" for number in range(start, start + count)]
    people = Subscriber.objects.bulk_create(
        Subscriber(email=each, key=each, attributes={"city": "Kobe"}) for each in addresses
    )
    readers = publication.lists.get()
    Subscription.objects.bulk_create(Subscription(subscriber=each, list=readers) for each in people)


def test_the_way_to_the_queue(publication: Publication, log_in: LogIn) -> None:
    """Check, findings and queue do not ask more of a longer list and a longer archive."""
    draft = desks.draft(publication, 1)
    client = log_in("Senders")
    pages = [
        reverse(name, args=[draft.pk]) for name in ("desk_check", "desk_findings", "desk_queue")
    ]

    def ask() -> dict[str, int]:
        counts = {}
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                client.get(page)
            counts[page] = len(asked)
        return counts

    desks.on_the_web(publication, 2)
    add_people(publication, 0, 3)
    few = ask()
    for number in range(3, 7):
        desks.on_the_web(publication, number)
    add_people(publication, 10, 40)

    assert ask() == few
    assert max(few.values()) <= MOST_STATEMENTS
