"""What ships with the program: config.toml and templates."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).parent.parent


def shipped_folder() -> Path:
    """Return the folder with the shipped config.toml and templates.

    An installed package carries them inside; a checkout has them on top.
    """
    inside = PACKAGE / "shipped"
    return inside if inside.is_dir() else PACKAGE.parent


def own_migrations() -> set[tuple[str, str]]:
    """Return the migrations of our own apps that ship with this release: label and name."""
    package = Path(__file__).parent.parent
    folders = [*package.glob("*/migrations"), package.parent / "subscribers" / "migrations"]
    return {
        (folder.parent.name, file.stem) for folder in folders for file in folder.glob("[0-9]*.py")
    }


def newer_migrations(applied: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those of applied migrations that a newer release of ours must have made.

    Only our own count: a framework may have merged old ones of its own into one.
    """
    shipped = own_migrations()
    labels = {label for label, _ in shipped}
    return sorted(each for each in applied if each[0] in labels and each not in shipped)
