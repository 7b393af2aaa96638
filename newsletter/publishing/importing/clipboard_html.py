"""What Word, Google Docs and others mean by the styles they write into HTML.

They mark bold by a style and put a whole text between `<b style="font-weight:normal">`; Word
writes the items of a list as paragraphs.  Here all of it becomes the elements that mean it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html as lxml_html
from lxml.html import HtmlElement

from newsletter.publishing.importing.html_markdown import BLOCKS, is_element

#: Elements that say nothing to a reader.
DROPPED = frozenset(
    {
        *("script", "style", "meta", "link", "title", "head", "xml", "template", "noscript"),
        *("button", "select", "input", "textarea", "iframe", "video", "audio", "object", "embed"),
        *("svg", "canvas", "math"),
    }
)
#: How Word writes what nobody is to see, and comments.
_HIDDEN = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|mso-element\s*:\s*comment", re.IGNORECASE
)
_COMMENTS = frozenset({"msocommentreference", "msocommenttext", "msocomanchor", "msocomoff"})
_WEIGHT = re.compile(r"font-weight\s*:\s*(\w+)", re.IGNORECASE)
_SLANT = re.compile(r"font-style\s*:\s*(\w+)", re.IGNORECASE)
_STRUCK = re.compile(r"\bline-through\b", re.IGNORECASE)
_RAISED = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
_LEVEL = re.compile(r"mso-list\s{0,9}:[^;:]*level(\d)", re.IGNORECASE)
_IGNORED = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_NUMBERED = re.compile(r"\(?(?:\d+|[a-z]{1,4})[.)]", re.IGNORECASE)
#: Beside a heading, what leads to it: on our own pages, and on those of others.
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
HEADING_SIGNS = frozenset({"", "#", "¶", "§", "🔗"})


def style_of(element: HtmlElement) -> str:
    """Return the style of an element, as it is written."""
    return element.get("style") or ""


def drop_unseen(root: HtmlElement) -> int:
    """Take out what no reader sees; return how many comments there were."""
    comments = 0
    for element in list(root.iter()):
        if element is root or element.getparent() is None:
            continue
        classes = (
            {each.lower() for each in (element.get("class") or "").split()}
            if is_element(element)
            else set()
        )
        comments += bool(classes & {"msocommentreference"})
        unseen = not is_element(element) or element.tag in DROPPED or ":" in str(element.tag)
        unseen = unseen or bool(classes & _COMMENTS) or bool(_HIDDEN.search(style_of(element)))
        if unseen or is_pixel(element) or is_heading_sign(element):
            drop_whole(element)
    return comments


def is_heading_sign(element: HtmlElement) -> bool:
    """Say whether an element is the sign beside a heading that links to it, as on our own pages."""
    return (
        element.tag == "a"
        and (element.get("href") or "").startswith("#")
        and element.text_content().strip() in HEADING_SIGNS
        and next(element.iterancestors(*HEADINGS), None) is not None
    )


def is_pixel(element: HtmlElement) -> bool:
    """Say whether an element is a picture of one pixel, which only counts who reads."""
    return element.tag == "img" and "1" in {element.get("width"), element.get("height")}


def drop_whole(element: HtmlElement) -> None:
    """Take an element out, with what is in it; what stands behind it stays."""
    if is_element(element):
        element.drop_tree()
        return
    parent, previous = element.getparent(), element.getprevious()
    if element.tail and previous is not None:
        previous.tail = (previous.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def mark_formatting(root: HtmlElement) -> None:
    """Give words that are bold, slanted, struck out or raised by a style their elements."""
    for element in list(root.iter("b", "strong", "i", "em")):
        weight, slant = _WEIGHT.search(style_of(element)), _SLANT.search(style_of(element))
        heavy = element.tag in {"b", "strong"}
        if (heavy and weight and is_normal(weight[1])) or (
            not heavy and slant and slant[1] == "normal"
        ):
            element.tag = "span"
    for element in list(root.iter("span", "font")):
        for tag in formats_of(element):
            wrap_inside(element, tag)


def is_normal(weight: str) -> bool:
    """Say whether a weight is none that is bold."""
    return weight in {"normal", "lighter", "100", "200", "300", "400", "500"}


def formats_of(element: HtmlElement) -> Iterator[str]:
    """Yield the elements that say what the style of one does."""
    style = style_of(element)
    if any(each.tag in BLOCKS for each in element.iterdescendants() if is_element(each)):
        return
    weight, slant, raised = _WEIGHT.search(style), _SLANT.search(style), _RAISED.search(style)
    heading = any(
        str(each.tag)[:1] == "h" and str(each.tag)[1:].isdigit() for each in element.iterancestors()
    )
    if weight and not is_normal(weight[1]) and not heading:
        yield "strong"
    if slant and slant[1] in {"italic", "oblique"}:
        yield "em"
    if _STRUCK.search(style):
        yield "s"
    if raised:
        yield "sup" if raised[1].lower() == "super" else "sub"


def wrap_inside(element: HtmlElement, tag: str) -> None:
    """Put what is in an element into another one in it."""
    inner = lxml_html.Element(tag)
    inner.text, element.text = element.text, None
    for child in list(element):
        inner.append(child)
    element.append(inner)


def mark_word_lists(root: HtmlElement) -> None:
    """Make lists of the paragraphs that Word writes for the items of one."""
    open_lists: list[HtmlElement] = []
    last: HtmlElement | None = None
    for paragraph in list(root.iter("p")):
        found = _LEVEL.search(style_of(paragraph))
        if not found:
            open_lists = []
            continue
        if last is None or paragraph.getprevious() is not last:
            open_lists = []
        sign = take_sign(paragraph)
        level = min(int(found[1]), len(open_lists) + 1)
        open_lists = open_lists[:level]
        item = lxml_html.Element("li")
        if len(open_lists) < level:
            begun = lxml_html.Element("ol" if _NUMBERED.match(sign) else "ul")
            if open_lists:
                open_lists[-1][-1].append(begun)
            else:
                paragraph.addprevious(begun)
            open_lists.append(begun)
        open_lists[-1].append(item)
        item.text = paragraph.text
        for child in list(paragraph):
            item.append(child)
        paragraph.getparent().remove(paragraph)
        last = open_lists[0]


def take_sign(paragraph: HtmlElement) -> str:
    """Take the sign of a list item out of its words; return it."""
    for element in paragraph.iter("span"):
        if _IGNORED.search(style_of(element)):
            sign = str(element.text_content()).strip()
            element.drop_tree()
            return sign
    return ""
