"""A link scanner: opens every link of a mail, as security programs of recipients do.

Only links to the sender's own site are followed, if necessary at the address where it is served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import urllib3

from sendgrid_emulator.checks.site import Site
from sendgrid_emulator.state.messages import Message
from sendgrid_emulator.state.violation import Violation

_TIMEOUT = 30.0


def scan_links(
    messages: Iterable[Message], site: Site, state: Callable[[], object]
) -> tuple[int, list[Violation]]:
    """Open every link of every mail, as a scanner does; the value of `state` must not change.

    Returns how many links there are, and the violations of R13.
    """
    links = {link for message in messages for link in site.links(message)}
    before, found = state(), []
    with urllib3.PoolManager(retries=False, timeout=_TIMEOUT) as pool:
        for link in sorted(links):
            for method in ("HEAD", "GET"):
                status = pool.request(method, link, redirect=False).status
                if status >= 400:
                    found.append(Violation("R13", "", f"{method} {link} is answered {status}"))
    if state() != before:
        found.append(Violation("R13", "", f"opening {len(links)} links changed something"))
    return len(links), found
