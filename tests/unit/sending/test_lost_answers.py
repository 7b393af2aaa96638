"""Answer after answer is lost: the send is held before everybody in it is unknown."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.db.models.functions import Now
from django.utils import translation

from newsletter.publishing.models import Issue
from newsletter.scheduling import send_status
from newsletter.sending.delivery import claims, decisions, dispatch, recovery, results
from newsletter.sending.models import Attempt, AuditEntry, Batch, Evidence, Send
from newsletter.sending.operations import control
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.resolution import proof
from newsletter.sending.safeguards import lost_answers
from newsletter.transports.base import Transport
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from newsletter.transports.smtp.server import Server
from newsletter.transports.smtp.submission import SmtpTransport
from sendgrid_emulator import Emulator
from tests.mailserver import CUT, MailServer
from tests.unit.sending.conftest import LEASE, AddPeople, Configure

Start = Callable[..., Send]
Way = tuple[Transport, Callable[[Callable[[int], bool]], None], Callable[[], list[str]]]


@pytest.fixture
def by_sendgrid() -> Iterator[Way]:
    """Real requests, whose answers are lost where a function of their number says so."""
    with Emulator() as provider:
        transport = SendGridTransport(
            base_url=provider.url, api_key="SG.test", limits=Limits(connect=2, answer=2)
        )

        def lose(chosen: Callable[[int], bool]) -> None:
            for place, number in enumerate(filter(chosen, range(60))):
                # A rule counts the requests that no rule before it has taken.
                provider.faults.add("accept_then_reset", after=number - place)

        yield transport, lose, lambda: [mail.address for mail in provider.mailbox]
        transport.close()


@pytest.fixture
def by_smtp() -> Iterator[Way]:
    """Real messages, behind whose final dot the server breaks off where a function says so."""
    server = MailServer()
    server.start()
    way = Server(host="127.0.0.1", port=server.port, security="none", connect=2, answer=2)
    transport = SmtpTransport(way, connections=1)

    def lose(chosen: Callable[[int], bool]) -> None:
        begun = iter(range(10_000))
        server.rules.answers["DATA"] = lambda _: CUT if chosen(next(begun)) else None

    yield transport, lose, lambda: [mail.address for mail in server.mailbox]
    transport.close()
    server.stop()


@pytest.fixture(params=["by_sendgrid", "by_smtp"])
def way(request: pytest.FixtureRequest) -> Way:
    """Each way out with answers, over real sockets."""
    found: Way = request.getfixturevalue(request.param)
    return found


def submit_mail(transport: Transport, rounds: int = 60) -> None:
    """Submit batch by batch until nothing may be claimed."""
    for _ in range(rounds):
        Batch.objects.filter(state=Batch.State.PLANNED).update(not_before=None)
        if (batch := claims.next_batch()) is None:
            return
        dispatch.send_batch(batch, transport, lease=LEASE)


def test_row_of_lost_answers_holds(way: Way, start: Start, add_people: AddPeople) -> None:
    """After three in a row nothing more leaves; the send says why, and what to do."""
    transport, lose, _ = way
    add_people(12)
    send = start(batch_size=1)
    lose(lambda _: True)

    submit_mail(transport)

    send.refresh_from_db()
    assert (send.state, send.held_by) == (Send.State.HELD, Send.AutoPause.LOST)
    assert count_send(send).deliveries == {"unknown": 3, "planned": 9}
    assert "3 people may have this mail" in send.note
    assert f"newsletter send resume {send.pk}" in send.note
    assert (
        "3 answers in a row were lost"
        in send.audit_entries.get(kind=AuditEntry.Kind.AUTO_PAUSED).note
    )


def test_resumed_it_goes_on_and_counts_again(way: Way, start: Start, add_people: AddPeople) -> None:
    """Let go on, the send is held after three more; when answers come, it goes to its end."""
    transport, lose, mailed = way
    added = add_people(12)
    send = start(batch_size=1)
    lose(lambda number: number < 6)

    submit_mail(transport)
    control.resume(send, by="Aiko")
    submit_mail(transport)
    send.refresh_from_db()
    assert (send.state, count_send(send).deliveries) == ("held", {"unknown": 6, "planned": 6})
    control.resume(send, by="Aiko")
    submit_mail(transport)

    assert count_send(send).deliveries == {"unknown": 6, "accepted": 6}
    assert Counter(mailed()) == dict.fromkeys((person.email for person in added), 1)
    assert (
        send.audit_entries.filter(
            kind=AuditEntry.Kind.OVERRULED, auto_pause=Send.AutoPause.LOST, by="Aiko"
        ).count()
        == 2
    )


def test_acceptance_between_them_begins_again(
    way: Way, start: Start, add_people: AddPeople, configure: Configure
) -> None:
    """Two lost, one accepted, two lost: bad luck, which evidence resolves."""
    transport, lose, _ = way
    configure(auto_pause={"lost_percent": 0.0})
    add_people(12)
    send = start(batch_size=1)
    lose(lambda number: number % 3 < 2)

    submit_mail(transport)
    lost_answers.check_sends()

    send.refresh_from_db()
    assert send.state == Send.State.SENDING
    assert count_send(send).deliveries == {"unknown": 8, "accepted": 4}


def test_large_share_holds(way: Way, start: Start, add_people: AddPeople) -> None:
    """Every third answer lost, one by one: never three in a row, and yet too many."""
    transport, lose, _ = way
    add_people(30)
    send = start(batch_size=1)
    lose(lambda number: number % 3 == 0)

    for _ in range(30):
        submit_mail(transport, rounds=1)
        lost_answers.check_sends()

    send.refresh_from_db()
    assert (send.state, send.held_by) == (Send.State.HELD, Send.AutoPause.LOST)
    assert count_send(send).deliveries == {"unknown": 5, "accepted": 8, "planned": 17}
    assert (
        "5 answers were lost, for 38 %"
        in send.audit_entries.get(kind=AuditEntry.Kind.AUTO_PAUSED).note
    )


def test_one_person_of_a_hundred_is_no_large_share(
    by_smtp: Way, start: Start, add_people: AddPeople
) -> None:
    """What counts is people: a mail server that loses one answer in twenty loses few."""
    transport, lose, _ = by_smtp
    add_people(120)
    send = start(batch_size=20)
    lose(lambda number: number % 20 == 7)

    for _ in range(30):
        submit_mail(transport, rounds=1)
        lost_answers.check_sends()

    assert count_send(send).deliveries == {"accepted": 114, "unknown": 6}


def test_row_counts_over_all_sends(way: Way, start: Start, add_people: AddPeople) -> None:
    """What was lost in another send of the account counts: it has the same network."""
    transport, lose, _ = way
    add_people(6)
    first = start(batch_size=3)
    lose(lambda _: True)
    submit_mail(transport, rounds=2)
    control.cancel(first, by="Aiko")
    second = add_copy(first)

    submit_mail(transport)

    second.refresh_from_db()
    assert second.held_by == Send.AutoPause.LOST
    assert count_send(second).deliveries["unknown"] == 1


def add_copy(send: Send) -> Send:
    """Return another send, of an issue of its own, to the same people, ready to be claimed."""
    issue = Issue.objects.get(pk=send.issue_id)
    other = issue.copy(update_attrs={"slug": "other", "title": "Other", "number": 2})
    new = Send.objects.create(
        issue=other, edition=send.edition, at=send.at, state=Send.State.SENDING, planned=6,
        candidates=6,
    )  # fmt: skip
    new.lists.set(send.lists.all())
    for number, delivery in enumerate(send.deliveries.order_by("pk"), start=1):
        batch = Batch.objects.create(send=new, number=number)
        new.deliveries.create(subscriber=delivery.subscriber, batch=batch, address=delivery.address)
    return new


def test_answers_to_mail_that_waits_do_not_count(start: Start, add_people: AddPeople) -> None:
    """Mail behind a provider batch is cancelled and goes again: no person has to act."""
    add_people(8)
    send = start(batch_size=1)
    provider_batch = send.provider_batches.create(
        group=1, provider_id="one", at=send.at, state="open"
    )
    for batch in send.batches.all():
        attempt = claims.claim_batch(batch.pk, lease=LEASE)
        assert attempt
        claims.begin_submission(attempt, lease=LEASE)
        Attempt.objects.filter(pk=attempt.pk).update(provider_batch=provider_batch)
        attempt.refresh_from_db()
        lose_answer(attempt)

    send.refresh_from_db()
    assert send.state == Send.State.SENDING


def lose_answer(attempt: Attempt) -> None:
    """Have the answer to an attempt be lost."""
    results.apply_decision(attempt, decisions.mark_unknown("No answer: timeout"))


@pytest.mark.parametrize(("processes", "held"), [(1, False), (2, False), (3, True)])
def test_processes_that_die(
    start: Start, add_people: AddPeople, processes: int, held: bool
) -> None:
    """One that dies loses all its answers at once, which is one loss; a row of them is a row."""
    add_people(12)
    send = start(batch_size=1)
    for number, batch in enumerate(send.batches.all()):
        attempt = claims.claim_batch(batch.pk, lease=LEASE)
        assert attempt
        claims.begin_submission(attempt, lease=LEASE)
        owner = f"machine:{number % processes}:{number}"
        Attempt.objects.filter(pk=attempt.pk).update(owner=owner, lease_until=Now() - LEASE)

    recovery.recover()

    send.refresh_from_db()
    assert (send.held_by == Send.AutoPause.LOST) is held


def test_proof_counts_as_acceptance(start: Start, add_people: AddPeople) -> None:
    """Where events tell that mail was accepted, only what is still unknown is in the row."""
    add_people(4)
    start(batch_size=1)
    for number, batch in enumerate(Batch.objects.order_by("number")):
        attempt = claims.claim_batch(batch.pk, lease=LEASE)
        assert attempt
        claims.begin_submission(attempt, lease=LEASE)
        lose_answer(attempt)
        if number == 1:
            proof.prove({attempt.key: ""}, Evidence.Kind.EVENT)

    assert lost_answers.in_a_row() == 2
    assert Send.objects.get().state == Send.State.SENDING


def test_switched_off(start: Start, add_people: AddPeople, configure: Configure) -> None:
    """With limits of 0 nothing is held."""
    configure(auto_pause={"lost_answers": 0, "lost_percent": 0.0})
    add_people(8)
    send = start(batch_size=1)
    for batch in send.batches.all():
        attempt = claims.claim_batch(batch.pk, lease=dt.timedelta(minutes=2))
        assert attempt
        claims.begin_submission(attempt, lease=LEASE)
        lose_answer(attempt)
    lost_answers.check_sends()

    send.refresh_from_db()
    assert send.state == Send.State.SENDING


@pytest.mark.parametrize(("language", "words"), [("en", "were lost"), ("ja", "応答が続けて失われ")])
def test_reason_is_in_the_readers_language(
    start: Start, add_people: AddPeople, language: str, words: str
) -> None:
    """Whoever looks reads it in their language, with the command that goes on."""
    add_people(3)
    send = start(batch_size=1)
    for batch in send.batches.all():
        attempt = claims.claim_batch(batch.pk, lease=LEASE)
        assert attempt
        claims.begin_submission(attempt, lease=LEASE)
        lose_answer(attempt)
    send.refresh_from_db()

    with translation.override(language):
        said = " ".join(send_status.describe_send(send, send.at))

    assert words in said
    assert f"newsletter send resume {send.pk}" in said
