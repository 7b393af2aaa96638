"""The desk's own mail goes by the transport of sends, and a file is never called a sent mail."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from lxml import html
from pytest_django.fixtures import Settings

from newsletter.desk.accounts.links import welcome_link
from newsletter.errors import ConfigError
from newsletter.publishing.models import Publication
from sendgrid_emulator import Emulator
from tests import desks

BACKEND = "newsletter.desk.accounts.own_mail.TransportBackend"


def go_by(settings: Settings, transport: str, **sections: dict[str, object]) -> None:
    """Let mail leave by a transport."""
    config = settings.CONFIG
    changed = {"sending": {"transport": transport}, **sections}
    settings.EMAIL_BACKEND = BACKEND
    settings.CONFIG = config.model_copy(
        update={
            name: getattr(config, name).model_copy(update=values)
            for name, values in changed.items()
        }
    )


@pytest.fixture
def maildir(settings: Settings, tmp_path: Path) -> Path:
    """The folder that mail is written to."""
    go_by(settings, "maildir", maildir={"folder": str(tmp_path / "mail")})
    return tmp_path / "mail"


def written(maildir: Path) -> list[EmailMessage]:
    """Return what is in the folder."""
    files = sorted((maildir / "new").iterdir()) if maildir.exists() else []
    return [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]


def test_a_new_password(publication: Publication, client: Client, maildir: Path) -> None:
    """The link to a new password is in a mail from the publication; the page says it is a file."""
    user = desks.member("Writers", "ann")
    user.email = "ann@example.org"
    user.save()

    answer = client.post(
        reverse("wagtailadmin_password_reset"), {"email": "ann@example.org"}, follow=True
    )

    [message] = written(maildir)
    assert "ann@example.org" in message["To"]
    assert publication.from_email in message["From"]
    body = message.get_body(("plain",))
    assert body is not None
    assert "/admin/password_reset/confirm/" in body.get_content()
    words = answer.content.decode()
    assert "writes it to files" in words
    assert "on its way" not in words


def test_it_is_a_page_in_the_language_of_its_reader(
    publication: Publication, maildir: Path
) -> None:
    """The HTML says its language, escapes what people wrote, and makes a button of the address."""
    mail.EmailMessage(
        "<Approve>",
        "Ann <b> asks you.\n\n“Look at 1 & 2”\n\nhttps://example.org/admin/?a=1&b=2\n",
        to=["a@example.org"],
        headers={"Content-Language": "ja"},
    ).send()

    [message] = written(maildir)
    body = message.get_body(("html",))
    assert body is not None
    tree = html.fromstring(body.get_content())
    assert tree.get("lang") == "ja"
    assert tree.findtext(".//title") == "<Approve>"
    text = tree.text_content()
    assert "Ann <b> asks you." in text
    assert "“Look at 1 & 2”" in text
    [button] = tree.xpath("//a[contains(@class, 'button')]")
    assert (button.get("href"), button.text) == ("https://example.org/admin/?a=1&b=2", "開く")


def test_by_a_provider(
    publication: Publication, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider takes it as one mail for each reader, none of whom sees another."""
    monkeypatch.setenv("SENDGRID_API_KEY", "SG.trial")
    with Emulator() as provider:
        go_by(settings, "sendgrid", sendgrid={"base_url": provider.url})

        count = mail.EmailMessage(
            "Please approve", "Look: https://example.org/", to=["a@example.org", "b@example.org"]
        ).send()

        found = {each.address: each.subject for each in provider.mailbox}
    assert count == 1
    assert found == {"a@example.org": "Please approve", "b@example.org": "Please approve"}


def test_a_transport_that_cannot_be_opened(publication: Publication, settings: Settings) -> None:
    """What is wrong with the settings is raised, unless who sends asks to be left in peace."""
    go_by(settings, "nowhere")
    to = ["a@example.org"]

    with pytest.raises(ConfigError):
        mail.EmailMessage("Subject", "Text", to=to).send()
    assert mail.EmailMessage("Subject", "Text", to=to).send(fail_silently=True) == 0


def test_the_first_account(publication: Publication, client: Client) -> None:
    """The page of the first login names the account, and says what it is."""
    link = welcome_link()
    assert link

    words = client.get(link, follow=True).content.decode()

    assert "account “admin”" in words
    assert "may do everything" in words
    assert "Set the password" in words


#: Where a password is typed twice.
FIELDS = ("new_password1", "new_password2")


@pytest.mark.parametrize("password", ["abc", "password1234", "123456789012", "admin-admin"])
def test_a_weak_first_password(publication: Publication, client: Client, password: str) -> None:
    """A password that is short, common or a number is refused with reasons, and none is set."""
    link = welcome_link()
    assert link
    page = client.get(link, follow=True)
    address = page.redirect_chain[-1][0]

    answer = client.post(address, {"new_password1": password, "new_password2": password})

    assert answer.status_code == 200
    assert "w-field__errors" in answer.content.decode()
    assert welcome_link() is not None


def test_a_first_password_logs_in(publication: Publication, client: Client) -> None:
    """Whoever sets the first password of an account is logged in; with a new one one logs in."""
    link = welcome_link()
    assert link
    address = client.get(link, follow=True).redirect_chain[-1][0]

    answer = client.post(address, dict.fromkeys(FIELDS, "a-harbour-at-dusk"), follow=True)

    assert answer.redirect_chain[-1][0] == reverse("wagtailadmin_home")
    assert answer.status_code == 200
    assert "Set a new password" not in answer.content.decode()


def test_a_link_that_is_over(publication: Publication, client: Client) -> None:
    """A link that was used says so, and leads to a new one."""
    address = reverse("wagtailadmin_password_reset_confirm", args=["MQ", "abc-123"])

    words = client.get(address).content.decode()

    assert "It was used already" in words
    assert reverse("wagtailadmin_password_reset") in words
