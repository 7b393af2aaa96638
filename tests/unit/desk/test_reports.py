"""The reports: figures that add up with the page of the send, curves, growth, and files of all."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import asdict
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsletter.desk.reports import curve, periods
from newsletter.desk.reports.figures import Figures, figures_of, read_figures
from newsletter.desk.sends.pages import build_segments
from newsletter.publishing.models import Publication
from newsletter.sending.models import Batch, Delivery, Edition, Exclusion, Send
from newsletter.sending.reporting.standings import count_left
from newsletter.sending.reporting.totals import count_send
from newsletter.tracking.models import CountedClicks, CountedLink, CountedOpens, Event
from newsletter.tracking.reports import report
from subscribers.growth import Change, Growth
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.unit.desk.conftest import LogIn

#: When the sends of these tests went out.
START = dt.datetime(2026, 11, 12, 14, 7, tzinfo=dt.UTC)
#: Where people stand: the state of the batch, the outcome of each of them.
STANDING = (
    ("accepted", ("delivered", "delivered", "bounced", "blocked", "dropped", "complained", None)),
    ("unknown", (None, "delivered")),
    ("refused", (None,)),
    ("planned", (None, "excluded")),
)


@pytest.fixture(autouse=True)
def figures() -> None:
    """Keep no figures of another test."""
    cache.clear()


@pytest.fixture
def send(publication: Publication) -> Send:
    """A send with people everywhere, and one who was left out."""
    return make_send(publication, 1)


def make_send(publication: Publication, number: int, start: dt.datetime = START) -> Send:
    """Return a send that began at a time."""
    issue = desks.draft(publication, number)
    edition = Edition.objects.create(issue=issue, subject="x", hash=f"{number:064}")
    send = Send.objects.create(
        issue=issue, edition=edition, at=start, started_at=start, state=Send.State.UNRESOLVED
    )
    send.lists.set(publication.lists.all())
    people = 0
    for place, (state, outcomes) in enumerate(STANDING):
        batch = Batch.objects.create(send=send, number=place, state=state)
        for outcome in outcomes:
            people += 1
            person = subscriber(publication, people)
            Delivery.objects.create(
                send=send, batch=batch, subscriber=person, address=person.email, outcome=outcome
            )
    left_out = subscriber(publication, 99)
    Exclusion.objects.create(send=send, subscriber=left_out, reason="suppressed")
    Send.objects.filter(pk=send.pk).update(candidates=people + 1, planned=people, excluded=1)
    send.refresh_from_db()
    return send


def subscriber(publication: Publication, number: int) -> Subscriber:
    """Return one of the people on the list of a publication."""
    person, made = Subscriber.objects.get_or_create(email=f"reader{number}@example.org")
    if made:
        early = START - dt.timedelta(days=30)
        Subscription.objects.create(
            subscriber=person, list=publication.lists.get(), created_at=early, changed_at=early
        )
    return person


def tell(send: Send, kind: str, minutes: int, *, outcome: str = "", key: str = "") -> None:
    """Have an event told of one delivery of a send that stands so, minutes after it began."""
    delivery = send.deliveries.filter(outcome=outcome or kind).order_by("pk").first()
    at = START + dt.timedelta(minutes=minutes)
    Event.objects.create(key=key or f"{kind}-{minutes}", delivery=delivery, kind=kind, at=at)


def test_figures_agree_with_the_page_of_the_send(send: Send) -> None:
    """The figures are those of the page of the send and of `events report`, and add up."""
    counted, figures = count_send(send), read_figures([send.pk])[send.pk]
    told = report(send)
    bar = {segment.state: segment.people for segment in build_segments(send, counted)}
    counted.check()

    assert figures == figures_of(counted.deliveries)
    assert (figures.planned, figures.accepted) == (told.planned, told.accepted)
    assert figures.silent == told.silent
    assert figures.delivered == bar["delivered"] == told.told["delivered"] == 3
    assert figures.bounced == bar["bounced"] == 1
    assert figures.unknown == bar["unknown"] == 1
    assert (
        figures.planned
        == sum(bar.values())
        == (
            figures.accepted
            + figures.unknown
            + figures.refused
            + figures.excluded
            + figures.waiting
        )
    )
    assert figures.accepted == (
        figures.delivered
        + figures.bounced
        + figures.blocked
        + figures.dropped
        + figures.complained
        + figures.silent
    )


def test_opens_and_clicks_stand_in_the_reports_where_they_are_counted(
    send: Send, log_in: LogIn
) -> None:
    """The page of the send and the report of the issue say what was counted, and no more."""
    pages = [
        reverse("desk_send", args=[send.pk]),
        reverse("desk_issue_report", args=[send.issue_id]),
    ]
    client = log_in("")
    assert not any("Opens and clicks" in client.get(page).text for page in pages)
    Send.objects.update(count_opens=True, count_clicks=True)
    one, two, *_ = send.deliveries.order_by("pk")
    link = CountedLink.objects.create(send=send, url="https://tideline.example/<reed>")
    times = {"first_at": START, "last_at": START}
    for each, machine in ((one, True), (two, False)):
        CountedOpens.objects.create(
            delivery=each, send=send, count=1, by_machines=machine, only_machines=machine, **times
        )
    CountedClicks.objects.create(delivery=two, link=link, count=3, **times)

    for page in pages:
        said = client.get(page).text
        assert "Opens counted: 2 people (of which 1 only by machines)." in said
        assert "Clicks counted: 1 person." in said
        assert "https://tideline.example/&lt;reed&gt;" in said
        assert "does not say who read the mail" in said
    publication = send.issue.publication_id
    header, row = rows_of(client, f"/admin/report/{publication}/issues.csv")
    assert header[-3:] == ["Opens counted", "Only by machines", "Clicks counted"]
    assert row[-3:] == ["2", "1", "1"]


def test_many_sends_are_counted_at_once(publication: Publication, send: Send) -> None:
    """The figures of several sends are those of each; one without people has none."""
    other = make_send(publication, 2)
    empty = make_send(publication, 3)
    Delivery.objects.filter(send=empty).delete()

    found = read_figures([send.pk, other.pk, empty.pk])

    assert found[send.pk] == found[other.pk] == read_figures([send.pk])[send.pk]
    assert found[empty.pk] == Figures()
    assert read_figures([]) == {}


def leave(number: int, at: dt.datetime) -> None:
    """Have a reader leave the list at a time."""
    mine = Subscription.objects.filter(subscriber__email=f"reader{number}@example.org")
    mine.update(state="unsubscribed", changed_at=at)


def test_who_left_counts_for_the_last_issue(publication: Publication, send: Send) -> None:
    """Who left counts for the last send they were in; who left before, or was in none, for none."""
    later = make_send(publication, 2, START + dt.timedelta(days=14))
    leave(1, START + dt.timedelta(days=1))
    leave(2, START + dt.timedelta(days=20))
    leave(3, START - dt.timedelta(days=1))
    leave(99, START + dt.timedelta(days=1))

    assert count_left([send.pk, later.pk]) == {send.pk: 1, later.pk: 1}


def test_the_curve(send: Send) -> None:
    """News are added up by the hour since the send began, each person once."""
    tell(send, "delivered", 30)
    tell(send, "delivered", 200, key="again")
    tell(send, "bounced", 90)
    tell(send, "delivered", 20, outcome="bounced", key="before")

    points = curve.read_curve(send)

    assert [(each.hour, list(each.people)) for each in points] == [
        (1, [1, 0, 0, 0]),
        (2, [1, 1, 0, 0]),
    ]


def test_the_end_of_the_curve_is_the_figure(send: Send) -> None:
    """Where each outcome was told by an event, the curve ends with the figures of the report."""
    for number, delivery in enumerate(send.deliveries.filter(outcome__in=curve.DRAWN)):
        at = START + dt.timedelta(hours=number * 20)
        Event.objects.create(key=str(number), delivery=delivery, kind=delivery.outcome, at=at)

    last, figures = curve.read_curve(send)[-1], asdict(read_figures([send.pk])[send.pk])

    assert list(last.people) == [figures[name] for name in curve.DRAWN]
    assert last.label == "later"


def test_no_curve_without_news(send: Send) -> None:
    """Without events there is no curve, and the page says so."""
    assert curve.read_curve(send) == []


@pytest.mark.parametrize("by", [periods.WEEK, periods.MONTH])
def test_periods_have_no_gaps(by: str) -> None:
    """Weeks and months without a change are there too; the last has everybody."""
    days = [
        Change(day=dt.date(2026, 9, 1), joined=5),
        Change(day=dt.date(2026, 9, 2), joined=1, left=2),
        Change(day=dt.date(2026, 11, 12), bounced=1),
    ]
    growth = Growth(days=days)

    found = periods.periods_of(growth, by, dt.date(2026, 12, 1))

    steps = [later.change.day - each.change.day for each, later in pairwise(found)]
    assert found[0].people == 4
    assert found[-1].people == growth.people == 3
    assert sum(each.change.net for each in found) == growth.people
    assert max(steps) <= dt.timedelta(days=31 if by == periods.MONTH else 7)
    last = dt.date(2026, 11, 30) if by == periods.WEEK else dt.date(2026, 12, 1)
    assert found[-1].change.day == last


def addresses(publication: Publication, send: Send) -> list[str]:
    """Return the pages and the files of the reports."""
    return [
        "/admin/report/",
        "/admin/report/history/",
        f"/admin/report/issues/{send.issue_id}/",
        f"/admin/report/growth/{publication.pk}/",
        f"/admin/report/growth/{publication.pk}/?by=week",
        f"/admin/report/{publication.pk}/issues.csv",
        f"/admin/report/sends/{send.pk}/people.csv",
        f"/admin/report/sends/{send.pk}/curve.csv",
        f"/admin/report/growth/{publication.pk}/month.csv",
        f"/admin/report/growth/{publication.pk}/sources.csv",
    ]


@pytest.mark.parametrize(
    ("role", "status"), [("Writers", 302), ("Approvers", 200), ("Senders", 200), ("Admins", 200)]
)
def test_who_may_read_them(
    publication: Publication, send: Send, log_in: LogIn, role: str, status: int
) -> None:
    """Who may see sends may read the reports; nobody else may."""
    client = log_in(role)

    opened = {address: client.get(address).status_code for address in addresses(publication, send)}

    assert set(opened.values()) == {status}, opened


def rows_of(client: Client, address: str) -> list[list[str]]:
    """Return the rows of a file, which comes piece by piece."""
    answer = client.get(address)
    assert isinstance(answer, StreamingHttpResponse)
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_file_of_people(publication: Publication, send: Send, log_in: LogIn) -> None:
    """The file has every candidate once, with where they stand; nothing in it is a formula."""
    Delivery.objects.filter(outcome="bounced").update(reason="=HYPERLINK(1)")
    Delivery.objects.filter(outcome="blocked").update(address="+44@example.org")

    header, *rows = rows_of(log_in("Senders"), f"/admin/report/sends/{send.pk}/people.csv")

    assert header == ["Address", "Where they stand", "Reason"]
    assert len(rows) == send.candidates
    assert ["reader3@example.org", "bounced", "'=HYPERLINK(1)"] in rows
    assert ["'+44@example.org", "turned away this time", ""] in rows
    assert ["reader99@example.org", "left out when counted", "suppressed"] in rows


def test_the_file_of_issues(publication: Publication, send: Send, log_in: LogIn) -> None:
    """The file has a row for each send with all figures, in their order."""
    header, row = rows_of(log_in("Senders"), f"/admin/report/{publication.pk}/issues.csv")

    assert header[:4] == ["Issue", "Send", "Went out", "Planned"]
    assert row[:4] == ["Tideline Digest Vol 1.1", str(send.pk), START.isoformat(), "12"]
    assert row[-3:] == ["", "", ""]


def test_the_files_of_growth(publication: Publication, send: Send, log_in: LogIn) -> None:
    """The last row of growth has as many people as the sources add up to."""
    client = log_in("Senders")
    _, *months = rows_of(client, f"/admin/report/growth/{publication.pk}/month.csv")
    _, *sources = rows_of(client, f"/admin/report/growth/{publication.pk}/sources.csv")

    assert int(months[-1][-1]) == sum(int(people) for _, people in sources) == 13


def test_the_page_of_an_issue(publication: Publication, send: Send, log_in: LogIn) -> None:
    """The page has the figures with their shares, the curve as a table, and leads to the send."""
    tell(send, "delivered", 30)

    page = log_in("Approvers").get(f"/admin/report/issues/{send.issue_id}/").content.decode()

    assert "<td>8</td><td>66.7%</td>" in page
    assert '<canvas data-chart="curve-' in page
    assert f'href="/admin/sends/{send.pk}/"' in page


def test_before_anything_went_out(publication: Publication, log_in: LogIn) -> None:
    """Empty reports say when there will be something, with the way to go on."""
    issue = desks.draft(publication)
    client = log_in("Senders")

    assert "Nothing has gone out yet" in client.get("/admin/report/").content.decode()
    page = client.get(f"/admin/report/issues/{issue.pk}/").content.decode()
    assert "This issue has not gone out yet" in page
    page = client.get(f"/admin/report/growth/{publication.pk}/").content.decode()
    assert "Nobody is on its lists yet" in page


def test_the_history_of_all(publication: Publication, log_in: LogIn) -> None:
    """What was done with issues and sends is there, the last first; accounts for admins alone."""
    issue = desks.draft(publication)
    client = log_in("Admins")
    client.get(f"/admin/pages/{issue.pk}/edit/")
    send = make_send(publication, 2)
    send.audit_entries.create(kind="paused", by="ann", at=timezone.now())

    page = client.get("/admin/report/history/").content.decode()

    assert f"Send {send.pk}: paused" in page
    assert client.get("/admin/report/history/?before=nonsense").status_code == 200
    early = client.get("/admin/report/history/?before=2001-01-01T00:00:00%2B00:00")
    assert "Nothing has been done yet" in early.content.decode()
