"""Markdown and rich text to `Html`: balanced, from an allow-list, with safe links only."""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_block import table

from newsletter.errors import LimitExceeded
from newsletter.rendering.content import Html
from newsletter.rendering.text import footnotes, limits, markdown_extensions, markdown_marks
from newsletter.rendering.text.footnotes import UnusedNote
from newsletter.rendering.text.markdown_extensions import Definitions, Unused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    #: From an address as it was written to an absolute one.
    Resolver = Callable[[str], str]

_LINK_SCHEMES = frozenset({"https", "http", "mailto", "tel", "sms", "webcal"})
#: Not even kept as what a finding is about.
_DANGEROUS = frozenset({"javascript", "data", "vbscript", "file", "blob"})
#: How `https://` is written carelessly.
_NEARLY_WEB = re.compile(r"(?:h?t{1,3}ps?|htt?ps?|ttps?|https?):?/{1,3}(?=[^/])", re.IGNORECASE)
_MAILBOX = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,24}")
_KNOWN_HOST = re.compile(
    r"(?:[\w-]{1,63}\.){1,8}(?:com|org|net|edu|gov|io|eu|de|fr|uk|jp|ch|at|nl|it|es|info)(?=/|\Z)",
    re.IGNORECASE,
)
_HOST = re.compile(r"www\.(?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,24}(?![\w.-])", re.IGNORECASE)
#: In a mail there is no page whose scheme an address could have.
_OTHER_HOST = re.compile(r"//(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}(?=[/:?#]|\Z)")
_IMAGE_SCHEMES = frozenset({"https", "http"})
#: Elements that stand for a paragraph here; those whose words stay and that mean nothing more.
_AS_PARAGRAPH = frozenset(
    [
        *("address", "article", "aside", "center", "details", "div", "footer", "header", "main"),
        *("nav", "section"),
    ]
)
_PASSING = frozenset(
    [
        *("acronym", "bdi", "bdo", "big", "col", "colgroup", "data", "font", "label", "nobr"),
        *("picture", "source", "tt", "wbr"),
    ]
)
#: Elements that no mail may hold: they are shown as they are written, and preflight says so.
REFUSED = frozenset(
    [
        *("applet", "area", "audio", "base", "body", "button", "canvas", "dialog", "embed"),
        *("fieldset", "form", "frame", "frameset", "head", "html", "iframe", "input", "legend"),
        *("link", "map", "marquee", "math", "meta", "meter", "noscript", "object", "option"),
        *("output", "param", "progress", "script", "select", "slot", "style", "svg", "template"),
        *("textarea", "title", "track", "video"),
    ]
)
_SPELLINGS = {"strike": "s"}
#: A tag; one that is never closed has no `end`, and is text.
_RAW_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z](?>[\w:-]*))"
    r"(?P<rest>(?>(?:\"(?>[^\"]*)\"|'(?>[^']*)'|[^<>\"'])*))(?P<end>>?)"
)
#: Signs that nobody sees or means in an address; as percent signs, they lead elsewhere.
_INVISIBLE = re.compile(
    r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
    r"|%C2%AD|%E2%80%(?:8[BEF]|A[A-E])|%E2%81%A[06-9]|%EF%BB%BF",
    re.IGNORECASE,
)
_NO_TAG = re.compile(r"<(?=[!?]|/(?![a-zA-Z]))")
_COMMENT = re.compile(r"<!--(?>(?:[^-]|-(?!->))*)(?P<end>-->)?")
_HREF = re.compile(
    r"(?P<before>\shref\s*=\s*)"
    r"(?:(?P<quote>[\"'])(?P<address>[^\"'<>]*)(?P=quote)|(?P<bare>[^\s\"'<>=]+))",
    re.IGNORECASE,
)
_NAME = re.compile(r"\sname(?=\s*=\s*[\"'\w])(?!.*\sid\s*=)", re.IGNORECASE | re.DOTALL)
#: A tag of what the sanitiser wrote: it is whole, and attributes hold no bare angle.
_CLEAN_TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-z][a-z0-9]{0,10})(?=[ >])[^<>]*>")
#: A line that may be the definition of a link.
_MAY_DEFINE = re.compile(r"^[ >]{0,12}\[[^\]\n]{1,200}\]:", re.MULTILINE)
_VOID = frozenset({"br", "hr", "img"})
_EMPTY_PARAGRAPH = re.compile(r"<p>\s*</p>\n?")
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_INLINE_TAGS = {
    *("a", "abbr", "b", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark"),
    *("q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u"),
    "var",
}
_BLOCK_TAGS = {
    *("blockquote", "caption", "dd", "dl", "dt", "figcaption", "figure", "hr", "li", "ol", "p"),
    *("pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_TAGS = _HEADINGS | _INLINE_TAGS | _BLOCK_TAGS
_ATTRIBUTES = {
    "*": {"id", "lang", "dir", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "li": {"value"},
    "ol": {"start", "type"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
#: Numbers that attributes may have: a cell over a thousand million columns fills any memory.
_GREATEST = {
    "colspan": limits.MAX_COLUMNS,
    "rowspan": limits.MAX_CELLS,
    "width": 10_000,
    "height": 10_000,
    "start": 999_999_999,
    "value": 999_999_999,
}
_CELL_ALIGNMENT = re.compile(r'style="text-align:(left|center|right)"')
#: The title of an issue is its h1 and a headline its h2: inside a text, h3 is the highest.
_LOWERED = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}
_HEADING_TAG = re.compile(r"(</?)(h[1256])\b")
_IMAGE_WITHOUT_ALT = re.compile(r"<img(?![^<>]*\salt=)")


def to_html(markdown: str, *, resolve: Resolver = str, elsewhere: Definitions = ()) -> Html:
    """Return GitHub's Markdown, with footnotes and task lists, as `Html`.

    HTML in it passes as far as a mail may hold it; other tags are shown as they are written,
    and comments are dropped.  `resolve` as in `sanitise`; `elsewhere` are the link definitions of
    other texts of the issue.  Raises `LimitExceeded` with the line.
    """
    clean = sanitise(_rendered(markdown, elsewhere)[0], resolve=resolve)
    # Only HTML can stand outside of any block.
    whole = _in_paragraphs(clean) if "<" in markdown else clean
    return Html(_EMPTY_PARAGRAPH.sub("", whole))


def _in_paragraphs(html: str) -> str:
    """Return a text whose loose words, such as those of an opened `<details>`, are paragraphs."""
    parts: list[str] = []
    loose = ""
    for is_block, node in _top_nodes(html):
        if is_block:
            parts += [_paragraph(loose), node]
        loose = "" if is_block else loose + node
    return "".join([*parts, _paragraph(loose)])


def _top_nodes(html: str) -> Iterator[tuple[bool, str]]:
    """Yield the texts and elements in no other element, and whether a block is among them."""
    start = depth = 0
    is_block = False
    for tag in _CLEAN_TAG.finditer(html):
        if not depth:
            yield False, html[start : tag.start()]
            start, is_block = tag.start(), False
        is_block = is_block or tag["name"] in _BLOCK_TAGS | _HEADINGS
        if tag["name"] not in _VOID:
            depth += -1 if tag["close"] else 1
        if not depth:
            yield is_block, html[start : tag.end()]
            start = tag.end()
    yield is_block and depth > 0, html[start:]


def _paragraph(loose: str) -> str:
    words = loose.strip()
    return f"<p>{words}</p>\n" if words.replace("<br>", "").strip() else loose


def tag_as_text(tag: str) -> str:
    """Return what readers see of a tag in a line without formats: nothing, if it passes."""
    passed = _RAW_TAG.sub(_allowed_tag, tag)
    return tag if passed.startswith("&") else ""


def _allowed_html(
    _renderer: object, tokens: Sequence[Token], index: int, _options: object, _env: object
) -> str:
    """Write HTML of a text: known tags as they are, anything else as text."""
    token = tokens[index]
    content = _COMMENT.sub(_without_closed, token.content)
    if content.startswith(("<!", "<?")):
        made = escape(content, quote=False)
    else:
        # What begins no tag would hide all that follows as a comment.
        made = _RAW_TAG.sub(_allowed_tag, _NO_TAG.sub("&lt;", content))
    text = made.strip()
    # A block that is no element, but text: shown tags, or what stands behind a comment.
    is_text = token.type == "html_block" and text and not text.startswith("<")
    return f"<p>{text}</p>\n" if is_text else made


def _without_closed(comment: re.Match[str]) -> str:
    return "" if comment["end"] else comment[0]


def _allowed_tag(tag: re.Match[str]) -> str:
    name = tag["name"].lower()
    if not tag["end"]:
        return escape(tag[0], quote=False)
    if name in _AS_PARAGRAPH:
        return f"<{tag['close']}p>"
    if name == "summary":
        return "</strong></p>" if tag["close"] else "<p><strong>"
    if name in _TAGS or name in _PASSING or name in _SPELLINGS:
        rest = _NAME.sub(" id", _HREF.sub(_meant_href, tag["rest"])) if name == "a" else tag["rest"]
        return f"<{tag['close']}{_SPELLINGS.get(name, name)}{rest}>"
    return escape(tag[0], quote=False)


def to_html_or_source(markdown: str, *, resolve: Resolver = str) -> Html:
    """Return the same; what is beyond the limits is shown as it is written.

    For pages that must be shown to readers whatever stands in an old text.
    """
    try:
        return to_html(markdown, resolve=resolve)
    except LimitExceeded:
        return as_written(markdown)


def as_written(text: str) -> Html:
    """Return what shows a text as it is written."""
    return Html(f"<pre>{escape(text[: limits.MAX_TEXT_LENGTH])}</pre>")


def link_definitions(markdown: str) -> Definitions:
    """Return the link definitions of a text; none of one that is beyond the limits."""
    if not _MAY_DEFINE.search(markdown):
        return ()
    env = markdown_extensions.make_environment(markdown)
    with suppress(LimitExceeded):
        limits.check_source(markdown)
        with _in_words(markdown):
            _PARSER.parse(markdown, env)
    return tuple((label, each["href"], each["title"]) for label, each in env["references"].items())


def not_printed(markdown: str, elsewhere: Definitions = ()) -> tuple[Unused | UnusedNote, ...]:
    """Return the link definitions and footnotes of a text that nothing in it refers to.

    Raises `LimitExceeded` with the line.
    """
    return _rendered(markdown, elsewhere)[1]


@lru_cache(maxsize=256)
def _rendered(markdown: str, elsewhere: Definitions) -> tuple[str, tuple[Unused | UnusedNote, ...]]:
    """Return the HTML of a text, not clean yet, and what of it is not printed.

    Kept: pages and previews ask again and again.
    """
    limits.check_source(markdown)
    env = markdown_extensions.make_environment(markdown, elsewhere)
    with _in_words(markdown):
        html = _CELL_ALIGNMENT.sub(r'align="\1"', _PARSER.render(markdown, env))
    return html, (*markdown_extensions.unused_definitions(env), *footnotes.unused_footnotes(env))


@contextmanager
def _in_words(markdown: str) -> Iterator[None]:
    """Say in words that the parser called itself too often."""
    try:
        yield
    except RecursionError:
        line = _deepest_line(markdown)
        raise LimitExceeded(limits.TOO_DEEP, line=line, hint=limits.FLATTER) from None


def _deepest_line(markdown: str) -> int:
    """Return the line with the most brackets: only those have the parser call itself."""
    lines = markdown.split("\n")
    return max(range(len(lines)), key=lambda index: lines[index].count("[")) + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """A text as the parser sees it: the tokens that `to_html` renders, and what they refer to.

    `definitions` are those of links, by their labels; `unused` are others that lead somewhere;
    `footnotes` are the lines (from 0, the end not among them) of each, by its label.
    """

    tokens: list[Token]
    definitions: Mapping[str, Mapping[str, Any]]
    unused: tuple[Unused, ...]
    footnotes: Mapping[str, tuple[int, int]]


def parse_markdown(markdown: str) -> Parsed:
    """Return a text as the parser sees it.  Raises `LimitExceeded` with the line."""
    env = markdown_extensions.make_environment(markdown)
    with _in_words(markdown):
        tokens = _PARSER.parse(markdown, env)
    return Parsed(
        tokens=tokens,
        definitions=markdown_extensions.used_definitions(env),
        unused=tuple(markdown_extensions.unused_definitions(env)),
        footnotes=footnotes.unused_footnote_lines(env),
    )


def sanitise(html: str, *, resolve: Resolver = str) -> Html:
    """Return rich text from elsewhere as `Html`: only known tags, attributes and links.

    Links go to https, http, mailto, tel or an anchor; images come from https or http and
    have an alt attribute; h1 and h2 become h3, h5 and h6 become h4.  `resolve` makes an
    address without a scheme absolute; what it leaves relative is dropped.
    Raises `LimitExceeded` for what is too long, or nested too deeply.
    """
    import nh3  # needed for the first text that is shown

    limits.check_tags(html)
    clean = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        clean_content_tags={"script", "style", "title", "textarea", "template", "noscript"},
        attribute_filter=partial(_filtered, resolve),
        strip_comments=True,
        link_rel=None,
        url_schemes=set(_LINK_SCHEMES),
    )
    limits.check_depth(clean)
    clean = _HEADING_TAG.sub(lambda tag: tag[1] + _LOWERED[tag[2]], clean)
    return Html(_IMAGE_WITHOUT_ALT.sub('<img alt=""', clean))


def _filtered(resolve: Resolver, _tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return _link(value, resolve)
    if attribute == "src":
        url = _absolute(_with_scheme(value), resolve)
        return url if _scheme(url) in _IMAGE_SCHEMES else None
    if attribute in _GREATEST:
        number = value if value.isascii() and value.isdigit() else ""
        fits = 0 < len(number) < 10 and int(number) <= _GREATEST[attribute]
        return number if fits else None
    return value


def _link(written: str, resolve: Resolver) -> str | None:
    """Return where a link leads: to an anchor, or to an absolute address; nothing for neither."""
    if written.startswith("#") or not written.strip():
        return written.strip() or None
    url = _absolute(written, resolve)
    return url if _scheme(url) in _LINK_SCHEMES else None


def _mean_links(state: StateCore) -> None:
    """Put right the addresses of links in a text."""
    for token in state.tokens:
        for child in token.children or []:
            if child.type == "link_open":
                child.attrs["href"] = _opened(str(child.attrs.get("href", "")))


def _meant_href(href: re.Match[str]) -> str:
    address = escape(_opened(unescape(href["bare"] or href["address"])))
    return f'{href["before"]}"{address}"'


def _opened(written: str) -> str:
    """Return an address that mail programs open.

    One of another kind becomes an anchor that is not there: it does no harm, and preflight can
    say what was written.
    """
    address = _meant(_INVISIBLE.sub("", written).strip())
    scheme = _scheme(address)
    if not scheme or scheme in _LINK_SCHEMES or scheme in _DANGEROUS:
        return address
    return f"#{address}"


def _meant(address: str) -> str:
    """Return an address with its scheme, where it is clear which one was meant."""
    if found := _NEARLY_WEB.match(address):
        rest = address[found.end() :]
        secure = "s" in found[0].lower() or not found[0].lower().startswith("http:")
        return f"{'https' if secure else 'http'}://{rest}"
    address = _with_scheme(address)
    if address.lower().startswith("mail:"):
        address = address[5:]
    if _MAILBOX.fullmatch(address.partition("?")[0]):
        return f"mailto:{address}"
    if _HOST.match(address) or _KNOWN_HOST.match(address):
        return f"https://{address}"
    return address


def _with_scheme(address: str) -> str:
    """Return `//example.org/x`, which a web page reads with its own scheme, with https."""
    return f"https:{address}" if _OTHER_HOST.match(address) else address


def _absolute(url: str, resolve: Resolver) -> str:
    return url if _scheme(url) else resolve(url)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url.strip()).scheme.lower()
    except ValueError:
        return ""


def _drop_comment_block(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """Skip lines that hold nothing but one HTML comment, blank lines in it included."""
    start = state.bMarks[line] + state.tShift[line]
    if state.is_code_block(line) or not state.src.startswith("<!--", start):
        return False
    end = _comment_end(state, start)
    closing = bisect_right(state.eMarks, end, line, last)
    if end < 0 or closing == last or state.src[end + 3 : state.eMarks[closing]].strip():
        return False
    state.line = state.line if silent else closing + 1
    return True


def _comment_end(state: StateBlock, start: int) -> int:
    """Return where the next `-->` is, or -1; what has none behind it is searched once only."""
    if start >= state.env.get("no_comment_ends_behind", start + 1):
        return -1
    end = state.src.find("-->", start)
    if end < 0:
        state.env["no_comment_ends_behind"] = start
    return end


def _drop_comment(state: StateInline, _silent: bool) -> bool:
    """Skip an HTML comment inside a paragraph."""
    if not state.src.startswith("<!--", state.pos):
        return False
    end = state.src.find("-->", state.pos)
    if end < 0:
        return False
    state.pos = end + 3
    return True


def _any_link(_address: str) -> bool:
    """Take every link as one: `sanitise` drops what is dangerous, and preflight says so."""
    return True


def _bounded_table(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """Read a table, unless it is far too wide: each short row would be filled up with cells."""
    if line + 2 <= last:
        marks = state.src[state.bMarks[line + 1] + state.tShift[line + 1] : state.eMarks[line + 1]]
        if not marks.strip("-:| \t"):
            limits.check_columns(marks.strip().strip("|").count("|") + 1, line + 1)
    return table(state, line, last, silent)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 2 * limits.DEEPEST}).enable(
        ["table", "strikethrough"]
    )
    parser.block.ruler.before(
        "fence", "comment_block", _drop_comment_block, {"alt": ["paragraph", "blockquote"]}
    )
    parser.inline.ruler.before("html_inline", "comment", _drop_comment)
    parser.validateLink = _any_link  # type: ignore[method-assign, assignment]
    parser.add_render_rule("html_inline", _allowed_html)
    parser.add_render_rule("html_block", _allowed_html)
    parser.block.ruler.at("table", _bounded_table, {"alt": ["paragraph", "reference"]})
    parser.core.ruler.after("block", "check_blocks", limits.check_blocks)
    markdown_extensions.extend(parser)
    markdown_marks.extend(parser)
    parser.core.ruler.push("mean_links", _mean_links)
    parser.core.ruler.push("check_tokens", limits.check_tokens)
    return parser


_PARSER = _parser()
