"""Pages that say that something is tested name the test, and it is there."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.environment import ROOT

PAGE = (ROOT / "docs" / "contributing" / "known_bugs.md").read_text(encoding="utf-8")
FAULTS = (ROOT / "docs" / "explanation" / "faults.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
NAMED_FOR_FAULTS = re.findall(r"`((?:tests|newsletter/testing)/[\w/]+\.py)::(\w+)`", FAULTS)
#: How many bugs there are; some have several lines.
BUGS = 25


@cache
def written_in(path: str) -> set[str]:
    """Return the names of the tests of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {each.name for each in functions if each.name.startswith("test_")}


@pytest.mark.parametrize(("path", "name"), sorted({*NAMED, *NAMED_FOR_FAULTS}))
def test_named_test_exists(path: str, name: str) -> None:
    """A test that a page names is there."""
    assert name in written_in(path)


def test_every_bug_has_a_test() -> None:
    """All bugs are numbered without a gap, and each line of the table names a test."""
    table = [line for line in PAGE.splitlines() if re.match(r"\| *\d* *\| ", line)][1:]
    numbers = [int(found[1]) for line in table if (found := re.match(r"\| (\d+) \|", line))]

    assert numbers == list(range(1, BUGS + 1))
    assert [line for line in table if "::test_" not in line] == []


def test_every_test_is_on_the_page() -> None:
    """Whoever adds a test of somebody's bug says on the page what the bug was."""
    files = sorted((ROOT / "tests" / "known_bugs").glob("test_*.py"))
    written = {
        (str(file.relative_to(ROOT)), name)
        for file in files
        for name in written_in(str(file.relative_to(ROOT)))
    }

    assert written - set(NAMED) == set()


def test_every_fault_has_a_test() -> None:
    """The page of faults lists a test in every line of its table of tests, and not fewer lines."""
    promised, _, tested = FAULTS.partition("## The tests")
    lines = [line for line in tested.splitlines() if line.startswith("| ")][1:]

    assert [line for line in lines if "::test_" not in line] == []
    assert len(lines) >= promised.count("\n| ") - 1
