"""What a transport takes of an issue: one message for all, and each reader's part of it.

Sends, dry runs and `newsletter issue render` all make their mail here, so that a file somebody
looks at has every header that the mail will have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from newsletter.hostnames import ascii_mailbox
from newsletter.publishing.models import Publication
from newsletter.transports.base import ATTEMPT, DATABASE, DELIVERY, SEND, Message, Recipient

#: Makes everybody's List-Unsubscribe one of a single click (RFC 8058 3.1).
ONE_CLICK = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


class Parts(Protocol):
    """The parts of a mail; they may hold keys that each `Recipient` has the values for."""

    @property
    def subject(self) -> str:
        """The subject, on one line."""
        ...

    @property
    def html(self) -> str:
        """The HTML part."""
        ...

    @property
    def text(self) -> str:
        """The plain-text part."""
        ...


def build_message(
    publication: Publication, parts: Parts, *, send: str, attempt: str, database: str
) -> Message:
    """Return what all readers of one variant share, in an attempt at a send of a database."""
    return Message(
        from_email=ascii_mailbox(publication.from_email),
        from_name=publication.from_name,
        reply_to=ascii_mailbox(publication.reply_to),
        subject=parts.subject,
        html=parts.html,
        text=parts.text,
        headers=list_headers(publication, send),
        categories=(publication.slug,),
        labels={SEND: send, ATTEMPT: attempt, DATABASE: database},
    )


def build_recipient(
    address: str, unsubscribe_url: str, values: Mapping[str, str], delivery: str
) -> Recipient:
    """Return one reader's part; List-Unsubscribe (RFC 2369) is each person's own."""
    own = {"List-Unsubscribe": f"<{unsubscribe_url}>"}
    return Recipient(address, values, own, {DELIVERY: delivery})


def unsubscribe_headers(url: str) -> dict[str, str]:
    """Return the headers of RFC 2369 and RFC 8058 for leaving with one click."""
    return {"List-Unsubscribe": f"<{url}>", **ONE_CLICK}


def list_headers(publication: Publication, send: str) -> dict[str, str]:
    """Return the headers that name the list (RFC 2919, RFC 2369) and the send (Feedback-ID).

    All of them take ASCII alone: a domain of other letters stands there as its A-label.
    """
    domain = ascii_mailbox(publication.from_email).rpartition("@")[2]
    owner = ascii_mailbox(publication.reply_to or publication.from_email)
    return {
        "List-Id": f"<{publication.slug}.{domain}>",
        "List-Owner": f"<mailto:{owner}>",
        "List-Post": "NO",
        **ONE_CLICK,
        "Feedback-ID": f"{send}:{publication.slug}:newsletter:{feedback_sender(domain)}",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }


def feedback_sender(domain: str) -> str:
    """Return the constant last field of Feedback-ID: letters and digits of the domain."""
    return "".join(character for character in domain if character.isalnum())[:15]
