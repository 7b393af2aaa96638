"""The Japanese of the product: one word for each term, the right marks, no English in between."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.environment import ROOT
from tests.latin_words import ALLOWED, has_other_words

CATALOGUES = sorted(ROOT.glob("*/locale/ja/LC_MESSAGES/*.po")) + sorted(
    ROOT.glob("newsletter/desk/wording/ja/LC_MESSAGES/*.po")
)
EXCEPTIONS = tomllib.loads(Path(__file__).with_name("japanese_words.toml").read_text("utf-8"))
GLOSSARY = (ROOT / "WORDS.md").read_text("utf-8").partition("## In Japanese")[2].partition("## ")[0]
#: Words that may stay in Latin letters.
LATIN = ALLOWED | {word.lower() for words in EXCEPTIONS.pop("latin").values() for word in words}
#: The English words of the glossary, each with its Japanese ones.
TERMS = {
    english: japanese.split(", ")
    for english, japanese in re.findall(r"^\| (.+?) \| (.+?) \|", GLOSSARY, re.MULTILINE)
    if japanese != "Japanese"
}
#: What stands in a template: expressions, calls, filters and fields.
CODE = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\|?\b\w+\([^)]*\)|\|\w+|\bsubscriber\.[\w.…]+|'\w*'|&lt;|&gt;"
)
#: Commands, addresses, options, elements and what is filled in: the same in every language.
NO_WORDS = re.compile(
    rf"{CODE.pattern}|"
    r"`[^`]*`|\bnewsletter [a-z-]+(?: [a-z-]+)?(?: (?:[A-Z]+|[\w.-]+\.csv|--[\w-]+|\{\w+\}))*"
    r"|https?://\S+|\S*/\S*|%%\w+%%|%\(\w+\)s|\{[^}]*\}+|%s|<[^>]*>|--[\w-]+|\w+-[Uu]nsubscribe\S*"
    r"|\[[\w| ]+\]|\b[a-z]+-[a-z-]+|\w+_\w+|(?:[a-z]+=\S*)|[\w-]*\.[a-z]{2,5}\b|#\w+|\*\w+"
)
JAPANESE = "[ぁ-んァ-ヶー一-龠々」』）、。]"
WRONG_MARKS = {
    "a half-width mark after Japanese": re.compile(rf"{JAPANESE}[,;!?]"),
    "a half-width bracket beside Japanese": re.compile(rf"{JAPANESE} ?\((?![^()]*://)|\) ?[ぁ-ん]"),
    "a full-width colon": re.compile("："),
    "full-width letters or digits": re.compile("[Ａ-Ｚａ-ｚ０-９％]"),
    "half-width kana": re.compile("[ｦ-ﾟ]"),
    "two full stops": re.compile("。。|。\\.|、、"),
}


@cache
def translations() -> tuple[tuple[str, str, str], ...]:
    """Return the context, the English and the Japanese of every message."""
    return tuple(read_catalogues())


def read_catalogues() -> Iterator[tuple[str, str, str]]:
    """Yield the same."""
    for path in CATALOGUES:
        with path.open("rb") as file:
            for entry in read_po(file, locale="ja"):
                if entry.id:
                    english = entry.id if isinstance(entry.id, str) else entry.id[1]
                    told = entry.string
                    yield entry.context or "", english, told if isinstance(told, str) else told[0]


@pytest.mark.parametrize("english", TERMS)
def test_a_term_has_one_translation(english: str) -> None:
    """A message with a term of the glossary has its Japanese word."""
    term = re.compile(rf"\b{english.replace(' ', '[ -]')}(s|es)?\b", re.IGNORECASE)
    excepted = EXCEPTIONS.get(english, [])

    found = [
        (message, told)
        for _, message, told in translations()
        if term.search(NO_WORDS.sub(" ", message)) and message not in excepted
    ]

    assert [each for each in found if not any(word in each[1] for word in TERMS[english])] == []


def test_no_exception_is_left_over() -> None:
    """Each exception names a message of the product and a term of the glossary."""
    messages = {message for _, message, _ in translations()}

    assert {each for named in EXCEPTIONS.values() for each in named} - messages == set()
    assert EXCEPTIONS.keys() - TERMS.keys() == set()


@pytest.mark.parametrize("mistake", WRONG_MARKS)
def test_marks_are_as_japanese_writes_them(mistake: str) -> None:
    """Marks have one width everywhere."""
    found = [
        told
        for _, message, told in translations()
        # Dates have the day of the week in brackets, in formats; links are Markdown.
        if WRONG_MARKS[mistake].search(CODE.sub(" ", told))
        and "Y年" not in told
        and "](" not in told
    ]

    assert found == []


def test_no_english_word_stands_in_between() -> None:
    """What stays in Latin letters is a name, a format or what somebody types."""
    found = [told for _, _, told in translations() if is_mixed(told)]

    assert found == []


def is_mixed(text: str) -> bool:
    """Say whether a Japanese text has English words."""
    return bool(re.search("[ぁ-ん]", text)) and has_other_words(NO_WORDS.sub(" ", text), LATIN)


def test_a_message_is_translated_the_same_everywhere() -> None:
    """The desk's words for Wagtail hide ours: two translations of one message would be a trap."""
    told = defaultdict(set)
    for context, message, words in translations():
        told[context, message].add(words)

    assert {message: words for message, words in told.items() if len(words) > 1} == {}
