"""Files as programs, people and accidents make them: what the dry run says of each, line by line.

The files stand in `nasty/` as they are; `nasty/expected.toml` has what is to be said of them.
"""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from newsletter.errors import ImportRejected
from newsletter.formulas import FORMULA_SIGNS
from subscribers.exporting import export_list
from subscribers.importing import runs, worker
from subscribers.importing.models import ImportRun
from subscribers.models import List, Subscriber

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).with_name("nasty")
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "expected.toml").read_text("utf-8"))
#: What is not said of a file holds nothing.
NOTHING = {"separator": "", "folded": [], "remarks": [], "bad": []}


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> None:
    """Keep files in a folder of one's own."""
    settings.CONFIG = settings.CONFIG.model_copy()
    settings.CONFIG._path = tmp_path / "config.toml"


def say(figures: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of a dry run as the expectations have them."""
    said = {name: figures[name] for name in ("encoding", "separator", "rows", "added", "remarks")}
    said["folded"] = [[each["line"], each["first"]] for each in figures["folded_lines"]]
    said["bad"] = [[each["line"], each["reason"]] for each in figures["bad_lines"]]
    return said


def names_in(samples: dict[str, Any]) -> dict[str, str]:
    """Return the names of the first people who would be added, by their addresses."""
    return {each["email"]: each["name"] for each in samples.get("added", ())[:4]}


def test_every_file_is_expected() -> None:
    """No file lies in the folder without anything being said of it."""
    files = {file.name for file in FOLDER.iterdir()} - {"expected.toml"}
    assert files == set(EXPECTED)
    assert len(EXPECTED["broken_addresses.csv"]["bad"]) >= 50


def test_a_file_without_bytes_is_not_kept(weekly: List) -> None:
    """It is refused in the words of the dry run before there is a run."""
    expected = EXPECTED["empty.csv"]["problem"]
    for refuse in (
        lambda: runs.begin_run(weekly, "empty.csv", [b""]),
        lambda: runs.plan_now(FOLDER / "empty.csv", weekly, {}),
    ):
        with pytest.raises(ImportRejected) as error:
            refuse()
        assert error.value.problem == expected
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("name", sorted(EXPECTED.keys() - {"empty.csv"}))
def test_a_nasty_file_is_understood_or_refused(weekly: List, name: str) -> None:
    """Command and desk say the same: counts, lines and reasons; nobody is written."""
    expected = EXPECTED[name]
    run = runs.begin_run(weekly, name, [(FOLDER / name).read_bytes()])
    assert worker.work_once()
    run.refresh_from_db()

    if problem := expected.get("problem"):
        with pytest.raises(ImportRejected) as error:
            runs.plan_now(FOLDER / name, weekly, {})
        assert (error.value.problem, error.value.line) == (problem, expected.get("line", 0))
        assert run.state == ImportRun.State.ASKING
        assert run.problem.endswith(problem)
    else:
        result, samples = runs.plan_now(FOLDER / name, weekly, {})
        said = say(result.figures())
        assert said | {"names": names_in(samples)} == NOTHING | expected
        assert run.state == ImportRun.State.CHECKED
        assert say(run.result) == said
    assert not Subscriber.objects.exists()


def test_no_exported_cell_is_a_formula(weekly: List) -> None:
    """What came in as a formula goes out as a text, in CSV; the addresses stay as they are."""
    runs.import_now(FOLDER / "formulas.csv", weekly, {}, reason=runs.Reason(basis="contract"))

    text = b"".join(export_list(weekly, "csv", "", None)).decode("utf-8-sig")
    titles, *rows = csv.reader(io.StringIO(text))

    assert len(rows) == 5
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA_SIGNS)]
    companies = {row[titles.index("company")] for row in rows}
    assert "'=cmd|' /C calc'!A0" in companies
