"""The page of a sign-up form: settings, code to copy, previews and numbers."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from newsletter.publishing.models import Publication
from subscribers import lists
from subscribers.models import List
from subscribers.sign_up import forms
from tests.publications import create_publication


@pytest.fixture
def publication(db: None) -> Publication:
    """A publication with one list."""
    return create_publication("Tideline Digest", postal_address="1 Quay Street")


@pytest.fixture
def readers(publication: Publication) -> List:
    """Its list."""
    return publication.lists.get()


@pytest.fixture
def editor(client: Client, publication: Publication) -> Client:
    """Somebody who may change everything."""
    client.force_login(get_user_model().objects.create_superuser("ada"))
    return client


def page_of(editor: Client, name: str, *words: object) -> str:
    """Return a page of the desk."""
    answer = editor.get(reverse(name, args=words))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_form_is_opened(editor: Client, readers: List) -> None:
    """All that was chosen is saved, and the page says so."""
    answer = editor.post(
        reverse("desk_sign_up", args=[readers.pk]),
        {
            "is_open": "on",
            "double_opt_in": "on",
            "sends_welcome": "on",
            "consent_texts-en": "I agree.",
            "frame_sites": "https://blog.example",
        },
        follow=True,
    )

    made = forms.form_of(readers)
    assert "is saved" in answer.content.decode()
    assert (made.is_open, made.asks_name, made.sends_welcome) == (True, False, True)
    assert made.consent_texts == {"en": "I agree."}
    assert made.frame_sites == "https://blog.example"


def test_what_is_refused_is_said_and_nothing_changes(editor: Client, readers: List) -> None:
    """With the words of the command."""
    answer = editor.post(
        reverse("desk_sign_up", args=[readers.pk]), {"is_open": "on", "frame_sites": "nonsense"}
    )

    assert "is not the address of a web site" in answer.content.decode()
    assert not forms.form_of(readers).is_open


def test_code_previews_and_numbers_are_shown(editor: Client, readers: List) -> None:
    """Before the form is open, too; nothing can be submitted in a preview."""
    page = page_of(editor, "desk_sign_up", readers.pk)
    assert "&lt;iframe" in page
    assert "form.js" in page
    assert "Not confirmed yet" in page

    answer = editor.get(reverse("desk_sign_up_preview", args=[readers.pk]))
    assert "Subscribe to Tideline Digest" in answer.content.decode()
    assert "form-action 'none'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("confirm", "Confirm the subscription"),
        ("already", "You are subscribed already"),
        ("welcome", "From now on you get"),
    ],
)
def test_mails_are_shown_as_they_are_sent(
    editor: Client, readers: List, kind: str, words: str
) -> None:
    """In the looks of the publication, and nobody is mailed."""
    assert words in page_of(editor, "desk_sign_up_mail", readers.pk, kind)


def test_a_list_without_a_publication_says_what_to_do(editor: Client) -> None:
    """There is nothing to preview."""
    lonely = lists.create("Lonely")

    assert "Add the list to a publication first" in page_of(editor, "desk_sign_up", lonely.pk)
    assert editor.get(reverse("desk_sign_up_preview", args=[lonely.pk])).status_code == 404


def test_only_who_may_change_lists_sees_it(client: Client, readers: List) -> None:
    """Others are sent away."""
    client.force_login(get_user_model().objects.create_user("eve"))

    for name in ("desk_sign_up", "desk_sign_up_preview"):
        assert client.get(reverse(name, args=[readers.pk])).status_code in {302, 403}
