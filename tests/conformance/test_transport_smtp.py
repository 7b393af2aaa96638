"""What is peculiar to SMTP: person by person, stage by stage, and what a server may demand."""

from __future__ import annotations

import dataclasses
import socket
import threading
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter.errors import (
    AccountError,
    Deferred,
    NotSubmitted,
    PartiallySubmitted,
    Throttled,
    TransportError,
)
from newsletter.transports.base import Message, Recipient
from newsletter.transports.smtp import pool
from newsletter.transports.smtp.server import Server
from newsletter.transports.smtp.submission import SmtpTransport
from tests.conformance.test_departure import error_classes, make_error
from tests.mailserver import CUT, DRIP, HANG, PASSWORD, USER, MailServer, make_certificate
from tests.rawserver import Client, RawServer

MESSAGE = Message(
    from_email="desk@tideline.example",
    from_name="Tideline",
    reply_to="",
    subject="Reed beds",
    html="<p>Good morning</p>",
    text="Good morning",
)


def people(count: int) -> list[Recipient]:
    """Return N recipients, a@…, b@…"""
    return [
        Recipient(
            address=f"{chr(ord('a') + number)}@tideline.example",
            values={},
            labels={"nl_delivery": str(number), "nl_attempt": "a1b2"},
        )
        for number in range(count)
    ]


def to(name: str, reply: str) -> Callable[[str], str | None]:
    """Return a rule: this reply for one person, yes for all others."""
    return lambda address: reply if address.startswith(f"{name}@") else None


@pytest.fixture(params=[True, False], ids=["pipelining", "one-by-one"])
def behind(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    """A mail server in the clear."""
    server = MailServer(pipelining=request.param)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def transport(behind: MailServer) -> Iterator[SmtpTransport]:
    """The transport to that server."""
    found = SmtpTransport(at(behind), connections=1)
    yield found
    found.close()


def at(behind: MailServer) -> Server:
    """Return how to reach a server."""
    return Server(host="127.0.0.1", port=behind.port, security="none", connect=2, answer=1)


def partly(transport: SmtpTransport, count: int) -> PartiallySubmitted:
    """Submit to N people, of whom not all are accepted; return what became of whom."""
    with pytest.raises(PartiallySubmitted) as raised:
        transport.submit(MESSAGE, people(count))
    return raised.value


# Person by person


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_refused_person_is_alone(behind: MailServer, transport: SmtpTransport, stage: str) -> None:
    """A no to one person, to the address or to the mail, is nobody else's."""
    behind.rules.answers[stage] = to("b", "550 5.1.1 b@tideline.example is unknown here")

    known = partly(transport, 4)

    assert known.accepted == {0, 2, 3}
    assert set(known.refused) == {1}
    assert "550" in known.refused[1]
    assert "tideline" not in known.refused[1]
    assert known.cause is None
    assert [mail.address[0] for mail in behind.mailbox] == ["a", "c", "d"]


def test_put_off_person_goes_again(behind: MailServer, transport: SmtpTransport) -> None:
    """Greylisting is about one person, who goes again later; the others go now."""
    behind.rules.answers["RCPT"] = to("b", "450 4.2.0 come back later")

    known = partly(transport, 3)

    assert known.accepted == {0, 2}
    assert isinstance(known.cause, Deferred)
    assert known.cause.seconds == 300


@pytest.mark.parametrize("how", [CUT, HANG])
def test_one_lost_answer_is_one_in_doubt(
    behind: MailServer, transport: SmtpTransport, how: str
) -> None:
    """A connection lost behind the final dot leaves one person in doubt; the rest goes again."""
    behind.rules.answers["DATA"] = to("c", how)

    known = partly(transport, 5)

    assert (known.accepted, known.unknown, known.refused) == ({0, 1}, {2}, {})
    assert type(known.cause) is NotSubmitted
    assert [mail.address[0] for mail in behind.mailbox] == ["a", "b", "c"]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
def test_nothing_is_in_doubt_before_the_final_dot(
    behind: MailServer, transport: SmtpTransport, stage: str
) -> None:
    """A connection lost before the mail was whole leaves nobody in doubt."""
    behind.rules.answers[stage] = lambda _: CUT

    with pytest.raises(TransportError) as raised:
        transport.submit(MESSAGE, people(3))

    assert type(raised.value) is NotSubmitted
    assert behind.mailbox == []


def test_server_that_leaves_between_two(behind: MailServer, transport: SmtpTransport) -> None:
    """A server that says goodbye in the middle is asked again at once; nobody waits or is lost."""
    said = iter([None, None, "421 4.3.2 shutting down"])
    behind.rules.answers["MAIL"] = lambda _: next(said, None)

    transport.submit(MESSAGE, people(5))

    assert [mail.address[0] for mail in behind.mailbox] == ["a", "b", "c", "d", "e"]
    assert behind.rules.connections == 2


def test_server_that_has_left_is_waited_for(behind: MailServer, transport: SmtpTransport) -> None:
    """A server that says goodbye on a new connection too is left alone for a while."""
    behind.rules.answers["MAIL"] = lambda _: "421 4.3.2 shutting down" if behind.mailbox else None

    known = partly(transport, 5)

    assert known.accepted == {0}
    assert not known.unknown
    assert isinstance(known.cause, Throttled)
    assert behind.rules.connections == 2


# About us, or about one person


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("RCPT", "554 5.7.1 Relay access denied"),
        ("DATA", "554 5.7.1 Spam message rejected"),
        ("MAIL", "550 5.1.8 sender rejected"),
    ],
)
def test_refusal_of_everybody_is_about_us(
    behind: MailServer, transport: SmtpTransport, stage: str, reply: str
) -> None:
    """Where all are refused alike the send is held; nobody is marked as refused."""
    behind.rules.answers[stage] = lambda _: reply

    for count in (2, 26):
        with pytest.raises(AccountError):
            transport.submit(MESSAGE, people(count))


