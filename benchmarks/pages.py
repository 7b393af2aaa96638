"""Pages in figures: `python -m benchmarks.pages [PEOPLE] [ISSUES] [--only DATABASE] [--part PART]`.

For each database a site with many people and issues, in a process of its own.  Two tables: each
page asked for by itself, as it is made, without what is kept of whole answers; and pages from one
`newsletter serve` under eight connections, beside the same bytes prebuilt from the same server.
The processor's time per request says what other programs on the machine do not change.
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
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.desk import HEAD, Row, measure
from benchmarks.tables import print_table

if TYPE_CHECKING:
    from django.test import Client

PEOPLE, ISSUES = 1_000_000, 500
DATABASES = ("sqlite", "postgresql")
PARTS = ("pages", "load")
RUNS = 9
CONNECTIONS, SECONDS = 8, 3.0
#: Forms that are sent in one measurement.
FORMS = 1500
#: Pages without a reader's data, by what they are called.
PUBLIC = {
    "front page": "/",
    "issue": "/vol-9-{issues}/",
    "a volume of the archive": "/?volume=9",
    "search": "/?q=harbour",
    "RSS feed": "/feed.xml",
    "Atom feed": "/atom.xml",
    "JSON feed": "/feed.json",
    "sitemap": "/sitemap.xml",
    "imprint": "/imprint/",
    "sign-up": "/subscribe/large/",
    "an address of nothing": "/nowhere/",
}
#: Those that are measured under load.
LOADED = ("front page", "issue", "RSS feed", "Atom feed", "sitemap", "imprint")
LOAD_HEAD = ("8 connections", "requests/s", "ms of processor", "prebuilt/s", "ms", "goal/s")


def main(people: int, issues: int, databases: tuple[str, ...], parts: tuple[str, ...]) -> None:
    """Measure on each database, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.pages", str(people), str(issues)]
    chosen = [option for part in parts for option in ("--part", part)]
    for name in databases:
        with server(name) as address:
            subprocess.run([*command, *chosen, "--database", address], check=True)


@contextlib.contextmanager
def server(name: str) -> Iterator[str]:
    """Yield the address of a database; empty for the SQLite file of a workspace."""
    if name == "sqlite":
        yield ""
        return
    from benchmarks.sending import server as stock

    with stock() as address:
        yield address


def measure_site(people: int, issues: int, parts: tuple[str, ...], database: str) -> None:
    """Fill one database and print its tables."""
    from benchmarks.site import make_site

    with tempfile.TemporaryDirectory(prefix="fortnight-benchmark-") as folder:
        make_site(Path(folder), database, people=people, issues=issues)
        called = f"{'PostgreSQL' if database else 'SQLite'}, {people:,} people, {issues} issues"
        if "pages" in parts:
            print_table((called, *HEAD[1:]), [*public_rows(issues), *desk_rows()])
            print(flush=True)
        if "load" in parts:
            print_table((f"{called}, {LOAD_HEAD[0]}", *LOAD_HEAD[1:]), [*load_rows(issues)])
            print(flush=True)


def public_rows(issues: int) -> Iterator[Row]:
    """Measure each public page as it is made."""
    from django.test import Client

    from benchmarks.site import some_links

    client = Client(HTTP_HOST="127.0.0.1")
    for name, path in PUBLIC.items():
        status = 404 if "nothing" in name else 200
        yield measure(name, RUNS, partial(client.get, path.format(issues=issues)), "15", status)
    yield measure("preferences", RUNS, partial(client.get, some_links("p", 1)[0]), "15")
    one_click = iter(some_links("u", RUNS + 2))
    form = {"List-Unsubscribe": "One-Click"}
    yield measure("one-click", RUNS, lambda: client.post(next(one_click), form), "15")


def desk_rows() -> Iterator[Row]:
    """Measure pages of the desk."""
    from benchmarks.desk import log_in

    for name, ask in desk_pages(log_in()):
        yield measure(name, RUNS, ask, "100")


