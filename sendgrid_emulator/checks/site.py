"""The links of a mail that lead to the sender's own site."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sendgrid_emulator.state.messages import Message

_LINK = re.compile(r"https?://[^\s\"'<>)\]]+")


@dataclass(frozen=True, slots=True)
class Site:
    """The sender's site: how links to it begin, and where it is really served."""

    base: str
    served_at: str

    def links(self, message: Message) -> Iterator[str]:
        """Yield the addresses to open for the links of a mail: its parts, and its headers."""
        words = (message.text, html.unescape(message.html), *message.headers.values())
        for link in _LINK.findall(" ".join(words)):
            if link.startswith(self.base):
                yield self.place(link)

    def place(self, link: str) -> str:
        """Return where a link is served."""
        return self.served_at.rstrip("/") + link.removeprefix(self.base.rstrip("/"))
