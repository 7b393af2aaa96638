"""Alarms as they are kept: raised once, over once, and not again after minutes of absence."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from newsletter.monitoring.alarms.conditions import Condition, Look
from newsletter.monitoring.alarms.ways import list_ways
from newsletter.monitoring.models import Alarm, AlarmMessage

log = logging.getLogger(__name__)

#: What is not seen for this time is over; until then it may come back, and nobody is told again.
OVER_AFTER = dt.timedelta(minutes=5)
#: Alarms that are over are forgotten after this time.
KEPT = dt.timedelta(days=365)


def list_open() -> QuerySet[Alarm]:
    """Return the alarms that are not over, the newest first."""
    return Alarm.objects.filter(over_at=None)


def record(look: Look, now: dt.datetime) -> None:
    """Raise what is new, and end what is not seen any more, where that is known.

    Any number of processes may do it: each alarm, and each message, is written by one of them.
    """
    seen = {(each.kind, each.key): each for each in look.found}
    open_now = {(Alarm.Kind(alarm.kind), alarm.key): alarm for alarm in list_open()}
    for name, condition in seen.items():
        if name not in open_now:
            raise_alarm(condition, now)
    again = [alarm.pk for name, alarm in open_now.items() if name in seen and alarm.unseen_since]
    Alarm.objects.filter(pk__in=again).update(unseen_since=None)
    for name, alarm in open_now.items():
        if name not in seen and alarm.kind not in look.unknown:
            let_go(alarm, now)
    Alarm.objects.filter(over_at__lt=now - KEPT).delete()


def raise_alarm(condition: Condition, now: dt.datetime) -> Alarm | None:
    """Keep a new alarm with its messages; None where another process was first."""
    try:
        with transaction.atomic():
            alarm = Alarm.objects.create(
                kind=condition.kind,
                key=condition.key,
                words=condition.words,
                fix=condition.fix,
                path=condition.path,
                raised_at=now,
            )
            add_messages(alarm, now, over=False)
    except IntegrityError:
        return None
    log.warning("alarm: %s", alarm.words)
    return alarm


def let_go(alarm: Alarm, now: dt.datetime) -> None:
    """Note that an alarm is not seen; after a while it is over."""
    rows = Alarm.objects.filter(pk=alarm.pk, over_at=None)
    # A time to come is that of a clock which was ahead.
    if alarm.unseen_since is None or alarm.unseen_since > now:
        rows.update(unseen_since=now)
        return
    if now - alarm.unseen_since < OVER_AFTER:
        return
    with transaction.atomic():
        if not rows.update(over_at=now):
            return
        add_messages(alarm, now, over=True)
    log.info("over: %s", alarm.words)


def add_messages(alarm: Alarm, now: dt.datetime, *, over: bool) -> None:
    """Add a message for everybody who is to be told.

    Who was never told that it was raised is not told that it is over.
    """
    ways = list_ways()
    if over:
        raised = alarm.messages.filter(over=False)
        # What was not told by now is not worth two messages.
        raised.filter(state=AlarmMessage.State.WAITING).update(state=AlarmMessage.State.GIVEN_UP)
        known = raised.exclude(state=AlarmMessage.State.GIVEN_UP)
        told = set(known.values_list("way", "to"))
        ways = [each for each in ways if each in told]
    AlarmMessage.objects.bulk_create(
        AlarmMessage(alarm=alarm, over=over, way=way, to=to, not_before=now) for way, to in ways
    )
