#!/usr/bin/env python3
"""Find a Chromium on this machine, and start it for the tests.

Run as a program it starts the browser once: exit code 0 says that it works.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: No sandbox: as root there is none, and only our own pages are opened.
#: No looking up of foreign hosts: the tests, and the browser itself, stay on this machine.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]",
)


def candidates() -> Iterator[Path]:
    """Yield what may be a Chromium: the system's, then those that Playwright fetched."""
    for name in NAMES:
        if found := shutil.which(name):
            yield Path(found)
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    yield from sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    yield from sorted(cache.glob("chromium_headless_shell-*/*/headless_shell"), reverse=True)


def works(program: Path) -> bool:
    """Say whether a browser starts and shows an empty page."""
    command: list[str | Path] = [program, "--headless", *FLAGS, "--dump-dom", "about:blank"]
    try:
        answer = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and b"<html>" in answer.stdout


def find() -> Path:
    """Return the first Chromium that starts, or raise `FileNotFoundError` saying what to do."""
    for program in candidates():
        if works(program):
            return program
    raise FileNotFoundError("no Chromium that starts; set up again: python3 scripts/setup.py test")


if __name__ == "__main__":
    try:
        print(find())
    except FileNotFoundError as error:
        sys.exit(str(error))
