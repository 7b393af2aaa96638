"""Pages in figures: `python -m benchmarks.pages [PEOPLE …] [--only DATABASE] [--part PART]`.

For each database a site with many issues and more and more people, in a process of its own.  Each
page is asked for by itself, as it is made, without what is kept of whole answers: before the
database has looked at its tables, and afterwards.  With the most people, pages also come from one
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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.desk import HEAD, Row, measure
from benchmarks.figures import Place
from benchmarks.tables import print_table

if TYPE_CHECKING:
    from django.test import Client

PEOPLE, ISSUES = (1_000_000,), 500
DATABASES = ("sqlite", "postgresql")
PARTS = ("pages", "load")
CONNECTIONS = 8
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
#: Those that are told, by themselves and under load.
TOLD = ("front page", "issue", "RSS feed", "preferences", "one-click")
#: How often a page is asked for, how many seconds under load, and which are.
RUNS, SECONDS = 5, 3.0
QUICK_RUNS, QUICK_SECONDS = 3, 1.0
LOAD_HEAD = ("8 connections", "requests/s", "ms of processor", "prebuilt/s", "ms", "goal/s")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is measured: with how many people and issues, which parts, and how thoroughly."""

    sizes: Sequence[int]
    issues: int
    parts: Sequence[str]
    quick: bool

    @property
    def runs(self) -> int:
        """How often a page is asked for by itself."""
        return QUICK_RUNS if self.quick else RUNS

    @property
    def seconds(self) -> float:
        """How long a page is under load."""
        return QUICK_SECONDS if self.quick else SECONDS

    @property
    def loaded(self) -> list[str]:
        """Which public pages are put under load."""
        return [name for name in LOADED if name in TOLD or not self.quick]


def main(arguments: Sequence[str], databases: Sequence[str]) -> None:
    """Measure on each database, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.pages", *arguments]
    for name in databases:
        with server(name) as address:
            subprocess.run([*command, "--database", address], check=True)


@contextlib.contextmanager
def server(name: str) -> Iterator[str]:
    """Yield the address of a database; empty for the SQLite file of a workspace."""
    if name == "sqlite":
        yield ""
        return
    from benchmarks.sending import server as stock

    with stock() as address:
        yield address


def measure_site(wanted: Wanted, database: str) -> None:
    """Fill one database more and more, and print its tables."""
    from benchmarks.finding import analyse
    from benchmarks.site import grow, make_site

    called = f"{'PostgreSQL' if database else 'SQLite'}, {wanted.issues} issues"
    with tempfile.TemporaryDirectory(prefix="fortnight-benchmark-") as folder:
        make_site(Path(folder), database, issues=wanted.issues)
        for people in wanted.sizes:
            grow(people)
            if "pages" in wanted.parts:
                print_pages(Place(f"{called}, not analysed", people), wanted)
            analyse()
            if "pages" in wanted.parts:
                print_pages(Place(f"{called}, analysed", people), wanted)
        if "load" in wanted.parts:
            rows = [*load_rows(Place(called, people), wanted)]
            print_table((f"{called}, {people:,} people, {LOAD_HEAD[0]}", *LOAD_HEAD[1:]), rows)
            print(flush=True)


def print_pages(place: Place, wanted: Wanted) -> None:
    """Measure pages by themselves, and print a table."""
    public, desk = [*public_rows(wanted)], [*desk_rows(wanted.runs)]
    for name, took, *_ in public:
        if name in TOLD:
            place.tell(name, float(took), "ms")
    place.tell("slowest page of the desk", max(float(row[1]) for row in desk), "ms")
    print_table((f"{place.where}, {place.people:,} people", *HEAD[1:]), [*public, *desk])
    print(flush=True)


def public_rows(wanted: Wanted) -> Iterator[Row]:
    """Measure each public page as it is made."""
    from django.test import Client

    from benchmarks.site import some_links

    client, runs = Client(HTTP_HOST="127.0.0.1"), wanted.runs
    for name, path in PUBLIC.items():
        status = 404 if "nothing" in name else 200
        ask = partial(client.get, path.format(issues=wanted.issues))
        yield measure(name, runs, ask, "15", status)
    yield measure("preferences", runs, partial(client.get, some_links("p", 1)[0]), "15")
    one_click = iter(some_links("u", runs + 2))
    form = {"List-Unsubscribe": "One-Click"}
    yield measure("one-click", runs, lambda: client.post(next(one_click), form), "15")


def desk_rows(runs: int) -> Iterator[Row]:
    """Measure pages of the desk."""
    from benchmarks.desk import log_in

    for name, ask in desk_pages(log_in()):
        yield measure(name, runs, ask, "100")


def desk_pages(client: Client) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield pages of the desk whose work might grow with people or issues."""
    from django.urls import reverse

    from newsletter.publishing.models import Issue
    from newsletter.sending.models import Send
    from subscribers.models import Subscriber

    send = Send.objects.order_by("-pk")[0]
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


