"""People are found by any part of an address or name, and by lists, states, segments, sources."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsletter.errors import BadInput, NotFound
from subscribers.finding import pages
from subscribers.finding.filters import PeopleFilter, explain_filter, read_filter
from subscribers.finding.pages import Found, Search
from subscribers.models import List, Subscriber, Subscription
from subscribers.privacy.erasure import erase_person
from subscribers.segments.saved import create_segment
from subscribers.suppressions import suppress
from tests.unit.subscribers.conftest import Person

#: Addresses that a filter finds, the newest first.
Find = Callable[..., list[str]]


@pytest.fixture(params=["few", "many"])
def find(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Find:
    """Find people, as where a filter finds few, and as where it finds many."""
    if request.param == "many":
        monkeypatch.setattr(pages, "MAX_COUNTED", 0)
        monkeypatch.setattr(pages, "WINDOW", 2)

    def names(**asked: str) -> list[str]:
        found = Search(read_filter(asked)).page().people
        return [person.email.partition("@")[0] for person in found]

    return names


@pytest.fixture
def readers(weekly: List, person: Person) -> None:
    """Some people, the last of them the newest."""
    List.objects.create(name="Events", slug="events")
    person("Jane.Doe@example.org", name="Jane Doe", weekly="active")
    person("hanako@example.jp", name="佐藤 花子", weekly="unsubscribed", events="active")
    person("emile@example.fr", name="Émile Zola", events="pending")
    person("jörg.östlund@bücher.example", name="")
    person("bob@example.org", name="100% Bob")
    suppress("jane.doe@example.org")
    Subscription.objects.filter(list__slug="events").update(source="import of readers.csv")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("e.DOE@exam", ["Jane.Doe"]),
        ("ｄｏｅ", ["Jane.Doe"]),
        ("doe jane", ["Jane.Doe"]),
        ("花", ["hanako"]),
        ("花子 佐", ["hanako"]),
        ("émile", ["emile"]),
        ("ÉMILE zo", ["emile"]),
        ("ÖST", ["jörg.östlund"]),
        ("RG.Ö", ["jörg.östlund"]),
        ("JÖRG.ÖSTLUND@BÜCHER", ["jörg.östlund"]),
        ("BÜCHER", ["jörg.östlund"]),
        ("example.org", ["bob", "Jane.Doe"]),
        ("100%", ["bob"]),
        ("%", ["bob"]),
        ("nobody", []),
        ("", ["bob", "jörg.östlund", "emile", "hanako", "Jane.Doe"]),
    ],
)
@pytest.mark.usefixtures("readers")
def test_a_part_of_address_or_name_is_enough(find: Find, text: str, found: list[str]) -> None:
    """In any case and width, words in any order, Japanese from one letter on, newest first."""
    assert find(text=text) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"list": "weekly"}, ["hanako", "Jane.Doe"]),
        ({"list": "weekly", "state": "unsubscribed"}, ["hanako"]),
        ({"state": "active"}, ["hanako", "Jane.Doe"]),
        ({"state": "pending"}, ["emile"]),
        ({"state": "suppressed"}, ["Jane.Doe"]),
        ({"list": "events", "state": "suppressed"}, []),
        ({"state": "nowhere"}, ["bob", "jörg.östlund"]),
        ({"list": "events", "state": "nowhere"}, ["bob", "jörg.östlund", "Jane.Doe"]),
        ({"source": "READERS.csv"}, ["emile", "hanako"]),
        ({"source": "readers", "state": "active"}, ["hanako"]),
        ({"segment": "french"}, ["emile"]),
        ({"segment": "french", "text": "jane"}, []),
    ],
)
@pytest.mark.usefixtures("readers")
def test_filters_narrow_what_is_found(find: Find, asked: dict[str, str], found: list[str]) -> None:
    """All conditions hold at once; those of a subscription hold for one and the same."""
    create_segment("French", "domain is example.fr")

    assert find(**asked) == found
    assert Search(read_filter(asked)).count().people == (len(found) if pages.MAX_COUNTED else 0)


@pytest.mark.usefixtures("readers")
def test_who_was_erased_is_not_found(find: Find) -> None:
    """Neither on a page nor in the count."""
    erase_person(Subscriber.objects.get(key="bob@example.org"))
    row = Subscriber.objects.get(key="emile@example.fr")
    Subscriber.objects.filter(pk=row.pk).update(key=f"erased-{row.pk}@erased.invalid")

    assert find() == ["jörg.östlund", "hanako", "Jane.Doe"]
    assert Search(PeopleFilter()).count() == Found(3, exact=True)


def test_pages_go_on_where_the_last_ended(find: Find, person: Person) -> None:
    """Every person stands on one page, whatever comes meanwhile."""
    for number in range(5):
        person(f"reader{number}@example.org")
    search = Search(PeopleFilter(text="reader"))
    first = search.page(size=2)
    person("reader9@example.org")
    later = Search(PeopleFilter(text="reader"))
    second = later.page(first.next, size=2)
    third = later.page(second.next, size=2)

    names = [each.email[6] for page in (first, second, third) for each in page.people]
    assert names == ["4", "3", "2", "1", "0"]
    assert (first.full, third.next) == (True, 0)


def test_a_long_look_ends_and_goes_on(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the time is over the page is not full, says so, and the next one goes on there."""
    monkeypatch.setattr(pages, "MAX_COUNTED", 1)
    monkeypatch.setattr(pages, "WINDOW", 1)
    for number in range(4):
        person(f"reader{number}@example.org")
    search = Search(PeopleFilter(text="reader"))

    first = search.page(seconds=0)
    rest = search.page(first.next, seconds=60)

    assert not first.full
    assert rest.full
    assert len(first.people) + len(rest.people) == 4


def test_a_count_says_no_more_than_is_known(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above a number, or when the time is over, it is a lower bound."""
    monkeypatch.setattr(pages, "WINDOW", 1)
    for number in range(4):
        person(f"reader{number}@example.org")

    exact = Search(PeopleFilter(text="reader")).count()
    monkeypatch.setattr(pages, "MAX_COUNTED", 3)
    many = Search(PeopleFilter(text="reader"))
    hurried = Search(PeopleFilter(state="nowhere")).count(seconds=0)

    assert exact == Found(4, exact=True)
    assert many.count() == Found(3, exact=False)
    assert hurried.people < 3
    assert not hurried.exact


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"state": "gone"}, BadInput, "'gone' is not a state of people"),
        ({"list": "gone"}, NotFound, "there is no list 'gone'"),
        ({"segment": "gone"}, NotFound, "there is no segment 'gone'"),
    ],
)
def test_what_there_is_not_is_said(
    weekly: List, asked: dict[str, str], error: type[Exception], words: str
) -> None:
    """Nobody takes a misspelt filter for one that finds nobody."""
    with pytest.raises(error, match=words):
        read_filter(asked)


def test_a_filter_is_said_in_words(weekly: List) -> None:
    """All of it, so that a person knows whom an action is about."""
    create_segment("French", "domain is example.fr")
    asked = {"text": "ann", "list": "weekly", "state": "active", "segment": "french"}

    assert explain_filter(read_filter({**asked, "source": "csv"})) == (
        "“ann” in the address or name, list Weekly digest, state: active, "
        "segment French (domain is “example.fr”), “csv” in the source"
    )
    assert explain_filter(PeopleFilter()) == "everybody"
