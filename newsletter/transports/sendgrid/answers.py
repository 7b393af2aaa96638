"""What SendGrid answers to one request: the answer itself, or an error that says what happened."""

from __future__ import annotations

from collections.abc import Callable

from python_http_client.exceptions import HTTPError

from newsletter.transports.sendgrid.client import Answer
from newsletter.transports.sendgrid.submission import decide_refusal


def require_answer(call: Callable[[], Answer]) -> Answer:
    """Return the answer of a call, or raise the `TransportError` that decides its error."""
    try:
        return call()
    except HTTPError as error:
        raise decide_refusal(error) from None
