"""Hand mail to an SMTP server: one message and one transaction for each person.

There is no transaction for a batch: each person is accepted, refused or in doubt by themselves.
After the loss of one answer the batch ends, so that at most one person of it is in doubt.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from newsletter.errors import (
    AnswerLost,
    NotHandedOver,
    OnHold,
    PartlyHandedOver,
    PutOff,
    Refused,
    Throttled,
    TransportError,
)
from newsletter.transports.base import Addressee, Letter, Receipt
from newsletter.transports.messages import Messages, mailbox, sender_of, unwritable
from newsletter.transports.smtp_connection import Connection, Pool, Server

#: Seconds after which a batch ends and its rest goes back: less than a stopping process has.
BATCH_SECONDS = 15.0
#: So many refusals that may be about us, and nobody accepted: it is about us.
ENOUGH = 5
#: So many requests to wait, one after the other: the server means everybody.
PATIENCE = 3


class SmtpTransport:
    """A mail server to hand over to."""

    name = "smtp"
    #: When a process is killed over a batch, all of it is in doubt.
    largest_batch = 100

    def __init__(self, server: Server, *, connections: int) -> None:
        self._pool = Pool(server, connections)
        self._limit = BATCH_SECONDS + server.answer

    def send(self, letter: Letter, recipients: Sequence[Addressee]) -> Receipt:
        """Hand over one message each; see `newsletter.transports.base.Transport`."""
        progress = Progress()
        messages = Messages(letter, recipients)
        try:
            with self._pool.connection() as connection:
                self._hand_over(connection, messages, recipients, progress)
        except TransportError as error:
            progress.cause = error
        return progress.receipt(len(recipients))

    def rehearse(self, letter: Letter, recipients: Sequence[Addressee]) -> None:
        """Ask the server whether it lets us in and takes mail from the sender."""
        with self._pool.connection() as connection:
            connection.check(sender_of(letter))
        if persons := unwritable(recipients):
            raise Refused("These are no addresses that mail can be sent to", persons=persons)

    def unfit(self, letter: Letter, recipients: Sequence[Addressee]) -> dict[int, str]:
        """Say no to nobody: servers do not tell their limits."""
        del letter, recipients
        return {}

    def close(self) -> None:
        """Close the kept connections."""
        self._pool.close()

    def _hand_over(
        self,
        connection: Connection,
        messages: Messages,
        recipients: Sequence[Addressee],
        progress: Progress,
    ) -> None:
        """Hand over person by person, until the batch, the connection or the time is at its end."""
        ends = time.monotonic() + BATCH_SECONDS
        alarm = threading.Timer(self._limit, connection.cut)
        alarm.daemon = True
        alarm.start()
        try:
            for place, person in enumerate(recipients):
                if time.monotonic() > ends:
                    raise Throttled("The mail server is slow; the rest goes on", seconds=0)
                messages.letter.must_be_in_time()
                progress.note(place, connection, messages, person)
                if not connection.usable:
                    raise Throttled("The mail server closed the connection", seconds=1)
        finally:
            alarm.cancel()


@dataclass(kw_only=True, slots=True)
class Progress:
    """What became of whom so far; places in the batch."""

    accepted: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    unknown: set[int] = field(default_factory=set)
    #: Those of the refused whose refusal may be about us.
    about_us: set[int] = field(default_factory=set)
    cause: TransportError | None = None
    message_id: str = ""
    waits: int = 0

    def note(
        self, place: int, connection: Connection, messages: Messages, person: Addressee
    ) -> None:
        """Hand over to one person and note it; raises what ends the batch."""
        try:
            words = connection.hand_over(
                messages.sender, mailbox(person.address), messages.message(person)
            )
        except Refused as error:
            self.refuse(place, error)
        except PutOff as error:
            self.cause = error
        except AnswerLost as error:
            self.unknown.add(place)
            raise NotHandedOver(str(error)) from None
        except Throttled as error:
            self.wait(error, still_there=connection.usable)
        else:
            self.waits = 0
            self.accepted.add(place)
            self.message_id = self.message_id or words[:200]

    def refuse(self, place: int, error: Refused) -> None:
        """Note a refusal; raises `OnHold` when it seems to be about us."""
        self.refused[place] = str(error)
        if error.about_us:
            self.about_us.add(place)
            if len(self.about_us) >= ENOUGH and not self.accepted:
                raise OnHold(str(error))

    def wait(self, error: Throttled, *, still_there: bool) -> None:
        """Leave one person for later; raises when the server means everybody."""
        self.waits += 1
        if self.waits >= PATIENCE or not still_there:
            raise error
        self.cause = error

    def receipt(self, size: int) -> Receipt:
        """Return the receipt when everybody was accepted, else raise what became of whom."""
        if len(self.accepted) == size:
            return Receipt(message_id=self.message_id, status=250)
        self.judge(size)
        if not (self.accepted or self.refused or self.unknown) and self.cause:
            raise self.cause
        raise PartlyHandedOver(
            self.words(),
            accepted=frozenset(self.accepted),
            refused=self.refused,
            unknown=frozenset(self.unknown),
            cause=self.cause,
            message_id=self.message_id,
        )

    def judge(self, size: int) -> None:
        """Refuse nobody for what seems to be about us: all of several were refused alike."""
        if size > 1 and len(self.about_us) == size:
            self.cause = OnHold(self.refused[min(self.about_us)])
        if isinstance(self.cause, OnHold) and not self.accepted:
            for place in self.about_us:
                del self.refused[place]

    def words(self) -> str:
        """Say in a few words how far it went, and why no further."""
        parts = (
            (len(self.accepted), "accepted"),
            (len(self.refused), "refused"),
            (len(self.unknown), "unknown"),
        )
        counted = ", ".join(f"{count} {what}" for count, what in parts if count)
        return f"{counted}; {self.cause}" if self.cause else counted
