"""The page of `make bench`: what is on it, and what is named as slower, missed or failed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import Run, main
from benchmarks.figures import FILE, Figure, Place, read_figures
from benchmarks.goals import GOALS, goal_of
from benchmarks.kept import Kept, is_slower, keep, read_kept
from benchmarks.page import Section, make_page
from benchmarks.parts import QUICK_SIZES, SIZES, Part, parts

MILLION = 1_000_000


def told(path: Path, *figures: tuple[str, int, float, str]) -> Section:
    """Return a section whose figures are in a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FILE, str(path))
        for what, people, value, unit in figures:
            Place("PostgreSQL", people).tell(what, value, unit, bare=1.0)
    return Section("Sending", [path])


def test_a_row_has_all_sizes_the_limit_the_kept_figure_and_the_goal(tmp_path: Path) -> None:
    """One thing is one row, however many sizes it was measured at."""
    section = told(tmp_path / "figures", ("plan", 1000, 0.5, "s"), ("plan", MILLION, 9.0, "s"))
    kept = Kept({}, {"PostgreSQL, 1,000,000 people, plan": 10.0})

    page = make_page({"cores": "2"}, [section], [], kept)

    assert (
        "| PostgreSQL: plan | 0.50 s | 9.00 s | 1.00 s | 10.0 s | 0.90 × | ≤ 12 s | yes |" in page
    )
    assert "cores 2" in page


def test_what_is_slower_what_misses_its_goal_and_what_failed_comes_first(tmp_path: Path) -> None:
    """Nobody has to look for them in the tables."""
    section = told(
        tmp_path / "figures", ("plan", MILLION, 13.0, "s"), ("events", 0, 15_500, "events/s")
    )
    kept = Kept({}, {"PostgreSQL, 1,000,000 people, plan": 10.0, "PostgreSQL, events": 17_000})

    above, _, _ = make_page({}, [section], ["`idle`: failed"], kept).partition("## Sending")

    assert "**Failed**:\n\n- `idle`: failed" in above
    assert "- PostgreSQL, 1,000,000 people, plan: 13.0 s, goal ≤ 12 s" in above
    assert "- PostgreSQL, 1,000,000 people, plan: 13.0 s, then 10.0 s (1.30 ×)" in above
    assert "events:" not in above


@pytest.mark.parametrize(
    ("unit", "now", "then", "slower"),
    [
        ("s", 1.21, 1.0, True),
        ("s", 1.19, 1.0, False),
        ("rows/s", 82.0, 100.0, True),
        ("rows/s", 85.0, 100.0, False),
        ("×", 1.0, 1.7, True),
        ("wake-ups/s", 9.0, 5.0, True),
        ("wake-ups/s", 5.0, 9.0, False),
    ],
)
def test_slower_is_by_more_than_a_fifth(unit: str, now: float, then: float, slower: bool) -> None:
    """More of a rate is better, less of everything else."""
    assert is_slower(Figure(what="x", value=now, unit=unit), then) is slower


def test_figures_of_one_name_become_their_median_and_a_cut_line_is_left_out(
    tmp_path: Path,
) -> None:
    """A program may be killed while it writes."""
    path = tmp_path / "figures"
    told(path, *(("events", 0, value, "events/s") for value in (1.0, 9.0, 2.0)))
    with path.open("a") as file:
        file.write('{"what": "cut o')

    assert [figure.value for figure in read_figures(path)] == [2.0]


def test_keeping_renews_what_was_measured_and_leaves_the_rest(tmp_path: Path) -> None:
    """A quick run does not throw the figures of a full one away."""
    path = tmp_path / "kept.json"
    keep({"cores": "1"}, [Figure(what=what, value=1, unit="s") for what in ("a", "b")], path)
    keep({"cores": "2"}, [Figure(what="a", value=3, unit="s")], path)

    assert read_kept(path) == Kept({"cores": "2"}, {"a": 3.0, "b": 1.0})


def test_the_kept_file_can_be_read_and_its_goals_are_of_known_figures() -> None:
    """The table that is in the repository is one to compare with."""
    figures = read_kept().figures

    assert figures
    assert any(name.endswith(what) for what in GOALS for name in figures)


def test_a_goal_holds_for_its_size_and_database_only() -> None:
    """Twelve seconds for a thousand people would be no goal."""
    plan = Figure(what="plan", where="SQLite, analysed", people=1000, value=1, unit="s")

    assert goal_of(plan) is None


def test_a_part_that_fails_is_named_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One broken benchmark does not cost a night's figures."""
    page = tmp_path / "page.md"
    monkeypatch.setattr(
        "benchmarks.__main__.parts",
        lambda sizes, quick: [Part("A", ("none",)), Part("B", ("bare",))],
    )

    assert main(["--page", str(page)]) == 1

    assert "`python -m benchmarks.none`: failed" in page.read_text()
    assert "benchmarks.bare" not in page.read_text()
    said = capsys.readouterr()
    assert "No module named benchmarks.none" in said.err
    assert "2 of 2: bare" in said.err


def test_what_was_found_is_on_the_page_when_somebody_interrupts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says that it is not whole."""

    def interrupt(self: Run, chosen: list[Part]) -> None:
        self._sections["Sending"] = told(tmp_path / "figures", ("plan", MILLION, 9.0, "s"))
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "measure", interrupt)
    page = tmp_path / "page.md"

    assert main(["--page", str(page), "--quick"]) == 130

    assert "| PostgreSQL: plan | 9.00 s |" in page.read_text()
    assert "interrupted" in page.read_text()


@pytest.mark.parametrize("quick", [True, False])
def test_every_part_is_a_program_that_there_is(quick: bool) -> None:
    """A benchmark that is renamed is renamed here, too."""
    folder = Path(__file__).resolve().parents[3] / "benchmarks"
    chosen = [*parts(QUICK_SIZES if quick else SIZES, quick=quick)]

    assert {part.command[0] for part in chosen} == {
        *("sending", "subscribers", "pages", "rendering", "desk"),
        *("events", "smtp", "first", "idle"),
    }
    assert all((folder / f"{part.command[0]}.py").exists() for part in chosen)


def test_the_line_of_a_figure_is_json(tmp_path: Path) -> None:
    """Other programs may read it."""
    path = tmp_path / "figures"
    told(path, ("plan", 10, 1.0, "s"))

    assert json.loads(path.read_text())["unit"] == "s"
