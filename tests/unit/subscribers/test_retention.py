"""The nightly cleaning: what is too old goes, what is not stays, and a dry run only counts."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db.models.signals import pre_delete
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.cli.privacy import WHAT
from newsletter.conf.schema import Privacy
from newsletter.runtime.housekeeper import Housekeeper
from newsletter.sending import trusted_time
from subscribers.history.models import SubscriptionChange
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import List, Subscriber, Subscription, SuppressionRemoval
from subscribers.preferences.models import AddressChange
from subscribers.privacy import retention
from subscribers.privacy.models import Cleaning
from subscribers.subscriptions import resubscribe
from subscribers.suppressions import is_suppressed, remove, suppress
from tests.unit.subscribers.conftest import Person

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
Configure = Callable[..., None]


@pytest.fixture
def configure(settings: Settings) -> Configure:
    """Set how long data is kept: `configure(inactive_days=10)`."""

    def change(**days: float) -> None:
        privacy = Privacy(**days)
        settings.CONFIG = settings.CONFIG.model_copy(update={"privacy": privacy})

    return change


def since(days: float, person: Subscriber) -> None:
    """Have the subscriptions of a person be as they are since N days."""
    Subscription.objects.filter(subscriber=person).update(changed_at=NOW - dt.timedelta(days=days))


def cleaned(**options: Any) -> dict[str, int]:
    """Clean, and return how much of each kind, without what was nothing."""
    return {each.name: each.rows for each in retention.clean(NOW, **options) if each.rows}


def test_unconfirmed_people_go(weekly: List, person: Person, configure: Configure) -> None:
    """Who has nothing but old unconfirmed ones; the address is free if it was not suppressed."""
    configure(unconfirmed_days=30)
    List.objects.create(name="Monthly", slug="monthly")
    old, new = person("old@lowen.org", weekly="pending"), person("new@lowen.org", weekly="pending")
    both = person("both@lowen.org", weekly="pending", monthly="active")
    barred = person("barred@lowen.org", weekly="pending")
    suppress_for_list("barred@lowen.org", weekly)
    for each, days in ((old, 31), (new, 29), (both, 99), (barred, 31)):
        since(days, each)

    assert cleaned(dry_run=True) == {"unconfirmed": 2}
    assert Subscriber.objects.count() == 4
    assert cleaned() == {"unconfirmed": 2}

    assert set(Subscriber.objects.all()) == {new, both}
    assert not is_suppressed("old@lowen.org")
    assert is_suppressed("barred@lowen.org")


def test_inactive_people_go_and_stay_suppressed(
    weekly: List, person: Person, configure: Configure
) -> None:
    """Who left every list long ago is erased, and an import does not bring them back."""
    configure(inactive_days=365)
    gone, reader = person("gone@lowen.org", weekly="unsubscribed"), person("a@lowen.org")
    since(366, gone)

    assert cleaned() == {"inactive": 1}
    assert cleaned() == {}

    assert set(Subscriber.objects.all()) == {reader}
    assert is_suppressed("gone@lowen.org")


def test_a_rule_that_fails_stops_no_other_one(
    weekly: List, person: Person, configure: Configure
) -> None:
    """What is too old by the rules after it goes all the same, and the error is told."""
    configure(inactive_days=365)
    gone, waiting = person("gone@lowen.org", weekly="unsubscribed"), person("b@lowen.org")
    Subscription.objects.create(subscriber=waiting, list=weekly, state="pending")
    since(366, gone)
    since(366, waiting)

    def break_off(instance: Subscriber, **_signal: object) -> None:
        if instance.pk == gone.pk:
            raise ValueError("this row cannot be deleted")

    pre_delete.connect(break_off, sender=Subscriber)
    try:
        with pytest.raises(ValueError, match="this row"):
            cleaned()
    finally:
        pre_delete.disconnect(break_off, sender=Subscriber)

    assert list(Subscriber.objects.all()) == [gone]


def test_who_comes_back_during_the_cleaning_stays(
    weekly: List, person: Person, configure: Configure
) -> None:
    """While one is erased the next one subscribes again: nobody active is erased."""
    configure(inactive_days=365)
    gone, back = (person(f"{n}@lowen.org", weekly="unsubscribed") for n in ("gone", "back"))
    since(366, gone)
    since(366, back)

    def subscribe_again(**_signal: object) -> None:
        resubscribe(back.pk, [weekly.pk])

    pre_delete.connect(subscribe_again, sender=Subscriber)
    try:
        assert cleaned() == {"inactive": 1}
    finally:
        pre_delete.disconnect(subscribe_again, sender=Subscriber)

    assert list(Subscriber.objects.all()) == [back]
    assert back.subscriptions.get().state == "active"


def test_nothing_inactive_goes_unless_asked(
    weekly: List, person: Person, configure: Configure
) -> None:
    """0 keeps for ever."""
    configure(unconfirmed_days=0, history_days=0, logs_days=0)
    for state in ("unsubscribed", "pending"):
        since(9999, person(f"{state}@lowen.org", weekly=state))

    assert cleaned() == {}


def test_history_and_logs_go(weekly: List, person: Person, configure: Configure) -> None:
    """Old changes, and old notes of removed suppressions."""
    configure(history_days=100, logs_days=100)
    jane = person("jane@lowen.org", weekly="active")
    for days in (99, 101):
        at = NOW - dt.timedelta(days=days)
        SubscriptionChange.objects.create(subscriber=jane, kind="added", at=at)
    suppress("x@lowen.org")
    remove("x@lowen.org", why="typed by mistake")
    SuppressionRemoval.objects.update(removed_at=NOW - dt.timedelta(days=101))

    assert cleaned() == {"history": 1, "logs": 1}
    assert SubscriptionChange.objects.count() == 1


def test_unconfirmed_addresses_go(weekly: List, person: Person, configure: Configure) -> None:
    """A new address that nobody confirmed is not kept."""
    configure(unconfirmed_days=30)
    jane = person("jane@lowen.org", weekly="active")
    old = NOW - dt.timedelta(days=31)
    AddressChange.objects.create(subscriber=jane, email="n@lowen.org", key="k", created_at=old)

    cleaned()

    assert not AddressChange.objects.exists()


def test_cleaning_is_done_once_a_night(db: None, settings: Settings) -> None:
    """Not before three in the morning, and by one process."""
    settings.TIME_ZONE = "UTC"
    night = dt.datetime(2026, 11, 28, 2, 59, tzinfo=dt.UTC)
    with timezone.override(dt.UTC):
        assert not retention.clean_tonight(night)
        assert retention.clean_tonight(night + dt.timedelta(minutes=1))
        assert not retention.clean_tonight(night + dt.timedelta(hours=2))
        assert retention.clean_tonight(night + dt.timedelta(days=1, hours=3))

    assert Cleaning.objects.exclude(finished_at=None).count() == 2


def test_each_rule_is_named_in_words(db: None) -> None:
    """`newsletter privacy clean` says what goes, and not how a rule is called in the code."""
    assert set(WHAT) == {each.name for each in retention.clean(NOW, dry_run=True)}


def test_a_clock_that_was_set_ahead_erases_nobody(weekly: List, person: Person) -> None:
    """Until it was checked, the time goes on as it did."""
    with time_machine.travel(NOW, tick=True) as traveller:
        trusted_time.set_reading(NOW, NOW, time.monotonic())
        person("bob@example.org", weekly="pending")
        traveller.shift(dt.timedelta(days=400))

        Housekeeper()._clean()

        trusted_time.forget_reading()
    assert Subscriber.objects.exists()
    assert Cleaning.objects.get().day == NOW.date()
