"""Segments: the filter language, whom it finds, its words and its counts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as some

from newsletter.errors import BadInput, NotFound
from subscribers import suppressions
from subscribers.models import List, Segment, Subscriber, Subscription
from subscribers.segments import counting, saved
from subscribers.segments.explaining import explain
from subscribers.segments.expressions import All, AnyOf, Condition, Expression, Not, Operator
from subscribers.segments.parsing import MAX_CONDITIONS, MAX_DEPTH, parse_filter
from subscribers.segments.queries import build_query
from subscribers.segments.writing import write_filter
from tests.unit.subscribers.conftest import Person

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def people(weekly: List, person: Person) -> dict[str, Subscriber]:
    """Four people who differ in everything that can be asked."""
    List.objects.create(name="Board", slug="board")
    made = {
        "ann": person("ann@example.org", name="Ann Lee", weekly="active", board="active"),
        "bob": person("bob@mail.example.com", name="Bob", weekly="unsubscribed"),
        "eve": person("eve@example.org", weekly="active"),
        "jun": person("jun@example.jp", name="Jun", weekly="pending"),
    }
    made["ann"].attributes = {"city": "Lowen", "2024": "yes", "": "odd", "a b": "x, y"}
    made["bob"].language, made["jun"].language = "pt-BR", "ja"
    made["jun"].attributes = {"city": "Tokyo"}
    for days, name in enumerate(("ann", "bob", "eve", "jun")):
        made[name].created_at = timezone.now() - dt.timedelta(days=days * 40, hours=1)
        made[name].save()
    Subscription.objects.filter(subscriber=made["eve"]).update(source="people.csv")
    suppressions.suppress("eve@example.org")
    return made


def found(source: str) -> str:
    """Return the first names in the addresses that a filter finds."""
    rows = Subscriber.objects.filter(build_query(parse_filter(source))).order_by("pk")
    return " ".join(each.email.partition("@")[0] for each in rows)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("email is ANN@example.org", "ann"),
        ("email ends with @example.org", "ann eve"),
        ("email does not contain example.org", "bob jun"),
        ("domain is example.org", "ann eve"),
        ("domain not in (example.org, @example.jp)", "bob"),
        ('name is "ann lee"', "ann"),
        ("name starts with J", "jun"),
        ("name is blank", "eve"),
        ("name is not blank", "ann bob jun"),
        ("name in (bob, jun)", "bob jun"),
        ("language is pt", "bob"),
        ("language is pt-BR", "bob"),
        ("language is not ja", "ann bob eve"),
        ("language in (ja, pt)", "bob jun"),
        ("language is blank", "ann eve"),
        ("language is not blank", "bob jun"),
        ("list is weekly", "ann eve"),
        ("list is not board", "bob eve jun"),
        ("list in (board, weekly)", "ann eve"),
        ("left is weekly", "bob"),
        ("source is people.csv", "eve"),
        ("source is not people.csv", "ann bob jun"),
        ("source is blank", "ann bob jun"),
        ("source starts with people", "eve"),
        ("suppressed is yes", "eve"),
        ("suppressed is no", "ann bob jun"),
        ("attribute.city is lowen", "ann"),
        ("attribute.city is not lowen", "bob eve jun"),
        ("attribute.city is blank", "bob eve"),
        ("attribute.2024 is yes", "ann"),
        ('attribute."a b" contains ", "', "ann"),
        ("joined within 30 days", "ann"),
        ("joined over 100 days ago", "jun"),
        ("joined before 2000-01-01", ""),
        ("joined after 2000-01-01 and list is weekly", "ann eve"),
        ("not list is weekly", "bob jun"),
        ("not (list is weekly or left is weekly)", "jun"),
        ("name is Bob or list is board and email contains ann", "ann bob"),
        ("(name is Bob or list is weekly) and suppressed is no", "ann bob"),
        ('name is "\\"" or name is "and"', ""),
    ],
)
def test_filter_finds(source: str, names: str) -> None:
    """A filter finds exactly the people of whom it is true, and its opposite all others."""
    everybody = {"ann", "bob", "eve", "jun"}

    assert found(source) == names
    assert set(found(f"not ({source})").split()) == everybody - set(names.split())


def test_day_is_one_of_the_installation() -> None:
    """`on` finds who joined between two midnights of the installation's zone, whoever looks."""
    day = timezone.localdate(Subscriber.objects.get(email="ann@example.org").created_at)

    with timezone.override("Pacific/Kiritimati"):
        assert "ann" in found(f"joined on {day.isoformat()}")
        assert "ann" not in found(f"joined after {day.isoformat()}")
        assert "ann" not in found(f"joined before {day.isoformat()}")


