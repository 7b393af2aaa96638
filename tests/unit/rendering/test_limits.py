"""What no mail needs is refused at once, in words, with the line; all else is walked everywhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from newsletter import rendering
from newsletter.errors import LimitExceeded
from newsletter.rendering.content import Digest as Items
from newsletter.rendering.content import Html, Item, Quote, Text
from newsletter.rendering.pdf.document import load_design, render_pdf
from newsletter.rendering.pipeline.sample_issues import FULL, READER
from newsletter.rendering.text import limits
from newsletter.rendering.text.markdown import parse_markdown, sanitise, to_html, to_html_or_source
from newsletter.rendering.text.plaintext import to_plain_text
from tests.environment import ROOT

DEEP = limits.DEEPEST


def nested(tag: str, depth: int) -> str:
    """Return a word inside of N elements."""
    return f"<{tag}>" * depth + "word" + f"</{tag}>" * depth


REFUSED = {
    "definitions that are used often": (
        "[a]: https://example.org/" + "x" * 14_000 + "\n\n" + "[a] " * 1_500,
        3,
        "characters of HTML",
    ),
    "titles that are used often": (
        '[a]: u "' + "x" * 14_000 + '"\n\n' + "[a] " * 1_500,
        3,
        "characters of HTML",
    ),
    "a wide table with short rows": (
        "text\n\n" + "|a" * 1000 + "\n" + "|-" * 1000 + "\n" + "|\n" * 500,
        3,
        "1,000 columns",
    ),
    "a long table": ("|a|b|\n|-|-|\n" + "|x|y|\n" * 2_000, 1_002, "2,000 cells"),
    "many tables": ("|a|b|c|d|\n|-|-|-|-|\n\n" * 600, 1_501, "2,000 cells"),
    "nested emphasis": ("text\n\n" + "*a **b " * 60 + "c" + "b** a*" * 60, 3, "nested too deeply"),
    "nested quotes": ("text\n\n" + "> " * 60 + "word", 3, "nested too deeply"),
    "nested lists": ("".join("  " * number + "- a\n" for number in range(40)), 25, "nested"),
    "a long paragraph": ("word " * 5_000, 1, "a paragraph of"),
    "brackets": ("text\n\n" + "![" * 9_000, 3, "opening brackets"),
    "a long text": ("word\n\n" * 20_000, 0, "100,000 are the most"),
}


@pytest.mark.parametrize(("source", "line", "problem"), REFUSED.values(), ids=REFUSED)
def test_too_much_is_refused_with_its_line(source: str, line: int, problem: str) -> None:
    """The error says what is too much, where, and what to do."""
    with pytest.raises(LimitExceeded, match=problem) as refused:
        to_html(source)

    assert refused.value.line == line
    assert refused.value.hint


def test_reading_without_rendering_has_the_same_limits() -> None:
    """The import reads a whole file first."""
    with pytest.raises(LimitExceeded, match="columns"):
        parse_markdown("|a" * 1000 + "\n" + "|-" * 1000 + "\n|\n")


@pytest.mark.parametrize(
    "html",
    [
        nested("em", DEEP + 1),
        nested("blockquote", DEEP + 1),
        nested("b", 100_000 // 7),
        nested("div", 10_000),
        "<ul><li>" * (DEEP // 2 + 1) + "word",
        "".join(f"<b title={number}>" for number in range(DEEP)) + "<p>word" * 20_000,
        "<p>" + "word " * 100_000,
    ],
    ids=["em", "blockquote", "b", "div", "lists", "never closed", "long"],
)
def test_html_of_editors_has_limits(html: str) -> None:
    """What the desk or an API gives is not trusted either."""
    with pytest.raises(LimitExceeded):
        sanitise(html)


@pytest.mark.parametrize(
    "attributes", ["colspan=999999999", "rowspan=999999999", "colspan=51", f"colspan={'9' * 5000}"]
)
def test_cells_span_no_more_than_a_table_has(attributes: str) -> None:
    """Typst would ask for as many cells, and the process would end."""
    assert "span=" not in sanitise(f"<table><tr><td {attributes}>x</td></tr></table>")


DEEPEST: dict[str, Callable[[], Html]] = {
    "emphasis": lambda: to_html("*a **b " * 24 + "word" + "b** a*" * 24),
    "quotes": lambda: sanitise(nested("blockquote", DEEP)),
    "lists": lambda: sanitise("<ul><li>" * (DEEP // 2) + "word" + "</li></ul>" * (DEEP // 2)),
    "numbered lists": lambda: sanitise(
        "<ol start=999999999><li>" * (DEEP // 2) + "word" + "</li></ol>" * (DEEP // 2)
    ),
    "tables": lambda: sanitise(
        "<table><tr><td>" * (DEEP // 4) + "word" + "</td></tr></table>" * (DEEP // 4)
    ),
    "spans": lambda: sanitise(nested("span", DEEP)),
    "sub": lambda: sanitise(nested("sub", DEEP)),
    "links in emphasis": lambda: to_html("*a **b " * 20 + "[word](https://example.org/)"),
    "everything": lambda: sanitise("<ul><li><blockquote><ol><li>" * (DEEP // 5) + "word"),
    "quotes in Markdown": lambda: to_html("> " * 48 + "word"),
}


@pytest.mark.parametrize("make", DEEPEST.values(), ids=DEEPEST)
def test_what_is_allowed_is_walked_everywhere(make: Callable[[], Html]) -> None:
    """Mail, plain text and PDF take the deepest text that is allowed, and lose no word of it."""
    body = make()
    content = dataclasses.replace(
        FULL,
        blocks=(Items(items=(Item(id="item-1", headline="A", body=body),)), Quote(body=body)),
        boilerplate=body,
    )
    template = rendering.load_template(ROOT / "templates" / "email", "digest")
    edition = rendering.compile(content, template)
    parts = edition.variant(READER).parts(READER)

    assert parts.html.count("word") >= 3
    assert parts.text.count("word") >= 3
    assert "word" in to_plain_text(body)
    assert render_pdf(content, load_design(ROOT / "templates"), {}).startswith(b"%PDF")


def test_number_of_merge_fields_has_a_limit() -> None:
    """Each is a value of its own for everybody; the error names the text."""
    tags = " ".join(f"[attributes.a{number}|x]" for number in range(600))
    content = dataclasses.replace(FULL, blocks=(Text(body=to_html(tags)),))
    template = rendering.load_template(ROOT / "templates" / "email", "digest")

    with pytest.raises(LimitExceeded, match=r"^blocks 1 body: more than 500"):
        rendering.compile(content, template)


def test_old_texts_beyond_the_limits_are_shown_as_written() -> None:
    """A page of the archive is there whatever stands in it."""
    shown = to_html_or_source("|a" * 1000 + "\n" + "|-" * 1000 + "\n|<b>\n")

    assert shown.startswith("<pre>|a|a")
    assert "&lt;b&gt;" in shown
