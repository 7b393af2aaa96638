"""The documents say which languages the templates speak, and how to add one."""

from __future__ import annotations

import re
import tomllib

from tests.environment import ROOT

SECTION = (ROOT / "docs/how-to/templates.md").read_text("utf-8").partition("## Languages")[2]
SECTION = SECTION.partition("\n## ")[0]
TABLES = tomllib.loads((ROOT / "templates/email/_shared/words.toml").read_text("utf-8"))


def test_every_language_of_the_templates_is_documented() -> None:
    """The table of languages has the tables of words.toml, and no other."""
    rows = "\n".join(line for line in SECTION.splitlines() if line.startswith("|"))

    assert set(re.findall(r"`([\w-]+)`", rows)) == TABLES.keys()


def test_the_example_of_a_new_language_is_complete() -> None:
    """It has every word that the templates use, with the same places."""
    (example,) = re.findall(r"```toml\n(.*?)```", SECTION, re.DOTALL)
    (added,) = tomllib.loads(example).values()

    assert added.keys() == TABLES["en"].keys()
    for name, text in TABLES["en"].items():
        assert re.findall(r"\{\w+\}", str(added[name])) == re.findall(r"\{\w+\}", str(text)), name
