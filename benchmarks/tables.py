"""How a measurement is shown."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

Row = Sequence[object]


def print_table(head: Row, rows: Sequence[Row]) -> None:
    """Print a Markdown table, ready for the README."""
    lines = [head, ["---"] * len(head), *rows]
    widths = [max(len(str(line[place])) for line in lines) for place in range(len(head))]
    for line in lines:
        cells = (str(cell).ljust(width) for cell, width in zip(line, widths, strict=True))
        print(f"| {' | '.join(cells)} |")


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """Return the median time of some runs, after one that is not counted."""
    work()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)
