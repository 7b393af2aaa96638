"""What events change, in whatever order and however often they come."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.sending.delivery import dispatch, recovery
from newsletter.sending.models import Attempt, Batch, Delivery, Evidence, ProviderBatch, Send
from newsletter.sending.planning import resend
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.resolution import unresolved
from newsletter.tracking.models import DailyEventCount, Event, UnparsedEvent
from newsletter.transports.memory import MemoryTransport
from subscribers.models import Subscription, Suppression
from subscribers.subscriptions import resubscribe
from subscribers.suppressions import remove, suppress
from tests.unit.tracking.conftest import LOST, SubmitMail, event, tell

pytestmark = pytest.mark.django_db

HARD = {"type": "bounce", "reason": "550 5.1.1 <reader1@tideline.example> is nobody here"}
BARE = {"nl_send": None, "nl_delivery": None, "nl_attempt": None, "sg_message_id": None}


def outcomes(send: Send) -> dict[str | None, int]:
    """Count the deliveries of a send by what is told of each."""
    found: dict[str | None, int] = {}
    for outcome in send.deliveries.values_list("outcome", flat=True):
        found[outcome] = found.get(outcome, 0) + 1
    return found


def test_pushed_entry_of_a_removed_suppression_ends_no_subscription(
    submit_mail: SubmitMail, caplog: pytest.LogCaptureFixture
) -> None:
    """The entry stays at the provider; what readers do there still counts."""
    gone, stranger, left, spam = submit_mail(4).deliveries.order_by("pk")
    for each in (gone, left, spam):
        suppress(each.address)
        remove(each.address, why="typed by mistake")

    tell(
        event(gone, "dropped", reason="Unsubscribed Address"),
        event(stranger, "dropped", reason="Unsubscribed Address"),
        event(spam, "dropped", reason="Spam Reporting Address"),
        event(left, "dropped", reason="Unsubscribed Address"),
        event(left, "unsubscribe"),
    )

    still = Subscription.objects.filter(state="active").values_list("subscriber", flat=True)
    assert list(still) == [gone.subscriber_id]
    assert "delete them from its list" in caplog.text
    assert gone.address not in caplog.text
    gone.refresh_from_db()
    assert (gone.outcome, gone.reason) == ("dropped", "Unsubscribed Address")


MEANINGS = [
    pytest.param("processed", {}, None, None, "active", id="processed"),
    pytest.param("deferred", {"response": "451"}, None, None, "active", id="deferred"),
    pytest.param("delivered", {}, "delivered", None, "active", id="delivered"),
    pytest.param("bounce", HARD, "bounced", "bounced", "active", id="bounce"),
    pytest.param("bounce", {"type": "bounce"}, "bounced", "bounced", "active", id="bare-bounce"),
    pytest.param("bounce", {"type": "blocked"}, "blocked", None, "active", id="blocked"),
    pytest.param("bounce", {"type": "else"}, "blocked", None, "active", id="unknown-bounce"),
    pytest.param(
        "dropped", {"reason": "Bounced Address"}, "dropped", "bounced", "active", id="drop-bounced"
    ),
    pytest.param(
        "dropped", {"reason": "Invalid"}, "dropped", "invalid", "active", id="drop-invalid"
    ),
    pytest.param(
        "dropped",
        {"reason": "Spam Reporting Address"},
        "dropped",
        "complained",
        "unsubscribed",
        id="drop-spam",
    ),
    pytest.param(
        "dropped",
        {"reason": "Unsubscribed Address"},
        "dropped",
        None,
        "unsubscribed",
        id="drop-unsubscribed",
    ),
    pytest.param(
        "dropped", {"reason": "Spam Content"}, "dropped", None, "active", id="drop-content"
    ),
    pytest.param("spamreport", {}, "complained", "complained", "unsubscribed", id="complaint"),
    pytest.param("unsubscribe", {}, None, None, "unsubscribed", id="unsubscribe"),
    pytest.param("group_unsubscribe", {}, None, None, "unsubscribed", id="group-unsubscribe"),
    pytest.param("group_resubscribe", {}, None, None, "active", id="group-resubscribe"),
    pytest.param("open", {"sg_machine_open": True}, None, None, "active", id="open"),
    pytest.param("click", {"url": "https://example.org"}, None, None, "active", id="click"),
    pytest.param("of-next-year", {}, None, None, "active", id="unknown-name"),
]


@pytest.mark.parametrize(("name", "fields", "outcome", "suppressed", "subscription"), MEANINGS)
def test_each_event_means_one_thing(
    submit_mail: SubmitMail,
    name: str,
    fields: dict[str, Any],
    outcome: str | None,
    suppressed: str | None,
    subscription: str,
) -> None:
    """An event changes the delivery, the suppressions and the subscriptions as the table says."""
    send = submit_mail(2)
    first, second = send.deliveries.order_by("pk")

    tell(event(first, name, **fields))

    first.refresh_from_db()
    assert first.outcome == outcome
    assert list(Suppression.objects.values_list("reason", flat=True)) == [suppressed] * bool(
        suppressed
    )
    assert Subscription.objects.get(subscriber=first.subscriber).state == subscription
    assert Subscription.objects.get(subscriber=second.subscriber).state == "active"
    count_send(send).check()
    if suppressed:
        assert Suppression.objects.get().key == first.address


def test_any_event_proves_the_whole_batch(submit_mail: SubmitMail) -> None:
    """One event of one person resolves a lost answer for everybody in the request."""
    send = submit_mail(5, answers=[LOST])
    assert count_send(send).deliveries == {"unknown": 5}

    tell(event(send.deliveries.all()[3], "open"))
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert count_send(send).deliveries == {"accepted": 5}
    assert send.state == Send.State.SENT
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.message_id) == ("accepted", f"Message{attempt.pk}")
    assert [entry.kind for entry in attempt.evidence.all()] == ["event"]


def test_proof_of_one_batch_says_nothing_of_another(submit_mail: SubmitMail) -> None:
    """A batch without any event stays unknown, and its send unresolved."""
    send = submit_mail(4, answers=[LOST, LOST], batch_size=2)

    tell(event(send.deliveries.order_by("pk")[0], "processed"))
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert count_send(send).deliveries == {"accepted": 2, "unknown": 2}
    assert send.state == Send.State.UNRESOLVED


@pytest.mark.parametrize("state", [Attempt.State.RESERVED, Attempt.State.IN_FLIGHT])
def test_proof_may_come_before_the_answer(submit_mail: SubmitMail, state: Attempt.State) -> None:
    """An event that overtakes the answer resolves the attempt, whatever becomes of the sender."""
    send = submit_mail(2, answers=[LOST])
    Attempt.objects.update(state=state, lease_until=timezone.now())
    Batch.objects.update(state=Batch.State.CLAIMED)

    tell(event(send.deliveries.all()[0], "processed"))
    recovery.recover()

    assert count_send(send).deliveries == {"accepted": 2}


def test_what_was_told_has_no_effect_again(submit_mail: SubmitMail) -> None:
    """A repeated event, also under another id, leaves alone who came back by their own act."""
    send = submit_mail(1)
    person = send.deliveries.get().subscriber
    report = event(send.deliveries.get(), "spamreport")
    tell(report, report)
    resubscribe(person.pk, [send.lists.get().pk])
    Suppression.objects.all().delete()

    tell(report, {**report, "sg_event_id": "another"})

    assert Subscription.objects.get().state == "active"
    assert not Suppression.objects.exists()
    assert Event.objects.count() == 1
    assert count_events() == {"new": 1, "repeated": 3}


def count_events() -> dict[str, int]:
    """Return what was counted."""
    return dict(DailyEventCount.objects.values_list("sort", "count"))


def test_other_traffic_of_the_account_is_only_counted(submit_mail: SubmitMail) -> None:
    """Events without our labels, or with labels of another deployment, change nothing."""
    send = submit_mail(2, answers=[LOST])
    one, two = send.deliveries.all()

    tell(
        event(one, "spamreport", **BARE),
        event(one, "spamreport", nl_attempt="of somebody else"),
        event(one, "bounce", email="stranger@example.org", **HARD, **BARE),
        event(one, "delivered", nl_delivery="not a number", nl_attempt="0" * 32),
        event(two, "spamreport", nl_delivery=str(10**18)),
    )

    assert outcomes(send) == {None: 2}
    assert not Suppression.objects.exists()
    assert not Event.objects.exists()
    assert count_events()["foreign"] == 5


def test_a_bounce_without_labels_is_about_the_last_mail_before_it(submit_mail: SubmitMail) -> None:
    """A server that reports late names only the address: the mail before it did not arrive."""
    send = submit_mail(2)
    delivery = send.deliveries.order_by("pk")[0]
    tell(event(delivery, "delivered"))

    tell(event(delivery, "bounce", email=delivery.address.upper(), **HARD, **BARE))

    assert outcomes(send) == {"bounced": 1, None: 1}
    assert Suppression.objects.get().key == delivery.address


def test_a_bounce_from_before_the_mail_is_not_about_it(submit_mail: SubmitMail) -> None:
    """A bounce whose time lies before our mail was posted is of somebody else's mail."""
    delivery = submit_mail(1).deliveries.get()

    tell(event(delivery, "bounce", timestamp=int(time.time()) - 3600, **HARD, **BARE))

    delivery.refresh_from_db()
    assert delivery.outcome is None
    assert not Suppression.objects.exists()


