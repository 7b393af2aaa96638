"""The scripts that a text is written in, and those that its language is written in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping

#: Where each script lies in Unicode: the first code point of a range, and the one after its last.
_RANGES = sorted(
    (first, last, script)
    for script, ranges in {
        "Latin": ((0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x250), (0x1E00, 0x1F00)),
        "Greek": ((0x370, 0x400), (0x1F00, 0x2000)),
        "Cyrillic": ((0x400, 0x530), (0x1C80, 0x1C90), (0x2DE0, 0x2E00), (0xA640, 0xA6A0)),
        "Armenian": ((0x530, 0x590),),
        "Hebrew": ((0x590, 0x600), (0xFB1D, 0xFB50)),
        "Arabic": ((0x600, 0x700), (0x750, 0x780), (0x8A0, 0x900), (0xFB50, 0xFE00)),
        "Devanagari": ((0x900, 0x980),),
        "Bengali": ((0x980, 0xA00),),
        "Gurmukhi": ((0xA00, 0xA80),),
        "Gujarati": ((0xA80, 0xB00),),
        "Tamil": ((0xB80, 0xC00),),
        "Telugu": ((0xC00, 0xC80),),
        "Kannada": ((0xC80, 0xD00),),
        "Malayalam": ((0xD00, 0xD80),),
        "Sinhala": ((0xD80, 0xE00),),
        "Thai": ((0xE00, 0xE80),),
        "Lao": ((0xE80, 0xF00),),
        "Burmese": ((0x1000, 0x10A0),),
        "Georgian": ((0x10A0, 0x1100), (0x1C90, 0x1CC0)),
        "Ethiopic": ((0x1200, 0x13A0),),
        "Khmer": ((0x1780, 0x1800),),
        "Kana": ((0x3041, 0x30FB), (0x30FC, 0x3100), (0xFF66, 0xFFA0)),
        "Han": ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32000)),
        "Hangul": ((0x1100, 0x1200), (0x3130, 0x3190), (0xAC00, 0xD7B0)),
    }.items()
    for first, last in ranges
)
_STARTS = [first for first, _, _ in _RANGES]

#: Which scripts a language is written in, where that is not Latin.
_OF_LANGUAGE: Mapping[str, frozenset[str]] = {
    language: frozenset(scripts.split())
    for languages, scripts in (
        ("ja", "Kana Han"),
        ("zh yue", "Han"),
        ("ko", "Hangul Han"),
        ("be bg kk ky mk mn ru tg tt uk", "Cyrillic"),
        ("sr bs az uz", "Cyrillic Latin"),
        ("ar ckb fa ps sd ug ur", "Arabic"),
        ("he yi", "Hebrew"),
        ("el", "Greek"),
        ("hi mr ne sa", "Devanagari"),
        ("bn as", "Bengali"),
        ("pa", "Gurmukhi Arabic"),
        ("gu", "Gujarati"),
        ("ta", "Tamil"),
        ("te", "Telugu"),
        ("kn", "Kannada"),
        ("ml", "Malayalam"),
        ("si", "Sinhala"),
        ("th", "Thai"),
        ("lo", "Lao"),
        ("my", "Burmese"),
        ("ka", "Georgian"),
        ("am ti", "Ethiopic"),
        ("km", "Khmer"),
        ("hy", "Armenian"),
    )
    for language in languages.split()
}
_SUBTAGS: Mapping[str, frozenset[str]] = {
    "latn": frozenset({"Latin"}),
    "cyrl": frozenset({"Cyrillic"}),
    "arab": frozenset({"Arabic"}),
    "hebr": frozenset({"Hebrew"}),
    "grek": frozenset({"Greek"}),
    "deva": frozenset({"Devanagari"}),
    "hans": frozenset({"Han"}),
    "hant": frozenset({"Han"}),
    "jpan": frozenset({"Kana", "Han"}),
    "kore": frozenset({"Hangul", "Han"}),
}
#: Languages that write with spaces need two or three letters for what one of these says.
_DENSE = frozenset({"Han", "Hangul", "Kana"})
#: Too few letters say nothing.
_FEWEST = 12
#: A text in Latin letters may quote others; others often quote names in Latin letters.
_FOREIGN_IN_LATIN, _OWN_IN_OTHERS = 0.5, 0.15
#: Japanese has more kana than this, Chinese has less.
_KANA_IN_JAPANESE = 0.05
#: Addresses are written in Latin letters whatever the language.
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


def script_of(character: str) -> str:
    """Return the script of a letter, or nothing for what all scripts share."""
    point = ord(character)
    at = bisect_right(_STARTS, point) - 1
    if at < 0 or point >= _RANGES[at][1] or not (character.isalpha() or character == "ー"):
        return ""
    return _RANGES[at][2]


def measure_shares(text: str) -> dict[str, float]:
    """Return how much of a text is in which script, all together 1; nothing for too few letters."""
    words = (word for word in _ADDRESS.sub(" ", text).split() if "@" not in word)
    counted = Counter(script_of(letter) for word in words for letter in word)
    counted.pop("", None)
    if sum(counted.values()) < _FEWEST:
        return {}
    weights = {name: many * (2 if name in _DENSE else 1) for name, many in counted.items()}
    whole = sum(weights.values())
    return {name: weight / whole for name, weight in weights.items()}


def expected_scripts(language: str) -> frozenset[str]:
    """Return the scripts that a language is written in; a subtag such as `sr-Latn` decides."""
    primary, *rest = language.lower().split("-")
    for part in rest:
        if part in _SUBTAGS:
            return _SUBTAGS[part]
    return _OF_LANGUAGE.get(primary, frozenset({"Latin"}))


def unexpected_script(text: str, language: str) -> str:
    """Return the script that a text is mostly in, if its language is not written so."""
    found, expected = measure_shares(text), expected_scripts(language)
    if not found:
        return ""
    own = sum(share for name, share in found.items() if name in expected)
    others = {name: share for name, share in found.items() if name not in expected}
    main = max(others, key=lambda name: others[name], default="")
    if "Latin" in expected:
        return main if main and 1 - own > _FOREIGN_IN_LATIN else ""
    if main and own < _OWN_IN_OTHERS:
        return main
    return _chinese_or_japanese(found, language)


def _chinese_or_japanese(found: Mapping[str, float], language: str) -> str:
    """Return `Han` or `Kana` where Chinese and Japanese are taken for each other."""
    primary = language.lower().partition("-")[0]
    kana, han = found.get("Kana", 0), found.get("Han", 0)
    if not han and not kana:
        return ""
    share = kana / (kana + han)
    if primary == "ja" and kana == 0 and han > _FOREIGN_IN_LATIN:
        return "Han"
    return "Kana" if primary == "zh" and share > _KANA_IN_JAPANESE else ""
