"""Markdown, with or without metadata: an introduction, then one item for each `## heading`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from markdown_it.common.utils import normalizeReference

from newsletter.errors import LimitExceeded
from newsletter.phrases import translate
from newsletter.publishing.importing import metadata
from newsletter.publishing.importing.embedded import put_back
from newsletter.publishing.importing.fields import fields_from, require_fit
from newsletter.publishing.importing.parsed_issue import (
    Item,
    ParsedIssue,
    Picture,
    Source,
    escape_markdown,
)
from newsletter.rendering.text.markdown import (
    Parsed,
    not_printed,
    parse_markdown,
    tag_as_text,
    to_html,
)
from newsletter.whitespace import single_spaced

if TYPE_CHECKING:
    from markdown_it.token import Token

    #: Where links lead, by their labels.
    Definitions = Mapping[str, Mapping[str, Any]]

#: Characters of all items: link definitions are repeated in each that needs them.
MAX_TOTAL_LENGTH = 1_000_000
_RAW_PICTURE = re.compile(r"<img\b[^<>]*?\ssrc=[\"']([^<>\"']*)", re.IGNORECASE)
#: What is between brackets may be the label of a link; in quotes its lines begin with `>`.
_BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)
#: Where a footnote is called.
_CALL = re.compile(r"\[\^([^\]\s\[]{1,200})\]")
#: A footnote that a stretch has itself, beside one of the same name elsewhere.
_OWN_NOTE = re.compile(r"^[ >]{0,8}\[\^([^\]\s\[]{1,200})\]:", re.MULTILINE)
#: A link definition that stands in no quotation.
_DEFINITION = re.compile(r" {0,3}\[")
_LINE_START = re.compile(r"\n[ \t>]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A stretch of the text: its heading, the index of that line, and the Markdown below."""

    headline: str
    index: int
    text: str


def has_item_heading(source: Source) -> bool:
    """Say whether there is any heading of an item."""
    return any(find_headings(parse_markdown(source.text).tokens))


def read_markdown(source: Source) -> ParsedIssue:
    """Return the issue in a Markdown file, or raise `ImportRejected` with the line to fix."""
    head = metadata.read_metadata(source)
    # Blank lines for the metadata, so that lines keep their numbers.
    body = "\n" * head.body_index + "\n".join(source.lines[head.body_index :])
    parsed = parse_markdown(body)
    opening, *sections = split(body, parsed)
    heading, rest = top_heading(opening.text)
    found = fields_from(source, head, heading)
    introduction = rest if heading == found["title"] else opening.text
    check_lengths(source, sections)
    items = tuple(read_item(source, section) for section in sections)
    shown = tuple(find_pictures(source, parsed.tokens))
    named = {each.file for each in (*shown, found["image"]) if each}
    if no_picture := {key: each for key, each in source.embedded.items() if key not in named}:
        text = put_back(source.text, no_picture)
        left = {key: each for key, each in source.embedded.items() if key in named}
        return read_markdown(replace(source, text=text, embedded=left))
    if not items and not has_content(introduction):
        raise source.rejected(
            _("there is no text below the metadata"),
            max(head.body_index, 1),
            hint=_("Write an introduction, or items that begin with ## and a headline."),
        )
    return ParsedIssue(
        **found,
        introduction=introduction if has_content(introduction) else "",
        items=items,
        pictures=shown,
        embedded=source.embedded,
        metadata=head.unknown,
        notes=tuple(struck_out(parsed.tokens)),
    )


def struck_out(tokens: list[Token]) -> Iterator[str]:
    """Say which headlines lost words that are struck out."""
    starts = {start for (start, _), _ in find_headings(tokens)}
    for opening, inside in pairwise(tokens):
        struck = any(child.type == "s_open" for child in inside.children or ())
        if opening.type == "heading_open" and opening.map and opening.map[0] in starts and struck:
            yield _(
                "Headlines are plain text: the words that are struck out on line {line} are left"
                " out."
            ).format(line=opening.map[0] + 1)


def check_lengths(source: Source, sections: list[Section]) -> None:
    """Raise `ImportRejected` where link definitions, repeated in each item, make far too much."""
    total = 0
    for section in sections:
        total += len(section.text)
        if total > MAX_TOTAL_LENGTH:
            raise source.rejected(
                _("the items together have more than {number} characters").format(
                    number=f"{MAX_TOTAL_LENGTH:,}"
                ),
                section.index + 1,
                hint=_("Shorten the addresses that many items link to."),
            )


def find_headings(tokens: list[Token]) -> Iterator[tuple[tuple[int, int], Sequence[Token]]]:
    """Yield the lines of each heading of an item, and what is in it.

    The parser decides what a heading is, so that `##` in code or in a comment is none.  A file
    that has no `##`, but more than one `#`, begins its items with those.
    """
    for tag, least in (("h2", 1), ("h1", 2)):
        found = [
            ((token.map[0], token.map[1]), tokens[index + 1].children or ())
            for index, token in enumerate(tokens)
            if token.type == "heading_open" and token.tag == tag and not token.level and token.map
        ]
        if len(found) >= least:
            yield from found
            return


