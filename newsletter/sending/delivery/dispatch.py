"""The main path: queue → plan → claim → submit → record.  Read this first.

`planning.queue` queues an issue; this module goes on from there.  Each call is one step in the
ledger.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

from newsletter.errors import TransportError
from newsletter.phrases import phrase
from newsletter.runtime.availability import is_unavailable
from newsletter.runtime.tracing import span
from newsletter.sending.delivery import claims, compose, decisions, history, results, submissions
from newsletter.sending.models import Attempt
from newsletter.sending.planning import audience, starting
from newsletter.sending.prescheduled import provider_batches
from newsletter.sending.restores import heartbeats
from newsletter.transports.base import Transport
from newsletter.transports.deadline import Deadline


def start_due(now: dt.datetime, *, late: dt.timedelta) -> None:
    """Start every send that is due, and count its audience."""
    for send_id in starting.due_sends(now):
        starting.begin_planning(send_id, now, late=late)
    for send_id in starting.sends_in_planning():
        audience.plan_audience(send_id)


def send_batch(batch_id: int, transport: Transport, *, lease: dt.timedelta) -> None:
    """Submit one batch, once, and write down the result.

    `claim` and `begin_submission` are committed before the first byte leaves.  A process that dies
    after that leaves an attempt that is found as unknown, never as not sent.
    """
    attempt = claims.claim_batch(batch_id, lease=lease)
    if attempt is None:
        return
    try:
        requests, unfillable = compose.compose_requests(attempt, transport)
    except Exception as error:
        results.apply_decision(
            attempt, decisions.return_uncomposed(error, passes=is_unavailable(error))
        )
        raise
    results.exclude_people(unfillable)
    if not requests:
        results.apply_decision(attempt, decisions.close_empty())
    elif len(requests) > 1:
        results.apply_decision(
            attempt, decisions.split_batch([request.deliveries for request in requests])
        )
    elif request := begin_request(attempt, requests[0], lease):
        submit(attempt, request, transport)
    else:
        # If the database may have been set back, the watch checks at once, and the batch waits.
        results.apply_decision(
            attempt, decisions.return_not_begun(looks=heartbeats.suspect_restore())
        )


def begin_request(
    attempt: Attempt, request: compose.Request, lease: dt.timedelta
) -> compose.Request | None:
    """Commit that the provider may have the batch from now on; return the final request."""
    # The deadline begins before the lease, so that it also ends before it.
    deadline = Deadline(lease.total_seconds())
    if not claims.begin_submission(attempt, lease=lease):
        return None
    message = dataclasses.replace(request.message, deadline=deadline)
    return dataclasses.replace(request, message=provider_batches.schedule_message(attempt, message))


def submit(attempt: Attempt, request: compose.Request, transport: Transport) -> None:
    """Submit one request, and write down the answer, or that there was none."""
    try:
        submissions.record(attempt, request)
        with span("submit", attempt=attempt.pk, people=len(request.recipients)):
            result = transport.submit(request.message, request.recipients)
    except TransportError as error:
        past = history.look_up(attempt, error)
        results.apply_decision(attempt, decisions.decide_error(error, request.deliveries, past))
        if error.interruption:
            raise error.interruption from None
    except BaseException as error:
        # Whatever went wrong, the provider may have the batch by now.
        results.apply_decision(
            attempt,
            decisions.mark_unknown(phrase("interrupted: {kind}", kind=type(error).__name__)),
        )
        raise
    else:
        results.apply_decision(attempt, decisions.accept_all(result))
