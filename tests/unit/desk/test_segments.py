"""Segments in the desk: made, changed, deleted, counted while one writes, and queued for."""

from __future__ import annotations

import pytest
from django.urls import reverse

from newsletter.desk.segments.builder import build_rows
from newsletter.publishing.models import Publication
from newsletter.sending.models import Send
from subscribers.models import Segment, Subscriber, Subscription
from subscribers.segments import saved
from tests import desks
from tests.unit.desk.conftest import LogIn

LIST = "/admin/segments/"


@pytest.fixture
def readers(publication: Publication) -> None:
    """Two people on the list, one of whom is called Jun."""
    for name in ("Jun", "Ann"):
        email = f"{name.lower()}@tideline.example"
        person = Subscriber.objects.create(email=email, key=email, name=name)
        Subscription.objects.create(subscriber=person, list=publication.lists.get())


def test_segment_is_made_changed_and_deleted(readers: None, log_in: LogIn) -> None:
    """An admin keeps a filter under a name, sees it in words with its count, and deletes it."""
    client = log_in("Admins")

    made = client.post("/admin/segments/new/", {"name": "Juns", "filter": "name is Jun"})
    shown = client.get(LIST).content.decode()
    one = Segment.objects.get()
    client.post(f"/admin/segments/{one.pk}/", {"name": "Others", "filter": "name is not Jun"})
    changed = Segment.objects.get()
    client.post(f"/admin/segments/{one.pk}/delete/")

    assert made.status_code == 302
    assert "name is “Jun”" in shown
    assert "1 person" in shown
    assert (changed.name, changed.filter, changed.slug) == ("Others", "name is not Jun", "juns")
    assert not Segment.objects.exists()


def test_mistake_stands_beside_what_was_typed(log_in: LogIn) -> None:
    """A filter that cannot be read is answered with the column, and what was typed stays."""
    answer = log_in("Admins").post(
        "/admin/segments/new/", {"name": "日本", "filter": "name iz Jun"}
    )
    text = answer.content.decode()

    assert "column 6 of the filter" in text
    assert "name iz Jun" in text
    assert not Segment.objects.exists()


def test_name_without_latin_letters_gets_a_short_name(log_in: LogIn) -> None:
    """Names in any writing are taken; short names do not collide."""
    client = log_in("Admins")
    for name in ("日本", "東京"):
        client.post("/admin/segments/new/", {"name": name, "filter": "language is ja"})

    assert sorted(Segment.objects.values_list("slug", flat=True)) == ["segment", "segment-2"]


def test_count_is_answered_while_one_writes(readers: None, log_in: LogIn) -> None:
    """The words and the number of a filter come as JSON; a mistake comes as a sentence."""
    client = log_in("Admins")

    good = client.get("/admin/segments/count/", {"filter": "name is Jun"}).json()
    bad = client.get("/admin/segments/count/", {"filter": "name is"}).json()

    assert good == {"words": "name is “Jun”", "people": "1 person"}
    assert "value is missing" in bad["fault"]


@pytest.mark.parametrize("group", ["Writers", "Senders"])
def test_only_admins_change_segments(group: str, log_in: LogIn) -> None:
    """Others cannot make, change, count or delete one; who may not see lists sees no segments."""
    one = saved.create_segment("Juns", "name is Jun")
    client = log_in(group)

    for address in ("new/", "count/", f"{one.pk}/", f"{one.pk}/delete/"):
        assert client.post(f"/admin/segments/{address}").status_code in (302, 403)
    assert (client.get(LIST).status_code == 200) == (group == "Senders")
    assert Segment.objects.get().filter == "name is Jun"


def test_issue_is_queued_for_a_segment(
    publication: Publication, readers: None, log_in: LogIn
) -> None:
    """The page says whom a segment has before queueing, and the send goes to it alone."""
    issue, segment = desks.draft(publication), saved.create_segment("Juns", "name is Jun")
    client = log_in("Senders")
    page = reverse("desk_queue", args=[issue.pk])
    counted = reverse("desk_audience", args=[issue.pk])

    before = client.get(page).content.decode()
    all_of_them = client.get(counted).content.decode()
    some = client.get(counted, {"segment": segment.pk}).content.decode()
    client.post(page, {"when": "slot", "segment": segment.pk})
    after = client.get(page).content.decode()

    assert "Everybody on the lists" in before
    assert "It goes to 2 people." in all_of_them
    assert "It goes to 1 person." in some
    assert Send.objects.get().segment == segment
    assert "Juns" in after


NAMED = {"field": "name", "operator": "is", "value": "Jun"}
MUTED = {"field": "name", "operator": "is not", "value": "Ann"}


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("name is Jun", {"join": "and", "rows": [NAMED]}),
        ("name is Jun and name is not Ann", {"join": "and", "rows": [NAMED, MUTED]}),
        ("name is Jun or name is not Ann", {"join": "or", "rows": [NAMED, MUTED]}),
        ("name is Jun or (name is Jun and name is not Ann)", None),
        ("name is Jun and language in en, ja", None),
        ("not (name is Jun and name is not Ann)", None),
        ("name resembles Jun", None),
        ("", None),
    ],
)
@pytest.mark.django_db
def test_builder_has_rows_for_simple_filters(source: str, shown: object) -> None:
    """Conditions with one value, joined in one way; any other filter is written as text."""
    assert build_rows(source)["filter"] == shown
