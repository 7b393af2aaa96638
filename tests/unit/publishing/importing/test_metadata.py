"""The metadata on top of a Markdown file, in three kinds, with all their surprises."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from unittest.mock import ANY

import pytest

from newsletter.errors import ImportRejected
from newsletter.publishing.importing.metadata import SPELLINGS
from newsletter.publishing.importing.parsed_issue import MAX_CHARACTERS, ParsedIssue
from newsletter.publishing.importing.reading import parse_file

TEXT = "\n\n## Tides\n\nThey come and go.\n"

YAML = """---
title: Harbour Letter Vol 3.10
volume: 3
number: 10
date: 2026-11-26
subject: "Cranes: a second life"
preheader: Also, a map of tides
lang: pt_BR
image: https://example.org/harbour.png
alt: A harbour
credit: The desk
pdf: https://example.org/3.10.pdf
boilerplate: Sent by the **harbour**.
---"""
TOML = """+++
title = "Harbour Letter Vol 3.10"
volume = 3
number = 10
date = 2026-11-26
subject = "Cranes: a second life"
preheader = "Also, a map of tides"
lang = "pt-BR"
image = "https://example.org/harbour.png"
alt = "A harbour"
credit = "The desk"
pdf = "https://example.org/3.10.pdf"
boilerplate = "Sent by the **harbour**."
+++"""
PLAIN = """Title: Harbour Letter Vol 3.10
Volume: 3
Number: 10
Date: 26 November 2026
Subject: Cranes: a second life
Preheader: Also,
    a map of tides
