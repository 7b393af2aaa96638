"""Write the people of a list as CSV, JSON or XLSX while they are read, in little memory.

The columns are understood by `importing` as they come: who left stays so in the next import.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import connection
from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from newsletter.errors import BadInput
from newsletter.formulas import harmless
from subscribers.exports.own import (
    ALL_MAIL,
    LISTS_TITLE,
    THIS_LIST,
    TITLES,
    title_of,
    write_stops,
)
from subscribers.importing.unfinished import leave_out
from subscribers.list_suppressions import entry_of_subscription, not_suppressed
from subscribers.models import (
    List,
    ListSuppression,
    Segment,
    Subscriber,
    Subscription,
    Suppression,
)
from subscribers.segments.parsing import parse_filter
from subscribers.segments.queries import build_query

FORMATS = ("csv", "xlsx", "json")
#: Of which people an export may be; `mailable` are active and not suppressed,
#: neither for all mail nor for the list.
STATES = (*Subscription.State.values, "suppressed", "mailable")
#: By this mark spreadsheets know the encoding.
MARK = "\ufeff"
CHUNK = 2000
#: Rows of one sheet of Excel, without the titles.
MAX_SHEET_ROWS = 1_048_575
BLOCK = 1 << 16

#: The attributes that anybody on a list has.
KEYS = {
    "sqlite": "SELECT DISTINCT each.key FROM subscribers_subscription AS here"
    " JOIN subscribers_subscriber AS person ON person.id = here.subscriber_id,"
    " json_each(person.attributes) AS each WHERE here.list_id = %s ORDER BY 1",
    "postgresql": "SELECT DISTINCT jsonb_object_keys(person.attributes)"
    " FROM subscribers_subscription AS here"
    " JOIN subscribers_subscriber AS person ON person.id = here.subscriber_id"
    " WHERE here.list_id = %s ORDER BY 1",
}

Person = dict[str, Any]


def export_list(
    of: List, form: str = "csv", state: str = "", segment: Segment | None = None
) -> Iterator[bytes]:
    """Yield a file of the people of a list.

    Raises `BadInput` at once for an unknown form or state, and for too many people for a sheet.
    `state` is one of `STATES`; empty for all.  With a `segment`, only those in it.
    """
    if form not in FORMATS:
        raise BadInput(
            _("{form} is not a form of export").format(form=repr(form)),
            hint=_("One of: {names}").format(names=", ".join(FORMATS)),
        )
    people = find_people(of, state)
    if segment:
        found = Subscriber.objects.filter(build_query(parse_filter(segment.filter)))
        people = people.filter(subscriber__in=found.order_by())
    if form == "xlsx":
        must_fit_sheet(people)
    writers: Mapping[str, Callable[[List, QuerySet[Subscription]], Iterator[bytes]]] = {
        "csv": write_csv,
        "json": write_json,
        "xlsx": write_xlsx,
    }
    return writers[form](of, people)


def must_fit_sheet(people: QuerySet[Subscription]) -> None:
    """Raise `BadInput` for more people than a sheet holds, before any byte is sent."""
    if people.count() > MAX_SHEET_ROWS:
        raise BadInput(
            _("a sheet holds {count} people at most").format(count=f"{MAX_SHEET_ROWS:,}"),
            hint=_("Export them as CSV."),
        )


def find_people(of: List, state: str) -> QuerySet[Subscription]:
    """Return the subscriptions of an export, or raise `BadInput` for an unknown state."""
    rows = leave_out(Subscription.objects.filter(list=of)).order_by("subscriber_id")
    suppressed = Suppression.objects.filter(key=OuterRef("subscriber__key"))
    if state in Subscription.State.values:
        return rows.filter(state=state)
    if state == "suppressed":
        return rows.filter(Exists(suppressed) | entry_of_subscription())
    if state == "mailable":
        mailable = rows.filter(~Exists(suppressed), state=Subscription.State.ACTIVE)
        return not_suppressed(mailable)
    if state:
        raise BadInput(
            _("{state} is not a state of people").format(state=repr(state)),
            hint=_("One of: {names}").format(names=", ".join(STATES)),
        )
    return rows


def attribute_keys(of: List) -> list[str]:
    """Return the attributes that anybody on a list has, in the order of the alphabet."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS[connection.vendor], [of.pk])
        return [row[0] for row in cursor.fetchall()]


