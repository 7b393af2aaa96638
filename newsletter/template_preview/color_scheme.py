"""Shows a mail in light or in dark, whatever the reader of the page prefers.

A page cannot set what a frame prefers, so the media queries of the mail are decided here.
"""

from __future__ import annotations

import re

SCHEMES = ("light", "dark")

_QUERY = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
#: A mail that says nothing about dark mode stays light, as in most mail programs.
_SUPPORTS_DARK = re.compile(
    r"color-schemes?\b(?:(?!color-scheme)[^;>{}])*\bdark\b|prefers-color-scheme", re.IGNORECASE
)
#: Where the head begins: the first of these that the mail has.
_BEGINNINGS = tuple(
    re.compile(rf"<{tag}\b[^<>]*>", re.IGNORECASE) for tag in ("head", "html", "!doctype")
)


def apply_color_scheme(html: str, scheme: str) -> str:
    """Return `html` as a mail program shows it whose user prefers `scheme`.

    Links open in a new tab.
    """
    shown = "dark" if scheme == "dark" and _SUPPORTS_DARK.search(html) else "light"
    decided = _QUERY.sub(
        lambda query: "(min-width:0)" if query[1].lower() == scheme else "(max-width:0)", html
    )
    added = f'<base target="_blank"><style>:root{{color-scheme:{shown}}}</style>'
    found = next(filter(None, (tag.search(decided) for tag in _BEGINNINGS)), None)
    start = found.end() if found else 0
    return decided[:start] + added + decided[start:]
