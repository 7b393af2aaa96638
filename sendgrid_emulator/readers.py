"""What the programs of readers do with a mail: scanners open links, mail programs press one-click.

Only links to the sender's own site are followed, and at another address, if it is served there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import urllib3

from sendgrid_emulator.invariants import ONE_CLICK, unsubscribe_link
from sendgrid_emulator.messages import Message
from sendgrid_emulator.teeth import Violation

_LINK = re.compile(r"https?://[^\s\"'<>)\]]+")
_TIMEOUT = 30.0


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


def scan(
    messages: Iterable[Message], site: Site, state: Callable[[], object]
) -> tuple[int, list[Violation]]:
    """Open every link of every mail, as a scanner does; `state` is what must not change by it.

    Returns how many links there are, and the violations of T13.
    """
    links = {link for message in messages for link in site.links(message)}
    before, found = state(), []
    with urllib3.PoolManager(retries=False, timeout=_TIMEOUT) as pool:
        for link in sorted(links):
            for method in ("HEAD", "GET"):
                status = pool.request(method, link, redirect=False).status
                if status >= 400:
                    found.append(Violation("T13", "", f"{method} {link} is answered {status}"))
    if state() != before:
        found.append(Violation("T13", "", f"opening {len(links)} links changed something"))
    return len(links), found


def press(message: Message, site: Site) -> list[Violation]:
    """Press one-click as mail providers do, in both encodings of RFC 8058; T14.

    Without cookies; anything but 200, and any redirect, is a violation.
    """
    link = unsubscribe_link(message)
    if not link:
        return [Violation("T14", message.id, "there is no one-click link")]
    name, _, value = ONE_CLICK.partition("=")
    multipart, kind = urllib3.encode_multipart_formdata({name: value})
    bodies = {kind: multipart, "application/x-www-form-urlencoded": ONE_CLICK.encode()}
    found = []
    with urllib3.PoolManager(retries=False, timeout=_TIMEOUT) as pool:
        for sort, body in bodies.items():
            headers = {"Content-Type": sort}
            place = site.place(link)
            status = pool.request("POST", place, body=body, headers=headers, redirect=False).status
            if status != 200:
                found.append(Violation("T14", message.id, f"one-click is answered {status}"))
    return found
