"""An export of ours comes back through an import as it went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from subscribers.exporting import export_list
from subscribers.finding.exporting import export_people
from subscribers.finding.filters import PeopleFilter
from subscribers.importing import runs
from subscribers.importing.applying import import_file, import_suppressions
from subscribers.importing.telling import told_of
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import (
    List,
    ListSuppression,
    Subscriber,
    Subscription,
    Suppression,
    SuppressionRemoval,
)
from subscribers.privacy import retention
from subscribers.subscriptions import resubscribe, unsubscribe
from subscribers.suppressions import Reason, lift_suppression, remove, suppress, suppress_all
from tests.unit.subscribers.conftest import Person

ATTRIBUTES = {
    "city": "Lowen",
    "phone": "+49 30 1",
    "Favourite colour": "blau\ngrün",
    "status": "gold",
    "language": "Klingon",
    "first_name": "Anna",
}
DAY = dt.timedelta(days=1)


def snapshot() -> dict[str, Any]:
    """Return all that an export tells of, by address."""
    people: dict[str, Any] = {
        person.key: (person.name, person.language, person.attributes, person.created_at.date())
        for person in Subscriber.objects.all()
    }
    for on in Subscription.objects.select_related("subscriber"):
        at = on.changed_at if on.state == "unsubscribed" else on.created_at
        people[on.subscriber.key] += (on.state, at.date())
    stops = {stop.key: (stop.reason, stop.created_at.date()) for stop in Suppression.objects.all()}
    here = {
        stop.key: (stop.reason, stop.created_at.date()) for stop in ListSuppression.objects.all()
    }
    return {"people": people, "everywhere": stops, "here": here}


@pytest.fixture
def readers(weekly: List, person: Person) -> List:
    """A list with somebody of every kind, known for a year, who left or were suppressed since."""
    person("ann@example.org", name="N/A", weekly="active")
    person("bob@example.org", name="Ember, Bob", weekly="pending")
    person("gone@example.org", weekly="unsubscribed")
    person("eve@example.org", name='=HYPERLINK("http://x")', weekly="active")
    Subscriber.objects.filter(key="ann@example.org").update(
        attributes=ATTRIBUTES, language="zh-Hant-TW"
    )
    year = timezone.now() - 365 * DAY
    Subscriber.objects.update(created_at=year)
    Subscription.objects.update(created_at=year, changed_at=year)
    Subscription.objects.filter(state="unsubscribed").update(changed_at=year + 90 * DAY)
    for reason in Reason:
        suppress_all({f"{reason}@example.org": reason}, "said")
        person(f"{reason}@example.org", weekly="unsubscribed")
    person("here@example.org", weekly="unsubscribed")
    suppress_for_list("here@example.org", weekly, Reason.COMPLAINED)
    person("both@example.org", weekly="unsubscribed")
    suppress("both@example.org", "manual")
    suppress_for_list("both@example.org", weekly, Reason.BOUNCED)
    for stops in (Suppression, ListSuppression):
        stops.objects.update(created_at=year + 100 * DAY)
    return weekly


Export = Callable[[List], Iterator[bytes]]
EXPORTS: dict[str, Export] = {
    "people.csv": lambda of: export_list(of, "csv"),
    "people.xlsx": lambda of: export_list(of, "xlsx"),
    "found.csv": lambda of: export_people(PeopleFilter(list=of.slug), "csv"),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_the_same_list_takes_its_export_without_a_change(
    readers: List, tmp_path: Path, name: str
) -> None:
    """Nobody is new, other, or kept out who was not; no column becomes an attribute."""
    path = tmp_path / name
    path.write_bytes(b"".join(EXPORTS[name](readers)))
    before = snapshot()

    result = import_file(path, readers)

    assert snapshot() == before
    assert (result.added, result.pending, result.updated) == (0, 0, 0)
    assert (result.newly_suppressed, result.newly_unsubscribed, result.bad) == (0, 0, ())
    assert result.unchanged == 3


@pytest.mark.parametrize("name", ["people.csv", "people.xlsx"])
def test_an_empty_database_becomes_as_the_export(readers: List, tmp_path: Path, name: str) -> None:
    """Names, languages, attributes, states, dates and suppressions are as they were there.

    Of who left only the address is kept.
    """
    path = tmp_path / name
    path.write_bytes(b"".join(EXPORTS[name](readers)))
    before = snapshot()
    for model in (Subscription, Suppression, ListSuppression, Subscriber):
        model.objects.all().delete()

    import_file(path, readers)

    after = snapshot()
    assert (after["everywhere"], after["here"]) == (before["everywhere"], before["here"])
    assert after["people"].keys() == before["people"].keys()
    for key in ("ann@example.org", "bob@example.org", "eve@example.org"):
        assert after["people"][key] == before["people"][key]
    assert after["people"]["gone@example.org"][4:] == before["people"]["gone@example.org"][4:]


def test_what_a_file_backdates_can_be_undone(readers: List, tmp_path: Path) -> None:
    """Except for whom somebody changed since."""
    path = tmp_path / "people.csv"
    path.write_bytes(b"".join(export_list(readers, "csv", "active")))
    other = List.objects.create(name="Other", slug="other")
    Subscription.objects.filter(state="active").delete()
    Subscriber.objects.filter(key__in=("ann@example.org", "eve@example.org")).delete()
    reason = runs.Reason(basis="consent")
    run, _result = runs.import_now(path, other, {}, reason=reason)
    ann = other.subscriptions.get(subscriber__key="ann@example.org")
    assert timezone.now() - ann.created_at > 364 * DAY
    other.subscriptions.filter(subscriber__key="eve@example.org").update(changed_at=timezone.now())

    runs.undo_run(run)

    left = other.subscriptions.filter(state="active").values_list("subscriber__key", flat=True)
    assert list(left) == ["eve@example.org"]


def test_who_has_yet_to_confirm_has_the_time_to(weekly: List, tmp_path: Path) -> None:
    """However long the file knows them: the night after does not erase them; an undo does."""
    path = tmp_path / "them.csv"
    path.write_text("email,status,since\nann@example.org,pending,2020-05-01\n")
    run, _result = runs.import_now(
        path, weekly, {"columns": ["joined=since"]}, reason=runs.Reason(basis="consent")
    )

    retention.clean(timezone.now())

    assert weekly.subscriptions.get().created_at == dt.datetime(2020, 5, 1, tzinfo=dt.UTC)
    runs.undo_run(run)
    assert not Subscriber.objects.exists()


def test_who_came_back_within_hours_of_leaving_stays(
    weekly: List, person: Person, tmp_path: Path
) -> None:
    """An export of ours says to the second when somebody left; other files may mean a day."""
    ann = person("ann@example.org", weekly="active")
    unsubscribe(ann.pk)
    left = timezone.now() - dt.timedelta(hours=5)
    Subscription.objects.update(created_at=left - DAY, changed_at=left)
    path, other = tmp_path / "people.csv", tmp_path / "left.csv"
    path.write_bytes(b"".join(export_list(weekly, "csv")))
    other.write_text(f"email,unsubscribed_at\nann@example.org,{left:%Y-%m-%d %H:%M}\n")
    resubscribe(ann.pk, [weekly.pk])

    assert import_file(path, weekly).newly_unsubscribed == 0
    assert import_file(other, weekly).newly_unsubscribed == 1


@pytest.mark.parametrize("scope", ["all mail", "this list"])
@pytest.mark.parametrize("back", [True, False])
def test_own_act_after_an_export_outweighs_its_suppression(
    weekly: List, person: Person, tmp_path: Path, scope: str, back: bool
) -> None:
    """Who came back since stays; who did not, or was suppressed after they had, does not."""
    ann = person("ann@example.org", weekly="active")
    stops: type[Suppression | ListSuppression] = Suppression
    if scope == "all mail":
        suppress("ann@example.org", Reason.COMPLAINED)
    else:
        stops = ListSuppression
        suppress_for_list("ann@example.org", weekly, Reason.COMPLAINED)
    unsubscribe(ann.pk)
    past = timezone.now() - 40 * DAY
    stops.objects.update(created_at=past)
    Subscription.objects.update(created_at=past - DAY, changed_at=past)
    path = tmp_path / "people.csv"
    path.write_bytes(b"".join(export_list(weekly, "csv")))
    resubscribe(ann.pk, [weekly.pk])
    lift_suppression("ann@example.org")
    if not back:
        SuppressionRemoval.objects.update(removed_at=past - DAY)

    import_file(path, weekly)

    assert stops.objects.exists() is not back
    assert weekly.subscriptions.filter(state="active").exists() is back


def test_an_old_file_takes_off_whom_an_export_brought(readers: List, tmp_path: Path) -> None:
    """A date that came with a file is no sign that the person came back by themselves."""
    path = tmp_path / "people.csv"
    path.write_bytes(b"".join(export_list(readers, "csv", "active")))
    Subscription.objects.filter(state="active").delete()
    import_file(path, readers)
    left = tmp_path / "left.csv"
    left.write_text(
        "email,unsubscribed_at\nann@example.org,2024-01-01\neve@example.org,2024-01-01\n"
    )

    result = import_file(left, readers)

    assert result.newly_unsubscribed == 2


def test_as_suppressions_an_export_holds_for_all_mail(readers: List, tmp_path: Path) -> None:
    """A file of suppressions belongs to no list."""
    path = tmp_path / "people.csv"
    path.write_bytes(b"".join(export_list(readers, "csv", "suppressed")))
    ListSuppression.objects.all().delete()

    import_suppressions(path)

    assert Suppression.objects.get(key="here@example.org").reason == "complained"
    assert not ListSuppression.objects.exists()


def test_suppressions_for_single_lists_come_back_to_their_lists(
    readers: List, tmp_path: Path
) -> None:
    """The file of everybody names each list; an import takes what it says of its own list."""
    events = List.objects.create(name="Events", slug="events")
    suppress_for_list("ann@example.org", events, Reason.COMPLAINED)
    suppress_for_list("bob@example.org", events)
    suppress_for_list("bob@example.org", readers, Reason.BOUNCED)
    columns = ("list__slug", "key", "reason", "created_at")
    before = set(ListSuppression.objects.values_list(*columns))
    path = tmp_path / "everybody.csv"
    path.write_bytes(b"".join(export_people(PeopleFilter())))
    for model in (Subscription, Suppression, ListSuppression, Subscriber):
        model.objects.all().delete()

    for one in (events, readers):
        import_file(path, one)

    after = set(ListSuppression.objects.values_list(*columns))
    assert {row[:3] for row in after} == {row[:3] for row in before}
    assert {row[3].replace(microsecond=0) for row in before} == {row[3] for row in after}
    assert {each.subscriber.key for each in events.subscriptions.filter(state="active")} == {
        "eve@example.org"
    }


def test_the_file_of_one_list_keeps_the_reasons_of_another(readers: List, tmp_path: Path) -> None:
    """Found on one list, a person is suppressed for another with the reason from there."""
    events = List.objects.create(name="Events", slug="events")
    suppress_for_list("bob@example.org", events, Reason.COMPLAINED)
    suppress_for_list("bob@example.org", readers, Reason.BOUNCED)
    path = tmp_path / "readers.csv"
    path.write_bytes(b"".join(export_people(PeopleFilter(list=readers.slug))))
    for model in (Subscription, Suppression, ListSuppression, Subscriber):
        model.objects.all().delete()

    import_file(path, events)

    assert events.suppressions.get(key="bob@example.org").reason == Reason.COMPLAINED


@pytest.mark.parametrize("ended", ["", "all mail", "this list"])
def test_both_suppressions_of_one_address_come_back(
    weekly: List, person: Person, tmp_path: Path, ended: str
) -> None:
    """The one for all mail and the one for the list, each unless its owner ended it since."""
    ann = person("ann@example.org", weekly="active")
    suppress("ann@example.org", Reason.BOUNCED)
    suppress_for_list("ann@example.org", weekly, Reason.UNSUBSCRIBED)
    path = tmp_path / "everybody.csv"
    path.write_bytes(b"".join(export_people(PeopleFilter())))
    Suppression.objects.all().delete()
    ListSuppression.objects.all().delete()
    if ended:
        SuppressionRemoval.objects.create(
            email=ann.email,
            key=ann.key,
            list=weekly if ended == "this list" else None,
            by="=person",
            suppressed_at=timezone.now() - DAY,
            removed_at=timezone.now() + DAY,
        )

    results = [import_file(path, weekly) for _ in range(2)]

    reasons = (Suppression.objects, weekly.suppressions)
    everywhere, here = (list(of.values_list("reason", flat=True)) for of in reasons)
    assert everywhere == ["bounced"] * (ended != "all mail")
    assert here == ["unsubscribed"] * (ended != "this list")
    assert [each.newly_suppressed for each in results] == [1, 0]
    told = ann.changes.filter(kind="suppressed", by="=file").count()
    assert told == (1 if ended else 2)


def test_a_file_of_suppressions_for_one_list(weekly: List, person: Person, tmp_path: Path) -> None:
    """Nobody leaves, other lists may mail them, and the second time nobody is new."""
    person("ann@example.org", weekly="active")
    path = tmp_path / "stop.csv"
    path.write_text("email\nann@example.org\nzoe@example.org\n")

    planned = import_suppressions(path, only_for=weekly, dry_run=True)
    done = import_suppressions(path, only_for=weekly)
    again = import_suppressions(path, only_for=weekly)

    assert [each.newly_suppressed for each in (planned, done, again)] == [2, 2, 0]
    assert set(weekly.suppressions.values_list("key", flat=True)) == {
        "ann@example.org",
        "zoe@example.org",
    }
    told = told_of("suppressed-here")
    assert import_file(path, List.objects.create(slug="b"), told=told).newly_suppressed == 2
    assert not Suppression.objects.exists()
    assert ListSuppression.objects.count() == 4
    assert Subscription.objects.get().state == "active"


def test_the_end_of_a_suppression_knows_when_it_was_written_here(
    readers: List, tmp_path: Path
) -> None:
    """The date of a file counts for what is shown, not for what may have happened since."""
    path = tmp_path / "people.csv"
    path.write_bytes(b"".join(export_list(readers, "csv")))
    Suppression.objects.all().delete()
    import_file(path, readers)
    address = f"{Reason.MANUAL}@example.org"
    began = Suppression.objects.get(key=address).created_at

    ended = remove(address, why="typed by mistake", confirmed=True)

    assert timezone.now() - began > 200 * DAY
    assert timezone.now() - ended.suppressed_at < dt.timedelta(minutes=1)


def test_a_weightier_reason_of_a_file_replaces_another(readers: List, tmp_path: Path) -> None:
    """By the same rule as everywhere: what readers want is more than what their mailbox does."""
    path = tmp_path / "people.csv"
    path.write_bytes(b"".join(export_list(readers, "csv", "suppressed")))
    Suppression.objects.all().delete()
    suppress("unsubscribed@example.org", Reason.BOUNCED)
    suppress("bounced@example.org", Reason.COMPLAINED)

    import_file(path, readers)

    assert Suppression.objects.get(key="unsubscribed@example.org").reason == "unsubscribed"
    assert Suppression.objects.get(key="bounced@example.org").reason == "complained"


def test_another_table_says_since_when_people_are_known(weekly: List, tmp_path: Path) -> None:
    """If somebody names the column; without that it stays an attribute."""
    path = tmp_path / "them.csv"
    path.write_text("email,Member since\nann@example.org,2020-05-01\nbob@example.org,soon\n")

    import_file(path, weekly, told=told_of("", columns=["joined=Member since"]))

    ann, bob = Subscriber.objects.order_by("key")
    assert ann.created_at == dt.datetime(2020, 5, 1, tzinfo=dt.UTC)
    assert bob.created_at.year >= 2026
    assert ann.attributes == bob.attributes == {}
