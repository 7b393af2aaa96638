"""The desk says why nothing is sent, for which sends, and brings back what is known."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.sending.models import Batch, MissingAttempt, Send
from newsletter.sending.restores import suspensions
from tests.sends import batch_states, begin_send


def lost(send: Send) -> MissingAttempt:
    """Return an attempt that an event names, about the first batch of a send."""
    delivery = send.deliveries.order_by("pk")[0]
    return MissingAttempt(
        key="5" * 32,
        source=MissingAttempt.Source.EVENT,
        send=send.pk,
        delivery=delivery.pk,
        size=3,
        submitted_at=timezone.now() + dt.timedelta(seconds=1),
        title="Reed beds",
    )


@pytest.mark.django_db
def test_suspension_is_said_and_resolved(admin_client: Client) -> None:
    """The first page and the page of the send name what is missing; a button brings it back."""
    send = begin_send(6)
    suspensions.report_missing([lost(send)])
    send.refresh_from_db()
    assert send.state == Send.State.HELD
    assert batch_states(send) == {Batch.State.UNKNOWN: 2}

    for page in ("/admin/", f"/admin/sends/{send.pk}/"):
        shown = admin_client.get(page).content.decode()
        assert "older than what was submitted" in shown
        assert "1 attempt is not in the database, for 3 people" in shown
        assert "Bring back what is known" in shown

    admin_client.post("/admin/sends/restore/")

    assert suspensions.get_suspension() is None
    assert MissingAttempt.objects.get().state == MissingAttempt.State.RESTORED
    assert batch_states(send)[Batch.State.UNKNOWN] == 2, "no log tells of the other batch"
    assert "older than" not in admin_client.get("/admin/").content.decode()
