"""Every code that preflight and the linter report is explained, and none besides."""

from __future__ import annotations

import re
from pathlib import Path

from newsletter.rendering.findings import Severity
from newsletter.rendering.linting import linter
from newsletter.rendering.preflight.codes import CODES, NEVER_ACCEPTED
from tests.environment import ROOT

PAGE = (ROOT / "docs" / "reference" / "preflight.md").read_text(encoding="utf-8")
MARK = "**Never accepted.**"
HEADINGS = {
    "Errors": Severity.ERROR,
    "Warnings": Severity.WARNING,
    "Information": Severity.INFO,
}


def sections(heading: str) -> dict[str, str]:
    """Return what the page says below a heading, by code."""
    below = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    (text,) = (each for each in below if each.startswith(f"{heading}\n"))
    parts = re.split(r"^### `([a-z-]+)`\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_code_is_explained_where_it_belongs() -> None:
    """The page has a section for each code, below the heading of its severity."""
    written = {
        code: severity for heading, severity in HEADINGS.items() for code in sections(heading)
    }

    assert written == {code: kind.severity for code, kind in CODES.items()}
    assert all(text.strip() for heading in HEADINGS for text in sections(heading).values())


def test_every_code_of_the_linter_is_explained() -> None:
    """The page has a section for each code of the linter."""
    source = Path(linter.__file__).read_text(encoding="utf-8")

    assert {*sections("Of the template")} == {*re.findall(r'"(mjml-[a-z]+)"', source)}


def test_what_can_never_be_accepted_is_marked() -> None:
    """The page marks each error that nobody can accept, and no other."""
    marked = {code for code, text in sections("Errors").items() if text.strip().endswith(MARK)}

    assert marked == NEVER_ACCEPTED
    assert not any(
        MARK in text for name in ("Warnings", "Information") for text in sections(name).values()
    )
