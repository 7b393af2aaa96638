"""Submit batches to SendGrid's v3 Mail Send, through the official client.

Limits and answers: SendGrid's API reference, "Mail Send" and its errors page.  A request is
accepted as a whole or not at all; only 202 means accepted.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
from python_http_client.exceptions import HTTPError

from newsletter.errors import (
    AccountError,
    OutcomeUnknown,
    Refused,
    Throttled,
    TooLarge,
    TransportError,
)
from newsletter.mime import on_the_wire
from newsletter.phrases import phrase
from newsletter.transports.base import Message, Recipient, SubmitResult
from newsletter.transports.error_text import make_printable, without_addresses
from newsletter.transports.http_exchange import exchange_before_deadline
from newsletter.transports.reply_words import is_about_the_account
from newsletter.transports.sendgrid.client import PROVIDER_NAME, Limits, SendGridClient
from newsletter.transports.sendgrid.reader_tracking import tracked_html, tracking_settings

#: How many characters of a provider's message id are kept.
MAX_MESSAGE_ID_LENGTH = 200
#: Published limits; the lower one if pages disagree.
MAX_REQUEST_LENGTH = 30_000_000
MAX_SUBSTITUTIONS = 100
MAX_SUBSTITUTIONS_LENGTH = MAX_CUSTOM_ARGS_LENGTH = 10_000

#: Statuses that mean that the request was not read, whoever answers (RFC 9110 15.5, RFC 6585).
UNREAD = frozenset({407, 411, 413, 414, 417, 421, 426, 429, 431})
#: Statuses about time, which do not say whether the request was read.
TOO_LATE = frozenset({408, 499})
#: Statuses that refuse a request that was read.
REFUSALS = frozenset(range(400, 500)) - TOO_LATE
#: If at least this many people are refused together, and nobody is accepted, it is about us.
MIN_REFUSALS_ABOUT_US = 5

#: A field that names a person of the request.
PERSON = re.compile(r"personalizations\.(\d{1,6})(?:\.to\b|$)")
#: A field of one person's part: perhaps their data are at fault, perhaps the mail is.
PART = re.compile(r"personalizations\.(\d{1,6})\b")

MAIL_SETTINGS: dict[str, Any] = {
    "sandbox_mode": {"enable": False},
    "footer": {"enable": False},
    "bypass_list_management": {"enable": False},
}


class SendGridTransport:
    """One account at SendGrid, or an emulator with the same API."""

    name = "sendgrid"
    max_batch_size = 1000

    def __init__(
        self, *, base_url: str, api_key: str, limits: Limits, connections: int = 8
    ) -> None:
        self._client = SendGridClient(
            base_url=base_url, api_key=api_key, limits=limits, size=connections
        )

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """Post one request; see `newsletter.transports.base.Transport`."""
        with exchange_before_deadline(PROVIDER_NAME, message):
            try:
                answer = self._post(request_body(message, recipients))
            except (Refused, AccountError) as error:
                raise if_everybody(error, len(recipients)) from None
        if answer.status_code != 202:
            # A proxy or a sandbox answered; nobody knows whether SendGrid got the mail.
            raise OutcomeUnknown(
                phrase(
                    "SendGrid answered {status_code} instead of 202", status_code=answer.status_code
                ),
                holds=True,
            )
        message_id = make_printable(answer.headers.get("X-Message-Id", ""))[:MAX_MESSAGE_ID_LENGTH]
        return SubmitResult(message_id=message_id, status=202)

    def dry_run(self, message: Message, recipients: Sequence[Recipient]) -> None:
        """Post the request in sandbox mode, in which SendGrid checks it and sends nothing."""
        body = request_body(message, recipients)
        body["mail_settings"] = {**MAIL_SETTINGS, "sandbox_mode": {"enable": True}}
        try:
            answer = self._post(body)
        except (Refused, AccountError) as error:
            raise if_nobody(error, len(recipients)) from None
        if answer.status_code != 200:
            raise OutcomeUnknown(
                phrase(
                    "SendGrid's sandbox answered {status_code} instead of 200",
                    status_code=answer.status_code,
                )
            )

    def find_over_limit(self, message: Message, recipients: Sequence[Recipient]) -> dict[int, str]:
        """Compare each person's part with the limits of one personalization."""
        shared = len(orjson.dumps(message.labels))
        # Checked together first: nearly always nobody is near a limit.
        if within_limits(recipients, shared):
            return {}
        found = {place: beyond_limit(person, shared) for place, person in enumerate(recipients)}
        return {place: why for place, why in found.items() if why}

    def _post(self, body: dict[str, Any]) -> Any:
        request = orjson.dumps(body)
        if len(request) >= MAX_REQUEST_LENGTH:
            raise TooLarge(phrase("the request would have {size} bytes", size=f"{len(request):,}"))
        try:
            return self._client.client.mail.send.post(request_body=request)
        except HTTPError as error:
            raise decide_refusal(error) from None

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close()


def request_body(message: Message, recipients: Sequence[Recipient]) -> dict[str, Any]:
    """Return the request: one personalization per recipient, so that nobody sees another."""
    body: dict[str, Any] = {
        "from": {"email": message.from_email, "name": message.from_name},
        "subject": message.subject,
        "content": [
            {"type": "text/plain", "value": message.text},
            {"type": "text/html", "value": tracked_html(message, recipients)},
        ],
        "headers": dict(message.headers),
        "categories": list(message.categories),
        "custom_args": dict(message.labels),
        "tracking_settings": tracking_settings(message),
        "mail_settings": MAIL_SETTINGS,
        "personalizations": [build_personalization(recipient) for recipient in recipients],
    }
    if message.preschedule:
        body |= {"send_at": message.preschedule.at, "batch_id": message.preschedule.batch_id}
    if message.reply_to:
        body["reply_to"] = {"email": message.reply_to}
    return {name: value for name, value in body.items() if value}


