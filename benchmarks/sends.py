"""Whole sends from one workspace, in the process that `benchmarks.sending` starts for a case.

The workspace is new and freshly filled.  A first send goes out before the database has looked at
its tables, a second one afterwards, and a third by one worker, if asked for.
"""

from __future__ import annotations

import datetime as dt
import operator
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Place

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue
    from newsletter.sending.models import Send

#: Seconds between two times that the editor saves.
SAVES = 1.0
FRESH, ANALYSED = "not analysed", "analysed"
#: What each send of a case is: the state of the database, and how many workers submit it.
SENDS = {
    "all": ((FRESH, 2), (ANALYSED, 2), (ANALYSED, 1)),
    "two": ((FRESH, 2), (ANALYSED, 2)),
    "one": ((ANALYSED, 2),),
}


def measure(folder: Path, people: int, how: str, senders: int, database: str) -> None:
    """Send issues to N people, and print the cells of a row for each."""
    issues = prepared(folder, people, len(SENDS.get(how, "1")))
    if how == "serve":
        print_row(measure_service(issues[0], Place(database, people)))
        return
    rates: dict[int, float] = {}
    for issue, (state, workers) in zip(issues, SENDS[how], strict=True):
        if state == ANALYSED:
            from benchmarks.finding import analyse

            analyse()
        place = Place(f"{database}, {state}", people)
        send, planned = plan(issue)
        submitted, count, cells = deliver(send, workers, senders)
        rates[workers] = count / submitted
        worked = f"{workers} worker{'s' * (workers > 1)}"
        print_row((f"{place.where}, {people:,} people, {worked}", f"{planned:.1f} s", *cells))
        if how == "one":
            place.tell("submit at 100 ms latency", rates[2], "people/s")
        elif workers == 2:
            tell_send(place, send, planned, submitted, count)
        else:
            place.tell("2 workers, times 1 worker", rates[2] / rates[1], "×")


def tell_send(place: Place, send: Send, planned: float, submitted: float, count: int) -> None:
    """Tell what a send took."""
    from benchmarks.bare import copy_seconds

    bare = copy_seconds("sending_delivery", "WHERE send_id = %s", [send.pk])
    place.tell("plan", planned, "s", bare)
    place.tell("submit, 2 workers", count / submitted, "people/s")
    place.tell("plan and submit, 2 workers", planned + submitted, "s")


def print_row(cells: tuple[str, ...]) -> None:
    """Print what the process that started this one puts into its table."""
    print("row", *cells, sep="|", flush=True)


def prepared(folder: Path, people: int, sends: int) -> list[Issue]:
    """Lay out a workspace with issues and a list; return the issues."""
    from newsletter.conf.workspace import lay_out

    lay_out(folder / "work", site_name="Benchmark")
    from newsletter.runtime.startup import create_database

    create_database(name="Tideline Digest", postal_address="7 Quay Street")
    from benchmarks.finding import fill
    from benchmarks.site import publish_issues
    from newsletter.demo import story
    from newsletter.publishing.models import Issue, Publication
    from subscribers.models import List

    publication = Publication.objects.get()
    story.complete_publication(publication)
    publish_issues(publication, sends)
    fill(people)
    publication.lists.set([List.objects.get(slug="large")])
    return list(Issue.objects.filter(live=True).order_by("pk"))


def plan(issue: Issue) -> tuple[Send, float]:
    """Queue an issue and count its audience; return the send and the seconds of the count."""
    from django.utils import timezone

    from newsletter.sending.planning import audience, starting
    from newsletter.sending.planning.queue import queue

    now = timezone.now()
    send: Send = queue(issue, at=now, batch_size=1000)
    began = time.perf_counter()
    starting.begin_planning(send.pk, now, late=dt.timedelta(hours=1))
    audience.plan_audience(send.pk)
    return send, time.perf_counter() - began


def deliver(send: Send, workers: int, senders: int) -> tuple[float, int, tuple[str, ...]]:
    """Have workers submit a send; return seconds, people, and the cells of a row."""
    started = [start_worker(senders) for _ in range(workers)]
    try:
        idle = [memory(worker, "VmRSS") for worker in started]
        waits = list(saving_meanwhile(send))
        most = [memory(worker, "VmHWM") for worker in started]
    finally:
        for worker in started:
            worker.send_signal(signal.SIGTERM)
        for worker in started:
            worker.wait()
    seconds, count = taken(send)
    cells = (
        f"{seconds:.1f} s",
        f"{count / seconds:,.0f}",
        f"+{max(map(operator.sub, most, idle)):.0f} MB",
        f"{statistics.quantiles(waits, n=20)[-1] * 1000:.0f} ms" if len(waits) > 1 else "-",
    )
    return seconds, count, cells


def start_worker(senders: int) -> subprocess.Popen[str]:
    """Start a worker, and return once it says that it sends."""
    command = [sys.executable, "-m", "newsletter", "worker", "--concurrency", str(senders)]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert worker.stdout
    worker.stdout.readline()
    return worker


def saving_meanwhile(send: Send) -> Iterator[float]:
    """Save a draft every second while the workers send; yield how long each took."""
    from newsletter.sending.delivery import recovery
    from newsletter.sending.ledger import job_queue

    draft = send.issue
    send.refresh_from_db()
    while send.state == send.State.SENDING:
        began = time.perf_counter()
        draft.save_revision()
        yield time.perf_counter() - began
        job_queue.requeue_missing()
        recovery.close_finished_sends()
        send.refresh_from_db()
        time.sleep(SAVES)


def measure_service(issue: Issue, place: Place) -> tuple[str, ...]:
    """Queue an issue beside a `newsletter serve` that rests; return the cells of a row."""
    from django.utils import timezone

    from newsletter.demo.processes import stop_process
    from newsletter.sending.planning.queue import queue

    environment = {**os.environ, "NEWSLETTER_WEB_PORT": "0"}
    command = [sys.executable, "-m", "newsletter", "serve"]
    service = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    assert service.stdout
    try:
        service.stdout.readline()
        asked = timezone.now()
        send: Send = queue(issue, at=asked, batch_size=1000)
        while send.state in (send.State.QUEUED, send.State.PLANNING, send.State.SENDING):
            time.sleep(0.2)
            send.refresh_from_db()
    finally:
        stop_process(service)
    seconds, count = taken(send, asked)
    place.tell("queued to sent by `serve`", seconds, "s")
    what = f"{place.where}, {place.people:,} people, by serve, planned and submitted"
    return (what, "", f"{seconds:.1f} s", f"{count / seconds:,.0f}", "", "")


def taken(send: Send, since: dt.datetime | None = None) -> tuple[float, int]:
    """Return the seconds from the first claim to the last answer, and how many were accepted."""
    from django.db.models import Max, Min

    from newsletter.sending.models import Attempt
    from newsletter.sending.reporting.totals import count_send

    counted = count_send(send)
    counted.check()
    assert send.state == send.State.SENT, f"the send is {send.state}: {send.note}"
    attempts = Attempt.objects.filter(batch__send=send)
    found = attempts.aggregate(first=Min("created_at"), last=Max("answered_at"))
    seconds: float = (found["last"] - (since or found["first"])).total_seconds()
    return seconds, counted.deliveries["accepted"]


def memory(process: subprocess.Popen[str], what: str) -> float:
    """Return a figure of a process's memory, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    measure(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5])