def split(body: str, parsed: Parsed) -> Iterator[Section]:
    """Yield what stands before the first `##`, then each `##` with what follows it."""
    notes = Notes(body, parsed.footnotes)
    lines = notes.rest
    found = list(find_headings(parsed.tokens))
    bounds = [*(start for (start, _), _ in found), len(lines)]
    links = Links(lines, parsed, bounds)

    def whole(start: int, end: int, text: str) -> str:
        return links.beside(start, end, notes.beside(start, end, text.strip("\n")))

    opening = whole(0, bounds[0], "\n".join(lines[: bounds[0]]))
    yield Section(headline="", index=0, text=opening)
    for ((start, below), heading), end in zip(found, bounds[1:], strict=True):
        text = below_heading(heading, "\n".join(lines[below:end]).strip("\n"))
        yield Section(headline=strip_marks(heading), index=start, text=whole(start, end, text))


def below_heading(heading: Sequence[Token], text: str) -> str:
    """Return a text with links, pictures and notes of its heading in front, which is plain text."""
    parts: list[str] = []
    inside: list[Token] = []
    href = ""
    for token in heading:
        if token.type == "link_open":
            href, inside = str(token.attrs.get("href", "")), []
        elif token.type == "link_close":
            words = "".join(map(as_picture, inside)) or escape_markdown(strip_marks(inside))
            parts.append(f"[{words}](<{href}>)")
            href = ""
        elif href:
            inside.append(token)
        elif token.type == "footnote_ref":
            parts.append(f"[^{token.meta['label']}]")
        else:
            parts.append(as_picture(token))
    found = " ".join(filter(None, parts))
    return f"{found}\n\n{text}".strip("\n") if found else text


def as_picture(token: Token) -> str:
    """Return a picture as Markdown, and nothing for what is none."""
    if token.type != "image":
        return ""
    return (
        f"![{escape_markdown(strip_marks(token.children or ()))}](<{token.attrs.get('src', '')}>)"
    )


class Notes:
    """The footnotes of a file: each goes with the stretches that refer to it.

    `rest` are the lines of the file without them.  One that nothing refers to stays where it is.
    """

    def __init__(self, body: str, places: Mapping[str, tuple[int, int]]) -> None:
        self.rest = body.split("\n")
        self._places = places
        self._texts = {
            label: "\n".join(self.rest[start:end]).rstrip()
            for label, (start, end) in self._places.items()
        }
        self._used = set(_CALL.findall(body)) - {
            # A definition looks like a call; it is one only where it stands elsewhere too.
            label
            for label in self._places
            if body.count(f"[^{label}]") == 1
        }
        for start, end in self._places.values():
            self.rest[start:end] = [""] * (end - start)

    def beside(self, start: int, end: int, text: str) -> str:
        """Return a stretch between two lines with the footnotes that belong to it."""
        called = set(_CALL.findall(text)) - set(_OWN_NOTE.findall(text))
        for label in [each for each in self._places if each in called]:
            called |= set(_CALL.findall(self._texts[label]))
        needed = [
            note
            for label, note in self._texts.items()
            if label in called
            or (label not in self._used and start <= self._places[label][0] < end)
        ]
        return "\n\n".join([text, *needed]) if needed else text


class Links:
    """The link definitions of a file: each goes with the stretches that refer to it.

    Those that end a stretch are blanked in `lines`: mostly they are for other stretches.
    """

    def __init__(self, lines: list[str], parsed: Parsed, ends: Iterable[int]) -> None:
        used = parsed.definitions.items()
        self._places: dict[str, tuple[int, int]] = {
            label: (link["map"][0], link["map"][1]) for label, link in used
        }
        self._texts = {label: write_definition(label, link) for label, link in used}
        last = {end: label for label, (_, end) in self._places.items()}
        stays = {each.line for each in parsed.unused}
        for end in ends:
            at = end
            while at and (at in last or at in stays or not lines[at - 1].strip()):
                at = self._taken(lines, last[at]) if at in last else at - 1

    def _taken(self, lines: list[str], label: str) -> int:
        """Take a definition out of its place, as it is written; return where it began."""
        start, end = self._places[label]
        if not _DEFINITION.match(lines[start]):
            # In a quotation, or in a footnote.
            return 0
        self._texts[label] = "\n".join(lines[start:end])
        self._places[label] = (-1, -1)
        lines[start:end] = [""] * (end - start)
        return start

    def beside(self, start: int, end: int, text: str) -> str:
        """Return a stretch between two lines with the definitions that it needs from elsewhere.

        They come first: at the end, they would be part of a block of code that is never closed.
        """
        labels = set(map(normalizeReference, labels_in(_LINE_START.sub(" ", text))))
        needed = [
            found
            for label, found in self._texts.items()
            if label in labels and not start <= self._places[label][0] < end
        ]
        return "\n".join([*needed, "", text]) if needed else text


