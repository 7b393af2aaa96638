"""Other programs that the demonstration starts, and stops."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

from newsletter.errors import NewsletterError

#: Seconds that the emulator may take to answer.
START_TIMEOUT_SECONDS = 20.0


def start_emulator(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the emulator as a process of its own and return once it answers."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "sendgrid_emulator"]
    with (folder / "emulator.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  our own module, our own arguments
            [*command, "--port", str(port), "--dir", str(folder)], stdout=log, stderr=log
        )
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not does_answer(port):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise NewsletterError(
                "the emulator did not start", hint=f"It says why in {folder / 'emulator.log'}"
            )
        time.sleep(0.05)
    return process


def does_answer(port: int) -> bool:
    """Tell whether a program answers on a port."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2):
            return True
    except (URLError, OSError):
        return False


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and wait for it."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
