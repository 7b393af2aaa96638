"""Repeatable random numbers: the same arguments always give the same number."""

from __future__ import annotations

from hashlib import blake2b


def draw_number(*question: object) -> float:
    """Return a number from 0 to below 1; evenly distributed over different arguments."""
    text = "\x1f".join(map(str, question))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) / 2**64
