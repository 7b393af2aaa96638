"""Whether a provider takes mail from an address: what it says, and never more than that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class SenderState(StrEnum):
    """What is known of a sender."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    UNKNOWN = "unknown"


class SenderReason(StrEnum):
    """Why that is known, or why it is not."""

    #: The address itself was confirmed, or its domain.
    ADDRESS = "address"
    DOMAIN = "domain"
    #: The provider waits for a click in a mail, or for records in the DNS.
    ADDRESS_PENDING = "address_pending"
    DOMAIN_PENDING = "domain_pending"
    #: The provider lists neither the address nor its domain.
    NOT_LISTED = "not_listed"
    #: A domain above that of the address is verified; the provider does not say if that is enough.
    PARENT_DOMAIN = "parent_domain"
    #: There were more entries than we read.
    TOO_MANY = "too_many"


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderStatus:
    """What is known of a sender, and why."""

    state: SenderState
    reason: SenderReason


class SenderDirectory(Protocol):
    """Tells which senders a provider knows."""

    def check(self, address: str) -> SenderStatus:
        """Return what the provider says of an address; nothing is changed there.

        Raises a `newsletter.errors.TransportError` where it does not say anything.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
