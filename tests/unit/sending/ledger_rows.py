"""Rows of the ledger, written as they are wanted: nothing is rendered, queued or counted."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from newsletter.publishing.models import Issue
from newsletter.sending.models import Attempt, Batch, Edition, Send
from subscribers.models import Subscriber

SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)


class Rows:
    """Writes sends of one issue, their batches and attempts; whatever is not named is usual."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        self._numbers = itertools.count(1)

    def send(self, state: str = "sending", **fields: Any) -> Send:
        """Write a send to the lists of the publication."""
        issue = fields.setdefault("issue", self.issue)
        edition, _ = Edition.objects.get_or_create(issue=issue, hash="x", document="{}")
        send = Send.objects.create(
            **{"edition": edition, "state": state, "at": timezone.now(), **fields}
        )
        send.lists.set(self.issue.publication.lists.all())
        return send

    def resend(self, send: Send, state: str = "sending", **fields: Any) -> Send:
        """Write a second send of the same issue."""
        return self.send(state, resend_of=send, **fields)

    def batch(
        self, send: Send, state: str = "planned", people: Iterable[Subscriber] = (), **fields: Any
    ) -> Batch:
        """Write a batch with a delivery for each of these people."""
        if "number" not in fields:
            fields["number"] = next(self._numbers)
        batch = Batch.objects.create(send=send, state=state, **fields)
        for person in people:
            send.deliveries.create(subscriber=person, batch=batch, address=person.email)
        return batch

    def attempt(
        self, batch: Batch, state: str = "reserved", *, left: dt.timedelta = MINUTE, **fields: Any
    ) -> Attempt:
        """Write an attempt with so much of its lease left, by the database's clock."""
        key = f"{next(self._numbers):032x}"
        attempt = Attempt.objects.create(
            batch=batch, state=state, key=key, owner="a:1:1", lease_until=Now() + left, **fields
        )
        attempt.refresh_from_db()
        return attempt

    def other_issue(self) -> Issue:
        """Write another issue of the publication."""
        other: Issue = self.issue.copy(update_attrs={"slug": "other", "title": "B", "number": 2})
        return other
