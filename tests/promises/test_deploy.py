"""What `deploy/` starts, and with which settings, exists; and it lets programs finish."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from newsletter import cli
from newsletter.config import Config
from newsletter.sections import Section
from newsletter.stopping import GRACE
from tests.environment import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: each for name, each in COMPOSE["services"].items() if each["image"] == "fortnight"}


def started() -> list[tuple[str, list[str]]]:
    """Return what is started, as (where, arguments of `newsletter`)."""
    by_compose = [(name, service["command"]) for name, service in OURS.items()]
    lines = [
        (unit.name, re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE))
        for unit in UNITS
    ]
    by_systemd = [(name, shlex.split(line)[1:]) for name, [line] in lines]
    return [*by_compose, *by_systemd]


@pytest.mark.parametrize(("where", "arguments"), started())
def test_each_command_exists(where: str, arguments: list[str]) -> None:
    """Each program that is started is a command, and takes the options it is given."""
    if not cli.app.registered_commands:
        cli.register()
    name, *options = arguments
    command = typer.main.get_command(cli.app).commands[name]  # type: ignore[attr-defined]

    command.make_context(name, options, resilient_parsing=False)


def settings() -> set[str]:
    """Return the variables of all settings."""
    return {
        f"NEWSLETTER_{section}_{key}".upper()
        for section, field in Config.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
        for key in field.annotation.model_fields
    } | {Config().site.secret_key_env, Config().site.old_secret_keys_env}


@pytest.mark.parametrize(
    "path", sorted(p for p in DEPLOY.rglob("*") if p.is_file()), ids=lambda path: path.name
)
def test_each_setting_exists(path: Path) -> None:
    """Each variable of ours that is named anywhere in the folder is a setting."""
    named = set(re.findall(r"NEWSLETTER_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))

    assert named <= settings()


def test_everybody_has_the_same_settings() -> None:
    """The processes of the compose file differ in what only the web needs."""
    web, worker = OURS["web"]["environment"], OURS["worker"]["environment"]

    assert set(worker) < set(web)
    assert worker.items() <= web.items()
    assert worker["NEWSLETTER_SENDING_ENGINE"] == "procrastinate"


def test_there_is_time_to_finish() -> None:
    """Nobody is killed before the time is over in which a program finishes what it has in hand."""
    patience = [service["stop_grace_period"].removesuffix("s") for service in OURS.values()]
    for unit in UNITS:
        patience += re.findall(r"^TimeoutStopSec=(\d+)$", unit.read_text(), re.MULTILINE)

    assert len(patience) == len(OURS) + len(UNITS)
    assert min(map(float, patience)) >= GRACE + 5
