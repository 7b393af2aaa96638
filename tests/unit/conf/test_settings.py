"""To read the settings changes nothing: no folder and no key is made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter.conf.config import Config, read_config
from newsletter.conf.signing_key import find_key, key_file, make_key
from newsletter.errors import ConfigError
from tests.environment import ROOT


def in_a_checkout(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder that has config.toml and nothing else."""
    shutil.copy(ROOT / "config.toml", folder)
    kept = {name: value for name, value in os.environ.items() if name != "NEWSLETTER_CONFIG"}
    kept.pop("NEWSLETTER_DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.once
def test_django_checks_a_checkout_that_cannot_be_written(tmp_path: Path) -> None:
    """Without our command line: `check` finds nothing wrong, and leaves nothing behind."""
    done = in_a_checkout(
        tmp_path, "-m", "django", "check", "--settings", "newsletter.conf.settings"
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.once
def test_the_command_of_ours_makes_nothing_either(tmp_path: Path) -> None:
    """`newsletter django check`, and a shell that would sign with no key says what to do."""
    checked = in_a_checkout(tmp_path, "-m", "newsletter", "django", "check")
    signing = "from django.core.signing import dumps; dumps(1)"
    refused = in_a_checkout(tmp_path, "-m", "newsletter", "django", "shell", "-c", signing)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert "no issues" in checked.stdout
    assert refused.returncode == 1
    assert "newsletter init DIR" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def config_in(folder: Path) -> Config:
    """Return the settings of a new folder."""
    path = folder / "config.toml"
    path.write_text("", encoding="utf-8")
    return read_config(path, {})


def test_a_key_is_made_once(tmp_path: Path) -> None:
    """When somebody asks for it; whoever comes next finds it, readable by its owner alone."""
    config = config_in(tmp_path)
    assert find_key(config, {}) == ""
    assert not config.data.exists()

    make_key(config, {})
    first = find_key(config, {})
    make_key(config, {})

    assert len(first) == 64
    assert find_key(config, {}) == first
    assert key_file(config).stat().st_mode & 0o077 == 0


def test_a_variable_holds_the_key(tmp_path: Path) -> None:
    """Then no file is made."""
    config = config_in(tmp_path)
    make_key(config, {"NEWSLETTER_SECRET_KEY": "of the fleet"})

    assert find_key(config, {"NEWSLETTER_SECRET_KEY": "of the fleet"}) == "of the fleet"
    assert not config.data.exists()


def test_a_key_that_cannot_be_read_is_no_missing_one(tmp_path: Path) -> None:
    """A new one in its place would break every link in old mails."""
    config = config_in(tmp_path)
    key_file(config).mkdir(parents=True)

    with pytest.raises(ConfigError, match="the signing key cannot be read: Is a directory"):
        make_key(config, {})


@pytest.mark.once
@pytest.mark.parametrize(
    ("lines", "senders"),
    [
        ("transport = 'smtp'", 4),
        ("transport = 'smtp'\n[smtp]\nconnections = 200", 8),
        ("transport = 'smtp'\n[smtp]\nconnections = 1000", 16),
        ("transport = 'smtp'\nconcurrency = 2\n[smtp]\nconnections = 1000", 2),
        ("transport = 'smtp'\nconcurrency = 0\n[smtp]\nconnections = 1000", 0),
        ("transport = 'maildir'\n[smtp]\nconnections = 1000", 4),
    ],
)
def test_number_of_senders_follows_from_connections(
    tmp_path: Path, lines: str, senders: int
) -> None:
    """Where a mail server may have many connections, as many batches are sent; a number wins."""
    (tmp_path / "config.toml").write_text(f"[sending]\n{lines}\n")
    assert read_config(tmp_path / "config.toml").sender_count == senders
