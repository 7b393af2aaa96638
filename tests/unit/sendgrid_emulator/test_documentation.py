"""The page about the emulator tells all of it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from sendgrid_emulator import Emulator
from sendgrid_emulator.checks.invariants import SENDER_RULES
from sendgrid_emulator.events.delivery_scenarios import SCENARIOS
from sendgrid_emulator.events.webhook_sender import DeliveryConditions
from sendgrid_emulator.faults.fault import Kind
from sendgrid_emulator.server.control_api import GETS, POSTS
from sendgrid_emulator.state.batches import Undocumented
from sendgrid_emulator.state.settings import Settings

PAGE = (Path(__file__).parents[3] / "sendgrid_emulator" / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        *Kind,
        *SCENARIOS,
        *(
            field.name
            for kind in (Settings, Undocumented, DeliveryConditions)
            for field in fields(kind)
        ),
    ],
)
def test_names_are_explained(name: str) -> None:
    """Every fault, address rule and setting stands on the page."""
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", [name for name in dir(Emulator) if not name.startswith("_")])
def test_members_are_explained(name: str) -> None:
    """Every public member of `Emulator` stands on the page, but for starting and stopping."""
    assert name in {"start", "stop"} or f"`{name}" in PAGE


@pytest.mark.parametrize(("rule", "promise"), SENDER_RULES.items())
def test_checks_are_explained(rule: str, promise: str) -> None:
    """Every check stands on the page, beginning as it does on the page of checks."""
    assert f"| {rule} | {promise[:18]}" in PAGE


@pytest.mark.parametrize("path", [*GETS, *POSTS])
def test_control_is_explained(path: str) -> None:
    """Every part of the control plane stands on the page."""
    place = path.replace("{id}", "ID")
    assert f"/_ctl/{place}" in PAGE or f"`/{place.rpartition('/')[2]}" in PAGE
