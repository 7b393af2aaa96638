"""Read fields within a cell: JSON, and `newsletter=no; status: left`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import orjson

from subscribers.exports.notes import asks_for_no_mail
from subscribers.exports.titles import (
    ABOUT_MAIL,
    ELSEWHERE,
    OTHERS,
    PERHAPS_ABOUT_MAIL,
    rule_by_cells,
    rule_of,
)
from subscribers.exports.words import fold_text

#: Characters of a cell that are read, and fields in it.
MAX_CHARACTERS = 20_000
MAX_FIELDS = 500
#: `newsletter=no`, `Status: left`; no time of day and no address of the web.
PAIR = re.compile(r"([^\W\d][\w .-]{0,60}?)\s{0,3}[=:]\s{0,3}([^\s/=:][^=:]{0,80})")
#: `<optin>0</optin>`.
TAG = re.compile(r"<(\w{1,60})>([^<>]{1,80})</")
#: Without one of these a cell holds no fields.
HAS_FIELDS = re.compile(r"[={\[<:]")
#: Values that only tell what the fields beside them are about.
CHANNELS = frozenset({"sms", "whatsapp", "push", "phone", "postal", "mail_order", "viber"})


def says_left(text: str) -> bool:
    """Whether a field in a cell says that the person left, or must not be mailed."""
    if not HAS_FIELDS.search(text[:MAX_CHARACTERS]):
        return False
    return any(
        takes_off(title, value) or (" " in value and asks_for_no_mail(value))
        for title, value in fields_of(text[:MAX_CHARACTERS])
    )


def holds_fields(text: str) -> bool:
    """Whether a cell holds fields of its own."""
    return next(fields_of(text[:MAX_CHARACTERS]), None) is not None


def fields_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of a cell, each with the titles it stands below, and its value."""
    if text[:1] in ("{", "["):
        try:
            whole = orjson.loads(text)
        except orjson.JSONDecodeError:
            whole = None
        if whole is not None:
            yield from walk_values(whole)
            return
    for tag in TAG.finditer(text):
        yield tag[1], tag[2]
    bare = text.replace('"', "").replace("'", "")
    for part in re.split(r"[;,|&\n{}\[\]]", bare)[:MAX_FIELDS]:
        if match := PAIR.fullmatch(part.strip()[:160]):
            yield match[1], match[2].strip()


def walk_values(whole: object) -> Iterator[tuple[str, str]]:
    """Yield the values in JSON with their titles."""
    waiting: list[tuple[str, object]] = [("", whole)]
    for _number in range(MAX_FIELDS):
        if not waiting:
            return
        title, value = waiting.pop()
        if isinstance(value, dict):
            if CHANNELS.isdisjoint(str(each).lower() for each in value.values()):
                waiting += [(f"{title} {key}".strip(), each) for key, each in value.items()]
        elif isinstance(value, list):
            waiting += [(title, each) for each in value]
        elif isinstance(value, bool):
            yield title, "true" if value else "false"
        elif value is not None:
            yield title, str(value)


def takes_off(title: str, value: str) -> bool:
    """Whether a field with such a title and value takes a person off."""
    if not may_say(title):
        return False
    rule = rule_of(fold_text(title)) or rule_of(last_of(title)) or rule_by_cells(title, {value})
    meaning = rule.meaning_of(value) if rule else None
    return meaning is not None and meaning.left


@lru_cache(maxsize=4096)
def may_say(title: str) -> bool:
    """Whether a field with such a title may say who is mailed."""
    whole, own = fold_text(title), last_of(title)
    if not own or whole in OTHERS or ELSEWHERE.search(whole):
        return False
    about = ABOUT_MAIL.search(whole) or PERHAPS_ABOUT_MAIL.search(whole)
    return bool(rule_of(whole) or rule_of(own) or about)


def last_of(title: str) -> str:
    """Return the innermost of the titles that a field stands below, folded."""
    return fold_text(title.rpartition(" ")[2])
