"""Whatever Markdown says stands in the mail, in its text part and in the PDF: words and links."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.rendering import plaintext
from newsletter.rendering.markdown import to_html
from newsletter.rendering.pdf_nodes import Node, Reader

#: A piece of Markdown from a maker of words and a maker of addresses, each unlike any other.
Maker = Callable[[Callable[[], str], Callable[[], str]], str]

INLINE: list[Maker] = [
    lambda word, _: word(),
    lambda word, _: f"**{word()} {word()}**",
    lambda word, _: f"*{word()}* ~~{word()}~~",
    lambda word, _: f"`{word()}`",
    lambda word, link: f"[{word()}]({link()})",
    lambda word, link: f'[{word()} *{word()}*]({link()} "{word()}t")',
    lambda _, link: f"<{link()}>",
    lambda _, link: link(),
    lambda word, link: f'<a href="{link()}">{word()}</a>',
    lambda word, _: f"{word()}<br>{word()} <sup>{word()}</sup>",
    lambda word, _: f"{word()}  \n{word()}",
    lambda word, _: f"「{word()}」、{word()}　{word()}",
    lambda word, link: f"[{word()}][ref{(name := word())}]\n\n[ref{name}]: {link()}\n",
]
BLOCK: list[Callable[[str, Callable[[], str]], str]] = [
    lambda text, _: text,
    lambda text, word: f"### {word()}\n\n{text}",
    lambda text, word: f"- {word()}\n- {word()}\n  - {word()}\n\n{text}",
    lambda text, word: f"1. {word()}\n2. {word()}\n\n   {word()}\n\n{text}",
    lambda text, word: f"- [ ] {word()}\n- [x] {word()}\n\n{text}",
    lambda text, word: f"> {word()}\n>\n> > {word()}\n\n{text}",
    lambda text, word: f"|{word()}|{word()}|\n|-|-:|\n|{word()}|{word()}|\n\n{text}",
    lambda text, word: f"```\n{word()}  {word()}\n```\n\n{text}",
    lambda text, word: f"<details><summary>{word()}</summary>\n\n{word()}\n\n</details>\n\n{text}",
    lambda text, word: f"<div align='center'>{word()}</div>\n\n{text}",
    lambda text, word: f"{word()}[^{(note := word())}]\n\n[^{note}]: {word()}\n\n{text}",
    lambda text, word: f"---\n\n{text}",
]


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[str], list[str]]:
    """A document of anything, with its words and its addresses."""
    numbers = count(1)
    words: list[str] = []
    links: list[str] = []

    def word() -> str:
        words.append(f"w{next(numbers)}w")
        return words[-1]

    def link() -> str:
        links.append(f"https://example.org/l{next(numbers)}l?a=1&b=2")
        return links[-1]

    blocks = []
    for _ in range(draw(st.integers(1, 5))):
        makers = draw(st.lists(st.sampled_from(INLINE), min_size=1, max_size=4))
        around = draw(st.sampled_from(BLOCK))
        blocks.append(around(" ".join(make(word, link) for make in makers), word))
    return "\n\n".join(blocks), words, links


def text_of(nodes: list[Node]) -> str:
    """All text of what the PDF is set from."""
    return " ".join(each if isinstance(each, str) else of_node(each) for each in nodes)


def of_node(node: dict[str, Any]) -> str:
    """All text of one node, its cells and its address too."""
    cells = (cell for row in node.get("rows", []) for cell in row)
    inside = [text_of(node.get("nodes", [])), *(text_of(cell["nodes"]) for cell in cells)]
    return " ".join([node.get("text", ""), node.get("href", ""), *inside])


@settings(max_examples=1000, deadline=None)
@given(documents())
def test_nothing_is_lost(document: tuple[str, list[str], list[str]]) -> None:
    """Each word and each address of the source is in all three, and no address is added."""
    source, words, links = document
    html = to_html(source)
    plain, pdf = plaintext.text(html), text_of(Reader({}).nodes(html))

    # Labels of links and notes are not shown; titles of links are in the HTML alone.
    hidden = set(re.findall(r"\[(?:ref|\^)(w\d+w)\]", source))
    for word in (each for each in words if each not in hidden):
        assert word in html
        assert f"{word}t" in html or word in plain
        assert f"{word}t" in html or word in pdf
    unescaped = html.replace("&amp;", "&")
    for link in links:
        assert f'href="{link}"' in unescaped
        assert link in plain
        assert link in pdf
    assert set(re.findall(r'href="(https[^"]*)"', unescaped)) == set(links)
