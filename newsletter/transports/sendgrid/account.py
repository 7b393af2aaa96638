"""What SendGrid says of an account: scopes, credits, webhooks and authenticated domains.

Sources: the OpenAPI descriptions of Twilio SendGrid's Scopes, Users, Event Webhook and Domain
Authentication APIs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from python_http_client.exceptions import HTTPError

from newsletter.transports.account import Credits, DomainRecords, PostedWebhook
from newsletter.transports.events import Counted
from newsletter.transports.sendgrid.answers import require_answer
from newsletter.transports.sendgrid.client import Limits, SendGridClient
from newsletter.transports.sendgrid.email_log import read_document
from newsletter.transports.sendgrid.response_json import object_in, object_of, objects_in
from newsletter.transports.sendgrid.senders import PAGE, read_list
from newsletter.transports.sendgrid.submission import decide_refusal
from newsletter.transports.sendgrid.webhook_setup import EVERY, WANTED

#: An answer of this status says that the key may not ask.
FORBIDDEN = 403


class SendGridAccount:
    """One account at SendGrid, or an emulator with the same API."""

    needed_scopes: tuple[str, ...] = ("mail.send",)
    useful_scopes: Mapping[str, str] = {
        "mail.batch.create": "prescheduled",
        "user.scheduled_sends.create": "prescheduled",
        "user.scheduled_sends.read": "prescheduled",
        "messages.read": "email log",
        "user.webhooks.event.settings.read": "webhook",
        "whitelabel.read": "senders",
        "sender_verification_eligible": "senders",
        "user.credits.read": "quota",
    }

    def __init__(self, *, base_url: str, api_key: str, limits: Limits) -> None:
        self._client = SendGridClient(base_url=base_url, api_key=api_key, limits=limits, size=2)

    def read_scopes(self) -> tuple[frozenset[str], dt.datetime | None]:
        """Return what the key may do, and SendGrid's time."""
        answer = require_answer(self._client.client.scopes.get)
        listed = object_of(answer).get("scopes")
        names = listed if isinstance(listed, list) else []
        return frozenset(name for name in names if isinstance(name, str)), date_of(answer.headers)

    def read_credits(self) -> Credits | None:
        """Return what is left; None where the key may not ask."""
        try:
            answer = self._client.client.user.credits.get()
        except HTTPError as error:
            if error.status_code == FORBIDDEN:
                return None
            raise decide_refusal(error) from None
        found = object_of(answer)
        remain, total = found.get("remain"), found.get("total")
        if not isinstance(remain, int) or not isinstance(total, int):
            return None
        return Credits(remain=remain, total=total, next_reset=str(found.get("next_reset") or ""))

    def read_webhook(self, url: str) -> PostedWebhook | None:
        """Return how events are posted to an address, with the public key of its signatures."""
        settings = self._client.client.user.webhooks.event.settings
        there = objects_in(read_document(settings._(EVERY).get), "webhooks")
        mine = next((hook for hook in there if hook.get("url") == url), None)
        if mine is None:
            return None
        key = read_document(settings.signed._(str(mine.get("id"))).get).get("public_key")
        return PostedWebhook(
            enabled=mine.get("enabled") is True,
            public_key=key if isinstance(key, str) else "",
            missing=tuple(name for name in WANTED if mine.get(name) is not True),
            counts=frozenset(kind for kind in Counted if mine.get(kind) is True),
        )

    def read_domain(self, domain: str) -> DomainRecords | None:
        """Return the records of a domain, as SendGrid wants them in the DNS."""
        endpoint = self._client.client.whitelabel.domains
        query = {"domain": domain, "limit": PAGE}
        for each in read_list(partial(endpoint.get, query_params=query)):
            if str(each.get("domain", "")).lower() == domain:
                return records_in(object_in(each, "dns"))
        return None

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close()


def records_in(found: Mapping[str, Any]) -> DomainRecords:
    """Return the hosts among the records of a domain.

    With automatic security they are CNAMEs: `mail_cname`, `dkim1`, `dkim2`; else `mail_server`
    (MX), `subdomain_spf` and `dkim` (TXT).
    """
    hosts = {
        name: str(record.get("host", ""))
        for name in found
        if (record := object_in(found, name)).get("host")
    }
    return DomainRecords(
        return_path=next((hosts[n] for n in ("mail_cname", "mail_server") if n in hosts), ""),
        dkim=tuple(host for name, host in hosts.items() if name.startswith("dkim")),
    )


def date_of(headers: Mapping[str, str]) -> dt.datetime | None:
    """Return the time of an answer by the clock of who gave it."""
    found = {name.lower(): value for name, value in headers.items()}
    try:
        return parsedate_to_datetime(found["date"])
    except (KeyError, ValueError, TypeError):
        return None
