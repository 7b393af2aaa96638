#!/usr/bin/env python3
"""The Chromium of the tests: found as the product finds it, and kept on this machine.

Run as a program it starts the browser once: exit code 0 says that it works.
"""

from __future__ import annotations

import sys

from newsletter.errors import NotInstalled
from newsletter.rendering.preflight.browser import chromium

#: No looking up of foreign hosts: pages stay on this machine.  Nor is a script optimised while it
#: runs: no page is open for long enough to gain by it.
FLAGS = (
    *chromium.FLAGS,
    "--js-flags=--no-opt",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]",
)
find = chromium.find_chromium

if __name__ == "__main__":
    try:
        print(find())
    except NotInstalled as error:
        sys.exit(f"{error}\n{error.hint}")
