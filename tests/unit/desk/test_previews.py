"""The preview beside the editor: the mail of the form as it is, and the lines of inboxes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from newsletter.publishing.models import Issue, Publication
from subscribers.models import Subscriber
from tests import desks
from tests.unit.desk.conftest import LogIn
from tests.unit.desk.test_composer import form

WINDOW = "0123456789abcdef"


def preview(client: Client, issue: Issue, **fields: Any) -> Any:
    """Return what is answered to the form of an issue."""
    asked = {"preview-window": WINDOW} | fields
    return client.post(f"/admin/issues/{issue.pk}/preview/", form(**asked)).json()


def shown(client: Client, **query: str) -> Any:
    """Return what the window shows now."""
    return client.get(f"/admin/issues/previewed/{WINDOW}/", query)


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A stored draft."""
    return desks.draft(publication)


def test_the_form_as_it_is(issue: Issue, log_in: LogIn) -> None:
    """The mail shows what is in the form, and nothing of it is stored."""
    client = log_in("Writers")

    answer = preview(client, issue, subject="For [first_name|you]", headline="Cranes")

    assert "Cranes" in shown(client).content.decode()
    facts = answer["facts"]
    assert (facts["sender"], facts["subject"]) == ("Tideline Digest", "For Robin")
    assert (facts["preheader"], facts["limit"], facts["level"]) == ("Cranes", 102, "good")
    assert issue.revisions.count() == 1


def test_a_new_issue(publication: Publication, log_in: LogIn) -> None:
    """An issue that was never saved has a preview too."""
    client = log_in("Writers")
    address = f"/admin/issues/new/{publication.archive.pk}/preview/"

    answer = client.post(address, form(headline="First", **{"preview-window": WINDOW})).json()

    assert answer["facts"]["subject"] == "Tideline Digest Vol 1.1"
    assert "First" in shown(client).content.decode()
    assert not Issue.objects.exists()


@pytest.mark.parametrize(
    ("mode", "found"), [("text", "<pre"), ("web", "rel="), ("mail", "<!doctype html>")]
)
def test_modes(issue: Issue, log_in: LogIn, mode: str, found: str) -> None:
    """The text part and the web page are shown as well as the mail."""
    client = log_in("Writers")
    preview(client, issue, headline="Cranes", **{"preview-mode": mode})

    page = shown(client).content.decode()

    assert found in page
    assert "Cranes" in page


def test_the_pdf(issue: Issue, log_in: LogIn) -> None:
    """The PDF is shown in a frame of the desk."""
    client = log_in("Writers")
    preview(client, issue, **{"preview-mode": "pdf"})

    answer = shown(client)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_dark_and_without_pictures(issue: Issue, log_in: LogIn) -> None:
    """The dark styles of the mail are shown, and pictures left out, without making it again."""
    client = log_in("Writers")
    preview(client, issue)

    light, dark = (shown(client, scheme=scheme) for scheme in ("light", "dark"))
    bare = shown(client, pictures="off")

    assert "color-scheme:dark" in dark.content.decode()
    assert "color-scheme:dark" not in light.content.decode()
    assert "img-src *" in light.headers["Content-Security-Policy"]
    assert "img-src" not in bare.headers["Content-Security-Policy"]


def test_as_a_subscriber(issue: Issue, log_in: LogIn) -> None:
    """Those who may see subscribers find one, and see the mail as that person gets it."""
    reader = Subscriber.objects.create(email="ann@example.org", name="Ann Lee")
    sender, writer = log_in("Senders"), log_in("Writers")

    found = sender.get("/admin/issues/preview-readers/", {"q": "lee"}).json()["people"]
    asked = {"subject": "For [first_name|you]", "preview-reader": str(reader.pk)}
    subjects = [preview(client, issue, **asked)["facts"]["subject"] for client in (sender, writer)]

    assert found == [{"pk": reader.pk, "email": "ann@example.org", "name": "Ann Lee"}]
    assert subjects == ["For Ann", "For Robin"]
    assert writer.get("/admin/issues/preview-readers/", {"q": "lee"}).status_code != 200


def test_a_fault_stands_in_its_place(issue: Issue, log_in: LogIn) -> None:
    """What keeps the mail from being made is said where the mail would be."""
    client = log_in("Writers")

    answer = preview(client, issue, subject="For [first_nme|you]")

    assert answer["facts"] == {}
    assert "is not a merge tag" in shown(client).content.decode()


def test_a_field_that_cannot_be_read(issue: Issue, log_in: LogIn) -> None:
    """A field that is filled in wrongly is named, with what is wrong."""
    [problem] = preview(log_in("Writers"), issue, date="the day after")["problems"]

    assert (problem["field"], problem["label"]) == ("id_date", "Date")
    assert problem["message"] == "Enter a valid date."


def test_somebody_elses_preview(issue: Issue, log_in: LogIn) -> None:
    """A window shows what was made for its own person, and nothing after that is gone."""
    preview(log_in("Writers"), issue)

    page = shown(log_in("Senders")).content.decode()

    assert "This preview is not there any more" in page


def test_a_strange_window(issue: Issue, log_in: LogIn) -> None:
    """A name that no window gives itself is refused."""
    answer = log_in("Writers").post(
        f"/admin/issues/{issue.pk}/preview/", form(**{"preview-window": "../x"})
    )

    assert "facts" not in answer.content.decode()
