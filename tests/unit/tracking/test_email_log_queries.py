"""The provider's log as the second source, asked at the real emulator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from newsletter.errors import AccountError, OutcomeUnknown, Throttled
from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.models import Attempt, Evidence, ProviderBatch, Send
from newsletter.sending.reporting.totals import count_send
from newsletter.tracking import email_log_queries
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.email_log import SendGridEmailLog, quote_text
from newsletter.transports.sendgrid.submission import SendGridTransport
from sendgrid_emulator import Emulator

pytestmark = pytest.mark.django_db

LIMITS = Limits(connect=5, answer=5)
HOUR = dt.timedelta(hours=1)
LOGS = "/v3/logs*"


@pytest.fixture
def sendgrid() -> Iterator[Emulator]:
    """A SendGrid of one's own."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def log(sendgrid: Emulator) -> Iterator[SendGridEmailLog]:
    """Its log."""
    log = SendGridEmailLog(base_url=sendgrid.url, api_key="SG.trial", limits=LIMITS)
    yield log
    log.close()


@pytest.fixture
def unanswered(
    sendgrid: Emulator, start: Callable[..., Send], add_people: Callable[..., object]
) -> Callable[[str], Send]:
    """A send to five people whose one request meets a fault."""

    def go(fault: str) -> Send:
        add_people(5)
        send = start()
        sendgrid.faults.add(fault)
        transport = SendGridTransport(base_url=sendgrid.url, api_key="SG.trial", limits=LIMITS)
        batch = claims.next_batch()
        assert batch
        dispatch.send_batch(batch, transport, lease=dt.timedelta(seconds=120))
        transport.close()
        assert count_send(send).deliveries == {"unknown": 5}
        return send

    return go


def due(after: dt.timedelta = dt.timedelta(0), later: dt.timedelta = dt.timedelta(0)) -> int:
    """Count the attempts to look for at a later time."""
    return len(email_log_queries.due_attempts(timezone.now() + later, after=after))


def test_what_the_log_has_was_accepted(
    unanswered: Callable[[str], Send], log: SendGridEmailLog
) -> None:
    """A lost answer is resolved by the label in the log; the evidence and the id are kept."""
    send = unanswered("accept_then_reset")

    assert (
        email_log_queries.query_log(
            email_log_queries.due_attempts(timezone.now(), after=dt.timedelta(0)), log
        )
        == 1
    )
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert send.state == Send.State.SENT
    assert count_send(send).deliveries == {"accepted": 5}
    attempt = Attempt.objects.get()
    assert attempt.message_id
    assert [entry.kind for entry in attempt.evidence.all()] == ["found"]


@pytest.mark.parametrize("left", [False, True])
def test_what_may_have_been_cancelled(
    unanswered: Callable[[str], Send], log: SendGridEmailLog, sendgrid: Emulator, left: bool
) -> None:
    """Then an entry resolves nothing unless the mail went out; it is not asked again at once."""
    send = unanswered("accept_then_reset")
    provider_batch = ProviderBatch.objects.create(
        send=send, group=1, state="released", at=send.at, in_doubt=True
    )
    Attempt.objects.update(provider_batch=provider_batch)
    if left:
        sendgrid.clock.advance(60)

    resolved = email_log_queries.query_log(email_log_queries.of_send(send, timezone.now()), log)

    assert resolved == left
    assert count_send(send).deliveries == {"accepted" if left else "unknown": 5}
    assert {entry.kind for entry in Evidence.objects.all()} == {"found"}
    assert email_log_queries.of_send(send, timezone.now()) == []


def test_what_the_log_lacks_stays_unknown(
    unanswered: Callable[[str], Send], log: SendGridEmailLog, sendgrid: Emulator
) -> None:
    """Three people are looked for; that none is there is written down and resolves nothing."""
    send = unanswered("reject_500")
    before = sendgrid.requests.total

    assert email_log_queries.query_log(email_log_queries.of_send(send, timezone.now()), log) == 0

    assert sendgrid.requests.total - before == 3
    assert count_send(send).deliveries == {"unknown": 5}
    assert Evidence.objects.get().kind == "absent"


