"""Run the service with a clock that prepares all the time: `scheduling_acts.py [POINT] serve`.

A minute passes between two looks for drafts and reminders; here less than a second.  With a
POINT, as in `killing.py`, the process dies there.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

#: Seconds between two looks.
PREPARE = 0.3


def main() -> None:
    """Set the clock to prepare more often, then be the product, or the product that is killed."""
    from newsletter.runtime.startup import open_workspace

    open_workspace()
    from newsletter.scheduling import clock

    clock.PREPARE = PREPARE
    *point, command = sys.argv[1:]
    if point:
        sys.argv = ["killing.py", "SIGKILL", *point, "1", command]
        runpy.run_path(str(Path(__file__).with_name("killing.py")), run_name="__main__")
    else:
        from newsletter import cli

        sys.argv = ["newsletter", command]
        cli.main()


main()
