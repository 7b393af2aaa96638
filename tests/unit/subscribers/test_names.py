"""What is a name, and the first name in it."""

from __future__ import annotations

import pytest

from subscribers.models import first_name
from subscribers.names import clean_name, first_name_in


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ann Ember", "Ann"),
        ("Ember, Ann", "Ann"),
        ("Ember, Ann Maria", "Ann"),
        ("Ember, Jr.", "Ember"),
        ("Dr. Ann Ember", "Ann"),
        ("DR. ANN EMBER", "Ann"),
        ("Prof. Dr. Ann Ember", "Ann"),
        ("JEAN-LUC EMBER", "Jean-Luc"),
        ("AJ Ember", "AJ"),
        ("J. R. Ember", "Ember"),
        ('"Ann"', "Ann"),
        ("Ann (work)", "Ann"),
        ("山田 太郎", "山田"),
        ("Zoë Ember", "Zoë"),
        *((text, "") for text in ("Unknown Name", "unknown", "N/A", "n/a", "-", "--", "null")),
        *((text, "") for text in ("None", "Dr.", "Mr", "Mrs.", ".", "?", "12345", "undefined")),
        *((text, "") for text in ("ann@example.org", "https://example.org", "First Name", "不明")),
        *(
            (text, "")
            for text in ("Ember & Sons GmbH", "株式会社テスト", "<b>Ann</b>", "*|FNAME|*", "")
        ),
    ],
)
def test_a_first_name_is_one_or_none(name: str, first: str) -> None:
    """A mail greets by a name that is one, else as it greets people without one."""
    assert first_name_in(name) == first


def test_a_name_is_turned_round_or_left_blank() -> None:
    """What is kept can be printed."""
    assert clean_name("Ember, Ann") == "Ann Ember"
    assert clean_name("Unknown Name") == ""
    assert clean_name("Ann Ember") == "Ann Ember"


def test_a_bad_first_name_falls_back_to_the_name() -> None:
    """The column of first names may hold a title alone."""
    assert first_name("Ann Ember", {"first_name": "Dr."}) == "Ann"
    assert first_name("", {"first_name": "N/A"}) == ""
    assert first_name("Unknown Name", {"first_name": "Bo"}) == "Bo"
