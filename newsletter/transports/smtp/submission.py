"""Submit mail to an SMTP server: one message and one transaction for each person.

There is no transaction for a batch: each person is accepted, refused or in doubt by themselves.
After the loss of one answer the batch ends, so that at most one person of it is in doubt.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from newsletter.errors import (
    AccountError,
    Deferred,
    NotSubmitted,
    OutcomeUnknown,
    PartiallySubmitted,
    Refused,
    Throttled,
    TransportError,
)
from newsletter.phrases import phrase
from newsletter.transports.base import Message, Recipient, SubmitResult
from newsletter.transports.error_text import kind_of, log_unexpected, make_printable
from newsletter.transports.mime_encoder import (
    MimeEncoder,
    encode_address,
    find_unwritable,
    sender_of,
)
from newsletter.transports.smtp.connection import Pool, RotatingConnection, Server
from newsletter.transports.sockets import TimeLimit

#: Seconds after which a batch ends and its rest goes back: less than a stopping process has.
BATCH_SECONDS = 15.0
#: From this many refusals in a row that may be about us, they are.
MIN_REFUSALS_ABOUT_US = 3
#: From this many in a row in the same words, which do not say whom they mean: they mean us.
MIN_ALIKE_REFUSALS = 10
#: Seconds after which those are tried again who were refused last, perhaps because of us.
RETRY_SECONDS = 30.0
#: What to do where nobody else has shown whom refusals are about.
PERHAPS_THEY = (
    "Correct the cause, then: newsletter send resume ID."
    " If the same people get the same answer again then, they are refused, and the others go on;"
    " who they are: newsletter send who ID --state planned"
)
#: After this many requests to wait in a row the server means everybody.
MAX_WAIT_REQUESTS = 3


class SmtpTransport:
    """A mail server to submit to."""

    name = "smtp"
    #: When a process is killed over a batch, all of it is in doubt.
    max_batch_size = 100

    def __init__(self, server: Server, *, connections: int) -> None:
        self._pool = Pool(server, connections)
        self._limit = BATCH_SECONDS + server.answer
        self._streak = Streak()

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """Submit one message each; see `newsletter.transports.base.Transport`."""
        progress = Progress(streak=self._streak)
        try:
            encoder = MimeEncoder(message, recipients)
            with self._pool.lend() as rotating:
                self._submit_all(rotating, encoder, recipients, progress)
        except OutcomeUnknown as error:
            progress.cause = NotSubmitted(str(error))
        except TransportError as error:
            progress.cause = error
        except BaseException as error:  # noqa: BLE001  who was accepted is known all the same
            progress.record_interruption(error)
        return progress.result(len(recipients))

    def dry_run(self, message: Message, recipients: Sequence[Recipient]) -> None:
        """Ask the server whether it lets us in and takes mail from the sender."""
        with self._pool.lend() as rotating:
            rotating.connection.check(sender_of(message))
        if persons := find_unwritable(recipients):
            raise Refused(phrase("Mail cannot be sent to these addresses"), persons=persons)

    def find_over_limit(self, message: Message, recipients: Sequence[Recipient]) -> dict[int, str]:
        """Say no to nobody: servers do not tell their limits."""
        del message, recipients
        return {}

    def close(self) -> None:
        """Close the kept connections."""
        self._pool.close()

    def _submit_all(
        self,
        rotating: RotatingConnection,
        encoder: MimeEncoder,
        recipients: Sequence[Recipient],
        progress: Progress,
    ) -> None:
        """Submit person by person, until the batch, the connection or the time is at its end."""
        ends = time.monotonic() + BATCH_SECONDS
        with TimeLimit(self._limit, lambda: rotating.connection.socket):
            for place, person in enumerate(recipients):
                if time.monotonic() > ends:
                    raise Throttled(
                        phrase("The mail server is slow; the rest is submitted later"), seconds=0
                    )
                self._submit_one(place, person, rotating, encoder, progress)
                if not (rotating.connection.usable or rotating.go_on(NotSubmitted())):
                    raise Throttled(phrase("The mail server closed the connection"), seconds=1)

    def _submit_one(
        self,
        place: int,
        person: Recipient,
        rotating: RotatingConnection,
        encoder: MimeEncoder,
        progress: Progress,
    ) -> None:
        """Submit to one person, on another connection where this one has served its number."""
        while True:
            rotating.make_ready()
            encoder.message.raise_if_expired()
            try:
                progress.submit(place, rotating, encoder, person)
            except NotSubmitted as error:
                if not rotating.go_on(error):
                    raise
            else:
                return


@dataclass(slots=True)
class Streak:
    """Refusals in a row, over all batches, whose words are the same and say not whom they mean."""

    words: str = ""
    count: int = 0

    def count_refusal(self, words: str) -> int:
        """Count another one; return how many there are in a row."""
        self.count = self.count + 1 if words == self.words else 1
        self.words = words
        return self.count

    def end(self) -> None:
        """Begin again: somebody was accepted."""
        self.words, self.count = "", 0


@dataclass(kw_only=True, slots=True)
class Progress:
    """What became of whom so far; places in the batch."""

    streak: Streak
    accepted: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    unknown: set[int] = field(default_factory=set)
    #: Those refused since the last yes whose refusal may be about us.
    about_us: list[int] = field(default_factory=list)
    #: Those refused since the last yes in the same words, which do not say whom they mean.
    alike: list[int] = field(default_factory=list)
    cause: TransportError | None = None
    interruption: BaseException | None = None
    message_id: str = ""
    waits: int = 0

    def submit(
        self, place: int, rotating: RotatingConnection, encoder: MimeEncoder, person: Recipient
    ) -> None:
        """Submit to one person and record the result; raises what ends batch or connection."""
        connection = rotating.connection
        try:
            data = write_message(encoder, person)
            words = connection.submit(encoder.sender, encode_address(person.address), data)
        except Refused as error:
            self.record_refused(place, error)
        except AccountError as error:
            here = dict.fromkeys([place] if error.persons else [], str(error))
            raise AccountError(str(error), persons=here, certain=True, hint=error.hint) from None
        except Deferred as error:
            self.cause = error
        except Throttled as error:
            self.record_wait(error, still_there=connection.usable and not connection.spent)
        except BaseException:
            if connection.in_doubt:
                self.unknown.add(place)
            raise
        else:
            rotating.record_accepted()
            self.record_accepted(place, words)

    def record_accepted(self, place: int, words: str) -> None:
        """Note a yes: whoever was refused before it was refused for themselves."""
        self.waits = 0
        self.about_us.clear()
        self.alike.clear()
        self.streak.end()
        self.accepted.add(place)
        self.message_id = self.message_id or make_printable(words)[:200]

    def record_refused(self, place: int, error: Refused) -> None:
        """Note a refusal; raises `AccountError` when too many in a row mean everybody."""
        self.refused[place] = str(error)
        if error.about_us:
            self.about_us.append(place)
            if len(self.about_us) >= MIN_REFUSALS_ABOUT_US:
                raise self.account_error(str(error))
        elif error.alike:
            count = self.streak.count_refusal(error.alike)
            self.alike = [*self.alike, place] if count > 1 else [place]
            if count >= MIN_ALIKE_REFUSALS:
                self.about_us += self.alike
                self.streak.end()
                raise self.account_error(f"{count} people in a row: {error}")

    def account_error(self, words: str) -> AccountError:
        """Return the decision that refusals are about us, or perhaps about those who got them."""
        persons = {place: self.refused[place] for place in self.about_us}
        return AccountError(words, persons=persons, hint=PERHAPS_THEY)

    def record_wait(self, error: Throttled, *, still_there: bool) -> None:
        """Leave one person for later; raises when the server means everybody."""
        self.waits += 1
        if self.waits >= MAX_WAIT_REQUESTS or not still_there:
            raise error
        self.cause = error

    def record_interruption(self, error: BaseException) -> None:
        """Note what came in between: those who are in no set go again, if that can help."""
        if isinstance(error, Exception):
            log_unexpected(error)
        else:
            self.interruption = error
        if isinstance(error, ValueError | TypeError):
            self.cause = AccountError(
                phrase("The mail cannot be written: {kind}", kind=kind_of(error))
            )
        else:
            self.cause = NotSubmitted(phrase("interrupted: {kind}", kind=kind_of(error)))

    def result(self, size: int) -> SubmitResult:
        """Return the result when everybody was accepted, else raise what became of whom."""
        if len(self.accepted) == size and not self.interruption:
            return SubmitResult(message_id=self.message_id, status=250)
        self.decide_refusals(size)
        decided: TransportError = PartiallySubmitted(
            self.describe(),
            accepted=frozenset(self.accepted),
            refused=self.refused,
            unknown=frozenset(self.unknown),
            cause=self.cause,
            message_id=self.message_id,
        )
        if self.cause and not (self.accepted or self.refused or self.unknown):
            decided = self.cause
        decided.interruption = self.interruption
        raise decided

    def decide_refusals(self, size: int) -> None:
        """Refuse nobody for what may be about us, as long as nobody was accepted after it.

        If that is all that is known, the send is held; if some were accepted before, the same
        people are asked about once more.
        """
        if not self.about_us:
            return
        why = self.refused[self.about_us[-1]]
        held = self.account_error(why)
        for place in self.about_us:
            self.refused.pop(place, None)
        if len(self.about_us) == size and not isinstance(self.cause, AccountError):
            self.cause = held
        elif self.cause is None or isinstance(self.cause, Deferred):
            self.cause = Throttled(why, seconds=RETRY_SECONDS)

    def describe(self) -> str:
        """Say in a few words how far it went, and why no further."""
        parts = (
            (len(self.accepted), "accepted"),
            (len(self.refused), "refused"),
            (len(self.unknown), "unknown"),
        )
        counted = ", ".join(f"{count} {what}" for count, what in parts if count)
        return f"{counted}; {self.cause}" if self.cause else counted


def write_message(encoder: MimeEncoder, person: Recipient) -> bytes:
    """Return the message of one person; raises `Refused` where it cannot be written."""
    try:
        return encoder.encode(person)
    except (ValueError, TypeError, LookupError) as error:
        log_unexpected(error)
        raise Refused(phrase("their mail cannot be written: {kind}", kind=kind_of(error))) from None
