"""The digest of the house: whole, small, legible, and right in every language."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from itertools import product
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import html

from newsletter import rendering
from newsletter.rendering import Parts
from newsletter.rendering.content import Content, Digest, Html
from newsletter.rendering.text import plaintext
from newsletter.rendering.text.markdown import to_html
from tests.unit.rendering import samples
from tests.unit.rendering.samples import ALL_BLOCKS, ANN, ARABIC, ENGLISH, JAPANESE

ISSUES = pytest.mark.parametrize(
    "content",
    [
        pytest.param(ENGLISH, id="english"),
        pytest.param(ALL_BLOCKS, id="all-blocks"),
        pytest.param(JAPANESE, id="japanese"),
        pytest.param(ARABIC, id="arabic"),
    ],
)


def made(content: Content) -> Parts:
    """The mail for Ann."""
    return rendering.compile(content, samples.digest()).variant(ANN).parts(ANN)


@ISSUES
def test_everything_is_in_it(content: Content) -> None:
    """Subject, headlines, credit, boilerplate and address stand in HTML and in text."""
    parts = made(content)
    tree = html.document_fromstring(parts.html)
    # Lines of East Asian text may end between any two characters.
    shown = ["".join(tree.text_content().split()), "".join(parts.text.split())]
    [digest] = [block for block in content.blocks if isinstance(block, Digest)]
    assert content.lead

    assert parts.subject == content.subject
    for part, expected in product(
        shown,
        [
            *(item.headline for item in digest.items),
            *(content.lead.credit, content.publisher.name, content.publisher.postal_address),
            plaintext.to_plain_text(content.boilerplate)[:20],
        ],
    ):
        assert "".join(expected.split()) in part


@ISSUES
def test_every_link_is_in_the_text(content: Content) -> None:
    """Whoever reads plain text can go wherever the HTML leads."""
    parts = made(content)
    links = {each.get("href") for each in html.document_fromstring(parts.html).iter("a")}

    for link in links - {None}:
        assert link is not None
        assert link.startswith("#") or unquote(link) in parts.text


@ISSUES
def test_headlines_lead_to_items(content: Content) -> None:
    """Every link inside the mail has its target."""
    tree = html.document_fromstring(made(content).html)
    targets = tree.xpath("//a[starts-with(@href, '#')]/@href")

    assert targets
    assert all(tree.xpath(f"//h2[@id='{target[1:]}']") for target in targets)


@ISSUES
def test_images_have_alt_and_width(content: Content) -> None:
    """Outlook takes the width from the attribute, readers the words from alt."""
    assert content.lead
    [image] = html.document_fromstring(made(content).html).iter("img")

    assert image.get("alt") == content.lead.alt
    assert image.get("width") == "640"


@ISSUES
def test_language_and_direction(content: Content) -> None:
    """Both stand on the document and, for programs that drop it, on the wrapper inside."""
    tree = html.document_fromstring(made(content).html)

    for element in (tree, tree.xpath("//body/div[@role='article']")[0]):
        assert element.get("lang") == content.language
        assert element.get("dir") == content.direction


def test_size() -> None:
    """Five items fit in 40 KB, far from where Gmail cuts."""
    assert len(made(ENGLISH).html.encode()) <= 40_000
    assert len(made(ALL_BLOCKS).html.encode()) <= 50_000


def test_dark_mode_is_kept() -> None:
    """The rules for dark mode pass the inliner with all they need to win."""
    page = made(ENGLISH).html
    dark = page.partition("@media (prefers-color-scheme: dark) {")[2].partition("}\n      }")[0]
    rules = re.findall(r"{([^{}]+)}", dark)

    assert page.startswith("<!doctype html>")
    assert len(rules) > 10
    assert all(rule.count("!important") == rule.count(":") for rule in rules)
    assert "[data-ogsc]" in page
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "googleapis" not in page


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("ink", ["card", "tint", "warning"]),
        ("heading", ["card", "tint", "warning"]),
        ("link", ["card", "tint", "warning"]),
        ("accent", ["card"]),
        ("muted", ["card", "page"]),
        ("button_text", ["button"]),
    ],
)
def test_contrast(scheme: str, text: str, grounds: list[str]) -> None:
    """Every colour of text has at least 4.5:1 on every ground it stands on."""
    colours = samples.digest().theme[scheme]
    for ground in grounds:
        lighter, darker = sorted((luminance(colours[text]), luminance(colours[ground])))[::-1]

        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (text, ground)


@pytest.mark.parametrize(
    ("language", "date", "number"),
    [
        ("en", "21 June 2024", "Vol 3.11"),
        ("en-US", "June 21, 2024", "Vol 3.11"),
        ("ja", "2024年6月21日", "第3巻 第11号"),
        ("de-AT", "21. Juni 2024", "Ausgabe 3.11"),
        ("fr", "21 juin 2024", "Vol. 3.11"),
        ("es", "21 de junio de 2024", "Vol. 3.11"),
        ("ar", "21 يونيو 2024", "المجلد 3، العدد 11"),
        ("tlh", "21 June 2024", "Vol 3.11"),
    ],
)
def test_dates_and_numbers(language: str, date: str, number: str) -> None:
    """The date is written out as the language does, and the number of the issue."""
    parts = made(dataclasses.replace(ENGLISH, language=language))

    for part in (parts.text, parts.html):
        assert date in part
        assert number in part


def test_all_languages_have_all_words() -> None:
    """No table of words lacks one that another has, but for variants of a language."""
    template = samples.digest()
    tables = template.tables_of_words

    whole = [set(words) for name, words in tables.items() if "-" not in name]

    assert all(words == whole[0] for words in whole)


def test_nothing_optional() -> None:
    """A draft without image, links, blocks and boilerplate is still a mail."""
    bare = dataclasses.replace(
        ENGLISH,
        lead=None,
        blocks=(),
        boilerplate=Html(""),
        web_url="",
        pdf_url="",
        volume=0,
        number=0,
        preheader="",
        publisher=dataclasses.replace(ENGLISH.publisher, signup_url=""),
    )
    parts = made(bare)

    assert "<img" not in parts.html
    assert "Vol" not in parts.text.replace(bare.title, "")
    assert "PDF" not in parts.html + parts.text
    assert "None" not in parts.html + parts.text


def test_title_of_its_own() -> None:
    """A title that says more than the publication's name is shown below it."""
    parts = made(dataclasses.replace(ENGLISH, title="Harbours in winter"))

    assert "<h2" in parts.html.partition("Harbours in winter</h2>")[0]
    assert "Harbours in winter" in parts.text


