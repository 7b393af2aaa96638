"""Who is subscribed to a publication, suppressed addresses among them, in times of a page.

A list of a million is never read: its number is kept (`subscribers.list_counts`), and what is known
of people is looked up in some of them first.  Whom a half-written import has added does not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from newsletter.publishing.content.sign_up import remember_sign_up
from subscribers.importing.unfinished import count_added, leave_out, writing
from subscribers.models import List, ListCount, Subscriber, Subscription
from subscribers.sign_up.forms import open_forms

if TYPE_CHECKING:
    from newsletter.publishing.models import Publication

ACTIVE = Subscription.State.ACTIVE
STATES = Subscription.State.values
#: Under this name a publication has its readers while a page is made.
KNOWN = "known_readers"


@dataclass(frozen=True, slots=True)
class ListOfReaders:
    """A list of a publication, and how many subscriptions it has."""

    list: List
    active: int
    everybody: int
    #: Whether anybody may sign up to it on the public pages.
    is_open: bool


@dataclass(frozen=True, slots=True)
class Readers:
    """The people who are active on some lists, in the order of their names."""

    lists: tuple[ListOfReaders, ...]
    #: Whether an import into one of the lists is half-written.
    is_changing: bool = False

    @property
    def list_ids(self) -> tuple[int, ...]:
        """The ids of the lists."""
        return tuple(each.list.pk for each in self.lists)

    def _active(self) -> QuerySet[Subscription]:
        rows = Subscription.objects.filter(list__in=self.list_ids, state=ACTIVE)
        return leave_out(rows) if self.is_changing else rows

    def count_subscriptions(self) -> int:
        """Return how many subscriptions they have: at least as many as there are people."""
        return sum(each.active for each in self.lists)

    def count(self) -> int:
        """Return how many they are; people on several lists count once."""
        if len(self.lists) < 2:
            return self.count_subscriptions()
        return self._active().values("subscriber").distinct().count()

    def attributes_of_some(self, most: int) -> list[Mapping[str, Any]]:
        """Return what is known of some of them."""
        return list(self._active().values_list("subscriber__attributes", flat=True)[:most])

    def have_attribute(self, name: str) -> bool:
        """Say whether anybody has a field; looks at everybody where nobody has."""
        people = Subscriber.objects.filter(pk__in=self._active().values("subscriber"))
        return people.filter(attributes__has_key=name).exists()


def readers_of(publication: Publication) -> Readers:
    """Return who is subscribed to a publication: to those of its lists that are not archived."""
    known: Readers | None = publication.__dict__.get(KNOWN)
    return known or read_readers(publication)


def remember_readers(publication: Publication) -> None:
    """Have `readers_of` know them for this instance, which a page reads and then forgets.

    So does `sign_up_path` the form that is open.
    """
    readers = publication.__dict__[KNOWN] = read_readers(publication)
    remember_sign_up(
        publication, next((each.list.slug for each in readers.lists if each.is_open), "")
    )


def read_readers(publication: Publication) -> Readers:
    """Return the same from the database: the lists, their counts and forms in one statement."""
    counts = ListCount.objects.filter(list=OuterRef("pk")).order_by().values("list")
    rows = publication.lists.filter(archived_at=None).annotate(
        active_people=sum_kept(counts.filter(state=ACTIVE)),
        all_people=sum_kept(counts),
        has_form=Exists(open_forms().filter(list=OuterRef("pk"))),
        is_changing=Exists(writing().filter(list=OuterRef("pk"))),
    )
    found = list(rows.order_by("name"))
    added = count_added(each.pk for each in found if each.is_changing)
    return Readers(
        tuple(
            ListOfReaders(
                list=each,
                active=each.active_people - added.get((each.pk, ACTIVE), 0),
                everybody=each.all_people - sum(added.get((each.pk, state), 0) for state in STATES),
                is_open=each.public and each.has_form,
            )
            for each in found
        ),
        is_changing=any(each.is_changing for each in found),
    )


def sum_kept(counts: QuerySet[ListCount, Any]) -> Coalesce:
    """Return the sum of what is kept of a list."""
    total = counts.annotate(total=Sum("people")).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), 0)
