"""SMTP in figures: `python -m benchmarks.smtp [PEOPLE] [--quick] [--peer COMMAND]`.

Whole messages of an issue of the usual size, submitted by one or two processes to a sink that says
yes to everything, at once or after 100 ms.  Beside it, in the same run: the bare limit, which is
prebuilt messages over as many connections (`benchmarks.smtp_limit`), and the plain way, which is
the standard library's messages over one connection; and, with `--peer`, another program, which
gets the same message (`benchmarks.smtp_peer`).  The time of one core for each message is
shown too, since it does not change with what else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import smtplib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from benchmarks.figures import Place
from benchmarks.samples import issue, people
from benchmarks.smtp_limit import submit_prebuilt
from benchmarks.smtp_peer import run_peer
from benchmarks.tables import print_table
from newsletter import rendering
from newsletter.rendering import RecipientData, Variant
from newsletter.runtime.gc_tuning import tune_gc
from newsletter.transports.base import Message, Recipient
from newsletter.transports.mime_encoder import MimeEncoder
from newsletter.transports.smtp.server import Server
from newsletter.transports.smtp.submission import SmtpTransport

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 20_000
#: The plain way is slow; its cost for one person does not depend on how many there are.
PLAIN_PEOPLE = 200
SENDER = "desk@example.org"
HEAD = (
    "what",
    "measured",
    "goal",
    "bare limit",
    "peer",
    "core time for a message: ours, the limit's, the peer's",
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """How many processes submit, with how many threads and connections each, and how it answers."""

    what: str
    goal: str
    workers: int
    senders: int
    connections: int
    delay: float = 0.0
    pipelining: bool = True


FAR = "100 ms"
CASES = (
    Case(what="no latency", goal="", workers=1, senders=4, connections=20),
    Case(what="no latency", goal="≥ 4,000/s", workers=2, senders=4, connections=20),
    Case(what=FAR, goal="≥ 2,000/s", workers=1, senders=16, connections=400, delay=0.1),
    Case(what=FAR, goal="", workers=2, senders=16, connections=400, delay=0.1),
    Case(
        what=f"{FAR}, no PIPELINING",
        goal="",
        workers=1,
        senders=16,
        connections=1000,
        delay=0.1,
        pipelining=False,
    ),
)


class Figures(NamedTuple):
    """What one process measured: the times in seconds."""

    began: float
    ended: float
    core: float


def main(count: int, cases: Sequence[Case], peer: str) -> None:
    """Measure, and print one table."""
    rows = []
    for case in cases:
        with sink(case.delay, pipelining=case.pipelining) as port:
            ours = run(case, count, port, "ours")
            limit = run(case, count, port, "limit")
            other = measure_peer(peer, case, count, port) if peer else ("", "")
        rows.append(
            (
                f"{case.what}, {case.workers} x {case.connections} connections",
                f"{ours[0]:,.0f}/s",
                case.goal,
                f"{limit[0]:,.0f}/s",
                other[0],
                ", ".join(filter(None, (f"{ours[1]:,.0f} µs", f"{limit[1]:,.0f} µs", other[1]))),
            )
        )
        processes = f"{case.workers} process{'es' * (case.workers > 1)}"
        told = f"SMTP, {case.what}, {processes}"
        Place().tell(told, ours[0], "mails/s", limit[0])
        Place().tell(f"{told}: core for a mail", ours[1], "µs", limit[1])
    with sink(0.0, pipelining=True) as port:
        plain = plain_rate(port)
    print_table(HEAD, rows)
    print(f"\nsmtplib and email.message in a loop: {plain:,.0f}/s\n")


def measure_peer(command: str, case: Case, count: int, port: int) -> tuple[str, str]:
    """Run another program over as many connections; return its rate, and its time of a core."""
    variant = make_variant()
    everybody = [recipient(variant, person) for person in people(1)]
    message = MimeEncoder(message_of(variant), everybody).encode(everybody[0])
    found = run_peer(command, port, count, case.connections * case.workers, message)
    return f"{found.rate:,.0f}/s", f"{found.core * 1e6:,.0f} µs"


def run(case: Case, count: int, port: int, how: str) -> tuple[float, float]:
    """Run a case in processes of its own; return messages a second, and µs of a core for each."""
    context = get_context("spawn")
    share = count // case.workers
    pipes = [context.Pipe() for _ in range(case.workers)]
    started = [
        context.Process(target=work, args=(case, share, port, how, there), daemon=True)
        for _, there in pipes
    ]
    for process in started:
        process.start()
    for here, _ in pipes:
        here.recv()
    for here, _ in pipes:
        here.send("go")
    figures = [Figures(*here.recv()) for here, _ in pipes]
    for process in started:
        process.join()
    seconds = max(each.ended for each in figures) - min(each.began for each in figures)
    core = sum(each.core for each in figures)
    total = share * case.workers
    return total / seconds, core / total * 1e6


def work(case: Case, count: int, port: int, how: str, told: Connection) -> None:
    """Prepare, say so, and submit on a sign; tell the figures."""
    variant = make_variant()
    message = message_of(variant)
    recipients = [recipient(variant, person) for person in people(count)]
    job = {"ours": prepare_ours, "limit": prepare_limit}[how](case, message, recipients, port)
    tune_gc()
    told.send("ready")
    told.recv()
    began, core = time.time(), time.process_time()
    job()
    told.send(tuple(Figures(began, time.time(), time.process_time() - core)))


def make_variant() -> Variant:
    """Return the issue, rendered."""
    template = rendering.load_template(ROOT / "templates" / "email", "digest")
    return rendering.compile(issue(), template).variants[0]


def message_of(variant: Variant) -> Message:
    """Return what everybody shares."""
    return Message(
        from_email=SENDER,
        from_name="Quay and Crane",
        reply_to="",
        subject=variant.subject,
        html=variant.html,
        text=variant.text,
        headers={"List-Id": "<quay.example.org>"},
    )


def recipient(variant: Variant, person: RecipientData) -> Recipient:
    """Return one person as a transport takes them."""
    return Recipient(
        address=person.email,
        values=variant.values(person),
        headers={"List-Unsubscribe": f"<{person.unsubscribe_url}>"},
        labels={"nl_delivery": person.email.partition("@")[0], "nl_attempt": "a" * 32},
    )


def prepare_ours(
    case: Case, message: Message, everybody: Sequence[Recipient], port: int
) -> Callable[[], None]:
    """Return what submits batch by batch, from N threads."""
    server = Server(host="127.0.0.1", port=port, security="none")
    transport = SmtpTransport(server, connections=case.connections)
    size = transport.max_batch_size
    batches = [everybody[start : start + size] for start in range(0, len(everybody), size)]

    def send() -> None:
        while batches:
            try:
                batch = batches.pop()
            except IndexError:
                return
            transport.submit(message, batch)

    def send_all() -> None:
        threads = [threading.Thread(target=send) for _ in range(case.senders)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return send_all


def prepare_limit(
    case: Case, message: Message, everybody: Sequence[Recipient], port: int
) -> Callable[[], None]:
    """Return what submits one prebuilt message again and again."""
    data = MimeEncoder(message, everybody, for_smtp=True).encode(everybody[0])
    return lambda: submit_prebuilt(
        port, data, len(everybody), connections=case.connections, pipelining=case.pipelining
    )


def plain_rate(port: int) -> float:
    """Return messages a second as most programs submit: a message object for each person."""
    variant = make_variant()
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for person in people(PLAIN_PEOPLE):
            parts = variant.parts(person)
            message = EmailMessage(policy=SMTP)
            message["From"], message["To"], message["Subject"] = SENDER, person.email, parts.subject
            message.set_content(parts.text, cte="quoted-printable")
            message.add_alternative(parts.html, subtype="html", cte="quoted-printable")
            client.send_message(message)
    return PLAIN_PEOPLE / (time.perf_counter() - began)


@contextmanager
def sink(delay: float, *, pipelining: bool) -> Iterator[int]:
    """Run a mail server that says yes and forgets; give its port."""
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(
        target=serve, args=(there, delay, pipelining), daemon=True
    )
    process.start()
    try:
        yield here.recv()
    finally:
        process.kill()
        process.join()


def serve(told: Connection, delay: float, pipelining: bool) -> None:
    """Listen, and tell the port."""
    Sink.delay, Sink.pipelining = delay, pipelining

    async def listen() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Sink, "127.0.0.1", 0, backlog=4096)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(listen())


class Sink(asyncio.Protocol):
    """One connection of a mail server that says yes to everything, after some time."""

    delay = 0.0
    pipelining = True
    #: Messages of all connections.
    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._rest, self._in_message = transport, b"", False
        self._say(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every command and every message that is whole."""
        self._rest += data
        said: list[bytes] = []
        while True:
            end = b"\r\n.\r\n" if self._in_message else b"\r\n"
            found, mark, rest = self._rest.partition(end)
            if not mark:
                break
            self._rest = rest
            said.append(self._answer(found))
        if said:
            self._say(b"".join(said))

    def _say(self, words: bytes) -> None:
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self._transport.write, words)
        else:
            self._transport.write(words)

    def _answer(self, line: bytes) -> bytes:
        if self._in_message:
            self._in_message = False
            Sink.taken += 1
            return b"250 forgotten\r\n"
        verb = line[:4].upper()
        if verb == b"NOOP":
            return f"250 {Sink.taken}\r\n".encode()
        self._in_message = verb == b"DATA"
        offered = b"250-sink\r\n250 PIPELINING\r\n" if self.pipelining else b"250 sink\r\n"
        answers = {b"EHLO": offered, b"DATA": b"354 go on\r\n", b"QUIT": b"221 goodbye\r\n"}
        return answers.get(verb, b"250 yes\r\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("people", nargs="?", type=int, default=PEOPLE)
    parser.add_argument("--quick", action="store_true", help="only the two that have a goal")
    parser.add_argument("--peer", default="", metavar="COMMAND", help="another program to measure")
    given = parser.parse_args()
    few = [case for case in CASES if case.goal] if given.quick else CASES
    main(given.people, few, given.peer)
