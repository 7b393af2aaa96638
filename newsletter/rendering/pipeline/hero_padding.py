"""The content of a hero as wide as its place in Outlook.

MRML makes the table that only Outlook reads as wide as the mail, so that what stands beside it, the
padding of the hero, has no room.  The official MJML takes the padding off.
"""

from __future__ import annotations

import re

_CONTENT = re.compile(
    r"(?P<cell><td\b[^<>]*\bstyle=\"(?P<style>[^\"]*)\"[^<>]*>"
    r"\s*<!--\[if mso \| IE\]><table\b[^<>]*)"
    r"\bwidth=\"(?P<width>\d+)\"(?P<between>[^<>]*\bstyle=\"[^\"]*?)\bwidth:(?P=width)px;"
    r"(?P<end>[^<>]*><tr><td[^<>]*><!\[endif\]--><div\b[^<>]*\bclass=\"mj-hero-content\b)"
)
_PADDING = re.compile(r"(?:\A|;)\s*padding(?P<side>-left|-right)?:(?P<value>[^;]*)")
_PIXELS = re.compile(r"(\d+)(?:\.\d*)?(?:px)?\Z")


def narrow_heroes(html: str) -> str:
    """Return a mail in which Outlook leaves the padding at the sides of each hero free."""
    return _CONTENT.sub(_narrowed, html) if "mj-hero-content" in html else html


def _narrowed(content: re.Match[str]) -> str:
    width = int(content["width"]) - sum(_sides(content["style"]))
    if width <= 0:
        return content[0]
    return f'{content["cell"]}width="{width}"{content["between"]}width:{width}px;{content["end"]}'


def _sides(style: str) -> tuple[int, int]:
    """Return the padding on the left and on the right in pixels; what has another unit is none."""
    left = right = 0
    for padding in _PADDING.finditer(style):
        if padding["side"] == "-left":
            left = _pixels(padding["value"])
        elif padding["side"] == "-right":
            right = _pixels(padding["value"])
        elif values := padding["value"].split():
            right = _pixels(values[1] if values[1:] else values[0])
            left = _pixels(values[3]) if values[3:] else right
    return left, right


def _pixels(value: str) -> int:
    found = _PIXELS.match(value.strip())
    return int(found[1]) if found else 0
