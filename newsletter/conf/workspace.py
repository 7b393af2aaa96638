"""What ships with the product, and how a workspace of one's own is laid out from it."""

from __future__ import annotations

import shutil
from pathlib import Path

from newsletter.conf.machine_zone import machine_zone
from newsletter.conf.shipped import shipped_folder
from newsletter.errors import BadInput

#: What stands in the folder for templates, which is empty but for it.
README = Path(__file__).with_name("templates.md")
#: What makes a folder a workspace.
CONFIG_FILE = "config.toml"


def prepare_workspace(folder: Path, *, site_name: str) -> Path:
    """Return the config.toml of a folder, which is laid out unless it is a workspace already."""
    path = folder / CONFIG_FILE
    return path.absolute() if path.is_file() else lay_out(folder, site_name=site_name)


def lay_out(folder: Path, *, site_name: str) -> Path:
    """Copy what a person edits into a new or empty folder; return its config.toml.

    Templates are found in the package: a copy here would keep the next release from changing them.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(
            f"{folder} is not empty, and has no {CONFIG_FILE}",
            hint="Name a folder that is new or empty, or one that is a workspace already.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "templates" / "email").mkdir(parents=True)
        shutil.copy(README, folder / "templates" / "README.md")
    except OSError as error:
        raise BadInput(
            f"{folder} cannot be made: {error.strerror}",
            hint="Name a folder where this account may write.",
        ) from None
    settings = (shipped_folder() / CONFIG_FILE).read_text(encoding="utf-8")
    path = folder / CONFIG_FILE
    settings = settings.replace('name = "Fortnight"', f"name = {quote_toml(site_name)}")
    settings = settings.replace(
        'time_zone = "UTC"', f"time_zone = {quote_toml(machine_zone() or 'UTC')}"
    )
    path.write_text(settings, "utf-8")
    return path


def quote_toml(text: str) -> str:
    """Return a text as a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