def test_unknown_addresses_are_not_about_us(behind: MailServer, transport: SmtpTransport) -> None:
    """A list of nothing but dead mailboxes is refused person by person."""
    behind.rules.answers["RCPT"] = lambda _: "550 5.1.1 unknown"

    known = partly(transport, 3)

    assert set(known.refused) == {0, 1, 2}
    assert known.cause is None


def test_one_who_is_asked_to_wait_does_not_stop_the_others(
    behind: MailServer, transport: SmtpTransport
) -> None:
    """A mail that the server cannot take just now is left for later; three in a row end it."""
    behind.rules.answers["DATA"] = to("b", "451 4.3.0 try again")
    known = partly(transport, 4)
    assert known.accepted == {0, 2, 3}
    assert isinstance(known.cause, Throttled)

    behind.rules.answers["DATA"] = lambda _: "452 4.3.1 the disk is full"
    with pytest.raises(Throttled):
        transport.submit(MESSAGE, people(26))


LIMIT = "550 5.4.5 Daily user sending limit exceeded"


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    "reply",
    [LIMIT, "550 5.1.90 daily limit for recipients", "454 4.7.0 Daily message quota exceeded"],
)
def test_quota_holds_and_refuses_nobody(
    behind: MailServer, transport: SmtpTransport, stage: str, reply: str
) -> None:
    """Past the account's limit nobody is refused: the send is held, and all others go later."""
    behind.rules.answers[stage] = lambda _: reply if len(behind.mailbox) >= 15 else None

    known = partly(transport, 26)

    assert len(known.accepted) == 15
    assert (known.refused, known.unknown) == ({}, frozenset())
    assert isinstance(known.cause, AccountError)
    assert "limit" in str(known.cause) or "quota" in str(known.cause)


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    "reply", ["550 5.7.1 blocked by policy", "554 5.7.1 relaying denied", "550 SPF check failed"]
)
def test_policy_in_a_row_holds_and_refuses_nobody(
    behind: MailServer, transport: SmtpTransport, stage: str, reply: str
) -> None:
    """What may be about us, one after the other, is about us, also after some were accepted."""
    behind.rules.answers[stage] = lambda _: reply if len(behind.mailbox) >= 15 else None

    known = partly(transport, 26)

    assert len(known.accepted) == 15
    assert (known.refused, known.unknown) == ({}, frozenset())
    assert isinstance(known.cause, AccountError)


def test_last_one_refused_for_policy_is_tried_again(
    behind: MailServer, transport: SmtpTransport
) -> None:
    """With nobody behind, it is not known whom a refusal means; alone, the send is held for it."""
    behind.rules.answers["RCPT"] = to("z", "550 5.7.1 policy")
    known = partly(transport, 26)
    assert len(known.accepted) == 25
    assert known.refused == {}
    assert isinstance(known.cause, Throttled)

    with pytest.raises(AccountError):
        transport.submit(MESSAGE, people(26)[25:])


