"""What the documents point at is there: files, headings, and names in their examples."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.environment import ROOT
from tests.repository.test_repository import PACKAGES, texts

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
#: This becomes docs/reference/components.md.
PARTS = {"tests/mjml_reference/page.md"}
DOCUMENTS = tuple(sorted({name for name in texts() if name.endswith(".md")} - PARTS))


@cache
def headings(name: str) -> frozenset[str]:
    """Return the anchors of a document, as forges make them from its headings."""
    lines = re.findall(r"^#+ (.*)$", FENCE.sub("", texts()[name]), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines)


def links(name: str) -> Iterator[tuple[str, str]]:
    """Yield the links to other files of the tree, as (path, anchor)."""
    prose = INLINE_CODE.sub("", FENCE.sub("", texts()[name]))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            file = (ROOT / name).parent / path if path else ROOT / name
            yield str(file.resolve().relative_to(ROOT)), anchor


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files_and_headings(name: str) -> None:
    """Each link between documents leads to a file that there is, and to one of its headings."""
    missing = [
        f"{path}#{anchor}"
        for path, anchor in links(name)
        if not Path(ROOT / path).exists()
        or (anchor and path in DOCUMENTS and anchor not in headings(path))
    ]

    assert missing == []


def imports() -> Iterator[tuple[str, str, str]]:
    """Yield what examples in Python import of our packages, as (document, module, name)."""
    for document in DOCUMENTS:
        for language, code in FENCE.findall(texts()[document]):
            for node in ast.walk(ast.parse(code)) if language == "python" else ():
                if isinstance(node, ast.ImportFrom) and node.module:
                    for alias in node.names:
                        yield document, node.module, alias.name


@pytest.mark.parametrize(
    ("document", "module", "name"),
    [each for each in imports() if each[1].partition(".")[0] in PACKAGES],
)
def test_examples_import_names_that_exist(document: str, module: str, name: str) -> None:
    """An example in Python imports only what our packages have."""
    assert hasattr(importlib.import_module(module), name), document
