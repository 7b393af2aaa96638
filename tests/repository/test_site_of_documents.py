"""The documents become a site with search, and everything on it leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.environment import ROOT

DOCS = ROOT / "docs"
COMMAND = (sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q")


def test_it_is_built_without_a_warning(tmp_path: Path) -> None:
    """No link is broken, no page stands apart from the index, and nothing is asked of others."""
    done = subprocess.run(
        [*COMMAND, "-d", tmp_path / "cache", "-b", "html", DOCS, tmp_path / "site"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "site" / "searchindex.js").is_file()
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(https?:[^"]+)"', page)
    assert loaded == []


def test_the_index_has_every_page_once() -> None:
    """Each document is in one of the four kinds, or for contributors."""
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    listed = re.findall(r"^([a-z][a-z_/-]*)$", index, flags=re.MULTILINE)
    pages = {str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.md")}

    assert sorted(listed) == sorted(pages - {"index"})
