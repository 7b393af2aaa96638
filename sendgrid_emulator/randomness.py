"""Chance that repeats itself: the same question always gets the same answer."""

from __future__ import annotations

from hashlib import blake2b


def draw_number(*question: object) -> float:
    """Return a number from 0 up to, not including, 1; evenly spread over different questions."""
    text = "\x1f".join(map(str, question))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) / 2**64