@pytest.mark.parametrize(
    ("source", "column", "words"),
    [
        ("", 1, "empty"),
        ("   ", 1, "empty"),
        ("language", 9, "how language is compared"),
        ("nme is x", 1, "no field nme"),
        ("name", 5, "how name is compared"),
        ("name equals x", 6, "how name is compared"),
        ("name within 3 days", 6, "cannot be compared"),
        ("name is", 8, "value is missing"),
        ("name is (x)", 9, "value is missing"),
        ("name in x", 9, "'(' is missing"),
        ("name in (x y)", 12, "')' is missing"),
        ('name is ""', 9, "blank"),
        ('name is "x', 9, "not closed"),
        ("list is nowhere", 9, "no value 'nowhere'"),
        ("joined before yesterday", 15, "no date"),
        ("joined on 2026-02-30", 11, "no date"),
        ("joined within 9e9 days", 15, "whole number"),
        ("joined within ٣ days", 15, "whole number"),
        ("joined within 3", 16, "'days' is missing"),
        ("joined over 3 days", 19, "'ago' is missing"),
        ("name is x name is y", 11, "not expected"),
        ("(name is x", 11, "')' is missing"),
        ("name is x)", 10, "not expected"),
        ("and name is x", 1, "no field and"),
        ('"name" is x', 1, "field is missing"),
        ("attribute. is x", 1, "no field attribute."),
        ("suppressed is maybe", 15, "no value 'maybe'"),
    ],
)
def test_mistake_is_named_with_its_column(source: str, column: int, words: str) -> None:
    """What cannot be read is answered with the column at which it stands."""
    with pytest.raises(BadInput) as caught:
        parse_filter(source)

    assert f"column {column} " in caught.value.message
    assert words in caught.value.message


@pytest.mark.parametrize(
    "source",
    [
        "not " * (MAX_DEPTH + 2) + "name is x",
        "(" * (MAX_DEPTH + 2) + "name is x" + ")" * (MAX_DEPTH + 2),
        " or ".join(["name is x"] * (MAX_CONDITIONS + 1)),
        f"name is {'x' * 3_000}",
        f"attribute.{'x' * 300} is x",
    ],
)
def test_filter_is_bounded(source: str) -> None:
    """A filter of no end is refused."""
    with pytest.raises(BadInput):
        parse_filter(source)


@pytest.mark.parametrize(
    "nasty", ["%", "_", "'; DROP TABLE x; --", "%s", "\\", "{}", "\x00 x", "$", "[0]"]
)
def test_value_is_only_compared(nasty: str) -> None:
    """Signs that mean something to databases are compared like letters."""
    quoted = nasty.replace("\\", "\\\\").replace("\x00", "")
    for start in ("name contains", "attribute.city is", "source ends with", "email is"):
        assert found(f'{start} "{quoted}"') == ""


