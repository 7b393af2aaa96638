r"""MJML to HTML by MRML (mjml-python), with its sharp edges covered.

MRML 6.0 prints attribute values in Rust's debug form, so that an ideographic space in an
alt text comes out as ``\u{3000}``; it cuts strings inside multi-byte characters and
panics; it overflows the stack on deep nesting, which kills the process; it reports byte
offsets, or nothing, instead of lines; and it takes ``padding="0 20px"`` for no padding at all
when it works out the widths for Outlook.  Here it only ever sees ASCII (the armour), zeros with
their unit, input that is known to be well formed, and no more than `MAX_DEPTH` levels.  What it
writes otherwise than the official MJML is put right in its output.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsletter.errors import MjmlError
from newsletter.phrases import phrase
from newsletter.rendering.pipeline import hero_padding, html_attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Deeper nesting than this is refused; MRML needs thousands of levels to overflow.
MAX_DEPTH = 200

#: A comment, or a tag with its attributes.  What is never closed matches as far as it goes,
#: without `end`: a pattern that fails there would be tried again from every place in it.
TAG = re.compile(
    r"<(?:!--(?>(?:(?>[^-]+)|-(?!->))*)(?P<comment_end>-->)?"
    r"|(?P<close>/?)(?P<name>[a-zA-Z](?>[\w:-]*))"
    r"(?P<attributes>(?>(?:(?>[^<>\"'/]+)|\"(?>[^\"]*)\"|'(?>[^']*)'|/(?!>))*))(?P<empty>/?)(?P<end>>?))",
    re.DOTALL,
)
_TITLE = re.compile(r"(?P<open><mj-title[^<>]*>)(?P<title>.*?)(?=</mj-title\s*>)", re.DOTALL)
_UNPRINTABLE = re.compile(r"[^\x00-\x7f]+|\\")
#: Most tags hold nothing that needs putting right.
_NEEDS_COVER = re.compile(r"[^ -&(-\[\]-~]")
_COMPONENT_NEEDS_COVER = re.compile(r"<mj-.*(?:[ \"]0[ \"]|full-width|mj-class=\"[^\"]* )")
_CLASSES = re.compile(r"(\smj-class\s*=\s*\")([^\" ]* [^\"]*)(?=\")")
#: Markup that only Outlook reads, or all but Outlook; it may open what another one closes.
_CONDITIONAL = re.compile(r"<!--\s*(?:\[if\b|<!\[endif).*-->", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"|'([^']*)'")
_ATTRIBUTES = re.compile(r"(?:\s+[\w:.-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?)*\s*")
_NAME = re.compile(r"\s([\w:.-]+)\s*=")
_ONE_ATTRIBUTE = re.compile(r"\s(?P<name>[\w:.-]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_PADDING = re.compile(r"\s(?:inner-)?padding(?:-\w+)?\s*=\s*\"[^\"]*\"")
_BARE_ZERO = re.compile(r"(?<=[\s\"])0(?=[\s\"])")
#: Any value makes it full for MRML, those that say no among them.
_NOT_FULL_WIDTH = re.compile(r"\sfull-width\s*=\s*\"(?:false)?\"")
#: Several classes, of which MRML has marked only the last as meant for Outlook.
_OUTLOOK_CLASSES = re.compile(r"(<t(?:able|d) [^<>]*class=\"[^\" ]+)( [^\"]+)(?=-outlook\")")
_RAW = re.compile(
    r"<mj-raw\b(?P<attributes>[^<>]*)>(?P<inside>(?:(?!<mj-raw).)*?)</mj-raw\s*>", re.DOTALL
)
_PARTS = ("mj-head", "mj-body")
#: Filters take white or tiny letters for a trick; what hides the text is the rest of the style.
_WHITE_PREHEADER = '<div style="display:none;font-size:1px;color:#ffffff;'
_PREHEADER = '<div style="display:none;'
#: One side of a padding before the whole, which would overrule it.
_SIDES_FIRST = re.compile(
    r"(?P<before><(?:td|label)\b[^<>]*\bstyle=\"[^\"]*\b(?:font-family|line-height):[^\";]*;)"
    r"(?P<sides>(?:padding-(?:top|right|bottom|left):[^\";]*;)+)(?P<whole>padding:[^\";]*;)(?=\")"
)
#: Outlook reads a width as far as the point; so do we, as the official does.
_FRACTION = re.compile(r"(<img\b[^<>]*\swidth=\"\d+)\.\d+(?=\")")
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BARE = phrase('a bare "<" (write &lt;) or a broken tag')
_SPACES = dict.fromkeys([9, 10, 13], " ")
_POSITION = re.compile(r"(?P<what>.*?)(?: in \S+ template)? at position (?P<at>\d+):\d+", re.DOTALL)
_VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
    *("source", "track", "wbr"),
}


def to_html(source: str, *, path: str = "") -> str:
    """Return the HTML document of an MJML document; the same input gives the same bytes.

    No web fonts are linked but those named by the document's own `mj-font`.
    Raises `MjmlError`, with `path` and, where known, line and column of `source`.
    """
    import mjml  # needed for the first issue

    source = _CONTROL.sub("", source.lstrip("\ufeff \t\r\n"))
    for offset, problem in _problems(source):
        raise _error(source, offset, problem, path)
    source, settings = html_attributes.taken_out(source)
    source, preamble = _without_preamble(source)
    armour = _Armour(source)
    try:
        html: str = mjml.mjml2html(armour.text, fonts={})
    except ValueError as err:
        raise _explained(err, armour, path) from None
    except BaseException as err:
        # A panic in Rust is no Exception: "except Exception" around a sender would miss it.
        if type(err).__module__ != "pyo3_runtime":
            raise
        raise MjmlError(phrase("the MJML renderer crashed on this document"), path=path) from None
    document = html_attributes.put_in(_corrected(armour.taken_off(html)), settings)
    return f"{preamble}\n{document}" if preamble else document


def _without_preamble(source: str) -> tuple[str, str]:
    """Return a document without the raw parts beside its head and body, and those for the start.

    The others are lost, as in the official MJML; the linter says so.  Lines keep their numbers.
    https://documentation.mjml.io/#mj-raw
    """
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        before = source[: match.start()]
        if any(before.count(f"<{part}") > before.count(f"</{part}") for part in _PARTS):
            return match[0]
        if "file-start" in match["attributes"]:
            found.append(match["inside"].strip())
        return "\n" * match[0].count("\n")

    return _RAW.sub(take, source), "\n".join(found)


def _corrected(html: str) -> str:
    """Return MRML's document with what it writes otherwise than the official MJML put right."""
    html = html.replace(_WHITE_PREHEADER, _PREHEADER, 1)
    if "mj-accordion" in html or "mj-menu-label" in html:
        html = _SIDES_FIRST.sub(r"\g<before>\g<whole>\g<sides>", html)
    return hero_padding.narrow_heroes(_FRACTION.sub(r"\1", html))


