"""The time by which mail must begin to leave: a sender that slept past it sends nothing.

Between the note that a request is going to be posted and its first byte, a machine may be put to
sleep, or its process stopped.  Hours later the request would go out under a claim that is long
over: its mail may have been cancelled and submitted again.  So the deadline is checked right before
the first byte; time limits bound what is on its way by then.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from newsletter.errors import NotSubmitted

#: It goes on while the machine sleeps, where there is such a clock; `monotonic` does not on Linux.
SLEEP_AWARE_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A number of seconds from now, by two clocks: the first that says they are over is right.

    A virtual machine that was halted learns how late it is by the clock on the wall alone.
    """

    seconds: float
    machine_started_at: float = field(default_factory=lambda: time.clock_gettime(SLEEP_AWARE_CLOCK))
    wall_started_at: float = field(default_factory=time.time)

    def raise_if_expired(self) -> None:
        """Raise `NotSubmitted` if it has passed."""
        slept = max(
            time.clock_gettime(SLEEP_AWARE_CLOCK) - self.machine_started_at,
            time.time() - self.wall_started_at,
        )
        if slept > self.seconds:
            raise NotSubmitted(
                f"the sender stood still for {slept:.0f} seconds, longer than its lease;"
                " it has submitted nothing"
            )
