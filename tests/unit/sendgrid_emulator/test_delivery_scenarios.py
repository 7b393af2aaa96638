"""What becomes of a mail, by its address."""

from __future__ import annotations

import pytest

from sendgrid_emulator.events.delivery_scenarios import (
    DELIVERED,
    SCENARIOS,
    scenario_of,
    unusual_scenarios,
)


@pytest.mark.parametrize(
    ("address", "events"),
    [
        ("reader@example.org", "processed delivered"),
        ("bounce@example.org", "processed bounce"),
        ("BOUNCE+anything@example.org", "processed bounce"),
        ("block@example.org", "processed bounce"),
        ("nostatus@example.org", "processed bounce"),
        ("asyncbounce@example.org", "processed delivered bounce"),
        ("defer@example.org", "processed deferred delivered"),
        ("defer3+x@example.org", "processed deferred deferred deferred delivered"),
        ("invalid@example.org", "dropped"),
        ("open@example.org", "processed delivered open"),
        ("machineopen@example.org", "processed delivered open"),
        ("click@example.org", "processed delivered open click"),
        ("spam@example.org", "processed delivered spamreport"),
        ("unsubscribe@example.org", "processed delivered unsubscribe"),
    ],
)
def test_the_address_decides(address: str, events: str) -> None:
    """The part before the @ or the first plus decides what happens, in the order of its time."""
    scenario = scenario_of(address)

    assert [step.event for step in scenario] == events.split()
    assert [step.after for step in scenario] == sorted(step.after for step in scenario)


@pytest.mark.parametrize(
    "address",
    ["bounces@example.org", "my.bounce@example.org", "bounce.x@example.org", "deferral@e.org"],
)
def test_only_the_whole_name_counts(address: str) -> None:
    """An address that only resembles a rule is delivered to."""
    assert scenario_of(address) is DELIVERED


def test_the_unusual_are_found_in_a_crowd() -> None:
    """Among many recipients, one a line, those with a rule are found with their positions."""
    addresses = [f"reader{number}@example.org" for number in range(1000)]
    addresses[0], addresses[7], addresses[999] = "spam@e.org", "bounce+7@e.org", "defer2@e.org"

    found = dict(unusual_scenarios("\n".join(addresses)))

    assert found == {0: SCENARIOS["spam"], 7: SCENARIOS["bounce"], 999: scenario_of("defer2@e.org")}
