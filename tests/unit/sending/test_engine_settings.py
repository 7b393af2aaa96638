"""Which engine runs is a setting; one that cannot work is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.conf.config import read_config
from newsletter.errors import ConfigError
from tests.environment import ROOT

POSTGRES = "postgresql://fortnight@db.example.org/fortnight"
FLEET = {"NEWSLETTER_SENDING_ENGINE": "procrastinate"}


def test_a_fleet_needs_postgresql() -> None:
    """The engine for a fleet is refused on SQLite: where it is chosen, key, and what to set."""
    chosen_by = r"NEWSLETTER_SENDING_ENGINE: \[sending\] engine: .*PostgreSQL"
    with pytest.raises(ConfigError, match=chosen_by) as no:
        read_config(ROOT / "config.toml", FLEET)

    assert "NEWSLETTER_DATABASE_URL" in no.value.hint
    chosen = read_config(ROOT / "config.toml", FLEET | {"NEWSLETTER_DATABASE_URL": POSTGRES})
    assert chosen.sending.engine == "procrastinate"


def test_an_engine_that_does_not_exist(tmp_path: Path) -> None:
    """The error names those that there are."""
    path = tmp_path / "config.toml"
    path.write_text('[sending]\nengine = "celery"\n')

    with pytest.raises(ConfigError, match="'embedded' or 'procrastinate'"):
        read_config(path, {})
