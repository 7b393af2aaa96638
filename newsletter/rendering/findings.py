"""What checks of templates and mails report: the same form for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is: an error must not go out, a warning should be looked at."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing found: `code` for programs, `message` and `mend` for people.

    It is in a file (`path`, with `line` and `column` from 1, 0 where not known) or at a
    `place` of the mail such as `subject` or `item 2`.
    """

    code: str
    severity: Severity
    message: str
    mend: str
    place: str = ""
    path: str = ""
    line: int = 0
    column: int = 0

    @property
    def where(self) -> str:
        """Where to look: `digest/footer.mjml:4:7`, or the place in the mail."""
        return (
            ":".join(str(part) for part in (self.path, self.line, self.column) if part)
            or self.place
        )
