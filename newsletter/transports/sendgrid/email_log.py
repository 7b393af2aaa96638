"""Query SendGrid's Email Logs about a mail: the second source, if events are missing.

Source: the OpenAPI description of Twilio SendGrid's Email Logs API.  A search knows addresses and
times but no labels; the labels are in the entry of each mail, which needs a separate request.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from newsletter.transports.base import ATTEMPT, DATABASE, DELIVERY, SEND
from newsletter.transports.email_log import Entry, SubmittedMail
from newsletter.transports.sendgrid.answers import require_answer
from newsletter.transports.sendgrid.client import Answer, Limits, SendGridClient
from newsletter.transports.sendgrid.message_ids import request_of
from newsletter.transports.sendgrid.response_json import (
    identifier_in,
    object_in,
    object_of,
    objects_in,
    text_in,
)

#: How many mails to one address, since a time, are checked for labels.
MAX_MAILS = 20
#: Mails that one search finds, and requests whose labels are read in one survey.
MAX_FOUND = 1000
MAX_REQUESTS = 300
#: The status of mail that has left SendGrid: a receiver accepted it or turned it away.
LEFT = ("delivered", "deferred", "bounced", "blocked")


class SendGridEmailLog:
    """The log of one account at SendGrid, or of an emulator with the same API.

    Every call raises a `newsletter.errors.TransportError`: `Throttled` when it is asked too often.
    """

    def __init__(self, *, base_url: str, api_key: str, limits: Limits) -> None:
        self._client = SendGridClient(base_url=base_url, api_key=api_key, limits=limits, size=1)

    def find(self, address: str, *, since: dt.datetime, labels: tuple[str, str]) -> Entry | None:
        """Return the entry of a mail to an address with a label, if there is one.

        `labels` is the name of the label and its value.
        """
        name, value = labels
        for message in self._search(address, since):
            entry = self._entry(identifier_in(message, "sg_message_id"))
            if object_in(entry, "custom_args").get(name) == value:
                request = request_of(text_in(entry, "sg_message_id"))
                return Entry(request, text_in(entry, "status") in LEFT)
        return None

    def submitted_since(
        self, since: dt.datetime, *, categories: Sequence[str], known: Callable[[str], bool]
    ) -> Iterator[SubmittedMail]:
        """Yield one mail of each request since a time, the newest first.

        `categories` are those of the publications.  Requests whose id is `known` are
        skipped.
        """
        asked: set[str] = set()
        for message in self._found(since, categories):
            message_id = identifier_in(message, "sg_message_id")
            request = request_of(message_id)
            if request in asked or known(request):
                continue
            asked.add(request)
            if len(asked) > MAX_REQUESTS:
                return
            entry = self._entry(message_id)
            labels = object_in(entry, "custom_args")
            yield SubmittedMail(
                address=str(entry.get("to_email", "")),
                at=created_at(message) or since,
                attempt=str(labels.get(ATTEMPT, "")),
                send=str(labels.get(SEND, "")),
                delivery=str(labels.get(DELIVERY, "")),
                database=str(labels.get(DATABASE, "")),
                message_id=request,
            )

    def _found(self, since: dt.datetime, categories: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """Yield the mails of some categories since a time; one search finds 1,000 at most."""
        names = ", ".join(quote_text(name) for name in categories)
        until = ""
        while True:
            query = (
                f"categories in ({names}) AND sg_message_id_created_at >= {format_timestamp(since)}"
            )
            found = self._searched({"query": f"{query}{until}", "limit": MAX_FOUND})
            yield from found
            oldest = min(filter(None, map(created_at, found)), default=None)
            earlier = (
                f" AND sg_message_id_created_at <= {format_timestamp(oldest)}" if oldest else ""
            )
            if len(found) < MAX_FOUND or earlier in ("", until):
                return
            until = earlier

    def close(self) -> None:
        """Close the kept connection."""
        self._client.close()

    def _search(self, address: str, since: dt.datetime) -> list[Mapping[str, Any]]:
        time = format_timestamp(since)
        query = f"to_email = {quote_text(address)} AND sg_message_id_created_at >= {time}"
        return self._searched({"query": query, "limit": MAX_MAILS})

    def _searched(self, body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        found = read_document(lambda: self._client.client.logs.post(request_body=body))
        return objects_in(found, "messages")

    def _entry(self, message_id: str) -> Mapping[str, Any]:
        entry = self._client.client.logs._(quote(message_id, safe=""))
        return read_document(entry.get)


def read_document(call: Callable[[], Answer]) -> Mapping[str, Any]:
    """Return the JSON object that an endpoint answers with, or raise a `TransportError`."""
    return object_of(require_answer(call))


def format_timestamp(since: dt.datetime) -> str:
    """Return a time as the query language takes it, in whole seconds."""
    return since.astimezone(dt.UTC).strftime('TIMESTAMP "%Y-%m-%dT%H:%M:%SZ"')


def created_at(message: Mapping[str, Any]) -> dt.datetime | None:
    """Return when a mail came to SendGrid, as far as a search shows it."""
    try:
        at = dt.datetime.fromisoformat(str(message.get("sg_message_id_created_at", "")))
        return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def quote_text(text: str) -> str:
    """Return a text for the query language; no address contains both kinds of quotes."""
    mark = '"' if "'" in text else "'"
    return f"{mark}{text.replace(mark, '')}{mark}"
