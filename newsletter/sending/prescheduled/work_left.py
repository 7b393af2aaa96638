"""Whether anything is left to do for mail that waits, or waited, at the provider.

The clock looks twice a minute with nothing to do.  This asks two questions in place of the
fifteen that `cancellation` asks.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from newsletter.sending.models import ProviderBatch, Send
from newsletter.sending.prescheduled.leavers import LOOK_BACK_AT_PASSED
from newsletter.sending.prescheduled.provider_batches import LIVE, PUBLISH_WITHIN


def is_left(now: dt.datetime) -> bool:
    """Return whether `cancellation.advance_provider_batches` may find something to do.

    That is so while a send is in progress, mail waits at the provider, it keeps a pause or a
    cancellation of ours, or mail left lately: leavers of it are named, and its issue is put on the
    web.
    """
    lately = Q(at__gte=now - LOOK_BACK_AT_PASSED)
    ahead = Send.objects.exclude(delivery_mode=Send.DeliveryMode.IMMEDIATE)
    going = Q(state__in=(Send.State.PLANNING, Send.State.SENDING))
    started = ~Q(state__in=(Send.State.QUEUED, Send.State.CANCELLED))
    return (
        ahead.filter(going | (started & Q(at__gte=now - PUBLISH_WITHIN))).exists()
        or ProviderBatch.objects.filter(Q(state__in=LIVE) | Q(has_status=True) | lately).exists()
    )
