"""Who is subscribed to a publication, as a check asks it: without reading a whole list."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.publishing.checks.readers import readers_of
from newsletter.publishing.models import Publication
from subscribers.models import List, Subscriber, Subscription


def subscribe(address: str, *lists: List, **attributes: str) -> None:
    """Put somebody on lists."""
    person = Subscriber.objects.create(email=address, key=address, attributes=attributes)
    for each in lists:
        Subscription.objects.create(subscriber=person, list=each)


def test_one_list(publication: Publication) -> None:
    """The number of one list is the kept one: no subscription is looked at."""
    readers = publication.lists.get()
    subscribe("a@example.org", readers, city="Kobe")
    subscribe("b@example.org", readers)
    of = readers_of(publication)

    with CaptureQueriesContext(connection) as asked:
        assert of.count() == of.count_subscriptions() == 2
    assert not [each for each in asked if "subscribers_subscription" in each["sql"]]
    assert {"city": "Kobe"} in of.attributes_of_some(9)
    assert (of.have_attribute("city"), of.have_attribute("ciyt")) == (True, False)


def test_several_lists(publication: Publication) -> None:
    """Who is on two lists is one reader; a list that is archived, or of others, does not count."""
    readers = publication.lists.get()
    friends, old, strangers = (
        List.objects.create(name=name, slug=name) for name in ("friends", "old", "strangers")
    )
    publication.lists.add(friends, old)
    old.archived_at = timezone.now()
    old.save()
    subscribe("a@example.org", readers, friends)
    subscribe("b@example.org", friends, old)
    subscribe("c@example.org", old, strangers)
    of = readers_of(publication)

    assert (of.count(), of.count_subscriptions()) == (2, 3)
    assert len(of.attributes_of_some(2)) == 2
