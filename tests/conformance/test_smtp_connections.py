"""Many SMTP connections at once: how many there are, and that nobody is mailed twice or lost."""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from newsletter.errors import NotSubmitted, PartiallySubmitted, Refused, TransportError
from newsletter.transports.base import Message, Recipient
from newsletter.transports.deadline import Deadline
from newsletter.transports.smtp import submission
from newsletter.transports.smtp.server import Server
from newsletter.transports.smtp.submission import SmtpTransport
from tests.rawserver import Client, RawServer

MESSAGE = Message(
    from_email="desk@tideline.example",
    from_name="Tideline",
    reply_to="",
    subject="Reed beds",
    html="<p>Good morning</p>",
    text="Good morning\n.\nbehind a dot",
)


def people(numbers: Iterable[int]) -> list[Recipient]:
    """Return recipients with these numbers."""
    return [Recipient(address=f"reader{number}@tideline.example", values={}) for number in numbers]


@dataclass(kw_only=True)
class Behaviour:
    """What a mail server does; a script for `RawServer`.

    `fate` says what becomes of a person: a reply, with RCPT in it one to the address, "cut" (the
    connection ends at the address), "ignored" (it ends before the message is read), "lost" (it ends
    behind the final dot), "leave" (it ends after a yes).
    """

    pipelining: bool = True
    latency: float = 0.0
    #: Connections at a time, and what one more of them is told, at the greeting or at the message.
    most: int = 1000
    greets: bool = True
    fate: Callable[[str], str] = lambda _: "250 taken"
    lock: threading.Lock = field(default_factory=threading.Lock)
    open: int = 0
    peak: int = 0
    turned_away: int = 0
    dots: int = 0
    taken: list[str] = field(default_factory=list)
    #: Set once that many messages are here.
    held: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    answers: threading.Event = field(default_factory=threading.Event)
    holds: bool = False
    #: Never set: what waits for it has only waited.
    over: threading.Event = field(default_factory=threading.Event)

    def __call__(self, client: Client) -> None:
        """Serve a connection."""
        with self.lock:
            self.open += 1
            is_one_too_many = self.open > self.most
            self.turned_away += is_one_too_many
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if is_one_too_many and self.greets:
                client.send(b"421 4.7.0 too many connections\r\n")
                return
            self.peak = max(self.peak, self.open)
            client.send(b"220 here\r\n")
            with client.sock.makefile("rb") as file:
                self.talk(client, file.readline, is_one_too_many=is_one_too_many)
        finally:
            with self.lock:
                self.open -= 1

    def talk(self, client: Client, read: Callable[[], bytes], *, is_one_too_many: bool) -> None:
        """Answer command by command."""
        answers = {b"EHLO": "250-here\r\n250 PIPELINING" if self.pipelining else "250 here"}
        address = fate = ""
        while line := read():
            verb = line[:4].upper()
            if verb == b"RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
                fate = self.fate(address)
                if fate == "cut":
                    return
                answers = {b"RCPT": fate, b"DATA": "554 no valid recipients"}
                if "RCPT" not in fate:
                    answers = {b"DATA": "354 go on"}
            client.send(f"{answers.get(verb, '250 ok')}\r\n".encode())
            if verb == b"DATA" and "RCPT" not in fate:
                if fate == "ignored" or not self.take(read, address):
                    return
                answer = self.answer(address, fate, is_one_too_many=is_one_too_many)
                client.send(answer)
                if fate in ("lost", "leave"):
                    return

    def answer(self, address: str, fate: str, *, is_one_too_many: bool) -> bytes:
        """Return the answer to a message that was taken; nothing if the connection ends there."""
        if self.holds:
            self.held.release()
            self.answers.wait(30)
        self.over.wait(self.latency)
        if is_one_too_many:
            self.taken.remove(address)
            return b"432 4.3.2 Concurrent connections limit exceeded\r\n"
        told = {"lost": "", "leave": "250 taken\r\n"}
        return told.get(fate, f"{fate}\r\n").encode()

    def take(self, read: Callable[[], bytes], address: str) -> bool:
        """Read a message; return whether it is whole."""
        while (line := read()) != b".\r\n":
            if not line:
                return False
        with self.lock:
            self.dots += 1
            self.taken.append(address)
        return True


def transport_to(server: RawServer, *, connections: int) -> SmtpTransport:
    """Return a transport to a server."""
    way = Server(host="127.0.0.1", port=server.port, security="none", connect=5, answer=5)
    return SmtpTransport(way, connections=connections)


def test_slow_server_gets_more_connections() -> None:
    """The longer a server takes, the more connections it gets, up to the limit that is set."""
    fast, slow = Behaviour(), Behaviour(latency=0.03)
    for behaviour in (fast, slow):
        with RawServer(behaviour) as server:
            transport = transport_to(server, connections=6)
            transport.submit(MESSAGE, people(range(40)))
            transport.close()

        assert Counter(behaviour.taken).most_common(1)[0][1] == 1
        assert len(behaviour.taken) == 40
    assert fast.peak == 1
    assert slow.peak == 6


