"""Merge tags in editors' text: `[first_name|reader]`.

The grammar is small on purpose: a field, and the words for those without one.  An editor's
text is data; nothing else in it has a meaning.  Doubled brackets, `[[name]]`, print the
brackets themselves.
"""

from __future__ import annotations

import dataclasses
import difflib
import html
import re
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

from newsletter.errors import LimitExceeded, MergeTagError
from newsletter.phrases import phrase
from newsletter.rendering.personalisation import residual
from newsletter.rendering.personalisation.recipients import SUBSCRIBER_FIELDS
from newsletter.rendering.personalisation.tracing import MAX_USES, Rich

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    #: (source of the expression, where in the issue) to what stands in the text.
    Fill = Callable[[str, str], str]
    #: (a text, where in the issue, whether it is HTML) to what stands there instead.
    Change = Callable[[str, str, bool], str]

_TAG = re.compile(
    r"(?P<open>\[\[?)[ \t\xa0]{0,3}"
    r"(?P<field>(?i:attributes)\.[\w-]{1,100}|[A-Za-z_]+(?:[ \xa0-][A-Za-z]{1,20})?)[ \t\xa0]{0,3}"
    r"(?:(?P<bar>\|)(?P<fallback>[^\[\]|<>]*))?(?P<close>\]\]?)"
)
#: The same in the address of a link, as Markdown writes it.
_ENCODED = re.compile(
    r"%5[Bb](?P<inside>(?:[\w.,:!?*'()~+|-]|%(?!5[BbDd])[0-9A-Fa-f]{2}){1,300})%5[Dd]"
)
# What no mail can hold: control characters but line ends and tabs, and lone surrogates.
_UNSENDABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

#: Different merge fields in the texts of an issue; the template prints some, too.
_MAX_FIELDS = MAX_USES - 20

T = TypeVar("T")


def fill_merge_tags(content: T, fill: Fill) -> T:
    """Return the content, or another dataclass, with `fill(expression, place)` for merge tags.

    Formatted text comes back as `Rich`.  Raises `MergeTagError` for a tag that is misspelt or
    lacks the words for those without.
    """

    def replaced(text: str, where: str, formatted: bool) -> str:
        text = _UNSENDABLE.sub("", text)
        if not formatted:
            return _replaced(text, where, fill, str)
        return Rich(_replaced(text, where, escaped, html.unescape))

    def escaped(source: str, place: str) -> str:
        return html.escape(fill(source, place), quote=False)

    return change_texts(content, replaced)


def check_merge_tags(content: T) -> tuple[T, tuple[MergeTagError | LimitExceeded, ...]]:
    """Return a content that can be filled in, and what is wrong with its merge tags.

    The brackets of faulty tags are doubled in it, so that they print themselves.
    """
    faults: list[MergeTagError | LimitExceeded] = []
    sources: set[str] = set()

    def doubled(text: str, where: str, formatted: bool) -> str:
        def judged(tag: re.Match[str]) -> str:
            try:
                source = _source(tag, where, html.unescape if formatted else str)
            except MergeTagError as error:
                faults.append(error)
                return _doubled(tag)
            if source and source not in sources and len(sources) == _MAX_FIELDS:
                faults.append(_too_many(where))
                return _doubled(tag)
            sources.update({source} - {""})
            return tag[0]

        return _substituted(text, judged)

    return change_texts(content, doubled), tuple(faults)


def change_texts(content: T, change: Change) -> T:
    """Return the content, or another dataclass, with `change(text, place, is HTML)` for texts."""
    return _walked(content, "", change)


def is_merge_tag(text: str) -> bool:
    """Say whether a text is one merge tag of ours, and nothing else."""
    tag = _TAG.fullmatch(text)
    return bool(tag and _alike(tag))


def _walked(value: T, place: str, change: Change) -> T:
    if isinstance(value, tuple):
        return type(value)(
            _walked(each, f"{place} {number}", change) for number, each in enumerate(value, 1)
        )
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changes = {
        each.name: _field(value, each, place, change)
        for each in dataclasses.fields(value)
        if each.init
    }
    return dataclasses.replace(value, **changes)


