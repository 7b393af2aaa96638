"""Read config.toml into one frozen, typed value; nothing else reads it.

Every setting may also come from the environment as `NEWSLETTER_<SECTION>_<KEY>`, which wins.
The file holds no secrets: it names the environment variables that do.
"""

from __future__ import annotations

import logging
import os
import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from newsletter.conf.environment import (
    FILE,
    PREFIX,
    name_variable,
    read_environment,
    refuse_unknown,
)
from newsletter.conf.mistakes import describe_mistake
from newsletter.conf.schema import (
    DEFAULT_PORT,
    LOOPBACK,
    AutoPause,
    Backup,
    Canary,
    Database,
    Events,
    Logging,
    Maildir,
    Monitoring,
    Pdf,
    Privacy,
    Rates,
    SendGrid,
    Sending,
    SignUp,
    Site,
    Smtp,
    SuppressionSettings,
    Templates,
    Web,
)
from newsletter.conf.shipped import shipped_folder
from newsletter.conf.toml_file import read_table
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
#: SMTP connections that one sender thread keeps busy with its batch of 100 people.
CONNECTIONS_A_SENDER = 25
#: As many senders at most: of each, 100 people are unknown where the process is killed.
MAX_SMTP_SENDERS = 16


class Source(TypedDict):
    """Where a setting was read, as `ConfigError` takes it for programs."""

    path: str
    setting: str
    variable: str


class Config(BaseSettings):
    """All settings, checked."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        # Lists and tables come as people write them, not as JSON.
        enable_decoding=False,
    )

    site: Site = Site()
    database: Database = Database()
    backup: Backup = Backup()
    web: Web = Web()
    sending: Sending = Sending()
    rates: Rates = Rates()
    canary: Canary = Canary()
    auto_pause: AutoPause = AutoPause()
    sign_up: SignUp = SignUp()
    sendgrid: SendGrid = SendGrid()
    smtp: Smtp = Smtp()
    maildir: Maildir = Maildir()
    transports: dict[str, dict[str, Any]] = Field(default={})
    events: Events = Events()
    suppression: SuppressionSettings = SuppressionSettings()
    privacy: Privacy = Privacy()
    monitoring: Monitoring = Monitoring()
    logging: Logging = Logging()
    templates: Templates = Templates()
    pdf: Pdf = Pdf()

    _path: Path = PrivateAttr(default=Path("config.toml"))
    _given: Mapping[str, Collection[str]] = PrivateAttr(default={})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is given and nothing else: `read_config` asks the environment."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @property
    def path(self) -> Path:
        """The file that was read."""
        return self._path

    def place(self, section: str, key: str) -> str:
        """Return where a setting was read, to begin an error with: the file, or the variable."""
        source = name_variable(section, key) if self.is_given(section, key) else self._path
        return f"{source}: [{section}] {key}"

    def source(self, section: str, key: str, *, variable: str = "") -> Source:
        """Return the same for programs; `variable` is the one that a setting names, if any."""
        given = name_variable(section, key) if self.is_given(section, key) else ""
        path = "" if given else str(self._path)
        return {"path": path, "setting": f"{section}.{key}", "variable": variable or given}

    def with_port(self, port: int) -> Config:
        """Return the settings with another port of the web server.

        The address of the site follows as long as nobody has given one: its links must work.
        """
        changed: dict[str, Any] = {"web": self.web.model_copy(update={"port": port})}
        untouched = (Site().base_url, f"http://127.0.0.1:{self.web.port}")
        if self.site.base_url in untouched and not self.is_given("site", "base_url"):
            here = f"http://127.0.0.1:{port}"
            changed["site"] = self.site.model_copy(update={"base_url": here})
        return self.model_copy(update=changed)

    def is_given(self, section: str, key: str) -> bool:
        """Say whether a setting came from the environment."""
        return key in self._given.get(section, ())

    def placed_at(self, path: Path) -> Config:
        """Return the same settings, as if they had been read from a file in another folder."""
        placed = self.model_copy()
        placed._path = path.absolute()  # noqa: SLF001  set once, here
        return placed

    @property
    def root(self) -> Path:
        """The workspace: the folder of config.toml, to which paths are relative."""
        return self._path.parent

    @property
    def data(self) -> Path:
        """The folder for the database file, pictures and the key file."""
        return self.root / "var"

    @property
    def data_disk(self) -> Path:
        """A folder on the disk of the data, also before there are any."""
        return self.data if self.data.is_dir() else self.root

    @property
    def sender_count(self) -> int:
        """How many batches one process sends at the same time, where nobody has set it.

        A mail server that may have many connections needs as many mails in progress: of four
        batches of 100 people, 400 connections would be idle half of the time.
        """
        if self.sending.transport != "smtp" or "concurrency" in self.sending.model_fields_set:
            return self.sending.concurrency
        wanted = self.smtp.connections // CONNECTIONS_A_SENDER
        return min(max(self.sending.concurrency, wanted), MAX_SMTP_SENDERS)

    @property
    def template_folders(self) -> tuple[Path, ...]:
        """The folders with templates: the workspace's first, then those that ship."""
        return (self.root / self.templates.folder, shipped_folder() / "templates")

    @property
    def email_templates(self) -> tuple[Path, ...]:
        """The folders with one folder per email template, the workspace's first."""
        return tuple(folder / "email" for folder in self.template_folders)

    def sendgrid_key(self, environ: Mapping[str, str] = os.environ) -> str:
        """Return the API key, or raise `ConfigError` naming the variable to set."""
        name = self.sendgrid.api_key_env
        if key := environ.get(name, "").strip():
            if not KEY.fullmatch(key):
                raise ConfigError(
                    f"{self.place('sendgrid', 'api_key_env')}: the variable {name} holds characters"
                    " that no key has: a blank, a line end, or a letter beyond ASCII",
                    **self.source("sendgrid", "api_key_env", variable=name),
                    hint=f"Copy the key once more, and nothing around it: export {name}=SG.…",
                )
            return key
        if urlsplit(self.sendgrid.base_url).hostname in LOOPBACK:
            return EMULATOR_KEY
        raise ConfigError(
            f"{self.place('sendgrid', 'api_key_env')}: the variable {self.sendgrid.api_key_env}"
            " is not set",
            **self.source("sendgrid", "api_key_env", variable=name),
            hint=f"export {self.sendgrid.api_key_env}=SG.… (a key that may send mail)",
        )

    def smtp_password(self, environ: Mapping[str, str] = os.environ) -> str:
        """Return the password, or raise `ConfigError` naming the variable to set."""
        password = environ.get(self.smtp.password_env, "")
        if password and (password != password.strip() or not is_printable(password)):
            raise ConfigError(
                f"{self.place('smtp', 'password_env')}: the variable {self.smtp.password_env} has a"
                " blank or a line end at its beginning or end, or a control character",
                **self.source("smtp", "password_env", variable=self.smtp.password_env),
                hint=f"Copy the password once more: export {self.smtp.password_env}='…'",
            )
        if self.smtp.user and not password:
            raise ConfigError(
                f"{self.place('smtp', 'password_env')}: the variable {self.smtp.password_env}"
                " is not set",
                **self.source("smtp", "password_env", variable=self.smtp.password_env),
                hint=f"export {self.smtp.password_env}=… (the password of {self.smtp.user})",
            )
        return password


