"""Text for people and programs that read mail as plain text.

Lines break at a display width: East Asian characters count as two columns, break anywhere
but before closing punctuation and after opening brackets, and a URL is never broken.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from newsletter.phrases import phrase
from newsletter.rendering.personalisation.tracing import TOKEN, Rich
from newsletter.rendering.text import superscripts
from newsletter.rendering.text.footnotes import FOOTNOTE
from newsletter.whitespace import MEANINGLESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Columns of a line; mail programs quote with two more.
WIDTH = 72
#: The longest line a mail may have (RFC 5322, 2.1.1).
_WIDEST = 998
#: The widest margin, for the same reason that lines have a width.
_WIDEST_MARGIN = 100
#: Columns counted for recipient data that is not known yet.
_TOKEN_WIDTH = 10

_BLOCKS = {
    *("blockquote", "caption", "dd", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4"),
    *("hr", "li", "ol", "p", "pre", "table", "tr", "ul"),
}
_NO_LINE_START = frozenset(
    "\u3000、。，．・：；？！）」』】〉》〕］｝ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…‥"
)
_NO_LINE_END = frozenset("（「『【〈《〔［｛")
_JOINER = "\u200d"
_SKIN_TONES = "🏻🏼🏽🏾🏿"
_SPACE = re.compile(r"[ \t\r\n\f]+")
_WORD = re.compile(f"[^{MEANINGLESS}]+")
#: An address between angle brackets (RFC 3986, appendix C); one without is ASCII, or ends there.
_ADDRESS = re.compile(r"<[^<>\s]{1,2000}>")
#: What begins no whole tag.  For the end of one that has none, Python's parser looks again and
#: again through all that follows: 25 KB of them take it 20 seconds.
_STRAY = re.compile(r"<(?!/?[A-Za-z][^<>]{0,2000}>)")
_BREAK = "\x00"
#: Words that are struck out say the opposite without their line: as in Markdown.
_STRUCK = {"del", "s", "strike"}
#: Elements whose blocks stand close together, with their margins until an item has one.
_LISTS = {"ul": "", "ol": "", "dl": "", "dd": "    "}
_MOVED = {"sup": superscripts.spell_superscript, "sub": superscripts.lower_subscript}


def display_width(text: str) -> int:
    """Return the columns a text takes: wide characters two, combining ones none."""
    if text.isascii() and "zq" not in text:
        return len(text)
    shown = TOKEN.sub("_" * _TOKEN_WIDTH, text)
    return sum(_columns(character) for character in shown)


def wrap_paragraph(text: str, width: int = WIDTH, first: str = "", rest: str = "") -> str:
    """Return a paragraph broken into lines; `first` and `rest` begin the lines."""
    widest = max(len(first), len(rest))
    if widest > _WIDEST_MARGIN or not widest < width <= _WIDEST:
        raise ValueError(
            phrase(
                "lines of {number} columns cannot hold their margin, or are too wide", number=width
            )
        )
    if text.isascii() and "zq" not in text:
        return "\n".join(_narrow_lines(text.split(), width, first, rest))
    lines: list[str] = []
    line, margin, used = first, first, display_width(first)
    for word, space in _words(text):
        gap = "" if line == margin else space
        wide = display_width(word)
        if line != margin and used + len(gap) + wide > width:
            lines.append(line)
            line, margin, used, gap = rest, rest, display_width(rest), ""
        line += gap + word
        used += len(gap) + wide
    return "\n".join([*lines, line])


def _narrow_lines(words: list[str], width: int, first: str, rest: str) -> Iterator[str]:
    """Yield the lines of words whose signs take one column each and break nowhere."""
    line: list[str] = []
    margin, used = first, display_width(first)
    for word in words:
        if line and used + 1 + len(word) > width:
            yield margin + " ".join(line)
            line, margin, used = [], rest, display_width(rest)
        used += len(word) + bool(line)
        line.append(word)
    yield margin + " ".join(line)


def underline_text(text: str, mark: str = "=") -> str:
    """Return the text with a line of marks below it, as wide as its widest line."""
    return f"{text}\n{mark[:1] * max(map(display_width, text.split(chr(10))))}"


def to_plain_text(html: str, width: int = WIDTH, indent: str = "") -> str:
    """Return formatted text as plain text: `text <url>` for links, `* ` for list items."""
    if len(indent) > _WIDEST_MARGIN:
        raise ValueError(phrase("a margin of more than {number} columns", number=_WIDEST_MARGIN))
    # Formatted text was put in order when it was made; a template may give anything else.
    whole = str(html) if isinstance(html, Rich) else _STRAY.sub("&lt;", html)
    walker = Walker(min(width, _WIDEST), indent)
    walker.feed(whole)
    walker.close()
    return walker.text()


def _columns(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    category = unicodedata.category(character)
    return 0 if category in {"Mn", "Me", "Cf"} else 1


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Yield (piece that stays whole, what stands before it within a line)."""
    for word in _WORD.findall(text):
        space = " "
        for piece in _pieces(word):
            yield piece, space
            space = ""


