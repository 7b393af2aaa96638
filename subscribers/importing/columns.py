"""Find out what the columns of a table hold: the address, a name, a status, or an attribute.

The titles say it, in many languages; where they do not, the cells do.  A person may say it, too.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext as _

from newsletter.errors import BadInput
from newsletter.formulas import FORMULA_SIGNS
from subscribers.addresses import DOTTED, INVISIBLE, PLAIN, unwrap_address
from subscribers.exports import own
from subscribers.exports.rules import REASON, STATUS, Kind, Rule
from subscribers.exports.titles import WHY, holds_status, rule_by_cells, rule_named, rules_of
from subscribers.exports.words import fold_text
from subscribers.importing.tables import Row
from subscribers.importing.titles import (
    FAMILY_FIRST,
    SPELLINGS,
    WHOLE_OR_FIRST,
    WHOLE_OR_LAST,
    kind_of,
)
from subscribers.names import clean_name, given_name

MAX_NAME_LENGTH = 200
MAX_VALUE_LENGTH = 1000
MAX_KEY_LENGTH = 100
#: Rows above which no titles are looked for any more.
MAX_REMARKS = 30
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SPACES = re.compile(r"[\xa0\u2000-\u200a\u202f\u205f]")
#: Texts up to this length are cleaned once, and then known.
SHORT = 60
#: How `newsletter.formulas` keeps a text from becoming a formula.
KEPT_TEXT = tuple(f"'{sign}" for sign in FORMULA_SIGNS)
#: Excel's way to keep a text from becoming a number.
FORMULA = re.compile(r'="([^"]*)"')
#: Beside these, `Name` is the name of the family.
GERMAN_FIRST = frozenset({"vorname", "voornaam"})
#: What a person may say a column holds, besides a state and `status`.
KINDS = ("email", "name", "first_name", "last_name", "language", "joined", "attribute", "ignore")
#: Beside them, what an export of ours says.
OWN_KINDS = ("joined", "changed", "suppressed_for", "suppressed_at", own.LISTS_TITLE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """What each column holds.

    `kinds` has a key of `SPELLINGS`, `status`, the key of an attribute, or '' for nothing.
    """

    titles: tuple[str, ...]
    kinds: tuple[str, ...]
    email: int
    name: int | None
    #: Places of the given name and the family name, in the order they are written in.
    name_parts: tuple[int, ...]
    #: Place and key of every column that becomes an attribute; parts of names do too.
    attributes: tuple[tuple[int, str], ...]
    #: Place and rule of every column that says who may be mailed.
    statuses: tuple[tuple[int, Rule], ...] = ()
    #: Place of the column of languages, if there is one.
    language: int | None = None
    #: Place of the column of given names, if there is one.
    first_name: int | None = None
    #: Places of the columns of which a person said that they are about something else.
    told_attributes: frozenset[int] = frozenset()
    #: Place of the column that says since when people are known, if there is one.
    joined: int | None = None
    #: Places of what an export of ours says beside them, by kind.
    own: Mapping[str, int] = field(default_factory=dict)
    #: What a person should know of the columns.
    remarks: tuple[str, ...] = ()

    @property
    def name_places(self) -> tuple[int, ...]:
        """The columns that hold names, whole or in parts."""
        return (*(() if self.name is None else (self.name,)), *self.name_parts)

    def described(self) -> dict[str, str]:
        """Return what each title was taken for."""
        return {
            title or f"(column {place})": kind
            or (_("left out") if title else _("left out: it has no title"))
            for place, (title, kind) in enumerate(zip(self.titles, self.kinds, strict=True), 1)
        }

    def name_in(self, cells: Sequence[str]) -> str:
        """Return the whole name of a row; what an export of ours has is clean."""
        name = cells[self.name or 0]
        return " ".join(name.split()) if self.own else clean_name(name)

    def read(
        self, cells: Sequence[str], longest: int
    ) -> tuple[str, dict[str, str], tuple[str, ...]]:
        """Return the whole name, the attributes, and the keys of those that were left out.

        Blank cells say nothing.  A cell that is too long to be meant is left out; `longest` is
        the length of the longest.
        """
        attributes = {key: cells[place] for place, key in self.attributes if cells[place]}
        if "first_name" in attributes:
            if given := given_name(attributes["first_name"]):
                attributes["first_name"] = given
            else:
                del attributes["first_name"]
        name = self.name_in(cells) if self.name is not None else ""
        if not name and self.name_parts:
            name = clean_name(" ".join([cells[place] for place in self.name_parts]).strip())
        if longest <= MAX_NAME_LENGTH // 2:
            return name, attributes, ()
        too_long = [key for key, value in attributes.items() if len(value) > MAX_VALUE_LENGTH]
        for key in too_long:
            del attributes[key]
        if len(name) > MAX_NAME_LENGTH:
            name = ""
            too_long.append("name")
        return name, attributes, tuple(too_long)


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """Where the table begins: its titles, the rows before it, and those that belong to it."""

    row: Row
    above: tuple[Row, ...] = ()
    below: tuple[Row, ...] = ()
    #: Whether the file has no line of titles, so that `row` is made up.
    untitled: bool = False

    @property
    def text_above(self) -> str:
        """What stands above the titles, in one line."""
        return " ".join(cell for row in self.above for cell in row.cells if cell.strip())


@dataclass(slots=True)
class Finder:
    """Decides what the columns hold; `told` is what a person said, kind by folded title."""

    titles: tuple[str, ...]
    sample: Sequence[Sequence[str]]
    told: Mapping[str, str]
    remarks: list[str] = field(default_factory=list)

    def columns(self) -> Columns:
        """Return what the columns hold, or raise `BadInput` naming those that are there."""
        said = self.said()
        is_own = own.is_own(self.titles)
        if is_own:
            said = own.kinds_of(self.titles) | said
        email = self.email(said)
        kinds = {**self.by_title(email), **{place: kind for place, kind in said.items() if kind}}
        kinds[email] = "email"
        rules = self.rules(kinds, said, email)
        names = first_of_each_kind(
            {p: k for p, k in kinds.items() if k in SPELLINGS and p not in rules}
        )
        others = {place: kind for place, kind in said.items() if kind in OWN_KINDS}
        ignored = {place for place, kind in said.items() if kind == "ignore"}
        keys = self.keys({*names, *rules, *others, *ignored}, is_own=is_own)
        places = {kind: place for place, kind in names.items()}
        parts = [places[kind] for kind in ("first_name", "last_name") if kind in places]
        if "last_name" in places and fold_text(self.titles[places["last_name"]]) in FAMILY_FIRST:
            parts.reverse()
        for kind in ("first_name", "last_name"):
            if kind in places:
                keys[places[kind]] = kind
        shown = {**keys, **names, **others, **dict.fromkeys(rules, "status")}
        beside = {kind: place for place, kind in others.items()}
        return Columns(
            titles=self.titles,
            kinds=tuple(shown.get(place, "") for place in range(len(self.titles))),
            email=email,
            name=places.get("name"),
            name_parts=tuple(parts),
            attributes=tuple(sorted(keys.items())),
            statuses=tuple(sorted(rules.items())),
            first_name=places.get("first_name"),
            language=places.get("language"),
            joined=beside.get("joined"),
            own=beside if is_own else {},
            told_attributes=frozenset(p for p, kind in said.items() if kind == "attribute"),
            remarks=tuple(self.remarks),
        )

    def said(self) -> dict[int, str]:
        """Return what a person said of columns, by place; raise `BadInput` for an unknown title."""
        found: dict[int, str] = {}
        for title, kind in self.told.items():
            place = self.place_of(title)
            if place is None:
                raise BadInput(
                    _("there is no column {title}; the columns are: {columns}").format(
                        title=repr(title[:40]), columns=shown_titles(self.titles)
                    )
                )
            found[place] = kind
        return found

    def place_of(self, title: str) -> int | None:
        """Return the place of a title as a person writes it, or of the number of a column."""
        for same in (str.strip, fold_text):
            for place, known in enumerate(self.titles):
                if known and same(known) == same(title):
                    return place
        number = title.strip().removeprefix("(column ").removesuffix(")")
        if number.isdecimal() and 1 <= int(number) <= len(self.titles):
            return int(number) - 1
        return None

    def email(self, said: Mapping[int, str]) -> int:
        """Return the column of addresses: told, or by its title, or by its cells."""
        if told := [place for place, kind in said.items() if kind == "email"]:
            return told[0]
        free = [place for place in range(len(self.titles)) if place not in said]
        counts = {place: self.addresses_in(place) for place in free}
        titled = [place for place in free if kind_of(self.titles[place]) == "email"]
        holding = [place for place in titled if counts[place]]
        if holding or (titled and not any(counts.values())):
            chosen = (holding or titled)[0]
            if len(holding) > 1:
                self.remarks.append(
                    _(
                        "several columns contain addresses; {title} is used (another one: "
                        "--column email=TITLE)"
                    ).format(title=repr(self.titles[chosen]))
                )
            return chosen
        best = max(counts, key=lambda place: counts[place], default=None)
        if titled and best is not None and self.is_shifted(titled[0], best):
            raise BadInput(
                _("the column {title} contains no address, but {other} does").format(
                    title=repr(self.titles[titled[0]]), other=repr(self.titles[best])
                ),
                hint=_(
                    "The titles may stand above the wrong columns, as some exports write them: put "
                    "them right in the file, or say which column holds the addresses: --column "
                    "email=TITLE"
                ),
            )
        if best is None or not counts[best]:
            raise BadInput(
                _("no column contains email addresses; the columns are: {columns}").format(
                    columns=shown_titles(self.titles)
                ),
                hint=_("Name the column: --column email=TITLE"),
            )
        self.remarks.append(
            _("the column {title} is used for the addresses, because it contains some").format(
                title=repr(self.titles[best] or f"(column {best + 1})")
            )
        )
        return best

    def is_shifted(self, titled: int, best: int) -> bool:
        """Whether the titles do not belong to the columns: addresses stand under another one."""
        filled = any(titled < len(cells) and cells[titled].strip() for cells in self.sample)
        return filled and bool(fold_text(self.titles[best])) and bool(rules_of(self.titles))

    def addresses_in(self, place: int) -> int:
        """Count the addresses in a column of the sample."""
        return sum(place < len(cells) and is_address(cells[place]) for cells in self.sample)

    def by_title(self, email: int) -> dict[int, str]:
        """Return the columns of names by their titles, where some titles depend on the others."""
        kinds = {place: kind_of(title) for place, title in enumerate(self.titles)}
        del kinds[email]
        for place, kind in list(kinds.items()):
            others = {other for at, other in kinds.items() if at != place}
            folded = fold_text(self.titles[place])
            if folded == "name" and GERMAN_FIRST & set(map(fold_text, self.titles)):
                kinds[place] = "last_name"
            elif folded in WHOLE_OR_LAST:
                kinds[place] = "last_name" if "first_name" in others else "name"
            elif folded in WHOLE_OR_FIRST and kind in {"name", "first_name"}:
                kinds[place] = "first_name" if "last_name" in others else "name"
        return {place: kind for place, kind in kinds.items() if kind and kind != "email"}

    def rules(
        self, kinds: Mapping[int, str], said: Mapping[int, str], email: int
    ) -> dict[int, Rule]:
        """Return the columns that say who may be mailed."""
        rules = {
            place: rule
            for place, rule in rules_of(self.titles).items()
            if place not in kinds and place not in said
        }
        for place, title in enumerate(self.titles):
            if place in rules or place in said or place == email or place in kinds:
                continue
            cells = {cells[place].strip() for cells in self.sample if place < len(cells)}
            if holds_status(title, cells):
                rules[place] = REASON if WHY.search(fold_text(title)) else STATUS
            elif rule := rule_by_cells(title, cells):
                rules[place] = rule
        for place, kind in said.items():
            if rule := rule_named(kind):
                rules[place] = rule
        if own.is_own(self.titles) and (place := self.titles.index("suppressed")) not in said:
            rules[place] = own.REASON_HERE
        rules.pop(email, None)
        return {place: rule for place, rule in rules.items() if rule.kind is not Kind.NOTHING}

    def keys(self, taken: set[int], *, is_own: bool) -> dict[int, str]:
        """Return the keys of the attributes by place; one that occurs twice is numbered."""
        keys: dict[int, str] = {}
        used = set() if is_own else set(SPELLINGS)
        make_key = own.key_of if is_own else attribute_key
        for place, title in enumerate(self.titles):
            if place in taken or not (plain := make_key(title)[:MAX_KEY_LENGTH]):
                continue
            numbers = itertools.count(2)
            key = plain
            while key in used:
                key = f"{plain}_{next(numbers)}"
            used.add(key)
            keys[place] = key
        return keys


def read_header(
    header: Sequence[str],
    sample: Sequence[Sequence[str]] = (),
    told: Mapping[str, str] | None = None,
) -> Columns:
    """Return what the columns hold, or raise `BadInput` naming those that are there.

    `sample` are the first rows below; `told` is what a person said of columns, kind by title.
    """
    titles, numbered = numbered_titles([visible_text(title) for title in tidy_cells(header)])
    finder = Finder(titles, sample, told or {})
    if numbered:
        finder.remarks.append(
            _("titles that occur twice are numbered: {titles}").format(
                titles=shown_titles(numbered)
            )
        )
    return finder.columns()


def first_of_each_kind(kinds: Mapping[int, str]) -> dict[int, str]:
    """Return the columns whose kind no column before them has."""
    found: dict[str, int] = {}
    for place, kind in sorted(kinds.items()):
        found.setdefault(kind, place)
    return {place: kind for kind, place in found.items()}


def numbered_titles(titles: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the titles, those that occur again with a number, and those alone."""
    seen: Counter[str] = Counter()
    numbered: list[str] = []
    found: list[str] = []
    for title in titles:
        if title:
            seen[title] += 1
            if seen[title] > 1:
                numbered.append(f"{title} ({seen[title]})")
        found.append(numbered[-1] if title and seen[title] > 1 else title)
    return tuple(found), numbered