def within_limits(recipients: Sequence[Recipient], shared: int) -> bool:
    """Return whether everybody's part is within the limits; `shared` bytes of labels are common."""
    most = max((len(person.values) for person in recipients), default=0)
    values = max((len(orjson.dumps(person.values)) for person in recipients), default=0)
    labels = max((len(orjson.dumps(dict(person.labels))) for person in recipients), default=0)
    return (
        most <= MAX_SUBSTITUTIONS
        and values <= MAX_SUBSTITUTIONS_LENGTH
        and shared + labels <= MAX_CUSTOM_ARGS_LENGTH
    )


def beyond_limit(person: Recipient, shared: int) -> str:
    """Return which limit a person's part exceeds, in words; empty if none."""
    if len(person.values) > MAX_SUBSTITUTIONS:
        return f"SendGrid fills in at most {MAX_SUBSTITUTIONS} places, not {len(person.values)}"
    if len(orjson.dumps(person.values)) > MAX_SUBSTITUTIONS_LENGTH:
        return f"SendGrid fills in at most {MAX_SUBSTITUTIONS_LENGTH:,} bytes for one person"
    if shared + len(orjson.dumps(dict(person.labels))) > MAX_CUSTOM_ARGS_LENGTH:
        return f"SendGrid takes at most {MAX_CUSTOM_ARGS_LENGTH:,} bytes of labels"
    return ""


def build_personalization(recipient: Recipient) -> dict[str, Any]:
    """Return one recipient's part; without a name, which SendGrid limits and nobody needs."""
    part: dict[str, Any] = {"to": [{"email": on_the_wire(recipient.address)}]}
    if recipient.headers:
        part["headers"] = dict(recipient.headers)
    if recipient.values:
        part["substitutions"] = recipient.values
    if recipient.labels:
        part["custom_args"] = dict(recipient.labels)
    return part


def decide_refusal(error: HTTPError) -> TransportError:
    """Return the decision for an answer other than 202.

    Only SendGrid's own refusal, in its own form, proves that nothing was accepted.  A filter
    between us and SendGrid may replace any answer by a page of its own.
    """
    status, told = error.status_code, provider_words(error.body)
    if status == 429:
        return Throttled(
            phrase("SendGrid asks to wait: {answer}", answer=told),
            seconds=wait_seconds(error.headers),
        )
    if status == 413:
        return TooLarge(phrase("SendGrid says that the request is too large"))
    if status not in UNREAD and (status not in REFUSALS or not errors_in(error.body)):
        strange = status < 500 and status not in TOO_LATE
        return OutcomeUnknown(
            phrase("SendGrid answered {status}: {answer}", status=status, answer=told),
            holds=strange,
        )
    if status == 400 and not is_about_the_account(told):
        if persons := find_named(error.body):
            return Refused(
                phrase("SendGrid refuses addresses: {answer}", answer=told), persons=persons
            )
        persons = find_named(error.body, PART)
        return AccountError(
            phrase("SendGrid answered 400: {answer}", answer=told),
            persons=dict.fromkeys(persons, told),
        )
    return AccountError(phrase("SendGrid answered {status}: {answer}", status=status, answer=told))


def if_everybody(error: Refused | AccountError, count: int) -> TransportError:
    """Return a refusal, unless it names everybody of several: then it is about us."""
    if (
        isinstance(error, Refused)
        and count >= MIN_REFUSALS_ABOUT_US
        and len(error.persons) == count
    ):
        return AccountError(str(error), persons=dict.fromkeys(error.persons, str(error)))
    return if_nobody(error, count)


def if_nobody(error: Refused | AccountError, count: int) -> TransportError:
    """Return a refusal, unless it names somebody who is not in the request."""
    if any(place >= count for place in error.persons):
        return AccountError(
            phrase("{error}; and it names people who were not in the request", error=error.message)
        )
    return error


def errors_in(body: bytes | str) -> list[Mapping[str, Any]]:
    """Return the list in SendGrid's error answer; None if it has another form."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, dict):
        return []
    if isinstance(found.get("error"), str):
        return [{"message": found["error"]}]
    listed = found.get("errors")
    return (
        [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    )


def provider_words(body: bytes | str) -> str:
    """Return the text of the provider, short and without addresses."""
    listed = errors_in(body)
    words = "; ".join(
        f"{entry.get('message', '')} ({entry['field']})"
        if entry.get("field")
        else str(entry.get("message", ""))
        for entry in listed[:3]
    )
    return without_addresses(words)


def find_named(body: bytes | str, kind: re.Pattern[str] = PERSON) -> frozenset[int]:
    """Return the places of the people an error names; empty if it also names something else."""
    fields = [str(entry.get("field") or "") for entry in errors_in(body)]
    found = [kind.match(field) for field in fields]
    if not found or not all(found):
        return frozenset()
    return frozenset(int(match[1]) for match in found if match)


def wait_seconds(headers: Mapping[str, str] | None, now: float | None = None) -> float:
    """Return how long to wait: `Retry-After`, else until `X-RateLimit-Reset`, else 1 second."""
    found = {name.lower(): value for name, value in (headers or {}).items()}
    try:
        if "retry-after" in found:
            seconds = float(found["retry-after"])
        else:
            seconds = float(found["x-ratelimit-reset"]) - time_of(found, now)
    except (KeyError, ValueError):
        return 1.0
    return min(max(seconds, 1.0), 3600.0) if math.isfinite(seconds) else 1.0


def time_of(headers: Mapping[str, str], now: float | None) -> float:
    """Return the time by the provider's clock if the answer has it, else by ours."""
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError):
        return time.time() if now is None else now
