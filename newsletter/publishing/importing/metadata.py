"""The metadata on top of a Markdown file: YAML, TOML, or plain `Key: value` lines."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletter.phrases import phrase
from newsletter.publishing.importing.parsed_issue import Source
from newsletter.toml_mistakes import explain
from newsletter.whitespace import MEANINGLESS

#: The keys that mean something, each with its other spellings; case, spaces, hyphens and
#: underscores do not matter.  Other keys are kept and reported.
SPELLINGS = {
    "title": ("タイトル", "題名"),
    "volume": ("vol", "巻"),
    "number": ("no", "nr", "num", "issue", "issuenumber", "号"),
    "date": ("pubdate", "publishdate", "日付", "発行日"),
    "subject": ("subjectline", "emailsubject", "件名"),
    "preheader": ("preview", "previewtext", "プリヘッダー"),
    "lang": ("language", "locale", "言語"),
    "image": ("leadimage", "picture", "coverimage", "featuredimage"),
    "alt": ("alttext", "imagealt", "画像の説明"),
    "credit": ("imagecredit", "imagesource", "photocredit", "写真提供", "画像提供"),
    "boilerplate": (),
    "pdf": ("pdfurl",),
}
KNOWN = {spelling: key for key, others in SPELLINGS.items() for spelling in (key, *others)}
#: How deep lists and mappings under other keys may be nested.
DEEPEST = 20
LINES = gettext_lazy("Write lines such as title: …")
QUOTE = gettext_lazy("A value with a colon or a bracket in it needs quotes round it.")
FENCES = {"---": ("---", "..."), "+++": ("+++",)}
#: How YAML says that there is no value.
NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_PLAIN = re.compile(
    r"(?P<key>[^\W\d_](?:[\w -]{0,60}[\w-])?)(?>[ \t]*):(?:(?>[ \t]+)(?P<value>.*))?$"
)
_SEPARATORS = re.compile(r"[\s_-]+")
_AT_LINE = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")
# Control characters, which neither a mail nor a database takes, and halves of characters.
_UNPRINTABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """What stands behind a key, as text, and on which line."""

    text: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FrontMatter:
    """The metadata of a file, and the index of the first line after it."""

    body_index: int
    known: Mapping[str, Value] = field(default_factory=dict)
    unknown: Mapping[str, Any] = field(default_factory=dict)


def has_metadata(source: Source) -> bool:
    """Say whether a file begins with metadata of any of the three kinds."""
    lines = source.lines
    start = first_line(lines)
    return lines[start].rstrip() in FENCES or is_plain(lines[start:])


def read_metadata(source: Source) -> FrontMatter:
    """Return the metadata, if there are any, or raise `ImportRejected` with the line to fix."""
    lines = source.lines
    start = first_line(lines)
    fence = lines[start].rstrip()
    if fence in FENCES:
        end = find_closing(source, start)
        pairs = yaml_pairs if fence == "---" else toml_pairs
        block = "\n".join(lines[start + 1 : end])
        return sorted_out(source, pairs(source, block, start + 2), end + 1)
    if not is_plain(lines[start:]):
        return FrontMatter(body_index=0)
    end = start + plain_length(lines[start:])
    return sorted_out(source, plain_pairs(source, start, end), end)


def first_line(lines: list[str]) -> int:
    """Return the index of the first line that is not blank, else 0."""
    return next((index for index, line in enumerate(lines) if line.strip()), 0)


def find_closing(source: Source, start: int) -> int:
    """Return the index of the line that closes the metadata."""
    lines = source.lines
    fence = lines[start].rstrip()
    for index in range(start + 1, len(lines)):
        if lines[index].rstrip() in FENCES[fence]:
            return index
    raise source.rejected(
        _("the metadata begin here and never end: there is no second {mark}").format(mark=fence),
        start + 1,
        hint=_("Write {mark} on a line of its own below the last key.").format(mark=fence),
    )


#: A key, its value (text, or anything else that the format has), and its line.
Pair = tuple[str, Any, int]


def sorted_out(source: Source, pairs: Iterator[Pair], body_index: int) -> FrontMatter:
    """Return the pairs as known values and others."""
    known: dict[str, Value] = {}
    unknown: dict[str, Any] = {}
    for key, value, line in pairs:
        name = meaning_of(key)
        if not name:
            add_key(unknown, key, value)
        elif name in known:
            raise source.rejected(
                _("{key} is given twice, first on line {line}").format(
                    key=key, line=known[name].line
                ),
                line,
                hint=_("Leave one of them out."),
            )
        elif isinstance(value, str):
            known[name] = Value(text=strip_controls(value).strip(MEANINGLESS), line=line)
        else:
            problem = _("{key} must be one piece of text").format(key=key)
            raise source.rejected(problem, line, hint=str(QUOTE))
    return FrontMatter(body_index=body_index, known=known, unknown=unknown)


def meaning_of(key: str) -> str:
    """Return the name of a key that means something, in whatever spelling, else nothing."""
    return KNOWN.get(_SEPARATORS.sub("", key).lower(), "")


def add_key(unknown: dict[str, Any], key: str, value: Any) -> None:
    """Add a key; one that is given again becomes a list, so that nothing is lost."""
    # Names that begin with an underscore are ours.
    name = strip_controls(key).lstrip("_") or "?"
    kept = clean(value)
    if name in unknown:
        kept = [*(unknown[name] if isinstance(unknown[name], list) else [unknown[name]]), kept]
    unknown[name] = kept


def clean(value: Any, depth: int = 0) -> Any:
    """Return a value that is kept, as JSON and a database can hold it."""
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        return {strip_controls(str(key)): clean(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [clean(each, depth + 1) for each in value]
    return value if isinstance(value, bool | int) else strip_controls(str(value))


def strip_controls(text: str) -> str:
    """Return a text without control characters."""
    return _UNPRINTABLE.sub("", text)


class Loader(yaml.BaseLoader):
    """YAML as text: `3.10` stays `3.10`, and no value is built from another by an alias.

    With aliases a file of one kilobyte can describe a value of many gigabytes.
    """

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Return the next node, or refuse an alias."""
        if self.check_event(yaml.AliasEvent):
            mark = yaml.Mark("", self.index, self.line, self.column, None, 0)
            raise yaml.composer.ComposerError(
                problem=_("aliases (*name) are refused"), problem_mark=mark
            )
        return super().compose_node(parent, index)


