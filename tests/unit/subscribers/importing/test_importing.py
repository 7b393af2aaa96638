"""Importing people: what becomes of every row, and who is never brought back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.errors import ImportRejected, InvalidTransition
from subscribers import suppressions
from subscribers.importing import staging
from subscribers.importing.applying import import_file, import_suppressions
from subscribers.importing.languages import read_language
from subscribers.importing.results import BadLine, ImportResult
from subscribers.models import List, Subscriber, Subscription, Suppression
from tests.unit.subscribers.conftest import Csv, Person, State

pytestmark = pytest.mark.django_db

ADDRESSES = [f"{name}@example.org" for name in ("ann", "Ann", "bob", "cid", "dee", "eve", "fay")]
CELLS = st.sampled_from([*ADDRESSES, "bad", "", "Jane", '"', ",", ";", "\n", "\r\n", "é", "\x00"])


def states(of: List) -> dict[str, str]:
    """Return who is on a list, with the state."""
    return dict(of.subscriptions.values_list("subscriber__email", "state"))


def test_new_people_are_added(weekly: List, csv: Csv) -> None:
    """Name and attributes are kept, the source is noted, and the person is active."""
    file = csv("E-mail,Name,Home Town\nJane@Example.ORG,Jané Doe,Kyōto\n")

    result = import_file(file, weekly)

    [jane] = Subscriber.objects.all()
    assert (jane.email, jane.key) == ("Jane@example.org", "jane@example.org")
    assert (jane.name, jane.attributes) == ("Jané Doe", {"home_town": "Kyōto"})
    subscription = jane.subscriptions.get()
    assert (subscription.list, subscription.state) == (weekly, State.ACTIVE)
    assert subscription.source == "import of people.csv"
    assert (result.rows, result.added) == (1, 1)


def test_attributes_can_be_asked_for_in_queries(weekly: List, csv: Csv) -> None:
    """They are stored as the database's own JSON."""
    import_file(csv("email,city\na@example.org,Kyōto\nb@example.org,Boston\n"), weekly)

    assert Subscriber.objects.get(attributes__city="Kyōto").email == "a@example.org"


def test_every_fate_is_counted(weekly: List, person: Person, csv: Csv) -> None:
    """One row of each kind, and the parts are the whole."""
    person("changed@example.org", name="Old", weekly="active")
    person("same@example.org", name="Same", weekly="active")
    person("elsewhere@example.org")
    person("gone@example.org", weekly="unsubscribed")
    person("bounced@example.org", weekly="active")
    suppressions.suppress("bounced@example.org", suppressions.Reason.BOUNCED)
    file = csv(
        "email,name\nnew@example.org,\nchanged@example.org,New\nsame@example.org,Same\n"
        "elsewhere@example.org,\ngone@example.org,\nbounced@example.org,\n"
        "NEW@example.org,\nnobody,\n"
    )

    result = import_file(file, weekly)

    assert (result.rows, result.added, result.updated, result.unchanged) == (8, 2, 1, 1)
    assert (result.unsubscribed, result.suppressed, result.kept_out) == (1, 1, 2)
    assert result.folded == ((8, 2),)
    assert result.bad == (BadLine(9, "nobody: there is no @-sign"),)


def test_nobody_who_left_or_waits_is_made_active(weekly: List, person: Person, csv: Csv) -> None:
    """Unsubscribed stays unsubscribed, pending stays pending."""
    person("gone@example.org", weekly="unsubscribed")
    person("waits@example.org", weekly="pending")

    import_file(csv("email\ngone@example.org\nWaits@example.org\n"), weekly)

    assert states(weekly) == {"gone@example.org": "unsubscribed", "waits@example.org": "pending"}


def test_who_left_every_list_is_not_put_on_another(weekly: List, person: Person, csv: Csv) -> None:
    """A person who wants nothing gets nothing; who only left one list may get another."""
    List.objects.create(name="Monthly", slug="monthly")
    person("nothing@example.org", monthly="unsubscribed")
    List.objects.create(name="Daily", slug="daily")
    person("less@example.org", daily="unsubscribed", monthly="active")

    result = import_file(csv("email\nnothing@example.org\nless@example.org\n"), weekly)

    assert states(weekly) == {"less@example.org": "active"}
    assert (result.added, result.unsubscribed) == (1, 1)


