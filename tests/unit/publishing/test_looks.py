"""The look of a publication shows in its mail, on its web pages and in its PDF."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client
from PIL import Image as Pillow

from newsletter import rendering
from newsletter.publishing.content import pictures
from newsletter.publishing.content.drafts import render_draft, sample_reader
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.looks import colours_on_paper, template_of
from newsletter.publishing.content.media import at_address
from newsletter.publishing.content.pdfs import pdf_of
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.web.looks import look_path
from newsletter.sending.planning import approvals
from tests import desks

GREEN = "#0a5c36"


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """An issue on the web."""
    return desks.on_the_web(publication, body=[desks.digest("Reed beds")])


def paint(publication: Publication, **light: str) -> None:
    """Give a publication colours."""
    publication.look = {"light": light}
    publication.save()


def test_the_mail_has_the_colours(issue: Issue) -> None:
    """The edition that a draft makes has the colours of the publication."""
    before = render_draft(issue)
    paint(issue.publication, accent=GREEN)

    after = render_draft(issue)

    assert GREEN in "".join(str(piece) for piece in after.skeletons[0].html)
    assert before.hash != after.hash


def test_what_was_approved_keeps_its_colours(issue: Issue) -> None:
    """An approved edition stays as it was frozen, whatever colours the publication gets."""
    frozen = approvals.approve(issue)
    paint(issue.publication, accent=GREEN)

    frozen.refresh_from_db()

    assert GREEN not in str(frozen.document)
    assert approvals.approved_edition(issue, render_draft(issue).hash) is None


def test_the_web_pages_have_the_colours(client: Client, issue: Issue) -> None:
    """The pages link to a style sheet with the colours, whose address changes with them."""
    before = look_path(issue.publication)
    paint(issue.publication, link=GREEN)

    page = client.get(issue.url).content.decode()
    after = look_path(issue.publication)
    sheet = client.get(after)

    assert f'href="{after}"' in page
    assert before != after
    assert sheet["Content-Type"].startswith("text/css")
    assert f"--accent: {GREEN};" in sheet.content.decode()


def test_a_broken_template_leaves_the_pages_readable(
    client: Client, publication: Publication
) -> None:
    """Where the template is gone, the style sheet is empty: the pages have colours of their own."""
    Publication.objects.update(template="gone")

    sheet = client.get(look_path(publication))

    assert (sheet.status_code, sheet.content) == (200, b"")


def test_pages_whose_texts_cannot_be_read_there_get_the_card(
    client: Client, publication: Publication
) -> None:
    """A dark surround with a light card makes light pages: texts have the colours for the card."""
    paint(publication, page="#222222", card="#fffdf5")

    assert "--paper: #fffdf5;" in client.get(look_path(publication)).content.decode()


def test_the_pdf_has_the_colours(issue: Issue) -> None:
    """Another colour makes another PDF; the same ones make the same file."""
    before = pdf_of(issue)
    paint(issue.publication, accent=GREEN)

    assert pdf_of(issue) != before
    assert pdf_of(issue) == pdf_of(issue)


def test_light_text_is_printed_on_its_card(publication: Publication) -> None:
    """Text that could not be read on white is printed on the colour of the card."""
    assert "paper" not in colours_on_paper(template_of(publication).theme)
    paint(publication, card="#101010", ink="#eeeeee", heading="#ffffff")

    assert colours_on_paper(template_of(publication).theme)["paper"] == "#101010"


def test_the_logo_is_kept(publication: Publication) -> None:
    """The logo is a picture of this site, and cannot be deleted while it is one."""
    publication.logo = desks.stored_picture()
    publication.save()

    source = template_of(publication).theme["logo"]["src"]

    assert source.startswith("http")
    with pytest.raises(ProtectedError):
        publication.logo.delete()


def logo_in(colour: str) -> Any:
    """Return a stored logo: a bar of a colour on a ground that can be seen through."""
    drawn = Pillow.new("RGBA", (1600, 400), (0, 0, 0, 0))
    drawn.paste(colour, (200, 100, 1400, 300))
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return pictures.store_picture(written.getvalue(), name="mark.png", description="A bar")


def with_logo(publication: Publication, colour: str, width: int = 200) -> Publication:
    """Give a publication a logo."""
    publication.logo, publication.logo_width = logo_in(colour), width
    publication.save()
    return publication


def test_the_logo_is_twice_as_wide_as_it_is_shown(publication: Publication) -> None:
    """A large logo is made as small as its place in the mail, with two dots to a pixel."""
    logo = template_of(with_logo(publication, "#0b5470")).theme["logo"]

    assert (logo["width"], logo["height"]) == (200, 50)
    image = at_address(logo["src"])
    assert image is not None
    with Pillow.open(image.path) as made:
        assert made.size == (400, 100)


@pytest.mark.parametrize(("colour", "plate"), [("#12202e", True), ("#f4efe6", False)])
def test_a_dark_logo_stands_on_a_plate_in_the_dark(issue: Issue, colour: str, plate: bool) -> None:
    """Where the logo cannot be seen on the dark card, it keeps the light colour below it."""
    with_logo(issue.publication, colour)
    template = template_of(issue.publication)

    assert template.theme["logo"]["plate"] is plate
    mail = rendering.render(content_of(issue), template, sample_reader()).html
    assert (".plate img" in mail) is plate


def test_the_logo_on_public_pages(issue: Issue, client: Client) -> None:
    """Archive, issue and sign-up show the logo with the name as its description, and its size."""
    issue.get_latest_revision().publish()
    with_logo(issue.publication, "#12202e")

    for path in ("/", issue.url, "/privacy/"):
        page = client.get(path).text
        assert 'class="masthead__logo masthead__logo--plate"' in page
        assert f'width="200" height="50" alt="{issue.publication.name}"' in page


def test_a_logo_that_is_gone_leaves_the_name(issue: Issue, client: Client) -> None:
    """A page whose logo cannot be read shows the name, and a PDF is made all the same."""
    publication = with_logo(issue.publication, "#12202e")
    Path(publication.logo.file.path).unlink()

    assert f"<bdi>{publication.name}</bdi>" in client.get("/").text


def test_the_logo_in_the_pdf(issue: Issue) -> None:
    """The PDF begins with the logo; another logo makes another PDF."""
    without = pdf_of(issue).read_bytes()
    with_logo(issue.publication, "#0b5470")

    printed = pdf_of(issue).read_bytes()

    # A picture with transparent parts has a mask, which is a picture, too.
    assert printed.count(b"/Subtype/Image") > without.count(b"/Subtype/Image")
