"""Sending in figures: `python -m benchmarks.sending [PEOPLE …] [--only PART]`.

The product's own worker processes send real issues from a durable ledger, over TLS, to a sink that
takes everything at once, in a process of its own.  Beside them, in the same run: the same requests
prebuilt, the same deliveries by one INSERT … SELECT, and a plain loop over the official client's
helpers, one request per person.
Parts: sqlite, postgres, latency, serve.  SMTP and events have measurements of their own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.figures import Place
from benchmarks.tables import print_table
from newsletter.demo import processes
from newsletter.runtime.listening import find_free_port

ROOT = Path(__file__).resolve().parents[1]
SIZES = (1_000, 10_000, 100_000)
BASELINE_PEOPLE = 300
BATCH = 1_000
#: People at which two workers are compared with one, at most.
MOST_COMPARED = 100_000
#: Processes that post, as there are workers, and the connections of each.
POSTING, CONNECTIONS = 2, 2
PARTS = ("sqlite", "postgres", "latency", "serve")
HEAD = ("what", "planned in", "submitted in", "people/s", "memory", "draft saved in (p95)")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One measurement: how many people, which sends of `benchmarks.sends`, through what."""

    people: int
    how: str
    database: str = "SQLite"
    senders: int = 2
    delay: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)


def main(sizes: Sequence[int], parts: Sequence[str]) -> None:
    """Measure the parts asked for, and print a table for each."""
    largest = max(sizes)
    # One worker needs no million to show what the second one is worth.
    compared = max((size for size in sizes if size <= MOST_COMPARED), default=0)
    if "sqlite" in parts:
        print_table(HEAD, [row for size in sizes for row in rows(Case(people=size, how="two"))])
        print(f"\nA plain loop over the client's helpers: {loop_rate():,.0f} people/s\n")
    if "postgres" in parts:
        with server() as address:
            cases = [on_postgres(address, size, with_one=size == compared) for size in sizes]
            print_table(HEAD, [row for case in cases for row in rows(case)])
    if "latency" in parts:
        slow = Case(people=min(largest, 100_000), how="one", senders=8, delay=0.1)
        print_table(("at 100 ms latency, 2 x 8 senders", *HEAD[1:]), rows(slow))
    if "serve" in parts:
        print_table(HEAD, rows(Case(people=largest, how="serve")))


def on_postgres(address: str, people: int, *, with_one: bool) -> Case:
    """Return the case of a fleet on a server; each has a database of its own."""
    import psycopg

    name = f"benchmark_{people}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return Case(
        people=people,
        how="all" if with_one else "two",
        database="PostgreSQL",
        environment={
            "NEWSLETTER_DATABASE_URL": f"{address.rpartition('/')[0]}/{name}",
            "NEWSLETTER_SENDING_ENGINE": "procrastinate",
        },
    )


def rows(case: Case) -> list[tuple[str, ...]]:
    """Measure a case in a process of its own, for settings are read once; return its rows."""
    with tempfile.TemporaryDirectory(prefix="fortnight-benchmark-") as folder:
        certificate = make_certificate(Path(folder))
        with sink(case.delay, certificate) as port:
            environment = {
                **os.environ,
                **case.environment,
                "NEWSLETTER_CONFIG": str(Path(folder) / "work" / "config.toml"),
                "NEWSLETTER_SENDGRID_BASE_URL": f"https://127.0.0.1:{port}",
                "SSL_CERT_FILE": str(certificate),
            }
            said = (str(case.people), case.how, str(case.senders), case.database)
            command = [sys.executable, "-m", "benchmarks.sends", folder, *said]
            done = subprocess.run(
                command, env=environment, cwd=ROOT, check=True, stdout=-1, text=True
            )
            found = [line for line in done.stdout.splitlines() if line.startswith("row|")]
            limit = [] if case.how == "serve" else [prebuilt_row(case, port, certificate)]
    return [*(tuple(line.split("|")[1:]) for line in found), *limit]


def prebuilt_row(case: Case, port: int, certificate: Path) -> tuple[str, ...]:
    """Post a request that the sink was sent, again and again."""
    connections = CONNECTIONS if case.delay == 0 else case.senders
    times = min(max(case.people // BATCH // POSTING, 20), 100)
    numbers = (str(port), str(certificate), str(connections), str(times))
    command = [sys.executable, "-m", "benchmarks.prebuilt_posts", *numbers]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(POSTING)
    ]
    spans = [[float(each) for each in posts.communicate()[0].split()] for posts in running]
    seconds = max(end for _, end in spans) - min(began for began, _ in spans)
    rate = times * POSTING * min(case.people, BATCH) / seconds
    what = "prebuilt requests over TLS" + (" at 100 ms latency" if case.delay else "")
    Place(case.database, case.people).tell(what, rate, "people/s")
    return ("the same requests, prebuilt", "", f"{seconds:.1f} s", f"{rate:,.0f}", "", "")


def make_certificate(folder: Path) -> Path:
    """Return a new certificate for this machine, with its key."""
    from tests.mailserver import make_certificate as make

    return make(folder / "certificate.pem")


@contextlib.contextmanager
def sink(delay: float = 0.0, certificate: Path | None = None) -> Iterator[int]:
    """Run a sink; yield its port."""
    port = find_free_port(0)
    shown = [str(certificate)] if certificate else []
    command = [sys.executable, "-m", "benchmarks.sink", str(port), str(delay), *shown]
    running = subprocess.Popen(command, cwd=ROOT)
    try:
        while find_free_port(port) == port:
            time.sleep(0.05)
        yield port
    finally:
        processes.stop_process(running)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Run a PostgreSQL server as it comes; yield the address of a database on it."""
    from tests import cluster

    with cluster.cluster(cluster.find_programs(), cluster.STOCK) as address:
        yield address


def loop_rate() -> float:
    """Return people per second of a plain loop over the official client's helpers."""
    from benchmarks.first import loop_rate as over_helpers

    with sink() as port:
        return over_helpers(f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("people", nargs="*", type=int, default=SIZES)
    parser.add_argument("--only", choices=PARTS)
    given = parser.parse_args()
    main(given.people or SIZES, (given.only,) if given.only else PARTS)
