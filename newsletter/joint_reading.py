"""Several query sets read in one statement, for pages that show a little of many tables.

Each becomes a subquery that gives its rows as JSON; the objects are those that each query set alone
would have given.  All see the database at the same time, and the page waits for one answer.
Not for large results, nor for columns that hold bytes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

#: PostgreSQL takes 100 arguments of a function, and a row of several tables has more columns.
MAX_ARGUMENTS = 50
#: A limit that no result reaches: SQLite may leave out the order of a subquery without one.
NO_LIMIT = 2**31 - 1
#: By vendor: what makes a list of columns, and one of rows.
FUNCTIONS = {
    "sqlite": ("json_array", "json_group_array"),
    "postgresql": ("json_build_array", "json_agg"),
}
#: What JSON has no type for, which PostgreSQL's driver would have given as these.
WRITTEN = (
    models.DateField,
    models.TimeField,
    models.DecimalField,
    models.DurationField,
    models.UUIDField,
)


def read_together(*query_sets: QuerySet[Any, Any]) -> None:
    """Read all of these at once; each then gives what was read, without asking the database.

    One that was read before keeps what it has.  None may lock rows.
    """
    waiting = [each for each in query_sets if not is_read(each)]
    asked = [Asked(each) for each in waiting]
    found = [each for each in asked if each.sql]
    if found:
        sql = f"SELECT {', '.join(each.sql for each in found)}"
        parameters = [value for each in found for value in each.parameters]
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(sql, parameters)
            for each, text in zip(found, cursor.fetchone(), strict=True):
                each.keep(json.loads(text) if text else [])
    for each in asked:
        each.make_objects()


def is_read(rows: QuerySet[Any, Any]) -> bool:
    """Say whether a query set has been read."""
    return rows._result_cache is not None  # noqa: SLF001


class Asked:
    """One query set of a joint statement: its subquery, and what was read of it."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._rows, self._read = rows, list[Sequence[Any]]()
        ordered = rows if rows.query.is_sliced else rows[:NO_LIMIT]
        self._compiler: SQLCompiler = ordered.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.parameters = "", tuple[Any, ...]()
        try:
            sql, self.parameters = self._compiler.as_sql()
        except EmptyResultSet:
            self._compiler.setup_query()
            return
        self.sql = self._wrap(sql)

    def _wrap(self, sql: str) -> str:
        """Return the subquery that gives all rows as one JSON value."""
        row, rows = FUNCTIONS[self._compiler.connection.vendor]
        names = [f"c{number}" for number in range(len(self._compiler.select))]
        parts = (names[at : at + MAX_ARGUMENTS] for at in range(0, len(names), MAX_ARGUMENTS))
        columns = ", ".join(f"{row}({', '.join(part)})" for part in parts)
        return (
            f"(WITH found({', '.join(names)}) AS ({sql})"  # noqa: S608
            f" SELECT CAST({rows}({row}({columns})) AS text) FROM found)"
        )

    def keep(self, read: list[list[list[Any]]]) -> None:
        """Keep the rows with the values that the database's driver would have given."""
        rows = [[value for part in parts for value in part] for parts in read]
        if self._compiler.connection.vendor == "postgresql":
            # SQLite's own converters read the texts in which it keeps such values.
            fields = [column.output_field for column, *_ in self._compiler.select]
            for place, field in enumerate(fields):
                if is_json(field) or isinstance(field, WRITTEN):
                    for values in rows:
                        values[place] = as_driver_gives(field, values[place])
        self._read = [tuple(values) for values in rows]

    def make_objects(self) -> None:
        """Have the query set make its objects of what was read, as it would of its own answer."""
        compiler: Any = self._compiler
        compiler.execute_sql = lambda *_args, **_named: [self._read]
        rows: Any = self._rows
        ready = rows._chain()  # noqa: SLF001
        ready.query.get_compiler = lambda *_args, **_named: compiler
        rows._result_cache = list(ready._iterable_class(ready))  # noqa: SLF001
        len(rows)  # reads what `prefetch_related` adds


def is_json(field: models.Field[Any, Any]) -> bool:
    """Say whether a column holds JSON, also where Wagtail's streams are kept in it."""
    return field.get_internal_type() == "JSONField"


def as_driver_gives(field: models.Field[Any, Any], value: Any) -> Any:
    """Return a value of JSON as PostgreSQL's driver gives it for a column of this kind."""
    if value is None:
        return None
    if is_json(field):
        return json.dumps(value)
    made = field.to_python(value)
    return made.astimezone(dt.UTC) if isinstance(made, dt.datetime) else made
