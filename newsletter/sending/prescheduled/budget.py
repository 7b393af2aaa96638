"""How many of the provider's batches may be open: an account keeps ten pauses and cancellations.

Every open batch may have to be cancelled, so each needs one of the ten, over all
sends of the account.  What does not fit is submitted at the scheduled time.
Source: SendGrid, "Cancel Scheduled Sends": at most ten batches paused or cancelled at a time.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models import Q

from newsletter.sending.models import ProviderBatch

#: Pauses and cancellations that an account at SendGrid may have at a time.
ACCOUNT_LIMIT = 10
#: This many are reserved for groups that have to be submitted again.
SPARE_BATCHES = 2
#: The advisory lock that lets one process at a time do this.
LOCK_KEY = 0x6E6C6278

#: Provider batches that are in use at the provider, or will be.
LIVE = (
    ProviderBatch.State.NEW,
    ProviderBatch.State.OPEN,
    ProviderBatch.State.CANCELLING,
    ProviderBatch.State.RELEASING,
)


def lock_budget() -> None:
    """Let one process at a time count and add provider batches, until the transaction ends.

    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])


def count_free(marked: Collection[str]) -> int:
    """Return how many further provider batches the account has room for.

    `marked` are the batch ids that the provider lists as paused or cancelled: some may be by other
    programs, or by a person at the provider's site.
    """
    own = ProviderBatch.objects.filter(Q(has_status=True) | Q(state__in=LIVE))
    ids = list(own.values_list("provider_id", flat=True))
    return max(0, ACCOUNT_LIMIT - len(ids) - len(set(marked).difference(ids)))
