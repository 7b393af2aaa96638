"""Folders with templates, one above the other: the first that has a file wins.

A workspace stands above what the program ships, so it holds only what a person has changed, and
what a later release needs besides is there.  Tables (TOML) are merged key by key for the same
reason: a new colour or word of a later release is not missing in a theme of one's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

#: One folder, or several, the uppermost first.
Folders = Path | Sequence[Path]


def in_order(folders: Folders) -> tuple[Path, ...]:
    """Return the folders, the uppermost first."""
    return (folders,) if isinstance(folders, Path) else tuple(folders)


def find_file(folders: Folders, path: str) -> Path | None:
    """Return the uppermost file by a path; None where no folder has it."""
    found = (folder / path for folder in in_order(folders))
    return next((file for file in found if file.is_file()), None)


def merge_tables(above: Mapping[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two tables say together; where both say something, the upper one holds."""
    merged = dict(below)
    for key, value in above.items():
        other = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(other, Mapping)
        merged[key] = merge_tables(value, other or {}) if both else value
    return merged
