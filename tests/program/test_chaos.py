"""Short chaos runs of each delivery mode, some over TLS; `make chaos` has longer ones."""

from __future__ import annotations

import os
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.chaos.chaos_run import Mode, Plan, execute_run
from tests.chaos.outcome import Outcome
from tests.chaos.snapshots import Snapshot, prepared
from tests.conftest import ON_POSTGRES, TEMPLATE, own_copy

PEOPLE = 400
MODES: tuple[Mode, ...] = ("immediate", "prescheduled", "on_hold")
#: As many as kills at the release of mail on hold, and two besides.
KILLS = 5
#: They share the machine with each other, and with other tests.
PACE = 4.0


@pytest.fixture
def url(django_db_setup: None, migrated: Path, tmp_path: Path) -> str:
    """An empty database to prepare the workspace in."""
    if ON_POSTGRES:
        return own_copy(TEMPLATE)
    return f"sqlite:///{shutil.copy(migrated, tmp_path / 'snapshot.sqlite3')}"


@pytest.mark.timeout(900)  # a dozen programs at a time, on a machine that may do other work
def test_chaos_runs(url: str, tmp_path: Path) -> None:
    """Kills at random in the middle of sends, and all else goes wrong: all promises hold.

    Chaos runs wait most of their time, so they run together.
    """
    server = os.environ["NEWSLETTER_DATABASE_URL"] if ON_POSTGRES else ""
    snapshot = prepared(tmp_path, PEOPLE, url, server=server)
    seed = random.randrange(10**6)
    plans = [
        Plan(
            seed=seed + number,
            mode=mode,
            database="postgresql" if ON_POSTGRES else "sqlite",
            tls=(seed + number) % 2 == 0,
            kills=KILLS,
            pace=PACE,
        )
        for number, mode in enumerate(MODES)
    ]

    with ThreadPoolExecutor(len(plans)) as together:
        outcomes = list(together.map(lambda plan: run_on_copy(snapshot, tmp_path, plan), plans))

    assert any(plan.tls for plan in plans)
    for outcome in outcomes:
        assert outcome.keeps_rules, outcome
        assert outcome.kills, outcome


def run_on_copy(snapshot: Snapshot, folder: Path, plan: Plan) -> Outcome:
    """Execute one run on a copy of the snapshot."""
    place = folder / plan.mode
    place.mkdir()
    return execute_run(snapshot, place, plan)
