"""A deadline is over as soon as one of its clocks says so."""

from __future__ import annotations

import time

import pytest
import time_machine

from newsletter.errors import NotSubmitted
from newsletter.transports.deadline import SLEEP_AWARE_CLOCK, Deadline

HERE, NOW = time.clock_gettime(SLEEP_AWARE_CLOCK), time.time()


@pytest.mark.parametrize(
    ("machine", "wall"),
    [(HERE - 61, NOW), (HERE, NOW - 61)],
    ids=["the machine slept", "it was halted"],
)
def test_over_by_one_clock(machine: float, wall: float) -> None:
    """Either clock is enough: each knows of pauses that the other does not."""
    with pytest.raises(NotSubmitted, match=r"stood still for \d+ seconds"):
        Deadline(60.0, machine_started_at=machine, wall_started_at=wall).raise_if_expired()


def test_not_over() -> None:
    """Within the deadline nothing is said; nor when somebody sets the clock back."""
    deadline = Deadline(60.0)
    deadline.raise_if_expired()
    with time_machine.travel(NOW - 3600):
        deadline.raise_if_expired()
