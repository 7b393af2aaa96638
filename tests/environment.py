"""Shut the machine out before anything of ours is read (loaded by `addopts` as a plugin).

Settings, keys and proxies of whoever runs the tests must not decide what a test says, and no
test may write into this checkout or speak to another machine.  A conftest would come too late:
pytest-django reads the settings before it.  Where several processes share the tests, they
inherit what the first has laid out.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

STRANGERS = ("NEWSLETTER_", "SENDGRID_", "DJANGO_", "PG")
NEAR = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Clear the environment and lay out a workspace before the settings are read."""
    clear()
    workspace = Path(tempfile.mkdtemp(prefix="fortnight-tests-"))
    early_config.add_cleanup(lambda: shutil.rmtree(workspace, ignore_errors=True))
    lay_out(workspace)
    return (yield)


def pytest_configure() -> None:
    """Keep this process on this machine; here, for the other processes of a run come by too."""
    sys.addaudithook(stay_here)


def clear() -> None:
    """Take out of the environment what could decide for a test."""
    for name in list(os.environ):
        if name.startswith(STRANGERS) or name.lower().endswith("_proxy"):
            del os.environ[name]


def lay_out(workspace: Path) -> None:
    """Make a folder a workspace with this checkout's settings and templates, and choose it.

    To read the settings makes nothing, so the folder for data and the signing key are made here.
    """
    shutil.copy(ROOT / "config.toml", workspace)
    (workspace / "templates").symlink_to(ROOT / "templates")
    (workspace / "var").mkdir(mode=0o700)
    key = workspace / "var" / "signing.key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_urlsafe(48), encoding="ascii")
    os.environ["NEWSLETTER_CONFIG"] = str(workspace / "config.toml")


def stay_here(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse a connection to another machine: an audit hook."""
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    host = str(arguments[1][0])
    if not host.startswith(NEAR):
        raise PermissionError(f"a test reached for {host}: tests stay on this machine")
