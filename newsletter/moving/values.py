"""What a value is in SQLite and in PostgreSQL, by the type of the column in PostgreSQL.

SQLite knows no types of its own for times, truth values and the like: Django writes them as texts
and numbers there (https://docs.djangoproject.com/en/5.2/ref/databases/#sqlite-notes).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

Convert = Callable[[Any], Any]
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ValueKind:
    """How values of a type are converted; None leaves them as they are.

    `parse` makes a value of SQLite one that PostgreSQL takes, `store` the other way round.
    `compare` makes the latter one that is the same for the same value.
    """

    parse: Convert | None = None
    store: Convert | None = None
    compare: Convert | None = None
    #: How PostgreSQL is asked for it.
    cast: str = ""


def parse_time(value: str) -> dt.datetime:
    """Return a time; what has no zone is UTC."""
    found = dt.datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def store_time(value: dt.datetime) -> str:
    """Return a time as Django writes it into SQLite."""
    return str(value.astimezone(dt.UTC).replace(tzinfo=None))


def compare_time(value: dt.datetime) -> int:
    """Return the microseconds since 1970."""
    return (value - EPOCH) // MICROSECOND


def compare_json(value: str) -> str:
    """Return a JSON text with its keys in order."""
    return orjson.dumps(orjson.loads(value), option=orjson.OPT_SORT_KEYS).decode()


def compare_decimal(value: Decimal) -> str:
    """Return a number without closing zeros."""
    return str(value.normalize())


def parse_uuid(value: str) -> uuid.UUID:
    """Return an identifier."""
    return uuid.UUID(value)


PLAIN = ValueKind()
TEXT = ValueKind(cast="text")
JSON = ValueKind(compare=compare_json, cast="text")
KINDS: Mapping[str, ValueKind] = {
    "boolean": ValueKind(parse=bool, store=int, compare=int),
    "timestamp with time zone": ValueKind(parse_time, store_time, compare_time),
    "date": ValueKind(dt.date.fromisoformat, dt.date.isoformat, dt.date.isoformat),
    "time without time zone": ValueKind(dt.time.fromisoformat, str, str),
    "interval": ValueKind(
        lambda value: value * MICROSECOND,
        lambda value: value // MICROSECOND,
        lambda value: value // MICROSECOND,
    ),
    "json": JSON,
    "jsonb": JSON,
    "uuid": ValueKind(parse_uuid, lambda value: value.hex, lambda value: value.hex),
    "bytea": ValueKind(compare=bytes.hex),
    "numeric": ValueKind(lambda value: Decimal(str(value)), str, compare_decimal),
    "double precision": ValueKind(parse=float),
    "integer": PLAIN,
    "bigint": PLAIN,
    "smallint": PLAIN,
    "text": PLAIN,
    "character varying": PLAIN,
    "character": PLAIN,
    "inet": TEXT,
}


def convert_rows(rows: list[tuple[Any, ...]], converts: list[Convert | None]) -> list[Any]:
    """Return rows with the values of some columns converted; what is null stays null."""
    wanted = [(place, convert) for place, convert in enumerate(converts) if convert]
    if not wanted:
        return rows
    changed = []
    for row in rows:
        values = list(row)
        for place, convert in wanted:
            if values[place] is not None:
                values[place] = convert(values[place])
        changed.append(tuple(values))
    return changed
