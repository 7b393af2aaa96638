"""Plain text for templates that have none of their own."""

from __future__ import annotations

import dataclasses

import pytest
from lxml import html

from newsletter.rendering import compile as compile_edition
from newsletter.rendering import load_template, render
from newsletter.rendering.content import Content
from newsletter.rendering.pipeline.templates import Template
from newsletter.rendering.text.plaintext import display_width
from newsletter.rendering.text.plaintext_mjml import text_of_mjml
from tests.unit.rendering import samples


def without_text(name: str) -> Template:
    """A template that ships, without its text."""
    template = load_template(samples.TEMPLATES, name)
    files = {path: source for path, source in template.files.items() if path != f"{name}.txt"}
    return dataclasses.replace(template, files=files)


@pytest.mark.parametrize("name", ["digest", "letter", "roundup"])
@pytest.mark.parametrize(
    "content",
    [samples.ALL_BLOCKS, samples.JAPANESE, samples.ARABIC],
    ids=["all-blocks", "japanese", "arabic"],
)
def test_nothing_is_lost(name: str, content: Content) -> None:
    """Every word and every link of the HTML stands in the text, in lines that fit."""
    mail = render(content, without_text(name), samples.ANN)
    document = html.document_fromstring(mail.html)
    flat = "".join(mail.text.split())

    for block in content.blocks:
        for item in getattr(block, "items", ()):
            assert "".join(item.headline.split()) in flat
    for link in {a.get("href") for a in document.iter("a")}:
        assert link.startswith(("#", "mailto:")) or link in mail.text
    assert "".join(content.publisher.postal_address.split()) in flat
    assert all(display_width(line) <= 74 or "://" in line for line in mail.text.splitlines())


def test_compiled_as_rendered() -> None:
    """Names are filled in as anywhere else; only lines may break elsewhere."""
    edition = compile_edition(samples.ENGLISH, without_text("letter"))

    for reader in (samples.ANN, samples.NAMELESS):
        expected = render(samples.ENGLISH, without_text("letter"), reader).text
        assert edition.variant(reader).parts(reader).text.split() == expected.split()


def test_components() -> None:
    """Buttons and pictures are links, dividers are lines, headings are underlined."""
    source = (
        "<mjml><mj-head><mj-title>no</mj-title><mj-preview>no</mj-preview>"
        "<mj-style>.no { color: red }</mj-style></mj-head><mj-body><mj-section><mj-column>"
        '<mj-image alt="A quay" src="https://x.example/q.png" href="https://x.example/q" />'
        "<mj-text><h1>Tides &amp; more</h1><p>High at nine.</p></mj-text><mj-divider />"
        '<mj-button href="https://x.example/t">The table</mj-button>'
        '<mj-text><table role="presentation"><tr><td>One</td><td>two</td></tr></table></mj-text>'
        "</mj-column></mj-section></mj-body></mjml>"
    )

    assert text_of_mjml(source).split("\n\n") == [
        "[A quay] <https://x.example/q>",
        "Tides & more\n============",
        "High at nine.",
        "-" * 36,
        "The table <https://x.example/t>",
        "One | two",
    ]
