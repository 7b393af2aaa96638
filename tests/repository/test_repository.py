"""What the tree as a whole promises to its readers."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from newsletter import errors
from tests.environment import ROOT

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

#: Folders that only one person's machine has.
HOMES = re.compile(r"(?<![\w./-])/(?:home|root|Users|work|farm)/\w")

#: Where packages come from is a matter of whoever installs them.
INDEXES = re.compile(r"\b(?:pypi|pythonhosted|npmjs|crates)\.(?:org|com|io)\b")

#: What leaves a test out.
ABSENCES = {"skip", "skipif", "xfail", "importorskip", "skipTest"}


#: What the wheel holds.
PACKAGES = ("newsletter", "sendgrid_emulator", "subscribers")


# Reading the tree


@cache
def texts() -> dict[str, str]:
    """Return the text files that git knows, by their path; without the locks."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    texts = {}
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path.suffix != ".lock":
            texts[name] = path.read_bytes().decode("utf-8", errors="ignore")
    return texts


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield path and syntax tree of each Python file in some folders, but for migrations."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def public(node: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    """Yield the public classes, functions and methods; not what is inside a function."""
    for child in node.body:
        if not isinstance(child, Definition) or child.name.startswith("_"):
            continue
        yield child
        if isinstance(child, ast.ClassDef):
            yield from public(child)


def lines(pattern: re.Pattern[str]) -> list[str]:
    """Return the places in the tree that a pattern finds, as path:line: text."""
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


# Errors


def error_classes() -> list[type[errors.NewsletterError]]:
    """Return every class of the error tree."""
    return [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.NewsletterError)
    ]


def picture() -> dict[str, str]:
    """Return who stands below whom in the picture on top of the module: name → parent."""
    parents, path = {}, ["Exception"]
    for indent, name in re.findall(
        r"^( *)([A-Z]\w+)(?= {2}|$)", errors.__doc__ or "", re.MULTILINE
    ):
        depth = len(indent) // 2 + 1
        path[depth:] = [name]
        parents[name] = path[depth - 1]
    return parents


def test_the_picture_of_errors_is_the_tree_of_classes() -> None:
    """Every error is drawn in its place, and nothing is drawn that is not there."""
    built = {kind.__name__: kind.__bases__[0].__name__ for kind in error_classes()}

    assert picture() == built


def test_every_error_has_a_code_of_its_own() -> None:
    """A program can tell errors apart without reading the message."""
    codes = Counter(kind.code for kind in error_classes())

    assert [code for code, count in codes.items() if count > 1] == []


def test_errors_live_in_one_module() -> None:
    """Nobody adds to the tree of errors out of the reader's sight."""
    names = {kind.__name__ for kind in error_classes()}

    elsewhere = [
        f"{path}: {node.name}"
        for path, tree in modules(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and path != "newsletter/errors.py"
        if any(ast.unparse(base).rpartition(".")[2] in names for base in node.bases)
    ]

    assert elsewhere == []


# Words


def test_public_names_say_what_they_are() -> None:
    """Every module, class, function and method that is not private has a docstring."""
    silent = [
        f"{path}: {node.name}"
        for path, tree in modules(*PACKAGES)
        for node in public(tree)
        if node.name != "Meta" and not ast.get_docstring(node)
    ]
    silent += [path for path, tree in modules(*PACKAGES) if not ast.get_docstring(tree)]

    assert silent == []


def test_tests_say_what_holds() -> None:
    """Every test begins with a sentence."""
    silent = [
        f"{path}: {node.name}"
        for path, tree in modules("tests")
        for node in public(tree)
        if node.name.startswith("test_")
        if not (ast.get_docstring(node) or "").split("\n\n")[0].endswith((".", "?", "!"))
    ]

    assert silent == []


def test_no_test_is_left_out() -> None:
    """A test that cannot run fails; it is not skipped, nor expected to fail."""
    left_out = [
        f"{path}:{node.lineno}"
        for path, tree in modules("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ABSENCES
    ]

    assert left_out == []


def test_no_test_is_of_neither_run() -> None:
    """What runs on PostgreSQL alone is not marked as running on SQLite alone."""
    neither = [
        path
        for path, tree in modules("tests")
        if path.endswith("_postgres.py") or "/test_fleet" in path
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "once"
    ]

    assert neither == []


# Places


@pytest.mark.parametrize(
    "pattern", [pytest.param(HOMES, id="homes"), pytest.param(INDEXES, id="package-indexes")]
)
def test_the_tree_names_no_place_of_one_machine(pattern: re.Pattern[str]) -> None:
    """What is here works on every machine, and with every source of packages."""
    assert lines(pattern) == []
