"""Read the people of a file: what its columns hold, and what each of its lines says."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.errors import BadInput, ImportRejected
from subscribers.addresses import Address, cell_address
from subscribers.exports import own
from subscribers.exports.dates import read_date
from subscribers.exports.fields import holds_fields
from subscribers.exports.files import is_sparse, meaning_of_name
from subscribers.exports.meanings import (
    ACTIVE,
    STATES,
    SUPPRESSED,
    Meaning,
    choose_stricter,
    name_of,
)
from subscribers.exports.notes import is_note
from subscribers.exports.rules import Kind
from subscribers.exports.titles import is_about_mail
from subscribers.exports.words import TELLING, fold_text
from subscribers.importing.columns import (
    MAX_VALUE_LENGTH,
    Columns,
    Heading,
    find_heading,
    read_header,
    tidy_cells,
    visible_text,
)
from subscribers.importing.encodings import find_encoding
from subscribers.importing.languages import TAG, read_language
from subscribers.importing.mappings import find_mapping
from subscribers.importing.noted import LONG_CELL, Texts
from subscribers.importing.questions import Question, as_option, build_refusal, quote_argument
from subscribers.importing.refused_rows import TITLE, RefusedRows
from subscribers.importing.results import BadLine
from subscribers.importing.row_faults import (
    describe_misread,
    describe_no_language,
    describe_separator,
    looks_misread,
    refuse_hidden,
)
from subscribers.importing.spreadsheets import quoted
from subscribers.importing.staging import BESIDE, EXACT, Departure, Line
from subscribers.importing.statuses import Statuses
from subscribers.importing.summary import Summary
from subscribers.importing.tables import Row, find_separator, read_rows
from subscribers.importing.telling import NOTHING_TOLD, Told
from subscribers.importing.telling_words import TellingWords
from subscribers.importing.titles import kind_of
from subscribers.lists import slug_of

#: A longer cell is no title.
MAX_TITLE_LENGTH = 60
#: How many rows are read before the columns are decided.
SAMPLE_ROWS = 400
#: After how many rows each progress is reported.
REPORT_ROWS = 1000
#: In a list of a sending service these say since when an address is on it, folded.
DATES = frozenset({"created", "createdat", "lastupdatetime", "date", "timestamp", "lasteventat"})
#: In any file these say since when the status holds, folded.
STATUS_DATES = frozenset(
    f"{which}{word}"
    for which in ("", "email", "subscription", "mail", "emailmarketing", "marketing")
    for word in (
        "statusdate",
        "statuschanged",
        "statuschangedat",
        "statusupdated",
        "statusupdatedat",
    )
) | {"lastchanged", "emailmarketingconsenttimestamp", "ステータス変更日", "状態変更日"}
#: Columns in which a suppression's note is found.
NOTES = frozenset({"reason", "error", "unsubreason", "unsubreasonother", "detail", "description"})


class Reading:
    """One pass over a file, which counts the rows and notes the bad ones on the way."""

    def __init__(self, path: Path, told: Told = NOTHING_TOLD, list_id: int = 0) -> None:
        """Read the header, or raise `ImportRejected` when the file is no table of people.

        What was said of such a table for the list is remembered.
        """
        self.path = path
        #: Is given each row that is refused: cells, line, reason.
        self.refuse: Callable[[Sequence[str], int, str], None] = ignore_row
        #: Is told now and then how many rows are read.
        self.report: Callable[[int], None] = ignore_progress
        self.rows = 0
        self.bad: list[BadLine] = []
        #: Lines of which nothing says that they may be mailed, but nothing says otherwise.
        self.assumed = 0
        self.departures: list[Departure] = []
        self.too_long: dict[str, tuple[int, int]] = {}
        self._repeated: list[int] = []
        #: The first name that was decoded wrongly before, its line, and how many there are.
        self._misread: tuple[int, str, int] | None = None
        #: The first text that names no language, its line, and how many there are.
        self._no_language: tuple[int, str, int] | None = None
        self.told = told
        self.encoding = find_encoding(path, told.encoding, told.sheet)
        self.separator = find_separator(path, self.encoding)
        records = read_rows(path, self.encoding)
        first = list(itertools.islice(records, SAMPLE_ROWS))
        if not first:
            raise ImportRejected(_("the file is empty"), path=str(path))
        with name_line(path, first[0].line):
            self.heading = find_heading(first, told.columns)
        self.remembered = find_mapping(list_id, self.heading.row.cells) if list_id else {}
        self.columns = self._columns()
        #: Where the lists stand for which people are suppressed, and which of them is this one.
        self._stops = self.columns.own.get(own.LISTS_TITLE) if list_id else None
        self._slug = slug_of(list_id) if self._stops is not None else ""
        self.statuses = self._statuses()
        self._titles = [visible_text(cell) for cell in tidy_cells(self.heading.row.cells)]
        attested = self.columns.told_attributes
        #: Columns that hold nothing we know, and of which nobody said what they are.
        self._free = [
            place
            for place, key in self.columns.attributes
            if key not in {"first_name", "last_name"} and place not in attested
        ]
        untitled = [
            place
            for place, title in enumerate(self.columns.titles)
            if not fold_text(title) and place != self.columns.email and place not in attested
        ]
        self._free += untitled
        texts = [*self._columns_of_text(), *untitled]
        self.texts = Texts(self.columns, texts, self._free, self._columns_of_fields())
        self.words = TellingWords(
            self.columns.titles,
            [place for place in self._free if is_about_mail(self.columns.titles[place])],
            frozenset(texts),
            [row.cells for row in self.heading.below],
        )
        self._width = len(self.columns.kinds)
        #: Whether anything but a note can say that somebody is no plain reader.
        self._says = bool(self.statuses.columns) or self.statuses.base != ACTIVE
        self._sparse = is_sparse(self.columns.titles)
        self._dates = [
            place
            for place, title in enumerate(self.columns.titles)
            if fold_text(title) in STATUS_DATES or (self._sparse and fold_text(title) in DATES)
        ]
        if self.columns.own:
            self._dates = [p for kind, p in self.columns.own.items() if kind == "changed"]
        self._note = next(
            (place for place, title in enumerate(self.columns.titles) if fold_text(title) in NOTES),
            None,
        )
        self._records = itertools.chain(self.heading.below, records)

    def _columns(self) -> Columns:
        sample = [row.cells for row in self.heading.below]
        with name_line(self.path, self.heading.row.line):
            return read_header(self.heading.row.cells, sample, self._told_columns())

    def _told_columns(self) -> dict[str, str]:
        """Return what was said of columns now, else what was said of them the last time."""
        said = {fold_text(title): title for title in self.told.columns}
        titles = [cell.strip() for cell in self.heading.row.cells]
        columns = dict.fromkeys({TITLE}.intersection(titles), "ignore")
        columns |= {t: kind for t, kind in self.remembered.items() if fold_text(t) not in said}
        return columns | dict(self.told.columns)

    def _columns_of_text(self) -> list[int]:
        """Return the columns of free text or fields: by their titles, or by what stands in them."""
        sample = [row.cells for row in self.heading.below]
        return [
            place
            for place in self._free
            if is_note(self.columns.titles[place])
            or any(
                place < len(cells) and (cells[place].count(" ") > 2 or holds_fields(cells[place]))
                for cells in sample
            )
        ]

    def _columns_of_fields(self) -> list[int]:
        """Return the columns of lists whose cells hold fields."""
        return [
            place
            for place, rule in self.columns.statuses
            if rule.kind is Kind.LISTS
            and any(
                place < len(row.cells) and holds_fields(row.cells[place])
                for row in self.heading.below
            )
        ]

    def _statuses(self) -> Statuses:
        with name_line(self.path, 0):
            return Statuses(
                self.columns.titles,
                self.columns.statuses,
                self.told.values,
                self.told.state or ACTIVE,
            )

    def good_lines(self) -> Iterator[Line]:
        """Yield the lines that can be imported; who left stands among `departures`, too."""
        email = self.columns.email
        for row in self._records:
            cells = row.cells
            # Asked here, not by a call: a million rows hold an address.
            if email >= len(cells) or "@" not in cells[email]:
                if self._is_title(row):
                    continue
                self.texts.read_heading(row)
            self.rows += 1
            if not self.rows % REPORT_ROWS:
                self.report(self.rows)
            try:
                yield self.read_line(row)
            except ImportRejected:
                raise
            except BadInput as error:
                reason = describe_separator(row.cells, self._width, self.separator) or str(error)
                self.bad.append(BadLine(row.line, reason))
                self.refuse(row.cells, row.line, reason)

    def read_line(self, row: Row) -> Line:
        """Return the content of a row, or raise `BadInput` with the reason why it cannot be used.

        Most rows are of plain readers, and there may be a million: what only others need is
        called for them alone.
        """
        columns = self.columns
        cells, width = tidy_cells(row.cells), self._width
        if len(cells) != width:
            cells = pad_cells(cells, width)
        if not TELLING.isdisjoint(cells):
            self.words.look_at_exact(row.line, cells)
        if self.words.tagged or self.words.few:
            self.words.look(row.line, cells)
        cell = cells[columns.email]
        if cell is not row.cells[columns.email]:
            refuse_hidden(row.cells[columns.email])
        address = cell_address(cell)
        longest = max(map(len, cells))
        if longest > LONG_CELL and longest == len(cell):
            # What stands around an address is looked at by itself.
            longest = max((len(each) for each in cells if each is not cell), default=0)
        name, attributes, too_long = columns.read(cells, longest)
        asks = self.texts.may_ask(cells, address.email, longest) and self.texts.ask(
            row.line, cells, address.email, longest
        )
        if (asks or self._says) and self._is_gone(row, cells, address, asks=asks):
            return row.line, address.key, address.email, "", "{}", ""
        self.assumed += 1
        if not name.isascii() and looks_misread(name):
            line, text, count = self._misread or (row.line, name, 0)
            self._misread = line, text, count + 1
        if too_long:
            self._note_too_long(row.line, too_long)
        language = (
            self._language(row.line, cells, attributes) if columns.language is not None else ""
        )
        if columns.joined is not None and (joined := read_date(cells[columns.joined])):
            self.departures.append(Departure(address.key, address.email, joined=joined))
        kept = orjson.dumps(attributes).decode()
        return row.line, address.key, address.email, name, kept, language

    def _is_gone(self, row: Row, cells: list[str], address: Address, *, asks: bool) -> bool:
        """Whether a person left, by what the row says; who left or waits is noted."""
        if self._stops is not None and cells[self._stops]:
            cells = self._as_of_list(cells)
        said = self.statuses.read(cells, row.line)
        if asks and not said.left:
            said = choose_stricter(said, self.told.notes or ACTIVE)
        elif asks:
            self.texts.noted.pop()  # another column says it already
        if said.left:
            self._note_departure(address.key, address.email, said, cells)
            if self._stops is not None and cells[self._stops]:
                self._note_beside(address, cells)
        elif said != ACTIVE:
            self.departures.append(Departure(address.key, address.email, *said))
        return said.left

    def _language(self, at: int, cells: Sequence[str], attributes: dict[str, str]) -> str:
        """Return the language of a row; a text that names none is kept as an attribute."""
        cell = cells[self.columns.language or 0]
        language = read_language(cell[:MAX_TITLE_LENGTH]) if cell else ""
        if self.columns.own and TAG.fullmatch(cell):
            language = cell
        if cell and not language:
            attributes["language"] = cell[:MAX_VALUE_LENGTH]
            line, text, count = self._no_language or (at, cell, 0)
            self._no_language = line, text, count + 1
        return language

    def _note_too_long(self, at: int, keys: Sequence[str]) -> None:
        for key in keys:
            line, count = self.too_long.get(key, (at, 0))
            self.too_long[key] = line, count + 1

    def _note_departure(self, key: str, email: str, said: Meaning, cells: list[str]) -> None:
        note = cells[self._note][:200] if self._note is not None else ""
        at = self.statuses.left_at(cells)
        if at is None:
            at = next((date for place in self._dates if (date := read_date(cells[place]))), None)
        found = Departure(key, email, *said, at, note, here=int(self.told.here))
        self.departures.append(self._as_exported(found, cells) if self.columns.own else found)

    def _note_beside(self, address: Address, cells: list[str]) -> None:
        """Note a suppression for this list of somebody who is suppressed for all mail, too."""
        stop = own.find_stop(cells[self._stops or 0], self._slug)
        meaning = own.REASON_HERE.values.get(stop[0]) if stop else None
        scope = self.columns.own.get("suppressed_for")
        is_same = self.told.here or (scope is not None and cells[scope] == own.THIS_LIST)
        if stop is None or meaning is None or is_same:
            return
        beside = Departure(
            address.key,
            address.email,
            suppression=meaning.suppression,
            here=BESIDE,
            suppressed_at=read_date(stop[1]),
            within=EXACT,
        )
        self.departures.append(beside)

    def _as_of_list(self, cells: list[str]) -> list[str]:
        """Return a row of an export of several lists as the export of this list alone has it."""
        reason = self.columns.titles.index("suppressed")
        stop = own.find_stop(cells[self._stops or 0], self._slug)
        scope = self.columns.own.get("suppressed_for")
        # What holds for all mail is stronger; what holds for a list may be of another one.
        of_a_list = scope is not None and cells[scope] == own.THIS_LIST
        if stop is None or (cells[reason] and not of_a_list):
            return cells
        told = {"suppressed_for": own.THIS_LIST, "suppressed_at": stop[1]}
        places = self.columns.own
        said = {places[kind]: text for kind, text in told.items() if kind in places}
        said[reason] = stop[0]
        return [said.get(place, cell) for place, cell in enumerate(cells)]

    def _as_exported(self, found: Departure, cells: list[str]) -> Departure:
        """Add what a row of an export of ours says beside: for which mail, and since when."""
        scope = self.columns.own.get("suppressed_for")
        since = self.columns.own.get("suppressed_at")
        return found._replace(
            here=int(self.told.here or (scope is not None and cells[scope] == own.THIS_LIST)),
            suppressed_at=read_date(cells[since]) if since is not None else None,
            within=EXACT,
        )

    def _is_title(self, row: Row) -> bool:
        """Whether a row is the line of titles once more; raises when it is another table's."""
        cells = row.cells
        if not any(kind_of(cell) == "email" for cell in cells if len(cell) <= MAX_TITLE_LENGTH):
            return False
        place = self.columns.email
        here = place < len(cells) and kind_of(cells[place]) == "email"
        if not here and not all(kind_of(cell) for cell in cells if cell.strip()):
            return False  # a word in one cell makes no line of titles
        titles = [visible_text(cell) for cell in tidy_cells(cells)]
        if titles == self._titles:
            self._repeated.append(row.line)
            return True
        raise ImportRejected(
            _("another table begins in this line, with other columns"),
            path=str(self.path),
            line=row.line,
            hint=_("Import each table as a separate file."),
        )

    def check(self) -> None:
        """Raise `ImportRejected` when a person must first say what the file means.

        What is asked of notes goes with it, so that one answer is enough; alone it is asked by
        `check_notes`.
        """
        if questions := self.questions():
            raise self.refusal([*questions, *self.of_notes()])

    def check_notes(self) -> None:
        """Raise `ImportRejected` when a person must say what is to become of rows with a note."""
        if questions := self.of_notes():
            raise self.refusal(questions)

    def questions(self) -> list[Question]:
        """Return the questions that only a person can answer about columns, values and the file."""
        asked = self.statuses.questions()
        if not self.statuses.base.left:
            asked += self.words.questions()
        looks = meaning_of_name(self.path.stem) or meaning_of_name(self.heading.text_above)
        unsaid = self.told.state is None and self.assumed and (looks or self._sparse)
        if unsaid and (looks != STATES["pending"] or self._active()):
            asked.append(self._looks_like(looks))
        return asked

    def of_notes(self) -> list[Question]:
        """Return the question about notes, if there is one that nobody has answered."""
        question = self.texts.question()
        answered = self.told.notes is not None or self.told.state is not None
        return [question] if question and not answered else []

    def refusal(self, questions: Sequence[Question]) -> ImportRejected:
        """Return the error that asks these questions."""
        command = self.told.command or f"newsletter list import {quote_argument(str(self.path))}"
        return build_refusal(str(self.path), questions, command)

    def _active(self) -> int:
        return self.assumed - sum(not departure.left for departure in self.departures)

    def _looks_like(self, looks: Meaning | None) -> Question:
        count = f"{self.assumed:,}"
        if looks:
            message = ngettext(
                "by its name or heading this file is about people who are {state}, and no column "
                "says so of {count} row",
                "by its name or heading this file is about people who are {state}, and no column "
                "says so of {count} rows",
                self.assumed,
            ).format(state=name_of(looks), count=count)
        else:
            message = ngettext(
                "this looks like a list of people who must not be mailed, as sending services "
                "export it: {count} row with an address and no more than a date or a reason",
                "this looks like a list of people who must not be mailed, as sending services "
                "export it: {count} rows with an address and no more than a date or a reason",
                self.assumed,
            ).format(count=count)
        offered = name_of(looks or SUPPRESSED)
        others = [state for state in STATES if state not in {offered, "active"}]
        return Question(
            message,
            _(
                "Say what they are: --as {offered}, or one of {others}. If they may all be mailed: "
                "--as active"
            ).format(offered=offered, others=", ".join(others)),
            (as_option("as", offered),),
        )

    def summary(self) -> Summary:
        """Return what the whole pass found."""
        return Summary(
            file_name=self.path.name,
            titles=list(self.heading.row.cells),
            told=dict(self.told.columns),
            columns=self.columns.described(),
            rows=self.rows,
            bad=tuple(self.bad),
            statuses=tuple(self.statuses.counted()),
            encoding=self.encoding,
            separator=self.separator,
            remarks=self.remarks(),
            noted=tuple(self.texts.noted),
        )

    def remarks(self) -> tuple[str, ...]:
        """Return what a person should know of the file, in words."""
        said = list(self.columns.remarks)
        if self.remembered:
            said.append(_("columns are read as they were the last time with these titles"))
        if self.encoding.others:
            said.append(
                _("the sheet {sheet} is read; these are not: {others}").format(
                    sheet=repr(self.encoding.sheet), others=quoted(self.encoding.others)
                )
            )
        if self.heading.untitled:
            said.append(_("there is no line of titles; every line counts as an address"))
        if self.heading.above:
            said.append(describe_above(self.heading))
        if lines := self._repeated:
            said.append(
                ngettext(
                    "the line of titles is repeated and was skipped: line {lines}",
                    "the line of titles is repeated and was skipped: lines {lines}",
                    len(lines),
                ).format(lines=", ".join(map(str, lines[:10])) + ", …" * (len(lines) > 10))
            )
        if self._no_language:
            said.append(describe_no_language(*self._no_language))
        if self._misread:
            said.append(describe_misread(*self._misread))
        for key, (line, count) in self.too_long.items():
            said.append(
                ngettext(
                    "{key} was too long in {count} row and left out there (line {line})",
                    "{key} was too long in {count} rows and left out there (first in line {line})",
                    count,
                ).format(key=repr(key), count=f"{count:,}", line=line)
            )
        return tuple(said)


