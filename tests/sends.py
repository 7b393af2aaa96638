"""Sends for the tests of engines: to people, ready to be claimed."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.utils import timezone

from newsletter.sending.delivery import dispatch
from newsletter.sending.models import Send
from newsletter.sending.planning.queue import queue
from subscribers.addresses import key_of
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.publications import create_publication

MAX_DELAY = dt.timedelta(hours=6)


def begin_send(people: int = 24, *, batch_size: int = 3) -> Send:
    """Return a send in state `sending`, with nothing of it claimed yet."""
    send = queue_due_send(people, batch_size=batch_size)
    dispatch.start_due(timezone.now(), late=MAX_DELAY)
    send.refresh_from_db()
    assert send.state == Send.State.SENDING
    return send


def queue_due_send(people: int = 24, *, batch_size: int = 3) -> Send:
    """Return a send that is due, with its audience still to be counted."""
    publication = create_publication("Tideline Digest", postal_address="1 Quay Street")
    emails = [f"reader{number}@tideline.example" for number in range(people)]
    added = Subscriber.objects.bulk_create(
        Subscriber(email=email, key=key_of(email), name="Aiko Abe") for email in emails
    )
    readers = publication.lists.get()
    Subscription.objects.bulk_create(
        Subscription(subscriber=person, list=readers, state="active") for person in added
    )
    return queue(desks.draft(publication), at=timezone.now(), batch_size=batch_size)


def batch_states(send: Send) -> Counter[str]:
    """Return how many batches of a send stand where."""
    return Counter(send.batches.values_list("state", flat=True))
