"""The mails of the sign-up: what they say, in which language, and what they leave out."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from newsletter.publishing.models import Publication
from newsletter.transports.memory import MemoryTransport
from newsletter.welcoming.mailer import TransportMailer
from subscribers.models import List, Subscriber, Subscription
from subscribers.sign_up import forms
from subscribers.sign_up.models import SignUp
from tests import desks
from tests.publications import create_publication

URL = "http://127.0.0.1:8000/c/AQEBTOKEN"
ENDS = dt.datetime(2026, 3, 9, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def publication(db: None) -> Publication:
    """A publication with one list."""
    return create_publication("Tideline Digest", postal_address="1 Quay Street")


@pytest.fixture
def readers(publication: Publication) -> List:
    """Its list."""
    return publication.lists.get()


@pytest.fixture
def sign_up(readers: List) -> SignUp:
    """A request with a name that somebody chose to insult another person with."""
    return SignUp.objects.create(
        list=readers, email="o'neil&co@example.org", key="x", name="WIN MONEY http://spam.example"
    )


@pytest.fixture
def transport() -> MemoryTransport:
    """What keeps the mails."""
    return MemoryTransport()


def test_a_confirmation_has_the_link_and_no_words_of_others(
    sign_up: SignUp, transport: MemoryTransport
) -> None:
    """Whoever fills in a form must not be able to write to strangers."""
    TransportMailer(transport).confirmation(sign_up, URL, ENDS).submit()

    (message, people) = transport.submitted[0]
    assert [person.address for person in people] == ["o'neil&co@example.org"]
    assert message.subject == "Please confirm: Tideline Digest"
    assert f'href="{URL}"' in message.html
    assert URL in message.text
    assert "o&#x27;neil&amp;co@example.org" in message.html
    assert "o'neil&co@example.org" in message.text
    assert "March 9, 2026" in message.html or "9 March 2026" in message.html
    assert "1 Quay Street" in message.html
    for part in (message.html, message.text, message.subject):
        assert "WIN MONEY" not in part
        assert "/u/" not in part
        assert "Xq7vZk2mW9" not in part
    assert "List-Unsubscribe" not in message.headers


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "登録をご確認ください"), ("de", "Anmeldung"), ("he", "נא לאשר")]
)
def test_it_speaks_the_language_of_the_publication(
    sign_up: SignUp, transport: MemoryTransport, language: str, words: str
) -> None:
    """As issues do, in every language of the templates."""
    Publication.objects.update(language=language)
    TransportMailer(transport).confirmation(sign_up, URL, ENDS).submit()

    assert words in transport.submitted[0][0].html
    assert words in transport.submitted[0][0].text


def test_a_welcome_has_the_editors_words_and_the_latest_issue(
    publication: Publication, readers: List, sign_up: SignUp, transport: MemoryTransport
) -> None:
    """Its headlines, and the way to it on the web; and, as every issue, the way to leave."""
    issue = desks.draft(publication)
    issue.get_latest_revision().publish()
    person = Subscriber.objects.create(email="jane@example.org", name="Jane Doe")
    Subscription.objects.create(subscriber=person, list=readers)
    forms.change_form(
        readers,
        {
            "is_open": True,
            "welcome_texts": {"en": "Hello [first_name|reader], **good** to have you."},
            "welcome_has_issue": True,
        },
    )
    TransportMailer(transport).welcome(sign_up, person).submit()

    (message, people) = transport.submitted[0]
    assert people[0].address == "jane@example.org"
    assert "Hello Jane" in message.html
    assert issue.title in message.html
    assert "/u/" in message.html
    assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_who_is_subscribed_already_is_told_so(
    readers: List, sign_up: SignUp, transport: MemoryTransport
) -> None:
    """With the way to leave, in case they forgot."""
    person = Subscriber.objects.create(email="jane@example.org", created_at=timezone.now())
    TransportMailer(transport).already(sign_up, person).submit()

    message = transport.submitted[0][0]
    assert message.subject == "You are subscribed to Tideline Digest"
    assert "/u/" in message.text
