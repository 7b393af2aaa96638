"""Read the JSON of a provider's answer.  Any unexpected form is not an answer.

A proxy, a filter or a login page may answer in the provider's place, and a provider may change.
So every field is checked before it is used.  A wrong form is `OutcomeUnknown`: nothing is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from newsletter.errors import OutcomeUnknown
from newsletter.phrases import phrase
from newsletter.transports.sendgrid.client import Answer

#: A part of an address: nothing that begins another part of it, and no blanks.
IDENTIFIER = re.compile(r"[!$&-.0-;=@-Z_a-z~]{1,200}")


def json_of(answer: Answer) -> Any:
    """Return the JSON body of an answer; raise `OutcomeUnknown` if it is not JSON."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise OutcomeUnknown(phrase("SendGrid's answer is not JSON")) from None


def object_of(answer: Answer) -> Mapping[str, Any]:
    """Return the object that an answer is."""
    found = json_of(answer)
    if not isinstance(found, dict):
        raise unexpected_answer(phrase("is no object"))
    return found


def objects_of(answer: Answer) -> list[Mapping[str, Any]]:
    """Return the list of objects that an answer is."""
    return as_objects(json_of(answer), phrase("is no list of objects"))


def objects_in(found: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the list of objects at a key; it must be there."""
    return as_objects(found.get(key), phrase("has no list {key}", key=repr(key)))


def object_in(found: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the object at a key; an empty one if there is none."""
    value = found.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise unexpected_answer(phrase("has something else than an object at {key}", key=repr(key)))
    return value


def text_in(found: Mapping[str, Any], key: str) -> str:
    """Return the text at a key; it must be there."""
    value = found.get(key)
    if not isinstance(value, str) or not value:
        raise unexpected_answer(phrase("has no {key}", key=repr(key)))
    return value


def identifier_in(found: Mapping[str, Any], key: str) -> str:
    """Return the text at a key that becomes a part of an address."""
    value = text_in(found, key)
    if not IDENTIFIER.fullmatch(value):
        raise unexpected_answer(phrase("has no usable {key}", key=repr(key)))
    return value


def as_objects(value: Any, otherwise: str) -> list[Mapping[str, Any]]:
    """Return a list of objects, or raise `OutcomeUnknown`."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise unexpected_answer(otherwise)
    return value


def unexpected_answer(what: str) -> OutcomeUnknown:
    """Return the error for an answer of another form."""
    return OutcomeUnknown(phrase("SendGrid's answer {what}", what=what))