def labels_in(text: str) -> Iterator[str]:
    """Yield what stands between brackets, the innermost ones."""
    start = -1
    for bracket in _BRACKET.finditer(text):
        if bracket[0] == "[":
            start = bracket.end()
        elif bracket[0] == "]":
            if 0 <= start < bracket.start():
                yield text[start : bracket.start()]
            start = -1


def write_definition(label: str, link: Mapping[str, str]) -> str:
    """Return a link definition as Markdown."""
    title = link["title"].replace("\\", "\\\\").replace("&", "&amp;").replace('"', '\\"')
    href = link["href"].replace("&", "&amp;")
    return f"[{label.lower()}]: <{href}>" + (f' "{title}"' if title else "")


def strip_marks(tokens: Iterable[Token]) -> str:
    """Return what can be read of formatted text, without what is struck out."""
    parts = []
    struck = 0
    for token in tokens:
        struck += (token.type == "s_open") - (token.type == "s_close")
        if struck:
            continue
        if token.type == "image":
            parts.append(strip_marks(token.children or ()))
        elif token.type in {"softbreak", "hardbreak"} or token.content.lower().startswith("<br"):
            parts.append(" ")
        else:
            is_tag = token.type == "html_inline"
            parts.append(tag_as_text(token.content) if is_tag else token.content)
    return single_spaced("".join(parts).strip())


def read_item(source: Source, section: Section) -> Item:
    """Return a section as an item, or raise `ImportRejected`."""
    line = section.index + 1
    require_fit(source, "headline", section.headline, line)
    text = section.text if render_section(source, section) or has_content(section.text) else ""
    return Item(headline=section.headline, body=text, line=line)


def render_section(source: Source, section: Section) -> str:
    """Return the HTML of a section, or raise `ImportRejected` with the line of its heading."""
    try:
        return to_html(section.text)
    except LimitExceeded as error:
        problem = (
            f"“{section.headline}”: {translate(error.problem)}"
            if section.headline
            else translate(error.problem)
        )
        raise source.rejected(problem, section.index + 1, hint=translate(error.hint)) from None


def has_content(text: str) -> bool:
    """Say whether a text has anything for readers, or something that the check has to name."""
    return bool(to_html(text) or not_printed(text))


def top_heading(opening: str) -> tuple[str, str]:
    """Return the words of a `# heading` that comes first, if one does, and what follows it."""
    tokens = parse_markdown(opening).tokens
    first = tokens[0] if tokens else None
    if first is None or first.tag != "h1" or not first.map:
        return "", opening
    # Definitions may stand above it.
    lines = opening.split("\n")
    rest = [*lines[: first.map[0]], *lines[first.map[1] :]]
    heading = tokens[1].children or ()
    return strip_marks(heading), below_heading(heading, "\n".join(rest).strip("\n"))


def find_pictures(source: Source, tokens: list[Token]) -> Iterator[Picture]:
    """Yield the picture files in the text, each once; raise `ImportRejected` for what is none."""
    seen = set()
    lines = source.lines
    for token in tokens:
        for address in filter(is_file, find_addresses(token)):
            if address not in seen:
                seen.add(address)
                line = line_of(address, lines, token.map or [0, 1])
                yield build_picture(source, address, line)


def find_addresses(token: Token) -> Iterator[str]:
    """Yield the addresses of the pictures in a paragraph."""
    for child in [token, *(token.children or ())]:
        if child.type == "image":
            yield str(child.attrs.get("src", ""))
        elif child.type in {"html_inline", "html_block"}:
            yield from (html.unescape(found) for found in _RAW_PICTURE.findall(child.content))


def is_file(address: str) -> bool:
    """Say whether an address is not one on the web."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    return parts.scheme not in {"https", "http"} and not parts.netloc


def line_of(address: str, lines: list[str], span: list[int]) -> int:
    """Return the line, from 1, on which a paragraph names a picture; else where it begins."""
    spellings = (address, unquote(address))
    for index in range(span[0], min(span[1], len(lines))):
        if any(spelling in lines[index] for spelling in spellings):
            return index + 1
    return span[0] + 1


def build_picture(source: Source, address: str, line: int) -> Picture:
    """Return a picture file."""
    if not address or ":" in address.split("/", maxsplit=1)[0]:
        raise source.rejected(
            _("a picture comes from the web or from a file, not from {address}").format(
                address=repr(address[:40])
            ),
            line,
            hint=_("Save it as a file beside this one, and write its name."),
        )
    return Picture(address=address, file=unquote(address), line=line)
