"""Sending in figures: `python -m benchmarks.sending [PEOPLE] [--only PART]`.

The product's own worker processes send a real issue from a durable ledger to a sink that takes
everything at once, in a process of its own.  The baseline is a plain loop over the official
client's helpers, one request per person, against the same sink in the same run.
Parts: curve, latency, postgres.  SMTP and events have measurements of their own.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import operator
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.tables import print_table
from newsletter.demo import processes
from newsletter.runtime.listening import find_free_port

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 100_000
BASELINE_PEOPLE = 300
#: Seconds between two times that the editor saves.
SAVES = 1.0
PARTS = ("curve", "latency", "postgres")
HEAD = ("what", "planned in", "submitted in", "people/s", "memory", "draft saved in (p95)")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One measurement: how many people, by how many worker processes, through what."""

    people: int
    workers: int = 2
    senders: int = 2
    delay: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)


def main(people: int, parts: tuple[str, ...]) -> None:
    """Measure the parts asked for, and print a table for each."""
    if "curve" in parts:
        sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size < people]
        rows = [row(Case(people=size)) for size in (*sizes, people)]
        print_table(HEAD, rows)
        print(f"\nA plain loop over the client's helpers: {loop_rate():,.0f} people/s\n")
    if "latency" in parts:
        slow = Case(people=people, senders=8, delay=0.1)
        print_table(("at 100 ms latency, 2 x 8 senders", *HEAD[1:]), [row(slow)])
    if "postgres" in parts:
        with server() as address:
            rows = [row(on_postgres(address, people, count)) for count in (2, 4)]
        print_table(("PostgreSQL and Procrastinate", *HEAD[1:]), rows)


def on_postgres(address: str, people: int, workers: int) -> Case:
    """Return the case of a fleet on a server; each has a database of its own."""
    import psycopg

    name = f"benchmark_{workers}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return Case(
        people=people,
        workers=workers,
        environment={
            "NEWSLETTER_DATABASE_URL": f"{address.rpartition('/')[0]}/{name}",
            "NEWSLETTER_SENDING_ENGINE": "procrastinate",
        },
    )


def row(case: Case) -> tuple[str, ...]:
    """Measure a case in a process of its own, for settings are read once."""
    with tempfile.TemporaryDirectory(prefix="fortnight-benchmark-") as folder, sink(case) as port:
        environment = {
            **os.environ,
            **case.environment,
            "NEWSLETTER_CONFIG": str(Path(folder) / "work" / "config.toml"),
            "NEWSLETTER_SENDGRID_BASE_URL": f"http://127.0.0.1:{port}",
        }
        numbers = (str(case.people), str(case.workers), str(case.senders))
        command = [sys.executable, "-m", "benchmarks.sending", "--measure", folder, *numbers]
        done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=-1, text=True)
    what = f"{case.people:,} people, {case.workers} workers"
    return (what, *done.stdout.splitlines()[-1].split("|"))


def measure(folder: Path, people: int, workers: int, senders: int) -> None:
    """Send to N people, and print the cells of a row."""
    send, planned = prepared(folder, people)
    started = [start_worker(senders) for _ in range(workers)]
    try:
        idle = [memory(worker, "VmRSS") for worker in started]
        waits = list(saving_meanwhile(send))
        most = [memory(worker, "VmHWM") for worker in started]
    finally:
        for worker in started:
            worker.send_signal(signal.SIGTERM)
            worker.wait()
    seconds, count = taken(send)
    cells = (
        f"{planned:.1f} s",
        f"{seconds:.1f} s",
        f"{count / seconds:,.0f}",
        f"+{max(map(operator.sub, most, idle)):.0f} MB",
        f"{statistics.quantiles(waits, n=20)[-1] * 1000:.0f} ms" if len(waits) > 1 else "-",
    )
    print("|".join(cells))


