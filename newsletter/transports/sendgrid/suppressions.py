"""Read SendGrid's suppression lists, add to its global one, and take an address off them.

Sources: the OpenAPI description of Twilio SendGrid's Suppressions API: `GET
/v3/suppression/{bounces|blocks|invalid_emails|spam_reports|unsubscribes}` (times are Unix seconds,
both inclusive; at most 500 entries at once), the same with an address behind it, `DELETE` of that,
and `POST` and `DELETE /v3/asm/suppressions/global`.  The global list has no listing of its own:
`unsubscribes` is it, and there alone stands since when an address is on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from python_http_client.exceptions import HTTPError

from newsletter.errors import TransportError
from newsletter.phrases import phrase
from newsletter.transports.event_text import without_addresses
from newsletter.transports.sendgrid.client import Answer, Limits, SendGridClient
from newsletter.transports.sendgrid.response_json import (
    object_of,
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
FORBIDDEN, MISSING = (401, 403), 404
#: The list of those who left everything.
GLOBAL = "global"


class SendGridSuppressionLists:
    """The lists of one account at SendGrid, or of an emulator with the same API."""

    def __init__(self, *, base_url: str, api_key: str, limits: Limits) -> None:
        self._client = SendGridClient(base_url=base_url, api_key=api_key, limits=limits, size=1)

    def read(
        self, kind: ListKind, *, since: dt.datetime | None, until: dt.datetime
    ) -> Iterator[Sequence[ListedAddress]]:
        """Yield the entries between two times; what is added meanwhile does not move them."""
        window: dict[str, int | str] = {"end_time": int(until.timestamp())}
        if since is not None:
            window["start_time"] = int(since.timestamp())
        yield from self._pages(kind, window)

    def _pages(
        self, kind: ListKind, window: Mapping[str, int | str]
    ) -> Iterator[list[ListedAddress]]:
        endpoint = self._client.client.suppression._(str(kind))
        before: list[ListedAddress] = []
        offset = 0
        while True:
            query = {**window, "limit": PAGE, "offset": offset}
            answer = require_answer(partial(endpoint.get, query_params=query))
            page = [entry_of(each) for each in objects_of(answer)]
            if page and page == before:
                raise unexpected_answer(phrase("is the same page again"))
            if page:
                yield page
            if len(page) < PAGE:
                return
            before, offset = page, offset + len(page)

    def find(self, kind: ListKind, email: str, *, until: dt.datetime) -> ListedAddress | None:
        """Return the entry of an address; of several the newest."""
        if kind == ListKind.UNSUBSCRIBES:
            return self._find_unsubscribed(email, until)
        answer = require_answer(self._one(kind, email).get)
        found = [entry_of(each) for each in objects_of(answer)]
        return max(found, key=lambda entry: entry.at, default=None)

    def _find_unsubscribed(self, email: str, until: dt.datetime) -> ListedAddress | None:
        answer = require_answer(self._one(ListKind.UNSUBSCRIBES, email).get)
        if not object_of(answer).get("recipient_email"):
            return None
        window: dict[str, int | str] = {"end_time": int(until.timestamp()), "email": email}
        for page in self._pages(ListKind.UNSUBSCRIBES, window):
            for entry in page:
                if entry.email.lower() == email.lower():
                    return entry
        # It is on it, but not in the listing yet, or by a clock that is ahead of ours.
        return ListedAddress(email, until)

    def remove(self, kind: ListKind, email: str) -> None:
        """Take an address off a list."""
        endpoint = self._one(kind, email)

        def delete() -> Answer:
            try:
                answer: Answer = endpoint.delete()
            except HTTPError as error:
                if error.status_code != MISSING:
                    raise
                return Answer(MISSING, b"", {})  # somebody was quicker
            return answer

        require_answer(delete)

    def _one(self, kind: ListKind, email: str) -> Any:
        """Return the endpoint of one address on a list."""
        client = self._client.client
        if kind == ListKind.UNSUBSCRIBES:
            return getattr(client.asm.suppressions, GLOBAL)._(quote(email, safe="@"))
        return client.suppression._(str(kind))._(quote(email, safe="@"))

    def add(self, addresses: Sequence[str]) -> None:
        """Put addresses on the global list, some at a time."""
        # A word of Python's own; as text it would be taken for a message to translate.
        endpoint = getattr(self._client.client.asm.suppressions, GLOBAL)
        for start in range(0, len(addresses), PAGE):
            body = {"recipient_emails": list(addresses[start : start + PAGE])}
            require_answer(partial(endpoint.post, request_body=body))

    def close(self) -> None:
        """Close the kept connection."""
        self._client.close()


def require_answer(call: Callable[[], Answer]) -> Answer:
    """Return an answer, or raise a `TransportError` that says what to do."""
    try:
        return call()
    except HTTPError as error:
        decided: TransportError = decide_refusal(error)
        if error.status_code in FORBIDDEN:
            decided.hint = phrase(
                "Let the API key read suppressions at SendGrid: Settings → API Keys →"
                " Suppressions. To push or remove, it must have full access to them."
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
