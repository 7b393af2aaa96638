"""Merge tags are the only thing in editors' text that means something."""

from __future__ import annotations

import dataclasses

import pytest

from newsletter.errors import BadInput
from newsletter.rendering.content import Html, Text
from newsletter.rendering.personalisation import merge_tags
from newsletter.rendering.personalisation.tracing import Rich
from tests.unit.rendering.samples import ENGLISH


def subject(text: str) -> str:
    """The text as a subject, expressions between braces."""
    content = dataclasses.replace(ENGLISH, subject=text)
    return merge_tags.fill_merge_tags(content, lambda source, _place: f"{{{source}}}").subject


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Dear [first_name|reader],", "Dear {subscriber.first_name|default('reader', true)},"),
        ("[name|you]", "{subscriber.name|default('you', true)}"),
        ("[email]", "{subscriber.email}"),
        ("[email|x]", "{subscriber.email}"),
        ("[attributes.city|]", "{subscriber.attributes.city|default('', true)}"),
        ("[attributes.会社|x]", "{subscriber.attributes['会社']|default('x', true)}"),
        ("[attributes.job-title|x]", "{subscriber.attributes['job-title']|default('x', true)}"),
        ("[name|O'Neil \\ 1]", '{subscriber.name|default("O\'Neil \\\\ 1", true)}'),
        ("[[name|x]] [[email]]", "[name|x] [email]"),
        ("[[braces]] [[frist_name|x]]", "[[braces]] [frist_name|x]"),
        ("[First_Name|x]", "{subscriber.first_name|default('x', true)}"),
        ("[ first_name | dear reader ]", "{subscriber.first_name|default('dear reader', true)}"),
        ("[FIRST_NAME|x]", "{subscriber.first_name|default('x', true)}"),
        ("[First Name|x]", "{subscriber.first_name|default('x', true)}"),
        ("[first-name|x]", "{subscriber.first_name|default('x', true)}"),
        ("[Email]", "{subscriber.email}"),
        ("[Attributes.City|x]", "{subscriber.attributes.City|default('x', true)}"),
        ("[[email] [email]]", "[{subscriber.email} {subscriber.email}]"),
    ],
)
def test_tags(text: str, filled: str) -> None:
    """A tag becomes an expression; doubled brackets print themselves."""
    assert subject(text) == filled


@pytest.mark.parametrize(
    "text",
    [
        "{{ 7*7 }}",
        "{% if x %}",
        "%name%",
        "[1]",
        "[a b]",
        "[x|y]",
        "[name|<b>]",
        "[]",
    ],
)
def test_everything_else_is_text(text: str) -> None:
    """What is no merge tag stays as it is."""
    assert subject(text) == text


def test_formatted_text() -> None:
    """In formatted text the fallback is read as HTML, and the result is escaped."""
    content = dataclasses.replace(ENGLISH, blocks=(Text(body=Html("<p>[name|R&amp;D]</p>")),))

    [block] = merge_tags.fill_merge_tags(content, lambda source, _place: f"<{source}>").blocks

    assert isinstance(block, Text)
    assert block.body == "<p>&lt;subscriber.name|default('R&amp;D', true)&gt;</p>"
    assert isinstance(block.body, Rich)


def test_places() -> None:
    """Each use is noted with its place in the issue."""
    places: list[str] = []
    merge_tags.fill_merge_tags(ENGLISH, lambda _source, place: places.append(place) or "")

    assert places == ["issue: blocks 1 body"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Dear [first_name]", "[first_name|reader]"),
        ("[attributes.city]", "[attributes.city|reader]"),
        ("[frist_name|reader]", "Did you mean [first_name|reader]?"),
        ("[firstname|reader]", "Did you mean [first_name|reader]?"),
    ],
)
def test_mistakes(text: str, hint: str) -> None:
    """A tag without words for those without, or misspelt, is refused with its place."""
    with pytest.raises(BadInput, match=r"^subject: ") as caught:
        subject(text)

    assert hint in caught.value.hint


def test_unsendable_characters_go() -> None:
    """Control characters and lone surrogates go, line ends and all scripts stay."""
    assert subject("a\x00\x0b\ud800b\n日本　e\u0301") == "ab\n日本　e\u0301"
