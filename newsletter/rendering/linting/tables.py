"""What the official MJML components take; the facts are in `components.json`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from newsletter.phrases import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEX = r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})"
_FUNCTION = r"(?:rgb|hsl)a?\([\d\s.,%/deg-]+\)"
_UNIT = re.compile(r"unit(?P<signed>WithNegative)?\((?P<units>[^)]*)\)(?:\{(?P<counts>\d,\d)\})?")
_SIMPLE = {"boolean": "true|false", "integer": r"\d+", "string": r".*"}


@dataclass(frozen=True, slots=True)
class Component:
    """One component: its attributes with their types, and what may stand in it.

    `holds_text` says that it holds text or HTML, in which no component is looked for;
    `ignored` are attributes that do not work in MRML, each with a way to fix, if any;
    `instead` says what to write in place of a component that MRML does not do.
    """

    attributes: Mapping[str, str]
    children: frozenset[str]
    holds_text: bool
    ignored: Mapping[str, str]
    instead: str

    def takes(self, child: str) -> bool:
        """Say whether a component may stand in this one."""
        return child in self.children or "*" in self.children


@cache
def load_components() -> Mapping[str, Component]:
    """Return all components by name."""
    return {
        name: Component(
            attributes=row["attributes"],
            children=frozenset(row["children"]),
            holds_text=row.get("text", False),
            ignored={key: fix and phrase(fix) for key, fix in row.get("ignored", {}).items()},
            instead=phrase(row["instead"]) if "instead" in row else "",
        )
        for name, row in _data()["components"].items()
    }


@cache
def takes_all() -> Component:
    """Return what `mj-all` and `mj-class` are: they take every attribute, of any of its types."""
    every: dict[str, set[str]] = {}
    for component in load_components().values():
        for name, kind in component.attributes.items():
            every.setdefault(name, set()).add(kind)
    attributes = {name: " or ".join(sorted(kinds)) for name, kinds in sorted(every.items())}
    return Component(attributes, frozenset(), holds_text=False, ignored={}, instead="")


def has_type(kind: str, value: str) -> bool:
    """Say whether a value is of a type as the tables write it: `unit(px,%){1,4} or color`."""
    value = " ".join(value.split())
    return any(_pattern(each).fullmatch(value) for each in kind.split(" or "))


@lru_cache(maxsize=256)
def _pattern(kind: str) -> re.Pattern[str]:
    if kind == "color":
        names = "|".join(_data()["colours"].split())
        return re.compile(rf"{_HEX}|{_FUNCTION}|{names}", re.IGNORECASE)
    if kind.startswith("enum("):
        return re.compile("|".join(re.escape(each) for each in kind[5:-1].split(",")))
    if unit := _UNIT.fullmatch(kind):
        return _units(unit)
    return re.compile(_SIMPLE[kind], re.DOTALL)


def _units(kind: re.Match[str]) -> re.Pattern[str]:
    units = kind["units"].split(",")
    sign = "-?" if kind["signed"] else ""
    lengths = "|".join(re.escape(each) for each in units if each != "auto")
    one = rf"(?:{sign}(?:\d+\.?\d*|\.\d+)(?:{lengths})|0{'|auto' if 'auto' in units else ''})"
    _, _, most = (kind["counts"] or "1,1").partition(",")
    return re.compile(rf"{one}(?: {one}){{0,{int(most) - 1}}}")


@cache
def _data() -> dict[str, Any]:
    file = resources.files(__package__) / "components.json"
    table: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return table
