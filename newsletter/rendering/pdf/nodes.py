"""`Html` as a tree of plain data, which the PDF design reads from JSON.

A node is a string, or a mapping with `tag`, `nodes` (its children) and what the tag needs:
`href` or `to` of a link, `level` and `to` of a heading, `file` and `alt` of a picture,
`start`, `columns`, `span`, `align`, `text` of code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

Node = str | dict[str, Any]

_BLOCKS = frozenset(
    [
        *("blockquote", "caption", "dd", "dl", "dt", "figcaption", "figure", "h3", "h4", "hr"),
        *("li", "ol", "p", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    ]
)
_EMPTY = frozenset(["br", "hr", "img"])
_CODE = frozenset(["code", "kbd", "pre", "samp", "var"])
_SPACES = re.compile(r"[ \t\r\n\f]+")
#: Nodes in each other that Typst can walk; formatting that is nested deeper is left out.
_DEEPEST = 28
_WEB = ("https://", "http://", "mailto:", "tel:", "sms:", "webcal:")


@dataclass
class Anchors:
    """The places in a document that links lead to, by their ids; each id has one place."""

    names: dict[str, str] = field(default_factory=dict)
    placed: set[str] = field(default_factory=set)

    def place(self, anchor: str) -> str:
        """Return the name of a place to be marked here, or nothing if it is marked already."""
        if not anchor or anchor in self.placed:
            return ""
        self.placed.add(anchor)
        return self.name(anchor)

    def name(self, anchor: str) -> str:
        """Return the name that the place of an id has or will have."""
        return self.names.setdefault(anchor, f"place-{len(self.names) + 1}")


@dataclass
class Levels:
    """The levels of headings: one may be higher than the last by any, deeper by one only."""

    last: int = 1

    def level(self, wanted: int) -> int:
        """Return the level for a heading that would be `wanted`."""
        self.last = min(wanted, self.last + 1)
        return self.last


@dataclass
class Reader:
    """Turns the texts of one document into nodes; `pictures` are file names by address."""

    pictures: Mapping[str, str]
    anchors: Anchors = field(default_factory=Anchors)
    levels: Levels = field(default_factory=Levels)
    depth: int = 0
    in_link: bool = False

    def nodes(self, html: str) -> list[Node]:
        """Return the nodes of a text."""
        parser = _Parser()
        parser.feed(html)
        parser.close()
        return self._children(parser.root)

    def _children(self, element: _Element) -> list[Node]:
        self.depth += 1
        nodes = [self._node(child) for child in _significant(element.children)]
        self.depth -= 1
        return [node for node in nodes if node is not None]

    def _node(self, child: _Element | str) -> Node | None:
        if isinstance(child, str):
            return _SPACES.sub(" ", child)
        if child.tag in _CODE:
            return {"tag": "pre" if child.tag == "pre" else "code", "text": child.text()}
        if child.tag == "img":
            return self._picture(child)
        if self.depth > _DEEPEST and child.tag != "li":
            words = _SPACES.sub(" ", child.text())
            return {"tag": "p", "nodes": [words]} if child.tag in _BLOCKS else words
        made = {"tag": child.tag, **self._details(child)}
        # After the details: a heading comes before what is in it.
        around, self.in_link = self.in_link, self.in_link or child.tag == "a"
        made["nodes"] = [] if child.tag == "table" else self._children(child)
        self.in_link = around
        return made

    def _details(self, element: _Element) -> dict[str, Any]:
        details = _DETAILS.get(element.tag)
        direction = element.get("dir")
        is_set = direction in {"ltr", "rtl"} and element.tag in _BLOCKS
        own = {"dir": direction} if is_set else {}
        return {**own, **details(self, element)} if details else own

    def _picture(self, element: _Element) -> Node | None:
        file = self.pictures.get(element.get("src"))
        if file is None:
            return self._words_of_picture(element)
        width = element.get("width")
        return {
            "tag": "img",
            "file": file,
            "alt": element.get("alt").strip(),
            "width": int(width) if width.isdigit() else 0,
        }

    def _words_of_picture(self, element: _Element) -> Node | None:
        """Return what stands for a picture that is not here: its words, and the way to it."""
        address = element.get("src")
        words = element.get("alt").strip() or unquote(address.rstrip("/").rpartition("/")[2])
        if self.in_link or not address.lower().startswith(_WEB):
            return f"[{words}]" if words else None
        return {"tag": "a", "href": address, "nodes": [f"[{words}]"]}

    def _link(self, element: _Element) -> dict[str, Any]:
        href = element.get("href")
        if href.startswith("#"):
            return {"to": self.anchors.name(href[1:])}
        return {"href": href} if href.lower().startswith(_WEB) else {}

    def _heading(self, element: _Element) -> dict[str, Any]:
        level = self.levels.level(int(element.tag[1]))
        return {"level": level, "to": self.anchors.place(element.get("id"))}

    def _item(self, element: _Element) -> dict[str, Any]:
        return {"to": self.anchors.place(element.get("id"))}

    def _list(self, element: _Element) -> dict[str, Any]:
        start = element.get("start")
        return {"start": int(start) if start.isdigit() else 1}

    def _table(self, element: _Element) -> dict[str, Any]:
        rows = [[self._cell(cell) for cell in row] for row in element.rows()]
        width = max((sum(cell["span"] for cell in row) for row in rows), default=0)
        heads = bool(rows) and all(cell["head"] for cell in rows[0])
        return {"columns": width, "rows": rows, "heads": heads}

    def _cell(self, element: _Element) -> dict[str, Any]:
        span = element.get("colspan")
        return {
            "head": element.tag == "th",
            "align": element.get("align") or "start",
            "span": max(1, int(span)) if span.isdigit() else 1,
            "dir": element.get("dir"),
            "nodes": self._children(element),
        }


_DETAILS: Mapping[str, Callable[[Reader, _Element], dict[str, Any]]] = {
    "a": Reader._link,  # noqa: SLF001  the table of the class above
    "h3": Reader._heading,  # noqa: SLF001
    "h4": Reader._heading,  # noqa: SLF001
    "li": Reader._item,  # noqa: SLF001
    "ol": Reader._list,  # noqa: SLF001
    "table": Reader._table,  # noqa: SLF001
}


@dataclass
class _Element:
    """An element with its attributes and children."""

    tag: str
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    children: list[_Element | str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """Return an attribute, empty if it is not there."""
        return self.attributes.get(name) or ""

    def text(self) -> str:
        """Return all text inside."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def elements(self) -> Iterator[_Element]:
        """Yield the children that are elements."""
        return (child for child in self.children if isinstance(child, _Element))

    def rows(self) -> Iterator[list[_Element]]:
        """Yield the cells of each row of a table, wherever in it the row stands."""
        for child in self.elements():
            if child.tag == "tr":
                yield [cell for cell in child.elements() if cell.tag in {"td", "th"}]
            elif child.tag in {"thead", "tbody", "tfoot"}:
                yield from child.rows()


class _Parser(HTMLParser):
    """Builds elements; `Html` is balanced, so every end tag closes the innermost one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add an element, and go into it unless it is always empty."""
        element = _Element(tag, dict(attrs))
        self._open[-1].children.append(element)
        if tag not in _EMPTY:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Leave the innermost element."""
        if tag not in _EMPTY and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Add text."""
        self._open[-1].children.append(data)


def _significant(children: Sequence[_Element | str]) -> list[_Element | str]:
    """Return the children without the spaces that only set blocks apart."""
    blocks = any(isinstance(child, _Element) and child.tag in _BLOCKS for child in children)
    if not blocks:
        return list(children)
    return [child for child in children if not isinstance(child, str) or child.strip()]
