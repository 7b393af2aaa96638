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
    analyse()
    rows = [(what, f"{slowest(asked):.0f} ms", "≤ 300 ms") for what, asked in SOUGHT]
    print_table(("what", "measured", "goal"), rows)


#: Numbers from one to another, in both databases.
NUMBERS = """
WITH RECURSIVE numbers(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM numbers WHERE i < %s)
"""
INSERT_PEOPLE = """
INSERT INTO subscribers_subscriber (email, key, name, attributes, created_at)
{numbers} SELECT 'reader' || i || '@' || {domain}, 'reader' || i || '@' || {domain},
       {family} || ' ' || {given}, '{{"city": "Lowen", "plan": "free"}}', CURRENT_TIMESTAMP
  FROM numbers
"""
INSERT_SUBSCRIPTIONS = """
INSERT INTO subscribers_subscription
       (subscriber_id, list_id, state, source, created_at, changed_at)
SELECT id, CASE WHEN id % 2000 = 0 THEN %s ELSE %s END,
       CASE WHEN id % 50 = 0 THEN 'unsubscribed' ELSE 'active' END, 'import of readers.csv',
       CURRENT_TIMESTAMP, CURRENT_TIMESTAMP
  FROM subscribers_subscriber WHERE id > %s
"""


def fill(people: int) -> None:
    """Make N people with names and attributes, nearly all on one list and a few on another.

    Those who are there already count: afterwards there are N in all.
    """
    from django.db import connection
    from django.db.models import Max

    from subscribers.models import List, Subscriber

    large, _ = List.objects.get_or_create(name="Large", slug="large")
    small, _ = List.objects.get_or_create(name="Small", slug="small")
    there = Subscriber.objects.count()
    last = Subscriber.objects.aggregate(last=Max("pk"))["last"] or 0
    insert = INSERT_PEOPLE.format(
        numbers=NUMBERS, domain=one_of(DOMAINS), family=one_of(FAMILY), given=one_of(GIVEN)
    )
    with connection.cursor() as cursor:
        cursor.execute(insert.replace(" % ", " %% "), [there + 1, people])
        cursor.execute(INSERT_SUBSCRIPTIONS.replace(" % ", " %% "), [small.pk, large.pk, last])


def analyse() -> None:
    """Let the database know what is in its tables, as it would in a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def one_of(texts: tuple[str, ...]) -> str:
    """Return what takes one of some texts, by the number of a person."""
    cases = " ".join(f"WHEN {number} THEN '{text}'" for number, text in enumerate(texts))
    return f"(CASE i % {len(texts)} {cases} END)"


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