def test_a_bounce_without_labels_proves_nothing(submit_mail: SubmitMail) -> None:
    """What names no attempt resolves none."""
    send = submit_mail(1, answers=[LOST])

    tell(event(send.deliveries.get(), "bounce", **HARD, **BARE))

    assert Attempt.objects.get().state == "unknown"


def test_drops_of_a_given_up_attempt_do_not_touch_the_person(submit_mail: SubmitMail) -> None:
    """Mail of an attempt that was cancelled is dropped; its people still wait for the next one."""
    send = submit_mail(2, answers=[LOST])
    Attempt.objects.update(state=Attempt.State.REFUSED)
    Batch.objects.update(state=Batch.State.PLANNED)

    tell(event(send.deliveries.all()[0], "dropped", reason="Cancelled"))

    assert outcomes(send) == {None: 2}
    assert not Evidence.objects.exists()


@pytest.fixture
def in_doubt(submit_mail: SubmitMail) -> Send:
    """A send to three of which nobody knows whether it was cancelled."""
    send = submit_mail(3)
    provider_batch = ProviderBatch.objects.create(
        send=send, group=1, state="released", at=send.at, in_doubt=True
    )
    Attempt.objects.update(state=Attempt.State.UNKNOWN, provider_batch=provider_batch)
    Batch.objects.update(state=Batch.State.UNKNOWN)
    Send.objects.update(state=Send.State.UNRESOLVED)
    return send


