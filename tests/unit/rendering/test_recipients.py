"""What is known about a subscriber is cleaned before it comes near a mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.rendering.personalisation import recipients
from tests.unit.rendering.samples import HARD_STRINGS


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        pytest.param("Ann\r\nBcc: x@example.org", "Ann  Bcc: x@example.org", id="header"),
        pytest.param("a\u2028b\u0085c\td", "a b c d", id="line-ends"),
        pytest.param("a\x00\x07\x7f\x9bb", "ab", id="controls"),
        pytest.param("\u202eevil\u202c \u2066x\u2069", "evil x", id="bidi"),
        pytest.param("a\ud800b\ufffe\ufeff", "ab", id="unsendable"),
        pytest.param("Cafe\u0301", "Café", id="normal-form"),
        pytest.param("a\u200db\u200fc", "a\u200db\u200fc", id="joiners-stay"),
        pytest.param(7, "7", id="number"),
    ],
)
def test_cleaning(value: object, cleaned: str) -> None:
    """Controls, line ends and lone surrogates go; text in every script stays."""
    assert recipients.clean_value(value) == cleaned


#: The first and the last of what is taken out, of what becomes a space, and their neighbours.
TAKEN_OUT = (
    *(0x00, 0x08, 0x0E, 0x1F, 0x7F, 0x84, 0x86, 0x9F, 0x202A, 0x202E, 0x2066, 0x2069),
    *(0xD800, 0xDFFF, 0xFDD0, 0xFDEF, 0xFEFF, 0xFFFE, 0xFFFF),
)
SPACES = (0x09, 0x0D, 0x85, 0x2028, 0x2029)
NEIGHBOURS = (
    *(0x20, 0x7E, 0xA0, 0x2027, 0x202F, 0x2065, 0x206A, 0xD7FF, 0xE000),
    *(0xFDCF, 0xFDF0, 0xFEFE, 0xFF00, 0xFFFD, 0x10000),
)


@pytest.mark.parametrize(
    ("numbers", "cleaned"), [(TAKEN_OUT, ""), (SPACES, " "), (NEIGHBOURS, None)]
)
def test_where_cleaning_begins_and_ends(numbers: tuple[int, ...], cleaned: str | None) -> None:
    """Not one character too few is cleaned, and not one too many."""
    for number in numbers:
        expected = chr(number) if cleaned is None else cleaned
        assert recipients.clean_value(f"é{chr(number)}é") == f"é{expected}é", hex(number)


@given(st.one_of(st.sampled_from(HARD_STRINGS), st.text(st.characters())))
def test_clean_values_can_be_sent(value: str) -> None:
    """A cleaned value is one line, can be encoded, and is not changed by cleaning again."""
    cleaned = recipients.clean_value(value)

    assert len(cleaned.splitlines()) <= 1
    assert cleaned.encode().decode() == cleaned
    assert recipients.clean_value(cleaned) == cleaned
