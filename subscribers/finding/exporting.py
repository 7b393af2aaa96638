"""Write the people whom a filter finds as CSV or JSON while they are read, in little memory.

The columns are understood by `importing` as they come: who left stays so in the next import.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from newsletter.errors import BadInput
from newsletter.formulas import harmless
from subscribers.exporting import MARK, as_text, take_text
from subscribers.exports.own import (
    ALL_MAIL,
    LISTS_TITLE,
    THIS_LIST,
    TITLES,
    title_of,
    write_stops,
)
from subscribers.finding.filters import PeopleFilter
from subscribers.finding.pages import Search, split_chunks
from subscribers.importing.unfinished import leave_out
from subscribers.models import ListSuppression, Subscriber, Subscription, Suppression

#: What every row begins with, of what the export of a list has; attributes follow.
COLUMNS = (*(title for title in TITLES if title not in ("changed_at", "source")), LISTS_TITLE)
FORMATS = ("csv", "json")
#: The attributes that anybody has.
KEYS = {
    "sqlite": "SELECT DISTINCT each.key FROM subscribers_subscriber AS person,"
    " json_each(person.attributes) AS each ORDER BY 1",
    "postgresql": "SELECT DISTINCT jsonb_object_keys(attributes) FROM subscribers_subscriber"
    " ORDER BY 1",
}
#: Of several lists the first of these counts.
STATES = (
    Subscription.State.ACTIVE,
    Subscription.State.PENDING,
    Subscription.State.UNSUBSCRIBED,
)
Person = dict[str, str]
#: The columns about suppression, of who is not suppressed.
NOT_STOPPED = {"suppressed": "", "suppressed_for": "", "suppressed_at": ""}


def export_people(of: PeopleFilter, form: str = "csv") -> Iterator[bytes]:
    """Yield a file of the people found, the oldest first; raise `BadInput` for another form.

    `status` is that on the list of the filter; without a list active means active on any.
    """
    if form not in FORMATS:
        raise BadInput(
            _("{form} is not a form of export").format(form=repr(form)),
            hint=_("One of: {names}").format(names=", ".join(FORMATS)),
        )
    search = Search(of)
    return write_csv(search) if form == "csv" else write_json(search)


def read_people(search: Search) -> Iterator[list[tuple[Person, Mapping[str, Any]]]]:
    """Yield people with the fixed columns, and with their attributes, some at a time."""
    last = Subscriber.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for ids in split_chunks(search.ids(after=0, last=last)):
        people = list(Subscriber.objects.filter(pk__in=ids).order_by("pk"))
        states, stopped = states_of(ids, search.of), stops_of(people, search.of)
        on_lists = list_stops_of(people)
        yield [
            (
                {
                    "email": person.email,
                    "name": person.name,
                    "language": person.language,
                    "status": states.get(person.pk, ""),
                    **stopped.get(person.key, NOT_STOPPED),
                    "joined_at": as_text(person.created_at),
                    LISTS_TITLE: write_stops(on_lists.get(person.key, ())),
                },
                person.attributes,
            )
            for person in people
        ]


def states_of(ids: list[int], of: PeopleFilter) -> dict[int, str]:
    """Return the state of each person, by their id."""
    rows = leave_out(Subscription.objects.filter(subscriber__in=ids))
    if of.list:
        rows = rows.filter(list__slug=of.list)
    found: dict[int, str] = {}
    for person, state in rows.values_list("subscriber_id", "state"):
        known = found.get(person, state)
        found[person] = min(known, state, key=lambda each: STATES.index(Subscription.State(each)))
    return found


def stops_of(people: list[Subscriber], of: PeopleFilter) -> dict[str, dict[str, str]]:
    """Return the columns about suppression, by key: for all mail, else for the filter's list."""
    keys = [person.key for person in people]
    rows: dict[str, QuerySet[Any]] = {ALL_MAIL: Suppression.objects.filter(key__in=keys)}
    if of.list:
        here = ListSuppression.objects.filter(key__in=keys, list__slug=of.list)
        rows = {THIS_LIST: here, **rows}
    return {
        entry.key: {
            "suppressed": entry.reason,
            "suppressed_for": scope,
            "suppressed_at": as_text(entry.created_at),
        }
        for scope, entries in rows.items()
        for entry in entries
    }


def list_stops_of(people: list[Subscriber]) -> dict[str, list[tuple[str, str, str]]]:
    """Return for which lists each person is suppressed, why and since when, by key."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    rows = ListSuppression.objects.filter(key__in=[person.key for person in people])
    for entry in rows.select_related("list").order_by("list__slug"):
        stop = (entry.list.slug, entry.reason, as_text(entry.created_at))
        found.setdefault(entry.key, []).append(stop)
    return found


def write_csv(search: Search) -> Iterator[bytes]:
    """Yield a table as text; no cell is a formula."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS[connection.vendor])
        keys = [row[0] for row in cursor.fetchall()]
    buffer = io.StringIO()
    buffer.write(MARK)
    writer = csv.writer(buffer)
    writer.writerow([*COLUMNS, *map(title_of, keys)])
    for people in read_people(search):
        for person, attributes in people:
            values = [*person.values(), *(str(attributes.get(key, "")) for key in keys)]
            writer.writerow([harmless(value) for value in values])
        yield take_text(buffer)
    yield take_text(buffer)


def write_json(search: Search) -> Iterator[bytes]:
    """Yield an array of objects, one to a line."""
    before = b"[\n"
    for people in read_people(search):
        for person, attributes in people:
            yield before + orjson.dumps({**person, "attributes": attributes})
            before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"
