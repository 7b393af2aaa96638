"""How many people report our mail as spam: Gmail and Yahoo want less than 0.3 %, better 0.1 %."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Surroundings
from newsletter.phrases import phrase

if TYPE_CHECKING:
    from newsletter.sending.models import Send

COMPLAINTS = Topic("complaints", phrase("Reported as spam"))

DAYS = 30
#: Parts of the people who were mailed.
BAD, NOTABLE = 0.003, 0.001
#: Of fewer people a part says nothing.
MIN_PEOPLE = 1000


def check_complaints(_around: Surroundings) -> Iterator[Result]:
    """Count who reported the sends of the last days."""
    from newsletter.sending.models import Delivery

    sends = list_answered()
    rows = Delivery.objects.filter(send__in=sends)
    complained = rows.filter(outcome=Delivery.Outcome.COMPLAINED).count() if sends else 0
    yield judge_complaints(complained, count_mailed(sends) if sends else 0)


def list_answered() -> list[Send]:
    """Return the sends of the last days of which the provider reports what became of the mail."""
    from django.db.models import Exists, OuterRef
    from django.utils import timezone

    from newsletter.sending.models import Delivery, Send
    from newsletter.sending.safeguards.auto_pause import ANSWERED

    since = timezone.now() - dt.timedelta(days=DAYS)
    answered = Delivery.objects.filter(send=OuterRef("pk"), outcome__in=ANSWERED)
    return list(Send.objects.filter(Exists(answered), started_at__gte=since))


def count_mailed(sends: list[Send]) -> int:
    """Return to how many people mail of sends went out.

    They are the kept number of all who were planned, without the few for whom nothing went out:
    to count a million who got it would take a while.
    """
    from newsletter.sending.models import Batch, Delivery

    states = Batch.State
    rows = Delivery.objects.filter(send__in=sends)
    gone = rows.filter(outcome__in=Delivery.WITHOUT_MAIL)
    behind = Batch.objects.filter(
        send__in=sends, state__in=(states.WAITING, states.PLANNED, states.REFUSED)
    )
    waiting = Delivery.objects.filter(batch__in=behind, outcome=None)
    return sum(send.planned for send in sends) - gone.count() - waiting.count()


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
