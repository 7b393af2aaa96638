"""How the documents become a site: `make docs`.

Each page is plain Markdown that also reads well as a file; Sphinx adds an index, a search and a
check that every link leads somewhere.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "Fortnight"
author = "The Fortnight authors"
project_copyright = author
version = release = PROJECT["version"]
extensions = ["myst_parser", "sphinx_copybutton"]
# The names of headings, as forges make them.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
html_theme = "furo"
html_title = "Fortnight"
copybutton_prompt_text = r"[$#] "
copybutton_prompt_is_regexp = True
# Commands are shown as people type them, and pictures in Mermaid as text: to draw them would ask
# another site for a script.
suppress_warnings = ["misc.highlighting_failure"]
exclude_patterns = ["images/README.md"]

#: A link of a document to a file that is no page of the site.
OUTSIDE = re.compile(r"(?<=\]\()(?:\.\./)+(?!\.)([^)\s]+)(?=\))")


def lead_to_repository(_app: Sphinx, _name: str, source: list[str]) -> None:
    """Have links to files beside the documents lead to the repository."""
    base = PROJECT["urls"]["Documentation"]
    source[0] = OUTSIDE.sub(lambda link: f"{base}{link[1]}", source[0])


def setup(app: Sphinx) -> None:
    """Register what is above."""
    app.connect("source-read", lead_to_repository)
