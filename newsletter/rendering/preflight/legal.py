"""Checks of what the law and the large mailbox providers ask for.

Sources: CAN-SPAM Act §5(a)(5) (postal address, way out), RFC 8058 and the sender rules of
Gmail and Yahoo of 2024 (one-click headers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.hostnames import is_placeholder
from newsletter.phrases import phrase
from newsletter.rendering.preflight.codes import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.rendering.content import Content
    from newsletter.rendering.findings import Finding
    from newsletter.rendering.preflight.context import PreflightContext
    from newsletter.rendering.preflight.pages import Page

_NEEDED = ("List-Unsubscribe", "List-Unsubscribe-Post")


def of_headers(around: PreflightContext) -> Iterator[Finding]:
    """Check the headers that the mail is sent with."""
    present = {name.lower() for name in around.headers}
    if missing := [name for name in _NEEDED if name.lower() not in present]:
        message = phrase("the mail lacks {headers}", headers=", ".join(missing))
        yield make_finding("no-list-unsubscribe", message, "headers")


def of_sender(around: PreflightContext) -> Iterator[Finding]:
    """Check that real mail does not come from a domain that nobody can have."""
    if around.sender and not around.stays_here and is_placeholder(around.sender):
        message = phrase("mail comes from {address}, a placeholder", address=around.sender)
        yield make_finding("sender-placeholder", message, "publication")


def of_publisher(content: Content) -> Iterator[Finding]:
    """Check that there is a postal address at all."""
    if not content.publisher.postal_address.strip():
        message = phrase("the publication has no postal address")
        yield make_finding("no-postal-address", message, "publication")


def of_page(page: Page) -> Iterator[Finding]:
    """Check that way out and address can be seen, in HTML and in plain text."""
    way_out = page.recipient.unsubscribe_url
    if not any(link.address == way_out and link.words for link in page.links):
        yield make_finding("no-unsubscribe", phrase("no link leads out of the list"), "HTML")
    if way_out not in page.parts.text:
        yield make_finding("no-unsubscribe", phrase("no address leads out of the list"), "text")
    address = " ".join(page.content.publisher.postal_address.split())
    for name, text in (("HTML", page.shown), ("text", " ".join(page.parts.text.split()))):
        # Plain text is wrapped, and Japanese without spaces.
        if "".join(address.split()) not in "".join(text.split()):
            message = phrase("the postal address is not printed")
            yield make_finding("no-postal-address", message, name)
