"""The differences we know of and live with, from `differences.toml`."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.mjml_reference import rendering


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that does not do all that it does in the official MJML.

    `warned` says that the linter warns of it.
    """

    component: str
    name: str
    reason: str
    warned: bool


def attributes() -> tuple[Attribute, ...]:
    """Return the attributes that differ; those without any effect are the linter's to know."""
    return tuple(
        Attribute(entry["component"], name, entry["reason"], entry.get("warned", False))
        for entry in _table()["attributes"]
        for name in entry["names"]
    )


def pixels() -> Mapping[str, str]:
    """Return the samples that are drawn differently, with the reason."""
    return {name: entry["reason"] for entry in _table()["pixels"] for name in entry["samples"]}


def is_listed(line: str) -> bool:
    """Say whether a difference in structure is listed for any sample."""
    return any(
        fnmatchcase(line, pattern)
        for entry in _table()["structure"]
        for pattern in entry["differences"]
    )


def find_surprises(found: Mapping[str, Iterable[object]]) -> list[str]:
    """Return what is not as listed in the structures of samples: new, or gone."""
    lines = {name: [str(each) for each in row] for name, row in found.items()}
    patterns = _structures(lines)
    return [
        f"{name}: {line}"
        for name, row in lines.items()
        for line in row
        if not any(fnmatchcase(line, pattern) for pattern in patterns[name])
    ] + [
        f"{name}: gone, so take it out of differences.toml: {pattern}"
        for name, row in patterns.items()
        for pattern in row
        if not any(fnmatchcase(line, pattern) for line in lines.get(name, []))
    ]


def _structures(names: Iterable[str]) -> Mapping[str, list[str]]:
    patterns: dict[str, list[str]] = defaultdict(list)
    for entry in _table()["structure"]:
        for name in names if entry["samples"] == "all" else entry["samples"]:
            patterns[name] += entry["differences"]
    return patterns


def _table() -> dict[str, Any]:
    return tomllib.loads((rendering.HERE / "differences.toml").read_text("utf-8"))
