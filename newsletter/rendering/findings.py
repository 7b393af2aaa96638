"""What checks of templates and mails report: the same form for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from newsletter.places import name_line


class Severity(StrEnum):
    """How bad it is: an error must not go out, a warning should be looked at."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing found: `code` for programs, `message` and `fix` for people, as phrases.

    It is in a file (`path`, with `line` and `column` from 1, 0 where not known) or at a
    `place` of the mail such as `subject` or `item 2`, there on a `line` of its Markdown.
    `quote` is what it is about, as it stands in the text.
    """

    code: str
    severity: Severity
    message: str
    fix: str
    place: str = ""
    path: str = ""
    line: int = 0
    column: int = 0
    quote: str = ""

    @property
    def where(self) -> str:
        """Where to look: `digest/footer.mjml:4:7`, `item 2, line 5`, or `subject`."""
        if self.path:
            return ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        return name_line(self.place, self.line) if self.place else ""

    @property
    def part(self) -> str:
        """The same without the line of a text: it changes whenever something is written above."""
        return self.where if self.path else self.place
