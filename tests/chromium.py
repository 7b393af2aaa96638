#!/usr/bin/env python3
"""The Chromium of the tests: the headless shell where there is one, and kept on this machine.

Run as a program it starts the browser once: exit code 0 says that it works.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from newsletter.errors import NotInstalled
from newsletter.rendering.preflight.browser import chromium

#: No looking up of foreign hosts: pages stay on this machine.  Nor is a script optimised while it
#: runs: no page is open for long enough to gain by it.
FLAGS = (
    *chromium.FLAGS,
    "--js-flags=--no-opt",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]",
)
#: Debian's package of a Chromium without windows, and its program.  Pages are the same, and cost
#: a third less; it has no reader of PDF.
SHELL = "chromium-headless-shell"
#: A Chromium with all its parts, found as the product finds it.
find_complete = chromium.find_chromium


def find() -> Path:
    """Return the quickest Chromium that starts; raises `NotInstalled`."""
    shell = shutil.which(SHELL)
    if shell and chromium.does_work(Path(shell)):
        return Path(shell)
    return find_complete()


if __name__ == "__main__":
    try:
        print(find())
    except NotInstalled as error:
        sys.exit(f"{error}\n{error.hint}")