def test_acceptance_is_no_proof_of_what_may_have_been_cancelled(in_doubt: Send) -> None:
    """`processed` says that it was accepted once; `delivered` says that it went out."""
    first, second, _ = in_doubt.deliveries.order_by("pk")

    tell(event(first, "processed"))
    assert count_send(in_doubt).deliveries == {"unknown": 3}

    tell(event(second, "delivered"))
    assert count_send(in_doubt).deliveries == {"accepted": 2, "delivered": 1}


def test_what_was_cancelled_is_told_person_by_person(in_doubt: Send) -> None:
    """Those whose mail was dropped are known not to have it; when all are, it goes again."""
    first, *others_ = in_doubt.deliveries.order_by("pk")

    tell(event(first, "dropped", reason="Cancelled"))
    assert count_send(in_doubt).deliveries == {"dropped": 1, "unknown": 2}
    assert [each.people for each in unresolved.unresolved_batches(in_doubt)] == [2]
    assert unresolved.count_unknown(in_doubt) == 2

    tell(*(event(each, "dropped", reason="Cancelled") for each in others_))
    recovery.close_finished_sends()
    in_doubt.refresh_from_db()
    assert count_send(in_doubt).deliveries == {"planned": 3}
    assert in_doubt.state == Send.State.SENDING
    again = MemoryTransport()
    dispatch.send_batch(in_doubt.batches.get().pk, again, lease=dt.timedelta(seconds=120))
    assert len(again.addresses()) == 3
    tell(event(first, "dropped", reason="Cancelled", nl_attempt=Attempt.objects.earliest("pk").key))
    assert count_send(in_doubt).deliveries == {"accepted": 3}


def test_what_was_cancelled_in_part(in_doubt: Send) -> None:
    """Where some mail went out after all, those whose mail was dropped are left for the others."""
    first, second, _ = in_doubt.deliveries.order_by("pk")

    tell(event(first, "dropped", reason="Cancelled"))
    tell(event(second, "delivered"))
    recovery.close_finished_sends()

    in_doubt.refresh_from_db()
    assert count_send(in_doubt).deliveries == {"accepted": 1, "delivered": 1, "dropped": 1}
    assert (in_doubt.state, resend.count_left(in_doubt)) == (Send.State.SENT, 1)


def test_mail_of_a_given_up_attempt_that_went_out_is_an_alarm(
    submit_mail: SubmitMail, caplog: pytest.LogCaptureFixture
) -> None:
    """What was taken for refused and arrives all the same is noted once, and logged."""
    send = submit_mail(2)
    Send.objects.update(state=Send.State.SENDING)
    Attempt.objects.update(state=Attempt.State.REFUSED)

    tell(event(send.deliveries.all()[0], "delivered"))
    tell(event(send.deliveries.all()[1], "delivered"))

    assert [entry.kind for entry in Evidence.objects.all()] == ["contradiction"]
    assert caplog.text.count("its mail went out") == 1
    send.refresh_from_db()
    assert send.state == Send.State.SENDING


def test_mail_of_an_attempt_that_was_cancelled_holds_all(submit_mail: SubmitMail) -> None:
    """What the provider said it had discarded and sends all the same holds every send."""
    send = submit_mail(2)
    Send.objects.update(state=Send.State.SENDING)
    Attempt.objects.update(state=Attempt.State.CANCELLED)

    tell(event(send.deliveries.all()[0], "delivered"))

    send.refresh_from_db()
    assert send.state == Send.State.HELD
    assert "went out after all" in send.note


