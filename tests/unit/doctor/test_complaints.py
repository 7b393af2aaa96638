"""The part of the people who reported the mail of the last month as spam."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.conf.config import load
from newsletter.doctor.complaints import check_complaints
from newsletter.doctor.surroundings import Surroundings
from newsletter.sending.models import Batch, Delivery, Send
from tests import sends


def found() -> str:
    """Return what the check says."""
    (result,) = check_complaints(Surroundings(config=load(), senders=[]))
    return str(result.found)


@pytest.mark.django_db
def test_people_are_not_counted_one_by_one() -> None:
    """All who were planned count as mailed, without those for whom nothing went out."""
    send = sends.begin_send(12, batch_size=3)
    Send.objects.filter(pk=send.pk).update(planned=20_000, started_at=timezone.now())
    send.batches.filter(number__lt=4).update(state=Batch.State.ACCEPTED)
    rows = Delivery.objects.filter(batch__state=Batch.State.ACCEPTED).order_by("pk")
    assert "too few people" in found()  # nobody reports what became of the mail

    complained, refused, excluded = rows[:3]
    for row, outcome in (
        (complained, Delivery.Outcome.COMPLAINED),
        (refused, Delivery.Outcome.REFUSED),
        (excluded, Delivery.Outcome.EXCLUDED),
    ):
        Delivery.objects.filter(pk=row.pk).update(outcome=outcome)

    waiting = Delivery.objects.filter(batch__state=Batch.State.PLANNED).count()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert f"1 of {20_000 - 2 - waiting:,} people" in found()
    assert not [each for each in asked if "GROUP BY" in each["sql"]]
