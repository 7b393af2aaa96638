"""The time in which mail must begin to leave: a sender that slept through it sends nothing.

Between the note that a request is going to be posted and its first byte, a machine may be put to
sleep, or its process stopped.  Hours later the request would go out under a claim that is long
over: its mail may have been called back and handed over anew.  A term is looked at right before
the first byte; what is on its way then, time limits bound.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from newsletter.errors import NotHandedOver

#: It goes on while the machine sleeps, where there is such a clock; `monotonic` does not on Linux.
ASLEEP_TOO: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True, slots=True)
class Term:
    """So many seconds from now, by two clocks: whichever says first that they are over is right.

    A virtual machine that was halted learns how late it is by the clock on the wall alone.
    """

    seconds: float
    by_machine: float = field(default_factory=lambda: time.clock_gettime(ASLEEP_TOO))
    by_wall: float = field(default_factory=time.time)

    def check(self) -> None:
        """Raise `NotHandedOver` if it is over."""
        slept = max(
            time.clock_gettime(ASLEEP_TOO) - self.by_machine,
            time.time() - self.by_wall,
        )
        if slept > self.seconds:
            raise NotHandedOver(
                f"the sender stood still for {slept:.0f} seconds, longer than its lease;"
                " it has sent nothing"
            )
