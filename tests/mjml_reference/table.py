"""The documented table of components, made from what was measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from newsletter.rendering.linting.tables import Component, load_components
from tests.environment import ROOT
from tests.mjml_reference import known, rendering
from tests.mjml_reference.attributes import Outcome, attributes_of, outcomes

DOCUMENT = ROOT / "docs" / "reference" / "components.md"

#: The page, with holes for what was measured.
_PAGE = rendering.HERE / "page.md"


def document() -> str:
    """Return the page about components as it should be."""
    supported = {name: each for name, each in load_components().items() if not each.instead}
    found = outcomes()
    works = (_works(name, found) for name in supported)
    ignored = (_ignored(name, each) for name, each in supported.items())
    return _PAGE.read_text("utf-8").format(
        version=rendering.version(),
        works="\n".join(works),
        differs="\n".join(_differs()),
        ignored="\n".join(row for rows in ignored for row in rows),
        refused="\n".join(
            f"| `{name}` | {_coded(each.instead)} |"
            for name, each in load_components().items()
            if each.instead
        ),
    )


def _works(component: str, found: Mapping[tuple[str, str], Outcome]) -> str:
    around = [name for name, each in load_components().items() if component in each.children]
    good = [name for name in attributes_of(component) if found.get((component, name)) == "same"]
    return f"| `{component}` | {_list(around)} | {_list(_families(good))} |"


def _differs() -> Iterator[str]:
    rows: dict[tuple[str, str], list[str]] = {}
    for each in known.attributes():
        if not each.warned:
            rows.setdefault((each.component, each.reason), []).append(each.name)
    for (component, reason), names in rows.items():
        yield f"| `{component}` | {_list(_families(names))} | {reason} |"


def _ignored(name: str, component: Component) -> Iterator[str]:
    rows: dict[str, list[str]] = {}
    for attribute, fix in component.ignored.items():
        rows.setdefault(fix or "Leave it out.", []).append(attribute)
    for fix, attributes in rows.items():
        yield f"| `{name}` | {_list(_families(attributes))} | {_coded(fix)} |"


def _families(attributes: Iterable[str]) -> list[str]:
    """Return the names, sorted, with the four sides of one thing as `thing-…`."""
    names = set(attributes)
    for stem in {name.removesuffix("-left") for name in names if name.endswith("-left")}:
        sides = {f"{stem}-{side}" for side in ("bottom", "left", "right", "top")}
        if sides <= names:
            names = names - sides | {f"{stem}-…"}
    return sorted(names)


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _coded(words: str) -> str:
    """Return words with the tags in them as code."""
    return re.sub(r"<[^>]+>", r"`\g<0>`", words)
