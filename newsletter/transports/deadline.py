"""The time by which mail must begin to leave: after it, a sender sends nothing.

After the commit that a request will be submitted, and before its first byte, a machine may be put
to sleep, or its process stopped.  Hours later the request would leave under a claim that is long
over: its mail may have been cancelled and submitted again.  So the deadline is checked just before
the first byte; time limits apply after that.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from newsletter.errors import NotSubmitted
from newsletter.phrases import phrase

#: A clock that runs while the machine sleeps, if there is one; on Linux `monotonic` does not.
SLEEP_AWARE_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A number of seconds from now, by two clocks: the first to say that they are over decides.

    A virtual machine that was halted knows how late it is only by the system clock.
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
                phrase(
                    "the sender stood still for {slept} seconds, longer than its lease;"
                    " it has submitted nothing",
                    slept=f"{slept:.0f}",
                )
            )