def test_same_words_in_a_row_hold(behind: MailServer, transport: SmtpTransport) -> None:
    """Ten in a row with the same words, whatever they mean, are no ten people."""
    numbers = iter(range(1000))
    behind.rules.answers["RCPT"] = lambda _: (
        f"550 Sorry ({next(numbers)})" if len(behind.mailbox) >= 5 else None
    )

    known = partly(transport, 26)

    assert len(known.accepted) == 5
    assert known.refused == {}
    assert isinstance(known.cause, AccountError)


def test_one_refused_for_policy_does_not_stop_the_others(
    behind: MailServer, transport: SmtpTransport
) -> None:
    """Who is refused alone, with others accepted after them, is refused for themselves."""
    behind.rules.answers["DATA"] = to("b", "554 5.7.1 message rejected as spam")

    known = partly(transport, 4)

    assert (known.accepted, set(known.refused), known.cause) == ({0, 2, 3}, {1}, None)


# A limit on one connection


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
@pytest.mark.parametrize(
    "reply",
    [
        "452 4.5.3 too many messages on this connection",
        "421 4.7.0 Too many messages, closing",
        "421 closing",
        CUT,
    ],
)
def test_limit_of_a_connection_is_learned(
    behind: MailServer, transport: SmtpTransport, stage: str, reply: str
) -> None:
    """Turned away after some, the next connection is asked at once; soon nobody is turned away."""
    turned_away: list[int] = []

    def limit(_: str) -> str | None:
        if behind.rules.begun <= 5:
            return None
        turned_away.append(len(behind.mailbox))
        return reply

    behind.rules.answers[stage] = limit

    for _ in range(4):
        transport.submit(MESSAGE, people(26))

    assert len(behind.mailbox) == 104
    assert len(turned_away) <= 2
    assert behind.rules.connections >= 20


def test_limit_that_a_new_connection_does_not_lift(
    behind: MailServer, transport: SmtpTransport
) -> None:
    """A limit over all connections asks to wait, after one look."""
    behind.rules.answers["MAIL"] = lambda _: (
        "452 4.7.1 too many messages, slow down" if len(behind.mailbox) >= 5 else None
    )

    known = partly(transport, 26)

    assert len(known.accepted) == 5
    assert type(known.cause) is Throttled
    assert behind.rules.connections == 2


# What has left


@pytest.mark.parametrize(
    "half", [b"250 queued", b"2", b"25", b"250-queued\r\n", b"450 4.2", b"550 5.1.1 no", b"421"]
)
def test_half_a_reply_is_none(half: bytes) -> None:
    """A reply that ends in the middle of a line leaves that one person in doubt."""

    def script(client: Client) -> None:
        client.send(b"220 here\r\n")
        answers = {b"EHLO": b"250 here\r\n", b"MAIL": b"250 ok\r\n", b"RCPT": b"250 ok\r\n"}
        file = client.sock.makefile("rb")
        while line := file.readline():
            if line.startswith(b"DATA"):
                client.send(b"354 go on\r\n")
                while file.readline() != b".\r\n":
                    pass
                client.send(half)
                break
            client.send(answers.get(line[:4].upper(), b"250 ok\r\n"))
        file.close()

    with RawServer(script) as server:
        transport = SmtpTransport(
            Server(host="127.0.0.1", port=server.port, security="none", connect=2, answer=1),
            connections=1,
        )
        known = partly(transport, 3)

    assert (known.accepted, known.unknown, known.refused) == (set(), {0}, {})
    assert type(known.cause) is NotSubmitted


@pytest.mark.parametrize("how", ["garbage", "alert", "reset", "close", "silent"])
def test_fault_of_tls_behind_the_final_dot(tmp_path: Path, how: str) -> None:
    """A fault of TLS while the reply is read leaves that one person in doubt, and nobody else."""
    certificate = make_certificate(tmp_path / "server.pem")

    def script(client: Client) -> None:
        client.send(b"220 here\r\n")
        file = client.sock.makefile("rb")
        while line := file.readline():
            if line.startswith(b"DATA"):
                client.send(b"354 go on\r\n")
                while file.readline() != b".\r\n":
                    pass
                client.server.taken += 1
                if how == "silent":
                    client.server.over.wait(10)
                else:
                    getattr(client, how)()
                break
            client.send(b"250 ok\r\n")
        file.close()

    with RawServer(script, certificate=certificate) as server:
        way = Server(
            host="127.0.0.1",
            port=server.port,
            security="tls",
            ca_file=str(certificate),
            connect=2,
            answer=1,
        )
        known = partly(SmtpTransport(way, connections=1), 3)

        assert (known.accepted, known.unknown, known.refused) == (set(), {0}, {})
        assert type(known.cause) is NotSubmitted
        assert server.taken == 1