def _pieces(word: str) -> Iterator[str]:
    """Cut a run without spaces where East Asian text may break."""
    if word.isascii():
        yield word
        return
    piece = ""
    for character in _characters(word):
        if piece and _may_break(piece[-1], character[0]):
            yield piece
            piece = ""
        piece += character
    yield piece


def _characters(word: str) -> Iterator[str]:
    """Yield the characters of a word; an address between angle brackets counts as one."""
    done = 0
    for address in _ADDRESS.finditer(word):
        yield from word[done : address.start()]
        yield address[0]
        done = address.end()
    yield from word[done:]


def _may_break(before: str, after: str) -> bool:
    if before == _JOINER or _columns(after) == 0 or after in _SKIN_TONES:
        return False
    wide = _is_wide(before) or _is_wide(after)
    return wide and after not in _NO_LINE_START and before not in _NO_LINE_END


def _is_wide(character: str) -> bool:
    """Say whether lines may break beside a character; Korean breaks at spaces only."""
    return _columns(character) == 2 and not "\uac00" <= character <= "\ud7a3"


@dataclass
class _List:
    """A list being walked: its kind, the number of its last item and how wide markers are.

    A definition stands in one of its own, further in than its term.
    """

    tag: str
    number: int = 0
    margin: str = ""

    @property
    def ordered(self) -> bool:
        """Whether items have numbers."""
        return self.tag == "ol"


