"""Languages: what is the code of one, and which way it is written."""

from __future__ import annotations

import pytest

from newsletter.publishing.languages import direction_of, is_language


@pytest.mark.parametrize("tag", ["ar", "he", "fa", "ur", "ar-EG", "FA", "az-Arab", "pa-Arab-PK"])
def test_right_to_left(tag: str) -> None:
    """Arabic, Hebrew, Persian and Urdu run from right to left, and what is written like them."""
    assert direction_of(tag) == "rtl"


@pytest.mark.parametrize("tag", ["en", "ja", "pt-BR", "zh-Hant", "ur-Latn", "ar-Latn-EG", ""])
def test_left_to_right(tag: str) -> None:
    """Anything else runs from left to right, also Urdu in Latin letters."""
    assert direction_of(tag) == "ltr"


@pytest.mark.parametrize(
    ("tag", "good"),
    [("en", True), ("pt-BR", True), ("zh-Hant-HK", True), ("english", False), ("e", False),
     ("en_GB", False), ("", False), ("en-", False)],
)  # fmt: skip
def test_codes(tag: str, good: bool) -> None:
    """The code of a language has two or three letters, and parts behind hyphens."""
    assert is_language(tag) is good
