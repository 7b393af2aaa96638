"""Whole messages from a letter, for transports whose provider fills in nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

import idna

from newsletter.errors import OnHold, Refused
from newsletter.mime import MessageTemplate, header, mailbox_header, on_the_wire
from newsletter.transports.base import ATTEMPT, DELIVERY, Addressee, Letter

#: An address as it may stand between "<" and ">" in a command of RFC 5321, quoted ones left out.
_MAILBOX = re.compile(r"[!-;=?A-~]+@[a-zA-Z0-9.\[\]:-]+")


class Messages:
    """Writes the messages of one letter; what they share is encoded once.

    Raises `OnHold` when the sender has no address that mail can come from.
    """

    def __init__(self, letter: Letter, recipients: Sequence[Addressee]) -> None:
        self.letter = letter
        self.sender = sender_of(letter)
        self._domain = self.sender.rpartition("@")[2]
        self._template = MessageTemplate(
            subject=letter.subject,
            html=letter.html,
            text=letter.text,
            keys=dict.fromkeys(key for person in recipients for key in person.values),
            head=shared_head(letter, self.sender),
        )
        content = f"{letter.subject}\0{letter.html}\0{letter.text}"
        self._hash = hashlib.sha256(content.encode("utf-8", "replace"))

    def message(self, person: Addressee) -> bytes:
        """Return the message of one person, or raise `Refused` when it cannot be written."""
        attempt = self._label(person, ATTEMPT)
        headers = {
            "To": mailbox(person.address),
            "Message-ID": f"<{self.name(person)}.{attempt}@{self._domain}>",
            **label_headers(person.labels),
            **person.headers,
        }
        try:
            return self._template.joined(person.values, headers)
        except KeyError:
            raise Refused("there is no value for a place in the mail") from None

    def name(self, person: Addressee) -> str:
        """Return a name for one delivery of this letter: the same whenever it is asked for."""
        digest = self._hash.copy()
        digest.update(repr((person.address, sorted(person.values.items()))).encode())
        return f"{self._label(person, DELIVERY)}-{digest.hexdigest()[:12]}"

    def _label(self, person: Addressee, label: str) -> str:
        """Return a label as letters, digits and hyphens."""
        value = person.labels.get(label) or self.letter.labels.get(label, "none")
        return re.sub(r"[^A-Za-z0-9-]", "-", value)


def shared_head(letter: Letter, sender: str) -> bytes:
    """Return the headers that all messages of a letter share."""
    reply_to = [mailbox_header("Reply-To", "", letter.reply_to)] if letter.reply_to else []
    headers = {
        "Date": format_datetime(datetime.now(UTC)),
        **letter.headers,
        **label_headers(letter.labels),
    }
    return b"".join(
        (
            mailbox_header("From", letter.from_name, sender),
            *reply_to,
            *(header(name, value) for name, value in headers.items()),
        )
    )


def label_headers(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels as headers: they say which delivery this is, and to nobody who it is."""
    return {
        f"X-Newsletter-{name.removeprefix('nl_').title()}": value for name, value in labels.items()
    }


def sender_of(letter: Letter) -> str:
    """Return the address that mail comes from, or raise `OnHold`."""
    try:
        return mailbox(letter.from_email)
    except Refused as error:
        raise OnHold(
            f"The publication's sender: {error}",
            hint="Mend it in the desk, under Publications, then: newsletter send resume ID",
        ) from None


def unwritable(recipients: Sequence[Addressee]) -> frozenset[int]:
    """Return the places of those to whose address no mail can be sent."""
    return frozenset(
        place for place, person in enumerate(recipients) if not is_mailbox(person.address)
    )


def is_mailbox(address: str) -> bool:
    """Say whether `mailbox` takes an address."""
    try:
        return bool(mailbox(address))
    except Refused:
        return False


def mailbox(address: str) -> str:
    """Return an address as it travels, in ASCII, or raise `Refused`."""
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            raise Refused("the domain of the address cannot be written in ASCII") from None
    if not _MAILBOX.fullmatch(f"{local}@{domain}") or "@" in local:
        raise Refused("this is not an address that mail can be sent to")
    return on_the_wire(f"{local}@{domain}")
