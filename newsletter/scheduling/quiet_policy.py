"""What may become of a slot on a quiet day; apart from the dates, which are slow to load."""

from __future__ import annotations

from enum import StrEnum


class Policy(StrEnum):
    """What becomes of a slot on a quiet day."""

    MARK = "mark"
    SKIP = "skip"
    BEFORE = "before"
    AFTER = "after"
