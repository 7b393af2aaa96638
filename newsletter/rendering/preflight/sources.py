"""Where in the Markdown of an issue stands what a finding is about."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from newsletter.phrases import phrase
from newsletter.rendering.preflight import foreign_tags
from newsletter.rendering.preflight.codes import make_finding
from newsletter.rendering.preflight.pages import shown_words, texts_of

if TYPE_CHECKING:
    from newsletter.rendering.content import Content
    from newsletter.rendering.findings import Finding

#: Code and comments in Markdown, whose words are mostly not what is looked for.
_CODE = re.compile(
    r"^ {0,3}(?P<fence>(?>`{3,}|~{3,}))(?s:.*?)(?:^ {0,3}(?P=fence)[`~]{0,80}[ \t]*$|\Z)"
    r"|(?<!`)(?P<marks>`{1,9})(?!`)(?s:.{0,300}?)(?<!`)(?P=marks)(?!`)"
    r"|<!--(?s:.*?)(?:-->|\Z)",
    re.MULTILINE,
)
#: Code that other programs draw, and what to do about it.
_DRAWN = re.compile(
    r"^[ >]{0,8}(?:`{3,}|~{3,})[ ]?\{?\.?(?P<kind>mermaid|plantuml|puml|graphviz|dot|d2|math|katex"
    r"|vega-lite|geojson|topojson|stl|abc|chart|dataview|tabs)\}?[ \t]*$",
    re.MULTILINE,
)
_AS_PICTURE = phrase("Put a picture of it in its place.")
_NO_LINE_END = re.compile(r"[^\n]")
#: What may be put in front of an address that is written without it.
_ADDED = re.compile(r"(?:https?://|mailto:|#)")
#: Places that say no more than that it stands somewhere in the mail.
_ANYWHERE = frozenset({"", "body", "template"})


@dataclass(frozen=True)
class Written:
    """A text as its editor wrote it, in Markdown, and its place in the issue."""

    place: str
    markdown: str

    @cached_property
    def without_code(self) -> str:
        """The same with blanks in place of code and comments."""
        return _CODE.sub(lambda code: _NO_LINE_END.sub(" ", code[0]), self.markdown)


def diagrams_in(sources: Iterable[Written]) -> Iterator[Finding]:
    """Yield findings about code that other programs draw: readers see how it is written."""
    for each in sources:
        for fence in _DRAWN.finditer(each.markdown):
            line = each.markdown.count("\n", 0, fence.start("kind")) + 1
            message = phrase(
                "readers see the source of what is drawn elsewhere: {kind}", kind=fence["kind"]
            )
            yield make_finding("markup-shown", message, each.place, _AS_PICTURE, line=line)


def locate_findings(
    findings: Iterable[Finding], content: Content, sources: Sequence[Written]
) -> Iterator[Finding]:
    """Yield findings with the place and the line on which stands what they quote."""
    for finding in findings:
        if not finding.quote or finding.line or finding.path:
            yield finding
        elif lined := _in_sources(finding, sources):
            place, line = lined
            yield dataclasses.replace(finding, place=place, line=line)
        elif finding.place in _ANYWHERE:
            yield dataclasses.replace(finding, place=_in_texts(finding, content))
        else:
            yield finding


def tags_in(sources: Iterable[Written]) -> tuple[str, ...]:
    """Return what looks like a merge tag of another program before Markdown is read."""
    texts = (each.without_code for each in sources)
    return tuple(tag for text in texts for tag, _ in foreign_tags.in_text(text))


def _in_sources(finding: Finding, sources: Sequence[Written]) -> tuple[str, int] | None:
    nearest = [
        each for each in sources if finding.place in _ANYWHERE or each.place == finding.place
    ]
    return lines_of(finding.quote, nearest)


def lines_of(quoted: str, sources: Sequence[Written]) -> tuple[str, int] | None:
    """Return the place of the first text that says what is quoted, and the line, from 1."""
    for quote in _spellings(quoted):
        for each in sources:
            for text in (each.without_code, each.markdown):
                if (start := text.find(quote)) >= 0:
                    return each.place, text.count("\n", 0, start) + 1
    return None


def _spellings(quote: str) -> Iterator[str]:
    """Yield how a text may say what is quoted, the likeliest first."""
    bare = _ADDED.sub("", quote, count=1)
    for each in dict.fromkeys((quote, unquote(quote), bare, unquote(bare))):
        if each:
            yield each
            yield escape(each, quote=False)


def _in_texts(finding: Finding, content: Content) -> str:
    texts = ((place, shown_words(text)) for place, text in texts_of(content))
    return next((place for place, text in texts if finding.quote in text), finding.place)
