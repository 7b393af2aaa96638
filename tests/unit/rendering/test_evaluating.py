"""Expressions become functions that agree with Jinja; whether one can fail is known from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter import rendering
from newsletter.errors import UnfilledField
from newsletter.rendering import Recipient, evaluating, expressions, recipients
from newsletter.rendering.contexts import Context
from newsletter.rendering.evaluating import decides, fills, printing
from tests.unit.rendering import samples
from tests.unit.rendering.samples import ENGLISH

LINKS = {"unsubscribe_url": "https://x.example/u", "preferences_url": "https://x.example/p"}
BARE = Recipient(email="", **LINKS)


PEOPLE = [
    BARE,
    samples.ANN,
    samples.NAMELESS,
    Recipient(email="é@x.example", name="<b>\u202e", first_name="Ann", **LINKS),
    Recipient(email="a@x.example", first_name="x", attributes={"city": "", "x": "x"}, **LINKS),
]
PRINTED = [
    "subscriber.first_name",
    "unsubscribe_url",
    "subscriber.first_name|default('reader', true)",
    "subscriber.attributes.city|default('here', false)",
    "subscriber.attributes.city|default(subscriber.name)|upper",
    "subscriber.attributes['birth place']|d('here')",
    "'Dear ' ~ subscriber.name ~ '!' ~ 3",
    "subscriber.email|urlencode|title|trim|capitalize|string|lower",
    "'A' if subscriber.attributes.x and not subscriber.name == 'y' else 'B'",
    "'x' if subscriber.attributes.city is defined else ''",
    "'A' if (subscriber.attributes.x or subscriber.first_name) == 'x' else 'B'",
    "'A' if subscriber.attributes.x == subscriber.attributes.y else true",
]
TESTED = [
    "subscriber.attributes.lang == 'ja'",
    "subscriber.attributes.city != subscriber.attributes.x",
    "subscriber.name or not subscriber.attributes.x",
    "subscriber.name and subscriber.attributes.city is undefined",
]


@pytest.mark.parametrize("source", PRINTED)
def test_printing_is_jinjas(source: str) -> None:
    """What a function prints for a recipient is what Jinja prints."""
    for person in PEOPLE:
        assert [printing(source)(person)] == expressions.values((source,), recipients.scope(person))


@pytest.mark.parametrize("source", TESTED)
def test_testing_is_jinjas(source: str) -> None:
    """A test holds for a recipient exactly where Jinja says so."""
    for person in PEOPLE:
        assert evaluating.testing(source)(person) is expressions.holds(
            source, recipients.scope(person)
        )


@pytest.mark.parametrize("source", PRINTED)
def test_certain(source: str) -> None:
    """An expression that has a value for a person without any data is certain."""
    assert fills(source, Context.TEXT)


@pytest.mark.parametrize(
    "source",
    [
        "subscriber.attributes.city",
        "subscriber.attributes.city|upper",
        "subscriber.attributes._city|default('x')",
        "subscriber.name|length|length",
        "subscriber.attributes.city ~ '!'",
        "subscriber.attributes.city|default(subscriber.attributes.town)",
        "subscriber.name|truncate(subscriber.attributes.n|int)",
        "subscriber.name + subscriber.attributes.n",
        "'A' if subscriber.attributes.age > 3 else 'B'",
    ],
)
def test_doubtful(source: str) -> None:
    """An expression that fails for a person without data, or is not understood, is doubtful."""
    assert not fills(source, Context.TEXT)


def test_addresses() -> None:
    """Only our own links are sure to be addresses; they may stand anywhere."""
    assert fills("unsubscribe_url", Context.ADDRESS)
    assert fills("subscriber.name", Context.URL)
    assert not fills("subscriber.attributes.site|default('https://x.example')", Context.ADDRESS)


@pytest.mark.parametrize(
    ("source", "sure"),
    [
        ("subscriber.attributes.lang == 'ja'", True),
        ("subscriber.name or not subscriber.attributes.x", True),
        ("subscriber.attributes.age > 3", False),
        ("subscriber.attributes.n|int == 3", False),
    ],
)
def test_tests(source: str, sure: bool) -> None:
    """A test for equality or emptiness can be decided for everybody; an order need not."""
    assert decides(source) is sure


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("{{ subscriber.first_name|default('reader') }}", True),
        ("{% if subscriber.attributes.lang == 'ja' %}A{% endif %}", True),
        ("{{ subscriber.attributes.city }}", False),
        ("{% if subscriber.attributes.age > 3 %}A{% endif %}", False),
    ],
)
def test_edition(tmp_path: Path, text: str, sure: bool) -> None:
    """An edition fills in for everybody when all its fields and tests do, and else may fail."""
    template = samples.template(tmp_path, samples.body(""), text)
    edition = rendering.compile(ENGLISH, template)

    assert edition.fills_for_everybody is sure
    if sure:
        edition.variant(BARE).parts(BARE)
    else:
        with pytest.raises(UnfilledField):
            edition.variant(BARE).parts(BARE)