@pytest.mark.parametrize("greets", [True, False], ids=["greeting", "message"])
def test_server_that_allows_fewer_connections(greets: bool) -> None:
    """One connection too many is no fault: the others take its mail, and it is remembered."""
    behaviour = Behaviour(latency=0.03, most=3, greets=greets)
    with RawServer(behaviour) as server:
        transport = transport_to(server, connections=8)
        transport.submit(MESSAGE, people(range(40)))
        transport.submit(MESSAGE, people(range(40, 60)))
        turned_away = behaviour.turned_away
        transport.submit(MESSAGE, people(range(60, 90)))
        transport.close()

    assert sorted(Counter(behaviour.taken).values()) == [1] * 90
    assert turned_away
    assert behaviour.turned_away == turned_away


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one-by-one"])
def test_server_that_breaks_anywhere(pipelining: bool) -> None:
    """Over many connections that break at random, what is said of each person is true."""
    chance = random.Random(15)
    fates = ["250 taken"] * 12 + ["cut", "ignored", "lost", "leave", "550 5.1.1 RCPT unknown"]
    fates += ["550 5.1.1 unknown", "450 4.2.0 RCPT greylisted"]
    said: dict[str, str] = {}

    def fate(address: str) -> str:
        said[address] = chance.choice(fates)
        return said[address]

    behaviour = Behaviour(latency=0.005, pipelining=pipelining, fate=fate)
    known: dict[int, str] = {}
    with RawServer(behaviour) as server:
        transport = transport_to(server, connections=8)
        for _ in range(100):
            if not (left := [number for number in range(80) if number not in known]):
                break
            for place, word in outcomes(transport, people(left)).items():
                known[left[place]] = word
        transport.close()

    assert len(known) == 80
    taken = Counter(behaviour.taken)
    expected = {"lost": "unknown", "ignored": "unknown"}
    expected |= dict.fromkeys(["550 5.1.1 unknown", "550 5.1.1 RCPT unknown"], "refused")
    for number, word in known.items():
        fate_of = said[f"reader{number}@tideline.example"]
        is_taken = fate_of in ("250 taken", "leave", "lost", "550 5.1.1 unknown")
        assert taken[f"reader{number}@tideline.example"] == is_taken
        assert word == expected.get(fate_of, "accepted"), fate_of


def outcomes(transport: SmtpTransport, recipients: list[Recipient]) -> dict[int, str]:
    """Submit; return what became of those who do not go again."""
    try:
        transport.submit(MESSAGE, recipients)
    except PartiallySubmitted as error:
        known = dict.fromkeys(error.accepted, "accepted") | dict.fromkeys(error.unknown, "unknown")
        return known | dict.fromkeys(error.refused, "refused")
    except Refused as error:
        return dict.fromkeys(error.persons, "refused")
    except TransportError:
        return {}
    return dict.fromkeys(range(len(recipients)), "accepted")


def test_stop_finishes_what_is_past_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed in the middle, messages that have left get their answer, and the rest goes back."""
    monkeypatch.setattr(submission, "CLOSE_SECONDS", 0)
    behaviour = Behaviour(holds=True)
    known: list[PartiallySubmitted] = []

    def submit(first: int) -> None:
        with pytest.raises(PartiallySubmitted) as raised:
            transport.submit(MESSAGE, people(range(first, first + 50)))
        known.append(raised.value)

    with RawServer(behaviour) as server:
        transport = transport_to(server, connections=3)
        threads = [threading.Thread(target=submit, args=(first,)) for first in (0, 100, 200)]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert behaviour.held.acquire(timeout=30)
        transport.close()
        behaviour.answers.set()
        for thread in threads:
            thread.join(30)

    assert len(known) == 3
    for each in known:
        assert 1 <= len(each.accepted) < 50
        assert not each.unknown
        assert type(each.cause) is NotSubmitted
    assert len(behaviour.taken) == sum(len(each.accepted) for each in known)


def test_no_empty_message_leaves() -> None:
    """Late at the last step, nothing follows the envelope: a dot would send an empty message."""

    class Late(Deadline):
        asked = 0

        def raise_if_expired(self) -> None:
            Late.asked += 1
            if Late.asked > 1:
                raise NotSubmitted

    behaviour = Behaviour()
    with RawServer(behaviour) as server:
        transport = transport_to(server, connections=1)
        with pytest.raises(NotSubmitted):
            transport.submit(replace(MESSAGE, deadline=Late(1.0)), people(range(3)))
        transport.close()
        assert server.has_closed()

    assert (behaviour.dots, behaviour.taken) == (0, [])


def test_finish_leaves_in_doubt_only_who_has_left() -> None:
    """Told to finish before a server answers, it gives back everybody whose message has not left.

    What comes later is given back at once.
    """
    behaviour = Behaviour(holds=True)
    with RawServer(behaviour) as server:
        transport = transport_to(server, connections=1)
        with ThreadPoolExecutor() as threads:
            first = threads.submit(outcomes, transport, people(range(50)))
            assert behaviour.held.acquire(timeout=30)
            transport.finish(0.1)
            assert first.result(timeout=30) == {0: "unknown"}
        with pytest.raises(NotSubmitted):
            transport.submit(MESSAGE, people(range(50, 100)))
        behaviour.answers.set()
        transport.close()

    assert behaviour.taken == ["reader0@tideline.example"]
    assert server.connections == 1
