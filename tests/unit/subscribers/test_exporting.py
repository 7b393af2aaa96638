"""The people of a list as a file: complete, harmless, and read back as what they are."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from newsletter.errors import BadInput
from newsletter.formulas import harmless
from subscribers import exporting
from subscribers.exporting import export_list
from subscribers.finding.exporting import export_people
from subscribers.finding.filters import PeopleFilter
from subscribers.importing.applying import import_file
from subscribers.importing.tables import read_rows
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import List, Subscriber
from subscribers.segments.saved import create_segment
from subscribers.suppressions import Reason, suppress
from tests.unit.subscribers.conftest import Person


@pytest.fixture
def readers(weekly: List, person: Person) -> List:
    """A list with somebody in every state."""
    person("ann@example.org", name="Ann", weekly="active")
    person("bob@example.org", weekly="pending")
    person("eve@example.org", name='=HYPERLINK("http://x")', weekly="active")
    person("gone@example.org", weekly="unsubscribed")
    person("zoe@example.org", weekly="active")
    Subscriber.objects.filter(key="ann@example.org").update(
        attributes={"city": "Lowen", "phone": "+49 30", "status": "gold"}
    )
    suppress("zoe@example.org", "complained")
    return weekly


def table(weekly: List, state: str = "") -> list[dict[str, str]]:
    """Return an export as rows by title."""
    text = b"".join(export_list(weekly, "csv", state)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_an_export_has_everybody_with_all_that_is_known(readers: List) -> None:
    """One row for each person; an attribute named like a column has a title of its own."""
    rows = {row["email"]: row for row in table(readers)}
    assert len(rows) == 5
    ann = rows["ann@example.org"]
    assert (ann["status"], ann["city"], ann["attribute_status"]) == ("active", "Lowen", "gold")
    assert rows["zoe@example.org"]["suppressed"] == "complained"


def test_no_cell_is_a_formula(readers: List) -> None:
    """What begins with a sign is kept as a text."""
    names = {row["email"]: row["name"] for row in table(readers)}
    assert names["eve@example.org"].startswith("'=")


@pytest.mark.parametrize(
    ("state", "who"),
    [
        ("active", "aez"),
        ("mailable", "ae"),
        ("pending", "b"),
        ("unsubscribed", "g"),
        ("suppressed", "z"),
    ],
)
def test_an_export_is_by_state(readers: List, state: str, who: str) -> None:
    """A suppression is no state of a subscription, but can be asked for."""
    assert "".join(row["email"][0] for row in table(readers, state)) == who


def test_who_is_suppressed_for_the_list_is_not_mailable(readers: List) -> None:
    """The file says why; what holds for all mail comes first, and another list says nothing."""
    other = List.objects.create(name="Other", slug="other")
    suppress_for_list("ann@example.org", readers, Reason.BOUNCED)
    suppress_for_list("eve@example.org", other)
    suppress_for_list("zoe@example.org", readers)

    found = export_people(PeopleFilter(list=readers.slug), "json")

    assert [row["email"] for row in table(readers, "mailable")] == ["eve@example.org"]
    reasons = {"ann@example.org": "bounced", "zoe@example.org": "complained"}
    for rows in (table(readers, "suppressed"), json.loads(b"".join(found))):
        why = {row["email"]: row["suppressed"] for row in rows if row["suppressed"]}
        assert why == reasons


def test_an_export_is_by_segment(readers: List) -> None:
    """With a segment, only those of the list who are in it are exported."""
    segment = create_segment("Anns", 'name is "Ann"')
    people = json.loads(b"".join(export_list(readers, "json", segment=segment)))

    assert [each["email"] for each in people] == ["ann@example.org"]
    assert json.loads(b"".join(export_list(readers, "json", "pending", segment))) == []


def test_json_is_one_array(readers: List) -> None:
    """With attributes as an object; an empty one is an array, too."""
    people = json.loads(b"".join(export_list(readers, "json")))
    assert people[0]["attributes"]["city"] == "Lowen"
    assert json.loads(b"".join(export_list(List.objects.create(name="E", slug="e"), "json"))) == []


def test_a_spreadsheet_holds_the_same(readers: List, tmp_path: Path) -> None:
    """Excel's file has the rows of the text."""
    path = tmp_path / "people.xlsx"
    path.write_bytes(b"".join(export_list(readers, "xlsx")))
    rows = [row.cells for row in read_rows(path)]
    assert len(rows) == 6
    assert rows[3][1].startswith("'=")


def test_what_is_exported_is_read_back(readers: List, tmp_path: Path) -> None:
    """In another list nobody is mailed who was not here, and attributes are the same."""
    path = tmp_path / "people.csv"
    path.write_bytes(b"".join(export_list(readers)))
    other = List.objects.create(name="Other", slug="other")

    result = import_file(path, other)

    active = other.subscriptions.filter(state="active")
    assert set(active.values_list("subscriber__key", flat=True)) == {
        "ann@example.org",
        "eve@example.org",
    }
    assert not result.bad
    assert Subscriber.objects.get(key="ann@example.org").attributes["phone"] == "+49 30"


def test_an_unknown_form_or_state_is_refused(readers: List) -> None:
    """At once, with those there are."""
    for form, state in (("pdf", ""), ("csv", "happy")):
        with pytest.raises(BadInput):
            export_list(readers, form, state)


def test_too_many_people_for_a_sheet_are_refused_at_once(
    readers: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a byte is sent, so that the desk can say it in words."""
    monkeypatch.setattr(exporting, "MAX_SHEET_ROWS", 4)
    with pytest.raises(BadInput, match="at most"):
        export_list(readers, "xlsx")
    assert export_list(readers, "xlsx", "active")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_sign_begins_a_formula(sign: str) -> None:
    """Full-width signs count as the plain ones, and a cell may hide one behind a line end."""
    assert harmless(f"{sign}1+1") == f"'{sign}1+1"