class Walker(HTMLParser):
    """Collects paragraphs from the tags that `Html` may hold."""

    def __init__(self, width: int, indent: str) -> None:
        super().__init__(convert_charrefs=True)
        self._width = width
        self._indent = indent
        self._paragraphs: list[str] = []
        self._buffer = ""
        self._lists: list[_List] = []
        self._quotes = 0
        self._marker = ""
        self._links: list[tuple[str, int]] = []
        self._moved: list[tuple[str, int]] = []
        self._verbatim = False
        self._tables = 0

    def text(self) -> str:
        """Return all paragraphs, a blank line between them."""
        self.end_block()
        return "".join(self._paragraphs).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a link or an image."""
        attributes = dict(attrs)
        if tag in _BLOCKS:
            self.end_block()
        if tag in _LISTS:
            start = attributes.get("start") or "1"
            self._lists.append(_List(tag, int(start) - 1, _LISTS[tag]))
        elif tag == "li":
            self._begin_item(attributes.get("id") or "", attributes.get("value") or "")
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._verbatim = True
        elif tag == "table":
            self._tables += 1
        elif tag in {"td", "th"}:
            self._buffer += " | " if self._buffer.strip() else ""
        else:
            self._begin_inline(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        """End a block or a link."""
        if tag == "a" and self._links:
            self._end_link()
        if tag in _STRUCK:
            self._buffer += "~~"
        if self._moved and self._moved[-1][0] == tag:
            self._end_moved()
        if tag in _BLOCKS:
            self.end_block()
        if self._lists and self._lists[-1].tag == tag:
            self._lists.pop()
            self._blank_line()
        elif tag == "blockquote":
            self._quotes -= 1
        elif tag == "pre":
            self._verbatim = False
        elif tag == "table" and self._tables:
            self._tables -= 1
            self._blank_line()

    def handle_data(self, data: str) -> None:
        """Collect text; line ends count as spaces except in preformatted text."""
        self._buffer += data.replace("\n", _BREAK) if self._verbatim else data

    def _begin_inline(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "br":
            self._buffer += _BREAK
        elif tag == "hr":
            self._paragraphs.append(f"{self._indent}{'-' * (self._width // 2)}\n\n")
        elif tag in _STRUCK:
            self._buffer += "~~"
        elif tag in _MOVED:
            self._moved.append((tag, len(self._buffer)))
        elif tag == "a":
            self._links.append((attributes.get("href") or "", len(self._buffer)))
        elif tag == "img" and attributes.get("alt"):
            self._buffer += f"[{attributes['alt']}]"

    def _begin_item(self, name: str, value: str) -> None:
        if not self._lists:
            self._lists.append(_List("ul"))
        innermost = self._lists[-1]
        innermost.number = int(value) if value else innermost.number + 1
        self._marker = f"{innermost.number}. " if innermost.ordered else "* "
        if innermost.ordered and name.startswith(FOOTNOTE):
            # As it is called in the text: other lists have numbers, too.
            self._marker = f"[{innermost.number}] "
        innermost.margin = " " * len(self._marker)

    def _end_link(self) -> None:
        url, start = self._links.pop()
        label = self._buffer[start:].strip()
        if not url or url.startswith("#"):
            return
        if label not in {url, url.removeprefix("mailto:")}:
            self._buffer += f" <{url}>" if label else f"<{url}>"
        elif not label.isascii():
            # Without brackets, nobody could tell it from the words behind it.
            self._buffer = f"{self._buffer[:start]}<{label}>"

    def _end_moved(self) -> None:
        tag, start = self._moved.pop()
        self._buffer = self._buffer[:start] + _MOVED[tag](self._buffer[start:])

    def change_last(self, change: Callable[[str], str]) -> None:
        """Change the paragraph that was ended last."""
        if self._paragraphs:
            self._paragraphs[-1] = f"{change(self._paragraphs[-1].rstrip())}\n\n"

    def end_block(self) -> None:
        """End the paragraph that was being collected."""
        if self._verbatim:
            lines = self._buffer.rstrip(_BREAK).split(_BREAK)
        else:
            lines = [
                _SPACE.sub(" ", line).strip(MEANINGLESS) for line in self._buffer.split(_BREAK)
            ]
        self._buffer = ""
        self._moved.clear()
        if not any(lines):
            return
        first, rest = self._margins()
        wrapped = []
        for line in lines:
            wrapped.append(self._broken(line, first, rest))
            first = rest
        ending = "\n" if self._lists or self._tables else "\n\n"
        self._paragraphs.append("\n".join(wrapped) + ending)

    def _broken(self, line: str, first: str, rest: str) -> str:
        if self._verbatim:
            return f"{first}    {line}".rstrip()
        return wrap_paragraph(line, self._width, first, rest)

    def _margins(self) -> tuple[str, str]:
        rest = self._indent + "> " * self._quotes + "".join(each.margin for each in self._lists)
        # Words need room: what is nested deeper stands no further to the right.
        rest = rest[: max(self._width // 2, len(self._marker))]
        first = rest[: len(rest) - len(self._marker)] + self._marker
        self._marker = ""
        return first, rest

    def _blank_line(self) -> None:
        if not self._lists and self._paragraphs:
            self._paragraphs.append("\n")
