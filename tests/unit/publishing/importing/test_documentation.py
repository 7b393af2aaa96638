"""What docs/how-to/import.md says holds."""

from __future__ import annotations

import re

import pytest

from newsletter.publishing.importing.metadata import KNOWN, SPELLINGS, meaning_of
from newsletter.publishing.importing.reading import parse_file
from tests.environment import ROOT

PAGE = (ROOT / "docs/how-to/import.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```\w*\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_can_be_imported(example: str) -> None:
    """Every example is an issue, once there is a text below its metadata."""
    whole = example if "Good morning" in example or "•" in example else f"{example}\n\nText.\n"

    issue = parse_file(whole.encode(), name="example")

    assert issue.title.startswith("Tideline Digest")
    assert len(issue.items) in {0, 2}


def test_every_key_is_documented() -> None:
    """The table has all keys, with all their spellings, and no others."""
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*)\|$", PAGE, re.MULTILINE)

    assert [key for key, _ in rows] == list(SPELLINGS)
    for key, others in rows:
        spellings = re.findall(r"`([^`]+)`", others)
        assert len(spellings) == len(SPELLINGS[key])
        assert {meaning_of(spelling) for spelling in spellings} <= {key}
    assert len(KNOWN) == sum(len(others) + 1 for others in SPELLINGS.values())


def test_every_error_is_documented() -> None:
    """What an error says, up to its details, stands in the table."""
    table = PAGE[PAGE.index("## Errors") :].replace("\\", "")
    sources = (ROOT / "newsletter/publishing/importing").glob("*.py")
    code = "".join(path.read_text(encoding="utf-8") for path in sources)
    messages = re.findall(r'(?:rejected|Rejected)\(\s*_\("([^"]+)"', code)

    assert len(messages) > 20
    for message in messages:
        longest = max(re.split(r"\{[^}]*\}|[“”'’:;,]", message), key=len).strip()
        assert longest in table, message
