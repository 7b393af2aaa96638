"""Read SendGrid's suppression lists, and add to its global one.

Sources: the OpenAPI description of Twilio SendGrid's Suppressions API: `GET
/v3/suppression/{bounces|blocks|invalid_emails|spam_reports|unsubscribes}` (times are Unix seconds,
both inclusive; at most 500 entries at once) and `POST /v3/asm/suppressions/global`.  The global
list has no listing of its own: `unsubscribes` is it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from newsletter.errors import TransportError
from newsletter.phrases import phrase
from newsletter.transports.event_text import without_addresses
from newsletter.transports.sendgrid.client import Answer, Limits, pooled_client
from newsletter.transports.sendgrid.response_json import (
    objects_of,
    text_in,
    unexpected_answer,
)
from newsletter.transports.sendgrid.submission import decide_refusal
from newsletter.transports.suppression_lists import ListedAddress, ListKind

#: Entries of one answer, and addresses of one request.
PAGE = 500
#: The latest time that is one: the year 9999.
LAST_TIME = 253402300799
FORBIDDEN = (401, 403)
#: The list of those who left everything.
GLOBAL = "global"


class SendGridSuppressionLists:
    """The lists of one account at SendGrid, or of an emulator with the same API."""

    def __init__(self, *, base_url: str, api_key: str, limits: Limits) -> None:
        client = SendGridAPIClient(api_key=api_key, host=base_url)
        self._client = pooled_client(client, limits, 1)

    def read(
        self, kind: ListKind, *, since: dt.datetime | None, until: dt.datetime
    ) -> Iterator[Sequence[ListedAddress]]:
        """Yield the entries between two times; what is added meanwhile does not move them."""
        window = {"end_time": int(until.timestamp())}
        if since is not None:
            window["start_time"] = int(since.timestamp())
        endpoint = self._client.client.suppression._(str(kind))
        before: list[ListedAddress] = []
        offset = 0
        while True:
            query = {**window, "limit": PAGE, "offset": offset}
            answer = ask(partial(endpoint.get, query_params=query))
            page = [entry_of(each) for each in objects_of(answer)]
            if page and page == before:
                raise unexpected_answer(phrase("is the same page again"))
            if page:
                yield page
            if len(page) < PAGE:
                return
            before, offset = page, offset + len(page)

    def add(self, addresses: Sequence[str]) -> None:
        """Put addresses on the global list, some at a time."""
        # A word of Python's own; as text it would be taken for a message to translate.
        endpoint = getattr(self._client.client.asm.suppressions, GLOBAL)
        for start in range(0, len(addresses), PAGE):
            body = {"recipient_emails": list(addresses[start : start + PAGE])}
            ask(partial(endpoint.post, request_body=body))

    def close(self) -> None:
        """Close the kept connection."""
        self._client.client._pool.clear()  # noqa: SLF001  our own class


def ask(call: Callable[[], Answer]) -> Answer:
    """Return an answer, or raise a `TransportError` that says what to do."""
    try:
        return call()
    except HTTPError as error:
        decided: TransportError = decide_refusal(error)
        if error.status_code in FORBIDDEN:
            decided.hint = phrase(
                "Let the API key read suppressions at SendGrid: Settings → API Keys →"
                " Suppressions. To push, it must have full access to them."
            )
        raise decided from None


def entry_of(found: Mapping[str, Any]) -> ListedAddress:
    """Return an entry of a list, or raise `OutcomeUnknown` where it is none.

    Its note has no addresses: servers repeat them in what they answer.
    """
    created = found.get("created")
    if not isinstance(created, int) or isinstance(created, bool) or not 0 <= created <= LAST_TIME:
        raise unexpected_answer(phrase("has no {key}", key=repr("created")))
    told = (found.get("status"), found.get("reason"))
    note = " ".join(" ".join(each.split()) for each in told if isinstance(each, str))
    at = dt.datetime.fromtimestamp(created, dt.UTC)
    return ListedAddress(text_in(found, "email"), at, without_addresses(note))
