"""The figures of an earlier day, kept beside the page about benchmarks, to compare with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.figures import Figure

FILE = Path(__file__).resolve().parents[1] / "docs" / "contributing" / "benchmarks.json"
#: A figure that is worse by more than this is named.
TOLERANCE = 1.2


@dataclass(frozen=True)
class Kept:
    """Figures by name, and the machine that they are from."""

    machine: dict[str, str] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)


def read_kept(path: Path = FILE) -> Kept:
    """Return what is kept; nothing where there is no such file yet."""
    if not path.exists():
        return Kept()
    return Kept(**json.loads(path.read_text("utf-8")))


def keep(machine: dict[str, str], figures: Iterable[Figure], path: Path = FILE) -> None:
    """Put figures in the place of those of the same names; the others stay."""
    found = {figure.name: float(f"{figure.value:.4g}") for figure in figures}
    merged = dict(sorted({**read_kept(path).figures, **found}.items()))
    kept = {"machine": machine, "figures": merged}
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")


def is_slower(figure: Figure, then: float) -> bool:
    """Say whether a figure is worse than an earlier one by more than a fifth."""
    if figure.more_is_better:
        return figure.value * TOLERANCE < then
    return figure.value > then * TOLERANCE


def times(now: float, then: float) -> str:
    """Return how many times the earlier figure the new one is."""
    return f"{now / then:.2f} ×" if then else "–"
