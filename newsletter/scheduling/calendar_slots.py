"""The slots of a stretch of time, of several publications, in a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import takewhile

from django.db.models import Q

from newsletter.publishing.models import Publication
from newsletter.scheduling.holds import list_holds
from newsletter.scheduling.models import Slot
from newsletter.scheduling.slots import rhythm_of, unsaved_slot, upcoming_slots, with_plans


def list_slots(
    publications: Sequence[Publication], begin: dt.datetime, end: dt.datetime, now: dt.datetime
) -> list[Slot]:
    """Return the slots that are due from `begin` on and before `end`, in their order.

    Of what has passed these are the slots that there were; of what is to come also those that
    have no row yet.  They know their publication, their send and their issue.
    """
    near = dt.timedelta(weeks=1)
    dates = Q(date__gte=(begin - near).date(), date__lte=(end + near).date())
    rows = with_plans(Slot.objects.filter(publication__in=publications))
    rows = rows.select_related("send__issue", "issue")
    known = {
        (slot.publication_id, slot.date): slot
        for slot in rows.filter(dates | Q(at__gte=begin, at__lt=end))
    }
    for publication in publications:
        for plan in takewhile(
            lambda plan: plan.at < end, rhythm_of(publication).plans(max(begin, now))
        ):
            known.setdefault((publication.pk, plan.date), unsaved_slot(publication, plan))
    by_key = {publication.pk: publication for publication in publications}
    for (key, _), slot in known.items():
        slot.publication = by_key[key]
    shown = (slot for slot in known.values() if begin <= slot.at < end)
    return sorted(shown, key=lambda slot: (slot.at, slot.publication.name))


def list_held(publications: Sequence[Publication], before: dt.datetime) -> list[Slot]:
    """Return the slots that were held before a time, and that nobody has dealt with."""
    return [hold.slot for hold in list_holds(before, publications) if hold.slot.at < before]


def slots_to_show(publication: Publication, now: dt.datetime, count: int) -> list[Slot]:
    """Return what people look at: the slots that are held, and some of those to come."""
    held = [hold.slot for hold in list_holds(now, [publication])]
    return [*held, *upcoming_slots(publication, now, count)]