def find_heading(rows: Sequence[Row], told: Mapping[str, str]) -> Heading:
    """Return where the table begins among the first rows of a file.

    The titles are the first row with a title of addresses (or one that a person named) and no
    address; else the row above the first that holds an address.
    """
    named = {fold_text(title) for title, kind in told.items() if kind == "email"}
    for at, row in enumerate(rows[:MAX_REMARKS]):
        cells = [visible_text(cell) for cell in tidy_cells(row.cells)]
        if any(is_address(cell) for cell in cells):
            break
        if any(kind_of(cell) == "email" or fold_text(cell) in named for cell in cells if cell):
            return Heading(row=row, above=tuple(rows[:at]), below=tuple(rows[at + 1 :]))
    return heading_by_cells(rows)


def heading_by_cells(rows: Sequence[Row]) -> Heading:
    """Return the heading of a table whose titles do not tell where the addresses are."""
    holding = (
        at
        for at, row in enumerate(rows[: MAX_REMARKS + 1])
        if any(is_address(cell) for cell in row.cells)
    )
    first = next(holding, None)
    if first is None:
        return Heading(row=rows[0], below=tuple(rows[1:]))
    if first == 0:
        if len(rows[0].cells) == 1:
            return Heading(row=Row(rows[0].line, ["email"]), below=tuple(rows), untitled=True)
        raise BadInput(
            _("the first line contains an address: the columns have no titles"),
            hint=_("Add a line of titles at the top: email, name, status"),
        )
    return Heading(row=rows[first - 1], above=tuple(rows[: first - 1]), below=tuple(rows[first:]))


