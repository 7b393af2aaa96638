"""The mails of our own issues are as they were when somebody last looked at them.

A change that is meant is taken over with `pytest tests/unit/rendering/test_golden.py --renew`,
and looked at before it is committed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from newsletter import rendering
from newsletter.rendering import load_template
from newsletter.rendering.content import Content
from tests import shown
from tests.environment import ROOT
from tests.unit.rendering import samples

GOLDEN = ROOT / "tests" / "golden"
CASES: Mapping[str, tuple[str, Content]] = {
    "digest": ("digest", samples.ALL_BLOCKS),
    "digest-japanese": ("digest", samples.JAPANESE),
    "digest-arabic": ("digest", samples.ARABIC),
    "letter": ("letter", samples.ALL_BLOCKS),
    "roundup": ("roundup", shown.roundup(12, 3)),
}
ENDINGS = (".html", ".txt", ".subject")


def mail(case: str) -> dict[str, str]:
    """The parts of a mail for Ann by their ending, the HTML with each tag on a line."""
    template, content = CASES[case]
    edition = rendering.compile(content, load_template(samples.TEMPLATES, template))
    parts = edition.variant(samples.ANN).parts(samples.ANN)
    html = re.sub(r">\s*(?=<)", ">\n", parts.html)
    return dict(zip(ENDINGS, (html, parts.text, f"{parts.subject}\n"), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_as_it_was_seen(case: str, pytestconfig: pytest.Config) -> None:
    """HTML, text and subject are those of the golden files."""
    for ending, part in mail(case).items():
        file = GOLDEN / f"{case}{ending}"
        if pytestconfig.getoption("renew"):
            file.write_text(part, "utf-8")

        assert part == file.read_text("utf-8"), f"{file.name}: pytest --renew takes it over"


def test_no_golden_file_is_left_over() -> None:
    """There are no files besides those that are compared."""
    expected = {f"{case}{ending}" for case in CASES for ending in ENDINGS}

    assert {path.name for path in GOLDEN.iterdir()} == expected
