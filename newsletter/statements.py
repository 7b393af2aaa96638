"""Statements that Django makes once, for pages that are asked for hundreds of times a second.

To make SQL of a query set takes Django 0.3 to 1 ms of the processor, several times as long as the
database takes to find some rows by their keys.  A `Statement` is a query set all the same; only
its values change from one use to the next.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

#: What stands for a value while the SQL is made: nothing else in a query set is like it.
FIRST_NUMBER, TEXT = 2_071_723_001, "the value in place {}"

M = TypeVar("M", bound=Model)
Value = int | str
Row = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What Django made of a query set, for one connection."""

    compiler: SQLCompiler
    sql: str
    #: The parameters, and which of them stand for a value: its place, the number of the value.
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    #: What makes times and JSON of what the database gives.
    converters: dict[int, Any]

    def rows(self, values: tuple[Value, ...]) -> list[Row]:
        """Return the rows for these values."""
        parameters = list(self.parameters)
        for place, number in self.places:
            parameters[place] = values[number]
        with self.compiler.connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            found: list[Row] = cursor.fetchall()
        if not self.converters:
            return found
        return [tuple(row) for row in self.compiler.apply_converters(found, self.converters)]


class Statement:
    """A query set of tuples with places for values; safe from any thread.

    `make` gets one argument for each of `kinds`, and returns the query set.  It uses each as the
    value of a filter, as it is.  It may not lock rows.
    """

    def __init__(
        self, make: Callable[..., QuerySet[Any, Any]], *kinds: type[int] | type[str]
    ) -> None:
        self._make, self._kinds = make, kinds
        self._thread = threading.local()

    def rows(self, *values: Value) -> list[Row]:
        """Return the rows for these values."""
        return self.made().rows(values)

    def made(self) -> Made:
        """Return what Django makes of it for the connection of this thread."""
        connection = connections[DEFAULT_DB_ALIAS]
        # Converters belong to a connection, and each thread has one of its own.
        made: Made | None = getattr(self._thread, "made", None)
        if made is None or made.compiler.connection is not connection:
            made = self._thread.made = self._ask_django(connection)
        return made

    def _ask_django(self, connection: BaseDatabaseWrapper) -> Made:
        marks: list[Value] = [
            FIRST_NUMBER + number if kind is int else TEXT.format(number)
            for number, kind in enumerate(self._kinds)
        ]
        compiler = self._make(*marks).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        places = tuple(
            (place, marks.index(value)) for place, value in enumerate(parameters) if value in marks
        )
        if {number for _place, number in places} != set(range(len(marks))):
            raise ValueError(f"a value is none of the parameters of {sql}")
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        return Made(
            compiler=compiler,
            sql=sql,
            parameters=tuple(parameters),
            places=places,
            converters=compiler.get_converters(columns),
        )


class ModelStatement(Generic[M]):
    """The same of a query set of objects, also with those of `select_related`."""

    def __init__(self, make: Callable[..., QuerySet[M]], *kinds: type[int] | type[str]) -> None:
        self._statement = Statement(make, *kinds)

    def all(self, *values: Value) -> list[M]:
        """Return the objects for these values."""
        made = self._statement.made()
        if not (rows := made.rows(values)):
            return []
        # As `django.db.models.query.ModelIterable` does.
        shape, select = made.compiler.klass_info, made.compiler.select
        first, last = shape["select_fields"][0], shape["select_fields"][-1] + 1
        names = [column.target.attname for column, *_ in select[first:last]]
        others = get_related_populators(shape, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        found = []
        for row in rows:
            one: M = shape["model"].from_db(DEFAULT_DB_ALIAS, names, row[first:last])
            for other in others:
                other.populate(row, one)
            found.append(one)
        return found

    def first(self, *values: Value) -> M | None:
        """Return the first of them, in the order of the query set."""
        return next(iter(self.all(*values)), None)
