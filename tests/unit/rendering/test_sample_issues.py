"""Trying and copying templates, by hand and by command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from newsletter.cli import template as commands
from newsletter.conf.config import load
from newsletter.errors import BadInput, NotFound, TemplateError
from newsletter.rendering import load_template
from newsletter.rendering.content import Block
from newsletter.rendering.pipeline.copying import copy_template
from newsletter.rendering.pipeline.sample_issues import FULL, try_template
from tests.unit.rendering import samples


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A workspace of one's own with the templates that ship; return their folder."""
    shutil.copytree(samples.TEMPLATES, tmp_path / "templates" / "email")
    (tmp_path / "config.toml").touch()
    monkeypatch.setenv("NEWSLETTER_CONFIG", str(tmp_path / "config.toml"))
    load.cache_clear()
    monkeypatch.setattr("newsletter.conf.config.find_config", lambda: tmp_path / "config.toml")
    yield tmp_path / "templates" / "email"
    load.cache_clear()


def test_the_trial_has_every_block() -> None:
    """A template that passes can show whatever an issue may hold."""
    assert {type(block) for block in FULL.blocks} == set(get_args(Block))


@pytest.mark.parametrize("source", ["digest", "letter", "roundup"])
def test_a_copy_works_at_once(root: Path, source: str) -> None:
    """The copy compiles as its original does, and has the files under its own name."""
    folder = copy_template(root, "tidings", source)

    copied = load_template(root, "tidings")
    assert sorted(copied.files.keys() - load_template(root, source).files.keys()) == [
        "tidings.mjml",
        "tidings.txt",
    ]
    assert folder == root / "tidings"
    assert try_template(copied).variants


@pytest.mark.parametrize("name", ["digest", "_shared", "../up", "", "a/b", "a b"])
def test_names_that_cannot_be_used(root: Path, name: str) -> None:
    """Nothing is written over, and nothing outside the folder."""
    with pytest.raises(BadInput, match=r"is there already|cannot be the name"):
        copy_template(root, name, "digest")


def test_no_such_original(root: Path) -> None:
    """The error names what there is."""
    with pytest.raises(NotFound) as caught:
        copy_template(root, "tidings", "gazette")

    assert caught.value.hint == "There are: digest, letter, roundup"


@pytest.mark.parametrize("kind", ["digest", "text", "button", "callout", "quote", "divider"])
def test_a_mistake_in_any_block_is_found(root: Path, kind: str) -> None:
    """A block that only some issues use is tried, too."""
    path = root / "digest" / "blocks" / f"{kind}.mjml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n{{ nothing }}")

    with pytest.raises(TemplateError, match=rf"^digest/blocks/{kind}\.mjml:2: "):
        try_template(load_template(root, "digest"))


def run(*words: str, status: int = 0) -> str:
    """What a command prints; `status` is its exit status."""
    result = CliRunner().invoke(commands.app, words, catch_exceptions=False)

    assert result.exit_code == status
    return result.output


def test_commands(root: Path) -> None:
    """A copy made by a command is listed and found sound."""
    assert "tidings is a copy of letter" in run("new", "tidings", "--from", "letter")
    assert run("list").partition("\n\n")[0].split() == ["digest", "letter", "roundup", "tidings"]
    assert "is sound" in run("check", "tidings")
    assert json.loads(run("check", "tidings", "--json"))["findings"] == []


def test_check_names_what_is_wrong(root: Path) -> None:
    """A tag that is drawn but wrong is reported with its place, and the status is 1."""
    path = root / "letter" / "closing.mjml"
    path.write_text(path.read_text().replace("<mj-section padding=", "<mj-section pading=", 1))

    assert "letter/closing.mjml:1:" in run("check", "letter", status=1)
