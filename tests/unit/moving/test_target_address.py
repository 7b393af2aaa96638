"""Which address can be moved to, and how config.toml comes to name it."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.conf.config import Config, read_config
from newsletter.errors import BadInput, ConfigError
from newsletter.moving.target_address import (
    check_target,
    shown,
    with_address,
    without_password,
    write_address,
)
from tests.environment import ROOT

SERVER = "postgresql://fortnight@db.example.org/paper"


def read_text(folder: Path, text: str, **environment: str) -> Config:
    """Return settings with a text of config.toml."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return read_config(path, environment)


def test_the_shipped_file_names_the_new_one(tmp_path: Path) -> None:
    """Only the address changes: comments and all other lines stay."""
    before = (ROOT / "config.toml").read_text(encoding="utf-8")
    config = read_text(tmp_path, before)

    write_address(config, SERVER)

    after = config.path.read_text(encoding="utf-8")
    assert read_config(config.path, {}).database.url == SERVER
    assert after.replace(SERVER, "sqlite:///var/newsletter.sqlite3") == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[site]\nname = 'x'\n",
        "[database]\n",
        "[database]\n# old\nurl = 'sqlite:///a'  # here\n[web]\nport = 1\n",
        '[site]\nname = "url"\n\n[database]\n\nurl="sqlite:///a"\n',
    ],
)
def test_any_file_names_the_new_one(tmp_path: Path, text: str) -> None:
    """Whether the table and the line are there or not."""
    config = read_text(tmp_path, with_address(text, SERVER))

    assert config.database.url == SERVER


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("", "sqlite:///var/other.sqlite3", "same kind"),
        (f'[database]\nurl = "{SERVER}"', f"{SERVER}2", "same kind"),
        ("", "mysql://x", "must begin with sqlite:/// or postgresql://"),
        ("", "postgresql://db.example.org/paper?sslmod=require", "PostgreSQL has no option sslmod"),
        (
            f'[database]\nurl = "{SERVER}"\n[sending]\nengine = "procrastinate"',
            "sqlite:///var/x",
            "needs PostgreSQL",
        ),
    ],
)
def test_what_cannot_be_moved_to(tmp_path: Path, old: str, new: str, why: str) -> None:
    """It is said before anything is opened."""
    with pytest.raises(BadInput, match=why):
        check_target(read_text(tmp_path, old), new)


def test_what_counts_is_not_the_file(tmp_path: Path) -> None:
    """An address from the environment, or one with a password, is not written into the file."""
    config = read_text(tmp_path, "", NEWSLETTER_DATABASE_URL="sqlite:///var/x")
    with pytest.raises(ConfigError, match="NEWSLETTER_DATABASE_URL"):
        write_address(config, SERVER)
    with pytest.raises(ConfigError, match="has a password"):
        write_address(read_text(tmp_path, ""), "postgresql://fortnight:secret@db/paper")
    assert (tmp_path / "config.toml").read_text() == ""


def test_no_password_is_shown() -> None:
    """Neither in sentences nor in the line for config.toml."""
    address = "postgresql://fortnight:s%40cret@db.example.org:5433/paper?sslmode=require"

    assert shown(address) == "postgresql://db.example.org/paper"
    assert (
        without_password(address)
        == "postgresql://fortnight@db.example.org:5433/paper?sslmode=require"
    )
    assert without_password(SERVER) == SERVER
