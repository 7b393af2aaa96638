"""Cancel mail that waits at SendGrid for its time: batch ids and their status.

SendGrid's "Cancel Scheduled Sends": an id is valid for ten days; a status set until ten minutes
before `send_at` works, a later one perhaps; an account has room for ten ids with a status,
and a status stays until it is deleted.  After that the mail can leave, so it is deleted late.
"""

from __future__ import annotations

import datetime as dt
import time
from email.utils import parsedate_to_datetime
from typing import Any

from python_http_client.exceptions import HTTPError

from newsletter.errors import NotSubmitted, OutcomeUnknown, Throttled
from newsletter.phrases import phrase
from newsletter.transports.cancellation import ClockReading, Status
from newsletter.transports.sendgrid.answers import require_answer
from newsletter.transports.sendgrid.client import Answer, Limits, SendGridClient
from newsletter.transports.sendgrid.response_json import (
    identifier_in,
    object_of,
    objects_of,
    text_in,
)
from newsletter.transports.sendgrid.submission import decide_refusal, errors_in

SECOND = dt.timedelta(seconds=1)


class SendGridCancellation:
    """Batch ids of one account at SendGrid."""

    def __init__(self, *, base_url: str, api_key: str, limits: Limits) -> None:
        self._client = SendGridClient(base_url=base_url, api_key=api_key, limits=limits, size=1)

    def create_batch_id(self) -> str:
        """See `Cancellation`."""
        return identifier_in(
            object_of(require_answer(self._client.client.mail.batch.post)), "batch_id"
        )

    def read_clock(self) -> ClockReading:
        """See `Cancellation`; any request would do."""
        asked, began = dt.datetime.now(dt.UTC), time.monotonic()
        answer = require_answer(self._scheduled.get)
        half = dt.timedelta(seconds=time.monotonic() - began) / 2
        told = provider_time(answer) - SECOND / 2
        return ClockReading(offset=told - (asked + half), uncertainty=half + SECOND)

    def list_batch_ids_with_status(self) -> set[str]:
        """See `Cancellation`."""
        listed = objects_of(require_answer(self._scheduled.get))
        return {text_in(entry, "batch_id") for entry in listed}

    def set_status(self, batch_id: str, status: Status) -> dt.datetime:
        """See `Cancellation`; an existing status counts from now."""
        for _ in range(2):
            answer = self._fetch_status(batch_id)
            before = read_status(answer, batch_id)
            if before is status:
                return provider_time(answer)
            try:
                return provider_time(self._post_status(batch_id, status, change=before is not None))
            except HTTPError as error:
                if error.status_code != 400 or not errors_in(error.body):
                    raise decide_refusal(error) from None
        # Refused twice, and not set: the account has no room for another one.
        raise Throttled(phrase("SendGrid accepts no more pauses or cancellations now"), seconds=60)

    def get_status(self, batch_id: str) -> Status | None:
        """See `Cancellation`."""
        return read_status(self._fetch_status(batch_id), batch_id)

    def clear_status(self, batch_id: str) -> None:
        """See `Cancellation`."""
        try:
            answer = self._scheduled._(batch_id).delete()
        except HTTPError as error:
            if error.status_code != 404:
                raise decide_refusal(error) from None
            answer = None
        if (answer is None or answer.status_code != 204) and self.get_status(batch_id) is not None:
            raise OutcomeUnknown(phrase("SendGrid does not confirm that it removed the status"))

    def close(self) -> None:
        """Close the kept connection."""
        self._client.close()

    @property
    def _scheduled(self) -> Any:
        return self._client.client.user.scheduled_sends

    def _fetch_status(self, batch_id: str) -> Answer:
        return require_answer(self._scheduled._(batch_id).get)

    def _post_status(self, batch_id: str, status: Status, *, change: bool) -> Answer:
        """Send the request once; raise the client's own error for any answer but success.

        The answer to a change has no body (204), and some networks answer everything like this
        before a login.  So a change counts only when SendGrid shows it.
        """
        if change:
            self._scheduled._(batch_id).patch(request_body={"status": status})
            try:
                shown = self._fetch_status(batch_id)
            except NotSubmitted as error:
                # That request did not leave, but the change before it did.
                raise OutcomeUnknown(
                    phrase("A change was not confirmed: {error}", error=error.message)
                ) from None
            if read_status(shown, batch_id) is not status:
                raise OutcomeUnknown(phrase("SendGrid accepted a change and does not show it"))
            return shown
        body = {"batch_id": batch_id, "status": status}
        answer: Answer = self._scheduled.post(request_body=body)
        if object_of(answer).get("status") != status:
            raise OutcomeUnknown(phrase("SendGrid's answer does not confirm the status"))
        return answer


def read_status(answer: Answer, batch_id: str) -> Status | None:
    """Return the status of an id, from a list of one or none."""
    listed = objects_of(answer)
    if not listed:
        return None
    shown = listed[0]
    if len(listed) > 1 or shown.get("batch_id", batch_id) != batch_id:
        raise OutcomeUnknown(phrase("SendGrid's answer is not about what was asked"))
    try:
        return Status(text_in(shown, "status"))
    except ValueError:
        raise OutcomeUnknown(phrase("SendGrid's answer shows an unknown status")) from None


def provider_time(answer: Answer) -> dt.datetime:
    """Return the latest possible time at the provider: its header has whole seconds only."""
    try:
        told = parsedate_to_datetime(answer.headers["Date"]) + SECOND
        # One without a zone is in UTC (RFC 9110 5.6.7).
        return told if told.tzinfo else told.replace(tzinfo=dt.UTC)
    except (KeyError, ValueError, TypeError, OverflowError):
        raise OutcomeUnknown(phrase("SendGrid's answer has no date")) from None