@contextlib.contextmanager
def kept_refusals(reading: Reading, path: Path | None) -> Iterator[None]:
    """Write the rows that are refused into a table at `path`; without any there is no file."""
    if path is None:
        yield
        return
    refused = RefusedRows(path, reading.columns.titles)
    reading.refuse = refused.add
    try:
        yield
    finally:
        refused.close()


def ignore_row(_cells: Sequence[str], _line: int, _reason: str) -> None:
    """Do nothing with a row that is refused."""


def ignore_progress(_rows: int) -> None:
    """Tell nobody how far reading is."""


def describe_above(heading: Heading) -> str:
    """Say which lines above the titles were skipped."""
    first = heading.above[0]
    return ngettext(
        "{count} line above the titles was skipped: line {line}, {text}",
        "{count} lines above the titles were skipped: from line {line}, {text}",
        len(heading.above),
    ).format(
        count=len(heading.above), line=first.line, text=repr(" ".join(first.cells).strip()[:40])
    )


def pad_cells(cells: list[str], width: int) -> list[str]:
    """Return cells with blank ones for those that are missing; raise when there are too many."""
    if any(cells[width:]):
        raise BadInput(
            _(
                "{count} cells in {width} columns:"
                " put quotes around a cell that contains a separator"
            ).format(count=len(cells), width=width)
        )
    return cells + [""] * (width - len(cells))


@contextlib.contextmanager
def name_line(path: Path, line: int) -> Iterator[None]:
    """Turn a `BadInput` into an `ImportRejected` that names file and line."""
    try:
        yield
    except ImportRejected:
        raise
    except BadInput as error:
        raise ImportRejected(str(error), path=str(path), line=line, hint=error.hint) from None
