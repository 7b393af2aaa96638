"""Whether alt texts can be read where pictures are off, in light and in dark (WCAG 2.2, 1.4.3).

Checks in a browser see pictures, not what stands in their place.  The colours are those of the
style attributes, and in dark those of the rules for `prefers-color-scheme: dark` over them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import tinycss2
from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from tinycss2.color4 import parse_color

from newsletter.phrases import Phrase, phrase
from newsletter.rendering.preflight.codes import make_finding
from newsletter.rendering.preflight.contrast import LEAST, contrast_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement

    from newsletter.rendering.findings import Finding
    from newsletter.rendering.preflight.pages import Page

#: What a browser shows where nothing is said.
_INK, _GROUND = "#000000", "#ffffff"

#: The properties that give colours, and which colour they give.
_NAMES = {
    "color": "color",
    "background": "background-color",
    "background-color": "background-color",
}
#: Colours by property, `color` and `background-color`, for each element that has any.
_Colours = dict["HtmlElement", dict[str, str]]


@dataclass(frozen=True, slots=True)
class _Rule:
    """The colours that a selector gives its elements."""

    find: CSSSelector
    colours: Mapping[str, str]


def of_page(page: Page) -> Iterator[Finding]:
    """Check the alt text of each picture on the ground it stands on."""
    pictures = [each for each in page.pictures if (each.get("alt") or "").strip()]
    if not pictures:
        return
    schemes = {"light": {}, "dark": _dark(page.document)}
    for scheme, over in schemes.items():
        if scheme == "dark" and not over:
            continue
        for picture in pictures:
            ink = _colour(picture, "color", over) or _INK
            ground = _colour(picture, "background-color", over) or _GROUND
            ratio = contrast_of(ink, ground)
            if ratio < LEAST:
                message = _message(scheme, str(picture.get("alt")), f"{ratio:.1f}")
                yield make_finding("contrast-low", message, page.place(picture.get("src") or ""))


def _message(scheme: str, alt: str, ratio: str) -> Phrase:
    if scheme == "dark":
        return phrase("with pictures off, “{alt}” is {ratio}:1 in dark", alt=alt, ratio=ratio)
    return phrase("with pictures off, “{alt}” is {ratio}:1 in light", alt=alt, ratio=ratio)


def _colour(element: HtmlElement, name: str, over: _Colours) -> str:
    """Return the nearest colour around an element as `#rrggbb`, or nothing."""
    around: HtmlElement | None = element
    while around is not None:
        own = over.get(around, {}).get(name) or _written(around.get("style") or "").get(name)
        if own:
            return own
        around = around.getparent()
    return ""


def _dark(document: HtmlElement) -> _Colours:
    """Return the colours that rules for dark mode give to elements."""
    found: _Colours = {}
    for style in document.iter("style"):
        for rule in _dark_rules(style.text or ""):
            for element in cast("list[HtmlElement]", rule.find(document)):
                found.setdefault(element, {}).update(rule.colours)
    return found


@lru_cache(maxsize=16)
def _dark_rules(css: str) -> tuple[_Rule, ...]:
    """Return the rules for dark mode in a style sheet; of two that fit, the later one counts."""
    rules = []
    for sheet in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        query = tinycss2.serialize(sheet.prelude) if sheet.type == "at-rule" else ""
        if "prefers-color-scheme" not in query or "dark" not in query or not sheet.content:
            continue
        inside = tinycss2.parse_rule_list(sheet.content, skip_comments=True)
        made = (_rule(rule) for rule in inside if rule.type == "qualified-rule")
        rules += [rule for rule in made if rule]
    return tuple(rules)


def _rule(rule: Any) -> _Rule | None:
    colours = _colours(rule.content)
    if not colours:
        return None
    try:
        return _Rule(CSSSelector(tinycss2.serialize(rule.prelude), translator="html"), colours)
    except SelectorError:
        # What only mail programs know finds nothing here.
        return None


@lru_cache(maxsize=512)
def _written(style: str) -> Mapping[str, str]:
    return _colours(style)


def _colours(declarations: Any) -> dict[str, str]:
    """Return the opaque colours among declarations, by property."""
    found = {}
    for each in tinycss2.parse_declaration_list(declarations, skip_comments=True):
        if each.type != "declaration" or each.lower_name not in _NAMES:
            continue
        for part in each.value:
            colour = parse_color(part)
            if colour is not None and colour != "currentcolor" and colour.alpha == 1:
                found[_NAMES[each.lower_name]] = _hex(colour)
    return found


def _hex(colour: Any) -> str:
    red, green, blue = (round(255 * part) for part in colour.to("srgb").coordinates)
    return f"#{red:02x}{green:02x}{blue:02x}"
