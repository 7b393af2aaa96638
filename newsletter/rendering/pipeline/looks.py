"""A look: what a publication changes of its template's theme. It lies above the theme's files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newsletter.rendering.pipeline.fonts import STACKS, fonts_with

if TYPE_CHECKING:
    from newsletter.rendering.pipeline.templates import Template

#: The two tables of colours that a theme has.
SCHEMES = ("light", "dark")


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Colours by scheme and name, the key of a stack of fonts, the address of a logo.

    What is empty is as in the template.  With `logo_plate` the logo cannot be seen on the dark
    colours, and stands on the light ones there, too.
    """

    colours: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fonts: str = ""
    logo: str = ""
    logo_width: int = 0
    logo_height: int = 0
    logo_plate: bool = False

    def applied_to(self, template: Template) -> Template:
        """Return a template with this look; the same one where the look changes nothing."""
        tables = dict(self._tables(template.theme))
        return template.with_theme(as_toml(tables)) if tables else template

    def _tables(self, theme: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the tables that differ; a colour that the theme does not know is left out."""
        for scheme in SCHEMES:
            known = theme.get(scheme, {})
            own = {
                name: colour
                for name, colour in self.colours.get(scheme, {}).items()
                if name in known and colour != known[name]
            }
            if own:
                yield scheme, own
        if self.fonts in STACKS:
            yield "fonts", fonts_with(STACKS[self.fonts], theme.get("fonts", {}))
        if self.logo:
            size = {"width": self.logo_width, "height": self.logo_height}
            yield "logo", {"src": self.logo, **size, "plate": self.logo_plate}


def as_toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return tables of texts and numbers, and tables of those, as TOML."""
    return "\n".join(line for name, table in tables.items() for line in _lines(name, table))


def _lines(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table and those in it; a string of JSON is one of TOML, too."""
    yield f"[{name}]"
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    for key, value in table.items():
        if key not in inner:
            yield f"{key} = {json.dumps(value)}"
    for key, value in inner.items():
        yield from _lines(f"{name}.{key}", value)
