"""People in figures: `python -m benchmarks.subscribers [PEOPLE] [REQUESTS] [--only PART]`.

Sign-up, import, finding, segments and planning for a segment, each beside a baseline: on SQLite,
then on a PostgreSQL server as it comes (fsync on).  Each database has a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.people import people_rows
from benchmarks.sign_up import sign_up_rows
from benchmarks.tables import print_table

PEOPLE = 100_000
REQUESTS = 3000
DATABASES = ("sqlite", "postgresql")
PARTS = ("sign-up", "people")
#: The least that a proof may cost; solving them is not what is measured.
SOLVED_COST = 100


def main(people: int, requests: int, only: str, databases: Sequence[str]) -> None:
    """Measure on the databases, in a process each."""
    from benchmarks.sending import server

    numbers = [str(people), str(requests), *(["--only", only] if only else [])]
    command = [sys.executable, "-m", "benchmarks.subscribers", *numbers, "--database"]
    if "sqlite" in databases:
        subprocess.run([*command, ""], check=True)
    if "postgresql" in databases:
        with server() as address:
            subprocess.run([*command, address], check=True)


def measure(people: int, requests: int, only: str, database: str) -> None:
    """Measure on one database, and print a table."""
    with tempfile.TemporaryDirectory(prefix="fortnight-benchmark-") as name:
        folder = Path(name)
        set_up(folder, database)
        rows = [*people_rows(folder, people)] if only != "sign-up" else []
        rows += sign_up_rows(requests) if only != "people" else []
    print_table(("PostgreSQL" if database else "SQLite", "measured", "goal", "baseline"), rows)
    print(flush=True)


def set_up(folder: Path, database: str) -> None:
    """Make a workspace with one publication, whose form takes as many people as come."""
    from newsletter.conf.workspace import lay_out

    os.environ["NEWSLETTER_CONFIG"] = str(lay_out(folder / "work", site_name="Benchmark"))
    if database:
        os.environ["NEWSLETTER_DATABASE_URL"] = database
    os.environ["NEWSLETTER_SIGN_UP_PROOF_COST"] = str(SOLVED_COST)
    os.environ["NEWSLETTER_SIGN_UP_PER_FORM_PER_HOUR"] = "100000000"
    from newsletter.runtime.startup import create_database

    create_database(name="Tideline Digest", postal_address="7 Quay Street")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("people", nargs="?", type=int, default=PEOPLE)
    parser.add_argument("requests", nargs="?", type=int, default=REQUESTS)
    parser.add_argument("--only", choices=PARTS, default="")
    parser.add_argument("--on", choices=DATABASES)
    parser.add_argument("--database")
    given = parser.parse_args()
    if given.database is None:
        chosen = (given.on,) if given.on else DATABASES
        main(given.people, given.requests, given.only, chosen)
    else:
        measure(given.people, given.requests, given.only, given.database)
