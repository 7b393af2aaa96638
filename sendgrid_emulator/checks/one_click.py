"""The one-click unsubscribe link of a mail (RFC 8058), and a client that presses it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import urllib3

from sendgrid_emulator.checks.site import Site
from sendgrid_emulator.loopback import is_loopback
from sendgrid_emulator.state.messages import Message
from sendgrid_emulator.state.violation import Violation

ONE_CLICK = "List-Unsubscribe=One-Click"
_LINK = re.compile(r"<((?:https?|mailto):[^<>]*)>")
_TIMEOUT = 30.0


def unsubscribe_link(message: Message) -> str:
    """Return the link of the List-Unsubscribe header, or nothing if RFC 8058 is not met.

    One link on https (or on this machine, for tests), and the header that makes it one-click.
    """
    headers = {key.lower(): value for key, value in message.headers.items()}
    if headers.get("list-unsubscribe-post", "").strip() != ONE_CLICK:
        return ""
    found = _LINK.findall(headers.get("list-unsubscribe", ""))
    links = [link for link in found if not link.startswith("mailto:")]
    return links[0] if len(links) == 1 and _is_safe(links[0]) else ""


def _is_safe(link: str) -> bool:
    return link.startswith("https://") or is_loopback(urlsplit(link).hostname or "")


def press_one_click(message: Message, site: Site) -> list[Violation]:
    """Press one-click as mail providers do, in both encodings of RFC 8058; R14.

    Without cookies; anything but 200, and any redirect, is a violation.
    """
    link = unsubscribe_link(message)
    if not link:
        return [Violation("R14", message.id, "there is no one-click link")]
    name, _, value = ONE_CLICK.partition("=")
    multipart, media_type = urllib3.encode_multipart_formdata({name: value})
    bodies = {media_type: multipart, "application/x-www-form-urlencoded": ONE_CLICK.encode()}
    found = []
    with urllib3.PoolManager(retries=False, timeout=_TIMEOUT) as pool:
        for kind, body in bodies.items():
            headers = {"Content-Type": kind}
            place = site.place(link)
            status = pool.request("POST", place, body=body, headers=headers, redirect=False).status
            if status != 200:
                found.append(Violation("R14", message.id, f"one-click is answered {status}"))
    return found
