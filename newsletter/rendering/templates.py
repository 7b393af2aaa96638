"""A template: one folder with MJML, text, subject, theme and words, read whole."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from newsletter.errors import NotFound, TemplateError
from newsletter.rendering.environment import TemplateEnvironment

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = frozenset([".mjml", ".txt", ".toml"])
_NAME = re.compile(r"[A-Za-z0-9][\w-]*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, eq=False)
class Template:
    """The files of a template by their path in its folder, and their hash (sha256 hex)."""

    name: str
    files: Mapping[str, str] = field(repr=False)
    hash: str

    @cached_property
    def theme(self) -> Mapping[str, Any]:
        """The tables of theme.toml; `light` and `dark` name the same colours."""
        theme = self._toml("theme.toml")
        _check_colours(theme, f"{self.name}/theme.toml")
        return theme

    @cached_property
    def environment(self) -> TemplateEnvironment:
        """The environment in which recipient data is deferred."""
        return TemplateEnvironment(self.files, self.name)

    @cached_property
    def plain_environment(self) -> TemplateEnvironment:
        """The environment in which recipient data is known."""
        return TemplateEnvironment(self.files, self.name, deferring=False)

    def words(self, language: str) -> Mapping[str, Any]:
        """Return the template's own words in a language (`en-GB`, else `en`, else the first)."""
        tables = self.tables_of_words
        general = language.partition("-")[0]
        first = next(iter(tables.values()), {})
        return {**first, **tables.get(general, {}), **tables.get(language, {})}

    @cached_property
    def tables_of_words(self) -> Mapping[str, Mapping[str, Any]]:
        """The tables of words.toml by language; none without such a file."""
        return self._toml("words.toml") if "words.toml" in self.files else {}

    def _toml(self, name: str) -> dict[str, Any]:
        try:
            return tomllib.loads(self.files[name])
        except tomllib.TOMLDecodeError as err:
            raise TemplateError(str(err), path=f"{self.name}/{name}") from None


def load_template(root: Path, name: str) -> Template:
    """Return the template in the folder `root/name`, as its files are now.

    Raises `NotFound` if there is no such template, `TemplateError` for a broken file.
    """
    if not _NAME.fullmatch(name):
        raise NotFound(f"{name!r} is no name of an email template")
    folder = root / name
    files = {
        path.relative_to(folder).as_posix(): _read(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in _KINDS
    }
    for needed in (f"{name}.mjml", f"{name}.txt", "subject.txt", "theme.toml"):
        if needed not in files:
            raise NotFound(f"the email template {name!r} has no {needed} in {folder}")
    return _template(name, tuple(files.items()))


@lru_cache(maxsize=16)
def _template(name: str, files: tuple[tuple[str, str], ...]) -> Template:
    """Return the template; the same files give the same one, with its code compiled."""
    digest = hashlib.sha256()
    for path, source in files:
        for part in (path, source):
            digest.update(len(part).to_bytes(8) + part.encode())
    template = Template(name=name, files=dict(files), hash=digest.hexdigest())
    _ = template.theme
    return template


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as err:
        raise TemplateError(f"not UTF-8: {err}", path=str(path)) from None


def _check_colours(theme: Mapping[str, Any], path: str) -> None:
    light, dark = theme.get("light", {}), theme.get("dark", {})
    if light.keys() != dark.keys():
        odd = ", ".join(sorted(light.keys() ^ dark.keys()))
        raise TemplateError(f"[light] and [dark] must name the same colours: {odd}", path=path)
    for table in (light, dark):
        for name, colour in table.items():
            if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
                raise TemplateError(f"{name} must be a colour of six digits: #1a2b3c", path=path)
