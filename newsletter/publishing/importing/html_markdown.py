"""HTML as Markdown that shows the same: what Word and web pages hold, for the text of an issue.

A text is written as Markdown where it can say it, and as the tags of HTML where it cannot: a `**`
beside Japanese punctuation opens nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from newsletter.publishing.importing.parsed_issue import escape_markdown
from newsletter.whitespace import RUN, single_spaced

#: Elements that stand on lines of their own.
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div"),
        *("dl", "dt", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5"),
        *("h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)
#: How formatted words are marked: what Markdown writes, and which tag says the same.
MARKS = {
    "strong": ("**", "strong"),
    "b": ("**", "strong"),
    "em": ("*", "em"),
    "i": ("*", "em"),
    "s": ("~~", "s"),
    "del": ("~~", "s"),
    "strike": ("~~", "s"),
    "sup": ("", "sup"),
    "sub": ("", "sub"),
}
CODE = frozenset({"code", "kbd", "samp", "tt"})
#: Marks of Markdown besides those that `escape_markdown` knows.
_EXTENSIONS = re.compile(r"\^|==")
#: Letters and digits that need no rule of Markdown to be told from punctuation.
_PLAIN = re.compile(r"[A-Za-z0-9]")
#: Columns of a table, so that a cell that says it spans a million does not make a million.
MAX_COLUMNS = 50
#: How deep elements may be nested: a text of that depth has no form that a mail could show.
MAX_DEPTH = 100

#: What a link, and a picture, is written as; nothing where it is left out.
Address = Callable[[str], str]


@dataclass(slots=True)
class Writer:
    """Writes elements; `link` and `picture` say what becomes of an address.

    `notes` are the labels of the footnotes that the text calls, in their order.
    """

    link: Address
    picture: Address
    notes: list[str] = field(default_factory=list)

    def blocks(self, elements: list[HtmlElement]) -> str:
        """Return elements as paragraphs, lists and so on, with an empty line between them."""
        return "\n\n".join(filter(None, (self.block(each) for each in elements)))

    def block(self, element: HtmlElement, depth: int = 0) -> str:
        """Return one element as a block, or nothing if it says nothing."""
        if depth > MAX_DEPTH:
            raise RecursionError
        tag = str(element.tag)
        if tag not in BLOCKS and not holds_block(element):
            return paragraph(self.inline_element(element, depth))
        if tag in {"ul", "ol"}:
            return self.list(element, depth)
        if tag == "table":
            return self.table(element, depth)
        if tag == "hr":
            return "---"
        if tag == "pre":
            return fenced(str(element.text_content()))
        if tag == "blockquote":
            return indented(self.inside(element, depth), "> ", "> ")
        if level := heading_level(element):
            words = one_line(self.inline(element, depth))
            return f"{'#' * level} {words}" if words else ""
        return self.inside(element, depth)

    def inside(self, element: HtmlElement, depth: int) -> str:
        """Return what is in an element: runs of words as paragraphs, and the blocks in it."""
        parts: list[str] = []
        words = escaped(element.text or "")
        for child in element:
            if is_element(child) and (child.tag in BLOCKS or holds_block(child)):
                parts += [paragraph(words), self.block(child, depth + 1)]
                words = ""
            elif is_element(child):
                words += self.inline_element(child, depth + 1)
            words += escaped(child.tail or "")
        return "\n\n".join(filter(None, [*parts, paragraph(words)]))

    def inline(self, element: HtmlElement, depth: int = 0) -> str:
        """Return the words in an element with their formatting."""
        if depth > MAX_DEPTH:
            raise RecursionError
        words = escaped(element.text or "")
        for child in element:
            if is_element(child):
                words += self.inline_element(child, depth + 1)
            words += escaped(child.tail or "")
        return words

    def inline_element(self, element: HtmlElement, depth: int) -> str:
        """Return an element within a line."""
        tag = str(element.tag)
        if tag == "br":
            return "\\\n"
        if tag == "img":
            return self.image(element)
        if label := element.get("data-footnote"):
            self.notes.append(label)
            return f"[^{label}]"
        if tag == "a":
            return self.anchor(element, depth)
        if tag in CODE:
            return code(str(element.text_content()))
        words = self.inline(element, depth)
        return marked(words, *MARKS[tag], element) if tag in MARKS else words

    def anchor(self, element: HtmlElement, depth: int) -> str:
        """Return a link; one that leads nowhere is its words."""
        words = self.inline(element, depth)
        address = self.link(element.get("href") or "")
        inner = words.strip()
        if not address or not inner:
            return words
        before, after = " " * words.startswith(" "), " " * words.endswith(" ")
        return f"{before}[{inner}](<{address}>){after}"

    def image(self, element: HtmlElement) -> str:
        """Return a picture with what it shows."""
        address = self.picture(element.get("src") or "")
        alt = escape_markdown(single_spaced(element.get("alt") or ""))
        return f"![{alt}](<{address}>)" if address else ""

    def list(self, element: HtmlElement, depth: int) -> str:
        """Return a list; lists within items are indented."""
        ordered = element.tag == "ol"
        lines: list[str] = []
        number = int(start) if (start := element.get("start") or "1").isdigit() else 1
        loose = False
        for child in element:
            if not is_element(child):
                continue
            text = (
                self.block(child, depth + 1)
                if child.tag in {"ul", "ol"}
                else self.inside(child, depth + 1)
            )
            if not text:
                continue
            sign = f"{number}. " if ordered else "- "
            nested = child.tag in {"ul", "ol"} and bool(lines)
            lines.append(indented(text, " " * len(sign) if nested else sign, " " * len(sign)))
            loose |= is_loose(child)
            number += not nested
        return ("\n\n" if loose else "\n").join(tightened(each, loose) for each in lines)

    def table(self, element: HtmlElement, depth: int) -> str:
        """Return a table as Markdown; one that only places things is what is in it."""
        rows = [
            [cell for each in row if is_element(each) for cell in self.cells(each, depth)]
            for row in element.iter("tr")
            if next(row.iterancestors("table")) is element
        ]
        width = max(map(len, rows), default=0)
        if width < 2 or element.find(".//table") is not None:
            cells = list(element.iter("td", "th"))
            own = [each for each in cells if next(each.iterancestors("table")) is element]
            return "\n\n".join(filter(None, (self.inside(each, depth + 1) for each in own)))
        lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
        return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])

    def cells(self, cell: HtmlElement, depth: int) -> Iterator[str]:
        """Yield a cell on one line, and empty ones for the other columns that it spans."""
        paragraphs = self.inside(cell, depth + 1).replace("\\\n", "<br>")
        lines = re.sub(r"\n\s*\n", "<br>", paragraphs)
        yield one_line(lines).replace("|", "\\|")
        span = cell.get("colspan") or "1"
        yield from [""] * (min(int(span), MAX_COLUMNS) - 1 if span.isdigit() else 0)


def is_element(node: HtmlElement) -> bool:
    """Say whether a node is an element, and no comment."""
    return isinstance(node.tag, str)


def heading_level(element: HtmlElement) -> int:
    """Return the level of a heading, from 1, or 0 for what is none."""
    tag = str(element.tag)
    return int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456" else 0


def holds_block(element: HtmlElement) -> bool:
    """Say whether there is a block somewhere in an element that is none itself."""
    return any(is_element(each) and each.tag in BLOCKS for each in element.iterdescendants())


def is_loose(item: HtmlElement) -> bool:
    """Say whether an item of a list has more than one paragraph."""
    return len([each for each in item if each.tag == "p"]) > 1


_BEGINS_A_LIST = re.compile(r"[^\S\n]*(?:- |\d+\. )")


def tightened(item: str, loose: bool) -> str:
    """Return an item without empty lines before its inner list, unless it is loose."""
    if loose:
        return item
    kept: list[str] = []
    for line in item.split("\n"):
        while kept and not kept[-1].strip() and _BEGINS_A_LIST.match(line):
            kept.pop()
        kept.append(line)
    return "\n".join(kept)


def escaped(text: str) -> str:
    """Return text as Markdown on one line that shows the same, blanks at its ends as one."""
    one = RUN.sub(" ", text)
    return _EXTENSIONS.sub(lambda mark: f"\\{mark[0]}", escape_inside(one))


def escape_inside(text: str) -> str:
    """Escape what means something in a line; its start may not be that of a line."""
    # A letter in front keeps what means something only at the start of a line as it is.
    return escape_markdown(f"a{text}")[1:] if text else ""


def paragraph(words: str) -> str:
    """Return words as a paragraph: its lines begin with nothing that means a block."""
    lines = [RUN.sub(" ", line).strip(" ") for line in words.strip().split("\\\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return "\\\n".join(map(safe_start, lines))


_BLOCK_START = re.compile(r"(?P<digits>\d{1,9})(?=[.)](?:\s|$))|[#+=>:|-]")


def safe_start(line: str) -> str:
    """Return a line of words that no rule takes for a heading, a list or a quotation."""
    if not (found := _BLOCK_START.match(line)):
        return line
    end = found.end() if found["digits"] else 0
    return f"{line[:end]}\\{line[end:]}"


def one_line(text: str) -> str:
    """Return Markdown on one line."""
    return single_spaced(text.replace("\\\n", " "))


def marked(words: str, mark: str, tag: str, element: HtmlElement) -> str:
    """Return words between marks: those of Markdown where they hold, else tags."""
    inner = words.strip(" ")
    if not inner:
        return words
    before, after = " " * words.startswith(" "), " " * words.endswith(" ")
    ends_plain = bool(_PLAIN.match(inner[0]) and _PLAIN.match(inner[-1]))
    alone = not set("*~_<\n") & set(inner) and not touches_another(element)
    if mark and ends_plain and alone:
        return f"{before}{mark}{inner}{mark}{after}"
    return f"{before}<{tag}>{inner}</{tag}>{after}"


def touches_another(element: HtmlElement) -> bool:
    """Say whether another element stands directly before or behind one."""
    previous = element.getprevious()
    return (previous is not None and not previous.tail) or (
        element.getnext() is not None and not element.tail
    )


def code(text: str) -> str:
    """Return text as code within a line."""
    one = RUN.sub(" ", text).strip()
    if not one:
        return ""
    ticks = "`" * (max(map(len, re.findall("`+", one)), default=0) + 1)
    gap = " " if one.startswith("`") or one.endswith("`") else ""
    return f"{ticks}{gap}{one}{gap}{ticks}"


def fenced(text: str) -> str:
    """Return text as a block of code."""
    ticks = "`" * max(3, max(map(len, re.findall("`+", text)), default=0) + 1)
    body = text.strip("\n")
    return f"{ticks}\n{body}\n{ticks}" if body.strip() else ""


def indented(text: str, first: str, rest: str) -> str:
    """Return lines with something in front of the first, and of the others."""
    if not text:
        return ""
    lines = [f"{rest}{line}".rstrip() if line else rest.rstrip() for line in text.split("\n")]
    return "\n".join([f"{first}{text.split(chr(10), maxsplit=1)[0]}", *lines[1:]])
