"""The page about the stand-in tells all of it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from newsletter.standin.account import Settings
from newsletter.standin.batches import Unknowns
from newsletter.standin.control import GETS, POSTS
from newsletter.standin.fates import FATES
from newsletter.standin.faults import Kind
from newsletter.standin.invariants import TEETH
from newsletter.standin.poster import Weather
from newsletter.standin.server import StandIn

PAGE = (Path(__file__).parents[3] / "docs" / "standin.md").read_text("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        *Kind,
        *FATES,
        *(field.name for kind in (Settings, Unknowns, Weather) for field in fields(kind)),
    ],
)
def test_names_are_explained(name: str) -> None:
    """Every fault, address rule and setting stands on the page."""
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", [name for name in dir(StandIn) if not name.startswith("_")])
def test_members_are_explained(name: str) -> None:
    """Every public member of `StandIn` stands on the page, but for starting and stopping."""
    assert name in {"start", "stop"} or f"`{name}" in PAGE


@pytest.mark.parametrize(("tooth", "promise"), TEETH.items())
def test_checks_are_explained(tooth: str, promise: str) -> None:
    """Every check stands on the page, beginning as it does on the page of checks."""
    assert f"| {tooth} | {promise[:18]}" in PAGE


@pytest.mark.parametrize("path", [*GETS, *POSTS])
def test_control_is_explained(path: str) -> None:
    """Every part of the control plane stands on the page."""
    place = path.replace("{id}", "ID")
    assert f"/_ctl/{place}" in PAGE or f"`/{place.rpartition('/')[2]}" in PAGE
