"""The public pages: the archive, an issue, the feed, the map."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from newsletter.conf.config import load
from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Publication
from newsletter.publishing.web.archive import ISSUES_ON_A_PAGE
from tests import desks

BASE = "http://127.0.0.1:8000"


def page(client: Client, path: str) -> str:
    """Return a page that is there."""
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_archive(client: Client, publication: Publication) -> None:
    """Before the first issue, the archive says so."""
    assert "There are no issues here yet" in page(client, "/")


def test_newest_first(client: Client, publication: Publication) -> None:
    """The archive lists what is on the web, newest first, with number, date and headlines."""
    desks.on_the_web(publication, 1, date=dt.date(2026, 11, 12))
    desks.on_the_web(publication, 2, date=dt.date(2026, 11, 26))
    desks.draft(publication, 3, title="Not yet")

    shown = page(client, "/")

    assert shown.index("Vol 1.2") < shown.index("Vol 1.1")
    assert "26 November 2026" in shown
    assert "Reed beds · Ferries" in shown
    assert "Not yet" not in shown


def test_readers_are_not_called_by_a_tag(client: Client, publication: Publication) -> None:
    """Merge tags become the words for those whose name is not known, in list, page and feed."""
    greeting = ("text", "<p>Good morning, [first_name|reader].</p>")
    desks.on_the_web(publication, preheader="For [first_name|all of you]", body=[greeting])

    assert "For all of you" in page(client, "/")
    assert "Good morning, reader." in page(client, "/vol-1-1/")
    assert "For all of you" in page(client, "/feed.xml")


def test_a_misspelt_tag_breaks_nothing(client: Client, publication: Publication) -> None:
    """Readers see the page even where an editor misspelt a merge tag."""
    desks.on_the_web(publication, preheader="For [first_nme|you]")

    assert "For [first_nme|you]" in page(client, "/")
    assert "Reed beds" in page(client, "/vol-1-1/")


def test_older_issues(client: Client, publication: Publication) -> None:
    """A long archive has several pages; an impossible page is the last."""
    for number in range(1, ISSUES_ON_A_PAGE + 2):
        desks.on_the_web(publication, number)

    assert "Page 1 of 2" in page(client, "/")
    assert "Vol 1.1<" in page(client, "/?page=2")
    assert "Page 2 of 2" in page(client, "/?page=99")
    assert "Page 1 of 2" in page(client, "/?page=x")


def test_introduction(client: Client, publication: Publication) -> None:
    """What an archive says of itself is Markdown."""
    publication.archive.introduction = "Every *second* Thursday."
    publication.archive.save()

    assert "Every <em>second</em> Thursday." in page(client, "/")


def test_an_issue(client: Client, publication: Publication) -> None:
    """The page of an issue has its headlines, linked to the items, and its neighbours."""
    desks.on_the_web(publication, 1, date=dt.date(2026, 11, 12))
    desks.on_the_web(publication, 2, date=dt.date(2026, 11, 26))
    desks.on_the_web(publication, 3, date=dt.date(2026, 12, 10))

    shown = page(client, "/vol-1-2/")

    assert '<a href="#item-1"><bdi>Reed beds</bdi></a>' in shown
    assert '<section class="item" id="item-1">' in shown
    assert f'<link rel="canonical" href="{BASE}/vol-1-2/">' in shown
    assert 'href="/vol-1-1/" rel="prev"' in shown
    assert 'href="/vol-1-3/" rel="next"' in shown


def test_a_page_shows_what_was_published(client: Client, publication: Publication) -> None:
    """The draft that an editor is writing does not show on the web, not even its number."""
    draft = draft_of(desks.on_the_web(publication))
    draft.number, draft.title, draft.body = 2, "Unfinished", [desks.digest("Not yet")]
    draft.save_revision()

    for shown in (page(client, "/vol-1-1/"), page(client, "/"), page(client, "/feed.xml")):
        assert "Tideline Digest Vol 1.1" in shown
        assert "Unfinished" not in shown
        assert "Not yet" not in shown


def test_right_to_left(client: Client, publication: Publication) -> None:
    """A page in Arabic says so, and runs from right to left."""
    desks.on_the_web(publication, language="ar")

    shown = page(client, "/vol-1-1/")

    assert '<html lang="ar" dir="rtl">' in shown
    # The number is a run of its own: it would take that of the date with it.
    assert '<bdi lang="en">Vol 1.1</bdi> ·' in " ".join(shown.split())
    assert '<time dir="auto" datetime="2026-11-12">12 نوفمبر، 2026</time>' in shown


def test_words_without_a_translation_say_their_language(
    client: Client, publication: Publication
) -> None:
    """On a page in Arabic, what is said in English is marked as English; in English, nothing is."""
    desks.on_the_web(publication, language="ar")
    desks.on_the_web(publication, 2)

    assert '<nav aria-label="Site" lang="en">' in page(client, "/vol-1-1/")
    assert 'lang="en">' not in page(client, "/vol-1-2/").partition("<body>")[2]


def test_a_draft_is_not_on_the_web(client: Client, publication: Publication) -> None:
    """The address of a draft leads nowhere."""
    desks.draft(publication)

    assert client.get("/vol-1-1/").status_code == 404


def test_feed(client: Client, publication: Publication) -> None:
    """The feed names each issue on the web with title, headlines, address and day."""
    publication.language = "ja"
    publication.save()
    desks.on_the_web(publication, 2, date=dt.date(2026, 11, 26))
    desks.draft(publication, 3)

    channel = ET.fromstring(page(client, "/feed.xml"))[0]

    [item] = channel.findall("item")
    assert channel.findtext("language") == "ja"
    assert item.findtext("title") == "Tideline Digest Vol 1.2"
    assert item.findtext("link") == f"{BASE}/vol-1-2/"
    assert item.findtext("description") == "Reed beds · Ferries"
    assert item.findtext("pubDate") == "Thu, 26 Nov 2026 12:00:00 -0500"


def test_feed_without_a_date(client: Client, publication: Publication) -> None:
    """An issue without a date is of the day it was put on the web."""
    desks.on_the_web(publication, 2, date=None)

    assert f"{dt.datetime.now(dt.UTC):%b %Y}" in page(client, "/feed.xml")


def test_feed_of_another_publication(client: Client, publication: Publication) -> None:
    """Each publication has a feed of its own; there is none of what does not exist."""
    desks.on_the_web(create_publication("Night Trains"), title="Sleepers")

    assert "Sleepers" in page(client, "/night-trains/feed.xml")
    assert "Sleepers" not in page(client, "/feed.xml")
    assert client.get("/nothing/feed.xml").status_code == 404


@pytest.mark.django_db
def test_feed_of_nothing(client: Client) -> None:
    """Without a publication there is no feed."""
    assert client.get("/feed.xml").status_code == 404


def test_map(client: Client, publication: Publication) -> None:
    """The map for crawlers lists archive and issues; the robots' file leads to it."""
    desks.on_the_web(publication)

    assert f"<loc>{BASE}/vol-1-1/</loc>" in page(client, "/sitemap.xml")
    assert page(client, "/robots.txt").splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        f"Sitemap: {BASE}/sitemap.xml",
    ]