@pytest.mark.parametrize("told", ["manual", "bounced", "invalid", "complained"])
def test_reasons_in_a_file_give_way_as_all_do(csv: Csv, told: str) -> None:
    """What the file replaces is the file's from then on; what it does not stays whole."""
    said = suppressions.Reason(told)
    for reason in suppressions.Reason:
        suppressions.suppress(f"{reason}@example.org", reason, by="mika")
    rows = "".join(f"{reason}@example.org\n" for reason in suppressions.Reason)

    import_suppressions(csv("email\n" + rows), said)

    found = Suppression.objects.values_list("key", "reason", "source", "by")
    assert set(found) == {
        (f"{reason}@example.org", said, "file", "=file")
        if reason in suppressions.GIVES_WAY[said]
        else (f"{reason}@example.org", reason, "hand", "mika")
        for reason in suppressions.Reason
    }


def test_the_suppressed_are_not_even_entered(weekly: List, csv: Csv) -> None:
    """Whatever the spelling; no row of them is made."""
    suppressions.suppress("stop@example.org")

    result = import_file(csv("email,name\nSTOP@Example.org,Stop\n"), weekly)

    assert not Subscriber.objects.exists()
    assert result.suppressed == 1


def test_what_is_kept_out_is_not_changed_either(weekly: List, person: Person, csv: Csv) -> None:
    """The row of a person who left stays as it was."""
    person("gone@example.org", name="Mine", weekly="unsubscribed")

    import_file(csv("email,name\ngone@example.org,Theirs\n"), weekly)

    assert Subscriber.objects.get().name == "Mine"


def test_blank_cells_and_missing_columns_change_nothing(
    weekly: List, person: Person, csv: Csv
) -> None:
    """What the file says replaces; what it does not say stays."""
    jane = person("jane@example.org", name="Jane", weekly="active")
    Subscriber.objects.filter(pk=jane.pk).update(attributes={"city": "Boston", "tier": "gold"})

    result = import_file(csv("email,name,city,plan\njane@example.org,,Kyoto,\n"), weekly)

    jane.refresh_from_db()
    assert (jane.name, jane.attributes) == ("Jane", {"city": "Kyoto", "tier": "gold"})
    assert (result.updated, result.unchanged) == (1, 0)


def test_the_same_file_again_changes_nothing(weekly: List, csv: Csv) -> None:
    """An import can be repeated without harm."""
    file = csv("email,name,city\na@example.org,Añ,Kyōto\nb@example.org,B,\n")
    import_file(file, weekly)

    result = import_file(file, weekly)

    assert (result.added, result.updated, result.unchanged) == (0, 0, 2)


def test_the_first_line_of_an_address_counts(weekly: List, csv: Csv) -> None:
    """Later lines are reported with the line they repeat, and change nothing."""
    file = csv("email,name\na@example.org,First\nA@EXAMPLE.org,Second\nａ@example.org,Third\n")

    result = import_file(file, weekly)

    assert Subscriber.objects.get().name == "First"
    assert result.folded == ((3, 2), (4, 2))


def test_a_dry_run_changes_nothing_and_tells_the_same(
    weekly: List, person: Person, csv: Csv
) -> None:
    """The figures of the dry run are those of the import that follows."""
    person("old@example.org", name="Old", weekly="active")
    file = csv("email,name\nold@example.org,New\nnew@example.org,\nbad,\nNEW@example.org,\n")

    tried = import_file(file, weekly, dry_run=True)

    assert tried.dry_run
    assert states(weekly) == {"old@example.org": "active"}
    assert Subscriber.objects.get().name == "Old"
    assert tried.figures() | {"dry_run": False} == import_file(file, weekly).figures()


def test_rows_too_short_or_too_long(weekly: List, csv: Csv) -> None:
    """Missing cells are blank; cells beyond the columns are an unquoted divider, so a bad line."""
    file = csv("email,name,city\na@example.org\nb@example.org,B,x,,\nc@example.org,C,x,y\n")

    result = import_file(file, weekly)

    assert set(states(weekly)) == {"a@example.org", "b@example.org"}
    assert result.bad[0].line == 4
    assert "4 cells in 3 columns" in result.bad[0].reason


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "people.csv: the file is empty"),
        (" \n,,\n", "people.csv: the file is empty"),
        ("\nname,town\nJane,Boston\n", r"people.csv:2: no column .*'name', 'town'"),
        ("a@example.org,Ann\nb@example.org,Bob\n", r"people.csv:1: the first line contains an add"),
        ('email\na@example.org\nb@example.org\n"c\n', r"people.csv:4: a quotation mark"),
    ],
)
def test_an_invalid_file_saves_nothing(weekly: List, csv: Csv, text: str, message: str) -> None:
    """The error names file and line, and even the good lines before it are not imported."""
    with pytest.raises(ImportRejected, match=message):
        import_file(csv(text), weekly)

    assert not Subscriber.objects.exists()