Language: pt-BR
Image: https://example.org/harbour.png
Alt text: A harbour
Image credit: The desk
PDF: https://example.org/3.10.pdf
Boilerplate: Sent by the **harbour**."""


def read(head: str, text: str = TEXT) -> ParsedIssue:
    """Return what a file with this head says."""
    return parse_file(f"{head}{text}".encode(), name="issue.md")


def refused(head: str) -> ImportRejected:
    """Return the error that a head is met with."""
    with pytest.raises(ImportRejected) as caught:
        read(head)
    return caught.value


@pytest.mark.parametrize("head", [YAML, TOML, PLAIN], ids=["yaml", "toml", "plain"])
def test_every_key_in_every_kind(head: str) -> None:
    """YAML, TOML and plain lines say the same thing."""
    issue = read(head)

    assert (issue.title, issue.volume, issue.number) == ("Harbour Letter Vol 3.10", 3, 10)
    assert issue.date == dt.date(2026, 11, 26)
    assert issue.subject == "Cranes: a second life"
    assert issue.preheader == "Also, a map of tides"
    assert issue.language == "pt-BR"
    assert issue.image
    assert issue.image.address == "https://example.org/harbour.png"
    assert (issue.alt, issue.credit) == ("A harbour", "The desk")
    assert issue.pdf_url == "https://example.org/3.10.pdf"
    assert issue.boilerplate == "Sent by the **harbour**."
    assert issue.metadata == {}
    assert [item.headline for item in issue.items] == ["Tides"]


@pytest.mark.parametrize(
    ("key", "spelling"), [(key, other) for key, others in SPELLINGS.items() for other in others]
)
def test_other_spellings(key: str, spelling: str) -> None:
    """Every other spelling of a key means the same, in any case."""
    value = {"volume": "3", "number": "3", "date": "2026-01-02", "lang": "ja"}.get(
        key, "https://example.org/a"
    )

    assert read(f"{spelling.upper()}: {value}") == replace(read(f"{key}: {value}"), fingerprint=ANY)


def test_words_that_yaml_takes_for_something_else() -> None:
    """A number keeps its zero, Norwegian is not a refusal, and a date can be a title."""
    issue = read("---\ntitle: 2026-11-26\nnumber: 3.10\nlang: no\nsubject: Yes\nalt: ~\n---")

    assert (issue.title, issue.volume, issue.number) == ("2026-11-26", 3, 10)
    assert (issue.language, issue.subject, issue.alt) == ("no", "Yes", "")


def test_toml_keeps_the_zero_of_a_number() -> None:
    """`3.10` is number 10 of volume 3 and not 3.1."""
    issue = read("+++\nnumber = 3.10\n+++")

    assert (issue.volume, issue.number) == (3, 10)


@pytest.mark.parametrize(
    ("head", "numbers"),
    [
        ("title: Letter Vol. 2, No. 7", (2, 7)),
        ("title: Letter Volume 2 Issue 7", (2, 7)),
        ("title: Letter Vol 2.7\nnumber: 7", (2, 7)),
        ("title: Letter Vol 2.7\nvolume: 2", (2, 7)),
        ("title: Letter Vol 2.7\nnumber: 8", (None, 8)),
        ("issue: 2.7", (2, 7)),
        ("number: 7", (None, 7)),
        ("volume: 2", (2, None)),
        ("title: Letter", (None, None)),
        ("title: Letter Vol 2.0", (None, None)),
    ],
)
def test_numbers(head: str, numbers: tuple[int | None, int | None]) -> None:
    """Keys say volume and number, and what they leave open the title may say."""
    issue = read(head)

    assert (issue.volume, issue.number) == numbers


@pytest.mark.parametrize(
    "written",
    ["2026-11-26", "2026-11-26T09:07:00+01:00", "2026-11-26 09:07", "2026/11/26", "26 Nov 2026",
     "November 26, 2026", "26.11.2026"],
)  # fmt: skip
def test_dates(written: str) -> None:
    """A day is understood as people and generators write it."""
    assert read(f"date: {written}").date == dt.date(2026, 11, 26)


def test_toml_dates_with_a_time() -> None:
    """A time in TOML is its day."""
    assert read("+++\ndate = 2026-11-26T09:07:00Z\n+++").date == dt.date(2026, 11, 26)


def test_unknown_keys_are_kept() -> None:
    """Whatever a generator wants besides is kept as JSON, under its own name."""
    head = (
        "---\ntitle: X\nAuthors: [Ann, Bob]\nparams:\n  weight: 1.50\n  draft: false\n"
        "tag: a\ntag: b\n1: one\n_hidden: x\nempty:\n---"
    )
    issue = read(head)

    assert issue.metadata == {
        "Authors": ["Ann", "Bob"],
        "params": {"weight": "1.50", "draft": "false"},
        "tag": ["a", "b"],
        "1": "one",
        "hidden": "x",
    }
    json.dumps(issue.metadata, allow_nan=False)


def test_unknown_toml_keys_are_kept() -> None:
    """Tables, times and numbers that JSON does not have are kept as text."""
    head = "+++\nweight = nan\nat = 09:07:00\n[params]\nday = 2026-01-02\nall = [1, true]\n+++"

    assert read(head).metadata == {
        "weight": "nan",
        "at": "09:07:00",
        "params": {"day": "2026-01-02", "all": [1, True]},
    }


def test_characters_that_no_database_takes_are_left_out() -> None:
    """Escapes cannot smuggle in zero bytes or halves of characters."""
    issue = read('---\ntitle: "A\\0B\\x1b"\nother: "\\ud800C"\n---')

    assert issue.title == "AB"
    assert issue.metadata == {"other": "C"}


def test_merge_tags_in_values() -> None:
    """A merge tag stands in quotes, or in the middle, and is kept."""
    assert read('---\nsubject: "[first_name|reader], hello"\n---').subject == (
        "[first_name|reader], hello"
    )
    assert read("Subject: [first_name|reader], hello").subject == "[first_name|reader], hello"


def test_a_document_may_end_metadata_with_dots() -> None:
    """`...` closes YAML as `---` does."""
    assert read("---\ntitle: X\n...").title == "X"


@pytest.mark.parametrize(
    ("head", "line", "words"),
    [
        ("---\ntitle: X\nnumber: eleven\n---", 3, "the number must be a whole number"),
        ("---\ntitle: X\nvolume: 3.1\n---", 3, "the volume must be a whole number"),
        ("---\nnumber: 0\n---", 2, "from 1 up"),
        ("---\nvolume: 3\nnumber: 4.1\n---", 3, "the number is of volume 4"),
        ("---\ndate: tomorrow\n---", 2, "'tomorrow' is not a date"),
        ("---\ndate: 2026-02-30\n---", 2, "is not a date"),
        ("---\nlang: English\n---", 2, "not the code of a language"),
        ("---\nlang: en-Latn-GB-oxendict\n---", 2, "not the code of a language"),
        ("---\nimage: http://example.org/a.png\n---", 2, "https"),
        ("---\nimage: data:text/plain,AA\n---", 2, "https"),
        ("---\nimage: https://[\n---", 2, "https"),
        ("---\npdf: issue.pdf\n---", 2, "not the address of a PDF"),
        ("---\ntitle: A\nx: 1\nTITLE: B\n---", 4, "TITLE is given twice, first on line 2"),
        ("---\nvol: 1\nvolume: 1\n---", 3, "given twice"),
        ("---\ntitle: [a, b]\n---", 2, "title must be one piece of text"),
        ("---\nsubject: [first_name|reader], hello\n---", 2, "not YAML"),
        ("---\ntitle: Cranes: a life\n---", 2, "not YAML"),
        ("---\na: &x 1\nb: *x\n---", 3, "aliases"),
        ("---\ntitle: \"\\UFFFFFFFF\"\n---", 2, "not YAML"),
        ("---\njust words\n---", 2, "key: value"),
        ("---\ntitle: X", 1, "never end"),
        ("+++\ntitle = X\n+++", 2, "not TOML"),
        ("+++\ntitle = 'X'\n\nnumber = true\n+++", 4, "number must be one piece of text"),
        ("+++\na = 1\na = 2\n+++", 3, "not TOML"),
        ("Title: X\nand then words", 2, "neither Key: value nor an empty line"),
        ("---\nx: " + "[" * 30 + "]" * 30 + "\n---", 1, "nested too deeply"),
        ("---\nx: " + "[" * 5000 + "]" * 5000 + "\n---", 1, "nested too deeply"),
        ("+++\nx = " + "[" * 5000 + "]" * 5000 + "\n+++", 1, "nested too deeply"),
    ],
)  # fmt: skip
def test_errors_name_the_line(head: str, line: int, words: str) -> None:
    """What cannot be used is refused with the file, the line and what to do."""
    error = refused(head)

    assert (error.path, error.line) == ("issue.md", line)
    assert words in str(error)
    assert str(error).startswith(f"issue.md:{line}: ")
    assert error.hint


@pytest.mark.parametrize("key", ["title", "subject", "preheader", "alt", "credit"])
def test_what_is_too_long_for_its_field(key: str) -> None:
    """A value that does not fit is refused, and the longest that fits is not."""
    assert getattr(read(f"{key}: {'x' * MAX_CHARACTERS[key]}"), key) == "x" * MAX_CHARACTERS[key]
    error = refused(f"title: X\n{key}: {'x' * 400}" if key != "title" else f"{key}: {'x' * 400}")
    assert "400 characters" in str(error)
    assert str(MAX_CHARACTERS[key]) in error.hint
