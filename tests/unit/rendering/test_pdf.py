"""The PDF edition: what it says, where it leads, and that it is the same every time."""

from __future__ import annotations

import dataclasses
import io
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from newsletter.errors import NotFound, PdfError, TemplateError
from newsletter.rendering.content import Content, Item, LeadImage, Text
from newsletter.rendering.content import Digest as DigestBlock
from newsletter.rendering.pdf.characters import missing_characters, with_names
from newsletter.rendering.pdf.data import pdf_data
from newsletter.rendering.pdf.document import Design, load_design, pdf_hash, pictures_in, render_pdf
from newsletter.rendering.text.bidi import with_directions
from newsletter.rendering.text.markdown import to_html
from tests.unit.rendering import samples

DESIGN = load_design(samples.TEMPLATES.parent)


def picture(kind: str = "PNG") -> bytes:
    """A small picture."""
    drawn = io.BytesIO()
    Image.new("RGB", (64, 36), "teal").save(drawn, kind)
    return drawn.getvalue()


def made(content: Content, pictures: dict[str, bytes] | None = None) -> PdfReader:
    """The PDF of a content, read back."""
    return PdfReader(io.BytesIO(render_pdf(content, DESIGN, pictures or {})))


def text(reader: PdfReader) -> str:
    """All text of a PDF, its spaces and line ends made one space."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def written(markdown: str, **fields: Any) -> Content:
    """An issue with one text."""
    blocks = (Text(body=to_html(markdown)),)
    return dataclasses.replace(samples.ENGLISH, lead=None, blocks=blocks, **fields)


def structure(reader: PdfReader) -> list[dict[str, Any]]:
    """Every element of the structure tree, from the top."""
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop(0).get_object()
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            found.append(element)
            waiting += [element["/K"]] if "/K" in element else []
    return found


def kinds(reader: PdfReader) -> list[str]:
    """The kinds of all elements."""
    return [str(element.get("/S", "")) for element in structure(reader)]


def links(reader: PdfReader) -> list[str]:
    """The addresses that links of a PDF lead to."""
    annotations = (each.get_object() for page in reader.pages for each in page.get("/Annots") or [])
    return [str(each["/A"]["/URI"]) for each in annotations if "/URI" in each.get("/A", {})]


def test_everything_is_there() -> None:
    """Title, date, every headline, the table, the boilerplate and the publisher are printed."""
    page = text(made(samples.ALL_BLOCKS))

    assert samples.ENGLISH.title in page
    assert "21 June 2024" in page
    assert "newsletter serve" in page
    assert "walls, roads, wages" in page
    assert "12 Quay Street, Port Lowen 4010" in page
    for item in samples.ENGLISH.blocks[1].items:
        assert page.count(item.headline) == 2


def test_pages_are_numbered() -> None:
    """Every page says which it is, and of how many."""
    reader = made(samples.ALL_BLOCKS)

    assert len(reader.pages) == 2
    for number, page in enumerate(reader.pages, 1):
        assert f"{number} / 2" in page.extract_text()


def test_document_is_described() -> None:
    """Language, title, author and conformance stand where programs look for them."""
    reader = made(samples.ENGLISH)

    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == samples.ENGLISH.title
    assert reader.metadata.author == "Harbour Institute"
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_headings_are_headings() -> None:
    """The title is the first heading, and each headline one below it."""
    tags = kinds(made(samples.ENGLISH))

    assert (tags.count("/H1"), tags.count("/H2")) == (1, 5)
    assert {"/L", "/LI", "/Table", "/TH", "/TD", "/Link"} <= set(tags)


def test_headlines_lead_to_items() -> None:
    """Every headline on top is a link inside the document."""
    reader = made(samples.ENGLISH)
    annotations = [each.get_object() for page in reader.pages for each in page.get("/Annots") or []]
    inside = [each for each in annotations if "/Dest" in each or "/D" in each.get("/A", {})]

    assert len(inside) >= 5


def test_links_lead_where_they_say() -> None:
    """Links of the text, of the web page and of the publisher work."""
    assert {
        "https://example.org/ferries?lang=en&page=2",
        samples.ENGLISH.web_url,
        "mailto:digest@news.example.org",
    } <= set(links(made(samples.ENGLISH)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_lead_picture(kind: str) -> None:
    """The picture is shown with its description for those who do not see it, and its credit."""
    lead = samples.ENGLISH.lead
    assert lead
    reader = made(samples.ENGLISH, {lead.src: picture(kind)})

    assert sum(len(page.images) for page in reader.pages) == 1
    assert lead.alt in [element.get("/Alt") for element in structure(reader)]
    assert f"Image: {lead.credit}" in text(reader)


@pytest.mark.parametrize("data", [{}, {"https://news.example.org/media/harbour.jpg": b"GIF89a?"}])
def test_a_picture_that_is_not_there_leaves_no_gap(data: dict[str, bytes]) -> None:
    """Without bytes, or with such as are no picture, it is left out together with its credit."""
    reader = made(samples.ENGLISH, data)

    assert sum(len(page.images) for page in reader.pages) == 0
    assert "M. Tanaka" not in text(reader)


def test_pictures_in_texts() -> None:
    """A picture in a text is shown; without a description it counts as decoration."""
    address = "https://news.example.org/a.png?x=1&y=2"
    content = written(f"![A quay]({address}) and ![]({address})")

    assert pictures_in(content) == (address,)
    reader = made(content, {address: picture()})
    assert [element["/Alt"] for element in structure(reader) if "/Alt" in element] == ["A quay"]


def test_same_bytes_every_time() -> None:
    """The same issue makes the same file; its date comes from the issue."""
    once, again = (render_pdf(samples.ENGLISH, DESIGN, {}) for _ in range(2))

    assert once == again
    metadata = PdfReader(io.BytesIO(once)).metadata
    assert metadata is not None
    assert str(metadata.creation_date).startswith("2024-06-21 00:00:00")


HOSTILE = (
    '#import "x.typ": y',
    "#panic(1) and #eval(2)",
    "$ sum_(i=1)^n $",
    "*stars* _lines_ `ticks` ~",
    "<label> @reference // comment /* more */",
    'quotes " and \\ and \\u{41}',
    "= no heading",
    "- no item",
    "https://example.org/#read",
    "]} #{ [ (",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_content_is_never_typst(words: str) -> None:
    """Whatever an editor writes, in whatever place, is printed as it was written."""
    # An address is read as it stands, without escapes.
    special = "" if "://" in words else "*_`<>[]#-=~$\\"
    body = to_html("".join(f"\\{each}" if each in special else each for each in words))
    lead = LeadImage(src="https://x.example/p.png", alt=words, credit=words)
    content = dataclasses.replace(
        samples.ENGLISH,
        title=words,
        lead=lead,
        blocks=(DigestBlock(items=(Item(id=words, headline=words, body=body),)),),
        boilerplate=body,
    )
    page = text(made(content, {lead.src: picture()}))

    assert page.count(" ".join(words.split())) == 5


def test_headings_never_skip_a_level() -> None:
    """A text that begins with a small heading still makes a sound outline."""
    tags = kinds(made(written("#### Small first\n\n### Then larger\n\n#### Small again")))

    assert [tag for tag in tags if tag in {"/H1", "/H2", "/H3", "/H4"}] == [
        *("/H1", "/H2", "/H3", "/H4")
    ]


def test_a_letter_without_a_font() -> None:
    """A letter that nothing here can print is an error with the letter, never a box."""
    with pytest.raises(PdfError, match=r"no font here has “.*” \(U\+FFFFD\)"):
        render_pdf(written("private \U000ffffd here"), DESIGN, {})


def test_all_letters_without_a_font_are_named_at_once() -> None:
    """Whoever looks for a font learns everything that it must have."""
    with pytest.raises(PdfError) as caught:
        render_pdf(written("private \U000ffffd and \U000ffffc here"), DESIGN, {})

    assert "U+FFFFD" in str(caught.value)
    assert "U+FFFFC" in str(caught.value)


def test_a_symbol_without_a_font_is_printed_by_its_name() -> None:
    """Where no font has an emoji or a sign, its name stands in brackets."""
    rare = map(chr, [*range(0x1D9FF, 0x1DA00), *range(0x1CF50, 0x1CFC4), *range(0xFD40, 0xFD50)])
    symbol = min(missing_characters("".join(rare), None))

    page = text(made(written(f"Sound {symbol} ends")))

    assert f"Sound ({unicodedata.name(symbol).lower()}) ends" in page


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("a 🎈 b", "a (balloon) b"),
        ("👍🏽!", "(thumbs up sign)!"),
        ("🇯🇵", "JP"),
        ("❤️ x", "(heavy black heart) x"),
        ("👩‍🚀", "(woman)(rocket)"),
    ],
)
def test_names_of_symbols(written: str, printed: str) -> None:
    """Tones and joiners go, flags become their letters, what there is a font for stays."""
    assert with_names(written, frozenset("🎈👍🏽🇯🇵❤👩🚀")) == printed
    assert with_names(written, frozenset("\ue000")) == written


@pytest.mark.parametrize("words", ["Keys 1️⃣ 2️⃣", "Keys 1️⃣ 2️⃣ and 👨‍👩‍👧‍👦"])
def test_marks_around_a_character_cost_no_pdf(words: str) -> None:
    """The emoji of a key is printed as what stands on the key, where no font has it."""
    assert re.search("Keys 1.* 2", text(made(written(words))))


def test_signs_are_text() -> None:
    """The boxes of a task list, and signs that can be emoji too, are printed as plain text."""
    reader = made(written("- [ ] open\n- [x] done\n\n☎ ♥ ⚠ ✔ ➡ ☺"))

    (page, *_) = reader.pages
    fonts = {each.get_object()["/BaseFont"] for each in page["/Resources"]["/Font"].values()}
    assert any("DejaVuSansMono" in name for name in fonts)
    assert not [name for name in fonts if "DejaVuSans" in name and "Mono" not in name]
    assert not [name for name in fonts if "Emoji" in name]
    assert "☐ open" in text(reader)
    assert "☑ done" in text(reader)


@pytest.mark.parametrize(
    ("language", "kept"), [("en-US", "en-US"), ("pt-BR", "pt-BR"), ("x!", "und")]
)
def test_languages(language: str, kept: str) -> None:
    """Language and region stand on the document; what is no language becomes undetermined."""
    assert made(written("Text", language=language)).trailer["/Root"]["/Lang"] == kept


def test_control_characters_are_dropped() -> None:
    """What no font can show, and no editor means, does not stop an issue."""
    assert "ab" in text(made(written("Text", title="a\x00b\x1f")))


@pytest.mark.parametrize("content", [samples.JAPANESE, samples.ARABIC], ids=["ja", "ar"])
def test_hash_follows_the_content(content: Content) -> None:
    """Another word makes another hash; the same issue has the same."""
    other = dataclasses.replace(content, title="Other")

    assert pdf_hash(content, DESIGN) == pdf_hash(content, DESIGN)
    assert pdf_hash(content, DESIGN) != pdf_hash(other, DESIGN)


def test_a_mistake_in_the_design_is_placed() -> None:
    """A designer gets line and column."""
    broken = Design(source="#let a = 1\n#nothing", words=DESIGN.words)

    with pytest.raises(TemplateError, match=r"^pdf/issue\.typ:2:2: unknown variable: nothing"):
        render_pdf(samples.ENGLISH, broken, {})


def test_no_design(tmp_path: Path) -> None:
    """A missing design, or folder with fonts, is named."""
    with pytest.raises(NotFound, match="no design for PDFs"):
        load_design(tmp_path)
    with pytest.raises(NotFound, match="no folder"):
        load_design(samples.TEMPLATES.parent, fonts=tmp_path / "fonts")


LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def test_long_words_break() -> None:
    """A title, an address, code and a cell that are wider than their place go on below."""
    address = "https://example.org/" + "a" * 300
    page = made(
        written(
            f"## {LONG}\n\n{address} `{'code' * 60}`\n\n|a|b|c|d|e|f|\n|-|-|-|-|-|-|\n"
            + f"|{'wide' * 12}" * 6
            + f"|\n\n```\n{'x' * 300}\n```",
            title=LONG,
        )
    )

    lines = "\n".join(each.extract_text() for each in page.pages).replace("\u200b", "").split("\n")
    assert max(map(len, lines)) < 130
    whole = "".join("".join(lines).split())
    assert whole.count(LONG) == 2
    assert address in whole
    assert "x" * 300 in whole


def test_an_address_of_another_direction_is_set_apart() -> None:
    """The number of a house stays in front in a document from right to left."""
    publisher = dataclasses.replace(samples.PUBLISHER, name="", postal_address="15 Dupont Circle")

    data = pdf_data(dataclasses.replace(samples.ARABIC, publisher=publisher), DESIGN.words, {})

    assert data["publisher"]["postal_address"] == "\u206615 Dupont Circle\u2069"
    assert made(dataclasses.replace(samples.ARABIC, publisher=publisher)).pages


def test_the_call_of_a_footnote_leads_to_it() -> None:
    """Its number is a link to a place of the document."""
    page = made(written("One[^a] and [a site](https://example.org/).\n\n[^a]: Note."))

    links = [each.get_object() for each in page.pages[0]["/Annots"]]
    kinds = ["/Dest" in each or "/D" in each.get("/A", {}) for each in links]

    assert kinds.count(True) == 1
    assert "Note." in text(page)


def test_paragraphs_and_code_of_another_direction() -> None:
    """English between Arabic keeps its full stop behind it, and code is written from the left."""
    body = with_directions(to_html("نعم.\n\nA pier (2026).\n\n`a.b(1)`"), "rtl")
    content = dataclasses.replace(samples.ARABIC, lead=None, blocks=(Text(body=body),))

    nodes = pdf_data(content, DESIGN.words, {})["blocks"][0]["nodes"]

    assert [each.get("dir", "") for each in nodes] == ["", "ltr", "ltr"]
    assert "A pier (2026)." in text(made(content))


def test_a_mark_of_byte_order_is_left_out() -> None:
    """What shows nothing, and PDF/UA forbids, costs no issue its PDF."""
    assert "harbour" in text(made(written("har\ufeffbour")))


def test_links_to_telephones_and_calendars_work() -> None:
    """What mail programs open, the PDF opens too."""
    found = links(made(written("[a](sms:+123) [b](webcal://example.org/c.ics) [c](tel:+123)")))

    assert {"sms:+123", "webcal://example.org/c.ics", "tel:+123"} <= {*found}
