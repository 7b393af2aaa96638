"""What the mail uses that well-known mail programs do not show.

The facts are in `clients.json`.  What MJML itself writes into every mail is left out: it is
there for the programs that do know it, and no template can change it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from newsletter.phrases import Phrase, list_phrases, phrase
from newsletter.rendering.preflight.codes import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.rendering.findings import Finding
    from newsletter.rendering.preflight.pages import Page

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_STYLE = re.compile(r"<style[^<>]*>(.*?)(?:</style|\Z)", re.DOTALL | re.IGNORECASE)
_STYLES = re.compile(r"\sstyle=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_PROPERTY = re.compile(r"(?:^|[;{])\s*([a-z-]+)\s*:")
_AT_RULE = re.compile(r"@([a-z-]+)\s*([^{;]*)")
_MEDIA_FEATURE = re.compile(r"\(\s*([a-z-]+)")
_PSEUDO_CLASS = re.compile(r":([a-z-]+)(?=[\s,{(:.>+~)])")
_PSEUDO_ELEMENT = re.compile(r"::([a-z-]+)")
_ELEMENT = re.compile(r"<([a-z][a-z0-9]*)[\s/>]")


def of_page(page: Page) -> Iterator[Finding]:
    """Tell what the mail uses, beyond MJML's own, that a program does not or only partly know."""
    table = _table()
    names = [phrase(each) for each in table["clients"]]
    for slug in sorted(features_of(page.parts.html) - set(table["baseline"])):
        if row := table["features"].get(slug):
            lacking = {
                kind: list_phrases([names[each] for each in row[kind]]) for kind in ("no", "partly")
            }
            yield make_finding("client-support", _message(row["title"], **lacking))


def _message(title: str, no: str, partly: str) -> Phrase:
    if not partly:
        return phrase("{title}: not in {programs}", title=title, programs=no)
    if not no:
        return phrase("{title}: only partly in {programs}", title=title, programs=partly)
    return phrase(
        "{title}: not in {no}; only partly in {partly}", title=title, no=no, partly=partly
    )


def features_of(html: str) -> set[str]:
    """Return the features that a document may use, as caniemail calls them: `css-max-height`."""
    html = _COMMENT.sub("", html)
    sheets = _CSS_COMMENT.sub("", "\n".join(_STYLE.findall(html)))
    inline = "".join(f";{one or other}" for one, other in _STYLES.findall(html))
    media = [
        name
        for rule, query in _AT_RULE.findall(sheets)
        if rule == "media"
        for name in _MEDIA_FEATURE.findall(query)
    ]
    return {
        *(f"css-{name}" for name in _PROPERTY.findall(sheets) + _PROPERTY.findall(inline)),
        *(f"css-at-{name}" for name, _ in _AT_RULE.findall(sheets)),
        *(f"css-at-media-{name}" for name in media),
        *(f"css-pseudo-class-{name}" for name in _PSEUDO_CLASS.findall(sheets)),
        *(f"css-pseudo-element-{name}" for name in _PSEUDO_ELEMENT.findall(sheets)),
        *(f"html-{name}" for name in _ELEMENT.findall(html)),
    }


@cache
def _table() -> dict[str, Any]:
    file = resources.files(__package__) / "clients.json"
    table: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return table
