"""Whatever is not TOML, what is wrong is said in our words."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.toml_mistakes import OTHERWISE, explain

#: What files of settings are made of.
PIECES = st.sampled_from(
    [
        *("[web]", "[[web]]", "[", "]", "{", "}", "=", ",", '"', "'", '"""', "\\", "\\u00", "#"),
        *("a", "a.b", "[a.b]", "a = 1", "b = {a = 1, a = 2}", "1", "true", "1979-13-01"),
        *("\n", "\t", " ", "\x00", "\r"),
    ]
)


def complaint(text: str) -> str:
    """Return what Python says of a text; empty for TOML."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return str(error)
    return ""


@given(st.lists(PIECES, max_size=12).map("".join))
def test_no_sentence_is_left_over(text: str) -> None:
    """Each complaint of the reader has its words here, and a line of the text."""
    if said := complaint(text):
        line, _, reason = explain(said, text)
        assert reason != OTHERWISE, said
        assert 0 <= line <= text.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a = 1\na = 2", 2, "a key stands there twice"),
        ("[a]\n[a]", 2, "a section stands there twice"),
        ("a = 2026-13-01", 1, "something stands behind a value"),
        ("= 1", 1, "a line is neither a section nor a key"),
        ("a = {b = 1, b = 2}", 1, "a key stands twice in a table in braces"),
        ('a = "\\ud800"', 1, "an escape in a text is no character"),
    ],
)
def test_reasons(text: str, line: int, reason: str) -> None:
    """With the line on which it stands."""
    found, _, said = explain(complaint(text), text)

    assert found == line
    assert reason in said
