"""Find status words in columns that are about something else, such as tags.

The title does not say what "unsubscribed; vip" in the column `Tags` means: a person must say it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from subscribers.exports.notes import is_telling_text, telling_tags
from subscribers.exports.words import TELLING, fold_text, over_folded
from subscribers.importing.questions import Question, as_option

#: Titles of columns that hold several words in a cell, folded.
TAGS = re.compile(
    r"(?:contact|subscriber|member|user|customer|kunden|outlook)?"
    r"(?:tags?|labels?|groups?|segments?|categor(?:y|ies)|keywords?|topics?|interests?|flags?|markers?|"
    r"gruppen?|kategorien?|stichworter|schlagworter|etiquetas?|etiquettes?|etichette|etykiety|"
    r"タグ|ラベル|グループ|标签|標籤|태그)"
)
#: Titles of columns of names, in which words mean nothing: "Delete This Ltd".
NAMES_OF_THINGS = over_folded(
    r"company|organi[sz]ation|business|firma|entreprise|empresa|azienda|bedrijf|employer|institution|"
    r"industry|utm|campaign|landing|referr|address|street|stra(?:ss|ß)e|city|town|region|country|"
    r"会社|企業|業種|部署|住所|市区|公司|单位|城市|회사|부서"
)
#: What stands between the words of a cell that holds several.
BETWEEN = re.compile(r"\w\s{0,3}[;|]\s{0,3}\w")
#: Values of a column that are each read, however many rows there are.
FEW_VALUES = 20
#: Words of one column that are named in a question.
SHOWN = 12


@dataclass(slots=True)
class Found:
    """A word: where it stood first, and in how many rows."""

    line: int
    rows: int = 0


@dataclass(slots=True)
class TellingWords:
    """The words that were found, by place of the column.

    `watched` are the columns in which no such word is expected, `texts` those of free text.
    """

    titles: Sequence[str]
    watched: Sequence[int]
    texts: frozenset[int]
    sample: Sequence[Sequence[str]]
    found: dict[int, dict[str, Found]] = field(default_factory=dict)
    tagged: list[int] = field(init=False)
    #: Columns with few values, in which each is read; and all others.
    few: list[int] = field(init=False)
    many: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.tagged = [
            place
            for place in self.watched
            if TAGS.fullmatch(fold_text(self.titles[place]))
            or (
                place not in self.texts
                and any(
                    place < len(cells) and BETWEEN.search(cells[place][:200])
                    for cells in self.sample
                )
            )
        ]
        others = [p for p in self.watched if p not in self.texts and p not in self.tagged]
        self.few = [place for place in others if self.has_few_values(place)]
        self.many = [place for place in others if place not in self.few]

    def has_few_values(self, place: int) -> bool:
        """Whether most cells of a column are blank or repeated, and no names of things."""
        cells = [cells[place] for cells in self.sample if place < len(cells) and cells[place]]
        if NAMES_OF_THINGS.search(fold_text(self.titles[place])):
            return False
        return len(set(cells)) <= max(FEW_VALUES, len(cells) // 4)

    def look(self, line: int, cells: Sequence[str]) -> None:
        """Note the words in a row: among its tags, and alone in a cell of any other column."""
        for place in self.tagged:
            if cells[place]:
                for tag in telling_tags(cells[place]):
                    self._note(place, tag, line)
        for place in self.few:
            if cells[place] and is_telling_text(cells[place]):
                self._note(place, cells[place], line)

    def look_at_exact(self, line: int, cells: Sequence[str]) -> None:
        """Note a word in a column with as many values as people."""
        for place in self.many:
            if cells[place] in TELLING:
                self._note(place, cells[place], line)

    def _note(self, place: int, word: str, line: int) -> None:
        found = self.found.setdefault(place, {}).setdefault(word[:80], Found(line))
        found.rows += 1

    def questions(self) -> list[Question]:
        """Return one question for each column, with all words in it."""
        return [self._question(place) for place in sorted(self.found)]

    def _question(self, place: int) -> Question:
        words, title = self.found[place], self.titles[place] or f"(column {place + 1})"
        shown = ", ".join(
            ngettext(
                "{value} ({count} row, in line {line})",
                "{value} ({count} rows, first in line {line})",
                found.rows,
            ).format(value=repr(word), count=f"{found.rows:,}", line=found.line)
            for word, found in list(words.items())[:SHOWN]
        )
        answer = as_option("column", f"tags={title}")
        return Question(
            _("the column {title} says {value}: do these people want no mail?").format(
                title=repr(title), value=shown + ", …" * (len(words) > SHOWN)
            ),
            _(
                "If so, unsubscribe all who have such a word: {tags}. If the column is about "
                "something else: {other}"
            ).format(tags=answer, other=as_option("column", f"attribute={title}")),
            (answer,),
            min(found.line for found in words.values()),
        )
