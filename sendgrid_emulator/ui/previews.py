"""Make the HTML of a mail safe to show: no scripts, links in a new tab, light or dark."""

from __future__ import annotations

import re

#: Nothing runs and nothing is fetched but images; links may open a tab of their own.
CONTENT_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src * data:;"
    " style-src 'unsafe-inline'; frame-ancestors 'self'"
)
SCHEMES = ("light", "dark")

_PREFERS = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_TAKES_DARK = re.compile(
    r"color-schemes?\b(?:(?!color-scheme)[^;>{}])*\bdark\b|prefers-color-scheme", re.IGNORECASE
)
_BEGINNINGS = (
    re.compile(r"<head\b[^<>]*>", re.IGNORECASE),
    re.compile(r"<html\b[^<>]*>", re.IGNORECASE),
    re.compile(r"<!doctype\b[^<>]*>", re.IGNORECASE),
)


def preview_mail(html: str, scheme: str) -> str:
    """Return `html` as a mail program shows it whose user prefers `scheme`.

    Media queries for the preference are decided here, since a page cannot set the preference of
    a frame.  A mail that says nothing about dark mode is shown light, as most programs do.
    """
    dark = scheme == "dark" and bool(_TAKES_DARK.search(html))
    decided = _PREFERS.sub(lambda found: _decide(found[1].lower() == scheme), html)
    added = (
        f'<base target="_blank"><style>:root{{color-scheme:{"dark" if dark else "light"}}}</style>'
    )
    for beginning in _BEGINNINGS:
        if found := beginning.search(decided):
            return decided[: found.end()] + added + decided[found.end() :]
    return added + decided


def _decide(holds: bool) -> str:
    return "(min-width:0)" if holds else "(max-width:0)"