@dataclass
class _Armour:
    """ASCII placeholders for everything MRML would print wrongly, and the way back."""

    source: str
    text: str = field(init=False)
    _mark: str = field(init=False)
    _sealed: list[str] = field(init=False, default_factory=list)
    _marks: list[tuple[int, int]] = field(init=False, default_factory=lambda: [(0, 0)])

    def __post_init__(self) -> None:
        self._mark = "zqm"
        while self._mark in self.source:
            self._mark += "x"
        self.text = "".join(self._pieces())

    def taken_off(self, html: str) -> str:
        """Return `html` with all that was sealed put back."""
        aria = re.compile(f'aria-label="{self._mark}([0-9a-f]+)z"')
        html = aria.sub(lambda m: f'aria-label="{_as_attribute(self._of(m))}"', html)
        token = re.compile(self._mark + "([0-9a-f]+)z")
        return _OUTLOOK_CLASSES.sub(_all_for_outlook, token.sub(self._of, html))

    def origin(self, offset: int) -> int:
        """Return the offset in the source for an offset in the armoured text."""
        armoured, original = self._marks[bisect_right(self._marks, (offset, len(self.source))) - 1]
        return min(original + offset - armoured, len(self.source))

    def _pieces(self) -> Iterator[str]:
        done = length = 0
        for start, end, cover in self._covers():
            yield self.source[done:start]
            yield cover
            length += start - done + len(cover)
            done = end
            self._marks.append((length, end))
        yield self.source[done:]

    def _covers(self) -> Iterator[tuple[int, int, str]]:
        done = 0
        for match in TAG.finditer(self.source):
            if match.start() < done:
                continue
            yield from self._runs(done, match.start())
            done = match.end()
            if _CONDITIONAL.match(match[0]):
                # MRML would look for the ends of the tags in it among those behind it.
                yield match.start() + 4, done - 3, self._seal(match[0][4:-3])
            elif _needs_cover(match):
                yield match.start(), done, self._tag(match)
            # A title is printed a second time, as the label of the body.
            if title := _TITLE.match(self.source, match.start()):
                yield done, title.end(), self._seal(title["title"])
                done = title.end()
        yield from self._runs(done, len(self.source))

    def _runs(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        between = self.source[start:end]
        if not between.isascii() or "\\" in between:
            for run in _UNPRINTABLE.finditer(between):
                yield start + run.start(), start + run.end(), self._seal(run[0])

    def _tag(self, match: re.Match[str]) -> str:
        text = match[0]
        if match["name"]:
            text = _QUOTED.sub(_double_quoted, text).translate(_SPACES)
        if (match["name"] or "").startswith("mj-"):
            text = _only_first(text) if _repeats(match) else text
            text = _PADDING.sub(_with_units, text)
            text = _NOT_FULL_WIDTH.sub("", text)
            text = _CLASSES.sub(_last_first, text)
        elif _is_capital_void(match):
            text = text.replace(match["name"], match["name"].lower(), 1)
        return _UNPRINTABLE.sub(lambda run: self._seal(run[0]), text)

    def _seal(self, text: str) -> str:
        self._sealed.append(text)
        return f"{self._mark}{len(self._sealed) - 1:x}z"

    def _of(self, match: re.Match[str]) -> str:
        return self._sealed[int(match[1], 16)]


def _needs_cover(tag: re.Match[str]) -> bool:
    if _NEEDS_COVER.search(tag[0]) or _COMPONENT_NEEDS_COVER.match(tag[0]):
        return True
    return _repeats(tag) or _is_capital_void(tag)


def _is_capital_void(tag: re.Match[str]) -> bool:
    """Say whether a tag such as `<BR>` has no end, which MRML knows of small letters only."""
    name = tag["name"] or ""
    return not name.islower() and name.lower() in _VOID


def _last_first(classes: re.Match[str]) -> str:
    """Return the classes of a component turned round: in MRML the first wins, not the last."""
    return classes[1] + " ".join(reversed(classes[2].split()))


def _repeats(tag: re.Match[str]) -> bool:
    """Say whether a component may have an attribute twice; MRML would take the last."""
    if not (tag["name"] or "").startswith("mj-"):
        return False
    attributes = tag["attributes"]
    if attributes.count("=") < 2:
        return False
    names = _NAME.findall(attributes)
    return len(names) > len(set(names))


def _only_first(tag: str) -> str:
    """Return a tag without attributes that it has already; the official MJML takes the first."""
    seen: set[str] = set()

    def once(attribute: re.Match[str]) -> str:
        name = attribute["name"]
        is_new = name not in seen
        seen.add(name)
        return attribute[0] if is_new else ""

    return _ONE_ATTRIBUTE.sub(once, tag)


def _double_quoted(value: re.Match[str]) -> str:
    return value[0] if value[1] is None else '"' + value[1].replace('"', "&quot;") + '"'


def _with_units(padding: re.Match[str]) -> str:
    return _BARE_ZERO.sub("0px", padding[0])


def _all_for_outlook(classes: re.Match[str]) -> str:
    return classes[1] + classes[2].replace(" ", "-outlook ")


def _as_attribute(text: str) -> str:
    return text.replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _problems(source: str) -> Iterator[tuple[int, str]]:
    """Yield (offset, what is wrong) for what MRML would report without a place."""
    open_tags: list[tuple[str, int]] = []
    done = 0
    for match in TAG.finditer(source):
        yield from _stray(source, done, match.start())
        done = match.end()
        if match["name"]:
            yield from _nesting(match, open_tags) if match["end"] else _broken(match)
        elif not match["comment_end"]:
            yield match.start(), phrase("a comment is never closed")
        elif "--" in match[0][4:-3]:
            yield match.start(), phrase('a comment may not hold "--"')
        if not open_tags and match["name"] == "mjml" and (rest := source[done:].strip()):
            yield source.index(rest, done), phrase("nothing may follow </mjml>")
    yield from _stray(source, done, len(source))
    for name, offset in open_tags:
        yield offset, phrase("<{name}> is never closed", name=name)


def _stray(source: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    if (offset := source.find("]]>", start, end)) >= 0:
        yield offset, phrase('write "]]&gt;" instead of "]]>"')
    if (offset := source.find("<", start, end)) < 0:
        return
    yield offset, _BARE


def _broken(tag: re.Match[str]) -> Iterator[tuple[int, str]]:
    yield tag.start(), _BARE


def _nesting(match: re.Match[str], open_tags: list[tuple[str, int]]) -> Iterator[tuple[int, str]]:
    name = match["name"]
    if name == "mj-include":
        yield match.start(), phrase("mj-include is not allowed; use {% include %} of Jinja")
    elif not _ATTRIBUTES.fullmatch(match["attributes"]):
        yield (
            match.start(),
            phrase('<{name}> has a broken attribute; write name="value"', name=name),
        )
    elif match["close"]:
        yield from _closing(name, match.start(), open_tags)
    elif not match["empty"] and name.lower() not in _VOID:
        open_tags.append((name, match.start()))
        if len(open_tags) > MAX_DEPTH:
            yield match.start(), phrase("nested deeper than {number} levels", number=MAX_DEPTH)


def _closing(name: str, offset: int, open_tags: list[tuple[str, int]]) -> Iterator[tuple[int, str]]:
    if not open_tags:
        yield offset, phrase("</{name}> closes nothing", name=name)
        return
    last, opened = open_tags.pop()
    if last == name:
        return
    if any(name == other for other, _ in open_tags):
        yield opened, phrase("<{last}> is never closed (found </{name}>)", last=last, name=name)
    else:
        yield offset, phrase("</{name}> does not match <{last}>", name=name, last=last)


def _explained(err: ValueError, armour: _Armour, path: str) -> MjmlError:
    found = _POSITION.match(str(err))
    if not found:
        return MjmlError(str(err), path=path)
    offset = armour.origin(int(found["at"]))
    rest = armour.source[offset:].lstrip()
    offset = len(armour.source) - len(rest)
    near = rest[:40].split("\n", 1)[0]
    problem = phrase("{what}, at {near!r}", what=found["what"], near=near)
    return _error(armour.source, offset, problem, path)


def _error(source: str, offset: int, problem: str, path: str) -> MjmlError:
    line = source.count("\n", 0, offset) + 1
    column = offset - (source.rfind("\n", 0, offset) + 1) + 1
    return MjmlError(problem, path=path, line=line, column=column)