def is_address(cell: str) -> bool:
    """Whether a cell holds an address, at a glance."""
    if "@" not in cell and "＠" not in cell:
        return False
    try:
        text = unwrap_address(cell)
    except BadInput:
        return True
    return bool(PLAIN.fullmatch(text) or DOTTED.fullmatch(text)) or (
        not text.isascii()
        and re.fullmatch(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+", text) is not None
    )


def shown_titles(titles: Sequence[str]) -> str:
    """Return the first titles for a message."""
    return ", ".join(repr(title[:40]) for title in titles[:10]) + ", …" * (len(titles) > 10)


def attribute_key(title: str) -> str:
    """Return a title as lower_snake: letters of any script, digits and single underscores."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", title).lower())
    key = "_".join(words)
    return f"_{key}" if key[:1].isdigit() else key


def tidy_cells(cells: Sequence[str]) -> list[str]:
    """Return cells without what surrounds and what cannot be seen in them."""
    whole = "".join(cells)
    if whole.isascii() and whole.isprintable() and '="' not in whole and "'" not in whole:
        return [cell.strip() for cell in cells]
    return [tidy_cell(cell) for cell in cells]


def tidy_cell(cell: str) -> str:
    """Return a cell without what surrounds and what cannot be seen in it."""
    # An address stands beside a name with an accent, and is different in each row.
    if cell.isascii() and cell.isprintable() and '="' not in cell and "'" not in cell:
        return cell.strip()
    return clean_short(cell) if len(cell) <= SHORT else clean_text(cell)


@lru_cache(maxsize=16384)
def clean_short(text: str) -> str:
    """Return what `clean_text` does; the texts of a table are the same again and again."""
    return clean_text(text)


def clean_text(text: str) -> str:
    """Return a text in Unicode form C, with plain line ends, without signs for terminals."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = SPACES.sub(" ", CONTROL.sub("", text)).strip()
    if formula := FORMULA.fullmatch(text):
        return formula[1].strip()
    if text.startswith(KEPT_TEXT):
        return text[1:]
    return text.strip("\ufeff\u200b\u200e\u200f\u2060 \t\n")


def visible_text(text: str) -> str:
    """Return a title without what cannot be seen in it."""
    return INVISIBLE.sub("", text).strip()
