"""What is in a database of PostgreSQL, asked of its catalogue; and how it is moved as a whole.

A schema is built beside the one in use, filled at leisure, and exchanged for it in one transaction
(`move_objects`): whoever reads meanwhile sees all of the old one, or all of the new one.
https://www.postgresql.org/docs/current/catalogs.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from newsletter.conf.database_url import postgresql_parameters

Connection = psycopg.Connection[TupleRow]

CONNECT_TIMEOUT_SECONDS = "10"
#: Where the tables are, unless the address says otherwise.
PUBLIC = "public"
#: The keys that triggers keep: table, column, and the table to which it points (`sending`,
#: migration 0007; `subscribers`, migration 0018).
TRIGGER_KEYS = (
    ("sending_delivery", "send_id", "sending_send"),
    ("sending_delivery", "subscriber_id", "subscribers_subscriber"),
    ("sending_delivery", "batch_id", "sending_batch"),
    ("subscribers_subscription", "subscriber_id", "subscribers_subscriber"),
    ("subscribers_subscription", "list_id", "subscribers_list"),
    ("subscribers_importchange", "run_id", "subscribers_importrun"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name and its type, such as `timestamp with time zone`."""

    name: str
    type: str


def connect(url: str) -> Connection:
    """Return a connection to the database of an address; raises `psycopg.OperationalError`."""
    parameters = {"connect_timeout": CONNECT_TIMEOUT_SECONDS} | postgresql_parameters(url)
    return psycopg.connect(make_conninfo(**parameters), autocommit=True)


