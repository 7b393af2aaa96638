"""Changes of files are noticed, whatever kind of change."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter.template_preview.watching import Watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file in a folder."""
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "text.mjml").write_text("one")
    return tmp_path


@pytest.fixture
def watch(folder: Path) -> Iterator[Watch]:
    """A watch over the folder, and one that is not there."""
    with Watch([folder, folder / "nowhere"]) as watch:
        yield watch


def rewrite(folder: Path) -> None:
    """Write as many bytes into the file, a little later."""
    path = folder / "blocks" / "text.mjml"
    path.write_text("two")
    later = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(later, later))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(rewrite, id="rewritten"),
        pytest.param(lambda folder: (folder / "new.txt").touch(), id="new"),
        pytest.param(lambda folder: (folder / "blocks/text.mjml").unlink(), id="gone"),
        pytest.param(
            lambda folder: (folder / "blocks/text.mjml").rename(folder / "other.mjml"), id="moved"
        ),
    ],
)
def test_every_change_counts(watch: Watch, folder: Path, change: Callable[[Path], object]) -> None:
    """Whoever waits hears of a change within a second."""
    change(folder)

    assert watch.wait_beyond(0, seconds=60) == 1


def test_nothing_happens(watch: Watch) -> None:
    """Without a change one waits as long as one wants to, and no longer."""
    assert watch.wait_beyond(0, seconds=0.01) == 0


def test_a_change_that_was_missed(watch: Watch, folder: Path) -> None:
    """Who comes late is told at once."""
    (folder / "new.txt").touch()
    watch.wait_beyond(0, seconds=60)

    assert watch.wait_beyond(0, seconds=60) == 1


def test_the_end_lets_go(folder: Path) -> None:
    """Whoever waits when the watch ends waits no longer."""
    with Watch([folder]) as watch:
        assert not watch.ended

    assert watch.wait_beyond(0, seconds=600) == 0
    assert watch.ended


def test_what_an_editor_writes_for_itself_is_no_change(watch: Watch, folder: Path) -> None:
    """A swap file beside a template changes nothing; the template that is written next does."""
    (folder / "blocks" / ".text.mjml.swp").touch()
    assert watch.wait_beyond(0, seconds=1) == 0

    rewrite(folder)
    assert watch.wait_beyond(0, seconds=60) == 1
