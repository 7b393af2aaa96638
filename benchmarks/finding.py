"""Finding people in figures: `python -m benchmarks.finding [PEOPLE] [DATABASE_URL]`.

The slowest of several looks of each kind, page and count together, as the desk shows them.  The
database is that of a new workspace, or the empty one that is named.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.subscribers import set_up
from benchmarks.tables import print_table

PEOPLE = 1_000_000
LOOKS = 5
#: Names and domains of the people, each of its own frequency.
FAMILY, GIVEN = (
    ("Sato", "Smith", "田中", "García", "Müller", "鈴木", "Rossi"),
    ("Ada", "花子", "Max"),
)
DOMAINS = ("gmail.com", "example.org", "docomo.ne.jp", "web.de")
#: What is looked for: words for the table, and the filter.
SOUGHT = (
    ("a part of an address that few have", {"text": "77123@"}),
    ("a part of an address that many have", {"text": "reader7"}),
    ("a part of an address that nobody has", {"text": "zzz@"}),
    ("a part of a name or address that nobody has", {"text": "zebra"}),
    ("one letter of a Japanese name", {"text": "花"}),
    ("a Japanese name that nobody has", {"text": "渡邉"}),
    ("a small list", {"list": "small"}),
    ("a small list, and a part of an address", {"list": "small", "text": "reader1"}),
    ("unsubscribed from the large list", {"list": "large", "state": "unsubscribed"}),
    ("everybody", {}),
)


def main(people: int, database: str) -> None:
    """Measure, and print one table."""
    set_up(Path(tempfile.mkdtemp(prefix="fortnight-benchmark-")), database)
    fill(people)
    rows = [(what, f"{slowest(asked):.0f} ms", "≤ 300 ms") for what, asked in SOUGHT]
    print_table(("what", "measured", "goal"), rows)


def fill(people: int) -> None:
    """Make people with names and attributes, nearly all on one list and a few on another."""
    from django.db import connection
    from django.utils import timezone

    from subscribers.models import List, Subscriber, Subscription

    now = timezone.now()
    large = List.objects.create(name="Large", slug="large")
    small = List.objects.create(name="Small", slug="small")
    for start in range(1, people + 1, 5000):
        numbers = range(start, min(start + 5000, people + 1))
        Subscriber.objects.bulk_create(person(number) for number in numbers)
        made = Subscriber.objects.order_by("-pk").values_list("pk", flat=True)[: len(numbers)]
        Subscription.objects.bulk_create(
            Subscription(
                subscriber_id=pk,
                list=small if pk % 2000 == 0 else large,
                state="unsubscribed" if pk % 50 == 0 else "active",
                created_at=now,
                changed_at=now,
            )
            for pk in made
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def person(number: int) -> object:
    """Return one of the people."""
    from subscribers.models import Subscriber

    email = f"reader{number}@{DOMAINS[number % len(DOMAINS)]}"
    name = f"{FAMILY[number % len(FAMILY)]} {GIVEN[number % len(GIVEN)]}"
    attributes = {"city": "Lowen", "plan": "free", "number": str(number)}
    return Subscriber(email=email, key=email, name=name, attributes=attributes)


def slowest(asked: dict[str, str]) -> float:
    """Return the milliseconds of the slowest of some looks, the first left out."""
    from subscribers.finding.filters import read_filter
    from subscribers.finding.pages import Search

    taken = []
    for _ in range(LOOKS + 1):
        started = time.perf_counter()
        search = Search(read_filter(asked))
        search.page()
        search.count()
        taken.append((time.perf_counter() - started) * 1000)
    return max(taken[1:])


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else PEOPLE, given[1] if len(given) > 1 else "")
