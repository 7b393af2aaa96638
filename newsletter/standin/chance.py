"""Chance that repeats itself: the same question always gets the same answer."""

from __future__ import annotations

import zlib


def draw(*question: object) -> float:
    """Return a number from 0 up to, not including, 1; evenly spread over different questions."""
    return zlib.crc32("\x1f".join(map(str, question)).encode()) / 2**32
