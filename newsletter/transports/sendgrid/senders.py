"""Ask SendGrid which senders it has verified: single addresses, and authenticated domains.

Sources: the OpenAPI descriptions of Twilio SendGrid's Verified Senders (`GET
/v3/verified_senders`) and Domain Authentication (`GET /v3/whitelabel/domains`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from newsletter.hostnames import ascii_mailbox
from newsletter.transports.senders import SenderReason, SenderState, SenderStatus
from newsletter.transports.sendgrid.answers import require_answer
from newsletter.transports.sendgrid.client import Answer, Limits, SendGridClient
from newsletter.transports.sendgrid.email_log import read_document
from newsletter.transports.sendgrid.response_json import objects_in, objects_of

#: Entries of one answer, and answers that are read.
PAGE = 100
MAX_PAGES = 10

VERIFIED, NOT_VERIFIED, UNKNOWN = SenderState
#: A domain has at least two parts.
LEAST_PARTS = 2


class SendGridSenders:
    """The senders of one account at SendGrid, or of an emulator with the same API."""

    def __init__(self, *, base_url: str, api_key: str, limits: Limits) -> None:
        self._client = SendGridClient(base_url=base_url, api_key=api_key, limits=limits, size=1)

    def check(self, address: str) -> SenderStatus:
        """Return what SendGrid says of an address."""
        address = ascii_mailbox(address).lower()
        domain = address.rpartition("@")[2]
        of_domain = self._state_of(domain)
        if of_domain:
            return status(VERIFIED, SenderReason.DOMAIN)
        found = self._single(address)
        if found.state is VERIFIED or found.reason is not SenderReason.NOT_LISTED:
            return found
        if of_domain is False:
            return status(NOT_VERIFIED, SenderReason.DOMAIN_PENDING)
        parent = domain.partition(".")[2]
        if parent.count(".") >= LEAST_PARTS - 1 and self._state_of(parent):
            return status(UNKNOWN, SenderReason.PARENT_DOMAIN)
        return found

    def close(self) -> None:
        """Close the kept connection."""
        self._client.close()

    def _state_of(self, domain: str) -> bool | None:
        """Return whether a domain is valid at SendGrid; None if it is not there."""
        query = {"domain": domain, "limit": PAGE}
        endpoint = self._client.client.whitelabel.domains
        found = read_list(partial(endpoint.get, query_params=query))
        states = [
            each.get("valid") is True
            for each in found
            if str(each.get("domain", "")).lower() == domain
        ]
        return any(states) if states else None

    def _single(self, address: str) -> SenderStatus:
        """Return whether an address by itself was verified."""
        waits = False
        for each in self._listed():
            if each is None:
                return status(UNKNOWN, SenderReason.TOO_MANY)
            if str(each.get("from_email", "")).lower() == address:
                if each.get("verified") is True:
                    return status(VERIFIED, SenderReason.ADDRESS)
                waits = True
        reason = SenderReason.ADDRESS_PENDING if waits else SenderReason.NOT_LISTED
        return status(NOT_VERIFIED, reason)

    def _listed(self) -> Iterator[Mapping[str, Any] | None]:
        """Yield the verified senders; None at the end where there are more than we read."""
        endpoint = self._client.client.verified_senders
        last: Any = None
        for _number in range(MAX_PAGES):
            query = {"limit": PAGE, **({"lastSeenID": last} if last is not None else {})}
            page = objects_in(read_document(partial(endpoint.get, query_params=query)), "results")
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1].get("id")
        yield None


def status(state: SenderState, reason: SenderReason) -> SenderStatus:
    """Return what is known of a sender."""
    return SenderStatus(state=state, reason=reason)


def read_list(call: Callable[[], Answer]) -> list[Mapping[str, Any]]:
    """Return the JSON list that an endpoint answers with, or raise a `TransportError`."""
    return objects_of(require_answer(call))