def with_search_path(url: str, schema: str) -> str:
    """Return an address that finds the tables of one schema, and makes new ones there."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    given = options.get("options", "")
    options["options"] = f"{given} -c search_path={schema}".strip()
    return parts._replace(query=urlencode(options, quote_via=quote)).geturl()


def current_schema(connection: Connection) -> str:
    """Return the schema in which the tables are."""
    found = connection.execute("SELECT current_schema()").fetchone()
    return str(found[0]) if found and found[0] else PUBLIC


def has_schema(connection: Connection, schema: str) -> bool:
    """Say whether there is a schema."""
    found = connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema])
    return found.fetchone() is not None


def list_tables(connection: Connection, schema: str) -> list[str]:
    """Return the tables of a schema, without those of extensions, by name."""
    rows = connection.execute(
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = %s AND relkind = 'r' AND NOT EXISTS ("
        "SELECT FROM pg_depend d WHERE d.objid = pg_class.oid AND d.deptype = 'e')"
        ' ORDER BY relname COLLATE "C"',
        [schema],
    )
    return [name for (name,) in rows]


def list_columns(connection: Connection, schema: str, table: str) -> list[Column]:
    """Return the columns of a table that values are stored in, in order."""
    rows = connection.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
        " JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = %s AND relname = %s AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' ORDER BY attnum",
        [schema, table],
    )
    return [Column(name, kind) for name, kind in rows]


def list_keys(connection: Connection, schema: str, table: str) -> list[str]:
    """Return the columns of the primary key of a table, in order."""
    rows = connection.execute(
        "SELECT attname FROM pg_index JOIN pg_class c ON c.oid = indrelid"
        " JOIN pg_namespace n ON n.oid = relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(indkey)"
        " WHERE nspname = %s AND relname = %s AND indisprimary"
        " ORDER BY array_position(indkey::int2[], attnum)",
        [schema, table],
    )
    return [name for (name,) in rows]


def count_rows(connection: Connection, schema: str, table: str) -> int:
    """Return how many rows a table has."""
    statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
    found = connection.execute(statement).fetchone()
    return int(found[0]) if found else 0


def read_sequences(connection: Connection, schema: str) -> dict[str, int]:
    """Return the last number of each column that counts by itself, as `table.column`."""
    numbers = {}
    for table, column, sequence in list_sequences(connection, schema):
        statement = sql.SQL("SELECT last_value, is_called FROM {}").format(
            sql.Identifier(schema, sequence)
        )
        found = connection.execute(statement).fetchone()
        if found and found[1]:
            numbers[f"{table}.{column}"] = int(found[0])
    return numbers


def list_sequences(connection: Connection, schema: str) -> list[tuple[str, str, str]]:
    """Return table, column and sequence of the columns that count by themselves."""
    rows = connection.execute(
        "SELECT t.relname, attname, s.relname FROM pg_class s"
        " JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
        " AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
        " JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace n ON n.oid = s.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid"
        " WHERE s.relkind = 'S' AND nspname = %s ORDER BY 1, 2",
        [schema],
    )
    return [(table, column, sequence) for table, column, sequence in rows]


def set_sequences(connection: Connection, schema: str, numbers: dict[str, int]) -> None:
    """Have each column count on behind a number, and behind what is in the table."""
    for table, column, sequence in list_sequences(connection, schema):
        statement = sql.SQL("SELECT COALESCE(max({}), 0) FROM {}").format(
            sql.Identifier(column), sql.Identifier(schema, table)
        )
        found = connection.execute(statement).fetchone()
        number = max(int(found[0]) if found else 0, numbers.get(f"{table}.{column}", 0))
        name = sql.Identifier(schema, sequence).as_string(connection)
        # A sequence begins at 1: below that it has not counted yet.
        connection.execute("SELECT setval(%s, %s, %s)", [name, max(number, 1), number > 0])


def list_foreign_keys(connection: Connection, schema: str) -> list[tuple[str, str, str]]:
    """Return table, name and definition of the foreign keys of a schema."""
    rows = connection.execute(
        "SELECT relname, conname, pg_get_constraintdef(k.oid) FROM pg_constraint k"
        " JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE contype = 'f' AND nspname = %s ORDER BY relname, conname",
        [schema],
    )
    return [(table, name, definition) for table, name, definition in rows]


def drop_foreign_keys(connection: Connection, schema: str) -> list[tuple[str, str, str]]:
    """Drop the foreign keys of a schema; return them for `add_foreign_keys`.

    To check millions of rows one by one takes long, and they come in any order.
    """
    found = list_foreign_keys(connection, schema)
    for table, name, _ in found:
        connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.Identifier(schema, table), sql.Identifier(name)
            )
        )
    return found


def add_foreign_keys(connection: Connection, schema: str, keys: list[tuple[str, str, str]]) -> None:
    """Add foreign keys again: each is checked for all rows at once, as are `TRIGGER_KEYS`."""
    for table, name, definition in keys:
        connection.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                sql.Identifier(schema, table),
                sql.Identifier(name),
                sql.SQL(definition),
            )
        )
    check_trigger_keys(connection, schema)


def check_trigger_keys(connection: Connection, schema: str) -> None:
    """Raise `psycopg.errors.ForeignKeyViolation` where a row of `TRIGGER_KEYS` points to no row.

    The triggers that keep these keys look at what is written, not at what was copied while they
    were switched off.  A foreign key looks at all rows as it is added; then it is not wanted.
    A database of before a migration has the key itself, and not always the table.
    """
    there = set(list_tables(connection, schema))
    for table, column, parents in TRIGGER_KEYS:
        if not {table, parents} <= there:
            continue
        rows, name = sql.Identifier(schema, table), sql.Identifier(f"{table}_{column}_checked")
        connection.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} (id)").format(
                rows, name, sql.Identifier(column), sql.Identifier(schema, parents)
            )
        )
        connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(rows, name))


def switch_triggers(connection: Connection, schema: str, table: str, *, on: bool) -> None:
    """Have the triggers of a table work, or not: rows that are copied were counted before."""
    connection.execute(
        sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(
            sql.Identifier(schema, table), sql.SQL("ENABLE" if on else "DISABLE")
        )
    )


def move_objects(connection: Connection, schema: str, target: str) -> None:
    """Move all tables, types and functions of a schema into another one, in this transaction."""
    for kind, name in list(list_objects(connection, schema)):
        connection.execute(
            sql.SQL("ALTER {} {} SET SCHEMA {}").format(
                sql.SQL(kind),
                sql.SQL(name),
                sql.Identifier(target),
            )
        )


def list_objects(connection: Connection, schema: str) -> Iterator[tuple[str, str]]:
    """Yield kind and quoted name of what has to be moved by itself; the rest goes with a table."""
    rows = connection.execute(
        """
        SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                            WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass::text
        FROM pg_class c
        WHERE relnamespace = %(schema)s::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND (d.deptype = 'e'
                          OR (relkind = 'S' AND d.deptype IN ('a', 'i'))))
        UNION ALL
        SELECT CASE prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
               p.oid::regprocedure::text
        FROM pg_proc p
        WHERE pronamespace = %(schema)s::regnamespace AND prokind IN ('f', 'p')
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        UNION ALL
        SELECT CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, t.oid::regtype::text
        FROM pg_type t
        WHERE typnamespace = %(schema)s::regnamespace
          AND (typtype IN ('e', 'd') OR (typtype = 'c' AND EXISTS (
               SELECT FROM pg_class c WHERE c.oid = typrelid AND relkind = 'c')))
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
        """,
        {"schema": schema},
    )
    yield from rows.fetchall()
