"""Which files of a workspace a backup has, and which it must not have.

It has what a person has written or uploaded, and the keys.  It must not have evidence of what was
submitted (`var/submissions`, a Maildir): put back, that would be as old as the database, and could
not show any more what the database lacks (`newsletter.sending.restores`).  It need not have what is
made again by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from newsletter.conf.config import Config
from newsletter.conf.data_files import sqlite_file
from newsletter.phrases import phrase

#: In the folder for data: evidence, then what is made again.
EVIDENCE = frozenset(["submissions", "emulator"])
MADE_AGAIN = frozenset(["cards", "web", "pdf", "system-check.json"])
#: What a restore puts aside, and what is hidden: locks, drafts, files that are being written.
ASIDE = ("before-restore-", ".")


@dataclass(slots=True)
class Found:
    """Files by their paths in the workspace, and in words what is left out."""

    files: list[tuple[str, Path]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def find_files(config: Config) -> Found:
    """Return the files of a workspace that belong into a backup, in order."""
    found = Found()
    add_file(found, config.path.name, config.path)
    for name in (config.templates.folder, config.pdf.fonts, config.smtp.ca_file):
        add_named(found, config, name)
    skipped = not_wanted(config)
    for path in sorted(config.data.glob("*")) if config.data.is_dir() else ():
        if path.name.startswith(ASIDE) or path.resolve() in skipped:
            continue
        add_tree(found, f"{config.data.name}/{path.name}", path)
    found.left_out += name_variables(config)
    return found


def not_wanted(config: Config) -> set[Path]:
    """Return what of the folder for data is not for a backup."""
    database = sqlite_file(config)
    named = [config.data / name for name in EVIDENCE | MADE_AGAIN]
    named += [config.root / config.backup.folder, config.root / config.maildir.folder]
    if database:
        named += [database.with_name(f"{database.name}{end}") for end in ("", "-wal", "-shm")]
    return {path.resolve() for path in named}


def add_named(found: Found, config: Config, name: str) -> None:
    """Add a file or folder that a setting names, if it is in the workspace."""
    if not name or not (config.root / name).exists():
        return
    path = config.root / name
    inside = path.resolve().is_relative_to(config.root.resolve())
    if not inside or path.resolve() == config.root.resolve():
        found.left_out.append(phrase("{path}: it is not in the workspace", path=str(path)))
    elif not path.resolve().is_relative_to(config.data.resolve()):
        add_tree(found, path.resolve().relative_to(config.root.resolve()).as_posix(), path)


def add_tree(found: Found, name: str, path: Path) -> None:
    """Add a file, or all files of a folder; links that lead to folders are named."""
    if not path.is_dir():
        add_file(found, name, path)
        return
    for inside in sorted_entries(path):
        below = f"{name}/{inside.name}"
        if inside.is_symlink() and inside.is_dir():
            found.left_out.append(phrase("{path}: it is a link to a folder", path=str(inside)))
        else:
            add_tree(found, below, inside)


def sorted_entries(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder, by name."""
    for name in sorted(os.listdir(folder)):  # noqa: PTH208  names alone are enough
        yield folder / name


def add_file(found: Found, name: str, path: Path) -> None:
    """Add one file; sockets and the like are none."""
    if path.is_file():
        found.files.append((name, path))


def name_variables(config: Config) -> list[str]:
    """Say that secrets in environment variables are not in a backup."""
    names = [
        config.site.secret_key_env,
        config.site.old_secret_keys_env,
        config.sendgrid.api_key_env,
        config.sendgrid.webhook_keys_env,
        config.smtp.password_env,
    ]
    given = [name for name in names if os.environ.get(name)]
    if not given:
        return []
    return [phrase("the values of environment variables: {names}", names=", ".join(given))]
