"""Encode a message for each recipient, for providers that fill in no values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

import idna

from newsletter.errors import AccountError, Refused
from newsletter.mime import MessageTemplate, encode_header, mailbox_header, on_the_wire
from newsletter.phrases import phrase
from newsletter.transports.base import ATTEMPT, DELIVERY, Message, Recipient

#: An address as it may stand between "<" and ">" in a command of RFC 5321, quoted ones left out.
_MAILBOX = re.compile(r"[!-;=?A-~]+@[a-zA-Z0-9.\[\]:-]+")


class MimeEncoder:
    """Encodes one message for many recipients; shared parts are encoded once.

    With `for_smtp` the dots that begin a line are doubled (RFC 5321 4.5.2).  Raises
    `AccountError` when the sender has no address that mail can come from.
    """

    def __init__(
        self, message: Message, recipients: Sequence[Recipient], *, for_smtp: bool = False
    ) -> None:
        self.message = message
        self.sender = sender_of(message)
        self._domain = self.sender.rpartition("@")[2]
        self._template = MessageTemplate(
            subject=message.subject,
            html=message.html,
            text=message.text,
            keys=dict.fromkeys(key for person in recipients for key in person.values),
            head=shared_head(message, self.sender),
            for_smtp=for_smtp,
        )
        content = f"{message.subject}\0{message.html}\0{message.text}"
        self._hash = hashlib.sha256(content.encode("utf-8", "replace"))

    def encode(self, person: Recipient) -> bytes:
        """Return the mail of one person, or raise `Refused` if it cannot be written."""
        attempt = self._label(person, ATTEMPT)
        headers = {
            "To": encode_address(person.address),
            "Message-ID": f"<{self.name(person)}.{attempt}@{self._domain}>",
            **label_headers(person.labels),
            **person.headers,
        }
        try:
            return self._template.joined(person.values, headers)
        except KeyError:
            raise Refused(phrase("there is no value for a place in the mail")) from None

    def name(self, person: Recipient) -> str:
        """Return a name for one delivery of this message: always the same."""
        digest = self._hash.copy()
        digest.update(repr((person.address, sorted(person.values.items()))).encode())
        return f"{self._label(person, DELIVERY)}-{digest.hexdigest()[:12]}"

    def _label(self, person: Recipient, label: str) -> str:
        """Return a label as letters, digits and hyphens."""
        value = person.labels.get(label) or self.message.labels.get(label, "none")
        return re.sub(r"[^A-Za-z0-9-]", "-", value)


def shared_head(message: Message, sender: str) -> bytes:
    """Return the headers that all recipients share."""
    reply_to = [mailbox_header("Reply-To", "", message.reply_to)] if message.reply_to else []
    headers = {
        "Date": format_datetime(datetime.now(UTC)),
        **message.headers,
        **label_headers(message.labels),
    }
    return b"".join(
        (
            mailbox_header("From", message.from_name, sender),
            *reply_to,
            *(encode_header(name, value) for name, value in headers.items()),
        )
    )


def label_headers(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels as headers: they name the delivery, and do not identify the person."""
    return {
        f"X-Newsletter-{name.removeprefix('nl_').title()}": value for name, value in labels.items()
    }


def sender_of(message: Message) -> str:
    """Return the address that mail comes from, or raise `AccountError`."""
    try:
        return encode_address(message.from_email)
    except Refused as error:
        raise AccountError(
            phrase("The publication's sender: {error}", error=error.message),
            hint=phrase("Fix it in the desk, under Publications, then: newsletter send resume ID"),
        ) from None


def find_unwritable(recipients: Sequence[Recipient]) -> frozenset[int]:
    """Return the places of people to whose address no mail can be sent."""
    return frozenset(
        place for place, person in enumerate(recipients) if not is_mailbox(person.address)
    )


def is_mailbox(address: str) -> bool:
    """Say whether `encode_address` takes an address."""
    try:
        return bool(encode_address(address))
    except Refused:
        return False


def encode_address(address: str) -> str:
    """Return an address in ASCII, as mail uses it, or raise `Refused`."""
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            raise Refused(phrase("the domain of the address cannot be written in ASCII")) from None
    if not _MAILBOX.fullmatch(f"{local}@{domain}") or "@" in local:
        raise Refused(phrase("mail cannot be sent to this address"))
    return on_the_wire(f"{local}@{domain}")
