"""When the provider gets the issues of a publication is chosen for each, and is immediate."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
import typer
from django.core.exceptions import ValidationError
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from newsletter.cli import publication as commands
from newsletter.conf import config
from newsletter.errors import BadInput
from newsletter.publishing.models import Publication
from tests.environment import ROOT

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    """Return what a command says."""
    app = typer.Typer()
    app.add_typer(commands.app, name="publication")
    result = CliRunner().invoke(app, ["publication", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_immediate_by_default(publication: Publication) -> None:
    """Nothing is submitted before its time unless somebody chose that."""
    assert publication.delivery_mode == "immediate"
    assert "immediate: submitted at the scheduled time" in run("show")


def test_chosen_by_command(publication: Publication) -> None:
    """It is changed by a command, which says what it buys and costs."""
    said = run("set", "--delivery-mode", "prescheduled", "--preschedule-minutes", "45")

    publication.refresh_from_db()
    assert (publication.delivery_mode, publication.preschedule_minutes) == ("prescheduled", 45)
    assert "submitted 45 minutes before" in said
    assert "in the last 11 minutes still gets it" in said
    told = json.loads(run("set", publication.slug, "--delivery-mode", "on_hold", "--json"))
    assert told["delivery_mode"] == "on_hold"
    assert told["preschedule_minutes"] == 45


def test_counting_is_chosen_by_command(
    publication: Publication, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is off, and says what it means where it is on; a transport that cannot count says so."""
    assert "opens are not counted\nclicks are not counted" in run("show")

    said = " ".join(run("set", "--count-opens").split())
    told = json.loads(run("set", "--count-clicks", "--no-count-opens", "--json"))

    assert "opens are counted clicks are not counted The provider puts" in said
    assert "consent of readers" in said
    assert (told["count_opens"], told["count_clicks"]) == (False, True)
    sending = settings.CONFIG.sending.model_copy(update={"transport": "smtp"})
    settings.CONFIG = settings.CONFIG.model_copy(update={"sending": sending})
    assert "cannot count: nothing is counted" in run("show")


def test_modes_are_those_of_the_model() -> None:
    """The command knows every mode, and says of each what it buys."""
    assert {mode.value for mode in commands.DeliveryMode} == set(Publication.DeliveryMode.values)
    assert set(commands.BUYS) == set(commands.DeliveryMode)


def test_not_with_a_canary(publication: Publication) -> None:
    """Where a few people go first, nothing can be submitted before its time."""
    publication.canary = True
    publication.save()

    with pytest.raises(BadInput, match="must be immediate"):
        run("set", "--delivery-mode", "on_hold")

    publication.delivery_mode = "on_hold"
    with pytest.raises(ValidationError, match="must be immediate"):
        publication.clean()


def test_old_setting_is_ignored(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A config.toml with the setting that went before still works, and a warning says so."""
    file = tmp_path / "config.toml"
    text = (ROOT / "config.toml").read_text().replace("[sending]", "[sending]\nahead_minutes = 30")
    file.write_text(text)

    with caplog.at_level(logging.WARNING):
        config.read_config(file, {})

    assert "[sending] ahead_minutes is ignored" in caplog.text
    assert "newsletter publication set --delivery-mode" in caplog.text
