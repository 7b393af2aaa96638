"""A refusal that may be about everybody holds the send once; the same again is about the person."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.models import Batch, Send
from newsletter.sending.operations import control
from newsletter.sending.reporting.totals import count_send, list_people
from newsletter.transports.base import Transport
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from newsletter.transports.smtp.server import Server
from newsletter.transports.smtp.submission import SmtpTransport
from tests.mailserver import MailServer
from tests.rawserver import Client, RawServer
from tests.unit.sending.conftest import LEASE, AddPeople

Start = Callable[..., Send]
POLICY = "554 5.7.1 message rejected under suspicion of spam"
DMARC = "550 5.7.509 Access denied, sending domain does not pass DMARC"
LIMIT = "550 5.4.5 Daily user sending limit exceeded"


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server in the clear."""
    running = MailServer()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def transport(server: MailServer) -> Iterator[SmtpTransport]:
    """The way to it."""
    way = Server(host="127.0.0.1", port=server.port, security="none", connect=2, answer=2)
    opened = SmtpTransport(way, connections=1)
    yield opened
    opened.close()


def submit_mail(send: Send, transport: Transport) -> Send:
    """Submit until nothing may be claimed, and close what is through; return the send."""
    for _ in range(200):
        Batch.objects.filter(state=Batch.State.PLANNED).update(not_before=None)
        if (batch := claims.next_batch()) is None:
            break
        dispatch.send_batch(batch, transport, lease=LEASE)
    recovery.close_finished_sends()
    send.refresh_from_db()
    return send


def refused(send: Send) -> set[str]:
    """Return the names of those who count as refused."""
    return {address.partition("@")[0] for address, _, _ in list_people(send, "refused")}


def refusing(server: MailServer, stage: str, reply: str, *names: str) -> None:
    """Have some people be refused at a stage."""
    server.rules.answers[stage] = lambda address: (
        reply if address.partition("@")[0] in names else None
    )


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize("reply", [POLICY, DMARC], ids=["perhaps", "certain"])
@pytest.mark.parametrize("who", ["reader1", "reader4", "reader7"], ids=["first", "middle", "last"])
@pytest.mark.parametrize("size", [1, 3, 10])
def test_one_persons_server_does_not_stop_the_others(
    start: Start,
    add_people: AddPeople,
    server: MailServer,
    transport: SmtpTransport,
    stage: str,
    reply: str,
    who: str,
    size: int,
) -> None:
    """Let go on once, at most, the send comes to its end: all others have it, one is refused."""
    added = add_people(7)
    send = start(batch_size=size)
    refusing(server, stage, reply, who)

    submit_mail(send, transport)
    if send.state == Send.State.HELD:
        assert refused(send) == set()
        control.resume(send, by="Aiko")
        submit_mail(send, transport)

    assert send.state == Send.State.SENT
    assert refused(send) == {who}
    assert count_send(send).deliveries == {"accepted": 6, "refused": 1}
    mailed = Counter(mail.address for mail in server.mailbox)
    others = (person.email for person in added if not person.email.startswith(f"{who}@"))
    assert mailed == dict.fromkeys(others, 1)


@pytest.mark.parametrize("alike", ["550 Sorry, not today", POLICY], ids=["many", "three"])
def test_several_in_a_row(
    start: Start, add_people: AddPeople, server: MailServer, transport: SmtpTransport, alike: str
) -> None:
    """Those who held the send go last when it goes on, so that the others get their mail."""
    names = [f"reader{number}" for number in range(1, 12)]
    add_people(40)
    send = start(batch_size=20)
    refusing(server, "RCPT", alike, *names)

    submit_mail(send, transport)
    assert (send.state, refused(send), len(server.mailbox)) == (Send.State.HELD, set(), 0)
    resumed = 0
    while send.state == Send.State.HELD:
        control.resume(send, by="Aiko")
        submit_mail(send, transport)
        resumed += 1

    assert send.state == Send.State.SENT
    assert refused(send) == set(names)
    assert len(server.mailbox) == 29
    assert resumed <= 4


def test_when_it_is_about_us_nobody_is_refused(
    start: Start, add_people: AddPeople, server: MailServer, transport: SmtpTransport
) -> None:
    """Let go on again and again without a remedy, nobody is refused; after it, all get theirs."""
    added = add_people(40)
    send = start(batch_size=20)
    server.rules.answers["DATA"] = lambda _: POLICY

    for _ in range(4):
        submit_mail(send, transport)
        assert (send.state, refused(send)) == (Send.State.HELD, set())
        control.resume(send, by="Aiko")
    server.rules.answers.clear()
    submit_mail(send, transport)

    assert send.state == Send.State.SENT
    mailed = Counter(mail.address for mail in server.mailbox)
    assert mailed == dict.fromkeys((person.email for person in added), 1)


