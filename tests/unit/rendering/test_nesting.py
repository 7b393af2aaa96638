"""A template that is nested too deeply is refused with its line, before Jinja gives up over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.errors import TemplateError
from newsletter.rendering.pipeline.nesting import MAX_BLOCKS, MAX_BRACKETS, MAX_OPERATORS
from tests.unit.rendering.test_environment import output

#: Makes a template that is nested so deeply.
Build = Callable[[int], str]


def loops(count: int) -> str:
    """Return loops in each other, around one letter."""
    return "{% for i in [1] %}" * count + "x" + "{% endfor %}" * count


def brackets(count: int) -> str:
    """Return a number in N brackets."""
    return "{{ " + "(" * count + "1" + ")" * count + " }}"


def operators(count: int) -> str:
    """Return a truth that is denied so often."""
    return "{{ " + "not " * count + "1 }}"


KINDS = [
    pytest.param(loops, MAX_BLOCKS, "blocks in each other", id="blocks"),
    pytest.param(brackets, MAX_BRACKETS, "brackets in each other", id="brackets"),
    pytest.param(operators, MAX_OPERATORS, "operators in one expression", id="operators"),
]


@pytest.mark.parametrize(("build", "most", "words"), KINDS)
@pytest.mark.parametrize("excess", [1, 5000])
def test_too_deep_is_refused_with_its_line(
    tmp_path: Path, build: Build, most: int, words: str, excess: int
) -> None:
    """However deep it is, the message names the line, the limit, and what to do."""
    with pytest.raises(TemplateError) as caught:
        output(tmp_path, f"one\ntwo\n{build(most + excess)}\n")

    assert "own.txt:3: more than " in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(("build", "most", "words"), KINDS)
def test_what_is_as_deep_as_allowed_works(
    tmp_path: Path, build: Build, most: int, words: str
) -> None:
    """At the limit itself a template compiles, also twice after each other."""
    assert output(tmp_path, build(most) * 2)
