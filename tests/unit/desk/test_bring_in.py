"""A text becomes a draft at the desk: previewed first, refused in words, and never half."""

from __future__ import annotations

import html
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings
from wagtail.images import get_image_model
from wagtail.users.models import UserProfile

from newsletter.desk.importing import stash
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from tests import desks, word_files
from tests.unit.desk.conftest import LogIn

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

ADDRESS = "/admin/bring-in/"
TEXT = "title: Tideline Digest Vol 3.12\n\nHello.\n\n## Ferries\n\nThey sail again.\n"


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> None:
    """Keep texts that wait in a folder of one's own."""
    settings.CONFIG = settings.CONFIG.model_copy()
    settings.CONFIG._path = tmp_path / "config.toml"


def give(client: Client, *files: tuple[str, bytes], **fields: Any) -> Any:
    """Send the first form, as a browser does, and follow to the preview."""
    uploads = [SimpleUploadedFile(name, data) for name, data in files]
    return client.post(ADDRESS, {"files": uploads, **fields}, follow=True)


def words(response: Any) -> str:
    """Return what a page says."""
    return html.unescape(response.content.decode())


def test_a_word_file_becomes_a_draft(log_in: LogIn, publication: Publication) -> None:
    """The preview names each part and what it becomes; then there is a draft with all of it."""
    client = log_in("Writers")

    preview = give(client, ("issue.docx", word_files.written(word_files.volume())))

    said = words(preview)
    assert not Issue.objects.exists()
    for part in ("Headline 2", "Who clears the snow?", "Lead picture", "The quay in winter"):
        assert part in said
    picture = client.get(f"{preview.request['PATH_INFO']}pictures/0/")
    assert picture["Content-Type"] == "image/png"
    answer = client.post(
        preview.request["PATH_INFO"], {"target": "new", "alt": "Snow on a quay"}, follow=True
    )
    draft = draft_of(Issue.objects.get())
    assert "is a new draft" in words(answer)
    assert (draft.ref, draft.subject) == ("3.12", "The quay in winter")
    lead = draft.body[0].value
    assert (lead["alt"], lead["credit"]) == ("Snow on a quay", "The Tideline desk")
    assert not draft.live
    assert draft.owner == draft.get_latest_revision().user == User.objects.get()


def test_a_text_replaces_a_draft(log_in: LogIn, publication: Publication) -> None:
    """A draft takes the new text as a revision; the one before can be brought back."""
    client = log_in("Writers")
    issue = desks.draft(publication, 5)

    preview = give(client, text=TEXT)
    client.post(preview.request["PATH_INFO"], {"target": str(issue.pk)})

    assert draft_of(Issue.objects.get()).body[1].value["items"][0]["headline"] == "Ferries"
    before = issue.revisions.order_by("pk").first().as_object()
    assert before.body[0].value["items"][0]["headline"] == "Reed beds"


def test_the_issue_of_the_same_number_is_offered(log_in: LogIn, publication: Publication) -> None:
    """A text with the number and title of a draft is offered to replace it, or to be new."""
    client = log_in("Writers")
    issue = desks.draft(publication, 12)
    text = TEXT.replace("3.12", "1.12")

    preview = give(client, text=text)

    assert "It is about Tideline Digest Vol 1.12, which is here already." in words(preview)
    assert f'value="{issue.pk}" checked' in words(preview)
    answer = client.post(preview.request["PATH_INFO"], {"target": "new"}, follow=True)
    assert "The number 1.12 belongs to" in words(answer)
    assert sorted(Issue.objects.values_list("number", flat=True)) == [12, 13]


def test_pictures_come_with_a_text(log_in: LogIn, publication: Publication) -> None:
    """Pictures chosen with a text are found by their names; one that is missing is named."""
    client = log_in("Writers")
    text = b"## Map\n\n![The quay](pictures/quay.png)\n"

    refused = give(client, ("issue.md", text))

    assert "issue.md, line 3: The picture pictures/quay.png did not come with" in words(refused)
    assert refused.status_code == 422
    preview = give(client, ("issue.md", text), ("quay.png", desks.picture(size=(40, 20))))
    client.post(preview.request["PATH_INFO"], {"target": "new"})
    assert get_image_model().objects.get().width == 40


def test_a_paste_keeps_its_formatting(log_in: LogIn, publication: Publication) -> None:
    """What a browser takes from a clipboard is read as a page."""
    client = log_in("Writers")
    pasted = SimpleUploadedFile("pasted.html", b"<h2>Ferries</h2><p>They <b>sail</b>.</p>")

    preview = client.post(ADDRESS, {"pasted": pasted, "text": ""}, follow=True)
    client.post(preview.request["PATH_INFO"], {"target": "new"})

    item = draft_of(Issue.objects.get()).body[0].value["items"][0]
    assert item["body"].source == "<p>They <strong>sail</strong>.</p>\n"