@pytest.mark.parametrize("good", [0, 1, 2, 3])
@pytest.mark.parametrize("piped", [True, False], ids=["pipelining", "one-by-one"])
def test_every_error_while_bytes_leave(
    monkeypatch: pytest.MonkeyPatch, piped: bool, good: int
) -> None:
    """Only who may have the final dot is in doubt, whatever an error is called."""
    behind = MailServer(pipelining=piped)
    behind.start()
    transport = SmtpTransport(at(behind), connections=1)
    whole = socket.socket.send
    for kind in error_classes():
        transport.close()
        error, sent, before = make_error(kind), [0], len(behind.mailbox)
        message = [False]

        def send(
            sock: socket.socket,
            data: memoryview,
            *,
            error: BaseException = error,
            sent: list[int] = sent,
            message: list[bool] = message,
        ) -> int:
            ours = threading.current_thread().name == "smtp"
            if ours and bytes(data[:4]) not in (b"QUIT", b"RSET"):
                sent[0] += 1
                if sent[0] > good:
                    message[0] = b"\r\n.\r\n" in bytes(data)
                    raise error
            return whole(sock, data)

        with monkeypatch.context() as patch:
            patch.setattr(socket.socket, "send", send, raising=False)
            try:
                transport.submit(MESSAGE, people(2))
            except TransportError as raised:
                decided: TransportError = raised
            else:
                # The second envelope has left behind the first message.
                assert (piped, good, sent[0]) == (True, 3, 3)
                continue
        known = decided if isinstance(decided, PartiallySubmitted) else PartiallySubmitted()
        where = f"{kind.__name__}: {decided!r}"
        assert len(behind.mailbox) - before == len(known.accepted), where
        assert len(known.unknown) <= message[0], where
        assert known.refused == {}, where
        assert decided.interruption is (None if isinstance(error, Exception) else error), where
    transport.close()
    behind.stop()


# Limits of time


