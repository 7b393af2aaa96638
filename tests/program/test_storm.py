"""A short storm; `make storm` has many, and longer ones."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.conftest import ON_POSTGRES, TEMPLATE, own_copy
from tests.storms.grounds import prepared
from tests.storms.storm import Plan, blow

PEOPLE = 800


@pytest.fixture
def url(django_db_setup: None, migrated: Path, tmp_path: Path) -> str:
    """An empty database to lay the ground in."""
    if ON_POSTGRES:
        return own_copy(TEMPLATE)
    return f"sqlite:///{shutil.copy(migrated, tmp_path / 'ground.sqlite3')}"


def test_a_storm(url: str, tmp_path: Path) -> None:
    """Five kills at random in the middle of a send, and all else goes wrong: all promises hold."""
    server = os.environ["NEWSLETTER_DATABASE_URL"] if ON_POSTGRES else ""
    ground = prepared(tmp_path, PEOPLE, url, server=server)
    database = "postgresql" if ON_POSTGRES else "sqlite"
    seed = random.randrange(10**6)
    plan = Plan(seed=seed, mode="immediate", database=database, tls=False, kills=5)

    outcome = blow(ground, tmp_path, plan)

    assert outcome.holds, outcome
    assert outcome.kills == 5
