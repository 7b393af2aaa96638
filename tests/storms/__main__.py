"""`python -m tests.storms`: storms over SQLite and PostgreSQL in turn, and a table of them.

Exit status 1 where anybody was mailed twice or lost, or another promise was broken.
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
from tests.storms.grounds import Ground, postgres, prepared
from tests.storms.outcome import Outcome, head, total
from tests.storms.storm import blow

PEOPLE = 2_000


def main() -> int:
    """Read what is asked for, blow, and print the table."""
    given = arguments()
    print(f"seed {given.seed}: {given.storms} storms of {given.kills} kills", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="fortnight-storms-"))
    with contextlib.ExitStack() as stack:
        grounds = [stack.enter_context(GROUNDS[name](folder / name)) for name in given.database]
        outcomes = list(storms(grounds, folder, given))
    together = total(outcomes)
    print_table(head(), [*(each.row() for each in outcomes), together.row()])
    for words in together.broken:
        print(f"broken: {words}")
    if not together.holds:
        print(f"What the programs said is in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def arguments() -> argparse.Namespace:
    """Return how many storms, of how many kills, over which databases, from which seed on."""
    command = argparse.ArgumentParser(prog="python -m tests.storms", description=__doc__)
    command.add_argument("--storms", type=int, default=100)
    command.add_argument("--kills", type=int, default=25)
    command.add_argument("--seed", type=int, default=random.randrange(10**6))
    command.add_argument("--database", nargs="+", choices=list(GROUNDS), default=list(GROUNDS))
    return command.parse_args()


def storms(grounds: list[Ground], folder: Path, given: argparse.Namespace) -> Iterator[Outcome]:
    """Blow one after the other, and say how each went as soon as it is over."""
    for number in range(given.storms):
        seed, place = given.seed + number, folder / str(number)
        place.mkdir()
        outcome = blow(grounds[number % len(grounds)], place, seed=seed, kills=given.kills)
        print(", ".join(f"{n} {c}" for n, c in zip(head(), outcome.row(), strict=True)), flush=True)
        yield outcome


@contextlib.contextmanager
def on_sqlite(folder: Path) -> Iterator[Ground]:
    """Have the ground for storms over one process."""
    folder.mkdir()
    yield prepared(folder, PEOPLE, f"sqlite:///{folder / 'database.sqlite3'}")


@contextlib.contextmanager
def on_postgres(folder: Path) -> Iterator[Ground]:
    """Have the ground for storms over a fleet."""
    folder.mkdir()
    with postgres() as server:
        with psycopg.connect(server, autocommit=True) as session:
            session.execute("CREATE DATABASE ground")
        url = server.removesuffix("/postgres") + "/ground"
        yield prepared(folder, PEOPLE, url, server=server)


GROUNDS = {"sqlite": on_sqlite, "postgresql": on_postgres}

if __name__ == "__main__":
    sys.exit(main())
