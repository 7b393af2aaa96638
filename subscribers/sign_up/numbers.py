"""How many asked at a form, and how many of them confirmed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from subscribers.models import List
from subscribers.sign_up.models import SignUp, SignUpCount

RECENT_DAYS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """People at a form: ever, in the last 30 days, and those who can still confirm."""

    asked: int
    confirmed: int
    recently_asked: int
    recently_confirmed: int
    waiting: int


def count_sign_ups(one: List, now: dt.datetime) -> Numbers:
    """Return the numbers of a list's form."""
    days = SignUpCount.objects.filter(list=one)
    recent = days.filter(day__gt=now.date() - dt.timedelta(days=RECENT_DAYS))
    ever, lately = (
        rows.aggregate(asked=Sum("asked", default=0), confirmed=Sum("confirmed", default=0))
        for rows in (days, recent)
    )
    return Numbers(
        asked=ever["asked"],
        confirmed=ever["confirmed"],
        recently_asked=lately["asked"],
        recently_confirmed=lately["confirmed"],
        waiting=SignUp.objects.filter(list=one, confirmed_at=None, mails__gt=0).count(),
    )
