"""What measurements find, told to whoever had them measured.

A benchmark that `python -m benchmarks` starts is given the name of a file in `BENCHMARK_FIGURES`.
It adds a line of JSON for each figure, as soon as it is known.  Started by itself, it tells nobody.
"""

from __future__ import annotations

import json
import os
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

FILE = "BENCHMARK_FIGURES"
#: Units of which more is better, by how they end; wake-ups are the exception.
MORE_IS_BETTER = ("/s", "×")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure: of what, where it was measured, with how many people (0: they do not matter)."""

    what: str
    where: str = ""
    people: int = 0
    value: float
    unit: str
    #: The limit that was measured beside it, in the same unit.
    bare: float | None = None

    @property
    def name(self) -> str:
        """What it is compared by with figures of other days."""
        size = f"{self.people:,} people" if self.people else ""
        return ", ".join(part for part in (self.where, size, self.what) if part)

    @property
    def more_is_better(self) -> bool:
        """Whether a larger figure is a better one."""
        return self.unit.endswith(MORE_IS_BETTER) and self.unit != "wake-ups/s"


@dataclass
class Place:
    """Where a process measures, so that not every line has to say it."""

    where: str = ""
    people: int = 0
    told: list[Figure] = field(default_factory=list)

    def tell(self, what: str, value: float, unit: str, bare: float | None = None) -> None:
        """Add a figure to the file, if anybody wants it."""
        figure = Figure(
            what=what, where=self.where, people=self.people, value=value, unit=unit, bare=bare
        )
        self.told.append(figure)
        if path := os.environ.get(FILE):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(figure), ensure_ascii=False) + "\n")


def read_figures(path: Path) -> list[Figure]:
    """Return the figures of a file, in its order; the median of those that were told repeatedly."""
    if not path.exists():
        return []
    # A line that is cut off is one of a program that was killed.
    lines = [line for line in path.read_text("utf-8").splitlines() if line.endswith("}")]
    return medians(Figure(**json.loads(line)) for line in lines)


def medians(figures: Iterable[Figure]) -> list[Figure]:
    """Return one figure for each name."""
    named: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        named[figure.name].append(figure)
    return [
        replace(same[-1], value=statistics.median(each.value for each in same))
        for same in named.values()
    ]
