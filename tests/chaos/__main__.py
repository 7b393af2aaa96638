"""`python -m tests.chaos`: chaos runs of every delivery mode and over SMTP, and a table of them.

Half of them are over TLS, and half over each of SQLite and PostgreSQL.  Exit status 1 where
anybody was mailed twice, was skipped, was mailed after leaving, or another promise was broken.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from benchmarks.tables import print_table
from tests.chaos.chaos_run import Mode, Plan, execute_run
from tests.chaos.outcome import Outcome, head, total
from tests.chaos.snapshots import Snapshot, postgres, prepared

PEOPLE = 1_200
MODES: tuple[Mode, ...] = ("immediate", "prescheduled", "on_hold", "smtp")


def main() -> int:
    """Read the arguments, execute the runs, and print the table."""
    given = arguments()
    plans = planned(given)
    print(f"seed {given.seed}: {len(plans)} chaos runs of {given.kills} kills", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="fortnight-chaos-"))
    with contextlib.ExitStack() as stack:
        snapshots = {
            name: stack.enter_context(SNAPSHOTS[name](folder / name)) for name in given.database
        }
        outcomes = list(run_all(plans, snapshots, folder))
    rows = [each.row() for each in outcomes]
    rows += [total(outcomes, mode).row() for mode in MODES if count(given, mode)]
    together = total(outcomes)
    print_table(head(), [*rows, together.row()])
    for words in together.broken:
        print(f"broken: {words}")
    if not together.holds:
        print(f"What the programs said is in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def arguments() -> argparse.Namespace:
    """Return how many chaos runs of which mode, of how many kills, over which databases."""
    command = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    for mode in MODES:
        command.add_argument(f"--{mode.replace('_', '-')}", type=int)
    command.add_argument("--runs", type=int, default=60, help="divided among the modes")
    command.add_argument("--kills", type=int, default=20)
    command.add_argument("--seed", type=int, default=random.randrange(10**6))
    command.add_argument(
        "--pace", type=float, default=1.0, help="2: as slow again, for a machine with other work"
    )
    command.add_argument("--database", nargs="+", choices=list(SNAPSHOTS), default=list(SNAPSHOTS))
    return command.parse_args()


def count(given: argparse.Namespace, mode: Mode) -> int:
    """Return how many chaos runs of a mode are asked for: as many as of the other modes, or N."""
    told = [getattr(given, each) for each in MODES]
    if any(number is not None for number in told):
        return getattr(given, mode) or 0
    share, rest = divmod(given.runs, len(MODES))
    return share + int(MODES.index(mode) < rest)


def planned(given: argparse.Namespace) -> list[Plan]:
    """Return the chaos runs: of each mode half over TLS, and half over each database."""
    plans = []
    for mode in MODES:
        for number in range(count(given, mode)):
            database = given.database[number % len(given.database)]
            tls = number // len(given.database) % 2 == 1
            plans.append((number, mode, database, tls))
    return [
        Plan(
            seed=given.seed + place,
            mode=mode,
            database=database,
            tls=tls,
            kills=given.kills,
            pace=given.pace,
        )
        for place, (_, mode, database, tls) in enumerate(sorted(plans, key=lambda plan: plan[0]))
    ]


def run_all(plans: list[Plan], snapshots: dict[str, Snapshot], folder: Path) -> Iterator[Outcome]:
    """Execute one after the other, and print each outcome as soon as it is known."""
    for plan in plans:
        place = folder / str(plan.seed)
        place.mkdir()
        outcome = execute_run(snapshots[plan.database], place, plan)
        print(", ".join(f"{n} {c}" for n, c in zip(head(), outcome.row(), strict=True)), flush=True)
        yield outcome


@contextlib.contextmanager
def on_sqlite(folder: Path) -> Iterator[Snapshot]:
    """Have a snapshot for chaos runs over one process."""
    folder.mkdir()
    yield prepared(folder, PEOPLE, f"sqlite:///{folder / 'database.sqlite3'}")


@contextlib.contextmanager
def on_postgres(folder: Path) -> Iterator[Snapshot]:
    """Have a snapshot for chaos runs over a fleet."""
    folder.mkdir()
    with postgres() as server:
        with psycopg.connect(server, autocommit=True) as session:
            session.execute("CREATE DATABASE snapshot")
        url = server.removesuffix("/postgres") + "/snapshot"
        yield prepared(folder, PEOPLE, url, server=server)


SNAPSHOTS = {"sqlite": on_sqlite, "postgresql": on_postgres}

if __name__ == "__main__":
    sys.exit(main())