def test_single_item_needs_no_list() -> None:
    """One headline is not listed above itself."""
    one = Digest(items=samples.items("## Only one\n\nIts text."))
    parts = made(dataclasses.replace(ENGLISH, blocks=(one,)))

    assert parts.html.count("Only one") == 1
    assert "In this issue" not in parts.html + parts.text


def test_merge_tags_in_headlines() -> None:
    """A headline with a merge tag is filled in wherever it stands."""
    digest = Digest(items=samples.items("## For [name|you]\n\na\n\n## Second\n\nb"))
    parts = made(dataclasses.replace(ENGLISH, blocks=(digest,)))

    assert parts.html.count("For Ann Oyelaran") == 2
    assert parts.text.count("For Ann Oyelaran") == 2


def test_addresses_of_the_reader() -> None:
    """Unsubscribe and preferences lead to the reader's own pages."""
    parts = made(ENGLISH)
    tree = html.document_fromstring(parts.html)

    assert tree.xpath("//a[text()='Unsubscribe']/@href") == [ANN.unsubscribe_url]
    assert tree.xpath("//a[text()='Preferences']/@href") == [ANN.preferences_url]
    assert f"Unsubscribe: {ANN.unsubscribe_url}\n" in parts.text


def test_preheader_comes_first() -> None:
    """The first words of the body, which inboxes show, are the preheader."""
    tree = html.document_fromstring(made(ENGLISH).html)

    assert tree.find("body").text_content().strip().startswith(ENGLISH.preheader)


@pytest.mark.parametrize("content", [ENGLISH, JAPANESE], ids=["english", "japanese"])
def test_text_fits_the_window(content: Content) -> None:
    """Lines without an address are at most 72 columns wide."""
    lines = made(content).text.split("\n")

    assert all(plaintext.display_width(line) <= 72 for line in lines if "://" not in line)


def test_published_issue(published_issues: tuple[Path, ...]) -> None:
    """A real issue, its headlines paired with its items, makes a digest of good size."""
    for path in published_issues:
        bullets = [
            line.strip("• \n") for line in path.read_text("utf-8").split("\n") if "•" in line
        ]
        pairs = zip(bullets[:5], bullets[5:], strict=True)
        digest = Digest(items=samples.items("\n\n".join(f"## {a}\n\n{b}" for a, b in pairs)))
        parts = made(dataclasses.replace(ENGLISH, blocks=(digest,), date=dt.date(2024, 6, 21)))

        assert len(parts.html.encode()) < 40_000
        assert all(to_html(b)[3:40] in parts.html for b in bullets[5:])