def read_people(rows: QuerySet[Subscription]) -> Iterator[tuple[Person, dict[str, str]]]:
    """Yield each person with the fixed columns, and with their attributes.

    `suppressed` is why for all mail, else why for this list; who is suppressed for both has the
    one for the list in a column of its own.
    """
    everywhere = Suppression.objects.filter(key=OuterRef("subscriber__key"))
    here = ListSuppression.objects.filter(list=OuterRef("list"), key=OuterRef("subscriber__key"))
    found = rows.annotate(
        suppressed=Coalesce(first(everywhere, "reason"), first(here, "reason")),
        suppressed_for=Case(
            When(Exists(everywhere), then=Value(ALL_MAIL)),
            When(Exists(here), then=Value(THIS_LIST)),
            default=Value(""),
        ),
        suppressed_at=Coalesce(first(everywhere, "created_at"), first(here, "created_at")),
        here_beside=Case(When(Exists(everywhere), then=first(here, "reason"))),
        here_since=Case(When(Exists(everywhere), then=first(here, "created_at"))),
    ).values_list(
        "subscriber__email",
        "subscriber__name",
        "subscriber__language",
        "state",
        "suppressed",
        "suppressed_for",
        "suppressed_at",
        "created_at",
        "changed_at",
        "source",
        "here_beside",
        "here_since",
        "subscriber__attributes",
    )
    for *fixed, beside, since, attributes in found.iterator(chunk_size=CHUNK):
        person = dict(zip(TITLES, map(as_text, fixed), strict=True))
        stops = [(THIS_LIST, beside, as_text(since))] if beside else []
        yield {**person, LISTS_TITLE: write_stops(stops)}, attributes


def first(rows: QuerySet[Any], column: str) -> Subquery:
    """Return a column of the only row there is, if there is one."""
    return Subquery(rows.values(column)[:1])


def as_text(value: Any) -> str:
    """Return a value of a fixed column; times in UTC, as ISO 8601 writes them."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value or ""


def write_csv(of: List, rows: QuerySet[Subscription]) -> Iterator[bytes]:
    """Yield a table as text; no cell is a formula."""
    keys = attribute_keys(of)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(MARK)
    writer.writerow(titles(keys))
    for number, (person, attributes) in enumerate(read_people(rows)):
        writer.writerow(cells(person, attributes, keys))
        if number % CHUNK == 0:
            yield take_text(buffer)
    yield take_text(buffer)


def take_text(buffer: io.StringIO) -> bytes:
    """Return what a buffer holds, and empty it."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def titles(keys: Sequence[str]) -> list[str]:
    """Return the titles of a table: the fixed columns, then the attributes."""
    return [*TITLES, LISTS_TITLE, *map(title_of, keys)]


def cells(person: Person, attributes: Mapping[str, Any], keys: Sequence[str]) -> list[str]:
    """Return the cells of a row."""
    values = [*person.values(), *(str(attributes.get(key, "")) for key in keys)]
    return [harmless(value) for value in values]


def write_json(_of: List, rows: QuerySet[Subscription]) -> Iterator[bytes]:
    """Yield an array of objects, one to a line."""
    before = b"[\n"
    for person, attributes in read_people(rows):
        yield before + orjson.dumps({**person, "attributes": attributes})
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def write_xlsx(of: List, rows: QuerySet[Subscription]) -> Iterator[bytes]:
    """Yield a spreadsheet; its rows go through a file, for its end says where they stand."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    keys = attribute_keys(of)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("People")
    sheet.append(titles(keys))
    for person, attributes in read_people(rows):
        row = cells(person, attributes, keys)
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while block := file.read(BLOCK):
            yield block
