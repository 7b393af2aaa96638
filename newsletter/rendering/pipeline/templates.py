"""A template: one folder with MJML, text, subject, theme and words, read whole.

What the templates of a house have in common stands in the folder `_shared` beside theirs; a
file of the template's own by the same path stands in for the common one.  All of it may lie in
several folders, one above the other: `template_folders`.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, reduce
from typing import TYPE_CHECKING, Any

from newsletter.errors import NotFound, TemplateError
from newsletter.phrases import phrase
from newsletter.rendering.pipeline.environment import TemplateEnvironment
from newsletter.rendering.pipeline.template_folders import Folders, in_order, merge_tables
from newsletter.rendering.pipeline.words import words_in
from newsletter.toml_mistakes import explain

if TYPE_CHECKING:
    from pathlib import Path

#: The folder with what templates have in common.
SHARED = "_shared"
_KINDS = frozenset([".mjml", ".txt", ".toml"])
_NAME = re.compile(r"[A-Za-z0-9][\w-]*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, eq=False)
class Template:
    """The files of a template by their path in its folder, and their hash (sha256 hex).

    `shared` are the paths of those that come from `_shared`; `below` the same tables in the folders
    below, the uppermost first.
    """

    name: str
    files: Mapping[str, str] = field(repr=False)
    hash: str
    shared: frozenset[str] = field(default=frozenset(), repr=False)
    below: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def theme(self) -> Mapping[str, Any]:
        """The tables of theme.toml; `light` and `dark` name the same colours.

        Its `fonts` come from fonts.toml, where the theme says nothing else.
        """
        theme = self._toml("theme.toml")
        if "fonts.toml" in self.files:
            theme["fonts"] = {**self._toml("fonts.toml"), **theme.get("fonts", {})}
        _check_colours(theme, self.path("theme.toml"))
        return theme

    @cached_property
    def environment(self) -> TemplateEnvironment:
        """The environment in which recipient data is deferred."""
        return TemplateEnvironment(self._sources)

    @cached_property
    def plain_environment(self) -> TemplateEnvironment:
        """The environment in which recipient data is known."""
        return TemplateEnvironment(self._sources, deferring=False)

    def path(self, name: str) -> str:
        """Return where a file is, as messages call it: `digest/digest.mjml`."""
        return f"{SHARED if name in self.shared else self.name}/{name}"

    @property
    def _sources(self) -> dict[str, tuple[str, str]]:
        return {name: (source, self.path(name)) for name, source in self.files.items()}

    def with_theme(self, source: str) -> Template:
        """Return the template with another theme.toml above its own."""
        layers = {path: (text, *self.below.get(path, ())) for path, text in self.files.items()}
        layers["theme.toml"] = (source, *layers["theme.toml"])
        return _template(self.name, tuple(sorted(layers.items())), self.shared)

    def words(self, language: str) -> Mapping[str, Any]:
        """Return the template's words in a language (`en-GB`, else `en`, else the first)."""
        return words_in(language, self.tables_of_words)

    @cached_property
    def tables_of_words(self) -> Mapping[str, Mapping[str, Any]]:
        """The tables of words.toml by language; none without such a file."""
        return self._toml("words.toml") if "words.toml" in self.files else {}

    def _toml(self, name: str) -> dict[str, Any]:
        sources = (self.files[name], *self.below.get(name, ()))
        return reduce(merge_tables, (_toml(source, self.path(name)) for source in sources))


def load_template(folders: Folders, name: str) -> Template:
    """Return the template in the folders of that name, as its files are now.

    Raises `NotFound` if there is no such template, `TemplateError` for a broken file.
    """
    if not _NAME.fullmatch(name):
        raise NotFound(phrase("{name!r} is no name of an email template", name=name))
    roots = in_order(folders)
    own, common = _layers(roots, name), _layers(roots, SHARED)
    files = {**common, **own}
    for needed in (f"{name}.mjml", "subject.txt", "theme.toml"):
        if needed not in files:
            raise NotFound(
                phrase(
                    "the email template {name!r} has no {file} in {folder}",
                    name=name,
                    file=needed,
                    folder=str(roots[0] / name),
                ),
                hint=_name_others(template_names(roots)),
            )
    return _template(name, tuple(sorted(files.items())), frozenset(common.keys() - own.keys()))


def _name_others(names: list[str]) -> str:
    if not names:
        return phrase("There are no templates.")
    return phrase("There are: {names}", names=", ".join(names))


def template_names(folders: Folders) -> list[str]:
    """Return the names of the templates in the folders."""
    found = (path for root in in_order(folders) for path in root.glob("*/*.mjml"))
    return sorted({path.stem for path in found if path.stem == path.parent.name} - {SHARED})


def read_tables(folders: Folders, path: str) -> dict[str, Any]:
    """Return what the files by a path say together; nothing if there is none.

    Raises `TemplateError` for a broken one.
    """
    files = (root / path for root in in_order(folders))
    tables = [_toml(_read(file), str(file)) for file in files if file.is_file()]
    return reduce(merge_tables, tables, {})


def _toml(source: str, path: str) -> dict[str, Any]:
    return dict(_parsed(source, path))


@lru_cache(maxsize=64)
def _parsed(source: str, path: str) -> dict[str, Any]:
    # The words that mails share are asked for with every PDF, and there are a thousand.
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as err:
        line, column, reason = explain(str(err), source)
        raise TemplateError(reason, path=path, line=line, column=column) from None


def _layers(roots: tuple[Path, ...], name: str) -> dict[str, tuple[str, ...]]:
    """Return the sources of each file, the uppermost first; only tables need those below."""
    found: dict[str, tuple[str, ...]] = {}
    for root in roots:
        for path, source in _files(root / name).items():
            if path not in found or path.endswith(".toml"):
                found[path] = (*found.get(path, ()), source)
    return found


def _files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): _read(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in _KINDS
    }


@lru_cache(maxsize=32)
def _template(
    name: str, files: tuple[tuple[str, tuple[str, ...]], ...], shared: frozenset[str] = frozenset()
) -> Template:
    """Return the template; the same files give the same one, with its code compiled."""
    digest = hashlib.sha256()
    for path, sources in files:
        for part in (path, *sources):
            digest.update(len(part).to_bytes(8) + part.encode())
    template = Template(
        name=name,
        files={path: sources[0] for path, sources in files},
        hash=digest.hexdigest(),
        shared=shared,
        below={path: sources[1:] for path, sources in files},
    )
    _ = template.theme
    return template


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as err:
        raise TemplateError(
            phrase("not UTF-8: {problem}", problem=str(err)), path=str(path)
        ) from None


def _check_colours(theme: Mapping[str, Any], path: str) -> None:
    light, dark = theme.get("light", {}), theme.get("dark", {})
    if light.keys() != dark.keys():
        odd = ", ".join(sorted(light.keys() ^ dark.keys()))
        problem = phrase("[light] and [dark] must name the same colours: {names}", names=odd)
        raise TemplateError(problem, path=path)
    for table in (light, dark):
        for name, colour in table.items():
            if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
                problem = phrase("{name} must be a colour of six digits: #1a2b3c", name=name)
                raise TemplateError(problem, path=path)
