"""How an issue is called: its number, the title that follows from it, and its web address."""

from __future__ import annotations

import re

from django.utils.text import slugify

#: In an address: `vol-3-11`, `no-11`, also with a last number that keeps it apart from others.
IN_ADDRESS = re.compile(
    r"(?:^|-)(?:vol|volume|no|nr|issue|ausgabe|第)-?(\d{1,9})(?:-(\d{1,9}))?(?=号?(?:-|$))"
)
#: In a text: `Vol 3.11`, `第11号`; in a title also `No. 11` and `#11`, elsewhere they may be ranks.
IN_TEXT = re.compile(
    r"(?:\bvol(?:ume)?\b\.?\s*|第\s*)(\d{1,9}(?:\.\d{1,9})?)(?![\d%])", re.IGNORECASE
)
IN_TITLE = re.compile(
    r"(?:\b(?:vol(?:ume)?|no|nr|issue)\b\.?\s*|#|第\s*)(\d{1,9}(?:\.\d{1,9})?)(?![\d%])",
    re.IGNORECASE,
)


def ref_of(volume: int, number: int) -> str:
    """Return `3.11`, or `11` without volumes; nothing where there is no number."""
    if not number:
        return ""
    return f"{volume}.{number}" if volume else str(number)


def title_of(publication: str, volume: int, number: int) -> str:
    """Return the title that an issue of a publication has until a person gives it another."""
    ref = ref_of(volume, number)
    return f"{publication} Vol {ref}" if ref else publication


def slug_of(title: str) -> str:
    """Return a title as part of an address; `Vol 3.11` keeps its two numbers apart."""
    return slugify(title.replace(".", "-"), allow_unicode=True)[:200]


def is_slug_of(slug: str, title: str) -> bool:
    """Say whether an address follows from a title; a number behind may keep it apart."""
    wanted = slug_of(title)
    return bool(wanted) and re.fullmatch(rf"{re.escape(wanted)}(?:-\d+)?", slug) is not None


def other_number_in(
    text: str, volume: int, number: int, *, pattern: re.Pattern[str] = IN_TEXT
) -> str:
    """Return a number of an issue that a text names, where it is not this one; else nothing."""
    named = [each for each in pattern.findall(text) if not volume or each != str(volume)]
    ours = {ref_of(volume, number), str(number)}
    return "" if not named or ours.intersection(named) else str(named[0])


def other_number_in_address(slug: str, volume: int, number: int) -> str:
    """Return the same for the last part of an address."""
    found = IN_ADDRESS.search(slug.lower())
    if found is None:
        return ""
    first, second = found.groups()
    ours = (str(volume), str(number)) if volume else (str(number),)
    if (first, second)[: len(ours)] == ours or (volume and not second and first == str(number)):
        return ""
    return f"{first}.{second}" if second else str(first)


def free_slug(slug: str, taken: set[str]) -> str:
    """Return the slug, with a number behind it if others have it."""
    number, candidate = 1, slug
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
