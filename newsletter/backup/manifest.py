"""What a backup says about itself: the first member of its archive, `manifest.json`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePosixPath

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from newsletter.errors import BackupFailed
from newsletter.phrases import phrase

#: The form of the archive; a program that does not know it reads nothing of it.
FORMAT = 1
NAME = "manifest.json"
#: The member folders: the database, and the files of the workspace by their paths in it.
DATABASE, WORKSPACE = "database", "workspace"
SHA256 = re.compile(r"[0-9a-f]{64}")


class Kind(StrEnum):
    """In which form the database is in the archive."""

    SQLITE = "sqlite"  #: a SQLite file
    DUMP = "postgresql-dump"  #: what pg_dump writes with --format=custom
    ROWS = "postgresql-rows"  #: a file of COPY for each table; the migrations make the tables

    @property
    def is_postgresql(self) -> bool:
        """Whether the database was one of PostgreSQL."""
        return self is not Kind.SQLITE


class _Part(BaseModel):
    """A part of the manifest: frozen; what a later release adds is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Member(_Part):
    """A file in the archive: its name there, its bytes, and the SHA-256 of these."""

    name: str
    size: int = Field(ge=0)
    sha256: str = Field(pattern=SHA256.pattern)

    @field_validator("name")
    @classmethod
    def check_name(cls, value: str) -> str:
        """Refuse a name that leads out of the folder that it is unpacked in."""
        parts = value.split("/")
        if parts[0] not in (DATABASE, WORKSPACE) or len(parts) < 2:
            raise ValueError("is in none of the folders of a backup")
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            raise ValueError("is no plain path")
        return value

    @property
    def path(self) -> PurePosixPath:
        """Its path below `database/` or `workspace/`."""
        return PurePosixPath(*self.name.split("/")[1:])


class DatabaseContents(_Part):
    """The database of a backup; `rows` counts them by table, as they are in the archive.

    `place` is where it was, as `newsletter.sending.restores.identity` describes it: what is
    restored somewhere else counts as a copy, also if it had never sent anything.
    """

    kind: Kind
    server: str
    identity: str = ""
    place: Mapping[str, str] = {}
    migrations: tuple[tuple[str, str], ...] = ()
    rows: Mapping[str, int] = {}


class Manifest(_Part):
    """What is in a backup, from which release and time.

    `config` is the name of the settings file; `left_out` says in words what is not in it.
    """

    format: int
    version: str
    made_at: AwareDatetime
    reason: str = ""
    config: str = "config.toml"
    database: DatabaseContents
    members: tuple[Member, ...]
    left_out: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """How many subscribers are in it."""
        return self.database.rows.get("subscribers_subscriber", 0)

    def shown_time(self) -> str:
        """Return when it was made, for people."""
        return f"{self.made_at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"

    def as_json(self) -> bytes:
        """Return what `read_manifest` reads."""
        return self.model_dump_json(indent=1).encode()


def read_manifest(content: bytes) -> Manifest:
    """Return the manifest of an archive, or raise `BackupFailed` where it is none of ours."""
    try:
        found = Manifest.model_validate_json(content)
    except ValidationError:
        raise BackupFailed(
            phrase("the manifest of the backup cannot be read"),
            hint=phrase("It is damaged, or is no backup of Fortnight: try an older one."),
        ) from None
    if found.format > FORMAT:
        raise BackupFailed(
            phrase(
                "the backup has a newer form: it is of release {version}", version=found.version
            ),
            hint=phrase("Install that release, or a newer one, then restore."),
        )
    return found
