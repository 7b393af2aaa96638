"""All benchmarks on one page: `make bench`, or `python -m benchmarks [--quick] [--sizes N …]`.

Each part is a program of its own.  Its figures are on the page as soon as they are known, so that
a run that is interrupted has what was found until then.  A part that fails is named, and the
others go on.  Exit codes: 0 done, 1 a part failed, 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import FILE
from benchmarks.kept import keep, read_kept
from benchmarks.machine import describe_machine
from benchmarks.page import Section, make_page
from benchmarks.parts import QUICK_SIZES, SIZES, Part, parts

ROOT = Path(__file__).resolve().parents[1]
#: Seconds between two looks at what a part has found, and for it to end once it was told to.
LOOK, GRACE = 2.0, 30.0
#: The last lines of what a part that failed said.
LAST_LINES = 15


class Run:
    """Runs parts, and writes the page again whenever there is something new on it."""

    def __init__(self, page: Path, folder: Path) -> None:
        self._page, self._folder = page, folder
        self._machine, self._kept = describe_machine(), read_kept()
        self._sections: dict[str, Section] = {}
        self.failures: list[str] = []

    def measure(self, chosen: Sequence[Part]) -> None:
        """Run one part after the other."""
        for number, part in enumerate(chosen, 1):
            began = time.monotonic()
            print(
                f"{number} of {len(chosen)}: {' '.join(part.command)}", file=sys.stderr, flush=True
            )
            self._run(part, self._folder / f"{number}.jsonl", self._folder / f"{number}.log")
            print(f"  {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)

    def _run(self, part: Part, figures: Path, log: Path) -> None:
        self._sections.setdefault(part.title, Section(part.title)).files.append(figures)
        command = [sys.executable, "-m", f"benchmarks.{part.command[0]}", *part.command[1:]]
        environment = {**os.environ, FILE: str(figures), "PYTHONUNBUFFERED": "1"}
        with log.open("w") as said:
            running = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        deadline = time.monotonic() + part.limit
        try:
            while running.poll() is None and time.monotonic() < deadline:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    running.wait(LOOK)
                self.write()
            stuck = running.poll() is None
        finally:
            end(running)
        if stuck or running.returncode:
            self._note_failure(part, log, stuck=stuck)
        self.write()

    def _note_failure(self, part: Part, log: Path, *, stuck: bool) -> None:
        why = f"not done after {part.limit:.0f} s" if stuck else "failed"
        self.failures.append(f"`python -m benchmarks.{' '.join(part.command)}`: {why}")
        for line in log.read_text("utf-8", "replace").splitlines()[-LAST_LINES:]:
            print(f"  | {line}", file=sys.stderr)

    def write(self) -> None:
        """Write the page as far as it is known."""
        page = make_page(self._machine, [*self._sections.values()], self.failures, self._kept)
        self._page.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._page.with_suffix(".new")
        fresh.write_text(page + "\n", "utf-8")
        fresh.replace(self._page)

    def keep(self) -> None:
        """Keep the figures, to compare those of later days with them."""
        found = [figure for each in self._sections.values() for figure in each.figures]
        keep(self._machine, found)


def end(running: subprocess.Popen[bytes]) -> None:
    """End a part with all that it has started: first as Ctrl-C does, so that it tidies up."""
    for sign, seconds in ((signal.SIGINT, GRACE), (signal.SIGKILL, GRACE)):
        if running.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(seconds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, print the page, and return the exit code."""
    given = read_arguments(arguments)
    sizes = given.sizes or (QUICK_SIZES if given.quick else SIZES)
    chosen = [
        part
        for part in parts(sorted(sizes), quick=given.quick)
        if not given.only or part.command[0] in given.only
    ]
    # In the background a shell has Ctrl-C ignored, and every part would inherit that.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="fortnight-benchmarks-") as folder:
        run, code = Run(given.page, Path(folder)), 0
        try:
            run.measure(chosen)
        except KeyboardInterrupt:
            run.failures.append("interrupted: the parts that are missing were not measured")
            code = 130
        run.write()
        if given.keep:
            run.keep()
    print(given.page.read_text("utf-8"))
    return code or int(bool(run.failures))


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 and 10,000 people, 3 minutes")
    parser.add_argument("--sizes", type=int, nargs="+", help="how many people")
    parser.add_argument("--only", nargs="+", help="modules, such as sending or pages")
    parser.add_argument("--keep", action="store_true", help="compare later runs with this one")
    parser.add_argument("--page", type=Path, default=ROOT / "out" / "benchmarks.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
