"""Ask SendGrid's Email Logs what became of a mail: the second source, when events are missing.

Source: the OpenAPI description of Twilio SendGrid's Email Logs API.  A search knows addresses and
times but no labels; those stand in the entry of each mail, which is asked for by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from newsletter.config import Config
from newsletter.errors import AnswerLost
from newsletter.transports.pooled import Answer, Limits, pooled
from newsletter.transports.sendgrid import refusal

#: Mails to one address, since one moment, whose labels are looked at.
MOST_MAILS = 20
#: Where mail stands that has left SendGrid: a receiver took it, or turned it away.
LEFT = ("delivered", "deferred", "bounced", "blocked")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log has of a mail; see `newsletter.tracking.lookups.Entry`."""

    message_id: str
    went_out: bool


class EmailLogs:
    """The log of one account at SendGrid, or of a stand-in with the same API.

    Every call raises a `newsletter.errors.TransportError`: `Throttled` when it is asked too often.
    """

    def __init__(self, *, base_url: str, api_key: str, limits: Limits) -> None:
        client = SendGridAPIClient(api_key=api_key, host=base_url)
        self._client = pooled(client, limits, 1)

    def find(self, address: str, *, since: dt.datetime, labels: tuple[str, str]) -> Entry | None:
        """Return the entry of a mail to an address with a label, if there is one.

        `labels` is the name of the label and its value.
        """
        name, value = labels
        for message in self._search(address, since):
            entry = self._entry(str(message.get("sg_message_id", "")))
            if (entry.get("custom_args") or {}).get(name) == value:
                return Entry(str(entry.get("sg_message_id", "")), entry.get("status") in LEFT)
        return None

    def close(self) -> None:
        """Close the kept connection."""
        self._client.client._pool.clear()  # noqa: SLF001  our own class

    def _search(self, address: str, since: dt.datetime) -> list[dict[str, Any]]:
        moment = since.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = f'to_email = {quoted(address)} AND sg_message_id_created_at >= TIMESTAMP "{moment}"'
        body = {"query": query, "limit": MOST_MAILS}
        found = document(lambda: self._client.client.logs.post(request_body=body)).get("messages")
        return [each for each in found or () if isinstance(each, dict)]

    def _entry(self, message_id: str) -> dict[str, Any]:
        entry = self._client.client.logs._(quote(message_id, safe=""))
        return document(entry.get)


def document(ask: Callable[[], Answer]) -> dict[str, Any]:
    """Return the JSON object that an endpoint answers with, or raise a `TransportError`."""
    try:
        found = orjson.loads(ask().body)
    except HTTPError as error:
        raise refusal(error) from None
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise AnswerLost("SendGrid's log answered with something else than JSON")
    return found


def quoted(text: str) -> str:
    """Return a text as the query language takes it; no address holds both kinds of quotes."""
    mark = '"' if "'" in text else "'"
    return f"{mark}{text.replace(mark, '')}{mark}"


def open_logs(config: Config) -> EmailLogs | None:
    """Return the log of the transport that is configured; None where it has none."""
    if config.sending.transport != "sendgrid":
        return None
    return EmailLogs(
        base_url=config.sendgrid.base_url,
        api_key=config.sendgrid_key(),
        limits=Limits(
            connect=config.sendgrid.connect_seconds, answer=config.sendgrid.answer_seconds
        ),
    )
