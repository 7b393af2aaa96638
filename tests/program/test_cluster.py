"""The PostgreSQL server of the tests leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.environment import ROOT

#: Starts the keeper as the tests do, passes its address on, and then only stands there.
USER = """
import subprocess, sys
keeper = subprocess.Popen([sys.executable, "tests/cluster.py"], stdin=subprocess.PIPE)
sys.stdin.read()
"""


def folder_of(address: str) -> Path:
    """Return the folder that a server lives in."""
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    assert row
    return Path(row[0]).parent


def holds_within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Say whether a condition comes to hold in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_killed_run_leaves_no_server_behind() -> None:
    """When its user is killed, the server stops and its folder goes."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert user.stdout
    address = user.stdout.readline().strip()
    folder = folder_of(address)

    user.send_signal(signal.SIGKILL)
    user.communicate()

    assert holds_within(30, lambda: not folder.exists())
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
