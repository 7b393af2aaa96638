"""Providers that do not answer, or say no: what other systems send again, or give up, then."""

from __future__ import annotations

import datetime as dt
import socket
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from newsletter.publishing.models import Issue
from newsletter.scheduling.clock import tick
from newsletter.sending.delivery.dispatch import send_batch
from newsletter.sending.models import Attempt, Evidence, Send
from newsletter.sending.operations import background_dry_run, control
from newsletter.sending.planning.queue import queue
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.resolution import proof
from newsletter.transports.sendgrid.submission import SendGridTransport
from newsletter.transports.smtp.server import Server
from newsletter.transports.smtp.submission import SmtpTransport
from sendgrid_emulator import Emulator
from tests.cluster import free_port
from tests.known_bugs.conftest import QUICK, submit_mail
from tests.mailserver import MailServer
from tests.unit.sending.conftest import MAX_DELAY, AddPeople

Start = Callable[..., Send]
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    "fault", ["accept_then_reset", "accept_then_hang", "accept_then_504", "zombie"]
)
def test_ghost_posts_again_after_a_timeout(
    start: Start,
    add_people: AddPeople,
    sendgrid: Emulator,
    transport: SendGridTransport,
    fault: str,
) -> None:
    """A request whose answer is lost, or comes after we left, is never posted again by itself.

    Ghost (README: up to seven copies), Mailtrain #761, listmonk #1109: a timeout is retried.
    """
    add_people(6)
    send = start(batch_size=3)
    sendgrid.faults.add(fault, seconds=3)

    for _ in range(3):
        submit_mail(transport)
        tick(timezone.now(), late=MAX_DELAY)

    assert count_send(send).deliveries == {"accepted": 3, "unknown": 3}
    send.refresh_from_db()
    assert send.state == Send.State.UNRESOLVED
    posts = [exchange for exchange in sendgrid.requests if exchange.path == "/v3/mail/send"]
    assert len(posts) == 2

    key = Attempt.objects.get(state=Attempt.State.UNKNOWN).key
    proof.prove({key: ""}, Evidence.Kind.EVENT)
    tick(timezone.now(), late=MAX_DELAY)
    send.refresh_from_db()
    assert (send.state, count_send(send).deliveries) == ("sent", {"accepted": 6})


def test_listmonk_dead_provider_burns_a_page(start: Start, add_people: AddPeople) -> None:
    """While nobody listens, everybody waits, the send says why, and then goes to the same people.

    listmonk: a dead mail server burns one page of 1,000, which is skipped at the resume
    (`update-campaign-counts` with lastID 0).
    """
    add_people(9)
    send, port = start(batch_size=3), free_port()
    transport = SendGridTransport(
        base_url=f"http://127.0.0.1:{port}", api_key="SG.test", limits=QUICK
    )
    submit_mail(transport, rounds=12)
    send.refresh_from_db()
    assert count_send(send).deliveries == {"planned": 9}
    assert "SendGrid cannot be reached" in send.note

    with Emulator(port=port) as sendgrid:
        submit_mail(transport)
        mailed = Counter(mail.address for mail in sendgrid.mailbox)
    transport.close()

    assert count_send(send).deliveries == {"accepted": 9}
    assert (len(mailed), set(mailed.values())) == (9, {1})


def test_listmonk_throttled_finishes_early(
    start: Start, add_people: AddPeople, sendgrid: Emulator, transport: SendGridTransport
) -> None:
    """Throttled nine times of ten, everybody gets it once, and each wait is the one asked for.

    listmonk #1802: finished at 578 of 1,450.
    """
    added = add_people(8)
    send = start(batch_size=4)
    sendgrid.faults.add("429", times=18, seconds=40)

    submit_mail(transport, rounds=1)
    [asked] = send.batches.exclude(not_before=None).values_list("not_before", flat=True)
    assert dt.timedelta(seconds=30) < asked - timezone.now() < dt.timedelta(seconds=41)
    submit_mail(transport)
    tick(timezone.now(), late=MAX_DELAY)

    assert sendgrid.requests.statuses == {429: 18, 202: 2}
    mailed = Counter(mail.address for mail in sendgrid.mailbox)
    assert mailed == dict.fromkeys((person.email for person in added), 1)
    send.refresh_from_db()
    assert send.state == Send.State.SENT


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server of one's own, in the clear."""
    running = MailServer()
    running.start()
    yield running
    running.stop()


