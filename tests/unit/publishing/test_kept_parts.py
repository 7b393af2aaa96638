"""Parts of a reader's page are kept while nothing changes, and what is theirs never is."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsletter.publishing.models import Publication
from newsletter.publishing.web import kept_parts
from newsletter.publishing.web.kept_parts import STATE
from subscribers import links
from subscribers.models import List, Subscriber
from tests.publications import create_publication


@pytest.fixture
def person(publication: Publication) -> Subscriber:
    """Return somebody who reads a publication."""
    kept_parts.forget()
    publication.lists.add(List.objects.create(name="Readers", slug="all-readers", public=True))
    return Subscriber.objects.create(email="ada@example.org", key="ada@example.org", name="Ada")


def ask(person: Subscriber, state: bytes, *lists: List) -> str:
    """Return the preferences of a person, for a state of the public pages."""
    path = f"/p/{links.make_token(person.pk, [each.pk for each in lists])}"
    return Client().get(path, **{STATE: lambda: state}).content.decode()


def test_a_second_reader_asks_less(person: Subscriber) -> None:
    """The head and foot of a page are made once, and each reader sees their own name."""
    first = ask(person, b"one")
    Subscriber.objects.filter(pk=person.pk).update(name="Grace")

    with CaptureQueriesContext(connection) as asked:
        second = ask(person, b"one")

    assert len(asked) <= 8
    assert second == first.replace('value="Ada"', 'value="Grace"') != first


def test_another_state_is_made_again(person: Subscriber, publication: Publication) -> None:
    """What a publication is called now shows once its pages are known to have changed."""
    ask(person, b"one")
    Publication.objects.filter(pk=publication.pk).update(name="Low Water")

    assert "Low Water" not in ask(person, b"one")
    assert "Low Water" in ask(person, b"two")


def test_no_page_has_parts_of_another_publication(
    person: Subscriber, publication: Publication
) -> None:
    """A page of the whole site has no address of the publication that is called like the site."""
    Publication.objects.filter(pk=publication.pk).update(name=settings.WAGTAIL_SITE_NAME)
    create_publication("Night Trains")
    its_list, address = List.objects.get(slug="all-readers"), publication.postal_address

    assert address in ask(person, b"one", its_list)
    assert address not in ask(person, b"one")
    assert address in ask(person, b"one", its_list)
