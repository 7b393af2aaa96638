"""Find a Chromium on this machine: the system's own, else one that Playwright fetched."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from newsletter.errors import NotInstalled

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: Of the features that Chromium leaves out, the last list counts: so those of Playwright's that
#: concern us stand here too.  Each window would also draw the list below its address bar, which
#: nobody sees, in a process of its own: that takes as long as most pages.
_FEATURES_LEFT_OUT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "AimEnabled"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
)
#: No sandbox: as root, and in most containers, there is none.  Nothing of the browser's own
#: goes over the network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join(_FEATURES_LEFT_OUT)}",
)
#: Seconds for a first start, on a slow disk.
_START_TIMEOUT_SECONDS = 60


def find_chromium() -> Path:
    """Return the first Chromium that starts; raises `NotInstalled`."""
    for program in list_candidates():
        if does_work(program):
            return program
    raise NotInstalled(
        "there is no Chromium that starts on this machine",
        hint="Install it: apt-get install chromium, or: python -m playwright install chromium",
    )


def list_candidates() -> Iterator[Path]:
    """Yield what may be a Chromium: the system's, then those that Playwright fetched."""
    for name in NAMES:
        if found := shutil.which(name):
            yield Path(found)
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    yield from sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    yield from sorted(cache.glob("chromium_headless_shell-*/*/headless_shell"), reverse=True)


def does_work(program: Path) -> bool:
    """Say whether a browser starts and shows an empty page."""
    command: list[str | Path] = [program, "--headless", *FLAGS, "--dump-dom", "about:blank"]
    try:
        answer = subprocess.run(  # noqa: S603 (a program found under a name of our own)
            command, capture_output=True, timeout=_START_TIMEOUT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and b"<html>" in answer.stdout
