"""The `mj-html-attributes` of MJML, which MRML does not know: attributes set by selectors.

<mj-html-attributes>
  <mj-selector path=".lead td">
    <mj-html-attribute name="data-part">lead</mj-html-attribute>
  </mj-selector>
</mj-html-attributes>

https://documentation.mjml.io/#mj-html-attributes
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass

from cssselect import SelectorError
from lxml import etree, html

from newsletter.errors import MjmlError
from newsletter.phrases import phrase

_WHOLE = re.compile(
    r"<mj-html-attributes\s*>(?P<inside>(?:(?!<mj-html-attributes).)*?)</mj-html-attributes\s*>",
    re.DOTALL,
)
_SELECTOR = re.compile(
    r"<mj-selector\s+path=(?P<quote>[\"'])(?P<path>(?>(?:(?!(?P=quote)|<).)*))(?P=quote)\s*>"
    r"(?P<inside>(?:(?!<mj-selector).)*?)</mj-selector\s*>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"<mj-html-attribute\s+name=(?P<quote>[\"'])(?P<name>[\w:.-]+)(?P=quote)\s*>"
    r"(?P<value>(?:(?!<mj-html-attribute).)*?)"
    r"</mj-html-attribute\s*>",
    re.DOTALL,
)
_START_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<name>[a-zA-Z](?>[\w:-]*))(?>(?:[^<>\"'/]|/(?!>)|\"(?>[^\"]*)\"|'(?>[^']*)')*)(?P<end>/?>)?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """An attribute for all elements that a CSS selector finds."""

    selector: str
    name: str
    value: str


def taken_out(source: str) -> tuple[str, list[Setting]]:
    """Return an MJML document without its `mj-html-attributes`, and what they set.

    Lines keep their numbers.
    """
    settings: list[Setting] = []

    def read(match: re.Match[str]) -> str:
        settings.extend(_settings(match["inside"]))
        return "\n" * match[0].count("\n")

    if "<mj-html-attributes" not in source:
        return source, []
    return _WHOLE.sub(read, source), settings


def _settings(source: str) -> list[Setting]:
    return [
        Setting(
            entities.unescape(selector["path"]),
            attribute["name"],
            entities.unescape(attribute["value"].strip()),
        )
        for selector in _SELECTOR.finditer(source)
        for attribute in _ATTRIBUTE.finditer(selector["inside"])
    ]


def put_in(document: str, settings: list[Setting]) -> str:
    """Return an HTML document with the attributes set; nothing else of it changes.

    Raises `MjmlError` for a selector that cannot be read, or where the tree of the document is
    not as its tags are written.
    """
    if not settings:
        return document
    tags = [tag for tag in _START_TAG.finditer(document) if tag["end"]]
    tree = html.document_fromstring(document)
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    if [tag["name"].lower() for tag in tags] != [str(element.tag) for element in elements]:
        raise MjmlError(
            phrase("mj-html-attributes finds nothing where tags are not nested as HTML wants")
        )
    places = dict(zip(elements, tags, strict=True))
    added: dict[int, str] = {}
    for setting in settings:
        for element in _found(tree, setting):
            if element.get(setting.name) is None:
                written = f' {setting.name}="{entities.escape(setting.value)}"'
                end = places[element].start("end")
                added[end] = added.get(end, "") + written
                element.set(setting.name, setting.value)
    return _with(document, added)


def _found(tree: html.HtmlElement, setting: Setting) -> list[html.HtmlElement]:
    try:
        return list(tree.cssselect(setting.selector))
    except (SelectorError, etree.XPathError):
        problem = phrase(
            "mj-selector: {selector!r} is no selector of CSS", selector=setting.selector
        )
        raise MjmlError(problem) from None


def _with(document: str, added: dict[int, str]) -> str:
    pieces, done = [], 0
    for place in sorted(added):
        pieces += [document[done:place], added[place]]
        done = place
    return "".join([*pieces, document[done:]])
