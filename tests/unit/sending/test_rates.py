"""How fast mail leaves: limits over all senders, by the database's clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from newsletter.conf.config import read_config
from newsletter.conf.schema import Rates
from newsletter.errors import ConfigError
from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.limits import rates, throttling, warmup
from newsletter.sending.models import Attempt, Batch, Rate, Send
from newsletter.sending.reporting.totals import count_send
from newsletter.transports.memory import MemoryTransport
from subscribers.addresses import key_of
from subscribers.models import List, Subscriber, Subscription
from tests.unit.sending.conftest import LEASE, AddPeople, Configure
from tests.unit.sending.ledger_rows import Rows

Start = Callable[..., Send]


def pass_time(seconds: float) -> None:
    """Let so much time pass for every limit."""
    Rate.objects.update(due=F("due") - seconds)


@pytest.mark.django_db
def test_no_limit_asks_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Where nothing is limited, everybody may go, and the database is not asked."""
    with django_assert_num_queries(0):
        assert rates.reserve("", 1000) == rates.Answer(granted=True, seconds=0.0)


@pytest.mark.django_db
def test_batch_goes_whole_and_is_paid_for(configure: Configure) -> None:
    """A batch may go at once if nothing is owed; the next waits until all of it is paid for."""
    configure(rates={"per_minute": 60})

    first, second = rates.reserve("", 20), rates.reserve("", 1)

    assert first.granted
    assert not second.granted
    assert 19 < second.seconds <= 20
    pass_time(20)
    assert rates.reserve("", 1).granted


@pytest.mark.django_db
def test_short_wait_keeps_its_turn(configure: Configure) -> None:
    """Who has to wait for less than a second is granted the place and told how long."""
    configure(rates={"per_second": 10})
    rates.reserve("", 5)

    answers = [rates.reserve("", 1) for _ in range(3)]

    assert all(answer.granted for answer in answers)
    waits = [answer.seconds for answer in answers]
    assert 0.3 < waits[0] <= 0.5
    assert all(0.05 < later - earlier <= 0.11 for earlier, later in pairwise(waits))


@pytest.mark.django_db
def test_all_limits_or_none(configure: Configure) -> None:
    """Where one limit has no room, the others are not charged."""
    configure(rates={"per_hour": 100, "domains": {"gmail.com": "1 per minute"}})
    assert rates.reserve("gmail.com", 1).granted
    pass_time(40)
    before = Rate.objects.get(key="all per hour").due

    refused = rates.reserve("gmail.com", 1)

    assert not refused.granted
    assert 15 < refused.seconds <= 20
    assert Rate.objects.get(key="all per hour").due == before