def prepared(folder: Path, people: int) -> tuple[object, float]:
    """Lay out a workspace, queue its issue, count the audience; return the send and the time."""
    from newsletter.conf.workspace import lay_out

    lay_out(folder / "work", site_name="Benchmark")
    from newsletter.runtime.startup import create_database

    create_database(name="Tideline Digest", postal_address="7 Quay Street")
    from django.utils import timezone

    from newsletter.demo import story
    from newsletter.publishing.models import Publication
    from newsletter.sending.planning import audience, starting
    from newsletter.sending.planning.queue import queue

    publication = Publication.objects.get()
    story.complete_publication(publication)
    issue = story.import_sample(publication)
    issue.save_revision()  # what it imports and keeps at hand is there in a desk that runs
    now = timezone.now()
    send = queue(issue, at=now, batch_size=1000)
    enrol(publication, people)
    began = time.perf_counter()
    starting.begin_planning(send.pk, now, late=dt.timedelta(hours=1))
    audience.plan_audience(send.pk)
    return send, time.perf_counter() - began


def enrol(publication: object, people: int) -> None:
    """Fill the publication's list, past the import, which is measured elsewhere."""
    from newsletter.publishing.models import Publication
    from subscribers.models import Subscriber, Subscription

    assert isinstance(publication, Publication)
    readers = publication.lists.get()
    for start in range(0, people, 20_000):
        numbers = range(start, min(start + 20_000, people))
        rows = Subscriber.objects.bulk_create(
            Subscriber(email=address, key=address, name=f"Ann{n} Abe", attributes={"city": "Oslo"})
            for n in numbers
            for address in [f"reader{n}@tideline.example"]
        )
        Subscription.objects.bulk_create(Subscription(subscriber=r, list=readers) for r in rows)


def start_worker(senders: int) -> subprocess.Popen[str]:
    """Start a worker, and return once it says that it sends."""
    command = [sys.executable, "-m", "newsletter", "worker", "--concurrency", str(senders)]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert worker.stdout
    worker.stdout.readline()
    return worker


def saving_meanwhile(send: object) -> Iterator[float]:
    """Save a draft every second while the workers send; yield how long each took."""
    from newsletter.sending.delivery import recovery
    from newsletter.sending.ledger import job_queue
    from newsletter.sending.models import Send

    assert isinstance(send, Send)
    draft = send.issue
    send.refresh_from_db()
    while send.state == Send.State.SENDING:
        began = time.perf_counter()
        draft.save_revision()
        yield time.perf_counter() - began
        job_queue.requeue_missing()
        recovery.close_finished_sends()
        send.refresh_from_db()
        time.sleep(SAVES)


def taken(send: object) -> tuple[float, int]:
    """Return the seconds from the first claim to the last answer, and how many were accepted."""
    from django.db.models import Max, Min

    from newsletter.sending.models import Attempt, Send
    from newsletter.sending.reporting.totals import count_send

    assert isinstance(send, Send)
    counted = count_send(send)
    counted.check()
    assert send.state == Send.State.SENT, f"the send is {send.state}: {send.note}"
    found = Attempt.objects.aggregate(first=Min("created_at"), last=Max("answered_at"))
    return (found["last"] - found["first"]).total_seconds(), counted.deliveries["accepted"]


def memory(process: subprocess.Popen[str], what: str) -> float:
    """Return a figure of a process's memory, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


@contextlib.contextmanager
def sink(case: Case) -> Iterator[int]:
    """Run a sink for a case; yield its port."""
    port = find_free_port(0)
    command = [sys.executable, "-m", "benchmarks.sink", str(port), str(case.delay)]
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

    with sink(Case(people=BASELINE_PEOPLE)) as port:
        return over_helpers(f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]), *map(int, sys.argv[3:6]))
    else:
        parser = argparse.ArgumentParser()
        parser.add_argument("people", nargs="?", type=int, default=PEOPLE)
        parser.add_argument("--only", choices=PARTS)
        given = parser.parse_args()
        main(given.people, (given.only,) if given.only else PARTS)
