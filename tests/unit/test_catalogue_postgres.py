"""Rows that were copied into PostgreSQL with the triggers switched off are checked before use."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from newsletter.postgresql import catalogue

pytestmark = pytest.mark.django_db

#: An id that no row has.
NOWHERE = 987_654_321
#: A row of each table whose keys triggers keep, as it was copied.
COPIED = {
    "subscribers_subscription": (
        "INSERT INTO subscribers_subscription"
        " (subscriber_id, list_id, state, source, created_at, changed_at)"
        f" VALUES ({NOWHERE}, {NOWHERE}, 'active', '', now(), now())"
    ),
    "subscribers_importchange": (
        "INSERT INTO subscribers_importchange (run_id, subscriber_id, made, joined)"
        f" VALUES ({NOWHERE}, {NOWHERE}, false, false)"
    ),
}


@pytest.mark.parametrize("table", sorted(COPIED))
def test_a_copied_row_without_a_parent_is_found(table: str) -> None:
    """What no trigger saw has the whole copy refused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        [schema] = cursor.fetchone()
        catalogue.switch_triggers(cursor, schema, table, on=False)
        cursor.execute(COPIED[table])
        catalogue.switch_triggers(cursor, schema, table, on=True)

        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            catalogue.check_trigger_keys(connection.connection, schema)


def test_every_key_that_triggers_keep_is_checked() -> None:
    """Each pair of triggers of a key, by their names, has its place among the keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgname LIKE '%\\_id\\_moved'"
        )
        found = {(table, name[len(table) + 1 : -len("_moved")]) for table, name in cursor}

    assert found == {(table, column) for table, column, _parents in catalogue.TRIGGER_KEYS}
