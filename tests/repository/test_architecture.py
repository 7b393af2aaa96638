"""The page that newcomers read first shows the code as it is."""

from __future__ import annotations

import re

import grimp
import pytest

from newsletter.scheduling.models import Slot
from newsletter.sending.models import Delivery
from newsletter.tracking.outcomes import STRENGTH
from scripts import diagrams
from tests.environment import ROOT

TEXT = diagrams.PAGE.read_text(encoding="utf-8")
#: Django's settings name them; nothing of ours imports them.
NAMED_BY_SETTINGS = {"formats", "postgresql", "sqlite"}


def picture(heading: str) -> str:
    """Return the Mermaid picture under a heading."""
    below = TEXT.partition(f"\n{heading}\n")[2]
    return below.partition("```mermaid\n")[2].partition("```")[0]


def transitions(heading: str) -> set[tuple[str, str]]:
    """Return the arrows of a picture of states, without its beginning and its ends."""
    arrows = re.findall(r"^ +(\w+) --> (\w+)(?: :|$)", picture(heading), flags=re.MULTILINE)
    return set(arrows)


def names_in(arrows: set[tuple[str, str]]) -> set[str]:
    """Return everything that an arrow begins or ends at."""
    return {name for arrow in arrows for name in arrow}


def test_pictures_are_drawn_from_the_code() -> None:
    """Tables, states and packages are as in the code; if not: `scripts/diagrams.py` draws them."""
    assert diagrams.with_pictures(TEXT) == TEXT


def test_pictures_show_every_state_and_transition() -> None:
    """Each state of the ledger is drawn with each transition that its table allows."""
    from newsletter.sending.ledger.states import TABLES

    for kind, allowed in TABLES.items():
        drawn = transitions(f"### {kind.__name__}")
        assert drawn == {(start, end) for start, ends in allowed.items() for end in ends}
        assert names_in(drawn) == set(kind.State.values)


def test_slot_is_drawn_with_all_its_states() -> None:
    """The picture of a slot has its states, and no other."""
    assert names_in(transitions("### Slot")) == set(Slot.State.values)


def test_delivery_is_drawn_with_all_its_outcomes() -> None:
    """Each outcome is drawn, and an outcome follows only a weaker one."""
    drawn = transitions("### Delivery")
    strength = ["batch", *map(str, STRENGTH)]

    assert names_in(drawn) == {"batch", *Delivery.Outcome.values}
    assert [arrow for arrow in drawn if strength.index(arrow[0]) >= strength.index(arrow[1])] == []


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """Who imports whom."""
    return grimp.build_graph("newsletter", "subscribers", "sendgrid_emulator", cache_dir=None)


def test_picture_has_all_packages(imports: grimp.ImportGraph) -> None:
    """Every package stands in the first picture, and every arrow is an import."""
    drawing = re.sub(r'\["[^"]*"\]', "", picture("## The packages"))
    arrows = set(re.findall(r"(\w+) --> (\w+)", drawing))
    packages = {path.parent.name for path in (ROOT / "newsletter").glob("*/__init__.py")}
    names = {name: f"newsletter.{name}" if name in packages else name for name in names_in(arrows)}

    assert set(names) == packages - NAMED_BY_SETTINGS | {"subscribers", "sendgrid_emulator"}
    assert [
        f"{importer} --> {imported}"
        for importer, imported in sorted(arrows)
        if not imports.direct_import_exists(
            importer=names[importer], imported=names[imported], as_packages=True
        )
    ] == []
