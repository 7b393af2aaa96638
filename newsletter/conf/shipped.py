"""What ships with the program: config.toml and templates."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent.parent


def shipped_folder() -> Path:
    """Return the folder with the shipped config.toml and templates.

    An installed package carries them inside; a checkout has them on top.
    """
    inside = PACKAGE / "shipped"
    return inside if inside.is_dir() else PACKAGE.parent
