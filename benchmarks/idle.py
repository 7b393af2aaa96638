"""What `newsletter serve` costs with nothing to do: `python -m benchmarks.idle [SECONDS]`.

A real service rests on SQLite, and on a stock PostgreSQL.  Processor time is read from
`/proc/PID/stat`, wake-ups are the voluntary context switches of all its threads
(`/proc/PID/task/*/status`, proc(5)), memory is `VmRSS` and the proportional set size.  The bare
limit beside it is a Python process with as many threads that sleep.  `--threads` names who wakes.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Place
from benchmarks.sending import ROOT, server
from benchmarks.tables import print_table
from newsletter.demo import processes

#: Seconds of a measurement, and how long a service that just started is left alone before.
SECONDS, WARM_UP_SECONDS = 60.0, 30.0
HEAD = ("at rest", "core", "wake-ups/s", "RSS", "PSS", "threads")
BARE = "import sys, threading\n[threading.Thread(target=threading.Event().wait).start() \
for _ in range(int(sys.argv[1]))]"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a process has used so far: processor seconds, and each thread's wake-ups."""

    at: float
    processor: float
    wake_ups: dict[str, int]

    @classmethod
    def of(cls, pid: int) -> Reading:
        """Read it now."""
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        tasks = {task.name: switches(task) for task in Path(f"/proc/{pid}/task").iterdir()}
        ticks = int(fields[11]) + int(fields[12])
        return cls(at=time.monotonic(), processor=ticks / os.sysconf("SC_CLK_TCK"), wake_ups=tasks)


def switches(task: Path) -> int:
    """Return how often a thread has gone to sleep by itself."""
    status = (task / "status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("voluntary"))
    return int(line.split()[1])


def main(seconds: float, *, warm_up: float, with_threads: bool) -> None:
    """Measure on both databases, and print a table."""
    rows, threads = [], 1
    with serving({}) as pid:
        rows.append(measured("SQLite", pid, seconds, warm_up, with_threads=with_threads))
        threads = int(rows[0][-1])
    with server() as address, serving({"NEWSLETTER_DATABASE_URL": address}) as pid:
        rows.append(measured("PostgreSQL", pid, seconds, warm_up, with_threads=with_threads))
    with bare(threads - 1) as pid:
        rows.append(measured("bare Python", pid, min(seconds, 10.0), 1.0, with_threads=False))
    print_table(HEAD, rows)


def measured(
    what: str, pid: int, seconds: float, warm_up: float, *, with_threads: bool
) -> tuple[str, ...]:
    """Return the row of a process that rests."""
    time.sleep(warm_up)
    before = Reading.of(pid)
    time.sleep(seconds)
    after = Reading.of(pid)
    span = after.at - before.at
    woken = {task: count - before.wake_ups.get(task, 0) for task, count in after.wake_ups.items()}
    if with_threads:
        for task, count in Counter(woken).most_common(12):
            print(f"{what}: {name_of(pid, task)} {count / span:.2f} wake-ups/s")
    core = 100 * (after.processor - before.processor) / span
    wake_ups, resident = sum(woken.values()) / span, memory(pid, "status", "VmRSS")
    place = Place(f"{what} at rest")
    place.tell("core", core, "%")
    place.tell("wake-ups", wake_ups, "wake-ups/s")
    place.tell("memory", resident, "MB")
    return (
        what,
        f"{core:.2f} %",
        f"{wake_ups:.1f}",
        f"{resident:.0f} MB",
        f"{memory(pid, 'smaps_rollup', 'Pss'):.0f} MB",
        str(len(after.wake_ups)),
    )


def name_of(pid: int, task: str) -> str:
    """Return the name of a thread: of Linux, which Python sets from 3.14 on, and its number."""
    return f"{Path(f'/proc/{pid}/task/{task}/comm').read_text('utf-8').strip()} {task}"


def memory(pid: int, file: str, what: str) -> float:
    """Return a figure of a process's memory, in MB."""
    lines = Path(f"/proc/{pid}/{file}").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith(f"{what}:")).split()[1]) / 1024


@contextlib.contextmanager
def serving(environment: dict[str, str]) -> Iterator[int]:
    """Run a service in a new workspace, such as `newsletter init` makes; yield its number."""
    with tempfile.TemporaryDirectory(prefix="fortnight-benchmark-") as folder:
        surroundings = {
            **os.environ,
            **environment,
            "NEWSLETTER_CONFIG": str(Path(folder) / "work" / "config.toml"),
            "NEWSLETTER_WEB_PORT": "0",
        }
        newsletter = [sys.executable, "-m", "newsletter"]
        init = [*newsletter, "init", str(Path(folder) / "work"), "--name", "Tideline", "--yes"]
        subprocess.run(init, env=surroundings, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        running = subprocess.Popen(
            [*newsletter, "serve"], env=surroundings, cwd=ROOT, stdout=subprocess.PIPE
        )
        assert running.stdout
        try:
            address = running.stdout.readline().decode().split()[2]
            # A first page loads what the web needs.
            with urllib.request.urlopen(f"{address}/", timeout=30):
                yield running.pid
        finally:
            processes.stop_process(running)


@contextlib.contextmanager
def bare(threads: int) -> Iterator[int]:
    """Run a Python process with threads that sleep; yield its number."""
    running = subprocess.Popen([sys.executable, "-c", BARE, str(threads)])
    try:
        yield running.pid
    finally:
        running.kill()
        running.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", nargs="?", type=float, default=SECONDS)
    parser.add_argument("--warm-up", type=float, default=WARM_UP_SECONDS)
    parser.add_argument("--threads", action="store_true", help="name who wakes")
    given = parser.parse_args()
    main(given.seconds, warm_up=given.warm_up, with_threads=given.threads)
