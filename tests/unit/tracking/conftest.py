"""A send that was submitted, and events as SendGrid would tell of it."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from newsletter.errors import OutcomeUnknown, TransportError
from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.models import Attempt, Delivery, Send
from newsletter.tracking import webhook_intake
from newsletter.tracking.models import Post
from newsletter.transports.memory import MemoryTransport
from tests.unit.sending.conftest import add_people, issue, publication, readers, start

__all__ = ["add_people", "issue", "publication", "readers", "start"]

LOST = OutcomeUnknown("no answer")

SubmitMail = Callable[..., Send]
numbers = itertools.count(1)


@pytest.fixture
def submit_mail(start: Callable[..., Send], add_people: Callable[..., Any]) -> SubmitMail:
    """Send an issue to N people, with such answers of the provider."""

    def go(
        people: int = 3, *, answers: Sequence[TransportError | None] = (), batch_size: int = 10
    ) -> Send:
        add_people(people)
        send, transport = start(batch_size=batch_size), MemoryTransport(answers)
        while (batch := claims.next_batch()) is not None:
            dispatch.send_batch(batch, transport, lease=dt.timedelta(seconds=120))
        recovery.close_finished_sends()
        send.refresh_from_db()
        return send

    return go


def event(delivery: Delivery, name: str, **changes: Any) -> dict[str, Any]:
    """Return one event about a delivery, each with an id of its own; None takes a field out."""
    attempt = Attempt.objects.filter(batch=delivery.batch_id).latest("pk")
    fields = {
        "email": delivery.address,
        "timestamp": int(time.time()),
        "event": name,
        "sg_event_id": f"event-{next(numbers)}",
        "sg_message_id": f"Message{attempt.pk}.recvd-6d8f9c7b5-abcde-1-6741A5B2-1.0",
        "nl_send": str(delivery.send_id),
        "nl_delivery": str(delivery.pk),
        "nl_attempt": attempt.key,
    }
    return {k: v for k, v in {**fields, **changes}.items() if v is not None}


def tell(*events: object) -> None:
    """Have a post with these events, and read it."""
    body = json.dumps(events).encode() + b"\r\n"
    Post.objects.create(provider="sendgrid", body=body, size=len(body))
    webhook_intake.read_all()
