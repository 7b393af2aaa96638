"""Which declarations every browser ignores, because their value is none for that property.

A browser that meets `color: notacolour` keeps what another rule said.  An inliner that merges by
name would lose that, so what is certainly invalid is left out before.  Only colours and lengths
are judged (CSS Color 4, CSS Values 4); whatever could be valid somewhere counts as valid.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import tinycss2
from tinycss2 import color5

from newsletter.rendering.personalisation.tracing import TOKEN

_SIDES = ("top", "right", "bottom", "left")
_EVERYWHERE = frozenset(["inherit", "initial", "unset", "revert", "revert-layer"])
_COLOURS = frozenset(
    [
        *("color", "background-color", "border-color", "outline-color", "text-decoration-color"),
        *(f"border-{side}-color" for side in _SIDES),
    ]
)
#: CSS Color 4, 6.2 and appendix A; some mail programs know the older ones only.
_SYSTEM_COLOURS = frozenset(
    [
        *("accentcolor", "accentcolortext", "activetext", "buttonborder", "buttonface"),
        *("buttontext", "canvas", "canvastext", "field", "fieldtext", "graytext", "highlight"),
        *("highlighttext", "linktext", "mark", "marktext", "selecteditem", "selecteditemtext"),
        *("visitedtext", "windowtext", "window", "windowframe", "background", "menu", "menutext"),
        *("infotext", "infobackground", "buttonhighlight", "buttonshadow", "threedface"),
    ]
)
_SIZE_WORDS = frozenset(["auto", "none", "min-content", "max-content", "fit-content", "stretch"])
_FONT_SIZES = frozenset(
    [
        *("xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large"),
        *("larger", "smaller", "math"),
    ]
)
#: The words that each property takes besides lengths.
_LENGTHS = {
    **dict.fromkeys(
        ["width", "height", "min-width", "min-height", "max-width", "max-height"], _SIZE_WORDS
    ),
    **dict.fromkeys(["margin", *(f"margin-{side}" for side in _SIDES)], frozenset(["auto"])),
    **dict.fromkeys(["padding", *(f"padding-{side}" for side in _SIDES)], frozenset[str]()),
    "font-size": _FONT_SIZES,
    "line-height": frozenset(["normal"]),
    "letter-spacing": frozenset(["normal"]),
}
#: How many lengths a property takes: one for each side.
_SEVERAL = {"margin": 4, "padding": 4, "border-color": 4}
_NOT_NEGATIVE = frozenset(
    name for name in _LENGTHS if not name.startswith(("margin", "letter-spacing"))
)
_UNITS = frozenset(
    [
        *("px", "em", "rem", "ex", "rex", "ch", "rch", "cap", "rcap", "ic", "ric", "lh", "rlh"),
        *("cm", "mm", "q", "in", "pt", "pc"),
        *(f"{size}v{way}" for size in ("", "s", "l", "d") for way in ("w", "h", "i", "b")),
        *(f"{size}v{way}" for size in ("", "s", "l", "d") for way in ("min", "max")),
        *(f"cq{way}" for way in ("w", "h", "i", "b", "min", "max")),
    ]
)


@lru_cache(maxsize=4096)
def is_invalid(declaration: str) -> bool:
    """Say whether every browser ignores a declaration, e.g. `color: notacolour`.

    `declaration` is a name, a colon and a value, with or without `!important`.
    """
    name, _, value = declaration.partition(":")
    name = name.strip().lower()
    if name not in _COLOURS and name not in _LENGTHS:
        return False
    if TOKEN.search(value):
        # What stands there for recipient data is refused later, with its place.
        return False
    parts = [
        each
        for each in tinycss2.parse_component_value_list(value.partition("!")[0], skip_comments=True)
        if each.type != "whitespace"
    ]
    if not 0 < len(parts) <= _SEVERAL.get(name, 1):
        # Nothing at all, or a length too many; an empty value is what editors leave behind.
        return True
    return any(_is_invalid_part(name, part, alone=len(parts) == 1) for part in parts)


def _is_invalid_part(name: str, part: Any, *, alone: bool) -> bool:
    if part.type == "error":
        return True
    word = part.lower_value if part.type == "ident" else ""
    if word in _EVERYWHERE:
        return not alone
    if name in _COLOURS:
        return _is_no_colour(part)
    if word:
        return word not in _LENGTHS[name] and not word.startswith("-")
    return part.type != "function" and _is_no_length(name, part)


def _is_no_colour(part: Any) -> bool:
    if part.type == "function":
        # Whether `var()` or a function of tomorrow gives a colour, only the browser knows.
        known = part.lower_name in {"rgb", "rgba", "hsl", "hsla", "hwb"}
        if not known or any(each.type == "function" for each in part.arguments):
            return False
    if part.type == "ident" and part.lower_value in _SYSTEM_COLOURS:
        return False
    return color5.parse_color(part) is None


def _is_no_length(name: str, part: Any) -> bool:
    if part.type == "number":
        is_length = part.value == 0 or name == "line-height"
    elif part.type == "dimension":
        is_length = part.lower_unit in _UNITS
    else:
        is_length = part.type == "percentage"
    return not is_length or (name in _NOT_NEGATIVE and part.value < 0)