def desk_pages(client: Client) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield pages of the desk whose work might grow with people or issues."""
    from django.urls import reverse

    from newsletter.publishing.models import Issue
    from newsletter.sending.models import Send
    from subscribers.models import Subscriber

    send = Send.objects.get()
    draft = Issue.objects.filter(live=False).order_by("-pk")[0]
    person = Subscriber.objects.order_by("-pk")[0]
    pages = {
        "home": reverse("wagtailadmin_home"),
        "issues": reverse("wagtailadmin_explore", args=[draft.publication.archive.pk]),
        "calendar": reverse("desk_schedule"),
        "check": reverse("desk_check", args=[draft.pk]),
        "findings": reverse("desk_findings", args=[draft.pk]),
        "queue": reverse("desk_queue", args=[draft.pk]),
        "people": reverse("desk_people"),
        "people: search": f"{reverse('desk_people')}?q=77123@",
        "a person": reverse("desk_person", args=[person.pk]),
        "a send": reverse("desk_send", args=[send.pk]),
        "people of a send": reverse("desk_send_people", args=[send.pk]),
    }
    for name, path in pages.items():
        yield name, partial(client.get, path)


def load_rows(issues: int) -> Iterator[tuple[str, ...]]:
    """Measure pages of one `newsletter serve` under load."""
    from benchmarks.site import some_links

    with serve() as (process, port):
        for name in LOADED:
            path = PUBLIC[name].format(issues=issues)
            yield load_row(name, process, port, [f"GET {path}"], "1,000")
        preferences = some_links("p", 200)
        yield load_row("preferences", process, port, [f"GET {each}" for each in preferences], "300")
        forms = [f"POST {each} List-Unsubscribe=One-Click" for each in some_links("u", FORMS)]
        yield load_row("one-click", process, port, forms, "300")


def load_row(
    name: str, process: subprocess.Popen[bytes], port: int, requests: list[str], goal: str
) -> tuple[str, ...]:
    """Measure some requests, and the same bytes prebuilt."""
    bytes_of_page = urllib.request.urlopen(
        f"http://127.0.0.1:{port}{requests[0].split()[1]}"
    ).read()
    rate, cost = put_under_load(process, port, requests)
    with prebuilt(bytes_of_page) as (plain, its_port):
        limit, its_cost = put_under_load(plain, its_port, requests)
    return (name, f"{rate:,.0f}", f"{cost:.2f}", f"{limit:,.0f}", f"{its_cost:.2f}", goal)


def put_under_load(
    process: subprocess.Popen[bytes], port: int, requests: list[str]
) -> tuple[float, float]:
    """Return answers a second, and the server's milliseconds of processor for each."""
    command = [sys.executable, "-m", "benchmarks.load", str(port), str(CONNECTIONS), str(SECONDS)]
    before = processor_seconds(process)
    done = subprocess.run(
        command, input="\n".join(requests), stdout=subprocess.PIPE, text=True, check=True
    )
    used = processor_seconds(process) - before
    answered, seconds, bad = done.stdout.split()
    if int(bad):
        raise SystemExit(f"{bad} of {answered} were not answered with 200: {requests[0]}")
    return int(answered) / float(seconds), used * 1000 / int(answered)


def processor_seconds(process: subprocess.Popen[bytes]) -> float:
    """Return how many seconds of a processor a process has used (proc(5), stat, 14 and 15)."""
    stat = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def serve() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run `newsletter serve`; yield it and its port."""
    from newsletter.runtime.listening import find_free_port

    port = find_free_port(0)
    environment = {**os.environ, "NEWSLETTER_WEB_PORT": str(port)}
    command = [sys.executable, "-m", "newsletter", "serve"]
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    with ending(running):
        yield running, wait_for(running, port, "/health/live")


@contextlib.contextmanager
def prebuilt(body: bytes) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run the same server with one answer; yield it and its port."""
    from newsletter.runtime.listening import find_free_port

    port = find_free_port(0)
    command = [sys.executable, "-m", "benchmarks.prebuilt", str(port)]
    running = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert running.stdin
    running.stdin.write(body)
    running.stdin.close()
    with ending(running):
        yield running, wait_for(running, port, "/")


@contextlib.contextmanager
def ending(running: subprocess.Popen[bytes]) -> Iterator[None]:
    """Stop a program in the end."""
    from newsletter.demo.processes import stop_process

    try:
        yield
    finally:
        stop_process(running)


def wait_for(running: subprocess.Popen[bytes], port: int, path: str) -> int:
    """Return the port once a program answers there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}{path}"):
            return port
        time.sleep(0.1)
    raise SystemExit(f"{running.args!r} does not answer")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("people", nargs="?", type=int, default=PEOPLE)
    parser.add_argument("issues", nargs="?", type=int, default=ISSUES)
    parser.add_argument("--only", choices=DATABASES)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--database")
    given = parser.parse_args()
    chosen = tuple(given.part or PARTS)
    if given.database is None:
        main(given.people, given.issues, (given.only,) if given.only else DATABASES, chosen)
    else:
        measure_site(given.people, given.issues, chosen, given.database)
