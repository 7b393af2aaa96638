"""The share card of an issue, set by Typst with the fonts of the PDF: a PNG of 1200 × 630 pixels.

The size is that which social networks show in full (Open Graph; Facebook asks for 1200 × 630).
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from newsletter.errors import MissingGlyph, NotFound, TemplateError
from newsletter.phrases import phrase
from newsletter.rendering.pdf.characters import describe_characters, is_symbol, missing_characters
from newsletter.rendering.pdf.document import list_families, picture_ending
from newsletter.rendering.pipeline.template_folders import Folders, find_file, in_order

#: Points are pixels at this density; the page is 1200 × 630 points.
DENSITY = 72.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What stands on a card; `issue` is its number in words, `colours` those of a theme."""

    title: str
    summary: str
    publication: str
    issue: str
    date: str
    language: str
    direction: str
    colours: Mapping[str, str]


def load_card_source(templates: Folders) -> str:
    """Return `pdf/card.typ` of the folders; raises `NotFound`."""
    path = find_file(templates, "pdf/card.typ")
    if path is None:
        wanted = in_order(templates)[0] / "pdf/card.typ"
        raise NotFound(phrase("there is no design for share cards: {path}", path=str(wanted)))
    return path.read_text("utf-8")


def render_card(card: Card, source: str, *, picture: bytes = b"", fonts: Path | None) -> bytes:
    """Return a card as PNG; a picture that cannot be read is left out.

    Raises `MissingGlyph` for letters that no font has, `TemplateError` for a mistake in the source.
    """
    fields = dataclasses.asdict(card)
    texts = "".join((card.title, card.summary, card.publication, card.date, card.issue))
    missing = missing_characters(texts, fonts)
    if letters := frozenset(each for each in missing if not is_symbol(each)):
        raise MissingGlyph(
            phrase("no font here has {characters}", characters=describe_characters(letters)),
            hint=phrase("Put a font that has them into the folder that [pdf] fonts names."),
        )
    # A symbol without a font would be a box.
    shown = {name: without(value, missing) for name, value in fields.items()}
    ending = picture_ending(picture) if picture else ""
    shown |= {"picture": f"picture.{ending}" if ending else "", "families": families(fonts)}
    return set_card(shown, source, picture, fonts)


def without(value: object, missing: frozenset[str]) -> object:
    """Return a text without some characters; anything else as it is."""
    if not isinstance(value, str):
        return value
    return "".join(each for each in value if each not in missing)


def families(fonts: Path | None) -> tuple[str, ...]:
    """Return the families of the folder with fonts, if there is one."""
    return list_families(fonts) if fonts else ()


def set_card(shown: Mapping[str, object], source: str, picture: bytes, fonts: Path | None) -> bytes:
    """Return what Typst makes of the fields of a card."""
    import typst  # here: `document` says why

    with tempfile.TemporaryDirectory(prefix="newsletter-card-") as name:
        folder = Path(name)
        (folder / "card.typ").write_text(source, "utf-8")
        (folder / "card.json").write_text(json.dumps(shown, ensure_ascii=False), "utf-8")
        if shown["picture"]:
            (folder / str(shown["picture"])).write_bytes(picture)
        try:
            made: bytes = typst.compile(
                str(folder / "card.typ"),
                root=str(folder),
                font_paths=[str(fonts)] if fonts else [],
                format="png",
                ppi=DENSITY,
            )
        except typst.TypstError as error:
            raise TemplateError(str(error.message), path="pdf/card.typ") from None
    return made
