"""Run the product with a clock that a file moves: `clock_moving.py FILE STEADY ARGUMENT…`.

The file holds the seconds by which the clock is off; it is read all the time.  The clock that only
runs forward is left alone, as on a machine whose clock is set.  STEADY is after how many seconds
without a jump the product believes it.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import time_machine


def main() -> None:
    """Move the clock as the file says, and be the product."""
    file, believed_after, *arguments = sys.argv[1:]
    steady, began = time.monotonic, time.time()
    start = steady()

    def meant() -> tuple[float, float]:
        """Return the offset in the file, and the time that follows from it."""
        off = float(Path(file).read_text() or 0)
        return off, began + (steady() - start) + off

    off, at = meant()
    traveller = time_machine.travel(at, tick=True).start()

    def follow() -> None:
        known = off
        while True:
            wanted, when = meant()
            if wanted != known:
                traveller.move_to(when)
                known = wanted
            # It cannot be imported before the product is set up.
            if wall_clock := sys.modules.get("newsletter.scheduling.wall_clock"):
                wall_clock.STEADY = float(believed_after)  # type: ignore[attr-defined]
            time.sleep(0.05)

    threading.Thread(target=follow, daemon=True).start()
    from newsletter import cli

    sys.argv = ["newsletter", *arguments]
    cli.main()


main()
