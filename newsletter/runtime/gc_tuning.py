"""Python's own settings in a process with senders.  Both were measured by `benchmarks.sending`."""

from __future__ import annotations

import gc
import sys

#: New containers until the youngest are looked through for garbage; Python's own is 700.
YOUNGEST = 50_000
#: Seconds until a thread that computes lets another one run; Python's own are 0.005.
SWITCH_INTERVAL_SECONDS = 0.0005


def tune_gc() -> None:
    """Set the interpreter for senders, once everything is loaded."""
    collect_seldom()
    # A sender that holds the database's write lock comes back from each statement to find the
    # others computing; what it waits for its turn, all others wait for the lock.
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)


def collect_seldom() -> None:
    """Leave what is loaded by now alone for good, and look at the rest seldom.

    A batch makes tens of thousands of small things, and all are let go by counting references.
    Each look through them, and through all that Django loaded, finds nothing: a fifth of the time.
    """
    gc.freeze()
    _, middle, oldest = gc.get_threshold()
    gc.set_threshold(YOUNGEST, middle, oldest)
