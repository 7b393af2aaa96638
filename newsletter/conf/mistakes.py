"""Say what is wrong with a setting: the place, what must stand there, and what does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings

from newsletter.conf import spelling
from newsletter.conf.environment import name_variable
from newsletter.errors import ConfigError

#: What pydantic found → what must stand there.
MUST: Mapping[str, str] = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "finite_number": "must be a number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_type": "must be a whole number",
    "is_instance_of": "must be a table",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "literal_error": "must be {expected}",
    "mapping_type": "must be a table",
    "model_attributes_type": "must be a section with keys",
    "model_type": "must be a section with keys",
    "string_too_short": "must not be empty",
    "string_type": "must be a text between quotes",
    "tuple_type": "must be a list of texts",
}
OTHERWISE = "has a value that cannot be used"


def describe_mistake(
    path: Path,
    error: ValidationError,
    settings: type[BaseSettings],
    given: Mapping[str, Mapping[str, Any]],
) -> ConfigError:
    """Return what is wrong with the first bad key; `given` came by the environment."""
    first = error.errors()[0]
    section, *rest = [str(part) for part in first["loc"]]
    key = ".".join(rest)
    variable = name_variable(section, rest[0]) if rest and rest[0] in given.get(section, {}) else ""
    where = f"{variable or path}: [{section}] {key}".rstrip()
    if first["type"] == "extra_forbidden":
        problem = describe_unknown(section, key, settings)
    else:
        # The address of a database may hold a password.
        found = "" if section == "database" else f" (it is {first['input']!r})"
        problem = f"{describe_demand(first)}{found}"
    return ConfigError(
        f"{where}: {problem}",
        path="" if variable else str(path),
        setting=f"{section}.{key}".rstrip("."),
        variable=variable,
        hint=f"Correct or unset the variable {variable}." if variable else f"Correct it in {path}",
    )


def describe_demand(error: ErrorDetails) -> str:
    """Say what must stand there: in our words, never in those of the library."""
    if error["type"] == "value_error":
        return error["msg"].removeprefix("Value error, ")
    return MUST.get(error["type"], OTHERWISE).format(**error.get("ctx", {}))


def describe_unknown(section: str, key: str, settings: type[BaseSettings]) -> str:
    """Say that there is no such key or section, and which was meant."""
    known = list_keys(section, settings) if key else sorted(settings.model_fields)
    what = "key" if key else "section"
    meant = spelling.suggest_name(key or section, known)
    return f"unknown {what}{meant or '; known: ' + ', '.join(known)}"


def list_keys(section: str, settings: type[BaseSettings]) -> list[str]:
    """Return the keys of a section."""
    kind = settings.model_fields[section].annotation
    if not isinstance(kind, type) or not issubclass(kind, BaseModel):
        return []
    return sorted(kind.model_fields)
