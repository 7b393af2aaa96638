"""Run the tests on PostgreSQL: `python -m pytest -p tests.postgres -m database`.

A conftest would come too late: pytest-django reads the settings before it, and the tests would
quietly run on SQLite.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

CLUSTER = Path(__file__).with_name("cluster.py")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Start a fresh server, and say where it is before the settings are read."""
    keeper = subprocess.Popen(
        [sys.executable, CLUSTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the tests: the keeper ends after them
    )
    early_config.add_cleanup(lambda: let_go(keeper))
    address = keeper.stdout.readline().strip() if keeper.stdout else ""
    if not address:
        raise pytest.UsageError("PostgreSQL did not start; its own words stand above")
    os.environ["NEWSLETTER_DATABASE_URL"] = address
    return (yield)


def let_go(keeper: subprocess.Popen[str]) -> None:
    """End the keeper's input, and wait until nothing of the server is left."""
    keeper.communicate(timeout=60)
