"""What two HTML documents differ in, whichever way they are written.

A document is read as a row of tags, texts and conditional comments; what stands in a conditional
comment is read like the rest, for Outlook is a reader too.  Spaces between tags, the order of
attributes and declarations, the way a character is written, and the unit of a zero make no
difference.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

_PIECE = re.compile(
    r"<!--\[if (?P<condition>[^\]]*)\]>(?:<!-->|<!---->)?"
    r"|(?P<endif>(?:<!--)?<!\[endif\]-->)"
    r"|<!--.*?-->"
    r"|<style(?P<media>[^>]*)>(?P<css>.*?)</style>"
    r"|<(?P<tag>/?[\w:!-]+)(?P<attributes>(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*?)/?>"
    r"|(?P<text>[^<]+)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w:.-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SEPARATOR = re.compile(r"\s*([,+!])\s*")
_ZERO = re.compile(r"(?<![\w.])0px")
_RULE = re.compile(r"(?P<start>[^{}]*)(?P<brace>[{}])")
#: Counted or drawn by lot, and the same only within one document.
_SERIAL = re.compile(r"(?<=mj-carousel-)[0-9a-f]{8,16}|\b[0-9a-f]{16}\b|\b0{7}[0-9a-f]\b")


@dataclass(frozen=True)
class Piece:
    """One tag, text or condition: its name, and all that is said about it, by key."""

    name: str
    facts: Mapping[str, str] = field(default_factory=dict)


class Difference(NamedTuple):
    """A place, and what either document has there; nothing where it has no such place."""

    place: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        match self.before, self.after:
            case before, None:
                return f"{self.place} {before}".rstrip() + " is missing"
            case None, after:
                return f"{self.place} {after}".rstrip() + " is added"
        return f"{self.place} {self.before} is {self.after}"


def differences(before: str, after: str) -> list[Difference]:
    """Return each difference between two documents once, sorted."""
    return sorted(set(_differences(pieces(before), pieces(after))), key=str)


@lru_cache(maxsize=64)
def pieces(document: str) -> tuple[Piece, ...]:
    """Return what a document consists of, from the top; its style sheets come first."""
    rules: dict[str, str] = {}
    row: list[Piece] = []
    condition = ""
    for match in _PIECE.finditer(_SERIAL.sub("SERIAL", document)):
        if match["css"] is not None:
            media = _attributes(match["media"]).get("media", "")
            rules.update(dict.fromkeys(_rules(match["css"], condition, media), ""))
            continue
        if match["condition"] or match["endif"]:
            condition = match["condition"] or ""
        row += _piece(match)
    return (Piece("css", rules), *_without_seams(row))


def _piece(match: re.Match[str]) -> Iterator[Piece]:
    if match["condition"]:
        yield Piece(f"[if {match['condition']}]")
    elif match["endif"]:
        yield Piece("[endif]")
    elif match["tag"]:
        yield Piece(match["tag"].lower(), _attributes(match["attributes"]))
    elif text := _plain(match["text"] or ""):
        yield Piece("text", {"text": text})


def _without_seams(row: list[Piece]) -> Iterator[Piece]:
    """Yield pieces but for the end of a condition where the same begins again at once."""
    condition = seam = ""
    for piece, following in pairwise([*row, Piece("")]):
        if piece.name == "[endif]" and following.name == condition:
            seam = condition
        elif piece.name != seam:
            yield piece
            seam = ""
        if piece.name.startswith("[if"):
            condition, seam = piece.name, ""


@cache
def _attributes(source: str) -> Mapping[str, str]:
    facts: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(source):
        value = _plain("".join(values))
        if name == "style":
            facts.update(_declarations(value))
        elif name == "class":
            facts.update({f".{each}": "" for each in value.split()})
        else:
            facts[name.lower()] = value
    return facts


def _declarations(style: str) -> dict[str, str]:
    facts: dict[str, str] = {}
    for name, _, value in (each.partition(":") for each in style.split(";") if each.strip()):
        stem = name.strip()
        # What sets all sides overrules the sides before it.
        for side in [each for each in facts if each.startswith(f"{stem}-")]:
            del facts[side]
        facts[f"{stem}:"] = _value(value)
    return facts


def _value(value: str) -> str:
    return _ZERO.sub("0", _SEPARATOR.sub(r"\1", value.strip()))


@cache
def _rules(css: str, condition: str, media: str) -> tuple[str, ...]:
    """Return each rule of a style sheet on one line, with the conditions around it in front."""
    around = [f"[if {condition}]"] * bool(condition) + [f"@media {media}"] * bool(media)
    rules = []
    for match in _RULE.finditer(_CSS_COMMENT.sub("", css)):
        words = _SEPARATOR.sub(r"\1", _plain(match["start"]))
        if match["brace"] == "{":
            around.append(words)
            continue
        if words and around:
            pairs = sorted(" ".join(pair) for pair in _declarations(words).items())
            rules.append(f"{' '.join(around)} {{{'; '.join(pairs)}}}")
        if around:
            around.pop()
    return tuple(rules)


def _plain(text: str) -> str:
    return " ".join(html.unescape(text).split())


def _differences(before: Sequence[Piece], after: Sequence[Piece]) -> Iterator[Difference]:
    """Yield how two rows of pieces differ, laid side by side by the names of their pieces."""
    names = SequenceMatcher(
        None, [each.name for each in before], [each.name for each in after], autojunk=False
    )
    for what, start, end, from_, to in names.get_opcodes():
        if what == "equal":
            for one, other in zip(before[start:end], after[from_:to], strict=True):
                yield from _facts(one, other)
        else:
            yield from (Difference(_shown(each), "", None) for each in before[start:end])
            yield from (Difference(_shown(each), None, "") for each in after[from_:to])


def _shown(piece: Piece) -> str:
    return repr(piece.facts["text"]) if piece.name == "text" else f"<{piece.name}>"


def _facts(before: Piece, after: Piece) -> Iterator[Difference]:
    for key in before.facts.keys() | after.facts.keys():
        was, is_ = before.facts.get(key), after.facts.get(key)
        if was != is_:
            yield Difference(f"<{after.name}> {key}", was, is_)