@pytest.mark.django_db
def test_domains_of_one_limit_share_it(configure: Configure) -> None:
    """Two names in one limit are one group, and others have nothing to do with it."""
    configure(rates={"domains": {"gmail.com googlemail.com": "10 per minute"}})

    assert rates.group_domains() == {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
    assert rates.reserve("gmail.com", 10).granted
    assert rates.seconds_closed("gmail.com") > 50
    assert rates.seconds_closed("") == 0.0


@pytest.mark.parametrize(
    ("limit", "largest"), [("20 per second", 20), ("60 per minute", 10), ("30 per hour", 1)]
)
def test_batch_is_no_larger_than_the_rate(configure: Configure, limit: str, largest: int) -> None:
    """A batch holds what may go in a second, ten seconds or a minute, and at least one."""
    configure(rates={"domains": {"docomo.ne.jp": limit}})

    assert rates.max_batch("docomo.ne.jp", 1000) == largest
    assert rates.max_batch("", 1000) == 1000


@pytest.mark.parametrize(
    ("owed", "waits"),
    [
        pytest.param(0.9, 0.0, id="a-short-wait-is-no-wait"),
        pytest.param(50.0, 50.0, id="a-long-one-is"),
        pytest.param(1000.5, 1000.5, id="all-that-one-batch-can-owe"),
        pytest.param(1002.0, 0.0, id="more-than-anybody-can-owe"),
    ],
)
@pytest.mark.django_db
def test_debt_that_nobody_can_have_is_forgotten(
    configure: Configure, owed: float, waits: float
) -> None:
    """The database's clock was set back since: only the limit that it concerns begins again."""
    configure(rates={"per_second": 1, "domains": {"gmail.com": "1 per hour"}})
    rates.reserve("gmail.com", 1)
    domain = Rate.objects.get(key="gmail.com per hour").due
    Rate.objects.filter(key="all per second").update(due=F("due") - 1 + owed)

    assert rates.seconds_closed("") == pytest.approx(waits, abs=0.4)
    assert Rate.objects.get(key="gmail.com per hour").due == domain
    assert 3500 < rates.seconds_closed("gmail.com") <= 3600


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(st.tuples(st.integers(1, 8), st.floats(0, 2000)), max_size=20))
@pytest.mark.django_db
def test_no_window_holds_more(configure: Configure, asked: list[tuple[int, float]]) -> None:
    """Whoever asks whenever: no hour sees more than the limit and one batch."""
    configure(rates={"per_hour": 20})
    Rate.objects.all().delete()
    now, gone = 0.0, []
    for people, pause in asked:
        answer = rates.reserve("", people)
        if answer.granted:
            gone.append((now + answer.seconds, people))
        pass_time(pause)
        now += pause

    # The database's own clock runs on a little between two statements.
    for start, _ in gone:
        hour = [people for at, people in gone if start <= at < start + 3590]
        assert sum(hour[:-1]) < 20


@pytest.mark.django_db(transaction=True)
def test_one_place_is_given_once(configure: Configure) -> None:
    """Of eight senders that ask at the same time for one place, one gets it."""
    configure(rates={"per_hour": 10})
    granted, ready = [], threading.Barrier(8)

    def ask() -> None:
        ready.wait()
        granted.append(rates.reserve("", 1).granted)
        connection.close()

    senders = [threading.Thread(target=ask) for _ in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert sorted(granted) == [False] * 7 + [True]


def at_domains(readers: List, counts: dict[str, int]) -> None:
    """Add N people at each domain."""
    for domain, count in counts.items():
        for number in range(count):
            email = f"reader{number}@{domain}"
            person = Subscriber.objects.create(email=email, key=key_of(email))
            Subscription.objects.create(subscriber=person, list=readers)


def test_limited_domain_has_batches_of_its_own(
    start: Start, readers: List, configure: Configure
) -> None:
    """People at limited domains come into small batches; all others share the large ones."""
    configure(rates={"domains": {"gmail.com googlemail.com": "3 per second"}})
    at_domains(readers, {"gmail.com": 4, "googlemail.com": 3, "tideline.example": 12})

    send = start(batch_size=10)

    planned = {
        domain: sorted(batch.deliveries.count() for batch in send.batches.filter(domain=domain))
        for domain in ("gmail.com", "")
    }
    assert planned == {"gmail.com": [1, 3, 3], "": [2, 10]}
    count_send(send).check()


def test_who_must_wait_does_not_keep_others(
    start: Start, readers: List, configure: Configure
) -> None:
    """A batch beyond the rate goes back to wait for its turn; the senders do the others."""
    configure(rates={"domains": {"gmail.com": "6 per hour"}})
    at_domains(readers, {"gmail.com": 3, "tideline.example": 5})
    send, transport = start(), MemoryTransport()

    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)

    assert count_send(send).deliveries == {"accepted": 6, "planned": 2}
    waiting = Batch.objects.filter(state="planned").order_by("number")
    turns_of = [batch.not_before for batch in waiting]
    assert all(when and when > timezone.now() for when in turns_of)
    # The order is kept, and no attempt is left that would count as a failure.
    assert turns_of == sorted(turns_of)
    assert not Attempt.objects.filter(state="not_sent").exists()


