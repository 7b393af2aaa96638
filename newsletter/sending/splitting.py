"""Cut a batch whose people cannot share one request into batches that can."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from newsletter.sending import records
from newsletter.sending.models import Attempt, Batch, Delivery, Send


@transaction.atomic
def split(attempt: Attempt, groups: Sequence[Sequence[int]]) -> None:
    """Leave the first group of deliveries in the batch, give each other group one of its own.

    Nothing was posted; all of them are planned again.
    """
    # The row is locked so that two splits of one send cannot take the same numbers.
    send = Send.objects.select_for_update().get(pk=attempt.batch.send_id)
    last = send.batches.aggregate(last=Max("number"))["last"]
    for place, group in enumerate(groups[1:], start=1):
        batch = Batch.objects.create(send=send, number=last + place)
        Delivery.objects.filter(pk__in=group, batch=attempt.batch_id).update(batch=batch)
    records.give_back(attempt, "", wait=0)
