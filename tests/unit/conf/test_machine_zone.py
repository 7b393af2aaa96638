"""A new workspace is in the time zone of the machine it is laid out on."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from newsletter.conf import workspace

LAY_OUT = """
import sys
from pathlib import Path
from newsletter.conf.workspace import lay_out

lay_out(Path(sys.argv[1]), site_name="Harbour")
"""


def lay_out(folder: Path, zone: str) -> str:
    """Return the zone of a workspace laid out on a machine of some zone."""
    subprocess.run(
        [sys.executable, "-c", LAY_OUT, folder],
        env={**os.environ, "TZ": zone},
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    settings = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))
    return str(settings["site"]["time_zone"])


@pytest.mark.parametrize(
    ("machine", "ours"), [("Asia/Tokyo", "Asia/Tokyo"), ("Etc/UTC", "UTC"), (":Etc/UTC", "UTC")]
)
def test_a_workspace_is_in_the_zone_of_its_machine(tmp_path: Path, machine: str, ours: str) -> None:
    """The zone that the machine says is written into config.toml, under its common name."""
    assert lay_out(tmp_path / "paper", machine) == ours


@pytest.mark.parametrize("name", [None, "Mars/Phobos"])
def test_a_machine_without_a_known_zone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str | None
) -> None:
    """Where the zone has no name in the time zone database it is UTC."""
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: name)

    path = workspace.lay_out(tmp_path / "paper", site_name="Harbour")

    assert tomllib.loads(path.read_text(encoding="utf-8"))["site"]["time_zone"] == "UTC"