def test_mail_of_another_attempt_is_no_proof(
    unanswered: Callable[[str], Send], log: SendGridEmailLog
) -> None:
    """The same people may have other mail of ours: only the label of the attempt counts."""
    unanswered("accept_then_reset")
    Attempt.objects.update(key="another")

    assert (
        email_log_queries.query_log(
            email_log_queries.due_attempts(timezone.now(), after=dt.timedelta(0)), log
        )
        == 0
    )


def test_a_log_that_is_behind_has_it_later(
    unanswered: Callable[[str], Send], log: SendGridEmailLog, sendgrid: Emulator
) -> None:
    """Absence at first does not keep the later look from resolving."""
    sendgrid.settings.logs_lag = 600
    send = unanswered("accept_then_reset")
    assert email_log_queries.query_log(email_log_queries.of_send(send, timezone.now()), log) == 0

    sendgrid.clock.advance(900)

    later = timezone.now() + dt.timedelta(minutes=11)
    assert email_log_queries.query_log(email_log_queries.of_send(send, later), log) == 1


def test_looks_come_further_and_further_apart(
    unanswered: Callable[[str], Send], log: SendGridEmailLog
) -> None:
    """Not before the time that is set, then after ten minutes, then every hour, for a month."""
    unanswered("reject_500")
    minute = dt.timedelta(minutes=1)
    assert due(after=30 * minute) == 0
    assert due(after=30 * minute, later=31 * minute) == 1

    email_log_queries.query_log(
        email_log_queries.due_attempts(timezone.now(), after=dt.timedelta(0)), log
    )
    assert [due(later=9 * minute), due(later=11 * minute)] == [0, 1]

    email_log_queries.query_log(
        email_log_queries.due_attempts(timezone.now() + 11 * minute, after=dt.timedelta(0)), log
    )
    assert [due(later=55 * minute), due(later=61 * minute)] == [0, 1]
    assert due(later=30 * 24 * HOUR) == 0


FAULTS = [
    pytest.param("429", Throttled, id="429"),
    pytest.param("403", AccountError, id="scope-missing"),
    pytest.param("reject_500", OutcomeUnknown, id="500"),
    pytest.param("200_html", OutcomeUnknown, id="captive-portal"),
    pytest.param("reset_before", OutcomeUnknown, id="reset"),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS)
def test_a_log_that_does_not_answer_is_no_evidence(
    unanswered: Callable[[str], Send],
    log: SendGridEmailLog,
    sendgrid: Emulator,
    fault: str,
    error: type[Exception],
) -> None:
    """Whatever goes wrong over asking is told, and nothing is written down."""
    unanswered("accept_then_reset")
    sendgrid.faults.add(fault, path=LOGS)

    with pytest.raises(error):
        email_log_queries.query_log(
            email_log_queries.due_attempts(timezone.now(), after=dt.timedelta(0)), log
        )

    assert not Evidence.objects.exists()


def test_first_middle_and_last_are_looked_for(unanswered: Callable[[str], Send]) -> None:
    """Whoever was erased, or was not in the request, is no witness."""
    send = unanswered("reject_500")
    first, *_, last = send.deliveries.order_by("pk")
    type(first).objects.filter(pk=first.pk).update(address="erased-1@erased.invalid")
    type(last).objects.filter(pk=last.pk).update(outcome="refused")

    people = email_log_queries.sample_addresses(Attempt.objects.get())

    assert people == [f"reader{n}@tideline.example" for n in (2, 3, 4)]


@pytest.mark.parametrize(
    ("address", "text"), [("a@example.org", "'a@example.org'"), ("o'b@x.org", '"o\'b@x.org"')]
)
def test_an_address_cannot_end_the_query(address: str, text: str) -> None:
    """It is quoted with the mark that it does not hold."""
    assert quote_text(address) == text
