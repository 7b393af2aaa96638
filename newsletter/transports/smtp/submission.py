"""Submit mail to an SMTP server: one message and one transaction for each person.

There is no transaction for a batch: each person is accepted, refused or in doubt by themselves.
The caller's thread waits; the messages are written and leave in the thread of an event loop, over
as many connections as the server's latency asks for (`pool`).

What a killed process leaves in doubt is the same with one connection and with hundreds.  The ledger
has each batch in flight before its first byte leaves, as before; a batch has at most
`max_batch_size` people; and a sender has one batch.  So at most that many people for each sender
are unknown, and for a shorter time: where the server is slow, connections share the mails of one
batch, they do not take batches of their own.  Its outcomes are written together when the last of
them is known.  Within a running process, one message of each connection at most is in doubt when
connections break; after the first lost answer no other mail of the batch begins.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from weakref import WeakSet

from newsletter.errors import Refused, TransportError
from newsletter.phrases import phrase
from newsletter.transports.base import Message, Recipient, SubmitResult
from newsletter.transports.error_text import kind_of, log_unexpected
from newsletter.transports.mime_encoder import (
    MimeEncoder,
    encode_address,
    find_unwritable,
    sender_of,
)
from newsletter.transports.smtp.batch import Batch, Mail
from newsletter.transports.smtp.pool import Pool
from newsletter.transports.smtp.progress import Progress, Streak
from newsletter.transports.smtp.server import Server

#: The final dot, on a line of its own (RFC 5321 4.1.1.4).
END = b".\r\n"
#: Seconds that mails get which are past DATA when the transport is closed.
CLOSE_SECONDS = 5.0


class SmtpTransport:
    """A mail server to submit to."""

    name = "smtp"
    #: When a process is killed over a batch, all of it is in doubt.
    max_batch_size = 100

    def __init__(self, server: Server, *, connections: int) -> None:
        self._server, self._connections = server, connections
        self._pool = Pool(server, connections)
        self._streak = Streak()
        TRANSPORTS.add(self)

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """Submit one message each; see `newsletter.transports.base.Transport`."""
        progress = Progress(streak=self._streak)
        batch = Batch(progress=progress, raise_if_expired=message.raise_if_expired)
        try:
            message.raise_if_expired()
            add_mails(batch, MimeEncoder(message, recipients, for_smtp=True), recipients)
        except TransportError as error:
            progress.stop(error)
        except BaseException as error:  # noqa: BLE001  nothing has left
            progress.record_interruption(error)
        else:
            self._pool.run(batch)
        return progress.result(len(recipients))

    def dry_run(self, message: Message, recipients: Sequence[Recipient]) -> None:
        """Ask the server whether it lets us in and takes mail from the sender."""
        progress = Progress(streak=Streak())
        batch = Batch(progress=progress, raise_if_expired=lambda: None)
        batch.waiting.append(Mail(batch=batch, place=0, sender=sender_of(message)))
        self._pool.run(batch)
        progress.result(1)
        if persons := find_unwritable(recipients):
            raise Refused(phrase("Mail cannot be sent to these addresses"), persons=persons)

    def find_over_limit(self, message: Message, recipients: Sequence[Recipient]) -> dict[int, str]:
        """Say no to nobody: servers do not tell their limits."""
        del message, recipients
        return {}

    def finish(self, seconds: float) -> None:
        """See `newsletter.transports.base.Finishing`."""
        self._pool.finish(seconds)

    def close(self) -> None:
        """Close the connections; mails past DATA come to their end, the others go back."""
        self._pool.close(CLOSE_SECONDS)

    def begin_in_fork(self) -> None:
        """Begin with connections of its own in a process that was forked from the one it was in."""
        self._pool.abandon()
        self._pool = Pool(self._server, self._connections)


#: All there are in this process.
TRANSPORTS: WeakSet[SmtpTransport] = WeakSet()


def begin_all_in_fork() -> None:
    """Let no process submit over the connections of the one that it was forked from."""
    for transport in list(TRANSPORTS):
        transport.begin_in_fork()


os.register_at_fork(after_in_child=begin_all_in_fork)


def add_mails(batch: Batch, encoder: MimeEncoder, recipients: Sequence[Recipient]) -> None:
    """Add a mail for each person to a batch; those to whom none can be sent are refused."""
    for place, person in enumerate(recipients):
        try:
            address = encode_address(person.address)
        except Refused as error:
            batch.progress.record_refused(place, error)
        else:
            write = partial(write_message, encoder, person)
            batch.waiting.append(
                Mail(batch=batch, place=place, sender=encoder.sender, address=address, write=write)
            )


def write_message(encoder: MimeEncoder, person: Recipient) -> bytes:
    """Return the message of one person as it leaves; raises `Refused` if it cannot be written."""
    try:
        return encoder.encode(person) + END
    except (ValueError, TypeError, LookupError) as error:
        log_unexpected(error)
        raise Refused(phrase("their mail cannot be written: {kind}", kind=kind_of(error))) from None
