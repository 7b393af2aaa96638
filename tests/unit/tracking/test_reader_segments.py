"""Segments by opens and clicks: of what was counted, never of people who were not."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone, translation

from newsletter.errors import BadInput
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.delivery import dispatch
from newsletter.sending.models import Batch, Delivery, Edition, Send
from newsletter.sending.planning.queue import queue
from newsletter.tracking.models import CountedClicks, CountedLink, CountedOpens, CountedSum
from subscribers.models import Subscriber
from subscribers.preferences import counting
from subscribers.segments.explaining import explain
from subscribers.segments.parsing import parse_filter
from subscribers.segments.queries import build_query
from subscribers.segments.saved import create_segment
from subscribers.segments.writing import write_filter
from tests.unit.sending.conftest import (
    AddPeople,
    Configure,
    configure,
    issue,
    publication,
    readers,
)

__all__ = ["configure", "issue", "publication", "readers"]

pytestmark = pytest.mark.django_db

START = timezone.now() - dt.timedelta(days=100)


@pytest.fixture
def sends(publication: Publication, add_people: AddPeople) -> list[Send]:
    """Three issues that were counted; the first reader opened the first, the second the last."""
    Publication.objects.update(count_opens=True, count_clicks=True)
    people = add_people(4)
    made = [make_send(publication, number, people[:3]) for number in range(1, 4)]
    open_mail(made[0], people[0])
    open_mail(made[2], people[1])
    link = CountedLink.objects.create(send=made[1], url="https://tideline.example/")
    [followed] = made[1].deliveries.filter(subscriber=people[1])
    CountedClicks.objects.create(
        delivery=followed, link=link, count=1, first_at=START, last_at=START
    )
    return made


def make_send(publication: Publication, number: int, people: list[Subscriber]) -> Send:
    """Return a send of an issue whose mail the provider accepted, and which was counted."""
    draft = Issue(title=f"No {number}", publication=publication, volume=1, number=number + 1)
    publication.archive.add_child(instance=draft)
    edition = Edition.objects.create(issue=draft, subject="x", hash=f"{number:064}")
    at = START + dt.timedelta(days=number)
    send = Send.objects.create(
        issue=draft, edition=edition, at=at, started_at=at, count_opens=True, count_clicks=True
    )
    batch = Batch.objects.create(send=send, number=1, state=Batch.State.ACCEPTED)
    for person in people:
        Delivery.objects.create(send=send, batch=batch, subscriber=person, address=person.email)
    return send


def open_mail(send: Send, person: Subscriber) -> None:
    """Count an open by a machine."""
    CountedOpens.objects.create(
        delivery=send.deliveries.get(subscriber=person),
        send=send,
        count=1,
        by_machines=1,
        only_machines=True,
        first_at=START,
        last_at=START,
    )


def found(source: str) -> str:
    """Return the numbers of the readers whom a filter finds."""
    rows = Subscriber.objects.filter(build_query(parse_filter(source))).order_by("pk")
    return " ".join(each.email[len("reader") :].partition("@")[0] for each in rows)


@pytest.mark.parametrize(
    ("source", "people"),
    [
        ("opened one of the last 1 issues", "2"),
        ("opened one of the last 3 issues", "1 2"),
        ("opened one of the last 100 issues", "1 2"),
        ("opened none of the last 1 issues", "1 3"),
        ("opened none of the last 3 issues", "3"),
        ("clicked one of the last 1 issues", ""),
        ("clicked one of the last 2 issues", "2"),
        ("clicked none of the last 3 issues and accepted at least 3", "1 3"),
        ("not opened one of the last 3 issues", "3 4"),
    ],
)
def test_people_by_what_was_counted(sends: list[Send], source: str, people: str) -> None:
    """The last issues are the newest; who got none of them has opened neither one nor none."""
    assert found(source) == people


def test_who_was_not_counted_is_in_neither(sends: list[Send]) -> None:
    """Nobody can say of somebody who refuses, or did at that time, that they opened nothing."""
    third = Subscriber.objects.get(email__startswith="reader3")
    counting.refuse(third)
    assert found("opened none of the last 3 issues") == ""
    counting.allow(third)
    assert found("opened none of the last 3 issues") == ""


def test_issues_of_which_people_are_forgotten_are_none(sends: list[Send]) -> None:
    """Only the sums are left: they do not say who opened."""
    last = sends[2]
    CountedOpens.objects.filter(send=last).delete()
    CountedSum.objects.create(send=last, opened=1, only_machines=1, clicked=0)

    assert found("opened one of the last 2 issues") == "1"


def test_uncounted_mail_says_nothing(sends: list[Send]) -> None:
    """An issue that went out before it was counted is none of the last."""
    Send.objects.filter(pk=sends[2].pk).update(count_opens=False)

    assert found("opened none of the last 1 issues") == "1 2 3"
    assert found("opened one of the last 2 issues") == "1"


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("opened one of the last 0 issues", "no whole number from 1 to 100"),
        ("opened one of the last 101 issues", "no whole number from 1 to 100"),
        ("opened one of the last 5", "'issues' is missing here"),
        ("opened is yes", "opened cannot be compared with 'is'"),
        ("accepted one of the last 5 issues", "accepted cannot be compared"),
    ],
)
def test_mistakes_are_named(sends: list[Send], source: str, fault: str) -> None:
    """The column and what was expected there."""
    with pytest.raises(BadInput, match=fault):
        parse_filter(source)


@pytest.mark.parametrize("field", ["opened", "clicked"])
def test_what_is_not_counted_cannot_be_asked(
    publication: Publication, configure: Configure, field: str
) -> None:
    """Neither where no publication counts, nor where the transport cannot."""
    source = f"{field} one of the last 5 issues"
    with pytest.raises(BadInput, match="are not counted"):
        parse_filter(source)
    Publication.objects.update(count_opens=True, count_clicks=True)
    assert write_filter(parse_filter(source)) == source
    configure(sending={"transport": "smtp"})
    with pytest.raises(BadInput, match="are not counted"):
        parse_filter(source)
    # A send that has begun goes on with the filter that was read before.
    parse_filter(source, trusted=True)


@pytest.mark.parametrize(
    ("source", "english", "japanese"),
    [
        (
            "opened one of the last 5 issues",
            "opened one of the last 5 issues (as counted)",
            "直近5号のうち1号以上で開封あり（計測による）",
        ),
        (
            "clicked none of the last 5 issues",
            "followed a link in none of the last 5 issues (as counted)",
            "直近5号のいずれでもリンクのクリックなし（計測による）",
        ),
        (
            "opened none of the last 1 issues",
            "not opened the last issue (as counted)",
            "直近1号のいずれでも開封なし（計測による）",
        ),
    ],
)
def test_words_say_that_it_was_counted(
    sends: list[Send], source: str, english: str, japanese: str
) -> None:
    """Nobody is told that somebody read, or did not read."""
    expression = parse_filter(source)

    assert explain(expression) == english
    with translation.override("ja"):
        assert explain(expression) == japanese


@pytest.mark.parametrize("word", ["one", "none"])
def test_each_person_is_found_by_an_index(sends: list[Send], word: str) -> None:
    """No table of deliveries or counts is read through for a part of the people."""
    condition = build_query(parse_filter(f"opened {word} of the last 3 issues"))
    rows = Subscriber.objects.filter(condition, pk__gt=0, pk__lte=10_000)

    plan = rows.explain()

    if connection.vendor == "sqlite":
        assert "SCAN" not in plan
        assert "(subscriber_id=? AND send_id=?)" in plan


@pytest.mark.parametrize(
    ("source", "people"),
    [("opened one of the last 1 issues", "2"), ("opened none of the last 1 issues", "1 3")],
)
def test_issue_that_begins_is_none_of_the_last(
    sends: list[Send], issue: Issue, source: str, people: str
) -> None:
    """A send to such people counts its audience after it began, and finds whom it found before."""
    assert found(source) == people
    now = timezone.now()
    send = queue(issue, at=now, batch_size=10, segment=create_segment("Readers", source))

    dispatch.start_due(now, late=dt.timedelta(hours=1))

    keys = send.deliveries.order_by("subscriber").values_list("subscriber__key", flat=True)
    assert " ".join(key[len("reader") :].partition("@")[0] for key in keys) == people
