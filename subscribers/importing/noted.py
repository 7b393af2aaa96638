"""Find what free text says of people: notes, what stands beside a name, headings between rows.

Such a text may mean something else.  So it takes nobody off by itself: a person says what it means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from subscribers.exports.dates import is_date
from subscribers.exports.fields import says_left
from subscribers.exports.files import meaning_of_name
from subscribers.exports.meanings import ACTIVE
from subscribers.exports.notes import (
    CROSS_AT_NAME,
    CROSSED,
    IN_NAMES,
    REMARK,
    asks_for_no_mail,
    is_plain_name,
)
from subscribers.exports.words import STATUS, fold_text
from subscribers.importing.columns import Columns, tidy_cells
from subscribers.importing.questions import Question
from subscribers.importing.tables import Row

#: Texts up to this length are read once, and then known.
SHORT = 120
#: A row with a longer cell may hold a free text anywhere.
LONG_CELL = 40
#: Rows with such texts that are named in a message.
SHOWN_NOTES = 5
#: Characters of a text that are kept.
MAX_SHOWN_LENGTH = 80
#: What people put before an address to take it out of use.
STRUCK = frozenset("#-*!~/=;")


@dataclass(frozen=True, slots=True)
class Noted:
    """A text in a row that asks for no more mail; `column` is empty where a heading says it."""

    line: int
    column: str
    text: str


@dataclass(slots=True)
class Texts:
    """The free texts of a file, and which of them ask for no more mail.

    `texts` are the columns that hold some, `free` those that may.
    """

    columns: Columns
    texts: Sequence[int]
    free: Sequence[int]
    #: Columns of lists whose cells hold fields: `{"weekly": false}`.
    fields: Sequence[int] = ()
    noted: list[Noted] = field(default_factory=list)
    #: The last heading between the rows that was about people who left: its line and text.
    heading: tuple[int, str] | None = None
    #: The columns of names.
    names: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.names = self.columns.name_places

    def may_ask(self, cells: Sequence[str], email: str, longest: int) -> bool:
        """Whether a row has anything that must be read; most rows have not."""
        if (
            longest > LONG_CELL
            or self.texts
            or self.fields
            or self.heading
            or len(cells[self.columns.email]) != len(email)
            or email[0] in STRUCK
        ):
            return True
        for place in self.names:  # noqa: SIM110  a generator for each of a million rows
            if not is_plain_name(cells[place]):
                return True
        return False

    def ask(self, line: int, cells: Sequence[str], email: str, longest: int) -> bool:
        """Whether a text of the row, or a heading above it, asks for no more mail; it is noted."""
        place = self._place(cells, email, longest)
        if place is not None:
            title = self.columns.titles[place] or f"(column {place + 1})"
            self.noted.append(Noted(line, title, cells[place][:MAX_SHOWN_LENGTH]))
            return True
        if self.heading:
            at, text = self.heading
            said = _("below line {line}: {text}").format(line=at, text=text[:MAX_SHOWN_LENGTH])
            self.noted.append(Noted(line, "", said))
            return True
        return False

    def _place(self, cells: Sequence[str], email: str, longest: int) -> int | None:
        """Return the place of the text, if there is one."""
        for place in self.free if longest > LONG_CELL else self.texts:
            if (text := cells[place]) and (is_leaving if len(text) <= SHORT else asks)(text):
                return place
        for place in self.fields:
            if says_left(cells[place]):
                return place
        if around_asks(cells[self.columns.email], email):
            return self.columns.email
        for place in self.names:
            text = cells[place]
            if (is_name_leaving if len(text) <= SHORT else name_asks)(text):
                return place
        return None

    def read_heading(self, row: Row) -> None:
        """Look whether a row without an address is a heading: "Unsubscribed", alone in its line.

        It counts for the rows below, until a heading says that they are readers.
        """
        cells = [cell for cell in tidy_cells(row.cells) if cell]
        words = [cell for cell in cells if not cell.isdigit() and not is_date(cell)]
        if len(words) != 1:
            return
        text = words[0]
        meaning = meaning_of_name(text) or STATUS.get(fold_text(text))
        if (meaning is not None and meaning != ACTIVE) or asks_for_no_mail(text):
            self.heading = row.line, text
        elif meaning == ACTIVE:
            self.heading = None

    def question(self) -> Question | None:
        """Return the question what is to become of these rows; None where there are none."""
        if not self.noted:
            return None
        hint = _(
            "To unsubscribe them: --notes unsubscribed. If they may all be mailed: --notes active."
        )
        if title := next((note.column for note in self.noted if note.column), ""):
            hint += " " + _("If a column is about something else: --column {other}").format(
                other=repr(f"attribute={title}")
            )
        if len(self.noted) > SHOWN_NOTES:
            hint += " " + _("To see all of them: --dry-run --json")
        return Question(self.said(), hint, ("--notes unsubscribed",), self.noted[0].line)

    def said(self) -> str:
        """Say how many rows there are, and the first of them."""
        rows = ", ".join(map(note_text, self.noted[:SHOWN_NOTES]))
        more = len(self.noted) - SHOWN_NOTES
        if more > 0:
            rows += " " + _("and {count} more").format(count=f"{more:,}")
        return ngettext(
            "{count} row holds a text that may ask for no more mail: {rows}",
            "{count} rows hold a text that may ask for no more mail: {rows}",
            len(self.noted),
        ).format(count=f"{len(self.noted):,}", rows=rows)


def asks(text: str) -> bool:
    """Whether a cell asks for no more mail, by a field in it or in words."""
    return says_left(text) or asks_to_leave(text)


def name_asks(text: str) -> bool:
    """Whether what stands in a name, or beside it, asks for no more mail."""
    if IN_NAMES.search(text) or CROSS_AT_NAME.search(text):
        return True
    return bool(REMARK.search(text)) and asks_for_no_mail(text)


#: The cells of a table are the same again and again.
is_leaving = lru_cache(maxsize=16384)(asks)
is_name_leaving = lru_cache(maxsize=16384)(name_asks)


def asks_to_leave(text: str) -> bool:
    """Whether a text that is no JSON asks for no more mail, or is a cross that strikes out."""
    return text[:1] not in ("{", "[") and (text.strip() in CROSSED or asks_for_no_mail(text))


def note_text(note: Noted) -> str:
    """Return a note as a message names it."""
    if not note.column:
        return _("line {line} ({text})").format(line=note.line, text=note.text)
    return _("line {line} ({column}: {text})").format(
        line=note.line, column=note.column, text=repr(note.text)
    )


def around_asks(cell: str, email: str) -> bool:
    """Whether what stands around an address takes it out of use: "#a@b", "(a@b)", "a@b UNSUB"."""
    if email[0] in STRUCK:
        return True
    if len(cell) == len(email):
        return False
    rest = cell.replace(email, "", 1).strip()
    return (
        rest in {"()", "[]"}
        or bool(IN_NAMES.search(rest))
        or (bool(rest) and asks_for_no_mail(rest))
    )
