"""What mail programs and mail providers make of the links that others put into mails."""

from __future__ import annotations

import pytest
from django.test import Client

from subscribers.links import unsubscribe_url
from subscribers.models import List, Subscriber, Subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def link() -> str:
    """The link of somebody on a list, whose token would end in a dash."""
    digest = List.objects.create(name="Digest", slug="digest")
    person = Subscriber.objects.create(pk=16_384, email="ann@example.org")
    Subscription.objects.create(subscriber=person, list=digest)
    return unsubscribe_url("", person.pk, [digest.pk])


def state() -> str:
    """Return where the person stands."""
    return Subscription.objects.get().state


@pytest.mark.parametrize(
    "around", ["{}.", "{}>", "{}%3E", "{}&gt;", "{}=", "{}%20", "{}%22", "{}/"]
)
def test_outlook_bracket_in_the_link(client: Client, link: str, around: str) -> None:
    """A bracket, a full stop or a soft break that stays at the end of a link does no harm.

    RFC 3986 appendix C says to put links between brackets, for this very reason.
    """
    assert client.get(around.format(link)).status_code == 200
    assert state() == "active"

    assert client.post(around.format(link), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert state() == "unsubscribed"


@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded"])
def test_mail_provider_posts_one_click_without_its_type(
    client: Client, link: str, kind: str
) -> None:
    """One click is read from the body, whatever the type of it is called."""
    answer = client.post(link, "List-Unsubscribe=One-Click\r\n", content_type=kind)

    assert (answer.status_code, answer.get("Location")) == (200, None)
    assert state() == "unsubscribed"
