"""How many people report our mail as spam: Gmail and Yahoo want less than 0.3 %, better 0.1 %."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Surroundings
from newsletter.phrases import phrase

COMPLAINTS = Topic("complaints", phrase("Reported as spam"))

DAYS = 30
#: Parts of the people who were mailed.
BAD, NOTABLE = 0.003, 0.001
#: Of fewer people a part says nothing.
MIN_PEOPLE = 1000


def check_complaints(_around: Surroundings) -> Iterator[Result]:
    """Count who reported the sends of the last days."""
    from django.db.models import Count
    from django.utils import timezone

    from newsletter.sending.models import Delivery

    since = timezone.now() - dt.timedelta(days=DAYS)
    rows = Delivery.objects.filter(send__started_at__gte=since, outcome__isnull=False)
    by_outcome = dict(rows.order_by().values_list("outcome").annotate(number=Count("pk")))
    refused = by_outcome.get(Delivery.Outcome.REFUSED, 0)
    people = sum(by_outcome.values()) - refused
    yield judge_complaints(by_outcome.get(Delivery.Outcome.COMPLAINED, 0), people)


def judge_complaints(complained: int, people: int) -> Result:
    """Judge the part of the people who complained."""
    if people < MIN_PEOPLE:
        return COMPLAINTS.right(phrase("too few people were mailed in {days} days", days=DAYS))
    part = complained / people
    found = phrase(
        "{complained} of {people} people in {days} days ({percent} %)",
        complained=f"{complained:,}",
        people=f"{people:,}",
        days=DAYS,
        percent=f"{100 * part:.2f}",
    )
    fix = phrase("Mail only people who asked for it; let those go who have not read for long.")
    if part >= BAD:
        return COMPLAINTS.wrong(found, fix)
    return COMPLAINTS.look(found, fix) if part >= NOTABLE else COMPLAINTS.right(found)
