"""Writing an issue at the desk: creating, saving, numbers, drafts that are half finished."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from tests import desks
from tests.unit.desk.conftest import LogIn

#: The body of an issue as the editor's browser sends it: one digest with one item.
BODY = {
    "body-count": "1",
    "body-0-deleted": "",
    "body-0-order": "0",
    "body-0-type": "digest",
    "body-0-value-show_headlines": "on",
    "body-0-value-items-count": "1",
    "body-0-value-items-0-deleted": "",
    "body-0-value-items-0-order": "0",
    "body-0-value-items-0-type": "item",
    "body-0-value-items-0-value-markdown": "",
    "body-0-value-items-0-value-body": json.dumps({"blocks": [], "entityMap": {}}),
}


def form(**fields: Any) -> dict[str, Any]:
    """Return the form of an issue, with an item that has a headline."""
    given = {
        "title": "Tideline Digest Vol 1.1",
        "slug": "vol-1-1",
        "volume": "1",
        "number": "1",
        "date": "",
        "headline": "Reed beds",
    } | fields
    given["body-0-value-items-0-value-headline"] = given.pop("headline")
    comments = {f"comments-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return {**BODY, **comments, **given}


def add(publication: Publication) -> str:
    """Return the address where an issue is created."""
    return f"/admin/pages/add/publishing/issue/{publication.archive.pk}/"


def create(client: Client, publication: Publication, **fields: Any) -> Any:
    """Send the form of a new issue."""
    return client.post(add(publication), form(**fields))


def test_a_new_issue_is_the_next(publication: Publication, log_in: LogIn) -> None:
    """The form of a new issue comes with the next number and title filled in."""
    desks.draft(publication, 10)

    page = log_in("Writers").get(add(publication)).content.decode()

    assert 'value="Tideline Digest Vol 1.11"' in page
    assert 'name="number" value="11"' in page
    assert 'value="tideline-digest-vol-1-11"' in page


def test_create(publication: Publication, log_in: LogIn) -> None:
    """What an editor saves is a draft of the publication whose archive it stands in."""
    create(log_in("Writers"), publication, subject="Reed beds")

    issue = Issue.objects.get()
    assert (issue.publication, issue.live, issue.subject) == (publication, False, "Reed beds")
    assert draft_of(issue).body[0].value["items"][0]["headline"] == "Reed beds"


def test_half_finished(publication: Publication, log_in: LogIn) -> None:
    """A draft can be saved before any headline is written."""
    create(log_in("Writers"), publication, headline="")

    assert Issue.objects.get().draft_title == "Tideline Digest Vol 1.1"


def test_half_finished_is_not_put_on_the_web(publication: Publication, log_in: LogIn) -> None:
    """What the check finds an error in stays a draft, and the check says what it is."""
    client = log_in("Senders")

    answer = client.post(add(publication), {**form(), "action-publish": "action-publish"})

    issue = Issue.objects.get()
    assert not issue.live
    assert answer.headers["Location"] == f"/admin/issues/{issue.pk}/check/"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "is saved, and not on the web: the check found 1 error." in page
    assert "headline-without-item" in page


def test_a_number_that_is_taken(publication: Publication, log_in: LogIn) -> None:
    """A second issue with the same number is refused with the name of the first."""
    client = log_in("Writers")
    create(client, publication)

    page = create(client, publication, slug="another")

    assert "1.1 is taken: Tideline Digest Vol 1.1" in page.content.decode()
    assert Issue.objects.count() == 1


def test_saving_moves_the_row(publication: Publication, log_in: LogIn) -> None:
    """Editing the number at the desk is enough for commands to find the issue by it."""
    issue = desks.draft(publication, 1)

    log_in("Writers").post(f"/admin/pages/{issue.pk}/edit/", form(volume="3", number="11"))

    assert Issue.objects.get(volume=3, number=11) == issue


def edited(client: Client, issue: Issue, **fields: Any) -> tuple[str, str]:
    """Save an issue with these fields of its form; return its title and address after that."""
    given = {"title": issue.title, "slug": issue.slug} | fields
    client.post(f"/admin/pages/{issue.pk}/edit/", form(**given))
    draft = draft_of(Issue.objects.get(pk=issue.pk))
    return draft.title, draft.slug


def test_title_and_address_follow_the_number(publication: Publication, log_in: LogIn) -> None:
    """A number that is changed takes the title and the address along that were made of the old."""
    issue = desks.draft(publication, 1, slug="tideline-digest-vol-1-1")

    named = edited(log_in("Writers"), issue, volume="3", number="12")

    assert named == ("Tideline Digest Vol 3.12", "tideline-digest-vol-3-12")


def test_what_a_person_wrote_follows_nothing(publication: Publication, log_in: LogIn) -> None:
    """A title or an address that somebody chose stays, whatever the number becomes."""
    client = log_in("Writers")
    titled = desks.draft(publication, 1, title="Reed beds", slug="reed-beds")
    placed = desks.draft(publication, 2, slug="harbours")
    both = desks.draft(publication, 3, slug="tideline-digest-vol-1-3")

    assert edited(client, titled, number="7") == ("Reed beds", "reed-beds")
    assert edited(client, placed, number="8") == ("Tideline Digest Vol 1.8", "harbours")
    written = edited(client, both, number="9", title="Cranes", slug="cranes")
    assert written == ("Cranes", "cranes")


def test_the_address_on_the_web_stays(publication: Publication, log_in: LogIn) -> None:
    """Links lead to an issue that is on the web: its address stays when its number changes."""
    issue = desks.on_the_web(publication, 1, slug="tideline-digest-vol-1-1")

    named = edited(log_in("Senders"), issue, number="2")

    assert named == ("Tideline Digest Vol 1.2", "tideline-digest-vol-1-1")


@pytest.mark.parametrize("mode", ["email", "text", "web"])
def test_preview_before_the_first_save(publication: Publication, log_in: LogIn, mode: str) -> None:
    """What is being typed can be looked at before it was ever saved."""
    client = log_in("Writers")
    url = f"/admin/pages/add/publishing/issue/{publication.archive.pk}/preview/"

    answer = client.post(url, form(headline="Typed just now")).json()
    shown = client.get(f"{url}?mode={mode}").content.decode()

    assert answer == {"is_valid": True, "is_available": True}
    assert "Typed just now" in shown
    assert not Issue.objects.exists()


def test_copying(publication: Publication, log_in: LogIn) -> None:
    """A copy made at the desk is the next issue, and can be saved at once."""
    issue = desks.draft(publication, 1)
    fields = {
        "new_title": "Tideline Digest Vol 1.2",
        "new_slug": "vol-1-2",
        "new_parent_page": str(publication.archive.pk),
    }

    log_in("Senders").post(f"/admin/pages/{issue.pk}/copy/", fields)

    copied = Issue.objects.get(slug="vol-1-2")
    assert (copied.ref, draft_of(copied).ref) == ("1.2", "1.2")


def test_an_address_that_is_taken(publication: Publication, log_in: LogIn) -> None:
    """The form says whose a web address is, an issue's or the site's, and names a free one."""
    issue = desks.draft(publication, 1, slug="spring", title="Spring tides")
    client = log_in("Senders")

    taken = create(client, publication, number="2", slug="spring").text
    reserved = create(client, publication, number="2", slug="imprint").text
    fields = {"new_title": "Copy", "new_slug": "admin", "new_parent_page": publication.archive.pk}
    copied = client.post(f"/admin/pages/{issue.pk}/copy/", fields, follow=True).text

    assert "The web address spring belongs to “Spring tides”." in taken
    assert taken.count("such as spring-2.") == 1
    assert "already in use" not in taken
    assert "The web address imprint belongs to a page of the site itself." in reserved
    assert "The web address admin belongs to a page of the site itself." in copied
    assert list(Issue.objects.values_list("slug", flat=True)) == ["spring"]


@pytest.mark.parametrize(
    ("given", "title"),
    [("Tideline Digest Vol 1.1", "Tideline Digest Vol 1.2"), ("Reed beds", "Reed beds")],
)
def test_a_copy_is_not_called_as_its_original(
    publication: Publication, log_in: LogIn, given: str, title: str
) -> None:
    """A copy that was given no title of its own has the title of its number."""
    issue = desks.draft(publication, 1)
    fields = {
        "new_title": given,
        "new_slug": "vol-1-2",
        "new_parent_page": str(publication.archive.pk),
    }

    log_in("Senders").post(f"/admin/pages/{issue.pk}/copy/", fields)

    copied = Issue.objects.get(slug="vol-1-2")
    assert (copied.title, draft_of(copied).title) == (title, title)


@pytest.mark.parametrize("title", ["🎉🎊", "⛴️"])
def test_a_title_of_emoji(publication: Publication, log_in: LogIn, title: str) -> None:
    """A title that makes no address is saved, under the address of the number."""
    create(log_in("Writers"), publication, title=title, slug="")

    assert draft_of(Issue.objects.get()).title == title
    assert Issue.objects.get().slug == "tideline-digest-vol-1-1"


def test_two_titles_of_emoji(publication: Publication, log_in: LogIn) -> None:
    """A second issue without words in its title gets an address of its own."""
    client = log_in("Writers")
    create(client, publication, title="🎉", slug="", volume="0", number="0")
    create(client, publication, title="🎊", slug="", volume="0", number="0")

    slugs = sorted(Issue.objects.values_list("slug", flat=True))
    assert slugs == ["tideline-digest", "tideline-digest-2"]


def test_a_subject_with_line_breaks(publication: Publication, log_in: LogIn) -> None:
    """A subject and a preheader are one line each, whatever was pasted."""
    lines = "Reed beds\r\nBcc: all@example.org"
    create(log_in("Writers"), publication, subject=lines, preheader="One\n\ntwo")

    draft = draft_of(Issue.objects.get())
    assert (draft.subject, draft.preheader) == ("Reed beds Bcc: all@example.org", "One two")
