"""A test of an issue goes to whoever is to look at it, and changes nothing for anybody."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import Delivery, Edition, Send
from newsletter.tracking.models import Event
from subscribers.models import Subscriber, Subscription
from tests import desks


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft that greets its reader."""
    return desks.draft(publication, subject="Reed beds, [first_name|reader]")


@pytest.fixture
def maildir(settings: Settings, tmp_path: Path) -> Path:
    """The folder that mail is written to."""
    config = settings.CONFIG
    settings.CONFIG = config.model_copy(
        update={
            "sending": config.sending.model_copy(update={"transport": "maildir"}),
            "maildir": config.maildir.model_copy(update={"folder": str(tmp_path / "mail")}),
        }
    )
    return tmp_path / "mail"


def somebody(group: str) -> Client:
    """Return the browser of somebody of a group who has an address."""
    user = desks.member(group, "ann")
    user.email = "ann@example.org"
    user.save()
    client = Client()
    client.force_login(user)
    return client


def page(issue: Issue) -> str:
    """Return the address of the page."""
    return reverse("desk_test", args=[issue.pk])


def mails(maildir: Path) -> list[EmailMessage]:
    """Return what was written."""
    files = sorted((maildir / "new").iterdir()) if maildir.exists() else []
    return [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]


def subscriber(publication: Publication) -> Subscriber:
    """Return somebody who gets the issues."""
    person = Subscriber.objects.create(
        email="mina@example.org", key="mina@example.org", name="Mina Harbour"
    )
    Subscription.objects.create(
        subscriber=person, list=publication.lists.get(), state=Subscription.State.ACTIVE
    )
    return person


def test_to_me(issue: Issue, maildir: Path) -> None:
    """One click sends it to the address of the account, marked; the page says where the file is."""
    writer = somebody("Writers")

    answer = writer.post(page(issue), {"to_me": "1"}, follow=True)

    [mail] = mails(maildir)
    assert "ann@example.org" in mail["To"]
    assert mail["Subject"].startswith("[Test] Reed beds, ")
    words = answer.content.decode()
    assert str(maildir / "new") in words
    assert "No mail was sent." in words
    history = writer.get(reverse("desk_history", args=[issue.pk])).content.decode()
    assert "Test sent (ann@example.org" in history


def test_no_record_of_a_send(issue: Issue, publication: Publication, maildir: Path) -> None:
    """A test leaves no send, no delivery, no edition, and no news of anybody."""
    subscriber(publication)

    somebody("Senders").post(page(issue), {"as_reader": "1", "reader": "mina@example.org"})

    assert mails(maildir)
    for model in (Send, Delivery, Edition, Event):
        assert not model._default_manager.exists()


def test_as_a_subscriber(issue: Issue, publication: Publication, maildir: Path) -> None:
    """As a subscriber gets it, but to me; its links unsubscribe neither them nor anybody."""
    person = subscriber(publication)
    sender = somebody("Senders")

    sender.post(page(issue), {"as_reader": "1", "reader": " Mina@Example.org "})

    [mail] = mails(maildir)
    assert "ann@example.org" in mail["To"]
    assert "mina" not in mail["To"]
    assert mail["Subject"] == "[Test] Reed beds, Mina"
    link = mail["List-Unsubscribe"].strip("<>")
    assert link.endswith("/u/test")
    for client, form in (
        (Client(), {"List-Unsubscribe": "One-Click"}),
        (Client(), {"confirm": "1"}),
    ):
        answer = client.post("/u/test", form)
        assert answer.status_code == 200
        assert "was a test" in answer.content.decode()
    person.refresh_from_db()
    assert person.subscriptions.get().state == Subscription.State.ACTIVE
    body = mail.get_body(("html",))
    assert body is not None
    assert "/u/test" in body.get_content()


def test_nobody_of_that_address(issue: Issue, maildir: Path) -> None:
    """An address that nobody subscribed with is refused in words, and nothing leaves."""
    answer = somebody("Senders").post(page(issue), {"as_reader": "1", "reader": "no@example.org"})

    assert "there is no subscriber with the address no@example.org" in answer.content.decode()
    assert mails(maildir) == []


def test_writers_do_not_see_subscribers(
    issue: Issue, publication: Publication, maildir: Path
) -> None:
    """Who may not see subscribers gets no mail with their data."""
    subscriber(publication)

    answer = somebody("Writers").post(page(issue), {"as_reader": "1", "reader": "mina@example.org"})

    assert answer.status_code in {302, 403}
    assert mails(maildir) == []


def test_to_the_reviewers(issue: Issue, publication: Publication, maildir: Path) -> None:
    """Each reviewer gets a mail of their own."""
    Publication.objects.update(reviewers="Ben@example.org\n\ncho@example.org\nBen@example.org\n")

    somebody("Writers").post(page(issue), {"to_reviewers": "1"})

    written = sorted(str(mail["To"]).strip("<>") for mail in mails(maildir))
    assert written == ["Ben@example.org", "cho@example.org"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ben@example.org, cho@example.org", "reviewers"),
        ("ben", "reviewers"),
        ("\n".join(f"p{number}@example.org" for number in range(21)), "more than 20"),
    ],
)
def test_reviewers_are_checked(publication: Publication, text: str, why: str) -> None:
    """What is no address, and too many of them, is refused when the publication is saved."""
    publication.reviewers = text

    with pytest.raises(ValidationError) as refused:
        publication.clean()

    assert "reviewers" in refused.value.message_dict
    assert why in str(refused.value)


def test_account_without_an_address(issue: Issue, maildir: Path) -> None:
    """Who has no address is told where to give one, and nothing leaves."""
    client = Client()
    client.force_login(desks.member("Writers"))

    answer = client.post(page(issue), {"to_me": "1"})

    assert "your account has no e-mail address" in answer.content.decode()
    assert mails(maildir) == []


def test_transport_that_refuses(issue: Issue, maildir: Path) -> None:
    """What the transport says is shown, and the history tells of no test."""
    maildir.write_text("a file is in the way")
    writer = somebody("Writers")

    answer = writer.post(page(issue), {"to_me": "1"})

    assert "cannot be written" in answer.content.decode()
    history = writer.get(reverse("desk_history", args=[issue.pk])).content.decode()
    assert "Test sent (" not in history
