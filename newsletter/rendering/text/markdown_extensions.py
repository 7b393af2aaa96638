"""What GitHub's Markdown has besides CommonMark: footnotes, task lists, addresses that are links.

https://github.github.com/gfm/ and https://docs.github.com/get-started/writing-on-github
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from linkify_it import LinkifyIt
from markdown_it.rules_block import reference

from newsletter.rendering.personalisation.merge_tags import is_merge_tag
from newsletter.rendering.text import definition_lists, footnotes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore

#: Link definitions: label, address and title of each.
Definitions = tuple[tuple[str, str, str], ...]
_BOX = re.compile(r"\[(?P<done>[ xX])\](?= )")
#: Punctuation of Chinese and Japanese, which no address holds as it is.
_EAST_ASIAN_MARK = re.compile("[\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff3d\uff5b-\uff65]")
#: An address up to where an East Asian letter follows a Latin one: `https://example.org/aを`.  In
#: a question such letters may stand behind any other, and a word of its own begins behind a slash.
_GOES_ON = re.compile(
    r"(?:https?://)?[A-Za-z0-9.-]{3,253}\.[A-Za-z]{2,24}(?::[0-9]{1,5})?"
    r"(?:/[A-Za-z0-9._~/%@!$&'()*+,;=:-]{0,2000}[A-Za-z0-9])?"
    r"(?=[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3])(?![^/?#]{1,60}\.)",
    re.IGNORECASE,
)
_OPEN, _DONE = "\u2610", "\u2611"
#: A box of GitHub: the first line of a quotation; and the first or last of Docusaurus and Pandoc.
_ALERT = re.compile(r"\[!(?P<kind>[A-Za-z]{2,20})\][+-]?(?P<title>[^\n]{0,200})(?:\n|\Z)")
_BOX_LINE = re.compile(
    r":{3,}[ ]?(?:\{[^{}\n]{0,60}?(?:\.(?P<class>[\w-]{1,40})[^{}\n]{0,100})?\}"
    r"|(?P<kind>[\w-]{1,40}))?(?:[ ]?\[(?P<title>[^\[\]\n]{1,200})\]"
    r"|[ ](?P<words>[^\s:{}](?:[^\n:{}]{0,199}[^\s:{}])?))?[ ]*:*"
)
#: Blanks that an author types on purpose: Japanese begins a paragraph with U+3000.
_WIDE = "".join(map(chr, (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
_LEADS_SOMEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,30}:[^\s]|www\.")
_ANY_WIDE = re.compile(f"[{_WIDE}]")


@dataclass(frozen=True, slots=True)
class Unused:
    """A link definition that nothing in its text refers to, and its line, from 1."""

    label: str
    address: str
    line: int


class References(dict[str, dict[str, Any]]):
    """The link definitions of a text by their labels; remembers which of them links use.

    Those that stand `elsewhere` in the issue hold where the text has none of its own.
    """

    def __init__(self, elsewhere: Definitions = ()) -> None:
        super().__init__()
        self.used: set[str] = set()
        self._elsewhere = {
            label: {"href": href, "title": title} for label, href, title in elsewhere
        }

    def get(self, label: str, default: Any = None) -> Any:
        """Return a definition, as the rules for links and pictures ask for it."""
        self.used.add(label)
        return super().get(label) or self._elsewhere.get(label, default)


class _Linkify(LinkifyIt):  # type: ignore[misc]  # it has no types
    """Finds addresses as GitHub does: with a scheme, with `www.`, or of a mailbox."""

    def match(self, text: str) -> list[Any] | None:
        """Return what is an address; a word such as `example.rs` is none."""
        found = []
        for each in map(_ended, super().match(text) or []):
            if not each.schema and each.raw.lower().startswith("www."):
                each.url = f"https://{each.raw}"
            elif not each.schema:
                continue
            found.append(each)
        return found

    def match_at_start(self, text: str) -> Any:
        """Return the address that a text begins with, or None."""
        found = super().match_at_start(text)
        return _ended(found) if found else None


def _ended(match: Any) -> Any:
    """Return an address that ends where a sentence goes on in a script without spaces."""
    if match.text.isascii():
        return match
    ends = [found.start() for found in (_EAST_ASIAN_MARK.search(match.text),) if found]
    ends += [found.end() for found in (_GOES_ON.match(match.text),) if found]
    if not ends:
        return match
    length = min(ends)
    match.url = match.url[: len(match.url) - len(match.text) + length]
    match.last_index -= len(match.text) - length
    match.text = match.text[:length]
    match.raw = match.raw[:length]
    return match


def extend(parser: MarkdownIt) -> None:
    """Have a parser read these extensions too."""
    parser.block.ruler.at("reference", _definition)
    parser.block.ruler.before("paragraph", "box", _read_box, {"alt": ["paragraph", "blockquote"]})
    parser.core.ruler.before("inline", "wide_blanks", _keep_wide_blanks)
    parser.core.ruler.before("inline", "alerts", _name_alerts)
    definition_lists.extend(parser)
    footnotes.extend(parser)
    parser.linkify = _Linkify()
    parser.options["linkify"] = True
    parser.enable("linkify")
    parser.core.ruler.push("task_boxes", _draw_boxes)


def make_environment(markdown: str, elsewhere: Definitions = ()) -> dict[str, Any]:
    """Return the environment for a text: its footnotes must not have the names of another's."""
    name = hashlib.sha256(markdown.encode("utf-8", "replace")).hexdigest()[:6]
    return {"docId": name, "references": References(elsewhere)}