def test_many_chunks_are_one_import(
    weekly: List, csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are dealt with some at a time; nobody falls between two, new or known."""
    monkeypatch.setattr(staging, "CHUNK", 3)
    rows = "".join(f"reader{number}@example.org,{{}}\n" for number in range(10))
    import_file(csv("email,name\n" + rows.format(*"aaaaaaaaaa")), weekly)

    result = import_file(csv("email,name\n" + rows.format(*"abababbbbb")), weekly)

    assert (result.updated, result.unchanged) == (7, 3)
    assert weekly.subscriptions.count() == 10


@pytest.mark.django_db(transaction=True)
def test_an_import_cut_short_leaves_nothing(weekly: List, csv: Csv) -> None:
    """When writing the subscriptions fails, the people written before are gone as well."""
    Subscription.objects.all().delete()
    file = csv("email\na@example.org\nb@example.org\n")
    with (
        pytest.raises(RuntimeError, match="the plug is pulled"),
        connection.execute_wrapper(pull_the_plug),
    ):
        import_file(file, weekly)

    assert not Subscriber.objects.exists()
    assert import_file(file, weekly).added == 2


def pull_the_plug(
    execute: Callable[..., Any], statement: str, values: Any, many: bool, context: Any
) -> Any:
    """Fail at the statement that subscribes people."""
    if "INSERT INTO subscribers_subscription" in statement:
        raise RuntimeError("the plug is pulled")
    return execute(statement, values, many, context)


@given(st.lists(st.lists(CELLS, max_size=4), max_size=8), st.sampled_from(",;\t"))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_is_imported_or_rejected(
    weekly: List, tmp_path: Path, rows: list[list[str]], delimiter: str
) -> None:
    """Nothing but `ImportRejected` is raised, a dry run agrees, and the sums hold."""
    file = tmp_path / "any.csv"
    lines = ["email", *(delimiter.join(row) for row in rows)]
    file.write_text("\n".join(lines), encoding="utf-8", newline="")
    with transaction.atomic():
        try:
            tried = import_file(file, weekly, dry_run=True)
            result = import_file(file, weekly)
        except ImportRejected:
            pass
        else:
            assert tried.figures() | {"dry_run": False} == result.figures()
            assert weekly.subscriptions.count() == result.added
        transaction.set_rollback(True)


@given(st.binary(max_size=200))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_imported_or_rejected(weekly: List, tmp_path: Path, content: bytes) -> None:
    """Nothing but `ImportRejected` is raised, whatever somebody drops on the importer."""
    file = tmp_path / "any.csv"
    file.write_bytes(b"email,x\n" + content)
    with transaction.atomic():
        try:
            import_file(file, weekly)
        except ImportRejected:
            assert not Subscriber.objects.exists()
        transaction.set_rollback(True)


def test_a_lost_row_is_noticed() -> None:
    """A result whose parts are not the whole cannot be made."""
    with pytest.raises(InvalidTransition, match="lost count"):
        ImportResult(
            columns={},
            rows=2,
            added=1,
            updated=0,
            unchanged=0,
            suppressed=0,
            unsubscribed=0,
            folded=(),
            bad=(),
            dry_run=False,
        )


def test_a_column_of_languages_is_read(weekly: List, person: Person, csv: Csv) -> None:
    """Tags and names; what is known of a person stays, and another text becomes an attribute."""
    person("ann@example.org", weekly="active")
    bob = person("bob@example.org", weekly="active")
    Subscriber.objects.filter(pk=bob.pk).update(language="de")
    file = csv(
        "email,Preferred Language\nann@example.org,ja\nbob@example.org,en\ncy@example.org,pt_br\n"
        "dee@example.org,日本語\neve@example.org,Deutsch\nfay@example.org,Python\ngus@example.org,\n"
    )

    result = import_file(file, weekly)

    languages = dict(Subscriber.objects.values_list("email", "language"))
    assert {email[:3]: tag for email, tag in languages.items()} == {
        "ann": "ja",
        "bob": "de",
        "cy@": "pt-BR",
        "dee": "ja",
        "eve": "de",
        "fay": "",
        "gus": "",
    }
    assert (result.updated, result.unchanged, result.added) == (1, 1, 5)
    assert Subscriber.objects.get(email="fay@example.org").attributes == {"language": "Python"}
    assert result.remarks == (
        "1 row names no language that is known, and keeps it as an attribute: 'Python' (line 7)",
    )


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("EN", "en"),
        ("en_US.UTF-8", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("français", "fr"),
        ("Japanese", "ja"),
        ("xx", ""),
        ("English or German", ""),
        ("", ""),
    ],
)
def test_languages_have_tags_and_names(text: str, tag: str) -> None:
    """A tag is written as BCP 47 has it; a name is one of English or of the language itself."""
    assert read_language(text) == tag
