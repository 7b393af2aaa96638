"""Which characters of a text no font here has, and what is printed in their place.

A symbol, such as an emoji, becomes its name in brackets.  A letter has nothing in its place:
without a font for it there is no PDF.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

_NO_GLYPH = re.compile(
    r'the text `"(?P<text>(?:(?!the text `").)*?)"` could not be displayed', re.DOTALL
)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
#: Drawn by no font of their own: controls, formats, spaces, marks that go with a letter.
_UNDRAWN = frozenset(["Cc", "Cf", "Cn", "Cs", "Zl", "Zp", "Zs"])
#: Typst's own fonts end before the scripts of East Asia and the emoji.
_BEYOND_BUILT_IN = 0x2E80
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_SELECTORS = ("\ufe0e", "\ufe0f", "\u200d")
#: Marks around the character before them, as of a key: no font has all of these pairs.
_ENCLOSING = re.compile("[\u20dd-\u20e0\u20e2-\u20e4]")


def text_without_glyph(message: str) -> str:
    """Return the text that an error of Typst says it has no font for, or nothing."""
    found = _NO_GLYPH.search(message)
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found["text"]) if found else ""


def missing_characters(text: str, folder: Path | None) -> frozenset[str]:
    """Return all characters of a text that no font has, of the machine or in `folder`."""
    drawn = {each for each in text if ord(each) > 0x7E}
    drawn = {each for each in drawn if unicodedata.category(each) not in _UNDRAWN}
    return _missing(frozenset(drawn), folder)


@lru_cache(maxsize=64)
def _missing(characters: frozenset[str], folder: Path | None) -> frozenset[str]:
    import typst  # here: `document` says why

    fonts = typst.Fonts(font_paths=[str(folder)] if folder else [])
    rest, missing = set(characters), set[str]()
    while rest and (without := _first_missing(rest, fonts)):
        missing |= without
        rest -= without
        if len(missing) == len(without):
            # Where one is missing more may be: files say it of all at once, Typst one by one.
            beyond = {each for each in rest if ord(each) >= _BEYOND_BUILT_IN} - _in_files(fonts)
            missing |= beyond
            rest -= beyond
    return frozenset(missing)


def _first_missing(characters: set[str], fonts: typst.Fonts) -> set[str]:
    import typst

    words = " ".join(f"a{each}" if unicodedata.combining(each) else each for each in characters)
    source = f'#set document(title: "x")\n#set text(lang: "en")\n#("{words}")'
    compiler = typst.Compiler(source.encode(), font_paths=fonts)
    try:
        compiler.compile(format="pdf", pdf_standards=["ua-1"])
    except typst.TypstError as error:
        return set(text_without_glyph(str(error.message))) & characters
    return set()


def _in_files(fonts: typst.Fonts) -> set[str]:
    paths = {Path(font.path) for font in fonts.fonts() if font.path}
    return set().union(*map(_of_file, sorted(paths)))


@lru_cache(maxsize=1024)
def _of_file(path: Path) -> frozenset[str]:
    """Return the characters that the fonts of a file have."""
    from fontTools.ttLib import TTCollection, TTFont, TTLibError  # needed for the first PDF

    try:
        if path.suffix.lower() in {".ttc", ".otc"}:
            with TTCollection(path, lazy=True) as several:
                return frozenset(chr(code) for font in several for code in font.getBestCmap() or ())
        with TTFont(path, lazy=True) as font:
            return frozenset(map(chr, font.getBestCmap() or ()))
    except (OSError, TTLibError, KeyError):
        return frozenset()


def is_symbol(character: str) -> bool:
    """Say whether a character is read by its name: an emoji, an arrow, a sign."""
    return unicodedata.category(character)[0] == "S"


def has_enclosed(text: str) -> bool:
    """Say whether a text has characters with a mark around them, such as the emoji of keys."""
    return _ENCLOSING.search(text) is not None


def with_names(text: str, missing: frozenset[str]) -> str:
    """Return a text with the names of its missing symbols in their place.

    Marks around a character go: `1️⃣` becomes `1`.
    """
    text = _ENCLOSING.sub("", text)
    if missing.isdisjoint(text):
        return text
    for selector in _SELECTORS:
        text = text.replace(selector, "")
    return "".join(_named(each) if each in missing else each for each in text)


def _named(symbol: str) -> str:
    if ord(symbol) in _SKIN_TONES:
        return ""
    if ord(symbol) in _FLAG_LETTERS:
        return chr(ord("A") + ord(symbol) - _FLAG_LETTERS.start)
    return f"({unicodedata.name(symbol, 'symbol').lower()})"


def describe_characters(characters: frozenset[str]) -> str:
    """Return characters as a list for people, e.g. `“港” (U+6E2F), “の” (U+306E) and 12 more`."""
    shown = [f"“{each}” (U+{ord(each):04X})" for each in sorted(characters)]
    more = [f"{len(shown) - 20} more"] * (len(shown) > 20)
    return ", ".join([*shown[:20], *more])
