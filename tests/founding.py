"""Found a publication for a test: the first time for real, then by putting back what came of it.

To found one takes two hundred questions to the database, and nearly every test wants one.  The
first of a process is founded as the product does it; what that changed in the database is kept,
and written again wherever a test begins with the same rows.  The index for searching is left out:
no test looks for a publication in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack

from django.db import connection, transaction
from wagtail.models import Site

from newsletter.publishing import founding
from newsletter.publishing.founding import Details
from newsletter.publishing.models import Publication
from tests.putting_back import put_into, rows_by_table

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Change:
    """What a table held before, and holds afterwards."""

    table: str
    before: Rows
    after: Rows


@dataclass(frozen=True)
class Founded:
    """A publication, and all that changed with it."""

    number: int
    changes: list[Change]


#: By name and details.
_KNOWN: dict[str, Founded] = {}


def found(name: str, **details: Unpack[Details]) -> Publication:
    """Return what `newsletter.publishing.founding.found` does."""
    key = repr((name, sorted(details.items())))
    if key not in _KNOWN:
        before = rows_by_table(connection)
        publication = founding.found(name, **details)
        after = rows_by_table(connection)
        changed = [
            table
            for table in after
            if "wagtailsearch" not in table and differ(before[table], after[table])
        ]
        changes = [Change(table, before[table], after[table]) for table in changed]
        _KNOWN[key] = Founded(publication.pk, changes)
        return publication
    known = _KNOWN[key]
    if any(differ(rows_of(each.table), each.before) for each in known.changes):
        return founding.found(name, **details)
    with transaction.atomic(), connection.cursor() as cursor:
        for change in known.changes:
            put_into(cursor, change.table, change.after)
    Site.clear_site_root_paths_cache()
    return Publication.objects.get(pk=known.number)


def rows_of(table: str) -> Rows:
    """Return all rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return list(cursor.fetchall())


def differ(some: Rows, others: Rows) -> bool:
    """Say whether these are not the same rows, in whatever order."""
    return sorted(map(repr, some)) != sorted(map(repr, others))
