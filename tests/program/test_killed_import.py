"""The process is killed in the middle of an import: nobody of it is there; again, it is whole."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.program.conftest import PEOPLE
from tests.program.workspaces import KILLING, Workspace

NEW = 3000
IMPORTING = "subscribers.importing"


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(f"{IMPORTING}.staging:load_lines:after", id="before-it-writes"),
        pytest.param(f"{IMPORTING}.staging:insert_people:after", id="while-it-writes"),
        pytest.param(f"{IMPORTING}.writing:short_figures:after", id="before-it-commits"),
    ],
)
def test_killed_at(workspace: Callable[..., Workspace], tmp_path: Path, point: str) -> None:
    """Killed at this point it leaves no person, no subscription and no run behind."""
    place = workspace()
    file = tmp_path / "new.csv"
    lines = [f"new{number}@harbour-news.com,Reader {number}" for number in range(NEW)]
    file.write_text("\n".join(["email,name", *lines]))
    words = ("list", "import", str(file), "--basis", "consent")

    killed = place.start(str(KILLING), "SIGKILL", point, "1", *words)
    assert killed.wait() == -signal.SIGKILL, place.said()
    assert counts(place) == (PEOPLE, PEOPLE, 0)

    assert place.run(*words)["added"] == NEW
    assert counts(place) == (PEOPLE + NEW, PEOPLE + NEW, 1)


def counts(place: Workspace) -> tuple[int, ...]:
    """Return how many people, subscriptions, and imports of the file there are."""
    tables = (
        "subscribers_subscriber",
        "subscribers_subscription",
        "subscribers_importrun WHERE file_name = 'new.csv'",
    )
    return tuple(place.ask(f"SELECT COUNT(*) FROM {table}")[0][0] for table in tables)
