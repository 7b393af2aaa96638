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
        ("[name|R&amp;D] & co", "{subscriber.name|default('R&amp;D', true)} & co"),
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
        "[frist_name]",
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
        ("[firstname]", "Did you mean [first_name|reader]?"),
        ("[frist_name|dear friend]", "Did you mean [first_name|dear friend]?"),
        ("[frist_name|]", "Did you mean [first_name|reader]?"),
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


def test_faulty_tags_are_told_and_print_themselves() -> None:
    """The others stay as they are, so that the issue can be shown all the same."""
    text = "[name] [name|x] [frist_name|y] [[email]] [z]"
    content = dataclasses.replace(
        ENGLISH, subject=text, blocks=(Text(body=Html("<p>[name|R&amp;D] [first_name]</p>")),)
    )

    checked, faults = merge_tags.check_merge_tags(content)

    assert checked.subject == "[[name]] [name|x] [[frist_name|y]] [[email]] [z]"
    [block] = checked.blocks
    assert isinstance(block, Text)
    assert block.body == "<p>[name|R&amp;D] [[first_name]]</p>"
    assert sorted(str(fault).partition(":")[0] for fault in faults) == [
        "blocks 1 body",
        "subject",
        "subject",
    ]
    merge_tags.fill_merge_tags(checked, lambda _source, _place: "")


def test_too_many_fields_are_told_once_for_each() -> None:
    """A field counts once, however often it is used."""
    most = merge_tags._MAX_FIELDS
    tags = [f"[attributes.a{number}|]" for number in range(most + 1)]

    for count, told in ((most, 0), (most + 1, 1)):
        text = " ".join([*tags[:count], *tags[:2], "[[email]]"])
        content = dataclasses.replace(ENGLISH, subject=text, blocks=())
        checked, faults = merge_tags.check_merge_tags(content)
        assert len(faults) == told
        assert checked.subject.count("[[") == told + 1
    assert f"{most:,}" in str(faults[0])


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://a.example/?e=%5Bemail%5D", "https://a.example/?e={subscriber.email}"),
        ("https://a.example/?e=%5Bx%5D&f=%5b1%5d", "https://a.example/?e=%5Bx%5D&f=%5b1%5d"),
    ],
)
def test_encoded_in_an_address(address: str, written: str) -> None:
    """Markdown encodes the brackets of a link: a tag of ours is read, and all else stays."""
    assert subject(address) == written


@pytest.mark.parametrize(
    ("text", "tag"),
    [("[email]", True), ("[name|x]", True), ("[x]", False), ("a [email]", False), ("", False)],
)
def test_whether_a_text_is_one_tag(text: str, tag: bool) -> None:
    """One of ours, and nothing beside it."""
    assert merge_tags.is_merge_tag(text) is tag
