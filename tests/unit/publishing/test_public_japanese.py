"""The public pages of a Japanese publication are Japanese; those of others stay as they were."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from newsletter.publishing.models import Issue, Publication
from subscribers.links import TEST_LINK, preferences_url, unsubscribe_url
from subscribers.models import List, Subscriber, Subscription
from subscribers.sign_up.forms import change_form
from subscribers.suppressions import Reason, suppress
from tests import desks
from tests.environment import ROOT
from tests.latin_words import latin_texts
from tests.publications import create_issue, create_publication

DAY = dt.date(2026, 11, 12)
DIGEST = (
    "digest",
    {
        "show_headlines": True,
        "items": [
            {"headline": "葦原", "body": "<p>葦原の話。</p>", "markdown": ""},
            {"headline": "渡し船", "body": "<p>渡し船の話。</p>", "markdown": ""},
        ],
    },
)
PATHS = ["/", "/no-2/", "/privacy/", "/imprint/", "/nowhere/", f"/u/{TEST_LINK}", "/u/x"]


@pytest.fixture
def japanese(db: None) -> Publication:
    """A Japanese publication with three issues on the web, and somebody on its list."""
    publication = create_publication(
        "潮だより", postal_address="東京都港区1-2-3", language="ja", time_zone="Asia/Tokyo"
    )
    create_issue(publication, "three on the web", lambda: publish_three(publication))
    return publication


def publish_three(publication: Publication) -> Issue:
    """Publish three issues; return the last."""
    for number in (1, 2, 3):
        title, slug = f"潮だより {number}", f"no-{number}"
        fields = {"title": title, "slug": slug, "body": [DIGEST], "date": DAY}
        issue = desks.make_public(publication, number, fields)
    return issue


@pytest.fixture
def reader(japanese: Publication) -> Subscriber:
    """Somebody who gets it."""
    person = Subscriber.objects.create(email="ann@example.org", name="安")
    about = List.objects.get()
    about.name, about.description = "潮だより", "隔週木曜日"
    about.save()
    Subscription.objects.create(subscriber=person, list=about)
    return person


def links_of(person: Subscriber) -> tuple[str, str]:
    """Return a reader's links to leave and to choose."""
    lists = list(List.objects.values_list("pk", flat=True))
    return unsubscribe_url("", person.pk, lists), preferences_url("", person.pk, lists)


def english_on(client: Client, path: str, **form: str) -> list[str]:
    """Return what is English on the page at a path, or on that which a form leads to."""
    answer = client.post(path, form) if form else client.get(path)
    assert 'lang="ja"' in answer.text
    return latin_texts(answer.text)


@pytest.mark.parametrize("path", PATHS)
def test_pages_of_the_archive(client: Client, japanese: Publication, path: str) -> None:
    """List, issue, privacy, and what is not there are read without a word of English."""
    assert english_on(client, path) == []


def test_dates_and_numbers(client: Client, japanese: Publication) -> None:
    """A date stands in the order of the language, and so does the number of an issue."""
    assert "2026年11月12日" in client.get("/").text
    assert "2026年11月12日" in client.get("/no-2/").text


def test_pages_of_a_reader(client: Client, reader: Subscriber) -> None:
    """Leaving, coming back and choosing are read without a word of English."""
    leave, prefer = links_of(reader)

    assert english_on(client, leave) == []
    assert english_on(client, leave, confirm="1") == []
    assert english_on(client, leave, confirm="1") == []
    assert english_on(client, leave) == []
    lists = str(List.objects.get().pk)
    assert english_on(client, leave, undo="1", lists=lists) == []
    assert english_on(client, prefer) == []
    assert english_on(client, prefer, act="save", name="安", lists=lists) == []
    assert english_on(client, prefer, act="leave") == []
    Subscriber.objects.all().delete()
    assert english_on(client, leave) == []
    assert english_on(client, prefer) == []


@pytest.mark.parametrize("reason", Reason)
def test_an_address_that_is_not_mailed(client: Client, reader: Subscriber, reason: Reason) -> None:
    """Each reason why nothing is sent is said in Japanese."""
    suppress(reader.email, reason)
    _, prefer = links_of(reader)

    assert english_on(client, prefer) == []
    assert english_on(client, prefer, act="lift") == []


@pytest.mark.parametrize("name", ["too_often", "500", "503"])
def test_pages_that_ask_to_wait(japanese: Publication, name: str) -> None:
    """What is shown when something goes wrong is Japanese for a Japanese reader."""
    with translation.override("ja"):
        shown = render_to_string(f"web/{name}.html", {"minutes": 5}, RequestFactory().get("/"))

    assert 'lang="ja"' in shown
    assert latin_texts(shown) == []


def test_another_language_has_english_words(client: Client, db: None) -> None:
    """Where there are no words in a language, they are English, and dates are of the language."""
    publication = create_publication("Gezeiten", language="de")
    desks.on_the_web(publication, 1, date=DAY)

    archive, privacy = client.get("/").text, client.get("/privacy/").text

    assert '<html lang="de" dir="ltr">' in archive
    assert "12. November 2026" in archive
    assert ">Privacy<" in archive
    assert '<html lang="en" dir="ltr">' in privacy


def test_publications_of_two_languages(client: Client, reader: Subscriber) -> None:
    """The browser says the language where a publication has it; else the publication of a list."""
    leave, _ = links_of(reader)
    create_publication("Tideline Digest")

    assert 'lang="ja"' in client.get("/privacy/", headers={"Accept-Language": "ja"}).text
    assert 'lang="en"' in client.get("/privacy/", headers={"Accept-Language": "fr"}).text
    assert 'lang="en"' in client.get(leave, headers={"Accept-Language": "en"}).text
    assert 'lang="ja"' in client.get(leave, headers={"Accept-Language": "fr"}).text
    Subscriber.objects.update(language="ja")
    assert 'lang="ja"' in client.get(leave, headers={"Accept-Language": "en"}).text


def test_pages_of_signing_up(client: Client, japanese: Publication) -> None:
    """The forms, what follows them, and a link that is not ours are read without English."""
    of = japanese.lists.get()
    change_form(of, {"is_open": True})
    one = f"/subscribe/{of.slug}/"

    assert client.get("/subscribe/")["Location"] == one
    assert english_on(client, one) == []
    assert english_on(client, f"{one}frame/") == []
    assert english_on(client, one, email="無") == []
    assert english_on(client, one, email="jane@gmial.com") == []
    assert english_on(client, "/c/nothing") == []


def test_every_public_page_was_read() -> None:
    """A template that is added is read here, too."""
    source = Path(__file__).read_text("utf-8")
    inside = {"base", "issue_text", "subscribed_lists", "suppressed"}
    seen = {"404", "archive", "imprint", "issue", "privacy", "test_link", "bad_link"}
    reading = {"unsubscribe", "unsubscribed", "preferences"}
    named = {name for name in ("too_often", "500", "503") if f'"{name}"' in source}

    signing_up = {"sign_up", "sign_up_index", "sign_up_small", "sign_up_taken", "frame", "confirm"}
    code_to_copy = {"embed_html", "embed_frame"}
    # tests/browser/test_preferences.py reads these.
    choosing = {"address_confirm", "address_expired", "erase", "erased", "held", "leaving_reason"}

    files = {path.stem for path in (ROOT / "templates/web").glob("*.html")}

    assert files == inside | seen | reading | named | signing_up | code_to_copy | choosing
