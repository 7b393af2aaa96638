"""Create what nearly every test wants: once for real, then by writing again what came of it.

A publication takes two hundred questions to the database, an issue a hundred.  The first of a
process is created as the product does it; what that changed in the database is kept, and written
again wherever a test begins with the same rows.  The index for searching is left out: no test
looks there for what is created here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, Unpack

from django.db import connection
from django.utils import timezone
from wagtail.models import Site

from newsletter.publishing import bootstrap
from newsletter.publishing.bootstrap import Details
from newsletter.publishing.models import Issue, Publication
from tests.db_restore import Rows, Tables, put_back, read_tables

Page = TypeVar("Page", Publication, Issue)


@dataclass(frozen=True)
class Creation:
    """What was created, and what the tables that changed with it held before, and held then."""

    number: int
    before: Tables
    after: Tables
    began: dt.datetime
    ended: dt.datetime

    def may_be_written(self) -> bool:
        """Say whether these tables hold now what they held before."""
        # One after the other: the first that differs is enough.
        return all(
            same(rows, read_tables(connection, [table])[table])
            for table, rows in self.before.items()
        )

    def after_now(self) -> Tables:
        """Return what the tables hold when it is created now."""
        now = timezone.now()
        return {
            table: [tuple(self._renewed(value, now) for value in row) for row in rows]
            for table, rows in self.after.items()
        }

    def _renewed(self, value: Any, now: dt.datetime) -> Any:
        """Return a value; the time of creation becomes now, as it is stored."""
        if not isinstance(value, dt.datetime):
            return value
        stored_in = value.tzinfo or dt.UTC
        if not self.began <= value.replace(tzinfo=stored_in) <= self.ended:
            return value
        return now.astimezone(stored_in).replace(tzinfo=value.tzinfo)


#: By whatever decides about what comes of it, but for the rows that are there.
_KNOWN: dict[Hashable, Creation] = {}


def create_publication(name: str, **details: Unpack[Details]) -> Publication:
    """Return what `bootstrap.create_publication` does, in a zone with summer time."""
    details.setdefault("time_zone", "America/New_York")
    key = ("publication", name, repr(sorted(details.items())))
    known = _KNOWN.get(key)
    if known is None:
        return create_for_good(key, lambda: bootstrap.create_publication(name, **details))
    if not known.may_be_written():
        return bootstrap.create_publication(name, **details)
    # With its times as they were, so that an issue finds the rows that it was created among.
    put_back(connection, known.after)
    Site.clear_site_root_paths_cache()
    return Publication.objects.get(pk=known.number)


def create_issue(publication: Publication, key: Hashable, store: Callable[[], Issue]) -> Issue:
    """Return the issue that `store` makes; the key tells it from others of such a publication."""
    key = ("issue", publication.pk, key)
    known = _KNOWN.get(key)
    if known is None:
        number = create_for_good(key, store).pk
    elif known.may_be_written():
        put_back(connection, known.after_now())
        number = known.number
    else:
        number = store().pk
    # Read each time, so that no test depends on whether it is the first to create it.
    issue = Issue.objects.get(pk=number)
    issue.publication = publication
    return issue


def create_for_good(key: Hashable, store: Callable[[], Page]) -> Page:
    """Create a page, and keep what that changed."""
    before, began = read_tables(connection), timezone.now()
    page = store()
    ended, after = timezone.now(), read_tables(connection)
    changed = [table for table in differing(before, after) if "wagtailsearch" not in table]
    _KNOWN[key] = Creation(
        number=page.pk,
        before={table: before[table] for table in changed},
        after={table: after[table] for table in changed},
        began=began,
        ended=ended,
    )
    return page


def differing(some: Tables, others: Tables) -> list[str]:
    """Return the tables that do not hold the same rows in both, in whatever order."""
    return [table for table, rows in some.items() if not same(rows, others[table])]


def same(some: Rows, others: Rows) -> bool:
    """Say whether these are the same rows, in whatever order."""
    return some == others or in_order(some) == in_order(others)


def in_order(rows: Rows) -> list[str]:
    """Return rows as they can be compared."""
    return sorted(map(repr, rows))