@pytest.mark.parametrize("address", ["https://news.tideline.example", "http://127.0.0.1:8444"])
def test_one_source_of_the_address(
    client: Client, publication: Publication, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Once `base_url` is changed, pages, sitemap and feed say so, whatever was stored or asked."""
    desks.on_the_web(publication)
    site = load().site.model_copy(update={"base_url": address})
    monkeypatch.setitem(load().__dict__, "site", site)

    places = {
        path: page(client, path)
        for path in ("/", "/vol-1-1/", "/sitemap.xml", "/feed.xml", "/robots.txt")
    }

    assert f'<link rel="canonical" href="{address}/">' in places["/"]
    assert f'<link rel="canonical" href="{address}/vol-1-1/">' in places["/vol-1-1/"]
    assert f'<meta property="og:url" content="{address}/vol-1-1/">' in places["/vol-1-1/"]
    assert f"<loc>{address}/vol-1-1/</loc>" in places["/sitemap.xml"]
    assert f'href="{address}/feed.xml" rel="self"' in places["/feed.xml"]
    assert f"<link>{address}/vol-1-1/</link>" in places["/feed.xml"]
    assert f"Sitemap: {address}/sitemap.xml" in places["/robots.txt"]
    assert not [path for path, shown in places.items() if "testserver" in shown or BASE in shown]
