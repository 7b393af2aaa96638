"""Figures that are counted once for many looks at them: the dearer they are, the longer kept."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from django.core.cache import cache

from subscribers.list_counts import Counts, count_lists, count_suppressed
from subscribers.models import List

Figures = TypeVar("Figures")

#: What was counted in so little time, in seconds, is counted again at each look.
CHEAP_SECONDS = 0.1
#: Of the time for which figures are kept, counting them took such a part at most.
SHARE = 200


def keep_figures(name: str, count: Callable[[], Figures]) -> Figures:
    """Return figures under a name, counting them unless they were a short while ago."""
    # Hashed: not every cache takes every name.
    key = f"desk-figures-{hashlib.sha256(name.encode()).hexdigest()}"
    known: tuple[Figures] | None = cache.get(key)
    if known is not None:
        return known[0]
    began = time.perf_counter()
    counted = count()
    spent = time.perf_counter() - began
    if spent > CHEAP_SECONDS:
        cache.set(key, (counted,), spent * SHARE)
    return counted


def counts_of(lists: Sequence[List]) -> Mapping[int, Counts]:
    """Return the counts of lists by id; those of the suppressed are kept while they are dear."""
    ids = [one.pk for one in lists]
    return count_lists(lists, keep_figures(f"suppressed-{ids}", lambda: count_suppressed(ids)))