def test_slow_server_does_not_hold_a_batch(
    behind: MailServer, transport: SmtpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When its time is over a batch ends between two people; the rest goes on at once."""
    monkeypatch.setattr(pool, "BATCH_SECONDS", 0)

    known = partly(transport, 10)

    assert known.accepted == {0}
    assert not known.unknown
    assert isinstance(known.cause, Throttled)
    assert known.cause.seconds == 0
    assert len(behind.mailbox) == 1


def test_answer_that_drips_is_cut(behind: MailServer, transport: SmtpTransport) -> None:
    """A reply that never ends holds no sender: one person is in doubt, the rest goes again."""
    behind.rules.answers["DATA"] = to("b", DRIP)

    known = partly(transport, 3)

    assert (known.accepted, known.unknown) == ({0}, {1})


#: Up to here the server answers as it should; then it drips.
OPENING = {
    "greeting": (b"", False),
    "hello": (b"EHLO", False),
    "starttls": (b"STARTTLS", False),
    "handshake": (b"", True),
    "login": (b"AUTH", False),
    "sender": (b"MAIL", False),
}
#: What it says until then, and how many bytes drip before it gives up.
SAID = {b"EHLO": b"250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n", b"AUTH": b"235 in\r\n"}
DROPS = 400


def dripping(stage: bytes, *, shakes_hands: bool) -> Callable[[Client], None]:
    """Return a script: a byte now and then, each well within the time for one read."""

    def drip(client: Client) -> None:
        word = b"\x16\x03\x03\x3f\xff" if shakes_hands else b"220-"
        for number in range(DROPS):
            client.send(word[number : number + 1] or b"-")
            if client.server.over.wait(0.05):
                return
        client.server.taken += 1  # nobody cut it

    def script(client: Client) -> None:
        if not stage:
            drip(client)
            return
        client.send(b"220 here\r\n")
        with client.sock.makefile("rb") as file:
            while (line := file.readline()) and not line.upper().startswith(stage):
                client.send(SAID.get(line[:4].upper(), b"250 ok\r\n"))
            drip(client)

    return script


@pytest.mark.parametrize("name", OPENING)
def test_opening_that_drips_is_cut(name: str) -> None:
    """Greeting, hello, TLS and login have a limit together: nobody is in doubt, all go again."""
    stage, shakes_hands = OPENING[name]
    with RawServer(dripping(stage, shakes_hands=shakes_hands)) as server:
        way = Server(
            host="127.0.0.1",
            port=server.port,
            security={"handshake": "tls", "starttls": "starttls"}.get(name, "none"),  # type: ignore[arg-type]
            user="tideline" if name == "login" else "",
            password="correct horse",
            connect=1.5,
            answer=0.5,
        )
        transport = SmtpTransport(way, connections=1)
        for call in (transport.submit, transport.dry_run):
            if name == "sender" and call == transport.submit:
                continue  # a batch has more time: `test_answer_that_drips_is_cut`
            with pytest.raises(TransportError) as raised:
                call(MESSAGE, people(2))
            assert type(raised.value) is NotSubmitted
            assert name in ("handshake", "sender") or "did not accept the connection within" in str(
                raised.value
            )
        assert server.taken == 0


def test_kept_connection_that_drips_is_not_used() -> None:
    """A kept connection that drips before the final dot is replaced; nobody is in doubt."""
    taken: list[bytes] = []

    def script(client: Client) -> None:
        client.send(b"220 here\r\n")
        with client.sock.makefile("rb") as file:
            while line := file.readline():
                if line.startswith(b"MAIL") and len(taken) == client.server.connections:
                    dripping(b"", shakes_hands=False)(client)
                    return
                if line.startswith(b"DATA"):
                    client.send(b"354 go on\r\n")
                    while file.readline() != b".\r\n":
                        pass
                    taken.append(line)
                client.send(b"250 ok\r\n")

    with RawServer(script) as server:
        way = Server(host="127.0.0.1", port=server.port, security="none", connect=0.2, answer=0.2)
        transport = SmtpTransport(way, connections=1)
        for _ in range(2):
            transport.submit(MESSAGE, people(1))
        transport.close()

        assert (len(taken), server.connections) == (2, 2)


# Connections


def test_connection_is_kept(behind: MailServer, transport: SmtpTransport) -> None:
    """Batch after batch goes over one connection, even after a refusal."""
    behind.rules.answers["RCPT"] = to("b", "550 5.1.1 unknown")
    for _ in range(3):
        partly(transport, 3)

    assert behind.rules.connections == 1
    assert len(behind.mailbox) == 6


def test_no_more_connections_than_allowed(behind: MailServer) -> None:
    """Many senders share the connections there are, and lose nothing by it."""
    transport = SmtpTransport(at(behind), connections=2)
    errors: list[Exception] = []

    def run() -> None:
        try:
            transport.submit(MESSAGE, people(10))
        except TransportError as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    transport.close()

    assert errors == []
    assert len(behind.mailbox) == 60
    assert behind.rules.connections <= 2


def test_nobody_listens() -> None:
    """A server that is not there has nothing: everybody goes again."""
    gone = MailServer()
    gone.start()
    gone.stop()

    with pytest.raises(TransportError) as raised:
        SmtpTransport(at(gone), connections=1).submit(MESSAGE, people(2))

    assert type(raised.value) is NotSubmitted


# Security


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[MailServer, Server]]:
    """A mail server that wants STARTTLS and a login, and how to reach it."""
    certificate = make_certificate(tmp_path / "server.pem")
    behind = MailServer(certificate=certificate, login=True)
    behind.start()
    way = dataclasses.replace(
        at(behind), security="starttls", user=USER, password=PASSWORD, ca_file=str(certificate)
    )
    yield behind, way
    behind.stop()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"password": "not the secret"}, "refuses user or password"),
        ({"user": ""}, "uthentication"),
        ({"ca_file": ""}, "certificate is not trusted"),
        ({"security": "none"}, "does not support"),
    ],
    ids=["password", "no-login", "stranger", "in-the-clear"],
)
def test_door_that_stays_shut_holds_the_send(
    secure: tuple[MailServer, Server], change: dict[str, str], word: str
) -> None:
    """What a server will never allow holds the send, in words without a secret."""
    behind, way = secure
    transport = SmtpTransport(dataclasses.replace(way, **change), connections=1)  # type: ignore[arg-type]

    with pytest.raises(AccountError) as raised:
        transport.submit(MESSAGE, people(2))

    assert word in str(raised.value)
    assert change.get("password", "correct horse") not in str(raised.value)
    assert behind.mailbox == []


@pytest.mark.parametrize("password", ["pässwörd", "パスワード", "correct horse"])
def test_login_in_any_script(tmp_path: Path, password: str) -> None:
    """User and password go to the server in UTF-8, by the ways that it offers."""
    certificate = make_certificate(tmp_path / "server.pem")
    behind = MailServer(certificate=certificate, login=True, user="müller", password=password)
    behind.start()
    way = dataclasses.replace(
        at(behind),
        security="starttls",
        user="müller",
        password=unicodedata.normalize("NFD", password),
        ca_file=str(certificate),
    )
    transport = SmtpTransport(way, connections=1)

    transport.submit(MESSAGE, people(2))
    transport.dry_run(MESSAGE, people(2))
    transport.close()
    behind.stop()

    assert len(behind.mailbox) == 2


def test_password_that_is_wrong_names_its_variable(
    secure: tuple[MailServer, Server],
) -> None:
    """A wrong password beyond ASCII is a wrong password: nobody is in doubt."""
    _, way = secure
    transport = SmtpTransport(
        dataclasses.replace(way, password="fälsch", variable="MY_PASSWORD"), connections=1
    )

    with pytest.raises(AccountError) as raised:
        transport.submit(MESSAGE, people(2))

    assert "MY_PASSWORD" in raised.value.hint
    assert "fälsch" not in f"{raised.value}{raised.value.hint}"


def test_greeting_is_the_one_that_is_set(behind: MailServer) -> None:
    """The server is greeted with the name that it was given."""
    way = dataclasses.replace(at(behind), hello="news.tideline.example")
    transport = SmtpTransport(way, connections=1)

    transport.submit(MESSAGE, people(1))
    transport.close()

    assert behind.rules.greeted_as == {"news.tideline.example"}


def test_server_without_encryption_gets_nothing(behind: MailServer) -> None:
    """Where encryption is asked for and not offered, neither mail nor password leaves."""
    way = dataclasses.replace(at(behind), security="starttls", user=USER, password=PASSWORD)

    with pytest.raises(AccountError):
        SmtpTransport(way, connections=1).submit(MESSAGE, people(1))

    assert behind.mailbox == []


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example> SIZE=1",
        "a@b.example\r\nRCPT TO:<x@y.example>",
        "ü@b.example",
        "<>",
        "a b@c.example",
    ],
)
def test_address_cannot_be_a_command(
    behind: MailServer, transport: SmtpTransport, address: str
) -> None:
    """What is no plain address never reaches the server."""
    recipients = [*people(1), Recipient(address=address, values={})]

    with pytest.raises(PartiallySubmitted) as raised:
        transport.submit(MESSAGE, recipients)

    assert set(raised.value.refused) == {1}
    assert [mail.address for mail in behind.mailbox] == ["a@tideline.example"]


def test_international_domain_travels_in_ascii(
    behind: MailServer, transport: SmtpTransport
) -> None:
    """A domain beyond ASCII is written in ASCII, in the command and in the header."""
    transport.submit(MESSAGE, [Recipient(address="a@bücher.example", values={})])

    [mail] = behind.mailbox
    assert mail.address == "a@xn--bcher-kva.example"
    assert str(mail.message()["To"]) == "a@xn--bcher-kva.example"


def test_sender_without_an_address_holds(transport: SmtpTransport) -> None:
    """A publication whose sender is no address holds its sends, and says where to fix it."""
    message = dataclasses.replace(MESSAGE, from_email="desk")

    for call in (transport.submit, transport.dry_run):
        with pytest.raises(AccountError) as raised:
            call(message, people(1))
        assert "Publications" in raised.value.hint


def test_value_that_is_missing_is_about_one_person(
    behind: MailServer, transport: SmtpTransport
) -> None:
    """A person without a value for a place in the mail gets none; the others get theirs."""
    key = "Kq3fj81mZp0XvT5aLw9B"
    message = dataclasses.replace(MESSAGE, text=f"Good morning, {key}")
    recipients = [
        Recipient(address="a@tideline.example", values={key: "Ann"}),
        Recipient(address="b@tideline.example", values={}),
    ]

    with pytest.raises(PartiallySubmitted) as raised:
        transport.submit(message, recipients)

    assert raised.value.accepted == {0}
    assert set(raised.value.refused) == {1}
