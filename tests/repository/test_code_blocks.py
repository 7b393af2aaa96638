"""Blocks of settings and of JSON in the documents are what the program takes and prints."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from newsletter.conf.config import Config, check
from tests.environment import ROOT

#: For those who run it; what other programs add to the settings is in none of these.
DOCUMENTS = [
    path
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if path.parent.name != "contributing"
]
BLOCK = re.compile(r"^( *)```(toml|json)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
BLOCKS = [
    pytest.param(kind, re.sub(rf"(?m)^{indent}", "", text), id=f"{path.name}-{number}")
    for path in DOCUMENTS
    for number, (indent, kind, text) in enumerate(BLOCK.findall(path.read_text("utf-8")))
]


@pytest.mark.parametrize(("kind", "text"), BLOCKS)
def test_a_block_is_taken(kind: str, text: str) -> None:
    """JSON can be read; TOML has settings that exist, of their kind, or it is about an issue."""
    if kind == "json":
        assert json.loads(text)
        return
    table = tomllib.loads(text.replace("+++", ""))
    if table.keys() <= Config.model_fields.keys():
        check(Path("config.toml"), table, {})
