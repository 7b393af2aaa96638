"""People in figures: import, finding, segments, and planning for a segment."""

from __future__ import annotations

import contextlib
import datetime as dt
import resource
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Place
from benchmarks.tables import median_seconds
from benchmarks.write_lock import watched

Row = tuple[str, str, str, str]
FIRST = "Ann Bob Cécile Dee Eve Fay Gus Hana Ida Jun Kai Lea Max Noor Ora Pia Søren Tom Uma Vic"
LAST = "Ember Fischer Gomez Harris Ito Jones Kowalski López Müller Novak Olsen Park Quinn Rossi"
#: A baseline is slow; its rate does not depend on how many there are.
BASELINE_PEOPLE = 300
#: Two thirds of the table are in it.
SEGMENT = "attribute.plan is gold and joined within 90 days"


def people_rows(folder: Path, people: int) -> Iterator[Row]:
    """Import people, then look for them, before and after the database has looked at its tables."""
    from benchmarks.finding import analyse
    from subscribers.models import List
    from subscribers.segments.saved import create_segment

    into, database = List.objects.get(), database_name()
    table = write_table(folder / "people.csv", people)
    yield from import_rows(table, into, Place(database, people))
    segment = create_segment("Gold", SEGMENT)
    for state in ("not analysed", "analysed"):
        if state == "analysed":
            analyse()
        place = Place(f"{database}, {state}", people)
        yield from find_rows(place)
        yield from segment_rows(segment, place)


def database_name() -> str:
    """Return what the database of this process is called."""
    from django.db import connection

    return "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"


def write_table(path: Path, people: int) -> Path:
    """Write a table of people as other systems export it."""
    first, last = FIRST.split(), LAST.split()
    with path.open("w", encoding="utf-8") as file:
        file.write("email,first name,last name,city,plan\n")
        for number in range(people):
            plan = "gold" if number % 3 else "free"
            name = f"{first[number % 20]},{last[number // 20 % 14]}"
            address = f"reader{number}@town{number % 997}.example"
            file.write(f"{address},{name},City {number % 300},{plan}\n")
    return path


