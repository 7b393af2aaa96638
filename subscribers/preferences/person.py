"""The name and the language of a person, as they say themselves."""

from __future__ import annotations

import re

from newsletter.errors import BadInput
from subscribers.history.models import Actor, SubscriptionChange
from subscribers.history.recording import Change, record
from subscribers.importing.columns import MAX_NAME_LENGTH, clean_text
from subscribers.models import Subscriber

#: The shape of a language tag (RFC 5646), without its rarer parts.
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MAX_TAG_LENGTH = 35
#: Attributes that are parts of a name: a new name makes them wrong.
NAME_PARTS = ("first_name", "last_name")


def rename(person: Subscriber, text: str, *, by: str = Actor.PERSON) -> bool:
    """Save a name, and remove parts of the old one, which would still be used to greet."""
    name = " ".join(clean_text(text).split())[:MAX_NAME_LENGTH].strip()
    if name == person.name:
        return False
    person.name = name
    person.attributes = {
        key: text for key, text in person.attributes.items() if key not in NAME_PARTS
    }
    person.save(update_fields=["name", "attributes"])
    record(Change(subscriber_id=person.pk, kind=SubscriptionChange.Kind.RENAMED, by=by))
    return True


def choose_language(person: Subscriber, tag: str, *, by: str = Actor.PERSON) -> bool:
    """Save the language a person reads; empty forgets it.  Raises `BadInput`."""
    tag = tag.strip()
    if tag and (len(tag) > MAX_TAG_LENGTH or not TAG.fullmatch(tag)):
        raise BadInput(f"{tag[:40]!r} is no language tag such as en or ja")
    if tag == person.language:
        return False
    change = Change(
        subscriber_id=person.pk,
        kind=SubscriptionChange.Kind.LANGUAGE,
        by=by,
        detail={"from": person.language, "to": tag},
    )
    person.language = tag
    person.save(update_fields=["language"])
    record(change)
    return True
