"""What each figure is to reach, on two quiet cores."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.figures import Figure

MILLION = 1_000_000


@dataclass(frozen=True)
class Goal:
    """A figure to reach: at least for rates, at most for everything else."""

    limit: float
    #: With how many people it holds; 0 with any number.
    people: int = 0
    #: How the place begins where it holds.
    where: str = ""

    def is_of(self, figure: Figure) -> bool:
        """Say whether it is a goal of this figure."""
        return figure.where.startswith(self.where) and self.people in (0, figure.people)

    def is_met(self, figure: Figure) -> bool:
        """Say whether the figure reaches it."""
        if figure.more_is_better:
            return figure.value >= self.limit
        return figure.value <= self.limit


#: By what is measured; the first that is of a figure counts.
GOALS: dict[str, tuple[Goal, ...]] = {
    "plan": (Goal(12, MILLION),),
    "submit, 2 workers": (Goal(50_000, MILLION), Goal(50_000, 100_000)),
    "plan and submit, 2 workers": (Goal(18, MILLION, "SQLite"), Goal(35, MILLION, "PostgreSQL")),
    "2 workers, times 1 worker": (Goal(1.7),),
    "queued to sent by `serve`": (Goal(22, MILLION),),
    "submit at 100 ms latency": (Goal(25_000),),
    "draft to edition": (Goal(8),),
    "preview": (Goal(150),),
    "newsletter --help": (Goal(0.4),),
    "import": (Goal(80_000, MILLION),),
    "import: memory": (Goal(200),),
    "find one by a part of the address": (Goal(300),),
    "find a thousandth by a part of the address": (Goal(300),),
    "count a segment": (Goal(300),),
    "plan for a segment of two thirds": (Goal(10, MILLION),),
    "sign-ups": (Goal(300),),
    "events": (Goal(15_000),),
    "core": (Goal(0.5),),
    **dict.fromkeys(
        (f"8 connections: {page}" for page in ("front page", "issue", "RSS feed")), (Goal(1000),)
    ),
    **dict.fromkeys(
        (f"8 connections: {page}" for page in ("preferences", "one-click")), (Goal(300),)
    ),
    **dict.fromkeys(("front page", "issue", "RSS feed", "preferences", "one-click"), (Goal(15),)),
    "slowest page of the desk": (Goal(100),),
    "SMTP, no latency, 2 processes": (Goal(4000),),
    "SMTP, 100 ms, 1 process": (Goal(2000),),
}


def goal_of(figure: Figure) -> Goal | None:
    """Return the goal of a figure, if it has one."""
    return next((goal for goal in GOALS.get(figure.what, ()) if goal.is_of(figure)), None)