def import_rows(table: Path, into: Any, place: Place) -> Iterator[Row]:
    """Measure the dry run and the applying of a table, as the desk has them done."""
    from benchmarks.bare import copy_seconds
    from subscribers.importing import runs, worker

    people = place.people

    with table.open("rb") as file:
        run = runs.begin_run(into, table.name, iter(lambda: file.read(1 << 20), b""))
    with watching_lock() as waits:
        checking = measure(worker.work_once)
        run.refresh_from_db()
        runs.ask_to_apply(run, runs.Reason(basis="consent"))
        applying = measure(worker.work_once)
    run.refresh_from_db()
    if run.result.get("added") != people:
        raise RuntimeError(f"{run.state}: {run.problem}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds, processor = (sum(each) for each in zip(checking, applying, strict=True))
    yield (
        f"dry run of {people:,} rows and applying them",
        f"{people / seconds:,.0f} rows/s ({seconds:.1f} s, of that {processor:.1f} s of a core)",
        "≥ 30,000 rows/s",
        f"an ORM's get_or_create for each: {orm_rate(into):,.0f} rows/s",
    )
    yield ("memory of the process in the end", f"{memory:,.0f} MB", "≤ 200 MB", "")
    copying = [copy_seconds(f"subscribers_{name}") for name in ("subscriber", "subscription")]
    place.tell("import", people / seconds, "rows/s", people / sum(copying))
    place.tell("import: memory", memory, "MB")
    for wait in waits:
        place.tell("import: longest wait of another writer", wait, "ms")
        yield ("longest wait of another writer", f"{wait:,.0f} ms", "", "")


@contextlib.contextmanager
def watching_lock() -> Iterator[list[float]]:
    """Yield what will be the longest wait for the write lock; PostgreSQL has no such lock."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with watched(Path(connection.settings_dict["NAME"])) as waits:
            yield waits
    else:
        yield []


def measure(work: Callable[[], object]) -> tuple[float, float]:
    """Return how many seconds a work takes, and of these the processor's."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - used


def orm_rate(into: Any) -> float:
    """Return rows per second of the plain way: a row, a subscription, one after the other."""
    from subscribers.models import Subscriber, Subscription

    started = time.perf_counter()
    for number in range(BASELINE_PEOPLE):
        email = f"baseline{number}@town.example"
        person, _made = Subscriber.objects.get_or_create(key=email, defaults={"email": email})
        Subscription.objects.get_or_create(subscriber=person, list=into)
    return BASELINE_PEOPLE / (time.perf_counter() - started)


def find_rows(place: Place) -> Iterator[Row]:
    """Measure finding by a part of an address that one has, and by one that thousands have."""
    from django.db import connection

    from subscribers.finding.filters import PeopleFilter
    from subscribers.finding.pages import Search

    def look(asked: PeopleFilter) -> None:
        search = Search(asked)
        search.page()
        search.count()

    def scan(text: str) -> None:
        with connection.cursor() as cursor:
            statement = "SELECT COUNT(*) FROM subscribers_subscriber WHERE email LIKE %s"
            cursor.execute(statement, [f"%{text}%"])
            cursor.fetchall()

    people = place.people
    for what, text in (("one", f"ader{people // 2}@"), ("a thousandth", "@town500.")):
        page = median_seconds(partial(look, PeopleFilter(text=text)), 5)
        plain = median_seconds(partial(scan, text), 3)
        yield (
            f"find {what} of {people:,} by a part of the address",
            f"{page * 1000:,.0f} ms",
            "≤ 300 ms",
            f"LIKE over all: {plain * 1000:,.0f} ms",
        )
        place.tell(f"find {what} by a part of the address", page * 1000, "ms", plain * 1000)


def segment_rows(segment: Any, place: Place) -> Iterator[Row]:
    """Measure the count beside the builder, and planning an issue for a segment."""
    from benchmarks.bare import copy_seconds
    from newsletter.sending.models import Delivery
    from subscribers.segments.counting import count_exactly, count_people
    from subscribers.segments.parsing import parse_filter

    people, expression = place.people, parse_filter(SEGMENT)
    live = median_seconds(lambda: count_people(expression), 5)
    exact = median_seconds(lambda: count_exactly(expression), 1)
    yield (
        f"count a segment of {people:,}",
        f"{live * 1000:,.0f} ms",
        "≤ 300 ms",
        f"everybody looked at: {exact * 1000:,.0f} ms",
    )
    place.tell("count a segment", live * 1000, "ms", exact * 1000)
    whole = plan(segment)
    send = Delivery.objects.order_by("-pk").values_list("send_id", flat=True)[0]
    bare = copy_seconds("sending_delivery", "WHERE send_id = %s", [send])
    yield (
        f"plan an issue for two thirds of {people:,}",
        f"{whole[0]:.1f} s, of that {whole[1]:.1f} s of a core here",
        "≤ 10 s",
        f"the same deliveries by one INSERT … SELECT: {bare:.1f} s",
    )
    place.tell("plan for a segment of two thirds", whole[0], "s", bare)


def plan(segment: Any) -> tuple[float, float]:
    """Return how many seconds the counting of an audience takes, and of these the processor's."""
    from django.utils import timezone

    from newsletter.demo import story
    from newsletter.publishing.models import Issue, Publication
    from newsletter.sending.operations.control import cancel
    from newsletter.sending.planning import audience, starting
    from newsletter.sending.planning.queue import queue

    issue = Issue.objects.first() or story.import_sample(Publication.objects.get())
    now = timezone.now()
    send = queue(issue, at=now, batch_size=1000, segment=segment)

    def count() -> None:
        starting.begin_planning(send.pk, now, late=dt.timedelta(hours=1))
        audience.plan_audience(send.pk)

    seconds = measure(count)
    cancel(send)
    return seconds
