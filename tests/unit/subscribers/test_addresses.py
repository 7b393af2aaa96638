"""Addresses: which are good, and which are the same."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.errors import BadInput
from subscribers.addresses import (
    cell_address,
    key_of,
    mask_address,
    parse_address,
    parse_plain_address,
    validate_address,
)

#: Texts that are, or nearly are, plain addresses.
LOCAL = st.text("aZ09._+-'!#%/=?^`{|}~ \"@", min_size=1, max_size=70)
DOMAIN = st.text("aZ09.-", min_size=1, max_size=70)
NEARLY = st.builds(
    "{}@{}{}".format,
    LOCAL,
    DOMAIN,
    st.sampled_from(["", ".org", ".ORG", ".test", ".local", ".arpa", ".c", ".jp2", ".xn--p1ai"]),
)


@given(NEARLY | st.emails())
@example("Jane.Doe@Example.ORG")
@example("INFO@example.org")
@example("a@xn--r8jz45g.jp")
@example("a@" + "b" * 64 + ".org")
@example("a" * 65 + "@example.org")
@example("a@" + "b." * 126 + "org")
@example("a@example.org\n")
def test_the_short_way_answers_as_the_library(text: str) -> None:
    """What is taken for good without the library is good to it, and comes out the same."""
    short = parse_plain_address(text)

    assert short is None or short == validate_address(text)


@pytest.mark.parametrize(
    "text",
    ["jane.doe+news@mail.example.co.jp", "o'brien@example.org", "X_1@EXAMPLE.org", "a@b-c.museum"],
)
def test_ordinary_addresses_go_the_short_way(text: str) -> None:
    """The addresses that lists are full of never cost the library's time."""
    assert parse_plain_address(text)


@pytest.mark.parametrize(
    ("text", "email", "key"),
    [
        pytest.param(
            " Jane@Example.ORG ", "Jane@example.org", "jane@example.org", id="spaces-and-case"
        ),
        pytest.param(
            "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ",
            "taro@example.com",
            "taro@example.com",
            id="full-width",
        ),
        pytest.param("hi@例え.jp", "hi@xn--r8jz45g.jp", "hi@xn--r8jz45g.jp", id="international"),
        pytest.param(
            "hi@straße.de", "hi@xn--strae-oqa.de", "hi@xn--strae-oqa.de", id="sharp-s-is-kept"
        ),
    ],
)
def test_addresses_are_brought_to_one_form(text: str, email: str, key: str) -> None:
    """An address is kept as typed, with a domain that can travel; its key folds the rest."""
    assert parse_address(text) == (email, key)
    assert key_of(text) == key


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no email address"),
        ("   ", "no email address"),
        ("jane", "@-sign"),
        ("jane@", "after the @-sign"),
        ("@example.org", "before the @-sign"),
        ("jane@example", "period"),
        ("ja ne@example.org", "a space"),
        ("jane@example..org", "two periods"),
        ("jörg@example.org", "before the @-sign are not supported"),
        ("名前@example.jp", "before the @-sign are not supported"),
        ("Jane <jane@example.org>", "a space"),
        ("jane@example.test", "reserved"),
        ("jane@\u200bexample.org", r"<U\+200B>.*invisible character"),
        ("j" * 300 + "@example.org", "longer than 254"),
        ("j" * 65 + "@example.org", "more than 64 characters"),
    ],
)
def test_a_bad_address_is_refused_with_a_reason(text: str, reason: str) -> None:
    """The message says what is wrong, in words for the person who has the file."""
    with pytest.raises(BadInput, match=reason):
        parse_address(text)


@given(st.text() | NEARLY | st.emails())
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text raises anything but `BadInput`, and a good one has the key of its e-mail."""
    try:
        address = parse_address(text)
    except BadInput:
        return
    assert address.email.isascii()
    assert address.key == key_of(address.email) == key_of(text)
    assert parse_address(address.email) == address


@given(st.text())
def test_any_text_has_a_key(text: str) -> None:
    """Suppressed texts need not be addresses; space around them makes no other."""
    assert key_of(f" {text}\t") == key_of(text)


@given(st.emails())
def test_case_never_makes_another_person(email: str) -> None:
    """Upper and lower case of a whole address have one key."""
    assert key_of(email.upper()) == key_of(email.lower())


def test_a_masked_address_keeps_the_first_letter_and_the_domain() -> None:
    """Its owner knows it again; who got the mail forwarded cannot use it."""
    assert mask_address("jane@example.org") == "j…@example.org"


@pytest.mark.parametrize(
    "cell",
    [
        "Ann Ember <ann@tideline-mail.com>",
        '"Ember, Ann" <ann@tideline-mail.com>',
        "<ann@tideline-mail.com>",
        "mailto:ann@tideline-mail.com",
        "mailto:ann%40tideline-mail.com?subject=Hi",
        '="ann@tideline-mail.com"',
        "'ann@tideline-mail.com'",
        "ann@tideline-mail.com;",
        "ann@tideline-mail.com.",
        "ann@tideline-mail.com ,",
        "(ann@tideline-mail.com)",
        "\u200bann@tideline-mail.com\ufeff",
        "\u202aann@tideline-mail.com\u202c",
        "ann\u00ad@tideline-mail.com",
        "\xa0ann@tideline-mail.com\xa0",
        "ann@tideline-mail.com\u3000",
        "ａｎｎ＠tideline-mail.com",
        "&lt;ann@tideline-mail.com&gt;",
    ],
)
def test_a_cell_is_read_as_people_write_it(cell: str) -> None:
    """What stands around an address, and what cannot be seen, is no part of it."""
    assert cell_address(cell).email == "ann@tideline-mail.com"


@pytest.mark.parametrize("cell", ["a@x.org, b@x.org", "a@x.org; b@x.org", "a@x.org b@x.org"])
def test_two_addresses_in_a_cell_are_not_chosen_from(cell: str) -> None:
    """Nobody can know which of them is meant."""
    with pytest.raises(BadInput, match="2 addresses in one cell"):
        cell_address(cell)


@pytest.mark.parametrize(
    "address",
    ["user..name@docomo.ne.jp", "user.@docomo.ne.jp", "user.@ezweb.ne.jp", "a...b.@ezweb.ne.jp"],
)
def test_addresses_of_japanese_carriers_are_taken(address: str) -> None:
    """They exist, though no RFC allows them without quotation marks; quoted it is the same one."""
    local, _, domain = address.partition("@")

    assert parse_address(address) == cell_address(address) == (address, address)
    assert parse_address(f'"{local}"@{domain}') == (address, address)
    assert key_of(f'"{local}"@{domain}') == key_of(address) == address


@pytest.mark.parametrize(
    "address", ["user..name@example.com", "user.@example.com", ".a.@docomo.ne.jp"]
)
def test_nobody_else_has_such_an_address(address: str) -> None:
    """Elsewhere two dots are a slip of the finger."""
    with pytest.raises(BadInput):
        parse_address(address)
