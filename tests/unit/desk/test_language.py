"""The desk speaks the language of whoever works in it, and nothing else does by that."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation
from wagtail.users.models import UserProfile

from newsletter.dates import format_time
from newsletter.publishing.models import Publication
from newsletter.sending.models import Edition, Send
from tests import desks
from tests.unit.desk.conftest import LogIn

MONDAY = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
JAPANESE = {"Accept-Language": "ja,en;q=0.5"}


@time_machine.travel(MONDAY, tick=False)
def test_the_browser_says_the_language(publication: Publication, log_in: LogIn) -> None:
    """Rhythm and times of the first page are Japanese for a Japanese browser."""
    publication.starts_on = dt.date(2026, 11, 12)
    publication.save()

    answer = log_in("").get("/admin/", headers=JAPANESE)

    assert "2週間ごとの木曜日 09:07（America/New_York）" in answer.text
    assert "2026年11月26日(木曜日) 09:07 EST" in answer.text
    assert answer.headers["Content-Language"] == "ja"
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_account_outweighs_the_browser(publication: Publication) -> None:
    """Who chose English for their account reads English in a Japanese browser."""
    user = desks.member("")
    UserProfile.objects.create(user=user, preferred_language="en")
    client = Client()
    client.force_login(user)

    answer = client.get("/admin/", headers=JAPANESE)

    assert answer.headers["Content-Language"] == "en"
    assert 'lang="en"' in answer.text


def test_a_language_that_we_do_not_have(log_in: LogIn) -> None:
    """A browser that asks for German reads English."""
    answer = log_in("").get("/admin/", headers={"Accept-Language": "de"})

    assert answer.headers["Content-Language"] == "en"


def test_an_answer_leaves_the_thread_in_its_language(log_in: LogIn) -> None:
    """What the thread does next is not in the language of whoever was answered last."""
    before = translation.get_language()

    log_in("").get("/admin/", headers=JAPANESE)

    assert translation.get_language() == before


def test_public_pages_do_not_follow_the_browser(publication: Publication) -> None:
    """The archive of an English publication stays English."""
    english = Client().get("/", headers={"Accept-Language": "en"}).text
    japanese = Client().get("/", headers=JAPANESE).text

    assert english == japanese


def test_a_time_in_both_languages() -> None:
    """The parts of a time stand in the order that readers are used to."""
    at = dt.datetime(2026, 11, 26, 14, 7, tzinfo=dt.UTC)

    assert format_time(at, "America/New_York") == "Thu 26 Nov 2026 09:07 EST"
    with translation.override("ja"):
        assert format_time(at, "America/New_York") == "2026年11月26日(木) 09:07 EST"


#: Of the data that the pages show: names, addresses, codes, zones.
DATA = {
    *("tideline", "digest", "vol", "reed", "beds", "ferries", "about", "example", "org"),
    *("america", "fortnight", "new", "york", "est", "edt", "utc", "pdf", "csv", "markdown"),
    *("dns", "sendgrid"),
    *("newsletter", "list", "import", "readers"),  # a command
}
LATIN = re.compile(r"[A-Za-z]{3,}")


class MainText(HTMLParser):
    """Gathers the texts of the main part of a page of the desk."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = 0
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go in."""
        self.inside += tag == "main"
        self.skipped += tag in {"script", "style", "template", "code", "textarea"}

    def handle_endtag(self, tag: str) -> None:
        """Go out."""
        self.inside -= tag == "main"
        self.skipped -= tag in {"script", "style", "template", "code", "textarea"}

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if self.inside and not self.skipped:
            self.found.append(" ".join(data.split()))


def english(html: str) -> list[str]:
    """Return the texts of a page that have words which are no data."""
    page = MainText()
    page.feed(html)
    return [
        text for text in page.found if any(word.lower() not in DATA for word in LATIN.findall(text))
    ]


@pytest.mark.parametrize(
    "place",
    [
        "",
        "calendar/",
        "sends/{send}/",
        "sends/{send}/people/",
        "sends/{send}/cancel/",
        "sends/{send}/resolve/",
    ],
)
def test_pages_are_japanese(publication: Publication, log_in: LogIn, place: str) -> None:
    """Nothing on a page is English but the names of people and things."""
    desks.draft(publication, 1)
    sent = desks.draft(publication, 2)
    edition = Edition.objects.create(issue=sent, subject="x", hash=f"{sent.pk:064}")
    send = Send.objects.create(
        issue=sent, edition=edition, state=Send.State.QUEUED, at=timezone.now() + dt.timedelta(9)
    )
    path = place.format(send=send.pk)

    answer = log_in("").get(f"/admin/{path}", headers=JAPANESE)

    assert answer.status_code == 200
    assert english(answer.text) == []
