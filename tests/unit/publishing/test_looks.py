"""The look of a publication shows in its mail, on its web pages and in its PDF."""

from __future__ import annotations

import pytest
from django.db.models import ProtectedError
from django.test import Client

from newsletter.publishing.content.drafts import render_draft
from newsletter.publishing.content.looks import colours_on_paper, template_of
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
