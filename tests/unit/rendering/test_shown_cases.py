"""The issues on which rendering is shown, in every template: whole, small, and worth sending."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import html

from newsletter import rendering
from newsletter.rendering import Parts, load_template, template_names
from newsletter.rendering.content import Content, Digest
from newsletter.rendering.findings import Finding
from newsletter.rendering.preflight.checking import check_edition
from newsletter.rendering.preflight.context import PreflightContext
from tests import shown
from tests.unit.rendering import samples

TEMPLATES = template_names(samples.TEMPLATES)
ISSUES: Mapping[str, Content] = {
    "sample": samples.ALL_BLOCKS,
    "demo": shown.demonstration(),
    "japanese": samples.JAPANESE,
    "arabic": samples.ARABIC,
}
HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post")
#: Gmail shows this many bytes.
GMAIL = 102 * 1024
KB = 1024
EVERY = pytest.mark.parametrize("template", TEMPLATES)


def made(content: Content, template: str) -> tuple[Parts, tuple[Finding, ...]]:
    """The mail for Ann, and what preflight finds in it that a person should look at."""
    loaded = load_template(samples.TEMPLATES, template)
    edition = rendering.compile(content, loaded)
    around = PreflightContext(headers=HEADERS, reader=samples.ANN)
    found = check_edition(content, edition, loaded, around)
    grave = tuple(each for each in found if each.severity != "info")
    return edition.variant(samples.ANN).parts(samples.ANN), grave


def missing_links(parts: Parts) -> set[str]:
    """The addresses that the HTML leads to and the text does not name."""
    links = {each.get("href", "") for each in html.document_fromstring(parts.html).iter("a")}
    return {
        link
        for link in links
        if not link.startswith(("#", "mailto:")) and unquote(link) not in unquote(parts.text)
    }


@EVERY
@pytest.mark.parametrize("issue", ISSUES)
def test_worth_sending(template: str, issue: str) -> None:
    """Preflight finds no error, no link is lost in the text, and Gmail shows all of it."""
    parts, found = made(ISSUES[issue], template)

    assert [each for each in found if each.severity == "error"] == []
    assert missing_links(parts) == set()
    assert len(parts.html.encode()) <= 48 * KB


@EVERY
def test_published_issues(template: str, published_issues: tuple[Path, ...]) -> None:
    """Issues as they were published are whole, without a finding, and at most 40 KB."""
    for path in published_issues:
        content = shown.of_file(path)
        parts, found = made(content, template)
        flat = " ".join(parts.text.split())

        assert found == ()
        assert missing_links(parts) == set()
        assert len(parts.html.encode()) <= 40 * KB
        for block in content.blocks:
            for item in block.items if isinstance(block, Digest) else ():
                assert item.headline in flat


@EVERY
@pytest.mark.parametrize("issue", ["demo", "japanese", "arabic"])
def test_size(template: str, issue: str) -> None:
    """An issue of the usual length has at most 40 KB."""
    parts, _ = made(ISSUES[issue], template)

    assert len(parts.html.encode()) <= 40 * KB


def test_a_long_roundup() -> None:
    """300 links with notes, 60 KB of Markdown, fit into what Gmail shows; no link is lost."""
    source = "\n\n".join(f"## {headline}\n\n{body}" for headline, body in shown.sections(300, 12))
    content = shown.roundup()
    parts, found = made(content, "roundup")
    links = html.document_fromstring(parts.html).xpath("//li/a/@href")

    assert len(source.encode()) >= 60_000
    assert len(set(links)) == len(links) == 300
    assert missing_links(parts) == set()
    assert {each.code for each in found} == {"nearly-too-large"}
    assert len(parts.html.encode()) <= GMAIL


@EVERY
def test_from_right_to_left(template: str) -> None:
    """Document, wrapper and columns of an Arabic issue run from right to left, texts begin there.

    Only what stands at the end of a line, as the credit may, is on the left.
    """
    parts, _ = made(samples.ARABIC, template)
    tree = html.document_fromstring(parts.html)
    cells = tree.xpath("//td[contains(concat(' ', @class, ' '), ' text ')]")
    left = [each.text_content() for each in cells if each.get("align") != "right"]

    assert {tree.get("dir"), *tree.xpath("//div[@role='article']/@dir")} == {"rtl"}
    assert "direction:ltr" not in parts.html
    assert len(cells) > 5
    assert all("تاناكا" in text for text in left)


@EVERY
def test_an_item_without_a_headline(template: str) -> None:
    """It is not listed, the check says so, and the others keep the numbers of the list."""
    digest = Digest(items=samples.items("## One\n\na\n\n## Two\n\nb\n\n## Three\n\nc"))
    first, second, third = digest.items
    second = dataclasses.replace(second, headline="")
    digest = dataclasses.replace(digest, items=(first, second, third))
    parts, found = made(dataclasses.replace(samples.ENGLISH, blocks=(digest,)), template)
    tree = html.document_fromstring(parts.html)

    assert [each.code for each in found] == ["headline-missing"]
    assert "#item-2" not in tree.xpath("//a/@href")
    if template == "digest":
        assert tree.xpath("//ol/li/@value") == ["1", "3"]
        assert tree.xpath("//p[@class='label']/text()")[-2:] == ["1", "3"]
        assert "1. One\n3. Three\n" in parts.text
