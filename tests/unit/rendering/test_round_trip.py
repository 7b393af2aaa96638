"""Whatever Markdown says stands in the mail, in its text part and in the PDF: words and links."""

from __future__ import annotations

import dataclasses
import html as escapes
import io
import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from newsletter import rendering
from newsletter.rendering.content import Content, Html, Text
from newsletter.rendering.pdf.document import load_design, render_pdf
from newsletter.rendering.pdf.nodes import Node, Reader
from newsletter.rendering.text import plaintext
from newsletter.rendering.text.markdown import not_printed, to_html
from tests.environment import ROOT
from tests.unit.rendering import samples
from tests.unit.rendering.documents import Document, document

_HREF = re.compile(r'href="(https://example\.org/l[^"]*)"')
_SRC = re.compile(r'src="(https://example\.org/p[^"]*)"')


def text_of(nodes: list[Node]) -> str:
    """All text of what the PDF is set from."""
    return " ".join(each if isinstance(each, str) else of_node(each) for each in nodes)


def of_node(node: dict[str, Any]) -> str:
    """All text of one node, its cells and its address too."""
    cells = (cell for row in node.get("rows", []) for cell in row)
    inside = [text_of(node.get("nodes", [])), *(text_of(cell["nodes"]) for cell in cells)]
    said = [str(node.get(key, "")) for key in ("text", "href", "alt")]
    return " ".join([*said, *inside])


def missing(said: list[str], where: str) -> list[str]:
    """What does not stand in a text."""
    return [each for each in said if each not in where]


def lost(it: Document) -> dict[str, list[str]]:
    """What a document says that is not in one of its forms."""
    html = to_html(it.source)
    plain, pdf = plaintext.to_plain_text(html), text_of(Reader({}).nodes(html))
    named = [str(each) for each in not_printed(it.source)]
    links = [escapes.unescape(each) for each in _HREF.findall(html)]
    pictures = [escapes.unescape(each) for each in _SRC.findall(html)]
    found = {
        "words in HTML": missing(it.words, html),
        "words in the text": missing(it.words, plain),
        "words in the PDF": missing(it.words, pdf),
        "links in HTML": [each for each in it.links if each not in links],
        "links in the text": missing(it.links, plain),
        "links in the PDF": missing(it.links, pdf),
        "words that the check names": missing(it.named_words, " ".join(named)),
        "named words that are shown": [each for each in it.named_words if each in html + plain],
        "marks of definitions": re.findall(r"(?m)^[ >*]*[:~] .*", plain),
        "pictures": [each for each in it.pictures if each not in pictures],
        "links that nobody wrote": [each for each in links if each not in it.links],
        "hidden words": re.findall(r"\bh\d+h\b(?!\])", re.sub(r"<[^>]*>|\[\^[^\]]*\]", "", html)),
    }
    return {name: each for name, each in found.items() if each}


@settings(max_examples=1000, deadline=None)
@given(st.integers(0, 2**32))
def test_nothing_is_lost(seed: int) -> None:
    """Each word, link and picture of the source is in all forms, and no link is added."""
    it = document(random.Random(seed))

    assert (lost(it), it.source) == ({}, it.source)


def issue_of(it: Document) -> Content:
    """An issue of one document."""
    return dataclasses.replace(
        samples.ENGLISH, blocks=(Text(body=to_html(it.source)),), lead=None, boilerplate=Html("")
    )


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_in_the_mail(seed: int) -> None:
    """The same of the finished mail: through Jinja, MJML and the inliner."""
    it = document(random.Random(seed))

    edition = rendering.compile(issue_of(it), samples.digest())
    parts = edition.variant(samples.ANN).parts(samples.ANN)

    html = escapes.unescape(parts.html)
    assert missing(it.words + it.links + it.pictures, html) == []
    assert missing(it.words + it.links, parts.text) == []


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_in_the_set_pdf(seed: int) -> None:
    """What is set can be read, copied and clicked."""
    it = document(random.Random(seed))

    reader = PdfReader(io.BytesIO(render_pdf(issue_of(it), load_design(ROOT / "templates"), {})))

    shown = re.sub(r"[\s\u200b\u00ad-]", "", "".join(page.extract_text() for page in reader.pages))
    targets = {
        annotation.get_object().get("/A", {}).get("/URI")
        for page in reader.pages
        for annotation in page.get("/Annots", [])
    }
    assert missing(it.words, shown) == []
    assert [each for each in it.links if each not in targets] == []
