"""The templates that ship: each prints all of an issue, in every script, light and dark."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest
from lxml import html

from newsletter.rendering import compile as compile_edition
from newsletter.rendering import load_template, render, template_names
from newsletter.rendering.content import Content, Digest, Item, Text
from newsletter.rendering.personalisation.deferral import OWN
from newsletter.rendering.text.markdown import to_html
from tests.unit.rendering import samples

NAMES = template_names(samples.TEMPLATES)
EVERY = pytest.mark.parametrize("name", NAMES)
ISSUES = pytest.mark.parametrize(
    "content",
    [samples.ALL_BLOCKS, samples.JAPANESE, samples.ARABIC],
    ids=["all-blocks", "japanese", "arabic"],
)
LINK = re.compile(r"https://[^\s<>\"]+")


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2), from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_three_are_there() -> None:
    """A digest, a letter and a round-up ship."""
    assert NAMES == ["digest", "letter", "roundup"]


@EVERY
@ISSUES
def test_nothing_is_lost(name: str, content: Content) -> None:
    """Every headline, every link and the publisher stand in the HTML and in the text."""
    mail = render(content, load_template(samples.TEMPLATES, name), samples.ANN)
    document = html.document_fromstring(mail.html)
    flat = "".join(mail.text.split())

    for block in content.blocks:
        for item in getattr(block, "items", ()):
            assert document.get_element_by_id(item.id).text_content().strip() == item.headline
            assert "".join(item.headline.split()) in flat
    assert content.publisher.postal_address in document.text_content()
    for link in {a.get("href") for a in document.iter("a")}:
        assert link.startswith(("#", "mailto:")) or link in mail.text


@EVERY
@ISSUES
def test_sound_outline(name: str, content: Content) -> None:
    """There is one h1, language and direction are said, and every picture is described."""
    mail = render(content, load_template(samples.TEMPLATES, name), samples.ANN)
    document = html.document_fromstring(mail.html)

    assert len(document.xpath("//h1")) == 1
    assert (document.get("lang"), document.get("dir")) == (content.language, content.direction)
    assert all(image.get("alt") for image in document.iter("img"))
    assert all(
        table.get("role") in {"presentation", "none"} or table.xpath(".//th")
        for table in document.iter("table")
    )


@EVERY
def test_size(name: str) -> None:
    """Five items fit in 40 KB, every kind of block in 50."""
    template = load_template(samples.TEMPLATES, name)

    assert len(render(samples.ENGLISH, template, samples.ANN).html.encode()) <= 40_000
    assert len(render(samples.ALL_BLOCKS, template, samples.ANN).html.encode()) <= 50_000


@EVERY
def test_one_form_fits_all(name: str) -> None:
    """The mail is compiled once: readers with and without a name need no second variant."""
    edition = compile_edition(samples.ENGLISH, load_template(samples.TEMPLATES, name))

    assert len(edition.variants) == 1
    for reader in (samples.ANN, samples.NAMELESS):
        assert edition.variant(reader).parts(reader).text == (
            render(samples.ENGLISH, load_template(samples.TEMPLATES, name), reader).text
        )


@EVERY
@pytest.mark.parametrize(("volume", "number"), [(0, 0), (0, 7), (2, 7)])
def test_bare_issue(name: str, volume: int, number: int) -> None:
    """Without picture, numbers, addresses or boilerplate nothing is left of their places."""
    content = replace(
        samples.ENGLISH,
        title="A title of its own",
        volume=volume,
        number=number,
        lead=None,
        boilerplate="",
        web_url="",
        pdf_url="",
    )
    mail = render(content, load_template(samples.TEMPLATES, name), samples.ANN)
    document = html.document_fromstring(mail.html)

    assert not document.xpath("//img")
    assert not document.xpath("//a[not(@href) or @href='']")
    assert "Read on the web" not in mail.html + mail.text
    assert ("No. 7" in mail.text) == ((volume, number) == (0, 7))
    assert "A title of its own" in mail.text
    assert "A title of its own" in document.text_content()


@EVERY
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read(name: str, scheme: str) -> None:
    """Every colour of text has a contrast of 4.5 to 1 with every ground it may stand on."""
    colours = load_template(samples.TEMPLATES, name).theme[scheme]
    pairs = [
        *product(("ink", "heading", "muted", "accent", "link"), ("page", "card", "tint")),
        ("ink", "warning"),
        ("link", "warning"),
        ("button_text", "button"),
    ]
    weak = {pair for pair in pairs if contrast(*(colours[each] for each in pair)) < 4.5}

    assert weak == set()


def test_every_filter_is_documented() -> None:
    """A designer finds each filter in the document, and every file of a template."""
    path = samples.TEMPLATES.parents[1] / "docs" / "how-to" / "templates.md"
    document = path.read_text("utf-8")
    template = samples.digest()

    named = {name for name in template.environment.filters if not name.startswith(OWN)}
    assert {name for name in named if f"`{name}" not in document} == set()
    own = {"digest.mjml", "digest.txt"} | {name for name in template.files if "/" in name}
    assert {name for name in template.files.keys() - own if name not in document} == set()


@pytest.mark.parametrize("name", template_names(samples.TEMPLATES))
@pytest.mark.parametrize("issue", [samples.ALL_BLOCKS, samples.JAPANESE, samples.ARABIC])
def test_sixty_short_items_stay_below_the_limit_of_gmail(name: str, issue: Content) -> None:
    """An item takes at most 1.2 KB in any template; Gmail cuts a mail off at 102 KB."""
    template = load_template(samples.TEMPLATES, name)
    ten, sixty = (
        len(render(short_items(issue, count), template, samples.ANN).html.encode())
        for count in (10, 60)
    )

    assert sixty < 102_000
    assert (sixty - ten) / 50 <= 1200


def short_items(issue: Content, count: int) -> Content:
    """An issue of items of two sentences and two links each."""
    text = "Boats sail [on time](https://example.org/{0}/boats). See the [map](https://example.org/{0})."
    items = tuple(
        Item(id=f"item-{number}", headline=f"Item {number}", body=to_html(text.format(number)))
        for number in range(count)
    )
    return replace(issue, blocks=(Digest(items=items),))


@EVERY
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_a_missing_picture_can_be_read(name: str, scheme: str) -> None:
    """With pictures off, alt texts have the colour of text in both schemes."""
    template = load_template(samples.TEMPLATES, name)
    page = render(samples.ALL_BLOCKS, template, samples.ANN).html
    ink, card = (template.theme[scheme][colour] for colour in ("ink", "card"))

    assert contrast(ink, card) >= 4.5
    if scheme == "light":
        styles = html.document_fromstring(page).xpath("//img/@style")
        assert styles
        assert all(f"color:{ink}" in style.replace(" ", "") for style in styles)
    else:
        assert re.search(rf", img {{ color: {ink} !important; }}", page)


@pytest.mark.parametrize("name", template_names(samples.TEMPLATES))
def test_numbers_in_cells_stay_whole(name: str) -> None:
    """A long word beside it does not break a number in a column that is set to the right."""
    table = f"|Who|Million|\n|-|-:|\n|{'word' * 30}|1,234.50|"
    content = replace(samples.ENGLISH, blocks=(Text(body=to_html(table)),))

    made = render(content, load_template(samples.TEMPLATES, name), samples.ANN).html

    assert re.search(r'<td align="right" style="[^"]*word-break:normal[^"]*">1,234\.50<', made)


@pytest.mark.parametrize("name", template_names(samples.TEMPLATES))
@pytest.mark.parametrize("content", [samples.JAPANESE, samples.ARABIC])
def test_scripts_without_italic_letters_are_not_slanted(name: str, content: Content) -> None:
    """Japanese and Arabic words are stressed by their weight."""
    content = replace(content, blocks=(Text(body=to_html("港 *港* ميناء")),))

    made = render(content, load_template(samples.TEMPLATES, name), samples.ANN).html

    assert '<em style="font-style:normal; font-weight:600">港</em>' in made
