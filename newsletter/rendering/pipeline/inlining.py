"""Style sheets into style attributes, without changing one computed style.

Mail programs that drop `<style>` still show inlined rules.  Premailer 3.10 does that well,
but by default it also drops the doctype, strips `!important` from media queries, deletes
rules that match nothing yet (dark mode of Outlook's apps), overwrites image widths and
fetches `@import`.  So the style sheets are divided first: the inliner gets the plain rules
and nothing else; all other CSS goes past it, unchanged, into one kept `<style>`.

css-inline does the same five times as fast, and differs where nobody sees it: in quotes and
in how signs outside ASCII are written in addresses.
"""

from __future__ import annotations

import html
import re
import urllib.parse
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from newsletter.errors import CssError, MjmlError
from newsletter.phrases import phrase
from newsletter.rendering.pipeline.css_values import is_invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

Inliner = Literal["premailer", "css-inline"]

#: The doctype, with what a document has in front of it.
_DOCTYPE = re.compile(
    r"(?>\s*)((?>[^<]*)(?>(?:<!--(?>(?:(?>[^-]+)|-(?!->))*)-->(?>[^<]*))*)<!doctype[^<>]*>)\s*",
    re.IGNORECASE,
)
_COMMENT_OR_STYLE = re.compile(
    r"<(?:!--(?>(?:(?>[^-]+)|-(?!->))*)(?:-->)?"
    r"|style\b(?P<attributes>(?>[^>]*))(?:>(?P<css>(?>(?:(?>[^<]+)|<(?!/style(?>\s*)>))*))(?:</style(?>\s*)>)?)?)",
    re.DOTALL | re.IGNORECASE,
)
_IGNORED = 'data-premailer="ignore"'
#: What MJML itself writes: its reset, column widths and component styles.
_MJML_OWN = re.compile(r"^\s*#outlook a|\.mj-(?:column-|full-width|menu|accordion|carousel)")
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_STRING = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
_CSS_TOKEN = re.compile(rf"{_STRING}|\\.|[{{}};]", re.DOTALL)
_AT_TOP = re.compile(rf"(?P<whole>{_STRING}|\\.|[(\[](?>[^)\]]*)[)\]]?)|(?P<cut>[,;])", re.DOTALL)
#: Selectors that lxml cannot match, matches wrongly, or that match only in the mail program.
_NOT_INLINABLE = re.compile(
    r"::|:(?!first-child\b|last-child\b)|\*|\||\[data-og|\[owa\]|#outlook|\.ExternalClass"
    r"|\.moz-text|^u\s*\+|^html\b"
)
_STATE = re.compile(r":(?:hover|focus|active|visited|link)\b")
_IMPORTANT = re.compile(r"!\s*important", re.IGNORECASE)
_STYLE_ATTRIBUTE = re.compile(r"\sstyle=(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
#: A comment as a whole, which passes as it is, or a style attribute outside of comments.
_COMMENT_OR_ATTRIBUTE = re.compile(
    r"<!--(?>(?:(?>[^-]+)|-(?!->))*)(?:-->)?|\sstyle=(?P<quote>[\"'])(?P<style>.*?)(?P=quote)",
    re.DOTALL | re.IGNORECASE,
)
#: Tags but those that parsers add.
_TAG = re.compile(r"<(/?(?!style\b|tbody\b)[a-zA-Z](?>[\w:-]*))")
#: What a reader meets: links, places they lead to, and text.
_CONTENT = re.compile(
    r"<!--(?>(?:(?>[^-]+)|-(?!->))*)(?:-->)?"
    r"|<![^<>]*>|<(?P<skipped>style|script)\b.*?(?:</(?P=skipped)\s*>|\Z)"
    r"|<(?P<tag>/?[a-zA-Z](?>[\w:-]*))(?P<attributes>(?>(?:[^<>\"']|\"(?>[^\"]*)\"|'(?>[^']*)')*))>?"
    r"|(?P<text>[^<]+)",
    re.DOTALL | re.IGNORECASE,
)
_HREF_OR_ID = re.compile(r"\s(href|id)=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)


def inline_rules(source: str, inliner: Inliner = "premailer") -> str:
    """Return the document with its plain rules in style attributes, the others in `<head>`.

    The doctype, conditional comments, MJML's own style blocks and those marked with
    `data-premailer="ignore"` pass unchanged.  Raises `CssError` for a style sheet with
    unbalanced braces, `MjmlError` for markup that no HTML parser leaves as it is.
    """
    sheets = _Sheets()
    document = _COMMENT_OR_STYLE.sub(sheets.take, source)
    if any(map(_has_invalid, set(_STYLE_ATTRIBUTE.findall(document)))):
        document = _COMMENT_OR_ATTRIBUTE.sub(_without_invalid, document)
    plain, kept = "\n".join(sheets.plain), "\n".join(sheets.kept)
    # lxml, which Premailer uses, knows the rules of HTML 4: it ends a link before a table.
    for inline_with in dict.fromkeys((_INLINERS[inliner], _by_css_inline)):
        inlined = inline_with(document, plain, kept)
        if _tags(document) == _tags(inlined) or _content(document) == _content(inlined):
            return inlined
    raise _torn(_content(document), _content(inlined))


def _tags(document: str) -> list[str]:
    """Return the names of all tags in order, but for those that parsers add."""
    return _TAG.findall(document)


@lru_cache(maxsize=1024)
def _has_invalid(attribute: str) -> bool:
    return any(map(is_invalid, _cut(html.unescape(attribute.partition("=")[2][1:-1]), ";")))


def _without_invalid(match: re.Match[str]) -> str:
    """Leave out of a style attribute what no browser would take notice of."""
    style = match["style"]
    if style is None or not _has_invalid(match[0].strip()):
        return match[0]
    valid = [each for each in _cut(html.unescape(style), ";") if not is_invalid(each)]
    return f' style="{html.escape(";".join(valid))}"'


def _content(document: str) -> str:
    """Return what a reader meets in a document, in order: links, their ends, ids, and text.

    HTML's rules of nesting decide how a tree is built; where it is not as written, this differs.
    """
    return "".join(piece for part in _CONTENT.finditer(document) for piece in _pieces(part))


def _pieces(part: re.Match[str]) -> Iterator[str]:
    if text := part["text"]:
        # Parsers move spaces about.
        yield "".join(html.unescape(text).split())
    elif part["tag"] in {"/a", "/A"}:
        yield "</a>"
    elif part["attributes"]:
        for name, *values in _HREF_OR_ID.findall(part["attributes"]):
            # Parsers write the same address in different ways.
            value = urllib.parse.unquote(html.unescape("".join(values)))
            if name.lower() == "id" or part["tag"] in {"a", "A"}:
                yield f"<{name.lower()} {value}>"


def _torn(before: str, after: str) -> MjmlError:
    """Return the error that shows where the tree of HTML is another than what was written."""
    pairs = enumerate(zip(before, after, strict=False))
    same = next((place for place, pair in pairs if pair[0] != pair[1]), 0)
    near = before[max(0, same - 60) : same + 20]
    return MjmlError(
        phrase("HTML does not allow tags to be nested as they are near {near!r}", near=near),
        hint=phrase("A link cannot hold another link, nor a table anything but rows and cells."),
    )


def _by_premailer(document: str, plain: str, kept: str) -> str:
    # Loaded for the first issue: a service at rest needs neither this nor css-inline.
    from newsletter.rendering.pipeline import premailing

    # Premailer keeps a doctype only in the spelling of lxml, so it never sees one.
    found = _DOCTYPE.match(document)
    doctype, body = (found[1], document[found.end() :]) if found else ("<!doctype html>", document)
    return _finished(doctype, premailing.inline(body, plain), kept)


def _by_css_inline(document: str, plain: str, kept: str) -> str:
    """Inline with css-inline, whose cascade is right but leaves `!important` in attributes.

    There it would beat the kept rules for dark mode and phones, so it is taken out again;
    not where the template itself wrote it, which is left to Premailer.
    """
    import css_inline

    if any(_IMPORTANT.search(each) for each in _STYLE_ATTRIBUTE.findall(document)):
        return _by_premailer(document, plain, kept)
    found = _DOCTYPE.match(document)
    doctype, body = (found[1], document[found.end() :]) if found else ("<!doctype html>", document)
    inlined = css_inline.inline(
        body,
        inline_style_tags=False,
        keep_style_tags=True,
        keep_link_tags=True,
        load_remote_stylesheets=False,
        extra_css=plain,
    )
    if _IMPORTANT.search(plain):
        inlined = _STYLE_ATTRIBUTE.sub(_unimportant, inlined)
    return _finished(doctype, inlined, kept)


def _unimportant(attribute: re.Match[str]) -> str:
    return re.sub(rf"\s?{_IMPORTANT.pattern}", "", attribute[0], flags=re.IGNORECASE)


def _finished(doctype: str, inlined: str, kept: str) -> str:
    if own := _DOCTYPE.match(inlined):
        inlined = inlined[own.end() :]
    inlined = inlined.replace(f" {_IGNORED}", "")
    if kept:
        inlined = inlined.replace("</head>", f'<style type="text/css">{kept}</style></head>', 1)
    return f"{doctype}\n{inlined}"


_INLINERS = {"premailer": _by_premailer, "css-inline": _by_css_inline}


@dataclass
class _Sheets:
    """The style sheets of one document, divided."""

    plain: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def take(self, match: re.Match[str]) -> str:
        """Divide one `<style>` block; return what stays in its place."""
        css = match["css"]
        if css is None:
            return match[0]
        attributes = match["attributes"]
        if _IGNORED in attributes:
            return match[0]
        if "media=" in attributes or _MJML_OWN.search(css):
            return f"<style{match['attributes']} {_IGNORED}>{css}</style>"
        plain, kept = divide_rules(css)
        self.plain += plain
        self.kept += kept
        return ""


@lru_cache(maxsize=64)
def divide_rules(css: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (rules that may be inlined, rules to keep as they are).

    Important declarations are in both, so that the cascade stays right where `<style>`
    works.  Raises `CssError` for unbalanced braces.
    """
    plain: list[str] = []
    kept: list[str] = []
    for selectors, block in _rules(_CSS_COMMENT.sub("", css)):
        if block is None:
            kept.append(selectors)
        else:
            _divide_rule(selectors, block, plain, kept)
    return tuple(plain), tuple(kept)


def _divide_rule(selectors: str, block: str, plain: list[str], kept: list[str]) -> None:
    declarations = [each for each in _cut(block, ";") if not is_invalid(each)]
    parts = _cut(selectors, ",")
    special = [part for part in parts if _NOT_INLINABLE.search(part)]
    states = [part for part in special if _STATE.search(part)]
    others = [part for part in special if part not in states]
    ordinary = [part for part in parts if part not in special]
    important = [each for each in declarations if _IMPORTANT.search(each)]
    plain += _rule(ordinary, declarations)
    kept += _rule(ordinary, important)
    kept += _rule(others, declarations)
    # Without it a link's inlined colour would beat its own :hover.
    kept += _rule(states, [_made_important(each) for each in declarations])


def _rule(selectors: list[str], declarations: list[str]) -> list[str]:
    if not selectors or not declarations:
        return []
    return [f"{','.join(selectors)}{{{';'.join(declarations)}}}"]


def _made_important(declaration: str) -> str:
    return declaration if _IMPORTANT.search(declaration) else f"{declaration} !important"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Yield (selectors, block), or (whole at-rule, None), of the top level."""
    for start, brace, end in _statements(css):
        prelude = css[start:brace].strip()
        if brace == end or prelude.startswith("@"):
            yield css[start:end].strip(), None
        else:
            yield prelude, css[brace + 1 : end - 1]


def _statements(css: str) -> Iterator[tuple[int, int, int]]:
    """Yield (start, place of the brace or the end, end) of each statement of the top level."""
    start = brace = depth = 0
    for token in _CSS_TOKEN.finditer(css):
        mark, end = token[0], token.end()
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if depth < 0:
            near = css[max(0, end - 40) : end].strip()
            raise CssError(phrase('a "}}" too many in the style sheet, near {near!r}', near=near))
        if depth == 1 and mark == "{":
            brace = token.start()
        if depth == 0 and mark in {"}", ";"}:
            yield start, brace if mark == "}" else end, end
            start = end
    near = css[start:].strip()[:60]
    if near and not depth:
        raise CssError(phrase("this is no rule of a style sheet: {near!r}", near=near))
    if depth:
        raise CssError(
            phrase('a "{{" is never closed in the style sheet, near {near!r}', near=near)
        )


def _cut(text: str, separator: str) -> list[str]:
    """Split at `separator`, but not inside strings, brackets or escapes."""
    parts: list[str] = []
    start = 0
    for match in _AT_TOP.finditer(text):
        if match["cut"] == separator:
            parts.append(text[start : match.start()].strip())
            start = match.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part]
