"""The files of a workspace that hold addresses or keys."""

from __future__ import annotations

from pathlib import Path

from newsletter.conf.config import Config
from newsletter.conf.database_url import SQLITE, sqlite_path


def sqlite_file(config: Config) -> Path | None:
    """Return where the SQLite file is; None with another database."""
    if not config.database.url.startswith(SQLITE):
        return None
    return config.root / sqlite_path(config.database.url)


def private_paths(config: Config) -> tuple[list[Path], list[Path]]:
    """Return the folders and the files that hold addresses or keys; pictures are public."""
    files: list[Path] = []
    if path := sqlite_file(config):
        files = [path.with_name(f"{path.name}{suffix}") for suffix in ("", "-wal", "-shm")]
    inside = [
        path for path in sorted(config.data.glob("*")) if path.is_dir() and path.name != "media"
    ]
    files += [path for path in sorted(config.data.glob("*")) if path.is_file()]
    files.append(config.data)
    folders = [*inside, config.root / config.maildir.folder]
    return folders, files
