"""The public pages as readers and proxies use them: search, feeds, share card, what is kept."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import re
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django.fixtures import Settings

from newsletter.conf.config import load
from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Publication, WebEntry
from newsletter.publishing.web import articles, cards
from newsletter.publishing.web.caching import FirstSeen
from newsletter.publishing.web.entries import write_missing
from subscribers.sign_up.models import SignUpForm
from tests import desks

ATOM = "{http://www.w3.org/2005/Atom}"
#: Statements that a page of readers may ask of the database.
MOST_STATEMENTS = 12


def titles(client: Client, query: str, path: str = "/") -> list[str]:
    """Return what the archive lists for a query."""
    shown = client.get(f"{path}?{query}").content.decode()
    return re.findall(r"<h2><a href=\"[^\"]*\"><bdi>(.*?)</bdi>", shown)


@pytest.fixture
def three(publication: Publication) -> Publication:
    """A publication with issues of two years and two volumes."""
    desks.on_the_web(publication, 1, date=dt.date(2025, 11, 13), body=[desks.digest("Ferries")])
    desks.on_the_web(publication, 2, date=dt.date(2026, 1, 8), body=[desks.digest("Eels & reeds")])
    desks.on_the_web(
        publication, 1, volume=2, slug="vol-2-1", title="Second", date=dt.date(2026, 2, 5)
    )
    return publication


def test_search(client: Client, three: Publication) -> None:
    """Every word must be in an issue, in any case; what is not there is nowhere; nothing is all."""
    first, second = "Tideline Digest Vol 1.1", "Tideline Digest Vol 1.2"

    assert titles(client, "q=FERRIES") == ["Second", first]
    assert titles(client, "q=about+eels") == [second]
    assert titles(client, "q=eels+ferries") == titles(client, "q=%25") == []
    assert titles(client, "q=") == titles(client, "year=x&volume=-1") == ["Second", second, first]
    found = client.get("/?q=eels").content.decode()
    assert "<mark>Eels</mark> &amp; reeds" in found
    assert '<meta name="robots" content="noindex, follow">' in found


def test_what_a_search_shows(client: Client, publication: Publication) -> None:
    """Only what can be read is found, and shown from word to word, Japanese from any letter."""
    words = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    body = [
        ("text", f"<p>{words}eel {words}</p>"),
        ("button", {"label": "Look", "url": "https://example.org/ferry"}),
        ("text", f"<p>{'潮' * 80}鰻{'港' * 80}</p>"),
    ]
    desks.on_the_web(publication, body=body)

    def shown(asked: str) -> tuple[str, str]:
        page = client.get(f"/?q={asked}").text
        [found] = re.findall(r'<p dir="auto">…(.*?)<mark>.*?</mark>(.*?)…</p>', page)
        return found[0], found[1]

    assert titles(client, "q=item-1") == titles(client, "q=example.org") == []
    assert titles(client, "q=Look") == ["Tideline Digest Vol 1.1"]
    before, after = shown("eel")
    assert before.split()[0] in words.split()
    assert after.split()[-1] in words.split()
    assert shown("鰻") == ("潮" * 60, "港" * 60)


@pytest.mark.django_db
def test_search_in_japanese(client: Client) -> None:
    """Words have no spaces around them, and wide and narrow letters are the same."""
    shio = create_publication("潮だより", slug="shio", language="ja")
    desks.on_the_web(shio, 1, title="冬の号", body=[desks.digest("カモメ101羽が港へ", "渡し船")])
    desks.on_the_web(shio, 2, title="春の号", body=[desks.digest("灯台")])

    assert titles(client, "q=ｶﾓﾒ１０１", shio.home) == ["冬の号"]
    assert titles(client, "q=渡し　羽が", shio.home) == ["冬の号"]
    assert titles(client, "q=灯台", shio.home) == ["春の号"]


def test_by_year_and_volume(client: Client, three: Publication) -> None:
    """Years and volumes with their numbers lead to their issues, also further pages of them."""
    shown = client.get("/").content.decode()

    assert re.findall(r'\?year=(\d+)">\d+ <span class="note">\((\d)\)', shown) == [
        ("2026", "2"),
        ("2025", "1"),
    ]
    assert titles(client, "year=2025") == ["Tideline Digest Vol 1.1"]
    assert titles(client, "volume=2") == ["Second"]
    assert titles(client, "year=2026&volume=1") == ["Tideline Digest Vol 1.2"]


def test_what_search_engines_are_told(client: Client, publication: Publication) -> None:
    """The page of an issue is a NewsArticle in an issue of a volume, whatever its title holds."""
    title = 'Reeds </script><script>alert("x")'
    desks.on_the_web(publication, 3, title=title, slug="reeds", date=dt.date(2026, 1, 8))

    shown = client.get("/reeds/").content.decode()

    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', shown)
    told = json.loads(data)
    assert (told["@type"], told["headline"]) == ("NewsArticle", title)
    assert told["isPartOf"]["@type"] == "PublicationIssue"
    assert told["isPartOf"]["issueNumber"] == "3"
    assert told["isPartOf"]["isPartOf"]["volumeNumber"] == "1"
    assert told["datePublished"] == "2026-01-08"


def test_feeds_with_the_whole_text(client: Client, publication: Publication) -> None:
    """Atom and JSON Feed hold the text with links that lead somewhere; pages name all feeds."""
    desks.on_the_web(publication, 2)

    atom = ET.fromstring(client.get("/atom.xml").content)
    told = client.get("/feed.json").json()
    # What a feed must have (RFC 4287, 4.1.1).
    assert atom.findtext(f"{ATOM}author/{ATOM}name") == "Tideline Digest"
    assert all(atom.findtext(f"{ATOM}{each}") for each in ("id", "title", "updated"))

    text = atom.findtext(f"{ATOM}entry/{ATOM}content") or ""
    assert "About Ferries." in text
    assert 'href="http://127.0.0.1:8000/vol-1-2/#item-2"' in text
    assert "anchor" not in text
    [item] = told["items"]
    assert item["content_html"] == text
    assert (told["feed_url"], item["url"]) == (
        "http://127.0.0.1:8000/feed.json",
        "http://127.0.0.1:8000/vol-1-2/",
    )
    page = client.get("/").content.decode()
    assert re.findall(r'rel="alternate" type="([^"]+)" .*href="([^"]+)"', page) == [
        ("application/rss+xml", "/feed.xml"),
        ("application/atom+xml", "/atom.xml"),
        ("application/feed+json", "/feed.json"),
    ]


@pytest.mark.parametrize("path", ["/", "/vol-1-1/", "/feed.xml", "/atom.xml", "/feed.json"])
def test_who_has_a_page_is_not_sent_it_again(
    client: Client, publication: Publication, path: str
) -> None:
    """304 by ETag and by date, without a cookie; once something is new, the page with both new."""
    issue = desks.on_the_web(publication)

    first = client.get(path)

    assert first.headers["Cache-Control"].startswith("public, max-age=")
    assert "Set-Cookie" not in first.headers
    assert "Cookie" not in first.headers.get("Vary", "")
    etag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert client.get(path, headers={"if-none-match": etag}).status_code == 304
    assert client.get(path, headers={"if-modified-since": date}).status_code == 304

    draft = draft_of(issue)
    draft.preheader, draft.title = "Something else", "New title"
    draft.save_revision().publish()

    assert client.get(path, headers={"if-none-match": etag}).status_code == 200
    assert client.get(path, headers={"if-modified-since": date}).status_code == 200


def test_an_answer_that_changes_is_younger() -> None:
    """Also where it changes within the same second, or the clock goes back."""
    seen = FirstSeen(clock=iter([100.5, 100.9, 50.0]).__next__)

    assert [seen.at("/", each) for each in ("a", "a", "b", "c")] == [100, 100, 101, 102]


#: Pages without a reader's data.
PAGES = (
    *("/", "/?q=reed&year=2026", "/vol-1-2/", "/vol-1-9/", "/imprint/", "/privacy/"),
    *("/feed.xml", "/atom.xml", "/feed.json", "/sitemap.xml", "/subscribe/tideline-digest/"),
)


def test_few_statements(client: Client, publication: Publication) -> None:
    """A page asks the database the same few questions, however many issues there are."""
    SignUpForm.objects.create(list=publication.lists.get(), is_open=True)
    image = desks.stored_picture(size=(60, 30))
    lead = {"image": image, "alt": "A quay", "credit": "", "address": ""}
    body = [("lead_image", lead), desks.digest("Reed beds")]

    def ask() -> dict[str, list[str]]:
        asked = {}
        for path in PAGES:
            client.get(path)
            with CaptureQueriesContext(connection) as statements:
                client.get(path)
            asked[path] = [each["sql"][:150] for each in statements]
        return asked

    for number in (1, 2, 3):
        desks.on_the_web(publication, number, body=body)
    few = ask()
    for number in range(4, 9):
        desks.on_the_web(publication, number, body=body)
    many = ask()

    for path, asked in few.items():
        assert len(many[path]) == len(asked) <= MOST_STATEMENTS, (path, *asked)


def test_an_article_is_made_once(client: Client, publication: Publication) -> None:
    """What was made of a revision is kept on disk; a new revision or look makes it again."""
    issue = desks.on_the_web(publication)
    folder = load().data / "web"
    before = set(folder.glob("*.json"))

    def kept() -> int:
        articles._read_or_make.cache_clear()
        client.get("/vol-1-1/")
        return len(set(folder.glob("*.json")) - before)

    assert [kept(), kept()] == [1, 1]
    publication.look = {"light": {"link": "#0b4f7d"}}
    publication.save()
    assert kept() == 2
    draft_of(issue).save_revision().publish()
    assert kept() == 3


def test_a_kept_article_that_is_broken_is_made_again(
    client: Client, publication: Publication
) -> None:
    """Half a file, as a full disk leaves it, is no page of readers."""
    issue = desks.on_the_web(publication)
    path = load().data / "web" / f"{articles.article_hash(issue)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"text": "')

    assert "Reed beds" in client.get("/vol-1-1/").content.decode()
    assert articles.read_article(path.read_text()).title == "Tideline Digest Vol 1.1"


def test_share_card(client: Client, publication: Publication, settings: Settings) -> None:
    """The page names a picture of 1200 × 630 that has the title; it is made once."""
    lead = {"image": desks.stored_picture(), "alt": "", "credit": "", "address": ""}
    desks.on_the_web(publication, body=[("lead_image", lead), desks.digest("Reed beds")])
    before = set((load().data / "cards").glob("*.png"))

    shown = client.get("/vol-1-1/").content.decode()
    client.get("/vol-1-1/")

    [address] = re.findall(r'property="og:image" content="http://127.0.0.1:8000([^"]+)"', shown)
    answer = client.get(address)
    picture = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert picture.size == (1200, 630)
    assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 100
    assert len(set((load().data / "cards").glob("*.png")) - before) == 1
    assert client.get("/nowhere/card.png").status_code == 404


def test_a_card_that_no_font_can_write(client: Client, publication: Publication) -> None:
    """The lead picture stands in its place, and the address of the card leads nowhere."""
    lead = {"image": desks.stored_picture(), "alt": "", "credit": "", "address": ""}
    title = "Old \U00012000 signs"
    desks.on_the_web(publication, title=title, slug="signs", body=[("lead_image", lead)])

    shown = client.get("/signs/").content.decode()

    [address] = re.findall(r'property="og:image" content="([^"]+)"', shown)
    assert "/media/" in address
    assert client.get("/signs/card.png").status_code == 404
    cards._failed().clear()


def test_issues_of_an_earlier_release_are_found(client: Client, three: Publication) -> None:
    """Before their entries are written they are listed; then they are found, too."""
    WebEntry.objects.all().delete()
    assert len(titles(client, "")) == 3

    assert write_missing() == 3
    assert write_missing() == 0
    assert titles(client, "q=eels") == ["Tideline Digest Vol 1.2"]


def test_made_up_addresses(
    client: Client, publication: Publication, caplog: pytest.LogCaptureFixture
) -> None:
    """A crawler gets a page that says so, and fills no log."""
    handler_filters = logging.getLogger("django.request").filters
    assert handler_filters

    with caplog.at_level("WARNING"):
        answers = [client.get(f"/made-up-{number}/x.php").status_code for number in range(20)]

    assert set(answers) == {404}
    assert caplog.records == []


def test_small_pages(client: Client, publication: Publication) -> None:
    """The imprint says who publishes."""
    publication.postal_address, publication.reply_to = "1 Quay Street", "desk@example.org"
    publication.save()

    shown = client.get("/imprint/").content.decode()

    assert "1 Quay Street" in shown
    assert 'href="mailto:desk@example.org"' in shown