TEXTS = some.text(
    some.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]),
    min_size=1,
    max_size=12,
).filter(lambda text: bool(text.strip()))
CONDITIONS = some.builds(
    Condition,
    some.sampled_from(["name", "email", "source", "attribute.city", "attribute.a b"]),
    some.sampled_from([Operator.IS, Operator.IS_NOT, Operator.CONTAINS, Operator.ENDS]),
    some.tuples(TEXTS),
) | some.builds(
    Condition,
    some.just("domain"),
    some.sampled_from([Operator.IN, Operator.NOT_IN]),
    some.lists(TEXTS, min_size=1, max_size=3).map(tuple),
)
EXPRESSIONS: some.SearchStrategy[Expression] = some.recursive(
    CONDITIONS,
    lambda inner: (
        some.builds(Not, inner)
        | some.builds(All, some.lists(inner, min_size=2, max_size=3).map(tuple))
        | some.builds(AnyOf, some.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_what_is_written_is_read_as_the_same(expression: Expression) -> None:
    """Writing an expression and reading it again changes nothing."""
    assert parse_filter(write_filter(expression)) == expression


def test_filter_is_explained_in_the_readers_language() -> None:
    """The words name values as people do, in the language that is active."""
    expression = parse_filter(
        "list is weekly and (joined within 1 days or not suppressed is yes or name in (a, b))"
    )

    assert explain(expression) == (
        "list is “Weekly digest” and (joined in the last day or not (suppressed)"
        " or name is one of “a”, “b”)"
    )
    with translation.override("ja"):
        assert explain(expression) == (
            "リストが「Weekly digest」、かつ（登録日が過去1日以内、または（配信停止）ではない、"
            "または名前が「a」、「b」のいずれか）"
        )


def test_count_is_exact_where_few_people_are_known(weekly: List) -> None:
    """With few people everybody is counted, on some lists or on all."""
    expression = parse_filter("suppressed is no")

    assert counting.count_people(expression) == counting.Found(3, exact=True)
    on_list = counting.count_people(expression, frozenset([weekly.pk]))
    assert on_list == counting.Found(1, exact=True)


def test_count_of_many_is_estimated_from_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """With many people a sample is looked at, and the estimate is near, and called one."""
    Subscriber.objects.bulk_create(
        Subscriber(email=f"n{n}@example.net", key=f"n{n}@example.net", name="x" * (n % 4 == 0))
        for n in range(4_000)
    )
    monkeypatch.setattr(counting, "EXACT_IDS", 1_000)
    monkeypatch.setattr(counting, "RANGE_IDS", 20)

    estimated = counting.count_people(parse_filter("name is x"))

    assert not estimated.exact
    assert 900 <= estimated.people <= 1_100
    assert counting.count_exactly(parse_filter("name is x")) == 1_000


def test_segment_keeps_its_filter_in_one_spelling() -> None:
    """A segment is found by its short name, and its filter written the same way for everybody."""
    made = saved.create_segment(" New readers ", "((joined   WITHIN 30 days))")

    assert saved.segment_by_slug("new-readers") == made
    assert made.filter == "joined within 30 days"
    assert saved.count_segment(made) == 1
    saved.change_segment(made, name="All", source="suppressed is no")
    kept = Segment.objects.get()
    assert (kept.name, kept.filter, kept.people) == ("All", "suppressed is no", None)
    saved.delete_segment(kept)
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    "source", ["attribute.a\\b is x", "name is x\x00", f"name is {chr(92) * 1_200}"]
)
def test_filter_that_could_not_be_read_again_is_not_kept(source: str) -> None:
    """What is kept can be read again, whatever was typed."""
    with pytest.raises(BadInput):
        saved.create_segment("Odd", source)

    assert not Segment.objects.exists()


def test_segments_bad_names_are_refused() -> None:
    """A name that is blank, too long, taken or not to be made short is refused in words."""
    saved.create_segment("Readers", "suppressed is no")
    for name, slug in (("", ""), ("x" * 201, ""), ("日本", ""), ("Readers", ""), ("a", "A b")):
        with pytest.raises(BadInput):
            saved.create_segment(name, "suppressed is no", slug)
    with pytest.raises(NotFound, match="no segment 'x'"):
        saved.segment_by_slug("x")
    assert Segment.objects.count() == 1