def test_listmonk_mail_server_throttles(
    start: Start, add_people: AddPeople, server: MailServer
) -> None:
    """A mail server that says "454 later" to nine of ten gets them all in the end, once each.

    listmonk #1802: what a server puts off counts as failed, and after a few the rest is left.
    """
    added = add_people(20)
    send = start(batch_size=10)
    asked: Counter[str] = Counter()

    def nine_of_ten(address: str) -> str | None:
        asked[address] += 1
        return "454 4.7.0 Throttled" if asked[address] < 10 else None

    server.rules.answers["RCPT"] = nine_of_ten
    way = Server(host="127.0.0.1", port=server.port, security="none", connect=2, answer=2)
    transport = SmtpTransport(way, connections=1)
    submit_mail(transport, rounds=1)
    waiting = send.batches.exclude(not_before=None).values_list("not_before", flat=True)
    assert all(when > timezone.now() for when in waiting)
    assert waiting

    submit_mail(transport, rounds=300)
    transport.close()
    tick(timezone.now(), late=MAX_DELAY)

    mailed = Counter(arrived.address for arrived in server.mailbox)
    assert mailed == dict.fromkeys((person.email for person in added), 1)
    send.refresh_from_db()
    assert (send.state, count_send(send).deliveries) == ("sent", {"accepted": 20})


def test_remark_goes_when_it_is_over(
    start: Start, add_people: AddPeople, server: MailServer
) -> None:
    """Asked to wait, a send says so; when mail is taken again it does not say so any more."""
    add_people(6)
    send = start(batch_size=2)
    waits = iter(["451 4.3.0 later"] * 3)
    server.rules.answers["MAIL"] = lambda _: next(waits, None)
    way = Server(host="127.0.0.1", port=server.port, security="none", connect=2, answer=2)
    transport = SmtpTransport(way, connections=1)

    submit_mail(transport, rounds=1)
    send.refresh_from_db()
    noted = send.note
    submit_mail(transport, rounds=10)
    transport.close()

    send.refresh_from_db()
    assert "asks to wait" in noted
    assert (send.note, count_send(send).deliveries) == ("", {"accepted": 6})


def test_gmail_daily_limit_burns_the_rest(
    start: Start, add_people: AddPeople, server: MailServer
) -> None:
    """Past the day's limit the send is held; the next day everybody else gets it, once.

    Systems that take every 550 for a bounce refuse, or unsubscribe, the rest of a list.
    """
    added = add_people(40)
    send = start(batch_size=40)
    limit = "550 5.4.5 Daily user sending limit exceeded"
    server.rules.answers["DATA"] = lambda _: limit if len(server.mailbox) >= 15 else None
    way = Server(host="127.0.0.1", port=server.port, security="none", connect=2, answer=2)
    transport = SmtpTransport(way, connections=1)

    submit_mail(transport, rounds=3)
    send.refresh_from_db()
    assert (send.state, count_send(send).deliveries) == ("held", {"accepted": 15, "planned": 25})
    assert "sending limit" in send.note

    server.rules.answers.clear()
    control.resume(send, by="")
    submit_mail(transport, rounds=3)
    transport.close()
    mailed = Counter(arrived.address for arrived in server.mailbox)
    assert mailed == dict.fromkeys((person.email for person in added), 1)


@pytest.mark.parametrize("fault", ["200_html", "302"])
def test_login_page_of_a_network_burns_the_list(
    start: Start,
    add_people: AddPeople,
    sendgrid: Emulator,
    transport: SendGridTransport,
    fault: str,
) -> None:
    """Where something else answers in SendGrid's place, one request is in doubt, not all."""
    add_people(9)
    send = start(batch_size=3)
    sendgrid.faults.add(fault, times=9)

    submit_mail(transport)

    send.refresh_from_db()
    assert (send.state, count_send(send).deliveries) == ("held", {"unknown": 3, "planned": 6})
    assert "The provider does not answer like this" in send.note


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), MemoryError()])
def test_interrupted_before_the_first_byte(
    start: Start,
    add_people: AddPeople,
    sendgrid: Emulator,
    transport: SendGridTransport,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    """Stopped while it connects, a sender has sent nothing, and says so in the ledger."""
    add_people(3)
    send = start(batch_size=3)
    [batch] = send.batches.values_list("pk", flat=True)

    def stop(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, "connect", stop)
        if isinstance(error, Exception):
            send_batch(batch, transport, lease=dt.timedelta(minutes=2))
        else:
            with pytest.raises(type(error)):
                send_batch(batch, transport, lease=dt.timedelta(minutes=2))

    assert count_send(send).deliveries == {"planned": 3}
    submit_mail(transport)
    assert count_send(send).deliveries == {"accepted": 3}
    assert len(sendgrid.mailbox) == 3


def test_keila_bad_sender_fails_when_it_is_due(
    issue: Issue, add_people: AddPeople, sendgrid: Emulator, transport: SendGridTransport
) -> None:
    """A sender that the provider does not know holds a send when it is queued, not when it is due.

    Keila #142 and #464: a campaign whose sender is misconfigured stands at 0 of n at its scheduled
    time.
    """
    add_people(3)
    sendgrid.settings.senders = frozenset({"elsewhere.example"})
    send = queue(issue, at=timezone.now() + HOUR, batch_size=10)

    due = background_dry_run.next_due_send(timezone.now())
    assert due == send
    background_dry_run.check_next_chunk(due, transport)

    send.refresh_from_db()
    assert send.state == Send.State.HELD
    assert "Dry run before its time" in send.note
    assert "sender" in send.note.lower()
    assert len(sendgrid.mailbox) == 0
