"""An import tells what the check of its draft finds, with the lines of the file."""

from __future__ import annotations

import pytest

from newsletter.cli.checking import check_issue, look_at_import
from tests.unit.publishing.importing.conftest import Importer

pytestmark = pytest.mark.django_db

TEXT = """---
title: Reeds
subject: Dear *|FNAME|*
---
An introduction with [a dead link](#gone) and [@doe99, p. 3].

## One

[1]: https://example.org/one

Text :smile: with [x] and a call[^n].
A line, [[Page]].

## Two

<iframe src="https://example.org/"></iframe>

Term
: a definition, [there][1]

## Three

## Two

The same *|FNAME|*.

[x]: https://example.org/x
[y]: https://example.org/y
[^n]: The note {.wide}.
[^m]: Nobody calls it.
"""


def test_findings_have_the_lines_of_the_file(take_in: Importer) -> None:
    """Whatever the draft says is found in the file it came from, moved texts too."""
    held = look_at_import(take_in(TEXT), "issue.md")

    found = {(each.finding.code, each.finding.where) for each in held}
    assert found >= {
        ("placeholder-left", "issue.md:3"),
        ("link-dead", "issue.md:5"),
        ("citation-shown", "issue.md:5"),
        ("markup-shown", "issue.md:11"),
        ("markup-shown", "issue.md:12"),
        ("html-shown", "issue.md:16"),
        ("headline-without-item", "issue.md:21"),
        ("headline-repeated", "issue.md:23"),
        ("link-unused", "issue.md:28"),
        ("markup-shown", "issue.md:29"),
        ("footnote-unused", "issue.md:30"),
    }
    assert ("link-unused", "issue.md:9") not in found


def test_import_and_check_find_the_same(take_in: Importer) -> None:
    """One function finds what either command tells."""
    imported = take_in(TEXT)

    told = [(each.finding.code, each.finding.message) for each in look_at_import(imported, "f")]
    assert told == [
        (each.finding.code, each.finding.message)
        for each in check_issue(imported.issue, links=False, browser=False)
    ]


@pytest.mark.parametrize("left", ["[^a]: A note.", "[b]: https://example.org/b"])
@pytest.mark.parametrize("text", ["{}", "## One\n\n{}", "Text.\n\n{}\n\n## One\n\nText."])
def test_what_is_not_printed_stays_in_the_draft(take_in: Importer, text: str, left: str) -> None:
    """Else nobody could be told of it."""
    held = look_at_import(take_in(f"title: T\n\n{text.format(left)}\n"), "issue.md")

    assert {"footnote-unused", "link-unused"} & {each.finding.code for each in held}
