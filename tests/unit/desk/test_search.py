"""The search of the menu finds people, words inside of issues, and sends."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.desk.listings.issue_words import fold_text
from newsletter.desk.models import IssueWords
from newsletter.publishing.models import Publication
from newsletter.sending.models import Edition, Send
from subscribers.models import Subscriber
from tests import desks
from tests.unit.desk.conftest import LogIn


def found(client: Client, text: str) -> list[str]:
    """Return the titles of what is found."""
    page = client.get("/admin/search/", {"q": text}).content.decode()
    rows = page.partition('class="desk-report')[2]
    return re.findall(r'<li><div><a href="[^"]+">([^<]+)</a>', rows)


@pytest.mark.parametrize(
    "text",
    ["Reed beds", "reed ferr", "ABOUT FERRIES", "Ｒｅｅｄ", "saltmarsh", "preheader-word"],
)
def test_words_of_an_issue(publication: Publication, log_in: LogIn, text: str) -> None:
    """Words of title, subject, headlines and body find an issue, in any spelling, also in parts."""
    desks.draft(publication, subject="The Saltmarsh", preheader="A preheader-word")
    desks.draft(publication, 2, body=[desks.digest("Night trains")])

    assert found(log_in("Writers"), text) == ["Tideline Digest Vol 1.1"]


def test_words_of_japanese(publication: Publication, log_in: LogIn) -> None:
    """A word is found where a language puts no spaces between its words."""
    desks.draft(publication, body=[desks.digest("今週の干潟観察会について")])

    assert found(log_in("Writers"), "観察会") == ["Tideline Digest Vol 1.1"]


def test_the_latest_draft_is_searched(publication: Publication, log_in: LogIn) -> None:
    """What was changed is found at once, and what is no longer there is not."""
    issue = desks.on_the_web(publication)
    client = log_in("Writers")
    assert found(client, "Reed") == ["Tideline Digest Vol 1.1"]

    issue.body = [desks.digest("Herons")]
    issue.save_revision()

    assert found(client, "Herons") == ["Tideline Digest Vol 1.1"]
    assert found(client, "Reed") == []


def test_words_are_kept(publication: Publication, log_in: LogIn) -> None:
    """The words of an issue that was not changed are not read again."""
    desks.draft(publication)
    client = log_in("Writers")
    found(client, "Reed")
    IssueWords.objects.update(text="kept")

    assert found(client, "kept") == ["Tideline Digest Vol 1.1"]


def test_the_place_is_shown(publication: Publication, log_in: LogIn) -> None:
    """What is found is shown with the words around it."""
    desks.draft(publication, body=[desks.digest("Herons at dusk over the old harbour wall")])

    page = log_in("Writers").get("/admin/search/?q=harbour").content.decode()

    assert "herons at dusk over the old harbour wall" in page


def test_people(publication: Publication, log_in: LogIn) -> None:
    """People are found by the beginning of their address, by a part of it, and by name."""
    Subscriber.objects.create(email="ann@tideline.example", name="Ann Abbot")
    Subscriber.objects.create(email="joanna@tideline.example", name="Jo")
    client = log_in("Senders")

    assert found(client, "Ann@") == ["ann@tideline.example"]
    assert found(client, "ann") == ["ann@tideline.example", "joanna@tideline.example"]
    assert found(client, "Abbot") == ["ann@tideline.example"]


def test_sends(publication: Publication, log_in: LogIn) -> None:
    """Sends are found by the title of their issue and by their number."""
    issue = desks.draft(publication)
    edition = Edition.objects.create(issue=issue, subject="x", hash="0" * 64)
    send = Send.objects.create(issue=issue, edition=edition, at=timezone.now())
    client = log_in("Approvers")

    assert found(client, "Vol 1.1")[-1] == f"Send {send.pk}: Tideline Digest Vol 1.1"
    assert f"Send {send.pk}: Tideline Digest Vol 1.1" in found(client, str(send.pk))


@pytest.mark.parametrize("text", ["SEEGRÄSER ÜBER", "über seegräser", "Über", "Ｖｏｌ 3"])
def test_sends_by_title_in_any_case(publication: Publication, log_in: LogIn, text: str) -> None:
    """Letters beyond ASCII are found in capitals and small, on either database, in any order."""
    issue = desks.draft(publication, title="Alles über Seegräser, Vol 3")
    edition = Edition.objects.create(issue=issue, subject="x", hash="0" * 64)
    send = Send.objects.create(issue=issue, edition=edition, at=timezone.now())

    line = f"Send {send.pk}: Alles über Seegräser, Vol 3"
    assert line in found(log_in("Approvers"), text)


def test_each_finds_what_they_may_see(publication: Publication, log_in: LogIn) -> None:
    """Writers find neither people nor sends, approvers no people."""
    Subscriber.objects.create(email="reed@tideline.example")
    issue = desks.draft(publication, title="Reed 1.1")
    edition = Edition.objects.create(issue=issue, subject="x", hash="0" * 64)
    send = Send.objects.create(issue=issue, edition=edition, at=timezone.now())
    line = f"Send {send.pk}: Reed 1.1"

    assert found(log_in("Writers"), "reed") == ["Reed 1.1"]
    assert found(log_in("Approvers"), "reed") == ["Reed 1.1", line]
    assert found(log_in("Senders"), "reed") == ["Reed 1.1", "reed@tideline.example", line]


def test_nothing_is_found(publication: Publication, log_in: LogIn) -> None:
    """Where nothing is found that is said, with what to try; characters of LIKE mean themselves."""
    desks.draft(publication)
    client = log_in("")

    assert found(client, "100%_") == []
    assert (
        "Nothing is found for “100%_”"
        in client.get("/admin/search/", {"q": "100%_"}).content.decode()
    )


def test_the_menu_searches_here(publication: Publication, log_in: LogIn) -> None:
    """The field of the menu leads to this search; pages and documents are not offered beside it."""
    client = log_in("")
    props = client.get("/admin/").content.decode().partition("wagtail-sidebar-props")[2]
    area = json.loads(props.partition(">")[2].partition("</script>")[0])
    page = client.get("/admin/search/?q=reed").content.decode()

    assert "/admin/search/" in json.dumps(area)
    assert "/admin/pages/search/" not in page
    assert "/admin/pages/search/" not in json.dumps(area)


def test_folding() -> None:
    """Width, capitals and white space do not matter."""
    assert fold_text(" Ｆｅｒｒｙ\u3000 STRASSE\n") == "ferry strasse"
