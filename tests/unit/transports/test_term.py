"""A term is over as soon as one of its clocks says so."""

from __future__ import annotations

import time

import pytest
import time_machine

from newsletter.errors import NotHandedOver
from newsletter.transports.term import ASLEEP_TOO, Term

HERE, NOW = time.clock_gettime(ASLEEP_TOO), time.time()


@pytest.mark.parametrize(
    ("machine", "wall"),
    [(HERE - 61, NOW), (HERE, NOW - 61)],
    ids=["the machine slept", "it was halted"],
)
def test_over_by_one_clock(machine: float, wall: float) -> None:
    """Either clock is enough: each knows of pauses that the other does not."""
    with pytest.raises(NotHandedOver, match=r"stood still for \d+ seconds"):
        Term(60.0, by_machine=machine, by_wall=wall).check()


def test_not_over() -> None:
    """Within the term nothing is said; nor when somebody sets the clock back."""
    term = Term(60.0)
    term.check()
    with time_machine.travel(NOW - 3600):
        term.check()