def test_batch_goes_when_its_turn_has_come(
    start: Start, add_people: AddPeople, configure: Configure
) -> None:
    """What had to wait goes out once the rate has room again, and nobody is lost."""
    configure(rates={"per_hour": 60})
    add_people(3)
    send, transport = start(), MemoryTransport()
    for _ in range(3):
        while (batch := claims.next_batch()) is not None:
            dispatch.send_batch(batch, transport, lease=LEASE)
        pass_time(60)
        Batch.objects.filter(state="planned").update(not_before=None)

    assert count_send(send).deliveries == {"accepted": 3}
    assert len(transport.submitted) == 3


def test_rate_used_up_while_composing(
    start: Start, add_people: AddPeople, configure: Configure
) -> None:
    """A sender that finds the rate used up by another puts its batch back, without an attempt."""
    add_people(2)
    send = start()
    configure(rates={"per_hour": 4})
    attempt = claims.claim_batch(send.batches.get().pk, lease=LEASE)
    rates.reserve("", 1)
    assert attempt

    assert not claims.begin_submission(attempt, lease=LEASE)

    batch = send.batches.get()
    assert batch.state == Batch.State.PLANNED
    assert batch.not_before
    assert not Attempt.objects.exists()


def test_nothing_is_composed_that_may_not_leave(
    rows: Rows, configure: Configure, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A batch waits for its rate, and for tomorrow when the day is used up; else not at all."""
    batch = rows.batch(rows.send())
    with django_assert_num_queries(0):
        assert throttling.seconds_to_wait(batch) == 0.0
    configure(rates={"per_hour": 60})
    assert throttling.seconds_to_wait(batch) == 0.0
    rates.reserve("", 30)
    assert 1790 < throttling.seconds_to_wait(batch) <= 1800

    today = warmup.site_date().isoformat()
    configure(rates={"per_hour": 0, "warmup_start": today, "warmup_first_day": 5})
    assert throttling.seconds_to_wait(batch) == 0.0
    other = rows.batch(rows.send(issue=rows.other_issue()), "accepted")
    rows.attempt(other, "accepted", size=5, posted_at=timezone.now())
    assert throttling.seconds_to_wait(batch) == pytest.approx(warmup.until_tomorrow(), abs=2)


def test_turns_are_at_most_a_minute_late(
    start: Start, add_people: AddPeople, configure: Configure
) -> None:
    """However many stand before it, a batch looks again within a minute of the rate's opening."""
    add_people(40)
    configure(rates={"per_hour": 60})
    send = start()
    last = send.batches.order_by("-number")[0]

    assert throttling.seconds_until_turn(last, 10.0) == pytest.approx(70.0)


BAD_LIMITS = [
    pytest.param({"domains": {"gmail.com": "fast"}}, "per minute", id="words"),
    pytest.param({"domains": {"gmail.com": "0 per second"}}, "20 per second", id="none"),
    pytest.param({"domains": "gmail.com"}, "table", id="text"),
    pytest.param({"warmup_start": "soon"}, "2026-12-01", id="day"),
]


@pytest.mark.parametrize(("given", "words"), BAD_LIMITS)
def test_limit_that_cannot_be_read(given: dict[str, object], words: str) -> None:
    """A limit that is no limit is refused, and the message shows how to write one."""
    with pytest.raises(ValueError, match=words):
        Rates.model_validate(given)


def test_limits_come_from_the_environment(tmp_path: Path) -> None:
    """The table of domains can be set by a variable; a bad one is named with section and key."""
    path = tmp_path / "config.toml"
    path.touch()

    config = read_config(path, {"NEWSLETTER_RATES_DOMAINS": '{"gmail.com" = "20 per second"}'})

    assert config.rates.domains == {"gmail.com": "20 per second"}
    with pytest.raises(ConfigError, match=r"\[rates\] domains"):
        read_config(path, {"NEWSLETTER_RATES_DOMAINS": "{gmail.com}"})
