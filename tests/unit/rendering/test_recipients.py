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
    assert recipients.clean(value) == cleaned


@given(st.one_of(st.sampled_from(HARD_STRINGS), st.text(st.characters())))
def test_clean_values_can_be_sent(value: str) -> None:
    """A cleaned value is one line, can be encoded, and is not changed by cleaning again."""
    cleaned = recipients.clean(value)

    assert len(cleaned.splitlines()) <= 1
    assert cleaned.encode().decode() == cleaned
    assert recipients.clean(cleaned) == cleaned
