"""No regular expression of the product takes much longer for a text that is twice as long.

Text from outside may be chosen by somebody who wants this process to stand still.  So every
pattern is tried, wherever it is used: who knows what text it meets next year.  The work is
counted, not timed, see `tests.unit.patterns.matching`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest

from tests.unit.patterns import collected
from tests.unit.patterns.collected import Use, modules, uses, uses_in
from tests.unit.patterns.matching import MAX_WORK, TooMuchWork, matcher

#: Lengths that are tried: each is twice the one before.
LENGTHS = (60, 120, 240)
#: Twice the length is twice the work; four times would be a square.
MAX_GROWTH = 2.6
#: Below this number of steps nothing is to be seen.
LEAST_WORK = 300


@pytest.fixture(autouse=True)
def deep() -> Iterator[None]:
    """Let the counting matcher call itself once for each letter."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    yield
    sys.setrecursionlimit(before)


def work(use: Use, text: str) -> int:
    """Return the steps that a pattern takes over a text, as it is used."""
    counting = matcher(use.pattern).over(text)
    try:
        if use.anchored:
            counting.match(0)
            counting.match(0, to_end=True)
        else:
            list(counting.all())
    except TooMuchWork:
        pass
    return counting.steps


@cache
def texts(pattern: re.Pattern[str], length: int) -> dict[str, str]:
    """Return the texts to try, made once."""
    return collected.texts(pattern, length)


def growth(use: Use, name: str, lengths: tuple[int, int]) -> float:
    """Return how much more work the longer text is, for twice the length."""
    short, long = (texts(use.pattern, length)[name] for length in lengths)
    less, more = work(use, short), work(use, long)
    if more >= MAX_WORK:
        return float("inf")
    return more / less * 2 / (len(long) / len(short)) if more > LEAST_WORK else 1.0


def slow_text(use: Use) -> str:
    """Return what a text is over which the work of a pattern grows too fast, or nothing."""
    for name in texts(use.pattern, LENGTHS[0]):
        if all(growth(use, name, each) > MAX_GROWTH for each in pairwise(LENGTHS)):
            return name
    return ""


@pytest.mark.parametrize("module", modules())
def test_work_grows_as_the_text_does(module: str) -> None:
    """Twice the text is about twice the work, for each pattern of a module."""
    for use in uses_in(module):
        assert slow_text(use) == "", f"{use.where}: {use.pattern.pattern}"


@pytest.mark.parametrize(
    "pattern",
    [
        r"[^\s@]+@[^\s@]+",
        r"<!--.*?-->",
        r"(?:a+)+b",
        r"\s+$",
        r"<img\b[^>]*?\ssrc=",
        r"(a|a)*c",
        r"\{\{.*?\}\}",
    ],
)
def test_a_careless_pattern_is_found(pattern: str) -> None:
    """The test can fail: these take the square of the length, or worse."""
    assert slow_text(Use(re.compile(pattern), "here", anchored=False))


def test_no_quantifier_is_possessive() -> None:
    """Python before 3.11.5 matches `(?:…)*+` wrongly; `(?>(?:…)*)` means the same, and is right.

    https://github.com/python/cpython/issues/106052
    """
    assert [use.where for use in uses() if collected.is_possessive(use.pattern)] == []


def test_a_possessive_quantifier_is_found() -> None:
    """The test above can fail, wherever in a pattern it stands."""
    for pattern in (r"a*+", r"x(?:y|[ab]++z)", r"(?=(?>a?+))"):
        assert collected.is_possessive(re.compile(pattern))
    assert not collected.is_possessive(re.compile(r"(?>a*)\+"))


def test_there_are_patterns() -> None:
    """They are found in all packages, also where several texts make one."""
    places = {use.where.partition(":")[0] for use in uses()}

    assert len(uses()) > 120
    assert {
        "newsletter/transports/sendgrid/event_parser.py",
        "newsletter/rendering/pipeline/mjml.py",
    } <= places
    assert "subscribers/addresses.py" in places


@pytest.mark.parametrize("module", modules()[::5])
def test_counting_matches_as_python_does(module: str) -> None:
    """What counts the work finds the same as `re`."""
    for use in uses_in(module):
        must_match_as_python_does(use)


def must_match_as_python_does(use: Use) -> None:
    """Compare with `re` over every text of a pattern."""
    for text in texts(use.pattern, 30).values():
        found = [match.span() for match in use.pattern.finditer(text)]
        matched = use.pattern.match(text)

        counting = matcher(use.pattern).over(text)
        assert counting.match(0) == (matched.end() if matched else None)
        if all(start != end for start, end in found):
            assert list(counting.over(text).all()) == found
