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
#: To remove a hundred databases is a second of work, and this machine may have other.
END_SECONDS = 600
#: Where the first of several processes that share the tests says which server is theirs.
SHARED = "FORTNIGHT_TESTS_SERVER"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Start a fresh server, and say where it is before the settings are read."""
    if SHARED not in os.environ:
        os.environ[SHARED] = start(early_config)
    os.environ["NEWSLETTER_DATABASE_URL"] = os.environ[SHARED]
    return (yield)


def start(config: pytest.Config) -> str:
    """Start a server that ends with the tests; return its address."""
    keeper = subprocess.Popen(
        [sys.executable, CLUSTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the tests: the keeper ends after them
    )
    config.add_cleanup(lambda: let_go(keeper))
    address = keeper.stdout.readline().strip() if keeper.stdout else ""
    if not address:
        raise pytest.UsageError("PostgreSQL did not start; its own words stand above")
    return address


def let_go(keeper: subprocess.Popen[str]) -> None:
    """End the keeper's input, and wait until nothing of the server is left."""
    keeper.communicate(timeout=END_SECONDS)
