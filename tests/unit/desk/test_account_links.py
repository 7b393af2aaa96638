"""Links to choose a password with: for the first account, and for those of others."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from newsletter.desk.accounts.links import mail_link, make_link, welcome_link
from newsletter.desk.accounts.roster import add_account, disable_account
from newsletter.errors import BadInput, InvalidTransition
from newsletter.publishing.models import Publication
from tests import desks
from tests.publications import create_publication


@pytest.fixture
def publication(db: None) -> Publication:
    """Return a publication, with which the groups come."""
    return create_publication("Harbour")


def test_the_first_login(publication: Publication, client: Client) -> None:
    """The welcome link sets the first password; after that there is none."""
    link = welcome_link()
    assert link is not None

    form = client.get(urlsplit(link).path, follow=True)
    words = {"new_password1": desks.PASSWORD, "new_password2": desks.PASSWORD}
    client.post(form.redirect_chain[-1][0], words)

    assert client.login(username="admin", password=desks.PASSWORD)
    assert client.get("/admin/").status_code == 200
    assert welcome_link() is None


@pytest.mark.django_db
def test_a_lost_link() -> None:
    """As long as nobody has set a password, a new link can be had, for the same person."""
    first, second = welcome_link(), welcome_link()

    assert first is not None
    assert second is not None
    assert User.objects.filter(is_superuser=True).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("trace", ["password", "login"])
def test_no_link_to_a_site_that_somebody_uses(trace: str) -> None:
    """Once anybody has a password or has logged in, also a mere editor, there is no first login."""
    somebody = User.objects.create_user("aiko")
    assert welcome_link() is not None

    if trace == "password":
        somebody.set_password(desks.PASSWORD)
    else:
        somebody.last_login = timezone.now()
    somebody.save()

    assert welcome_link() is None


@pytest.mark.usefixtures("publication")
def test_no_first_login_where_its_name_is_taken() -> None:
    """A writer who is called admin, and waits for a password, gets no more rights by a start."""
    add_account("admin", roles=["writers"])

    assert welcome_link() is None

    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.usefixtures("publication")
def test_a_link_is_mailed(mailoutbox: object, client: Client) -> None:
    """The mail names the account and has the link, with which a password is chosen."""
    account = add_account("aiko", email="aiko@example.org", roles=["writers"])

    assert mail_link(account) == "aiko@example.org"

    [sent] = mail.outbox
    link = next(line for line in sent.body.splitlines() if line.startswith("http"))
    assert sent.to == ["aiko@example.org"]
    assert "called “aiko”" in sent.body
    page = client.get(urlsplit(link).path, follow=True)
    assert b"aiko" in page.content


@pytest.mark.usefixtures("publication")
def test_no_link_where_it_would_be_of_no_use() -> None:
    """Nobody is mailed without an address, and nobody who is disabled gets a link."""
    account = add_account("aiko", roles=["writers"])
    with pytest.raises(BadInput, match="has no email address"):
        mail_link(account)

    add_account("chief", roles=["owner"])
    disable_account(account)
    with pytest.raises(InvalidTransition, match="is disabled") as refused:
        make_link(account)
    assert "newsletter user enable aiko" in refused.value.hint
