"""What preflight must be told: things that stand neither in the content nor in the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.hostnames import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newsletter.rendering.personalisation.recipients import RecipientData
    from newsletter.rendering.preflight.sources import Written


@dataclass(frozen=True, kw_only=True, slots=True)
class PreflightContext:
    """Around a mail: who gets it, under which headers, beside which other issues.

    Each variant is looked at as `reader` would get it, by default somebody of whom nothing is
    known.  `headers` are names; `audience` is how many people are to get the mail,
    `number_used_by` an issue that was sent under the same number.  `site` is the address that the
    publication's own links begin with; with `stays_here` mail is only handed to a program on this
    machine that keeps it.  `sender` is the address that it comes from.  `sources` are the texts of
    the issue that were written as Markdown.
    """

    headers: Iterable[str]
    reader: RecipientData | None = None
    audience: int = 0
    batch_size: int = 1000
    number_used_by: str = ""
    site: str = ""
    sources: Sequence[Written] = ()
    stays_here: bool = False
    sender: str = ""

    @property
    def local_site(self) -> str:
        """The address of the site if it leads to this machine alone, else nothing."""
        return self.site if is_loopback(self.site) else ""
