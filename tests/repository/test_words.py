"""Old words of the glossary are gone: from names, files, documents, screens and messages."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.environment import ROOT
from tests.repository.test_repository import PACKAGES, modules, texts

GLOSSARY = (ROOT / "WORDS.md").read_text(encoding="utf-8")
#: What stands in these is not ours: what other programs wrote, and texts of sample issues.
FOREIGN = (
    *("tests/golden/", "tests/mjml_reference/official/", "newsletter/demo/samples/"),
    *("newsletter/rendering/linting/components.json", "tests/unit/rendering/samples.py"),
    *("subscribers/static/sign_up/altcha/",),  # the widget of others
    *("tests/releases/",),  # what was released is never written again
)
#: Where the old words are explained or listed.
ABOUT_WORDS = ("WORDS.md", "tests/repository/test_words.py")
PART_OF_A_NAME = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: These say neither what they limit nor in which unit.
VAGUE_CONSTANTS = frozenset(
    {
        *("PATIENCE", "MOST", "LASTS", "ENOUGH", "REST", "TURN", "SILENCE", "MANY"),
        *("SOON", "LONGEST", "CERTAIN", "AGAIN"),
    }
)


@cache
def old_words() -> dict[str, tuple[str, str]]:
    """Return each old word with what is said instead, and the files where it is meant otherwise."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| ?(.*?) ?\|$", GLOSSARY, re.MULTILINE)
    start = next(place for place, row in enumerate(rows) if row[0] == "old")
    return {
        word: (now, elsewhere)
        for old, now, elsewhere in rows[start + 1 :]
        for word in old.split(", ")
    }


def plain(line: str) -> str:
    """Return a line as small words with one space between: names are split into their parts."""
    return " ".join(re.findall(r"[A-Za-z]+", PART_OF_A_NAME.sub(" ", line))).lower()


def old_words_in(name: str, text: str) -> list[str]:
    """Return where old words stand in a file or in its name, and what to write."""
    found = []
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, old_words()))})\b")
    for number, line in enumerate([name, *text.splitlines()]):
        for word in pattern.findall(plain(line)):
            now, elsewhere = old_words()[word]
            if f"`{name}`" not in elsewhere:
                found.append(f"{name}:{number}: {word!r}; write: {now}")
    return found


def test_no_old_word_is_left() -> None:
    """No file has an old word of the glossary, in its text or in its name (line 0)."""
    ours = {
        name: text
        for name, text in texts().items()
        if not name.startswith(FOREIGN) and name not in ABOUT_WORDS
    }

    assert [place for name, text in ours.items() for place in old_words_in(name, text)] == []


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("def begin_rehearsal(send):", "rehearsal"),
        ("class NotHandedOver(Exception):", "handed over"),
        ('msgid "It waits for its moment."', "moment"),
        ("## Stand-ins: `newsletter standin`", "standin"),
    ],
)
def test_old_words_are_found(line: str, word: str) -> None:
    """In a name, a class, a message and a heading, with the place and what to write instead."""
    now, _ = old_words()[word]

    assert old_words_in("docs/some.md", f"\n{line}") == [f"docs/some.md:2: {word!r}; write: {now}"]


def test_exceptions_are_needed() -> None:
    """A file that is named as an exception is there, and has the word."""
    for word, (_, elsewhere) in old_words().items():
        for name in re.findall(r"`([^`]+)`", elsewhere):
            together = [other for other, row in old_words().items() if row[1] == elsewhere]
            words = plain(f"{name} {texts()[name]}")
            assert any(re.search(rf"\b{each}\b", words) for each in together), (word, name)


def test_constants_say_what_they_limit() -> None:
    """No constant has a name without what it limits."""
    vague = [
        f"{path}:{node.lineno}: {target.id}"
        for path, tree in modules(*PACKAGES, "tests", "benchmarks", "scripts")
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id.strip("_") in VAGUE_CONSTANTS
    ]

    assert vague == []
