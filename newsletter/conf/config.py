"""Read config.toml into one frozen, typed value; nothing else reads it.

Every setting may also come from the environment as `NEWSLETTER_<SECTION>_<KEY>`.
The file holds no secrets: it names the environment variables that do.
"""

from __future__ import annotations

import logging
import os
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, ValidationError

from newsletter.conf.schema import (
    LOOPBACK,
    Brakes,
    Canary,
    Database,
    Events,
    Maildir,
    Pdf,
    Rates,
    Section,
    SendGrid,
    Sending,
    Site,
    Smtp,
    Templates,
    Web,
)
from newsletter.errors import ConfigError

log = logging.getLogger(__name__)

#: Settings that are no longer read, and where what they said is chosen now.
MOVED: Mapping[tuple[str, str], str] = {
    ("sending", "ahead_minutes"): (
        "it is chosen for each publication: newsletter publication set --delivery-mode prescheduled"
    ),
}

#: What a key may hold: it travels in a header.
KEY = re.compile(r"[!-~]+")
#: The key that an emulator on this machine takes where none is set.
EMULATOR_KEY = "SG.emulator"


class Config(Section):
    """All settings, checked."""

    site: Site = Site()
    database: Database = Database()
    web: Web = Web()
    sending: Sending = Sending()
    rates: Rates = Rates()
    canary: Canary = Canary()
    brakes: Brakes = Brakes()
    sendgrid: SendGrid = SendGrid()
    smtp: Smtp = Smtp()
    maildir: Maildir = Maildir()
    transports: dict[str, dict[str, Any]] = Field(default={})
    events: Events = Events()
    templates: Templates = Templates()
    pdf: Pdf = Pdf()

    _path: Path = PrivateAttr(default=Path("config.toml"))

    @property
    def path(self) -> Path:
        """The file that was read."""
        return self._path

    @property
    def root(self) -> Path:
        """The workspace: the folder of config.toml, to which paths are relative."""
        return self._path.parent

    @property
    def data(self) -> Path:
        """The folder for the database file, pictures and the key file."""
        return self.root / "var"

    @property
    def email_templates(self) -> Path:
        """The folder with one folder per email template."""
        return self.root / self.templates.folder / "email"

    def sendgrid_key(self, environ: Mapping[str, str] = os.environ) -> str:
        """Return the API key, or raise `ConfigError` naming the variable to set."""
        name = self.sendgrid.api_key_env
        if key := environ.get(name, "").strip():
            if not KEY.fullmatch(key):
                raise ConfigError(
                    f"{self.path}: [sendgrid] api_key_env: the variable {name} holds characters"
                    " that no key has: a blank, a line end, or a letter beyond ASCII",
                    hint=f"Copy the key once more, and nothing around it: export {name}=SG.…",
                )
            return key
        if urlsplit(self.sendgrid.base_url).hostname in LOOPBACK:
            return EMULATOR_KEY
        raise ConfigError(
            f"{self.path}: [sendgrid] api_key_env: the variable {self.sendgrid.api_key_env}"
            " is not set",
            hint=f"export {self.sendgrid.api_key_env}=SG.… (a key that may send mail)",
        )

    def smtp_password(self, environ: Mapping[str, str] = os.environ) -> str:
        """Return the password, or raise `ConfigError` naming the variable to set."""
        password = environ.get(self.smtp.password_env, "")
        if password and (password != password.strip() or not printable(password)):
            raise ConfigError(
                f"{self.path}: [smtp] password_env: the variable {self.smtp.password_env} has a"
                " blank or a line end at its beginning or end, or a control character",
                hint=f"Copy the password once more: export {self.smtp.password_env}='…'",
            )
        if self.smtp.user and not password:
            raise ConfigError(
                f"{self.path}: [smtp] password_env: the variable {self.smtp.password_env}"
                " is not set",
                hint=f"export {self.smtp.password_env}=… (the password of {self.smtp.user})",
            )
        return password


def printable(text: str) -> bool:
    """Say whether a text holds neither control characters nor bytes that are no UTF-8."""
    return not any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text)


def find(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the configuration to read: the argument, `NEWSLETTER_CONFIG`, or ./config.toml."""
    return Path(path or environ.get("NEWSLETTER_CONFIG") or "config.toml").absolute()


def read(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Return the settings of a file, or raise `ConfigError` naming file, key and fix."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no such file",
            hint="Lay out a workspace: newsletter init DIR (or name one: --config FILE)",
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    try:
        config = Config.model_validate(overlay(without_moved(path, table), environ), strict=False)
    except ValidationError as error:
        raise ConfigError(describe(path, error)) from None
    check_engine(path, config)
    config._path = path.absolute()  # noqa: SLF001  set once, here
    return config


def without_moved(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    """Return the table without settings that are no longer read, and warn of each.

    An upgrade must not keep a newsletter from going out over a line that has lost its meaning.
    """
    kept = {name: dict(part) if isinstance(part, dict) else part for name, part in table.items()}
    for (section, key), now in MOVED.items():
        part = kept.get(section)
        if isinstance(part, dict) and part.pop(key, None) is not None:
            log.warning("%s: [%s] %s is ignored: %s", path, section, key, now)
    return kept


def check_engine(path: Path, config: Config) -> None:
    """Raise `ConfigError` where an engine is asked for that the database cannot drive."""
    if config.sending.engine == "procrastinate" and config.database.url.startswith("sqlite:"):
        raise ConfigError(
            f"{path}: [sending] engine: procrastinate needs PostgreSQL, not a SQLite file",
            hint="Set NEWSLETTER_DATABASE_URL=postgresql://USER@HOST/NAME, or engine = embedded",
        )


def overlay(table: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the table with what the environment says on top."""
    merged = {
        name: dict(value) if isinstance(value, dict) else value for name, value in table.items()
    }
    for section, field in Config.model_fields.items():
        kind = field.annotation
        keys = kind.model_fields if isinstance(kind, type) and issubclass(kind, Section) else {}
        for key in keys:
            value = environ.get(f"NEWSLETTER_{section}_{key}".upper())
            if value is not None:
                merged.setdefault(section, {})[key] = value
    return merged


def describe(path: Path, error: ValidationError) -> str:
    """Say in one line what is wrong with the first bad key, and how to mend it."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    section, key = place[0], ".".join(place[1:])
    where = f"{path}: [{section}] {key}".rstrip()
    if first["type"] == "extra_forbidden":
        what = "key" if key else "section"
        return f"{where}: unknown {what}; known: {', '.join(known(section, key))}"
    what = first["msg"].removeprefix("Value error, ")
    # The address of a database may hold a password.
    return f"{where}: {what}" + ("" if section == "database" else f" (it is {first['input']!r})")


def known(section: str, key: str) -> list[str]:
    """Return the names that could have been meant."""
    if not key:
        return sorted(Config.model_fields)
    kind = Config.model_fields[section].annotation
    return sorted(kind.model_fields) if isinstance(kind, type) and issubclass(kind, Section) else []


@cache
def load() -> Config:
    """Return the settings of this process, read once."""
    return read(find())
