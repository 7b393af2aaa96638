"""The one page of Markdown that `make bench` makes of all figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.figures import Figure, read_figures
from benchmarks.goals import Goal, goal_of
from benchmarks.kept import Kept, is_slower, times

NOTE = (
    "*now* is the figure with the most people, *then* that of the table kept, *now / then* above"
    " 1 is a larger figure. *bare limit*: the same rows by one INSERT … SELECT, the same"
    " requests or messages prebuilt, a page of three lines, or the same libraries as they come."
)


@dataclass
class Section:
    """What the parts of one title have found so far."""

    title: str
    files: list[Path] = field(default_factory=list)

    @property
    def figures(self) -> list[Figure]:
        """All figures, in the order in which they were found."""
        return [figure for path in self.files for figure in read_figures(path)]


def make_page(
    machine: dict[str, str], sections: Sequence[Section], failures: Sequence[str], kept: Kept
) -> str:
    """Return the page: the machine, what is wrong, and a table for each section."""
    figures = [figure for section in sections for figure in section.figures]
    lines = ["# Benchmarks", ""]
    lines += [", ".join(f"{name} {value}" for name, value in machine.items()) + ".", ""]
    if kept.machine:
        then = {name: kept.machine.get(name, "?") for name in ("date", "commit", "cores", "model")}
        lines += ["Then: " + ", ".join(f"{name} {value}" for name, value in then.items()) + ".", ""]
    lines += [NOTE, ""]
    lines += listed("Failed", failures)
    lines += listed("Goals not reached", [*goals_missed(figures)])
    lines += listed("Slower than then by more than 20 %", [*slower(figures, kept)])
    for section in sections:
        lines += section_lines(section, kept)
    return "\n".join(lines)


def listed(title: str, entries: Sequence[str]) -> list[str]:
    """Return a list with a title, which says so if there is nothing in it."""
    if not entries:
        return [f"**{title}**: none.", ""]
    return [f"**{title}**:", "", *(f"- {entry}" for entry in entries), ""]


def goals_missed(figures: Sequence[Figure]) -> Iterator[str]:
    """Yield what was not reached."""
    for figure in figures:
        goal = goal_of(figure)
        if goal and not goal.is_met(figure):
            value = shown(figure.value, figure.unit)
            yield f"{figure.name}: {value}, goal {goal_text(figure, goal)}"


def slower(figures: Sequence[Figure], kept: Kept) -> Iterator[str]:
    """Yield what was better when the table was kept."""
    for figure in figures:
        then = kept.figures.get(figure.name)
        if then is not None and is_slower(figure, then):
            values = f"{shown(figure.value, figure.unit)}, then {shown(then, figure.unit)}"
            yield f"{figure.name}: {values} ({times(figure.value, then)})"


def section_lines(section: Section, kept: Kept) -> list[str]:
    """Return a table: a row for each thing and place, a column for each number of people."""
    figures = section.figures
    if not figures:
        return []
    sizes = sorted({figure.people for figure in figures if figure.people})
    smaller = sizes[:-1]
    head = ["what", *(f"{size:,}" for size in smaller)]
    head += [f"now{f', {sizes[-1]:,} people' if sizes else ''}", "bare limit"]
    head += ["then", "now / then", "goal", "reached"]
    rows: dict[tuple[str, str], dict[int, Figure]] = {}
    for figure in figures:
        rows.setdefault((figure.where, figure.what), {})[figure.people] = figure
    table = [row(name, found, smaller, kept) for name, found in rows.items()]
    cells = [head, ["---"] * len(head), *table]
    return [f"## {section.title}", "", *(f"| {' | '.join(line)} |" for line in cells), ""]


def row(
    name: tuple[str, str], found: dict[int, Figure], smaller: Sequence[int], kept: Kept
) -> list[str]:
    """Return the cells of a thing in a place."""
    now = found[max(found)]
    goal, then = goal_of(now), kept.figures.get(now.name)
    # What was measured with fewer people than others has its figure in that column only.
    others = [found.get(size) for size in smaller]
    note = f" ({now.people:,} people)" if now.people in smaller else ""
    return [
        ": ".join(part for part in name if part),
        *(shown(each.value, each.unit) if each and each is not now else "" for each in others),
        shown(now.value, now.unit) + note,
        "" if now.bare is None else shown(now.bare, now.unit),
        "" if then is None else shown(then, now.unit),
        "" if then is None else times(now.value, then),
        goal_text(now, goal) if goal else "",
        ("yes" if goal.is_met(now) else "**no**") if goal else "",
    ]


def goal_text(figure: Figure, goal: Goal) -> str:
    """Return a goal as it is written: at least or at most a figure."""
    return f"{'≥' if figure.more_is_better else '≤'} {goal.limit:,} {figure.unit}"


def shown(value: float, unit: str) -> str:
    """Return a figure as it is read: three digits that count, and its unit."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"