def texts_of(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a content, or another dataclass, with its place, e.g. `lead credit`."""
    if isinstance(value, str):
        yield value, place
    elif isinstance(value, tuple):
        for number, each in enumerate(value, 1):
            yield from texts_of(each, f"{place} {number}")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for each in dataclasses.fields(value):
            yield from texts_of(getattr(value, each.name), f"{place} {each.name}".strip())


def _field(owner: Any, each: dataclasses.Field[Any], place: str, change: Change) -> Any:
    value = getattr(owner, each.name)
    where = f"{place} {each.name}".strip()
    if not isinstance(value, str):
        return _walked(value, where, change)
    return change(value, where, each.type == "Html")


def _replaced(text: str, where: str, fill: Fill, decode: Callable[[str], str]) -> str:
    def replaced(tag: re.Match[str]) -> str:
        if source := _source(tag, where, decode):
            return tag["open"][1:] + fill(source, f"issue: {where}") + tag["close"][1:]
        return tag[0][1:-1] if _alike(tag) else tag[0]

    return _substituted(text, replaced)


def _substituted(text: str, replaced: Callable[[re.Match[str]], str]) -> str:
    if "%5" in text:
        text = _ENCODED.sub(_decoded, text)
    return _TAG.sub(replaced, text) if "[" in text else text


def _source(tag: re.Match[str], where: str, decode: Callable[[str], str]) -> str:
    """Return the expression of a tag, or nothing for brackets that print themselves."""
    alike = _alike(tag)
    if not alike or (tag["open"] == "[[" and tag["close"] == "]]"):
        return ""
    if alike != _name(tag):
        raise _misspelt(tag, alike, where)
    return _expression(tag, where, decode)


def _doubled(tag: re.Match[str]) -> str:
    """Return a tag so that it prints itself, with a bracket that stood beside it."""
    opening, closing = len(tag["open"]), len(tag["close"])
    inside = tag[0][opening : len(tag[0]) - closing]
    return f"{tag['open'][1:]}[[{inside}]]{tag['close'][1:]}"


def _too_many(where: str) -> LimitExceeded:
    return LimitExceeded(
        phrase("more than {number} different merge fields in one mail", number=f"{_MAX_FIELDS:,}"),
        place=where,
        hint=phrase("Use fewer: each is a value of its own for everybody."),
    )


def _decoded(encoded: re.Match[str]) -> str:
    """Return a merge tag of ours in an address as it was written, and all else as it is."""
    written = f"[{unquote(encoded['inside'])}]"
    tag = _TAG.fullmatch(written)
    return html.escape(written, quote=False) if tag and _alike(tag) else encoded[0]


def _name(tag: re.Match[str]) -> str:
    """Return the field of a tag as it is called here, whatever its case and blanks."""
    field = tag["field"]
    kind, dot, name = field.partition(".")
    if dot:
        return f"{kind.lower()}.{name}"
    return field.lower().replace(" ", "_").replace("\xa0", "_").replace("-", "_")


def _alike(tag: re.Match[str]) -> str:
    """Return the field that is meant, or nothing where the brackets are no merge tag."""
    field = _name(tag)
    if field in SUBSCRIBER_FIELDS or field.startswith("attributes."):
        return field
    if field.replace("_", "") == "firstname":
        return "first_name"
    likely = tag["bar"] and difflib.get_close_matches(field, SUBSCRIBER_FIELDS, 1, 0.7)
    return likely[0] if likely else ""


def _expression(tag: re.Match[str], where: str, decode: Callable[[str], str]) -> str:
    field, fallback = _name(tag), tag["fallback"]
    if field == "email":
        return "subscriber.email"
    if fallback is None:
        raise MergeTagError(
            phrase("[{field}] has no words for subscribers without one", field=field),
            field=where,
            hint=phrase("Write [{field}|reader]; [[{field}]] prints the brackets.", field=field),
        )
    kind, _, name = field.partition(".")
    source = residual.attribute_source(name) if name else f"subscriber.{kind}"
    return f"{source}|default({decode(fallback).strip()!r}, true)"


def _misspelt(tag: re.Match[str], alike: str, where: str) -> MergeTagError:
    return MergeTagError(
        phrase("{tag} is not a merge tag", tag=tag[0]),
        field=where,
        hint=phrase(
            "Did you mean [{field}|{words}]? Doubled brackets print themselves.",
            field=alike,
            words=tag["fallback"] or "reader",
        ),
    )
