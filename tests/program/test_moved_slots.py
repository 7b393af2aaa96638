"""What a person does to a slot stays as it is while the real service runs, by the real clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.program.workspaces import Workspace, wait_until

#: How many ticks of the clock are waited for.
TICKS = 3


def slots_of(place: Workspace) -> list[dict[str, Any]]:
    """Return the slots to come."""
    listed: list[dict[str, Any]] = place.run("schedule", "show", "--count", "4")
    return listed


def wait_for_tick(place: Workspace, date: str) -> None:
    """Hold a slot to come behind the clock's back, and wait until a tick has opened it again."""
    place.change(f"UPDATE scheduling_slot SET state = 'held' WHERE date = '{date}'")
    asked = f"SELECT state FROM scheduling_slot WHERE date = '{date}'"
    wait_until(lambda: place.ask(asked) == [("open",)])


@pytest.mark.once
def test_moved_slot_stays(workspace: Callable[..., Workspace]) -> None:
    """What is moved, skipped and named while the service runs is the same some ticks later."""
    place = workspace()
    first, second, third, _ = slots_of(place)
    place.serve()
    wait_until(lambda: place.ask("SELECT count(*) FROM scheduling_slot") != [(0,)])
    place.run("schedule", "name", third["date"], "Harvest special")

    moved = place.run("schedule", "move", first["date"], f"{first['date']}T23:15")
    place.run("schedule", "skip", second["date"], "--reason", "Trade fair")
    for _ in range(TICKS):
        wait_for_tick(place, third["date"])

    after = {slot["date"]: slot for slot in slots_of(place)}
    assert after[first["date"]]["at"] == moved["at"] != first["at"]
    assert after[second["date"]]["state"] == "skipped"
    assert after[second["date"]]["note"] == "Trade fair"
    assert after[third["date"]]["name"] == "Harvest special"
    assert after[third["date"]]["at"] == third["at"]
