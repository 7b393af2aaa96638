"""Where in an imported file stands what the check of its draft finds."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from newsletter.rendering.preflight.sources import Written, lines_of

if TYPE_CHECKING:
    from newsletter.publishing.importing.parsed_issue import ParsedIssue
    from newsletter.rendering.findings import Finding

_ITEM = re.compile(r"item (\d+)")


def in_file(
    findings: Iterable[Finding], parsed_issue: ParsedIssue, sources: Iterable[Written], name: str
) -> Iterator[Finding]:
    """Yield findings of a draft with the lines of the file that it was imported from.

    `sources` are the texts of the draft in Markdown.  A finding of something else, such as the
    publication's address, keeps its place.
    """
    texts = {each.place: each.markdown.split("\n") for each in sources}
    for finding in findings:
        line = 0 if finding.path else _line(finding, parsed_issue, texts.get(finding.place, []))
        found = dataclasses.replace(finding, path=name, line=line) if line else finding
        yield found


def _line(finding: Finding, parsed_issue: ParsedIssue, text: list[str]) -> int:
    """Return the line of a file, from 1, on which stands what a finding is about, or 0."""
    item = _ITEM.fullmatch(finding.place)
    number = int(item[1]) if item else 0
    begin = parsed_issue.items[number - 1].line if 0 < number <= len(parsed_issue.items) else 1
    wanted = text[finding.line - 1].strip() if 0 < finding.line <= len(text) else ""
    lines = parsed_issue.text.split("\n")
    for index in chain(range(begin - 1, len(lines)), range(begin - 1)):
        if wanted and wanted in lines[index]:
            return index + 1
    if finding.quote and not finding.line:
        behind = "\n" * (begin - 1) + "\n".join(lines[begin - 1 :])
        for each in (behind, parsed_issue.text):
            if found := lines_of(finding.quote, [Written("", each)]):
                return found[1]
    return begin if item else 0
