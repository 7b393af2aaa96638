"""SMTP in figures: `python -m benchmarks.smtp [PEOPLE]`.

Whole messages of an issue of the usual size, submitted to a sink in a process of its own.  The
baseline is measured in the same run: the standard library's messages over one of its connections.
"""

from __future__ import annotations

import asyncio
import smtplib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.samples import issue, people
from benchmarks.tables import print_table
from newsletter import rendering
from newsletter.rendering import RecipientData, Variant
from newsletter.transports.base import Message, Recipient
from newsletter.transports.smtp.server import Server
from newsletter.transports.smtp.submission import SmtpTransport

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 20_000
#: The baseline is slow; its cost for one person does not depend on how many there are.
BASELINE_PEOPLE = 500
SENDER = "desk@example.org"


def main(count: int) -> None:
    """Measure, and print one table."""
    template = rendering.load_template(ROOT / "templates" / "email", "digest")
    variant = rendering.compile(issue(), template).variants[0]
    audience = list(people(count))
    message, recipients = message_of(variant), [recipient(variant, person) for person in audience]
    with sink() as port:
        loop = rate(BASELINE_PEOPLE, lambda: plainly(port, variant, audience[:BASELINE_PEOPLE]))
        rows = [
            (
                f"SMTP, {senders} at a time",
                f"{rate(count, partial(submit_mail, port, message, recipients, senders)):,.0f}/s",
                "≥ 2,000/s",
                f"smtplib and email.message in a loop: {loop:,.0f}/s",
            )
            for senders in (1, 2, 4)
        ]
    print_table(("what", "measured", "goal", "the plain way"), rows)


def rate(count: int, work: Callable[[], object]) -> float:
    """Return how many items a second some work does that does `count` of them."""
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


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


def submit_mail(port: int, message: Message, everybody: Sequence[Recipient], senders: int) -> None:
    """Submit batch by batch, from N threads."""
    server = Server(host="127.0.0.1", port=port, security="none")
    transport = SmtpTransport(server, connections=senders)
    size = transport.max_batch_size
    batches = [everybody[start : start + size] for start in range(0, len(everybody), size)]

    def send() -> None:
        while batches:
            try:
                batch = batches.pop()
            except IndexError:
                return
            transport.submit(message, batch)

    threads = [threading.Thread(target=send) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    transport.close()


def plainly(port: int, variant: Variant, everybody: Sequence[RecipientData]) -> None:
    """Submit as most programs do: a message object and a `send_message` for each person."""
    with smtplib.SMTP("127.0.0.1", port) as client:
        for person in everybody:
            parts = variant.parts(person)
            message = EmailMessage(policy=SMTP)
            message["From"], message["To"], message["Subject"] = SENDER, person.email, parts.subject
            message.set_content(parts.text, cte="quoted-printable")
            message.add_alternative(parts.html, subtype="html", cte="quoted-printable")
            client.send_message(message)


@contextmanager
def sink() -> Iterator[int]:
    """Run a mail server that says yes and forgets; give its port."""
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.kill()
        process.join()


def serve(told: Connection) -> None:
    """Listen, and tell the port."""

    async def listen() -> None:
        server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(listen())


class Sink(asyncio.Protocol):
    """One connection of a mail server that says yes to everything."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._rest, self._in_message = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every command and every message that is whole."""
        self._rest += data
        while True:
            end = b"\r\n.\r\n" if self._in_message else b"\r\n"
            found, mark, rest = self._rest.partition(end)
            if not mark:
                return
            self._rest = rest
            self._transport.write(self._answer(found))

    def _answer(self, line: bytes) -> bytes:
        if self._in_message:
            self._in_message = False
            return b"250 forgotten\r\n"
        verb = line[:4].upper()
        self._in_message = verb == b"DATA"
        answers = {
            b"EHLO": b"250-sink\r\n250 PIPELINING\r\n",
            b"DATA": b"354 go on\r\n",
            b"QUIT": b"221 goodbye\r\n",
        }
        return answers.get(verb, b"250 yes\r\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
