"""What ships with the product, and how a workspace of one's own is laid out from it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from newsletter.conf.database_url import without_password
from newsletter.conf.machine_zone import machine_zone
from newsletter.conf.schema import Database
from newsletter.conf.shipped import shipped_folder
from newsletter.errors import BadInput

#: What stands in the folder for templates, which is empty but for it.
README = Path(__file__).with_name("templates.md")
#: An issue and some readers to begin with.
EXAMPLES = Path(__file__).parent.parent / "demo" / "samples"
#: What makes a folder a workspace.
CONFIG_FILE = "config.toml"
#: What must not stand in a TOML string as it is.
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def require_room(folder: Path) -> None:
    """Raise `BadInput` for a folder that holds something, but is no workspace."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise not_empty(folder)


def claim(folder: Path) -> None:
    """Make a folder for a workspace: of two who do it at the same time the second is refused.

    Raises `BadInput`; then nothing in the folder is of this program.
    """
    require_room(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "templates").mkdir()
    except FileExistsError:
        raise not_empty(folder) from None
    except OSError as error:
        raise cannot_be_made(folder, error) from None


def lay_out(folder: Path, *, site_name: str, zone: str = "", database_url: str = "") -> Path:
    """Copy what a person edits into a new or empty folder; return its config.toml."""
    claim(folder)
    return fill(folder, site_name=site_name, zone=zone, database_url=database_url)


def fill(folder: Path, *, site_name: str, zone: str = "", database_url: str = "") -> Path:
    """Copy what a person edits into a folder that is claimed; return its config.toml.

    Templates are found in the package: a copy here would keep the next release from changing them.
    """
    path = folder / CONFIG_FILE
    try:
        (folder / "templates" / "email").mkdir()
        shutil.copy(README, folder / "templates" / "README.md")
        shutil.copytree(EXAMPLES, folder / "examples")
        path.write_text(write_settings(site_name, zone, database_url), "utf-8")
    except OSError as error:
        raise cannot_be_made(folder, error) from None
    return path


def not_empty(folder: Path) -> BadInput:
    """Return the error about a folder that holds something, but is no workspace."""
    return BadInput(
        f"{folder} is not empty, and has no {CONFIG_FILE}",
        hint="Name a folder that is new or empty, or one that is a workspace already.",
    )


def cannot_be_made(folder: Path, error: OSError) -> BadInput:
    """Return the error about a folder in which nothing can be written."""
    return BadInput(
        f"{folder} cannot be made: {error.strerror}",
        hint="Name a folder where this account may write.",
    )


def write_settings(site_name: str, zone: str = "", database_url: str = "") -> str:
    """Return a config.toml with every setting; without a zone it has that of this machine."""
    text = (shipped_folder() / CONFIG_FILE).read_text(encoding="utf-8")
    chosen = {
        'name = "Fortnight"': f"name = {quote_toml(site_name)}",
        'time_zone = "UTC"': f"time_zone = {quote_toml(zone or machine_zone() or 'UTC')}",
    }
    if database_url:
        usual = f'url = "{Database().url}"'
        chosen[usual] = f"url = {quote_toml(without_password(database_url))}"
    for default, value in chosen.items():
        text = text.replace(default, value, 1)
    return text


def quote_toml(text: str) -> str:
    """Return a text as a TOML basic string (https://toml.io/en/v1.0.0#string)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    printable = CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped)
    return f'"{printable}"'
