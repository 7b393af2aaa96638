"""Every attribute of every component, set once: does ours take notice where the official does?

An attribute is tried in each sample that is named after its component, or after the component
around it: there it is set on the first such tag, to each of the values in `values.toml`.  One for a
single side is tried once more beside the attribute for all sides.
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
from itertools import product

from newsletter.rendering.linting.tables import load_components
from tests.mjml_reference import rendering, structure

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
    #: Another attribute that is set in front of it, with its value.
    beside: tuple[str, str] | None = None

    def __str__(self) -> str:
        beside = ' {}="{}"'.format(*self.beside) if self.beside else ""
        return f'{self.sample}: <{self.component}{beside} {self.attribute}="{self.value}">'

    def source(self) -> str:
        """Return the sample with the attribute set on the first tag of its component."""
        tag = re.compile(rf"<{self.component}(?=[\s/>])[^>]*?(?=\s*/?>)")
        return tag.sub(self._set, rendering.load_samples()[self.sample], count=1)

    def is_set(self) -> bool:
        """Say whether the sample is as this probe would make it."""
        return self.source() == rendering.load_samples()[self.sample]

    def before(self) -> str:
        """Return the sample without the attribute."""
        return self.source().replace(f' {self.attribute}="{self.value}"', "", 1)

    def _set(self, tag: re.Match[str]) -> str:
        added = [self.beside] * bool(self.beside) + [(self.attribute, self.value)]
        text = tag[0]
        for name, value in added:
            text = re.sub(rf'\s{name}="[^"]*"', "", text) + f' {name}="{value}"'
        return text


@cache
def probes() -> tuple[Probe, ...]:
    """Return what to try: each attribute alone, and sides beside the whole."""
    return (*_alone(), *_in_pairs())


def _in_pairs() -> Iterator[Probe]:
    """Yield each attribute of one side beside the attribute of all sides."""
    for component in load_components():
        known = attributes_of(component)
        for attribute, sample in product(known, samples_of(component)):
            whole, _, side = attribute.rpartition("-")
            if side in {"top", "right", "bottom", "left"} and whole in known:
                all_sides, one = _values()["in-pairs"][whole.rpartition("-")[2]]
                yield Probe(sample, component, attribute, one, beside=(whole, all_sides))


def _alone() -> tuple[Probe, ...]:
    """Return each attribute with each of its values, in each sample of its component."""
    return tuple(
        Probe(sample, component, attribute, value)
        for component in load_components()
        for sample in samples_of(component)
        for attribute, kind in attributes_of(component).items()
        for value in values(attribute, kind)
    )


def attributes_of(component: str) -> dict[str, str]:
    """Return the attributes of a component with their types, those of every component too."""
    own = dict(load_components()[component].attributes)
    shown = component in _in_body("mj-body") and component != "mj-raw"
    return own | {"css-class": "string"} if shown else own


def samples_of(component: str) -> list[str]:
    """Return the names of the samples in which a component's attributes are tried."""
    if load_components()[component].instead:
        return []
    named = [name for name in rendering.load_samples() if f"{name}-".startswith(f"{component}-")]
    around = component.rpartition("-")[0]
    return named or (samples_of(around) if around in load_components() else [])


def values(attribute: str, kind: str) -> list[str]:
    """Return what to set an attribute to; all that it may be, where that is a short list."""
    if kind.startswith("enum("):
        return [each for each in kind[5:-1].split(",") if each]
    return _values()["by-name"].get(attribute) or _values()["by-type"][kind]


def changes(render: Callable[[Mapping[str, str]], dict[str, str]]) -> dict[str, Changes]:
    """Return what a renderer makes of each probe, compared with the sample as it is."""
    sources = {str(probe): probe.source() for probe in probes()}
    without = {f"{probe} before": probe.before() for probe in probes() if probe.is_set()}
    documents = render({**rendering.load_samples(), **sources, **without})
    return {
        str(probe): structure.differences(
            documents.get(f"{probe} before", documents[probe.sample]), documents[str(probe)]
        )
        for probe in probes()
    }


@cache
def outcomes() -> Mapping[tuple[str, str], Outcome]:
    """Return what becomes of each attribute of each component."""
    found: dict[tuple[str, str], list[tuple[Changes, Changes]]] = defaultdict(list)
    official, ours = kept(), changes(rendering.render_ours)
    for probe in probes():
        pair = (official.get(str(probe), []), ours[str(probe)])
        found[probe.component, probe.attribute].append(pair)
    return {key: outcome(pairs) for key, pairs in found.items()}


def kept() -> dict[str, Changes]:
    """Return what the official MJML made of each probe that it took notice of."""
    rows = json.loads(OFFICIAL.read_text("utf-8"))
    return {name: [structure.Difference(*each) for each in row] for name, row in rows.items()}


def write_changes(found: Mapping[str, Changes]) -> None:
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
    for child in load_components()[component].children:
        yield from _in_body(child)


@cache
def _values() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((rendering.HERE / "values.toml").read_text("utf-8"))