@pytest.mark.parametrize("reply", [LIMIT, DMARC, "530 5.7.0 Authentication required"])
@pytest.mark.parametrize("count", [1, 4])
def test_what_is_plainly_about_us_refuses_nobody(
    start: Start,
    add_people: AddPeople,
    server: MailServer,
    transport: SmtpTransport,
    reply: str,
    count: int,
) -> None:
    """A limit, a login, our own domain: without anybody accepted since, the same again holds."""
    add_people(count)
    send = start(batch_size=10)
    server.rules.answers["RCPT"] = lambda _: reply

    for _ in range(7):
        submit_mail(send, transport)
        assert (send.state, refused(send)) == (Send.State.HELD, set())
        control.resume(send, by="Aiko")
    server.rules.answers.clear()
    submit_mail(send, transport)

    assert (send.state, count_send(send).deliveries) == (Send.State.SENT, {"accepted": count})


def test_limit_of_each_day_refuses_nobody(
    start: Start, add_people: AddPeople, server: MailServer, transport: SmtpTransport
) -> None:
    """Day after day some are accepted and the limit is met again: in the end all have it."""
    added = add_people(12)
    send = start(batch_size=10)
    today = [0]
    server.rules.answers["DATA"] = lambda _: LIMIT if len(server.mailbox) >= today[0] + 5 else None

    for _ in range(2):
        submit_mail(send, transport)
        assert send.state == Send.State.HELD
        today[0] = len(server.mailbox)
        control.resume(send, by="Aiko")
    submit_mail(send, transport)

    assert send.state == Send.State.SENT
    mailed = Counter(mail.address for mail in server.mailbox)
    assert mailed == dict.fromkeys((person.email for person in added), 1)


def test_hint_says_what_happens(
    start: Start, add_people: AddPeople, server: MailServer, transport: SmtpTransport
) -> None:
    """Whoever lets it go on knows that the same people are refused then."""
    add_people(1)
    send = start()
    refusing(server, "DATA", POLICY, "reader1")

    submit_mail(send, transport)

    assert "If the same people get the same answer again then, they are refused" in send.note


def test_everybody_is_put_off(
    start: Start, add_people: AddPeople, server: MailServer, transport: SmtpTransport
) -> None:
    """Servers that put everybody off for hours refuse nobody: the send is held, once."""
    add_people(4)
    send = start(batch_size=2)
    server.rules.answers["RCPT"] = lambda _: "450 4.2.0 Greylisted"

    submit_mail(send, transport)
    assert (send.state, refused(send)) == (Send.State.HELD, set())
    assert "The mail to everybody has been deferred" in send.note
    control.resume(send, by="Aiko")
    submit_mail(send, transport)

    assert (send.state, len(refused(send))) == (Send.State.SENT, 4)


# SendGrid, which answers for a whole request

Faulty = Callable[[str], str]


@pytest.fixture
def strict() -> Iterator[tuple[SendGridTransport, Counter[str]]]:
    """A provider that refuses requests with a reader below 6 in them; and who was accepted."""
    taken: Counter[str] = Counter()
    field = ["to.0.email"]

    def script(client: Client) -> None:
        while request := client.read_request():
            body = json.loads(request.partition(b"\r\n\r\n")[2])
            names = [each["to"][0]["email"] for each in body["personalizations"]]
            places = [place for place, name in enumerate(names) if int(name[6]) < 6]
            field[0] = "substitutions" if body["subject"] == "part" else "to.0.email"
            told = [
                {"message": "is not right", "field": f"personalizations.{place}.{field[0]}"}
                for place in places
            ]
            said = json.dumps({"errors": told}).encode() if told else b""
            status = b"400 Bad Request" if told else b"202 Accepted"
            taken.update([] if told else names)
            client.send(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(said), said))

    with RawServer(script) as server:
        limits = Limits(connect=2, answer=2)
        transport = SendGridTransport(base_url=server.url, api_key="SG.test", limits=limits)
        yield transport, taken
        transport.close()


@pytest.mark.parametrize("size", [5, 9])
def test_request_of_nothing_but_bad_addresses(
    start: Start,
    add_people: AddPeople,
    strict: tuple[SendGridTransport, Counter[str]],
    size: int,
) -> None:
    """A batch in which everybody is refused holds the send once, not for ever."""
    transport, taken = strict
    add_people(9)
    send = start(batch_size=size)

    submit_mail(send, transport)
    if send.state == Send.State.HELD:
        control.resume(send, by="Aiko")
        submit_mail(send, transport)

    assert send.state == Send.State.SENT
    assert count_send(send).deliveries == {"accepted": 4, "refused": 5}
    assert set(taken.values()) == {1}


def test_part_of_one_person_that_is_not_taken(
    start: Start,
    add_people: AddPeople,
    strict: tuple[SendGridTransport, Counter[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is wrong with some people's data holds the send once; then the others get theirs."""
    from newsletter.transports.sendgrid import submission as sendgrid

    transport, taken = strict
    whole = sendgrid.request_body
    monkeypatch.setattr(
        sendgrid, "request_body", lambda *given: {**whole(*given), "subject": "part"}
    )
    add_people(9)
    send = start(batch_size=9)

    submit_mail(send, transport)
    assert (send.state, count_send(send).deliveries) == ("held", {"planned": 9})
    control.resume(send, by="Aiko")
    submit_mail(send, transport)

    assert send.state == Send.State.SENT
    assert count_send(send).deliveries == {"accepted": 4, "refused": 5}
    assert set(taken.values()) == {1}