def used_definitions(environment: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the link definitions of a parsed text that a link uses, by their labels."""
    references: References = environment["references"]
    return {label: each for label, each in references.items() if label in references.used}


def unused_definitions(environment: Mapping[str, Any]) -> Iterator[Unused]:
    """Yield the definitions of a parsed text that lead somewhere, and that no link uses.

    One without a scheme, such as `[//]: # (a remark)`, is how Markdown writes what is not shown.
    A second address for a label is never used.
    """
    references: References = environment["references"]
    left = [(label, each) for label, each in references.items() if label not in references.used]
    left += [
        (each["label"], each)
        for each in environment.get("duplicate_refs", ())
        if each["href"] != references[each["label"]]["href"]
    ]
    for label, each in left:
        if _LEADS_SOMEWHERE.match(each["href"]):
            yield Unused(label.lower(), each["href"], each["map"][0] + 1)


def _keep_wide_blanks(state: StateCore) -> None:
    """Give paragraphs and cells the wide blanks back that they began with.

    The parser takes away all that Unicode calls white space; CommonMark only blanks and tabs.
    """
    if not _ANY_WIDE.search(state.src):
        return
    lines = state.src.split("\n")
    read_to: dict[int, int] = {}
    for opening, token in pairwise(state.tokens):
        if token.type != "inline" or not token.map or opening.type == "heading_open":
            continue
        number, first = token.map[0], token.content.partition("\n")[0]
        start = lines[number].find(first, read_to.get(number, 0)) if first else -1
        if start >= 0:
            before = lines[number][:start]
            indent = before[len(before.rstrip(f"{_WIDE} ")) :].lstrip(" ")
            token.content = indent + token.content
            read_to[number] = start + len(first)


def _read_box(state: StateBlock, line: int, _last: int, silent: bool) -> bool:
    """Leave the marks of a box out, and print its title: what is inside is text as any other."""
    start = state.bMarks[line] + state.tShift[line]
    if state.is_code_block(line) or not state.src.startswith(":::", start):
        return False
    box = _BOX_LINE.fullmatch(state.src, start, state.eMarks[line])
    if not box:
        return False
    if not silent:
        state.line = line + 1
        if (
            title := box["title"]
            or box["words"]
            or (box["kind"] or box["class"] or "").capitalize()
        ):
            # No paragraph: those of a short list stand in one line.
            state.push("box_title_open", "p", 1).map = [line, line + 1]
            inside = state.push("inline", "", 0)
            inside.content, inside.map, inside.children = f"**{title}**", [line, line + 1], []
            state.push("box_title_close", "p", -1)
    return True


def _name_alerts(state: StateCore) -> None:
    """Print the kind of an alert, as GitHub does: `> [!NOTE]`."""
    for quote, _, inside in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if quote.type == "blockquote_open" and inside.type == "inline":
            alert = _ALERT.match(inside.content)
            if alert:
                title = alert["title"].strip() or alert["kind"].capitalize()
                rest = inside.content[alert.end() :]
                inside.content = f"**{title}**" + (f"\\\n{rest}" if rest else "")


def _definition(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """Read the definition of a link; `[first_name|reader]: welcome` is a greeting, and stays."""
    start = state.bMarks[line] + state.tShift[line]
    label, closed, _ = state.src[start : min(start + 200, state.eMarks[line])].partition("]:")
    if closed and is_merge_tag(f"{label}]"):
        return False
    return reference(state, line, last, silent)


def _draw_boxes(state: StateCore) -> None:
    """Draw the boxes of a task list; a form cannot be filled in in a mail."""
    for item, paragraph, inside in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
        kinds = (item.type, paragraph.type, inside.type)
        if kinds != ("list_item_open", "paragraph_open", "inline") or not inside.children:
            continue
        first = inside.children[0]
        if first.type == "text" and (box := _BOX.match(first.content)):
            drawn = _OPEN if box["done"] == " " else _DONE
            first.content = drawn + first.content[box.end() :]
