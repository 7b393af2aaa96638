"""The wheel in an empty environment: it has all it needs, and runs without a checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.environment import ROOT

UV = ROOT / ".venv" / "bin" / "uv"
#: Variables with which tests find this checkout, and its settings.
OF_TESTS = ("COV", "DJANGO_", "NEWSLETTER_", "PYTEST_", "PYTHON", "VIRTUAL_ENV")


def run(*command: str | Path, where: Path, **more: Any) -> str:
    """Run a program that knows nothing of this checkout; return what it prints."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(OF_TESTS)
    }
    done = subprocess.run(
        [*map(str, command)],
        cwd=where,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        **more,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.once
def test_the_wheel_works_by_itself(tmp_path: Path) -> None:
    """Built, and installed with the locked packages alone, it does the main job far from here.

    Whatever the code imports is among its requirements, and whatever it reads is in the wheel.
    """
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, where=ROOT)
    [wheel] = tmp_path.glob("*.whl")
    run(UV, "venv", "--quiet", "--python", sys.executable, "env", where=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    lock = ROOT / "requirements.lock"
    run(UV, "pip", "install", "--quiet", "--python", python, "-c", lock, wheel, where=tmp_path)

    newsletter = tmp_path / "env" / "bin" / "newsletter"
    place = run(python, "-c", "import newsletter; print(newsletter.__file__)", where=tmp_path)
    assert Path(place.strip()).is_relative_to(tmp_path)
    assert run(newsletter, "--version", where=tmp_path).startswith("Fortnight ")
    told = json.loads(run(newsletter, "demo", "--people", "50", "--json", where=tmp_path))
    assert (told["state"], told["agrees"]) == ("sent", True)
