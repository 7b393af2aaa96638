"""Forget what is not needed any more: by the settings of `[privacy]`, once a night.

Apps register rules for their own rows.  A rule counts or removes what is older than its age.
Removing is done in small transactions; if it is broken off, the next time goes on.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from subscribers.history.models import SubscriptionChange
from subscribers.models import Subscriber, Subscription, SuppressionRemoval
from subscribers.people import lock_person
from subscribers.preferences.models import AddressChange
from subscribers.privacy.erasure import erase_person
from subscribers.privacy.models import Cleaning

log = logging.getLogger(__name__)

State = Subscription.State
#: Rows removed in one transaction.
BATCH_ROWS = 500
#: The hour of the night, in the time zone of the site.
HOUR = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What of one kind is too old.  `days` returns 0 where it is kept for ever."""

    name: str
    days: Callable[[], float]
    count: Callable[[dt.datetime], int]
    remove: Callable[[dt.datetime], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned:
    """What a rule found, or removed; `days` is its age."""

    name: str
    days: float
    rows: int


_RULES: dict[str, Rule] = {}


def register_rule(rule: Rule) -> None:
    """Add a rule, or replace the one of its name."""
    _RULES[rule.name] = rule


def clean(now: dt.datetime, *, dry_run: bool = False) -> list[Cleaned]:
    """Remove what is too old, or only count it; return how much of each kind.

    A rule that fails stops no other one; the first error is raised at the end.
    """
    cleaned, errors = list[Cleaned](), list[Exception]()
    for _name, rule in sorted(_RULES.items()):
        try:
            cleaned.append(apply_rule(rule, now, dry_run=dry_run))
        except Exception as error:  # noqa: BLE001  raised below
            errors.append(error)
    if errors:
        raise errors[0]
    return cleaned


def apply_rule(rule: Rule, now: dt.datetime, *, dry_run: bool) -> Cleaned:
    """Apply one rule."""
    days = rule.days()
    rows = 0
    if days:
        act = rule.count if dry_run else rule.remove
        rows = act(now - dt.timedelta(days=days))
    return Cleaned(name=rule.name, days=days, rows=rows)


def clean_tonight(now: dt.datetime) -> bool:
    """Clean if it is night, or was, and nobody has today; return whether it was done here."""
    local = timezone.localtime(now)
    if local.hour < HOUR or not claim_day(local.date()):
        return False
    removed = {each.name: each.rows for each in clean(now) if each.rows}
    Cleaning.objects.filter(day=local.date()).update(finished_at=timezone.now(), removed=removed)
    log.info("old data was cleaned: %s", removed or "nothing was too old")
    return True


def claim_day(day: dt.date) -> bool:
    """Return whether this process is the one that cleans on a day."""
    if Cleaning.objects.filter(day=day).exists():
        return False
    try:
        with transaction.atomic():
            Cleaning.objects.create(day=day)
    except IntegrityError:
        return False
    return True


def setting(name: str) -> Callable[[], float]:
    """Return what reads a setting of `[privacy]` when it is needed."""
    return lambda: float(getattr(settings.CONFIG.privacy, name))


def unconfirmed_people(before: dt.datetime) -> QuerySet[Subscriber]:
    """Return people who never confirmed, and have no other subscription."""
    theirs = Subscription.objects.filter(subscriber=OuterRef("pk"))
    old = theirs.filter(state=State.PENDING, changed_at__lt=before)
    other = theirs.exclude(state=State.PENDING, changed_at__lt=before)
    return Subscriber.objects.filter(Exists(old)).exclude(Exists(other))


def inactive_people(before: dt.datetime) -> QuerySet[Subscriber]:
    """Return people who left every list they were on, the last one before a time."""
    theirs = Subscription.objects.filter(subscriber=OuterRef("pk"))
    left = theirs.filter(state=State.UNSUBSCRIBED, changed_at__lt=before)
    other = theirs.exclude(state=State.UNSUBSCRIBED, changed_at__lt=before)
    return (
        Subscriber.objects.filter(Exists(left))
        .exclude(Exists(other))
        .exclude(key__endswith="@erased.invalid")
    )


def erase_people(people: QuerySet[Subscriber], *, remember: bool) -> int:
    """Erase people, each in a transaction; return how many.

    Each is looked at again once locked: some come back while others are erased.
    """
    after, erased = 0, 0
    while some := list(people.filter(pk__gt=after).order_by("pk")[:BATCH_ROWS]):
        erased += sum(erase_if_still(people, person, remember=remember) for person in some)
        after = some[-1].pk
    return erased


@transaction.atomic
def erase_if_still(people: QuerySet[Subscriber], person: Subscriber, *, remember: bool) -> bool:
    """Erase a person unless they are none of the people any more; return whether it was done."""
    if lock_person(person.pk) is None or not people.filter(pk=person.pk).exists():
        return False
    erase_person(person, remember=remember)
    return True


def rule_for_rows(name: str, model: type[models.Model], column: str) -> Rule:
    """Return the rule that deletes rows of a model by the age that a column says."""

    def too_old(before: dt.datetime) -> QuerySet[models.Model]:
        return model._default_manager.filter(**{f"{column}__lt": before}).order_by("pk")

    def remove(before: dt.datetime) -> int:
        deleted = 0
        while pks := list(too_old(before).values_list("pk", flat=True)[:BATCH_ROWS]):
            model._default_manager.filter(pk__in=pks).delete()
            deleted += len(pks)
        return deleted

    days = setting(f"{name}_days")
    return Rule(name=name, days=days, count=lambda before: too_old(before).count(), remove=remove)


def unconfirmed_changes(before: dt.datetime) -> QuerySet[AddressChange]:
    """Return changes of address that nobody confirmed."""
    return AddressChange.objects.filter(confirmed_at=None, created_at__lt=before)


def remove_unconfirmed(before: dt.datetime) -> int:
    """Erase who never confirmed; forget changes of address that nobody confirmed."""
    unconfirmed_changes(before).delete()
    return erase_people(unconfirmed_people(before), remember=False)


def register_own_rules() -> None:
    """Register the rules of this app; called once, when the app starts."""
    register_rule(
        Rule(
            name="unconfirmed",
            days=setting("unconfirmed_days"),
            count=lambda before: unconfirmed_people(before).count(),
            remove=remove_unconfirmed,
        )
    )
    register_rule(
        Rule(
            name="inactive",
            days=setting("inactive_days"),
            count=lambda before: inactive_people(before).count(),
            remove=lambda before: erase_people(inactive_people(before), remember=True),
        )
    )
    register_rule(rule_for_rows("history", SubscriptionChange, "at"))
    register_rule(rule_for_rows("logs", SuppressionRemoval, "removed_at"))
