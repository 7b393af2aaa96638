"""How an issue is called follows from its number."""

from __future__ import annotations

import pytest

from newsletter.publishing.naming import (
    IN_TITLE,
    is_slug_of,
    other_number_in,
    other_number_in_address,
    title_of,
)


@pytest.mark.parametrize(
    ("number", "title"),
    [((3, 11), "Digest Vol 3.11"), ((0, 11), "Digest Vol 11"), ((0, 0), "Digest")],
)
def test_the_title_of_a_number(number: tuple[int, int], title: str) -> None:
    """Volume and number make the title; without a number it is the publication's name."""
    assert title_of("Digest", *number) == title


@pytest.mark.parametrize(
    ("text", "number", "other"),
    [
        ("Digest Vol 3.11", (3, 11), ""),
        ("Digest Vol 3.10", (3, 11), "3.10"),
        ("Digest Vol. 3, No. 11", (3, 11), ""),
        ("Digest Vol. 3, No. 10", (3, 11), "10"),
        ("Digest #10", (0, 11), "10"),
        ("ダイジェスト 第10号", (0, 11), "10"),
        ("ダイジェスト 第11号", (3, 11), ""),
        ("Digest: 12 harbours", (3, 11), ""),
        ("A novel of 2024", (3, 11), ""),
    ],
)
def test_a_title_that_names_another_number(text: str, number: tuple[int, int], other: str) -> None:
    """A number of an issue in a title is recognised in many forms, other numbers are not."""
    assert other_number_in(text, *number, pattern=IN_TITLE) == other


def test_a_rank_in_a_subject_is_no_number() -> None:
    """In a subject only a volume is a number: `No. 1` is a rank."""
    assert other_number_in("The No. 1 port of Asia", 3, 11) == ""
    assert other_number_in("Vol 3.10: reed beds", 3, 11) == "3.10"


@pytest.mark.parametrize(
    ("slug", "number", "other"),
    [
        ("digest-vol-3-11", (3, 11), ""),
        ("digest-vol-3-11-2", (3, 11), ""),
        ("digest-vol-3-10", (3, 11), "3.10"),
        ("vol-11", (0, 11), ""),
        ("vol-11-2", (0, 11), ""),
        ("vol-10", (0, 11), "10"),
        ("ダイジェスト-第10号", (0, 11), "10"),
        ("twelve-harbours-12", (3, 11), ""),
    ],
)
def test_an_address_that_names_another_number(
    slug: str, number: tuple[int, int], other: str
) -> None:
    """An address names a number as titles do; a last number may only keep two apart."""
    assert other_number_in_address(slug, *number) == other


def test_an_address_follows_from_a_title_also_when_it_is_kept_apart() -> None:
    """`vol-3-11-2` is the address of `Vol 3.11` beside another of that name."""
    assert is_slug_of("vol-3-11", "Vol 3.11")
    assert is_slug_of("vol-3-11-2", "Vol 3.11")
    assert not is_slug_of("reed-beds", "Vol 3.11")
    assert not is_slug_of("", "…")