@pytest.mark.parametrize(
    ("files", "fields", "said"),
    [
        ([], {"text": "  "}, "There is nothing to bring in yet. Choose a file, or paste a text."),
        ([("a.md", b"## A"), ("b.md", b"## B")], {}, "There is more than one text."),
        ([("a.png", b"x")], {}, "There is no text among the files."),
        ([("a.docm", b"PK\x03\x04x")], {}, "a.docm: The Word file is broken"),
        ([("a.pdf", b"%PDF-1.7")], {}, "a.pdf, line 1: This is not a text file."),
        ([("a.md", b"## A\n\n![x](y.png)"), ("y.png", b"fake")], {}, "is not a picture"),
        ([("<b>.md", b"\0")], {}, "<b>.md, line 1: This is not a text file."),
    ],
)
def test_bad_input_is_answered_on_the_page(
    log_in: LogIn, files: list[tuple[str, bytes]], fields: dict[str, str], said: str
) -> None:
    """Each refusal is a sentence on the page; nothing is stored, and a pasted text stays there."""
    answer = give(log_in("Writers"), *files, **fields)

    assert answer.status_code == 422
    assert said in words(answer)
    assert not Issue.objects.exists()
    assert not get_image_model().objects.exists()


def test_a_pasted_text_that_is_refused_stays(log_in: LogIn) -> None:
    """Nobody has to find a text again because of a mistake in it."""
    answer = give(log_in("Writers"), text="title: A\ntitle: B\n\n## C\n\nText.")

    assert "pasted text.md, line 2: Title is given twice" in words(answer)
    assert "## C" in words(answer)


def test_an_error_in_japanese(log_in: LogIn) -> None:
    """Page and errors speak the language of the person."""
    client = log_in("Writers")
    UserProfile.objects.create(user=User.objects.get(), preferred_language="ja")

    answer = words(give(client, ("a.docx", b"PK\x03\x04x")))

    assert "a.docx: Word ファイルが壊れているか、途中で切れています。" in answer
    assert "文章の取り込み" in answer


def test_others_do_not_see_a_text(log_in: LogIn) -> None:
    """A text waits for whoever gave it, and for nobody else."""
    preview = give(log_in("Writers"), text=TEXT)

    other = log_in("Senders").get(preview.request["PATH_INFO"], follow=True)

    assert "This text is not kept any more." in words(other)


@pytest.mark.parametrize("token", ["..", "x", "a.b", "%2e%2e"])
def test_a_token_is_no_path(log_in: LogIn, token: str) -> None:
    """An address that was made up leads back to the first page."""
    answer = log_in("Writers").get(f"{ADDRESS}{token}/", follow=True)

    assert answer.status_code in {200, 404}
    assert "What becomes of it" not in words(answer)


def test_who_may_not_write_may_not_bring_in(client: Client, publication: Publication) -> None:
    """The pages are for those who may begin an issue."""
    assert client.get(ADDRESS).status_code == 302


def test_a_locked_draft_is_not_replaced(log_in: LogIn, publication: Publication) -> None:
    """A draft that somebody locked stays as it is, and the preview is shown again."""
    client = log_in("Writers")
    issue = desks.draft(publication, 5)
    Issue.objects.filter(pk=issue.pk).update(locked=True, locked_by=desks.member("Admins"))
    preview = give(client, text=TEXT)

    answer = client.post(preview.request["PATH_INFO"], {"target": str(issue.pk)})

    assert "is locked" in words(answer)
    assert issue.revisions.count() == 1


def test_old_texts_are_deleted(log_in: LogIn, publication: Publication) -> None:
    """What nobody made a draft of is gone after a day; of one person no more than twenty wait."""
    client = log_in("Writers")
    give(client, text=TEXT)
    (old,) = stash.list_waiting("*")
    past = time.time() - stash.MAX_AGE_SECONDS - 60
    os.utime(old, (past, past))

    for _ in range(stash.MAX_WAITING + 1):
        give(client, text=TEXT)

    assert not old.exists()
    assert len(list(stash.list_waiting("*"))) == stash.MAX_WAITING


def test_the_ways_to_it(log_in: LogIn, publication: Publication) -> None:
    """The list of issues and the home of a publication lead there."""
    client = log_in("Writers")

    assert 'href="/admin/bring-in/"' in words(client.get("/admin/issues/"))
    assert f"/admin/bring-in/?publication={publication.pk}" in words(client.get("/admin/"))
