"""Settings from the environment: `NEWSLETTER_<SECTION>_<KEY>`.  A misspelt name is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_settings import BaseSettings, EnvSettingsSource

from newsletter.conf import spelling
from newsletter.errors import ConfigError

PREFIX = "NEWSLETTER_"
#: Names the file itself.
FILE = f"{PREFIX}CONFIG"


def name_variable(section: str, key: str) -> str:
    """Return the variable of a setting."""
    return f"{PREFIX}{section}_{key}".upper()


def list_variables(settings: type[BaseSettings]) -> dict[str, tuple[str, str]]:
    """Return the variable of each setting, with its section and key."""
    return {
        name_variable(section, key): (section, key)
        for section, field in settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        for key in field.annotation.model_fields
    }


def read_environment(
    environ: Mapping[str, str], settings: type[BaseSettings]
) -> dict[str, dict[str, Any]]:
    """Return what the environment says, by section and key."""
    source = EnvSettingsSource(settings)
    source.env_vars = {
        name.lower(): environ[name] for name in list_variables(settings) if name in environ
    }
    return source()


def refuse_unknown(
    environ: Mapping[str, str], settings: type[BaseSettings], others: Collection[str]
) -> None:
    """Raise `ConfigError` for a variable of ours that no setting has; `others` hold secrets."""
    known = [*list_variables(settings), FILE, *others]
    for name in sorted(environ):
        if name.upper().startswith(PREFIX) and name not in known:
            raise ConfigError(
                f"the variable {name} is no setting{spelling.suggest_name(name.upper(), known)}",
                variable=name,
                hint="Correct or unset it: a variable of a setting is NEWSLETTER_<SECTION>_<KEY>.",
            )
