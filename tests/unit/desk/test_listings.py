"""The lists of the desk: what they show, and what cannot be changed in them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.publishing.models import Publication
from newsletter.sending.models import Edition, Send
from subscribers.models import List
from tests import desks
from tests.unit.desk.conftest import LogIn

LISTS = ["issues", "publications", "sends", "subscribers", "lists", "images"]


def page(client: Client, path: str) -> str:
    """Return a page of the desk that is there."""
    response = client.get(f"/admin/{path}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def send(publication: Publication) -> Send:
    """An issue that is queued."""
    issue = desks.draft(publication)
    edition = Edition.objects.create(issue=issue, subject="Reed beds", hash="0" * 64)
    return Send.objects.create(issue=issue, edition=edition, at=timezone.now())


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens(log_in: LogIn, name: str) -> None:
    """Every list of the menu opens, also while there is nothing in it."""
    page(log_in(""), f"{name}/")


@pytest.mark.parametrize(
    ("name", "words", "button"),
    [
        ("issues", "There is no issue yet.", "Bring in a text"),
        ("sends", "Nothing has been queued yet.", "Go to the issues"),
        ("subscribers", "Nobody is here yet.", ""),
        ("lists", "There is no list yet.", "New list"),
        ("images", "There is no picture yet.", "Add a picture"),
    ],
)
def test_an_empty_list_says_what_to_do(
    publication: Publication, log_in: LogIn, name: str, words: str, button: str
) -> None:
    """A list with nothing in it says so in words, with the button that changes it."""
    List.objects.all().delete()

    shown = page(log_in("Admins"), f"{name}/")

    assert words in shown
    assert f">{button}</a>" in shown or not button
    assert "to display" not in shown


def test_who_may_not_add_has_no_button_for_it(publication: Publication, log_in: LogIn) -> None:
    """An empty list offers nobody what they may not do."""
    List.objects.all().delete()

    shown = page(log_in("Senders"), "lists/")

    assert "There is no list yet." in shown
    assert "New list" not in shown


def test_where_issues_stand(publication: Publication, send: Send, log_in: LogIn) -> None:
    """The list of issues says of each its number, and whether it is queued, on the web, a draft."""
    desks.on_the_web(publication, 2)
    desks.draft(publication, 3)

    shown = page(log_in("Writers"), "issues/")

    for words in ("1.1", "1.2", "1.3", "queued", "on the web", "draft"):
        assert words in shown


def test_a_cancelled_send_is_over(publication: Publication, send: Send, log_in: LogIn) -> None:
    """An issue whose send was cancelled is a draft again."""
    send.state = Send.State.CANCELLED
    send.save()

    shown = page(log_in("Writers"), "issues/")

    assert "queued" not in shown
    assert "draft" in shown


def test_a_new_publication_is_ready(publication: Publication, log_in: LogIn) -> None:
    """A publication that is made at the desk has a list and an archive at once."""
    fields = desks.publication_fields()

    log_in("").post("/admin/publications/new/", fields)

    made = Publication.objects.get(slug="night-trains")
    assert made.home == "/night-trains/"
    assert made.lists.get().name == "Night Trains"


def test_a_publication_needs_an_address(publication: Publication, log_in: LogIn) -> None:
    """The desk asks for a postal address: without one nothing could be sent."""
    fields = {"name": "Night Trains", "slug": "night-trains", "from_email": "desk@example.org"}

    said = log_in("").post("/admin/publications/new/", fields).content.decode()

    assert "-child-postal_address-errors" in said
    assert not Publication.objects.filter(slug="night-trains").exists()


def test_a_publication_that_cannot_work(publication: Publication, log_in: LogIn) -> None:
    """A zone that does not exist is refused at its field."""
    url = f"/admin/publications/edit/{publication.pk}/"
    fields = {"name": "Tideline Digest", "time_zone": "America/Gotham"}

    said = log_in("").post(url, fields).content.decode()

    assert "There is no such time zone" in said


def test_a_send_can_be_read(send: Send, log_in: LogIn) -> None:
    """A send is shown with its state and counts, and cannot be changed here."""
    client = log_in("Senders")

    assert "Tideline Digest Vol 1.1" in page(client, "sends/")
    assert "queued" in page(client, f"sends/{send.pk}/").lower()
    for step in (f"edit/{send.pk}/", f"delete/{send.pk}/", "new/"):
        assert client.post(f"/admin/sends/{step}", {"note": "x"}).status_code == 302
    send.refresh_from_db()
    assert send.note == ""


def test_lists_can_be_named(publication: Publication, log_in: LogIn) -> None:
    """Who may do anything can rename a list."""
    own = publication.lists.get()
    fields = {"name": "Readers", "slug": own.slug, "description": "", "public": "on"}

    log_in("").post(f"/admin/lists/edit/{own.pk}/", fields)

    assert List.objects.get().name == "Readers"


def test_dates_are_dates(publication: Publication, log_in: LogIn) -> None:
    """The day of an issue is shown as a day, not as so long ago."""
    desks.draft(publication, date=dt.date(2026, 11, 26))

    assert "Thu 26 Nov 2026" in page(log_in("Writers"), "issues/")


def test_a_send_to_come(send: Send, log_in: LogIn) -> None:
    """A send says when it is due, also when that is to come, and counts nobody before it began."""
    at = dt.datetime(2030, 1, 3, 14, 7, tzinfo=dt.UTC)
    Send.objects.update(state="queued", at=at, started_at=None)

    said = log_in("Senders").get("/admin/sends/").content.decode()

    assert "Thu 3 Jan 2030 09:07 EST" in said or "Thu 03 Jan 2030 09:07 EST" in said
    assert "not counted yet" in said

    Send.objects.update(started_at=at, planned=1509)
    assert "1,509" in log_in("").get("/admin/sends/").content.decode()
