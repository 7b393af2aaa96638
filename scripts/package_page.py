"""The README as a package index shows it: every link leads to the repository.

Hatchling calls it when it builds (`[tool.hatch.metadata.hooks.custom]`).  In the repository the
links are relative, so that they work on every branch; a package page has no files beside it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

#: The target of a link in Markdown that is neither an address nor a heading of the same page.
RELATIVE = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)\s]+)(?=\))")


class PackagePage(MetadataHookInterface):
    """Fills in the dynamic field `readme`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the README, with links below the address of the documentation."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        base = metadata["urls"]["Documentation"]
        metadata["readme"] = {"content-type": "text/markdown", "text": whole_links(text, base)}


def whole_links(text: str, base: str) -> str:
    """Return Markdown with every relative link below an address."""
    return RELATIVE.sub(lambda link: f"{base.rstrip('/')}/{link[1]}", text)