def yaml_pairs(source: Source, block: str, first: int) -> Iterator[Pair]:
    """Yield the pairs of a YAML block whose first line is `first`."""
    try:
        root = yaml.compose(block, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first + (mark.line if mark else 0)
        problem = _("not YAML: {problem}").format(problem=error.problem or error.context)
        raise source.rejected(problem, line, hint=str(QUOTE)) from None
    except yaml.reader.ReaderError as error:
        line = first + block.count("\n", 0, int(error.position))
        problem = _("not YAML: a character that may not stand there")
        raise source.rejected(problem, line, hint=_("Leave it out.")) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        problem = _("not YAML: {problem}").format(problem=error)
        raise source.rejected(problem, first, hint=str(QUOTE)) from None
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        problem = _("the metadata must be lines of the form key: value")
        raise source.rejected(problem, first, hint=str(LINES))
    for key, node in root.value:
        if not is_null(node):
            yield str(as_text(key)), as_text(node), first + key.start_mark.line


def is_null(node: yaml.Node) -> bool:
    """Say whether a YAML value is none."""
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in NULLS


def as_text(node: yaml.Node) -> Any:
    """Return a YAML value with text for everything that is not a list or a mapping."""
    if isinstance(node, yaml.MappingNode):
        return {str(as_text(key)): as_text(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [as_text(each) for each in node.value]
    return node.value


def toml_pairs(source: Source, block: str, first: int) -> Iterator[Pair]:
    """Yield the pairs of a TOML block whose first line is `first`."""
    try:
        table = tomllib.loads(block, parse_float=str)
    except ValueError as error:
        place = _AT_LINE.search(str(error))
        index = int(place[1]) - 1 if place and place[1] else block.count("\n")
        problem = phrase("not TOML: {problem}", problem=explain(str(error), block)[2])
        hint = _("Text needs quotes round it.")
        raise source.rejected(problem, first + index, hint=hint) from None
    lines = block.split("\n")
    for key, value in table.items():
        named = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        index = next((number for number, line in enumerate(lines) if named.match(line)), 0)
        yield key, toml_text(value, known=bool(meaning_of(key))), first + index


def toml_text(value: Any, *, known: bool) -> Any:
    """Return a TOML value, with text for dates, and for numbers where text is wanted."""
    if isinstance(value, dict):
        return {key: toml_text(each, known=False) for key, each in value.items()}
    if isinstance(value, list):
        return [toml_text(each, known=False) for each in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if known and is_number else value


def is_plain(lines: list[str]) -> bool:
    """Say whether lines begin with `Key: value`, one of the keys being known."""
    if not _PLAIN.match(lines[0]):
        return False
    keys = (match["key"] for line in lines[: plain_length(lines)] if (match := _PLAIN.match(line)))
    return any(map(meaning_of, keys))


def plain_length(lines: list[str]) -> int:
    """Return how many lines there are before the blank line that ends plain metadata."""
    return next((index for index, line in enumerate(lines) if not line.strip()), len(lines))


def plain_pairs(source: Source, start: int, end: int) -> Iterator[Pair]:
    """Yield the pairs of plain metadata; an indented line goes on with the value above it."""
    pairs: list[tuple[str, list[str], int]] = []
    for index, line in enumerate(source.lines[start:end], start + 1):
        if pairs and line[:1].isspace():
            pairs[-1][1].append(line.strip())
        elif match := _PLAIN.match(line):
            pairs.append((match["key"], [match["value"] or ""], index))
        else:
            raise source.rejected(
                _("this is neither Key: value nor an empty line"),
                index,
                hint=_("An empty line separates the metadata from the text."),
            )
    return ((key, " ".join(values), line) for key, values, line in pairs)