def load_rows(place: Place, wanted: Wanted) -> Iterator[tuple[str, ...]]:
    """Measure pages of one `newsletter serve` under load."""
    from benchmarks.site import some_links

    with serve() as (process, port):
        load = Load(place, process, port, wanted.seconds)
        for name in wanted.loaded:
            yield load.row(name, [f"GET {PUBLIC[name].format(issues=wanted.issues)}"], "1,000")
        preferences = some_links("p", 200)
        yield load.row("preferences", [f"GET {each}" for each in preferences], "300")
        forms = [f"POST {each} List-Unsubscribe=One-Click" for each in some_links("u", FORMS)]
        yield load.row("one-click", forms, "300")


@dataclass(frozen=True)
class Load:
    """A service that is put under load."""

    place: Place
    process: subprocess.Popen[bytes]
    port: int
    seconds: float

    def row(self, name: str, requests: list[str], goal: str) -> tuple[str, ...]:
        """Measure some requests, and the same bytes prebuilt."""
        address = f"http://127.0.0.1:{self.port}{requests[0].split()[1]}"
        bytes_of_page = urllib.request.urlopen(address).read()
        rate, cost = put_under_load(self.process, self.port, requests, self.seconds)
        with prebuilt(bytes_of_page) as (plain, its_port):
            limit, its_cost = put_under_load(plain, its_port, requests, self.seconds)
        if name in TOLD:
            self.place.tell(f"8 connections: {name}", rate, "requests/s", limit)
            self.place.tell(f"8 connections: {name}: core", cost, "ms", its_cost)
        return (name, f"{rate:,.0f}", f"{cost:.2f}", f"{limit:,.0f}", f"{its_cost:.2f}", goal)


def put_under_load(
    process: subprocess.Popen[bytes], port: int, requests: list[str], seconds: float
) -> tuple[float, float]:
    """Return answers a second, and the server's milliseconds of processor for each."""
    command = [sys.executable, "-m", "benchmarks.load", str(port), str(CONNECTIONS), str(seconds)]
    before = processor_seconds(process)
    done = subprocess.run(
        command, input="\n".join(requests), stdout=subprocess.PIPE, text=True, check=True
    )
    used = processor_seconds(process) - before
    answered, took, bad = done.stdout.split()
    if int(bad):
        raise SystemExit(f"{bad} of {answered} were not answered with 200: {requests[0]}")
    return int(answered) / float(took), used * 1000 / int(answered)


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
    parser.add_argument("people", nargs="*", type=int, default=PEOPLE)
    parser.add_argument("--issues", type=int, default=ISSUES)
    parser.add_argument("--only", choices=DATABASES)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--quick", action="store_true", help="fewer looks at fewer pages")
    parser.add_argument("--database")
    given = parser.parse_args()
    if given.database is None:
        main(sys.argv[1:], (given.only,) if given.only else DATABASES)
    else:
        sizes, parts = given.people or PEOPLE, given.part or PARTS
        measure_site(
            Wanted(sizes=sizes, issues=given.issues, parts=parts, quick=given.quick), given.database
        )
