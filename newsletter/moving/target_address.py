"""The address of the database that is moved to, and the line of config.toml that names it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from newsletter.conf.config import Config
from newsletter.conf.database_url import SQLITE, check_url, postgresql_parameters, sqlite_path
from newsletter.conf.workspace import quote_toml
from newsletter.errors import BadInput, ConfigError
from newsletter.phrases import phrase

#: The setting, where it stands in a file that people write.
LINE = re.compile(r"(?m)^(\[database\][^\[]*?^[ \t]*url[ \t]*=[ \t]*)(\"[^\"\n]*\"|'[^'\n]*')")
TABLE = re.compile(r"(?m)^\[database\][ \t]*$")


def check_target(config: Config, address: str) -> str:
    """Return an address that can be moved to, or raise `BadInput`."""
    try:
        check_url(address)
    except ValueError as error:
        raise BadInput(
            phrase("--to {reason}", reason=str(error)),
            hint=phrase(
                "Such as postgresql://fortnight@localhost/fortnight or"
                " sqlite:///var/newsletter.sqlite3"
            ),
        ) from None
    if is_sqlite(address) == is_sqlite(config.database.url):
        raise BadInput(
            phrase("--to names a database of the same kind"),
            hint=phrase(
                "A database is moved from SQLite to PostgreSQL, or back. Otherwise use newsletter"
                " backup and newsletter restore."
            ),
        )
    if is_sqlite(address) and config.sending.engine == "procrastinate":
        raise BadInput(
            phrase("[sending] engine is procrastinate, which needs PostgreSQL"),
            hint=phrase("Set engine = embedded first: docs/how-to/fleet.md"),
        )
    return address


def is_sqlite(address: str) -> bool:
    """Say whether an address is of a SQLite file."""
    return address.startswith(SQLITE)


def file_of(config: Config, address: str) -> Path:
    """Return the file that an address names."""
    return (config.root / sqlite_path(address)).absolute()


def shown(address: str) -> str:
    """Return an address for people, without a password."""
    if is_sqlite(address):
        return address
    known = postgresql_parameters(address)
    host = known.get("host") or known.get("hostaddr") or ""
    return f"postgresql://{host}/{known.get('dbname', '')}"


def without_password(address: str) -> str:
    """Return an address as it may stand in a file."""
    parts = urlsplit(address)
    if not parts.password:
        return address
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}@{host}").geturl()


def has_password(address: str) -> bool:
    """Say whether a password stands in an address."""
    parts = urlsplit(address)
    return bool(parts.password) or any(name == "password" for name, _ in parse_qsl(parts.query))


def write_address(config: Config, address: str) -> None:
    """Have config.toml name a database; the rest of it stays as it is.

    Raises `ConfigError` where that must not, or cannot, be done.
    """
    if config.is_given("database", "url"):
        raise ConfigError(
            phrase(
                "config.toml is not changed: {place} counts",
                place=config.place("database", "url"),
            ),
            **config.source("database", "url"),
            hint=phrase("Change the variable."),
        )
    if has_password(address):
        raise ConfigError(
            phrase("config.toml is not changed: the address has a password"),
            path=str(config.path),
            setting="database.url",
            hint=phrase("Put the password into ~/.pgpass, and leave it out of the address."),
        )
    try:
        text = config.path.read_text(encoding="utf-8")
        draft = config.path.with_name(f".{config.path.name}.draft")
        draft.write_text(with_address(text, address), encoding="utf-8")
        draft.chmod(config.path.stat().st_mode & 0o777)
        draft.replace(config.path)
    except OSError as error:
        raise ConfigError(
            phrase(
                "{path} cannot be changed: {reason}", path=str(config.path), reason=error.strerror
            ),
            path=str(config.path),
        ) from None


def with_address(text: str, address: str) -> str:
    """Return settings with another address of the database."""
    quoted = quote_toml(address)
    if LINE.search(text):
        return LINE.sub(lambda found: found[1] + quoted, text, count=1)
    if TABLE.search(text):
        return TABLE.sub(lambda found: f"{found[0]}\nurl = {quoted}", text, count=1)
    return f"{text.rstrip()}\n\n[database]\nurl = {quoted}\n"
