"""A mail server of a chaos run: `python -m tests.chaos.mail_process FOLDER PORT SEED [FILE]`.

With a FILE, its certificate, it speaks TLS.  A mail is in its mailbox, which is a file, as soon as
its final dot was read and nothing speaks against it: whatever becomes of the answer then, somebody
gets that mail.  It imports little, so that it is back at once after a kill.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import ssl
import sys
from email import message_from_bytes, policy
from pathlib import Path

#: What happens to a message, and how likely; in the others it is taken.
MESSAGE_FAULTS = {
    "closes before the dot": 0.015,
    "closes behind the dot, without it": 0.01,
    "closes behind the dot, with it": 0.01,
    "answers too late": 0.005,
    "says half of its answer": 0.005,
    "says goodbye behind its yes": 0.02,
    "asks to wait": 0.01,
    "closes instead of an answer": 0.02,
    "refuses": 0.01,
}
#: What is said of a message, and whether it is taken.
ANSWERS = {
    "closes behind the dot, without it": (b"", False),
    "closes behind the dot, with it": (b"", True),
    "says half of its answer": (b"250-2.0.0 take", True),
    "says goodbye behind its yes": (b"250-2.0.0\r\n250 taken\r\n421 4.3.2 goodbye\r\n", True),
    "asks to wait": (b"451 4.3.0 not just now\r\n", False),
    "closes instead of an answer": (b"421 4.3.2 closing\r\n", False),
    "refuses": (b"550 5.2.2 mailbox full\r\n", False),
}
#: Those behind which the connection is closed.
CLOSES = {name for name in ANSWERS if "clos" in name or "half" in name or "goodbye" in name}
#: How likely connections and envelopes are refused.
GREETING_REFUSED, ENVELOPE_CLOSED, PERSON_DEFERRED = 0.03, 0.01, 0.01
#: Seconds that a reply to a message takes, and one that is too late.
ANSWER_SECONDS, LATE_SECONDS = (0.02, 0.3), 3.0
#: It is in the folder when everything is to go well.
CALM = "calm"
#: Who was mailed, with the link in the mail; and who was refused.
MAILBOX, REFUSED = "mailbox", "refused"


class Session:
    """One connection, on the server's side."""

    def __init__(
        self,
        folder: Path,
        chance: random.Random,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.folder, self.chance = folder, chance
        self.reader, self.writer = reader, writer
        self.address = ""

    async def run(self) -> None:
        """Greet, and answer command by command."""
        if self.happens(GREETING_REFUSED):
            self.writer.write(b"421 4.3.2 too many connections\r\n")
            return
        self.writer.write(b"220 chaos\r\n")
        while line := await self.reader.readline():
            if line.startswith(b"DATA") and self.address:
                self.writer.write(b"354 go on\r\n")
                if not await self.take_message():
                    return
                continue
            answer = self.answer(line)
            self.writer.write(answer)
            if answer.startswith((b"421", b"221")):
                return

    def happens(self, odds: float) -> bool:
        """Say whether something goes wrong now."""
        return self.chance.random() < odds and not (self.folder / CALM).exists()

    def answer(self, line: bytes) -> bytes:
        """Return the answer to a command."""
        verb = line[:4].upper()
        if verb == b"EHLO":
            return b"250-chaos\r\n250 PIPELINING\r\n"
        if verb == b"QUIT":
            return b"221 goodbye\r\n"
        if verb == b"DATA":
            return b"503 5.5.1 no recipient\r\n"
        self.address = ""
        if verb == b"MAIL" and self.happens(ENVELOPE_CLOSED):
            return b"421 4.3.2 closing\r\n"
        if verb == b"RCPT":
            address = line.partition(b"<")[2].partition(b">")[0].decode()
            if address.startswith("bounce"):
                self.note(REFUSED, address)
                return b"550 5.1.1 user unknown\r\n"
            if self.happens(PERSON_DEFERRED):
                return b"450 4.2.1 mailbox busy, come back later\r\n"
            self.address = address
        return b"250 yes\r\n"

    async def take_message(self) -> bool:
        """Read a message, do with it what happens, and say whether the connection stays."""
        kinds = [*MESSAGE_FAULTS, "takes"]
        odds = [*MESSAGE_FAULTS.values(), 1 - sum(MESSAGE_FAULTS.values())]
        [kind] = self.chance.choices(kinds, odds)
        if (self.folder / CALM).exists():
            kind = "takes"
        if kind == "closes before the dot":
            await self.reader.readexactly(self.chance.randrange(5_000))
            return False
        message = await self.reader.readuntil(b"\r\n.\r\n")
        await asyncio.sleep(self.chance.uniform(*ANSWER_SECONDS))
        answer, takes = ANSWERS.get(kind, (b"250 2.0.0 taken\r\n", True))
        if takes:
            self.keep(message)
        elif kind == "refuses":
            self.note(REFUSED, self.address)
        if kind == "answers too late":
            await asyncio.sleep(LATE_SECONDS)
        self.writer.write(answer)
        return kind not in CLOSES

    def keep(self, message: bytes) -> None:
        """Put a message into the mailbox."""
        head = message_from_bytes(message.partition(b"\r\n\r\n")[0], policy=policy.SMTP)
        link = str(head["List-Unsubscribe"]).strip("<>")
        self.note(MAILBOX, f"{self.address}\t{link}")

    def note(self, name: str, words: str) -> None:
        """Add a line to a file, by one write: a kill comes before it or after it."""
        file = os.open(self.folder / name, os.O_WRONLY | os.O_APPEND)
        os.write(file, f"{words}\n".encode())
        os.close(file)


async def serve(folder: Path, port: int, chance: random.Random, certificate: Path | None) -> None:
    """Listen until killed."""

    async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await Session(folder, chance, reader, writer).run()
            await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate else None
    if context and certificate:
        context.load_cert_chain(certificate)
    server = await asyncio.start_server(on_client, "127.0.0.1", port, ssl=context, limit=2**22)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    place, number, seed, *rest = sys.argv[1:]
    secured = Path(rest[0]) if rest else None
    asyncio.run(serve(Path(place), int(number), random.Random(f"{place} {seed}"), secured))
