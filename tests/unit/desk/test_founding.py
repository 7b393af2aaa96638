"""A newsletter is founded on a page, by whoever has the link from the log, and by nobody else."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from newsletter.desk.founding import answers, making
from newsletter.desk.founding.answers import Answers, FirstUser
from newsletter.desk.founding.entrance import first_links, is_valid, setup_link
from newsletter.errors import BadInput, InvalidTransition
from newsletter.publishing.models import Publication
from newsletter.sending import trusted_time
from subscribers.models import List
from tests import desks

pytestmark = pytest.mark.django_db

#: What is filled in, besides what the form offers.
FIELDS = {
    "name": "Tideline Digest",
    "sender_address": "desk@tideline.example",
    "language": "日本語 (ja)",
    "zone": "Tokyo",
    "weeks": "4",
    "weekday": "4",
    "time": "09:15",
    "number": "3.12",
    "user": "ada",
    "password": desks.PASSWORD,
    "password_again": desks.PASSWORD,
}
NEEDED = "/admin/setup/"


@pytest.fixture(autouse=True)
def nothing() -> None:
    """An empty database."""
    assert making.is_empty()


def path() -> str:
    """Return the path of a new link."""
    return urlsplit(setup_link()).path


def test_everything_is_made_at_once(client: Client) -> None:
    """The publication is as was said, and whoever said it is logged in and may do everything."""
    answer = client.post(path(), FIELDS, follow=True)

    assert answer.redirect_chain[-1][0] == "/admin/"
    assert "First steps" in answer.content.decode()
    made = Publication.objects.get()
    assert (made.name, made.from_name, made.from_email) == (
        *("Tideline Digest", "Tideline Digest", "desk@tideline.example"),
    )
    assert (made.time_zone, made.every_weeks, made.weekday, made.language) == (
        *("Asia/Tokyo", 4, 4, "ja"),
    )
    assert made.time == dt.time(9, 15)
    assert made.starts_on.weekday() == 4
    assert made.next_number() == (3, 12)
    assert List.objects.get().name == "Tideline Digest"
    account = User.objects.get()
    assert account.is_superuser
    assert account.check_password(desks.PASSWORD)


def test_the_link_is_of_no_use_afterwards(client: Client) -> None:
    """Once somebody was there, links lead to the login; the log has none any more."""
    link = path()
    client.post(link, FIELDS)
    stranger = Client()

    assert stranger.get(link)["Location"] == "/admin/login/"
    assert stranger.post(link, {**FIELDS, "user": "eva"})["Location"] == "/admin/login/"
    assert stranger.get(NEEDED)["Location"] == "/admin/login/"
    assert User.objects.count() == 1
    assert first_links() == ("", "")


def test_a_stranger_finds_no_way_in(client: Client) -> None:
    """Every page leads to words about the link; a link that is none changes nothing."""
    for address in ("/", "/admin/", "/admin/login/", "/admin/users/"):
        answer = client.get(address, follow=True)
        assert answer.redirect_chain[-1][0] == NEEDED
        assert "Nothing is set up yet" in answer.content.decode()
    for token in ("setup", "setup.1xXKJY.2UDgPBAHIXbetucN0uiAOqCywAUpPvxTcTwQ8LCmFhs"):
        answer = client.post(f"{NEEDED}{token}/", FIELDS)
        assert answer.status_code == 403
        assert "This link does not work" in answer.content.decode()

    assert making.is_empty()


def test_an_old_link_does_not_work() -> None:
    """It holds for three days."""
    with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(days=3, minutes=1)):
        old = path()
    with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(days=2, hours=23)):
        young = path()

    assert not is_valid(old.split("/")[-2])
    assert is_valid(young.split("/")[-2])


def test_the_link_to_a_first_password_comes_with_a_publication(client: Client) -> None:
    """Where there is a publication and nobody to log in, the log has that link instead."""
    assert first_links()[1] == ""
    making.create_first(said())

    setup, welcome = first_links()

    assert setup == ""
    assert "/admin/password_reset/confirm/" in welcome
    assert client.get("/admin/login/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "", "This field is required"),
        ("name", "T" * 121, "This is too long: 121 characters, at most 120."),
        ("sender_address", "desk@", "nothing is after the @-sign"),
        ("zone", "Atlantis", "There is no time zone"),
        ("language", "!?", "There is no such language"),
        ("weeks", "0", "Give a whole number from 1 to 520."),
        ("weeks", "9" * 5000, "Give a whole number from 1 to 520."),
        ("weekday", "7", "Select a valid choice"),
        ("time", "25:00", "This is no time of day"),
        ("starts_on", "2020-01-03", "has passed, or is too far ahead"),
        ("starts_on", "tomorrow", "This is no date"),
        ("number", "first", "is not a number of an issue"),
        ("user", "a da", "Enter a valid username"),
        ("password", "harbour", "too short"),
        ("password_again", "a-harbour-at-dawn", "two different passwords"),
    ],
)
def test_each_field_says_what_is_wrong(client: Client, field: str, value: str, reason: str) -> None:
    """The reason stands beside the field, what was typed stays, and nothing is made."""
    page = client.post(path(), {**FIELDS, field: value}).content.decode()

    assert reason in page
    assert "Nothing is saved yet." in page
    assert "desk@" in page
    assert making.is_empty()


def test_the_dates_are_shown_before_anything_is_said(client: Client) -> None:
    """They follow the fields, without a script, and nobody is told what else is missing."""
    first = client.get(path()).content.decode()
    assert "Every 2 weeks on Thursday at 09:07" in first

    fields = {"zone": "Tokyo", "weeks": "4", "weekday": "4", "time": "09:15", "show_dates": "1"}
    page = client.post(path(), fields).content.decode()

    assert "Every 4 weeks on Friday at 09:15 in Tokyo" in page
    assert page.count("JST</li>") == 4
    assert "This field is required" not in page
    assert making.is_empty()


def said(**changed: object) -> Answers:
    """Return answers as a person gives them."""
    rhythm = answers.rhythm_of("Europe/London", 2, 3, dt.time(9, 7))
    given = {
        "name": "Tideline",
        "sender": "Tideline",
        "sender_address": "desk@tideline.example",
        "postal_address": "",
        "zone": "Europe/London",
        "weeks": 2,
        "weekday": 3,
        "time": dt.time(9, 7),
        "starts_on": answers.first_date(rhythm),
        "language": "en",
        "number": (1, 1),
        "list_name": "Readers",
    }
    return Answers(**(given | changed))  # type: ignore[arg-type]


def test_the_second_who_comes_changes_nothing() -> None:
    """Of two who found at the same time, one is told; a person who cannot be added undoes all."""
    with pytest.raises(BadInput, match="too short"):
        making.create_newsletter(said(), FirstUser(name="ada", email="", password="harbour"))
    assert making.is_empty()

    making.create_newsletter(said(), FirstUser(name="ada", email=""))
    with pytest.raises(InvalidTransition, match="there is a newsletter here already"):
        making.create_newsletter(said(name="Other"), FirstUser(name="eva", email=""))

    assert List.objects.get().name == "Readers"
    assert making.create_missing(said(name="Other"), FirstUser(name="eva", email="")) == (
        None,
        None,
    )


def test_numbers_begin_where_they_were_said_to() -> None:
    """Without volumes, with them, or without numbers."""
    publication = making.create_first(said(number=(0, 12)))
    assert publication.next_number() == (0, 12)

    Publication.objects.update(first_number=0)
    publication.refresh_from_db()
    assert publication.next_number() == (0, 0)


def test_the_first_date_has_not_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the day itself, the next date is today before the hour, and the one after it later."""
    rhythm = answers.rhythm_of("UTC", 1, 3, dt.time(9, 7))
    thursday = answers.first_date(rhythm)

    for hour, expected in ((8, thursday), (10, thursday + dt.timedelta(days=7))):
        now = dt.datetime.combine(thursday, dt.time(hour), dt.UTC)
        monkeypatch.setattr(trusted_time, "now", lambda now=now: now)
        assert answers.first_date(answers.rhythm_of("UTC", 1, 3, dt.time(9, 7))) == expected
