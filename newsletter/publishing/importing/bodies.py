"""Markdown as the blocks of an issue: in the text editor where it can hold all of it."""

from __future__ import annotations

import re
from typing import Any

from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.rich_text import expand_db_html

from newsletter.publishing.blocks import WHOLE
from newsletter.publishing.importing.parsed_issue import Item, ParsedIssue
from newsletter.rendering.content import Html
from newsletter.rendering.text.markdown import not_printed, sanitise, to_html
from newsletter.whitespace import RUN

#: A block of an issue's body: its type and its value.
Block = tuple[str, Any]

#: The same text in two spellings: that of Markdown, and that of the text editor.
_SPELLINGS = (
    (re.compile(r"<(/?)strong>"), r"<\1b>"),
    (re.compile(r"<(/?)em>"), r"<\1i>"),
    (re.compile(r"<(/?)del>"), r"<\1s>"),
    (RUN, " "),
    (re.compile(r" ?(</?(?:p|ul|ol|li|h3|h4|blockquote|hr|br)>) ?"), r"\1"),
)
#: The editor's parser wants every tag closed.
_VOID = re.compile(r"<(br|hr)>")


def text_blocks(parsed_issue: ParsedIssue) -> list[Block]:
    """Return the introduction, the items and the buttons below them."""
    blocks: list[Block] = []
    if parsed_issue.introduction:
        text = to_editable(parsed_issue.introduction)
        blocks.append(("markdown", parsed_issue.introduction) if text is None else ("text", text))
    if parsed_issue.items:
        items = [item_value(item) for item in parsed_issue.items]
        blocks.append(("digest", {"show_headlines": True, "items": items}))
    blocks += [("button", {"label": each.label, "url": each.url}) for each in parsed_issue.buttons]
    return blocks


def item_value(item: Item) -> dict[str, str]:
    """Return an item: its text for the text editor, or as Markdown what that would spoil."""
    text = to_editable(item.body)
    return {
        "headline": item.headline,
        "body": text or "",
        "markdown": item.body if text is None else "",
    }


def to_editable(markdown: str) -> str | None:
    """Return HTML for the text editor that shows the same, or nothing if there is none.

    The editor itself is asked: what it makes of the HTML must say the same.  Addresses
    without a scheme stay in Markdown: they are looked up when the mail is made.
    """
    html = to_html(markdown)
    if not_printed(markdown):
        # The check names it: it must not be lost on the way into the editor.
        return None
    if "<img" in html or html != to_html(markdown, resolve=add_scheme):
        return None
    stored = _VOID.sub(r"<\1/>", html)
    same = sanitise(expand_db_html(stored)) == html and normalise_html(through_editor(stored)) == (
        normalise_html(html)
    )
    return stored if same else None


def add_scheme(address: str) -> str:
    """Return an address without a scheme as one that has one."""
    return f"https://elsewhere.example/{address}"


def through_editor(stored: str) -> Html:
    """Return what is left of HTML once the text editor has opened and saved it."""
    converter = ContentstateConverter(features=WHOLE)
    try:
        written = converter.to_database_format(converter.from_database_format(stored))
    except AssertionError:
        # How its parser says that it does not know a structure.
        return Html("")
    return sanitise(written)


def normalise_html(html: str) -> str:
    """Return HTML in one spelling, to be compared."""
    for pattern, replacement in _SPELLINGS:
        html = pattern.sub(replacement, html)
    return html.strip()
