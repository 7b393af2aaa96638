"""The site that a mail leads to: what is on this machine alone, no reader elsewhere can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.phrases import phrase
from newsletter.rendering.preflight.codes import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.rendering.findings import Finding
    from newsletter.rendering.preflight.context import PreflightContext


def of_site(around: PreflightContext) -> Iterator[Finding]:
    """Tell once that the site is on this machine: a grave mistake as soon as mail leaves it."""
    if not around.local_site:
        return
    message = phrase(
        "the site is at {address}: elsewhere no picture is seen, no link works",
        address=around.local_site,
    )
    yield make_finding("site-local" if around.stays_here else "site-unreachable", message, "site")
