"""The program as somebody installs it: the wheel in an environment with no checkout around it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.environment import ROOT

UV = ROOT / ".venv" / "bin" / "uv"
#: Variables with which tests find this checkout, and its settings.
OF_TESTS = ("COV", "DJANGO_", "NEWSLETTER_", "PYTEST_", "PYTHON", "VIRTUAL_ENV")


def install_wheel(folder: Path) -> None:
    """Build the wheel, and install it with the locked packages into `env` in an empty folder."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, where=ROOT)
    [wheel] = folder.glob("*.whl")
    run(UV, "venv", "--quiet", "--python", sys.executable, "env", where=folder)
    python = folder / "env" / "bin" / "python"
    lock = ROOT / "requirements.lock"
    run(UV, "pip", "install", "--quiet", "--python", python, "-c", lock, wheel, where=folder)


def strangers_environment(**settings: str) -> dict[str, str]:
    """Return the environment of somebody who has no checkout, with some settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OF_TESTS)}
    return kept | {f"NEWSLETTER_{name.upper()}": value for name, value in settings.items()}


def run(
    *command: str | Path,
    where: Path,
    environment: Mapping[str, str] | None = None,
    status: int = 0,
) -> str:
    """Run a program that knows nothing of this checkout; return what it prints."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=where,
        env=environment or strangers_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout
