"""Which transports there are: those in the package, and those that other packages bring."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

#: Where other packages name their transports.
GROUP = "fortnight.transports"
#: Where ours lie: one folder each.
FOLDER = Path(__file__).parents[1] / "transports"


def built_in_names() -> list[str]:
    """Return the names of our own transports."""
    return sorted(path.parent.name for path in FOLDER.glob("*/provider.py"))


def installed_entries(name: str = "") -> list[EntryPoint]:
    """Return what other packages bring, under one name or all."""
    found = entry_points(group=GROUP, name=name) if name else entry_points(group=GROUP)
    return sorted(found, key=lambda entry: (entry.name, entry.value))


def check_transport_name(name: str) -> str:
    """Return the name of a transport; raises `ValueError` where there is none by it."""
    ours = built_in_names()
    if name in ours or installed_entries(name):
        return name
    known = sorted({*ours, *(entry.name for entry in installed_entries())})
    raise ValueError(
        f"there is no such transport; there are {', '.join(known)}"
        " (a package that brings another must be installed here: docs/contributing/extending.md)"
    )
