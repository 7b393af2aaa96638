"""Have PostgreSQL count what its planner of statements believes of our large tables."""

from __future__ import annotations

from django.db import connection, models

#: Fewer rows make no difference that is worth the time.
WORTH_COUNTING = 5_000


def refresh_statistics(*tables: type[models.Model], rows: int) -> None:
    """Count tables that have just grown by `rows`, or may have; PostgreSQL's own turn comes late.

    Until autovacuum has been there (a minute and more), it takes a table of a million rows for an
    empty one, and reads all of it for each batch.  It reads a sample of 30,000 rows, so it takes
    some tenths of a second at any size.  SQLite needs none of it: our joins say their order.
    https://www.postgresql.org/docs/current/sql-analyze.html
    """
    if connection.vendor != "postgresql" or rows < WORTH_COUNTING:
        return
    names = ", ".join(connection.ops.quote_name(table._meta.db_table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")