def test_no_address_is_kept_or_logged(
    submit_mail: SubmitMail, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the event, nor the reason of the delivery, nor the log says who it was."""
    delivery = submit_mail(1).deliveries.get()

    tell(event(delivery, "bounce", **HARD), {"email": delivery.address}, "reader1@tideline.example")
    tell(event(delivery, "dropped", reason="no quota for reader1@tideline.example"))

    delivery.refresh_from_db()
    assert delivery.reason == "550 5.1.1 <…> is nobody here"
    assert "reader1" not in Event.objects.earliest("pk").reason
    assert UnparsedEvent.objects.count() == 2
    assert not any("reader1" in event.text for event in UnparsedEvent.objects.all())
    assert "reader1" not in caplog.text


def test_trouble_with_the_account_is_told(
    submit_mail: SubmitMail, caplog: pytest.LogCaptureFixture
) -> None:
    """A suspension, and mail dropped for lack of credits, is an error in the log."""
    delivery = submit_mail(1).deliveries.get()

    tell(
        {"event": "account_status_change", "type": "compliance_suspend", "timestamp": 1764061980},
        event(delivery, "dropped", reason="Recipient List over Package Quota"),
    )

    assert "compliance_suspend" in caplog.text
    assert "Package Quota" in caplog.text
    assert count_events() == {"account": 1, "new": 1}


# Any order, any repetition

PEOPLE = 3
WORDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("processed", {}),
    ("deferred", {"response": "451 4.7.1 busy", "attempt": "1"}),
    ("delivered", {}),
    ("bounce", HARD),
    ("bounce", {"type": "bounce", "reason": "another"}),
    ("bounce", {"type": "blocked", "reason": "policy"}),
    ("bounce", {**HARD, **BARE}),
    ("dropped", {"reason": "Invalid"}),
    ("dropped", {"reason": "Bounced Address"}),
    ("dropped", {"reason": "Spam Content"}),
    ("spamreport", {}),
    ("unsubscribe", {}),
    ("group_unsubscribe", {}),
    ("open", {}),
)

histories = st.lists(
    st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, len(WORDS) - 1), st.integers(0, 3)),
    min_size=1,
    max_size=8,
    unique=True,
)


@contextmanager
def undone() -> Iterator[None]:
    """Let what happens inside not have happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def picture(send: Send) -> list[object]:
    """Return all that events can change, as values."""
    return [
        list(Delivery.objects.order_by("pk").values_list("pk", "outcome", "reason")),
        list(Attempt.objects.order_by("pk").values_list("state", "message_id")),
        list(Batch.objects.order_by("pk").values_list("state", flat=True)),
        list(Subscription.objects.order_by("pk").values_list("state", flat=True)),
        list(Suppression.objects.order_by("key").values_list("key", "reason")),
        sorted(Event.objects.values_list("delivery", "kind", "at")),
        count_send(send).deliveries,
    ]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, chance=st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(
    send_in_doubt: Send, history: list[tuple[int, int, int]], chance: Any
) -> None:
    """The same events, shuffled, repeated and cut into any posts, end in the same state."""
    deliveries = list(send_in_doubt.deliveries.order_by("pk"))
    when = int(time.time())
    events = [
        event(
            deliveries[person],
            WORDS[word][0],
            **{
                **WORDS[word][1],
                "timestamp": when + later,
                "sg_event_id": f"{person}-{word}-{later}",
            },
        )
        for person, word, later in history
    ]
    with undone():
        tell(*events)
        expected = picture(send_in_doubt)
    mixed = events + [chance.choice(events) for _ in range(len(events))]
    chance.shuffle(mixed)
    with undone():
        while mixed:
            size = chance.randint(1, len(mixed))
            tell(*mixed[:size])
            mixed = mixed[size:]
        assert picture(send_in_doubt) == expected
        count_send(send_in_doubt).check()


@pytest.fixture
def send_in_doubt(submit_mail: SubmitMail) -> Send:
    """Two batches, of which one had no answer."""
    return submit_mail(PEOPLE, answers=[LOST, None], batch_size=2)


def test_old_events_are_forgotten_and_what_they_changed_stays(submit_mail: SubmitMail) -> None:
    """Pruning takes events that are older than asked, and nothing else."""
    from newsletter.tracking import webhook_intake

    send = submit_mail(2)
    one, two = send.deliveries.order_by("pk")
    month_ago = int(time.time()) - 30 * 86400
    tell(event(one, "delivered", timestamp=month_ago), event(two, "delivered"))

    assert webhook_intake.prune(timezone.now(), keep=dt.timedelta(days=29)) == 1

    assert Event.objects.get().delivery_id == two.pk
    assert outcomes(send) == {"delivered": 2}
