"""The wheel in an empty environment: it has all it needs, and runs without a checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.program.installed import run


@pytest.mark.once
def test_the_wheel_works_by_itself(installed: Path, tmp_path: Path) -> None:
    """Built, and installed with the locked packages alone, it does the main job far from here.

    Whatever the code imports is among its requirements, and whatever it reads is in the wheel.
    """
    place = run(
        installed / "python", "-c", "import newsletter as n; print(n.__file__)", where=tmp_path
    )
    newsletter = installed / "newsletter"
    assert Path(place.strip()).is_relative_to(installed.parent)
    assert run(newsletter, "--version", where=tmp_path).startswith("Fortnight ")
    told = json.loads(run(newsletter, "demo", "--people", "50", "--json", where=tmp_path))
    assert (told["state"], told["agrees"]) == ("sent", True)
