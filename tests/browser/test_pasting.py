"""What is pasted from other programs keeps its structure, by a real press of Ctrl+V."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from newsletter.publishing.models import Publication
from tests import desks
from tests.browser.composing import comes_to_be, log_in, open_issue

#: A sentence of Word's, with an address that makes it long.
PENTAGON = (
    "p On _May 31_, the [Pentagon](https://www.defense.gov/News/Releases/) said “yes”\u00a0— see"
    " note^2^."
)
CLIPBOARDS = Path(__file__).parent / "clipboards"
#: Puts HTML on the clipboard as another program would: the browser itself changes nothing of it.
COPY = """(html) => {
  document.addEventListener("copy", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData.setData("text/html", html);
    event.clipboardData.setData("text/plain", "plain");
  }, { once: true, capture: true });
  document.execCommand("copy");
}"""
SHORT = {
    "unstyled": "p",
    "header-three": "h3",
    "header-four": "h4",
    "unordered-list-item": "ul",
    "ordered-list-item": "ol",
    "blockquote": "quote",
    "atomic": "hr",
}
MARKS = {
    "BOLD": "**",
    "ITALIC": "_",
    "SUPERSCRIPT": "^",
    "SUBSCRIPT": "~",
    "STRIKETHROUGH": "-",
    "CODE": "`",
}


def paste(
    page: Page,
    publication: Publication,
    name: str,
    block: Any = None,
    field_name: str = "body-0-value",
) -> Callable[[], list[str]]:
    """Paste a clipboard into the text of an issue; return what reads its blocks in short."""
    issue = desks.draft(publication, body=[block or ("text", "<p></p>")])
    log_in(page)
    open_issue(page, issue)
    expect(page.locator("html[data-paste-ready]")).to_be_attached()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    editor = page.locator("[contenteditable=true]").first
    editor.click()
    page.evaluate(COPY, (CLIPBOARDS / f"{name}.html").read_text(encoding="utf-8"))
    field = page.locator(f"input[name='{field_name}']")
    page.keyboard.press("Control+v")
    expect(field).to_have_value(re.compile(r'"text":\s*"[^"]'))
    return lambda: in_short(json.loads(field.input_value()))


def in_short(raw: dict[str, Any]) -> list[str]:
    """Return each block as its kind, its depth where it has one, and its text with marks."""
    return [
        f"{SHORT[block['type']]}{block['depth'] or ''} {marked(block, raw['entityMap'])}".strip()
        for block in raw["blocks"]
        if block["text"].strip() or block["type"] == "atomic"
    ]


def marked(block: dict[str, Any], entities: dict[str, Any]) -> str:
    """Return the text of a block with its styles and links marked."""
    signs: list[tuple[int, str]] = []
    for each in block["inlineStyleRanges"]:
        mark = MARKS[each["style"]]
        signs += [(each["offset"], mark), (each["offset"] + each["length"], mark)]
    for each in block["entityRanges"]:
        entity = entities[str(each["key"])]
        if entity["type"] == "LINK":
            end = f"]({entity['data']['url']})"
            signs += [(each["offset"], "["), (each["offset"] + each["length"], end)]
    text = block["text"]
    signs.sort(key=lambda pair: pair[0])
    for offset, sign in reversed(signs):
        text = text[:offset] + sign + text[offset:]
    return text


def test_google_docs(window: Page, desk: Publication) -> None:
    """Google's wrapper is no bold, headings and lists stay, links lead where they lead."""
    shown = paste(window, desk, "google-docs")
    expected = [
        "h3 Coast guards",
        "p **Bold lead.**_ Italic words_ and a [link](https://www.mofa.go.jp/).",
        "ul One",
        "ul Two",
    ]
    comes_to_be(window, shown, expected)
    expect(window.get_by_role("status").filter(has_text="Pictures were left out")).to_be_visible()


def test_word(window: Page, desk: Publication) -> None:
    """Word's lists are lists, superscripts stay, and its table stands as lines of Markdown."""
    shown = paste(window, desk, "word")
    expected = [
        "h3 Ministers meet",
        PENTAGON,
        "ul First point",
        "ul Second point",
        "p | Base | Ships |",
        "p | --- | --- |",
        "p | Yokosuka | 4 |",
    ]
    comes_to_be(window, shown, expected)
    told = window.locator(".desk-pasted")
    expect(told).to_contain_text("Tables are lines of Markdown here")
    expect(told).to_contain_text("Underlines were left out")


def test_a_table_in_an_item(window: Page, desk: Publication) -> None:
    """Beside a text that has a field for Markdown, a table goes there and is a table."""
    item = {"headline": "Bases", "body": "<p></p>", "markdown": ""}
    digest = ("digest", {"show_headlines": True, "items": [item]})

    shown = paste(window, desk, "word", digest, "body-0-value-items-0-value-body")

    comes_to_be(window, lambda: shown()[-1], "ul Second point")
    table = "| Base | Ships |\n| --- | --- |\n| Yokosuka | 4 |"
    expect(window.locator("textarea[name$='-markdown']")).to_have_value(table)
    expect(window.locator(".desk-pasted")).to_contain_text("Tables stand below")


def test_word_with_headings(window: Page, desk: Publication) -> None:
    """Two ranks of headings, numbered lists with a second level; nothing hidden, no comments."""
    shown = paste(window, desk, "word-headings")
    expected = [
        "h3 Harbours",
        "p Text with a foot[1]note and H~2~O.",
        "h4 Reeds",
        "ol First",
        "ol1 Below it",
        "p See the report.",
    ]
    comes_to_be(window, shown, expected)
    told = window.locator(".desk-pasted")
    expect(told).to_contain_text("Comments were left out")
    expect(told).to_contain_text("Links to files on a computer were left out")


def test_pages_and_the_web(window: Page, desk: Publication) -> None:
    """A large line is a heading, Outlook's links are unwrapped, quotes and rules stay."""
    shown = paste(window, desk, "pages")
    expected = [
        "h3 Harbours",
        "p One and **two**, [wrapped](https://example.org/a?b=1), [mail](mailto:desk@example.org).",
        "ol First",
        "ol1 Inner",
        "ol Second",
        "quote Quoted",
        "hr",
        "p _End_^2^",
    ]
    comes_to_be(window, shown, expected)
    expect(window.locator(".desk-pasted")).to_have_count(0)
