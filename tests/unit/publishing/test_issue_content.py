"""From what editors filled in to the data that every edition is made from."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.models import Publication
from newsletter.rendering.content import (
    Block,
    Button,
    Callout,
    Digest,
    Divider,
    LeadImage,
    Quote,
    Text,
)
from tests import desks

BASE = "http://127.0.0.1:8000"


def blocks(publication: Publication, *body: tuple[str, Any]) -> tuple[Block, ...]:
    """Return what a body becomes."""
    return content_of(desks.draft(publication, body=list(body))).blocks


def lead(publication: Publication, **fields: Any) -> LeadImage | None:
    """Return what a lead picture becomes."""
    value = {"image": None, "address": "", "alt": "", "credit": ""} | fields
    return content_of(desks.draft(publication, body=[("lead_image", value)])).lead


def test_every_block(publication: Publication) -> None:
    """Each kind of block keeps its words, in the order of the editor."""
    found = blocks(
        publication,
        ("text", "<p>Good morning, [first_name|reader].</p>"),
        desks.digest("Reed beds", "Ferries"),
        ("markdown", "Some *text*"),
        ("button", {"label": "Read on", "url": "https://example.org/on"}),
        ("callout", {"tone": "warning", "body": "<p>No issue in May.</p>"}),
        ("quote", {"body": "<p>Too rough.</p>", "attribution": "A captain"}),
        ("divider", None),
    )

    kinds = [Text, Digest, Text, Button, Callout, Quote, Divider]
    assert [type(block) for block in found] == kinds
    assert found[0] == Text(body="<p>Good morning, [first_name|reader].</p>")
    assert found[2].body.strip() == "<p>Some <em>text</em></p>"
    assert found[3] == Button(label="Read on", url="https://example.org/on")
    assert (found[4].tone, found[5].attribution) == ("warning", "A captain")


def test_headlines_and_items_are_one(publication: Publication) -> None:
    """Items keep headline and text together; their link targets run through the issue."""
    first, second = blocks(publication, desks.digest("Reed beds", "Ferries"), desks.digest("Maps"))

    assert [(item.id, item.headline) for item in (*first.items, *second.items)] == [
        ("item-1", "Reed beds"),
        ("item-2", "Ferries"),
        ("item-3", "Maps"),
    ]
    assert first.items[0].body == "<p>About Reed beds.</p>"


def test_an_item_may_go_on_in_markdown(publication: Publication) -> None:
    """What the text editor cannot hold follows its text."""
    item = {"headline": "Ports", "body": "<p>Three:</p>", "markdown": "| a |\n|---|\n| 1 |"}

    [digest] = blocks(publication, ("digest", {"show_headlines": False, "items": [item]}))

    assert digest.items[0].body.startswith("<p>Three:</p><table>")
    assert digest.show_headlines is False


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(("text", "<p></p>"), id="text"),
        pytest.param(("text", '<p data-block-key="a1b2c">\n <br/> </p>'), id="break"),
        pytest.param(("markdown", "<!-- later -->"), id="markdown"),
        pytest.param(("button", {"label": "Read on", "url": ""}), id="button"),
        pytest.param(("callout", {"tone": "info", "body": ""}), id="callout"),
        pytest.param(("quote", {"body": "", "attribution": "A captain"}), id="quote"),
        pytest.param(desks.digest(), id="digest"),
        pytest.param(
            ("digest", {"show_headlines": True, "items": [{"headline": None, "body": ""}]}),
            id="item",
        ),
    ],
)
def test_the_unfinished_is_left_out(publication: Publication, block: tuple[str, Any]) -> None:
    """A draft can be looked at before everything is filled in."""
    assert blocks(publication, block) == ()


def test_links_lead_out_of_the_mail(publication: Publication) -> None:
    """Links to pages of the site, and relative ones, become addresses that work anywhere."""
    other = desks.on_the_web(publication, 9)
    [text] = blocks(
        publication,
        ("text", f'<p><a linktype="page" id="{other.pk}">before</a> <a href="/privacy/">p</a></p>'),
    )

    assert f'<a href="{BASE}/vol-1-9/">before</a>' in text.body
    assert f'<a href="{BASE}/privacy/">p</a>' in text.body


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//["])
def test_links_that_lead_nowhere_good(publication: Publication, address: str) -> None:
    """A dangerous or broken address is dropped, its words stay."""
    [text] = blocks(publication, ("text", f'<p><a href="{address}">words</a></p>'))

    assert "words" in text.body
    assert "href" not in text.body


def test_uploaded_picture(publication: Publication) -> None:
    """An uploaded picture has twice the dots of the size it is shown in."""
    found = lead(
        publication, image=desks.stored_picture(size=(1800, 900)), alt="A quay", credit="C"
    )

    assert found is not None
    assert found.src.startswith(f"{BASE}/media/images/")
    assert "width-1200" in found.src
    assert (found.width, found.height) == (600, 300)
    assert (found.alt, found.credit) == ("A quay", "C")


def test_small_picture(publication: Publication) -> None:
    """A small picture is not blown up."""
    found = lead(publication, image=desks.stored_picture(size=(200, 100)), alt="A quay")

    assert found is not None
    assert (found.width, found.height) == (200, 100)


def test_description_of_the_library(publication: Publication) -> None:
    """Without a description of its own, a picture has the one of the library."""
    found = lead(publication, image=desks.stored_picture())

    assert found is not None
    assert found.alt == "A quay"


def test_no_file_name_is_read_out(publication: Publication) -> None:
    """An uploaded picture without a description has no alt text, so that the check names it."""
    picture = desks.stored_picture(size=(200, 100))
    picture.description = ""
    picture.save()

    found = lead(publication, image=picture)

    assert found
    assert found.alt == ""


def test_picture_from_the_web(publication: Publication) -> None:
    """A picture from the web keeps its address."""
    found = lead(publication, address="https://example.org/a.png", alt="A", credit="B")

    assert found == LeadImage(src="https://example.org/a.png", alt="A", credit="B")


def test_a_credit_alone_shows_nothing(publication: Publication) -> None:
    """A lead picture that is still to be chosen is left out."""
    assert lead(publication, credit="Reuters") is None


def test_pictures_of_an_import(publication: Publication) -> None:
    """A picture file that a text names is found among the stored; a deleted one is dropped."""
    stored = desks.stored_picture()
    issue = desks.draft(
        publication,
        body=[("markdown", "![A chart](chart.png) ![Gone](gone.png)")],
        metadata={"_pictures": {"chart.png": stored.pk, "gone.png": 0}},
    )

    [text] = content_of(issue).blocks

    assert f'<img src="{BASE}/media/images/' in text.body
    assert ' width="540" height="270" alt="A chart">' in text.body
    assert '<img alt="Gone">' in text.body


def test_what_stands_around(publication: Publication) -> None:
    """Title, number, date, sender and addresses come from issue, publication and settings."""
    content = content_of(desks.on_the_web(publication, 2, subject="Reed beds"))

    assert (content.publication, content.title) == ("Tideline Digest", "Tideline Digest Vol 1.2")
    assert (content.volume, content.number, content.date) == (1, 2, dt.date(2026, 11, 12))
    assert content.subject == "Reed beds"
    assert content.web_url == f"{BASE}/vol-1-2/"
    assert content.publisher.name == "Tideline Digest"
    assert content.publisher.email == "newsletter@example.org"
    assert content.publisher.privacy_url == f"{BASE}/privacy/"


def test_publisher_of_its_own_mind(publication: Publication) -> None:
    """Replies and privacy go where the publication says."""
    publication.reply_to = "desk@example.org"
    publication.privacy_url = "https://example.org/privacy"
    issue = desks.draft(publication)

    found = content_of(issue).publisher

    assert (found.email, found.privacy_url) == ("desk@example.org", "https://example.org/privacy")


def test_subject_and_preheader_by_default(publication: Publication) -> None:
    """Without a subject the title stands in, without a preheader the first headlines."""
    content = content_of(desks.draft(publication, body=[desks.digest("Reed beds", "Ferries")]))

    assert content.subject == "Tideline Digest Vol 1.1"
    assert content.preheader == "Reed beds · Ferries"


def test_the_preheader_is_short(publication: Publication) -> None:
    """Only as many headlines as a list of mails can show become the preheader."""
    content = content_of(desks.draft(publication, body=[desks.digest("a" * 90, "b" * 90)]))

    assert content.preheader == "a" * 90


@pytest.mark.parametrize(
    ("own", "shown"), [("", "Out <strong>fortnightly</strong>."), ("*Last* issue", "<em>Last</em>")]
)
def test_boilerplate(publication: Publication, own: str, shown: str) -> None:
    """The closing words are the issue's, else the publication's."""
    assert shown in content_of(desks.draft(publication, boilerplate=own)).boilerplate


@pytest.mark.parametrize(
    ("own", "language", "direction"), [("", "en", "ltr"), ("ja", "ja", "ltr"), ("ar", "ar", "rtl")]
)
def test_language(publication: Publication, own: str, language: str, direction: str) -> None:
    """An issue speaks its own language, else that of the publication, in its direction."""
    content = content_of(desks.draft(publication, language=own))

    assert (content.language, content.direction) == (language, direction)


def test_without_a_date(publication: Publication) -> None:
    """An issue without a date is of today, where its publication is at home."""
    publication.time_zone = "Pacific/Kiritimati"
    issue = desks.draft(publication, date=None)

    home = dt.datetime.now(dt.timezone(dt.timedelta(hours=14))).date()
    assert content_of(issue).date == home
