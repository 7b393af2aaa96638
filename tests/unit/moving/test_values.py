"""A value goes to PostgreSQL and back, and is the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from newsletter.moving.values import KINDS, convert_rows

UTC = dt.UTC


@pytest.mark.parametrize(
    ("kind", "stored", "value"),
    [
        ("boolean", 1, True),
        ("boolean", 0, False),
        (
            "timestamp with time zone",
            "2026-11-28 03:04:05.678901",
            dt.datetime(2026, 11, 28, 3, 4, 5, 678901, UTC),
        ),
        (
            "timestamp with time zone",
            "2026-11-28 03:04:05",
            dt.datetime(2026, 11, 28, 3, 4, 5, 0, UTC),
        ),
        ("date", "2026-11-28", dt.date(2026, 11, 28)),
        ("time without time zone", "03:04:05", dt.time(3, 4, 5)),
        ("interval", 90_000_001, dt.timedelta(seconds=90, microseconds=1)),
        ("bytea", b"\x00\xff", b"\x00\xff"),
        ("text", "日本 ' \\ \t", "日本 ' \\ \t"),
        ("bigint", 2**62, 2**62),
        ("double precision", 0.1, 0.1),
        ("uuid", "0123456789abcdef0123456789abcdef", None),
    ],
)
def test_there_and_back(kind: str, stored: Any, value: Any) -> None:
    """What SQLite has becomes what PostgreSQL takes, and that becomes the same again."""
    known = KINDS[kind]
    [(parsed,)] = convert_rows([(stored,)], [known.parse])
    [(back,)] = convert_rows([(parsed,)], [known.store])

    assert parsed == value or value is None
    assert back == stored
    assert convert_rows([(None,)], [known.parse]) == [(None,)]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("jsonb", '{"a": 1, "b": [1, 2]}', '{"b":[1,2],"a":1}'),
        (
            "timestamp with time zone",
            KINDS["timestamp with time zone"].parse("2026-11-28 03:04:05.5"),  # type: ignore[misc]
            dt.datetime(2026, 11, 28, 12, 4, 5, 500_000, dt.timezone(dt.timedelta(hours=9))),
        ),
        ("numeric", KINDS["numeric"].parse(1.5), KINDS["numeric"].parse("1.50")),  # type: ignore[misc]
    ],
)
def test_the_same_value_compares_equal(kind: str, one: Any, other: Any) -> None:
    """However it is written: order of keys, zone of a time, closing zeros."""
    compare = KINDS[kind].compare
    assert compare is not None

    assert compare(one) == compare(other)


def test_another_value_does_not() -> None:
    """One microsecond, one digit or one key more is another value."""
    time = KINDS["timestamp with time zone"]
    assert time.parse is not None
    assert time.compare is not None

    assert time.compare(time.parse("2026-11-28 03:04:05.678901")) != time.compare(
        time.parse("2026-11-28 03:04:05.678902")
    )
    json = KINDS["jsonb"].compare
    assert json is not None
    assert json('{"a": 1}') != json('{"a": 1, "b": null}')
