"""Every attribute of every component, set once: does ours take notice where the official does?

An attribute is tried in each sample that is named after its component, or after the component
around it: there it is set on the first such tag, to each of the values in `values.toml`.
"""

from __future__ import annotations

import enum
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from newsletter.rendering.linting.tables import components
from tests.yardstick import rendering, structure

#: What the official MJML makes of each probe that it takes notice of, as `changes` returns it.
OFFICIAL = rendering.OFFICIAL / "attributes.json"


Changes = list[structure.Difference]


class Outcome(enum.StrEnum):
    """What becomes of an attribute."""

    SAME = "same"  #: ours changes what the official changes
    DIFFERS = "differs"  #: sometimes ours changes something else, or nothing
    IGNORED = "ignored"  #: the official does something, ours nothing
    IDLE = "idle"  #: the official does nothing either


@dataclass(frozen=True, slots=True)
class Probe:
    """An attribute set to a value, in a sample."""

    sample: str
    component: str
    attribute: str
    value: str

    def __str__(self) -> str:
        return f'{self.sample}: <{self.component} {self.attribute}="{self.value}">'

    def source(self) -> str:
        """Return the sample with the attribute set on the first tag of its component."""
        tag = re.compile(rf"<{self.component}(?=[\s/>])[^>]*?(?=\s*/?>)")
        return tag.sub(self._set, rendering.samples()[self.sample], count=1)

    def _set(self, tag: re.Match[str]) -> str:
        without = re.sub(rf'\s{self.attribute}="[^"]*"', "", tag[0])
        return f'{without} {self.attribute}="{self.value}"'


@cache
def probes() -> tuple[Probe, ...]:
    """Return each attribute with each of its values, in each sample of its component."""
    return tuple(
        Probe(sample, component, attribute, value)
        for component in components()
        for sample in samples_of(component)
        for attribute, kind in attributes_of(component).items()
        for value in values(attribute, kind)
    )


def attributes_of(component: str) -> dict[str, str]:
    """Return the attributes of a component with their types, those of every component too."""
    own = dict(components()[component].attributes)
    shown = component in _in_body("mj-body") and component != "mj-raw"
    return own | {"css-class": "string"} if shown else own


def samples_of(component: str) -> list[str]:
    """Return the names of the samples in which a component's attributes are tried."""
    if components()[component].instead:
        return []
    named = [name for name in rendering.samples() if f"{name}-".startswith(f"{component}-")]
    around = component.rpartition("-")[0]
    return named or (samples_of(around) if around in components() else [])


def values(attribute: str, kind: str) -> list[str]:
    """Return what to set an attribute to; all that it may be, where that is a short list."""
    if kind.startswith("enum("):
        return [each for each in kind[5:-1].split(",") if each]
    return _values()["by-name"].get(attribute) or _values()["by-type"][kind]


def changes(render: Callable[[Mapping[str, str]], dict[str, str]]) -> dict[str, Changes]:
    """Return what a renderer makes of each probe, compared with the sample as it is."""
    sources = {str(probe): probe.source() for probe in probes()}
    documents = render({**rendering.samples(), **sources})
    return {
        str(probe): structure.differences(documents[probe.sample], documents[str(probe)])
        for probe in probes()
    }


@cache
def outcomes() -> Mapping[tuple[str, str], Outcome]:
    """Return what becomes of each attribute of each component."""
    found: dict[tuple[str, str], list[tuple[Changes, Changes]]] = defaultdict(list)
    official, ours = kept(), changes(rendering.ours)
    for probe in probes():
        pair = (official.get(str(probe), []), ours[str(probe)])
        found[probe.component, probe.attribute].append(pair)
    return {key: outcome(pairs) for key, pairs in found.items()}


def kept() -> dict[str, Changes]:
    """Return what the official MJML made of each probe that it took notice of."""
    rows = json.loads(OFFICIAL.read_text("utf-8"))
    return {name: [structure.Difference(*each) for each in row] for name, row in rows.items()}


def keep(found: Mapping[str, Changes]) -> None:
    """Write down what the official MJML makes of each probe, one to a line."""
    rows = (f"{json.dumps(name)}: {json.dumps(row)}" for name, row in found.items() if row)
    OFFICIAL.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


def outcome(pairs: list[tuple[Changes, Changes]]) -> Outcome:
    """Return what becomes of an attribute of which (official, our) changes are known."""
    noticed = [ours for official, ours in pairs if official]
    if not noticed:
        return Outcome.IDLE
    if all(_same(official, ours) for official, ours in pairs):
        return Outcome.SAME
    return Outcome.DIFFERS if any(noticed) else Outcome.IGNORED


def _same(official: Changes, ours: Changes) -> bool:
    """Say whether two changes are the same, but for what the samples differ in anyway."""
    start = {each.place: each.before for each in official}
    return {each.place for each in official} == {each.place for each in ours} and all(
        each in official or start[each.place] != each.before for each in ours
    )


def _in_body(component: str) -> Iterator[str]:
    """Yield a component and all that may stand in it."""
    yield component
    for child in components()[component].children:
        yield from _in_body(child)


@cache
def _values() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((rendering.HERE / "values.toml").read_text("utf-8"))