def is_printable(text: str) -> bool:
    """Say whether a text holds neither control characters nor bytes that are no UTF-8."""
    return not any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text)


def find_config(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the configuration to read: the argument, `NEWSLETTER_CONFIG`, or ./config.toml."""
    return Path(path or environ.get("NEWSLETTER_CONFIG") or "config.toml").absolute()


def read_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Return the settings of a file, or raise `ConfigError` naming file, key and fix."""
    return check(path, read_table(path, searched(path, environ)), environ)


def check(path: Path, table: dict[str, Any], environ: Mapping[str, str] = os.environ) -> Config:
    """Return the settings that stand, or will stand, in a file; raises as `read_config` does."""
    table = without_moved(path, table)
    given = read_environment(environ, Config)
    merged = merge(table, given)
    refuse_unknown(environ, Config, named_variables(merged))
    try:
        config = Config.model_validate(merged)
    except ValidationError as error:
        raise describe_mistake(path, error, Config, given) from None
    config._path, config._given = path.absolute(), given  # noqa: SLF001  set once, here
    check_engine(config)
    return config if config.web.port in (0, DEFAULT_PORT) else config.with_port(config.web.port)


def searched(path: Path, environ: Mapping[str, str]) -> str:
    """Say how a file was found that nobody named on the command line; empty for another one."""
    if named := environ.get(FILE, ""):
        return f"the variable {FILE} names it" if Path(named).absolute() == path else ""
    return (
        f"this folder has none, and neither --config nor {FILE} names one"
        if path == Path("config.toml").absolute()
        else ""
    )


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


def check_engine(config: Config) -> None:
    """Raise `ConfigError` where an engine is asked for that the database cannot drive."""
    if config.sending.engine == "procrastinate" and config.database.url.startswith("sqlite:"):
        raise ConfigError(
            f"{config.place('sending', 'engine')}: procrastinate needs PostgreSQL, not a SQLite"
            " file",
            **config.source("sending", "engine"),
            hint="Set NEWSLETTER_DATABASE_URL=postgresql://USER@HOST/NAME, or engine = embedded",
        )


def merge(table: Mapping[str, Any], given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the table of the file with what the environment says on top."""
    merged = dict(table)
    for section, keys in given.items():
        below = merged.get(section, {})
        # What is no section is left to be refused.
        merged[section] = {**below, **keys} if isinstance(below, Mapping) else below
    return merged


def named_variables(table: Mapping[str, Any]) -> set[str]:
    """Return the variables that settings name: they hold secrets, and are no settings."""
    return variables_in(Config().model_dump()) | variables_in(table)


def variables_in(table: Mapping[str, Any]) -> set[str]:
    """Return the variables that a table names, and the tables in it."""
    below = [variables_in(value) for value in table.values() if isinstance(value, Mapping)]
    return set().union(*below, (str(table[key]) for key in table if key.endswith("_env")))


@cache
def load() -> Config:
    """Return the settings of this process, read once."""
    return _used[0] if _used else read_config(find_config())


#: The settings of this process, where they are not those that a file and the environment make.
_used: list[Config] = []


def use_config(config: Config | None) -> None:
    """Have this process work with these settings; without any, with those that are read."""
    _used[:] = [config] if config else []
    load.cache_clear()
