"""An accepted request in compact form, and the message that it makes for each recipient.

A request for 1,000 people repeats its content once, so it is kept compressed and the message of
one person is only made when somebody reads it: 100,000 recipients cost a few megabytes.
"""

from __future__ import annotations

import base64
import functools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import BaseHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, formataddr
from enum import StrEnum
from typing import Any

import orjson

from sendgrid_emulator.rules.addresses import ascii_form
from sendgrid_emulator.rules.schema import PEOPLE, Json


class Phase(StrEnum):
    """The state of an accepted request."""

    QUEUED = "queued"  #: accepted; its time has not come
    PAUSED = "paused"  #: its time has come, but its batch is paused
    RELEASED = "released"  #: on its way to the recipients
    CANCELLED = "cancelled"  #: discarded, since its batch was cancelled
    EXPIRED = "expired"  #: discarded, since its batch stayed paused for too long


#: The phases of a request that reached nobody.
DISCARDED = frozenset({Phase.CANCELLED, Phase.EXPIRED})


@dataclass(slots=True)
class Accepted:
    """One request that was answered with 202.

    `id` is the X-Message-Id; `at` the Unix time of acceptance; `packed` the compressed body;
    `recipients` their addresses, one a line; `owners` the number of the personalization each
    belongs to, or None where every personalization has just one.
    """

    id: str
    at: float
    packed: bytes
    recipients: str
    owners: tuple[int, ...] | None
    subject: str
    send_at: int = 0
    batch_id: str = ""
    #: The unsubscribe group, 0 for none.
    group: int = 0
    phase: Phase = Phase.QUEUED
    released_at: float = 0.0
    #: Positions that SendGrid dropped at release, and why.
    dropped: dict[int, str] = field(default_factory=dict)
    #: What people did on the pages, as steps by position; it is not kept over a restart.
    acts: dict[int, list[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, at: float, body: bytes, payload: Json) -> Accepted:
        """Return the compact form of a request that passed the rules."""
        owned = [
            (person["email"], number)
            for number, block in enumerate(payload["personalizations"])
            for key in PEOPLE
            for person in block.get(key, ())
        ]
        one_each = len(owned) == len(payload["personalizations"])
        return cls(
            id=name,
            at=at,
            packed=zlib.compress(body, 1),
            recipients="\n".join(email for email, _ in owned),
            owners=None if one_each else tuple(number for _, number in owned),
            subject=payload.get("subject", ""),
            send_at=payload.get("send_at", 0),
            batch_id=payload.get("batch_id", ""),
            group=payload.get("asm", {}).get("group_id", 0),
        )

    @classmethod
    def unpacked(cls, name: str, at: float, packed: bytes) -> Accepted:
        """Return the same from a body that is compressed already."""
        body = zlib.decompress(packed)
        return cls.of(name, at, body, orjson.loads(body))

    def __len__(self) -> int:
        return self.recipients.count("\n") + 1

    def __iter__(self) -> Iterator[Message]:
        return (Message(self, index) for index in range(len(self)))

    @property
    def addresses(self) -> list[str]:
        """The recipients in the order of the request."""
        return _lines(self.recipients)

    @property
    def body(self) -> bytes:
        """The request as it came in."""
        return zlib.decompress(self.packed)

    @property
    def payload(self) -> dict[str, Any]:
        """The request, decoded."""
        return _decode(self.packed)


# Mails of one request are read one after another: shared parts are made once.


@functools.lru_cache(maxsize=4)
def _lines(recipients: str) -> list[str]:
    return recipients.split("\n")


@functools.lru_cache(maxsize=4)
def _decode(packed: bytes) -> dict[str, Any]:
    payload: dict[str, Any] = orjson.loads(zlib.decompress(packed))
    return payload


class _Verbatim(EmailPolicy):
    """Writes ASCII headers as they are, as SendGrid does: folding would break long links."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if isinstance(value, BaseHeader | str) and str(value).isascii():
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Verbatim(linesep="\r\n", utf8=False)


class Message:
    """The mail of one recipient, made when it is read.

    `index` counts recipients within the request, not personalizations.
    """

    def __init__(self, request: Accepted, index: int) -> None:
        self.request = request
        self.index = index

    def __repr__(self) -> str:
        return f"<Message {self.id}>"

    @property
    def id(self) -> str:
        """The name of this mail: the X-Message-Id and the position, joined by a dot."""
        return f"{self.request.id}.{self.index}"

    @functools.cached_property
    def personalization(self) -> dict[str, Any]:
        """The block of the request that this mail was made from."""
        owners = self.request.owners
        number = self.index if owners is None else owners[self.index]
        block: dict[str, Any] = self.request.payload["personalizations"][number]
        return block

    @functools.cached_property
    def address(self) -> str:
        """The recipient's address as given."""
        return self.request.addresses[self.index]

    @property
    def subject(self) -> str:
        """The subject with substitutions applied."""
        return self._fill(self.personalization.get("subject") or self.request.subject)

    @property
    def text(self) -> str:
        """The plain text part, or an empty string."""
        return self._part("text/plain")

    @property
    def html(self) -> str:
        """The HTML part, or an empty string."""
        return self._part("text/html")

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the request; a personalization's own win over the message's."""
        return self._merged("headers")

    @property
    def custom_args(self) -> dict[str, str]:
        """The custom arguments, merged the same way; they come back with every event."""
        return self._merged("custom_args")

    @property
    def substitutions(self) -> dict[str, str]:
        """The tags of this recipient and their values."""
        return dict(self.personalization.get("substitutions") or {})

    @property
    def categories(self) -> list[str]:
        """The categories of the request."""
        return list(self.request.payload.get("categories", ()))

    @property
    def sender(self) -> dict[str, str]:
        """The From as `{"email": ..., "name": ...}`."""
        sender: dict[str, str] = self.personalization.get("from") or self.request.payload["from"]
        return sender

    def mime(self) -> EmailMessage:
        """Return the whole message as it would reach the recipient's server."""
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = _mailbox(self.sender)
        for key, people in (("To", "to"), ("Cc", "cc")):
            if self.personalization.get(people):
                mail[key] = ", ".join(map(_mailbox, self.personalization[people]))
        mail["Subject"] = _join_lines(self.subject)
        self._add_own_headers(mail)
        self._add_content(mail)
        self._add_attachments(mail)
        return mail

    def source(self) -> bytes:
        """Return the message as bytes, CRLF at the line ends: an .eml file."""
        return self.mime().as_bytes()

    def _add_own_headers(self, mail: EmailMessage) -> None:
        for answered in self._reply_to():
            mail["Reply-To"] = answered
        for key, value in self.headers.items():
            mail[key] = _join_lines(value)
        if "Date" not in mail:
            # The time of acceptance, not of release: so does SendGrid.
            mail["Date"] = format_datetime(datetime.fromtimestamp(self.request.at, UTC))
        if "Message-ID" not in mail:
            mail["Message-ID"] = f"<{self.request.id}@geopod-ismtpd-1>"

    def _reply_to(self) -> list[str]:
        payload = self.request.payload
        people = payload.get("reply_to_list") or [payload.get("reply_to")]
        filled = ({k: self._fill(v) for k, v in p.items() if v} for p in people if p)
        joined = ", ".join(map(_mailbox, filled))
        return [joined] if joined else []

    def _add_content(self, mail: EmailMessage) -> None:
        for number, part in enumerate(self.request.payload.get("content", ())):
            main, _, sub = part["type"].partition("/")
            value = self._fill(part["value"])
            add = mail.add_alternative if number else mail.set_content
            if main == "text":
                add(value, subtype=sub, cte="quoted-printable")
            else:
                add(value.encode(), maintype=main, subtype=sub)

    def _add_attachments(self, mail: EmailMessage) -> None:
        for attached in self.request.payload.get("attachments", ()):
            main, _, sub = attached.get("type", "application/octet-stream").partition("/")
            mail.add_attachment(
                base64.b64decode(attached["content"]),
                maintype=main,
                subtype=sub or "octet-stream",
                filename=attached["filename"],
                disposition=attached.get("disposition", "attachment"),
                cid=attached.get("content_id"),
            )

    def _part(self, kind: str) -> str:
        parts = self.request.payload.get("content", ())
        return next((self._fill(part["value"]) for part in parts if part["type"] == kind), "")

    def _merged(self, key: str) -> dict[str, str]:
        return {**self.request.payload.get(key, {}), **self.personalization.get(key, {})}

    def _fill(self, text: str) -> str:
        """Substitute as SendGrid does: plain replacement, one tag after the other.

        The order is not documented, so it is shuffled (the same way for the same mail): tags
        that contain each other, or values that contain tags, come to light.
        """
        substitutions = self.substitutions
        for tag in sorted(substitutions, key=lambda tag: zlib.crc32(f"{self.id}{tag}".encode())):
            text = text.replace(tag, substitutions[tag]) if tag else text
        return text


def _join_lines(value: str) -> str:
    """Return a header's value on one line; Unicode has breaks that the API does not refuse."""
    return " ".join(value.splitlines())


def _mailbox(person: Json) -> str:
    name = " ".join((person.get("name") or "").split())
    return formataddr((name, ascii_form(person["email"])))
