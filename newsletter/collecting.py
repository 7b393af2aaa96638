"""How seldom Python looks for garbage that counting references does not find.

A batch makes tens of thousands of small things, and all are let go by counting.  Each look through
them, and through all that Django loaded, finds nothing: measured, a fifth of a sender's time.
"""

from __future__ import annotations

import gc

#: New containers until the youngest are looked through; Python's own is 700.
YOUNGEST = 50_000


def collect_seldom() -> None:
    """Leave what is loaded by now alone for good, and look at the rest seldom."""
    gc.freeze()
    _, middle, oldest = gc.get_threshold()
    gc.set_threshold(YOUNGEST, middle, oldest)
