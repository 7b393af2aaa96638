"""What somebody meant who wrote a name that there is not."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


def suggest_name(name: str, known: Collection[str]) -> str:
    """Return `; did you mean …?` with the known name that is nearest; empty if none is near."""
    meant = get_close_matches(name, known, 1)
    return f"; did you mean {meant[0]}?" if meant else ""
