"""Create a publication for a test: the first time for real, then by restoring what came of it.

To create one takes two hundred questions to the database, and nearly every test wants one.  The
first of a process is created as the product does it; what that changed in the database is kept,
and written again wherever a test begins with the same rows.  The index for searching is left out:
no test looks for a publication in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

from django.db import connection
from wagtail.models import Site

from newsletter.publishing import bootstrap
from newsletter.publishing.bootstrap import Details
from newsletter.publishing.models import Publication
from tests.db_restore import Rows, Tables, put_back, read_tables


@dataclass(frozen=True)
class Founded:
    """A publication, and what the tables that changed with it held before, and held then."""

    number: int
    before: Tables
    after: Tables


#: By name and details.
_KNOWN: dict[str, Founded] = {}


def create_publication(name: str, **details: Unpack[Details]) -> Publication:
    """Return what `bootstrap.create_publication` does, in a zone with summer time."""
    details.setdefault("time_zone", "America/New_York")
    key = repr((name, sorted(details.items())))
    if key not in _KNOWN:
        before = read_tables(connection)
        publication = bootstrap.create_publication(name, **details)
        after = read_tables(connection)
        changed = [table for table in differing(before, after) if "wagtailsearch" not in table]
        _KNOWN[key] = Founded(
            number=publication.pk,
            before={table: before[table] for table in changed},
            after={table: after[table] for table in changed},
        )
        return publication
    known = _KNOWN[key]
    if differing(known.before, read_tables(connection, known.before)):
        return bootstrap.create_publication(name, **details)
    put_back(connection, known.after)
    Site.clear_site_root_paths_cache()
    return Publication.objects.get(pk=known.number)


def differing(some: Tables, others: Tables) -> list[str]:
    """Return the tables that do not hold the same rows in both, in whatever order."""
    return [table for table, rows in some.items() if in_order(rows) != in_order(others[table])]


def in_order(rows: Rows) -> list[str]:
    """Return rows as they can be compared."""
    return sorted(map(repr, rows))
