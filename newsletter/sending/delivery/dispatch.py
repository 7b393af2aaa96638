"""The main path: queue → plan → claim → submit → record.  Read this first.

`planning.queue` queues an issue; this takes it on.  Every call is one step in the ledger.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

from newsletter.errors import TransportError
from newsletter.runtime.availability import is_unavailable
from newsletter.sending.delivery import claims, compose, decisions, history, results, submissions
from newsletter.sending.models import Attempt
from newsletter.sending.planning import audience, starting
from newsletter.sending.prescheduled import provider_batches
from newsletter.sending.restores import heartbeats
from newsletter.transports.base import Transport
from newsletter.transports.deadline import Deadline


def start_due(now: dt.datetime, *, late: dt.timedelta) -> None:
    """Take up every send that is due, and count its audience."""
    for send_id in starting.due(now):
        starting.begin(send_id, now, late=late)
    for send_id in starting.planning():
        audience.plan(send_id)


def send_batch(batch_id: int, transport: Transport, *, lease: dt.timedelta) -> None:
    """Submit one batch, once, and write down what is known of it.

    `claim` and `begin_submission` are committed before the first byte leaves.  A process that dies
    after that leaves an attempt that is found as unknown, never as not sent.
    """
    attempt = claims.claim(batch_id, lease=lease)
    if attempt is None:
        return
    try:
        requests, unfillable = compose.compose(attempt, transport)
    except Exception as error:
        results.apply(attempt, decisions.return_uncomposed(error, passes=is_unavailable(error)))
        raise
    results.exclude(unfillable)
    if not requests:
        results.apply(attempt, decisions.close_empty())
    elif len(requests) > 1:
        results.apply(attempt, decisions.split([request.deliveries for request in requests]))
    elif request := begin(attempt, requests[0], lease):
        submit(attempt, request, transport)
    else:
        # If the database may have been set back, the watch looks at once, and the batch waits.
        results.apply(attempt, decisions.return_not_begun(looks=heartbeats.check()))


def begin(
    attempt: Attempt, request: compose.Request, lease: dt.timedelta
) -> compose.Request | None:
    """Commit that the provider may have the batch from now on; return the request as it goes."""
    # Begun before the lease, so that it ends before it.
    deadline = Deadline(lease.total_seconds())
    if not claims.begin_submission(attempt, lease=lease):
        return None
    message = dataclasses.replace(request.message, deadline=deadline)
    return dataclasses.replace(request, message=provider_batches.prescheduled(attempt, message))


def submit(attempt: Attempt, request: compose.Request, transport: Transport) -> None:
    """Post one request, and write down the answer or that there was none."""
    try:
        submissions.record(attempt, request)
        result = transport.submit(request.message, request.recipients)
    except TransportError as error:
        past = history.look_up(attempt, error)
        results.apply(attempt, decisions.decide(error, request.deliveries, past))
        if error.interruption:
            raise error.interruption from None
    except BaseException as error:
        # Whatever went wrong, the provider may have the batch by now.
        results.apply(attempt, decisions.lose(f"interrupted: {type(error).__name__}"))
        raise
    else:
        results.apply(attempt, decisions.accept(result))
