"""One connection to a mail server, which never waits: every reply becomes a decision.

A message goes in two steps (RFC 5321 3.3).  The envelope (MAIL, RCPT, DATA) leaves in one write if
the server offers PIPELINING (RFC 2920), else command by command.  The message with its final dot
leaves when the server has said 354 to *its* envelope; behind the dot, in the same write, may stand
the envelope of the next one (RFC 2920 3.1), so that a message takes one round trip.

**The final dot** decides what is known (RFC 5321 4.1.1.4).  Before it has left, the server cannot
have the mail, whatever happens: `NotSubmitted`.  After it, only a whole reply says what became of
it; without one the outcome is unknown, and the mail is never submitted again here.  At any time
one message at most is in between, for the next one is only an envelope.  Which bytes have left is
known because this class writes them to the socket itself; libraries with a buffer of their own
cannot tell.
"""

from __future__ import annotations

import selectors
import smtplib
import ssl
import time
from collections import deque
from contextlib import suppress
from typing import Protocol

from newsletter.errors import Deferred, NotSubmitted, OutcomeUnknown, Throttled, TransportError
from newsletter.phrases import phrase
from newsletter.transports.error_text import describe_network
from newsletter.transports.smtp.batch import Mail
from newsletter.transports.smtp.decisions import decide, decide_envelope
from newsletter.transports.smtp.opening import Opened
from newsletter.transports.smtp.outbox import NOT_YET, Outbox
from newsletter.transports.smtp.replies import Reply, Stage, limits_connection
from newsletter.transports.smtp.reply_parser import NoReply, ReplyParser

#: Bytes read at a time; replies are short.
WINDOW = 65_536
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
#: A message without a line: only the final dot.
END = b".\r\n"


class Owner(Protocol):
    """Gives mails to a connection, and takes what became of them."""

    def next_mail(self, connection: Connection) -> Mail | None:
        """Return a mail that begins on this connection now; None if there is none."""
        ...

    def may_leave(self, mail: Mail) -> bool:
        """Say whether a message may begin to leave."""
        ...

    def on_accepted(self, connection: Connection, mail: Mail, words: str) -> None:
        """Take the yes to a mail."""
        ...

    def on_error(self, connection: Connection, mail: Mail, error: BaseException) -> None:
        """Take any other outcome of a mail."""
        ...

    def on_unused(self, mail: Mail) -> None:
        """Take back a mail whose message has not begun to leave, through no fault of its own."""
        ...

    def on_idle(self, connection: Connection) -> None:
        """Take back the connection: it has nothing to do."""
        ...

    def on_closed(self, connection: Connection) -> None:
        """Forget the connection."""
        ...

    def watch(self, connection: Connection, mask: int) -> None:
        """Call `on_ready` once its socket is ready for this."""
        ...


class Connection:
    """A connection on which mail is submitted, one message at a time."""

    def __init__(self, opened: Opened, owner: Owner, *, answer: float) -> None:
        self.sock, self._pipelining = opened
        self._owner, self._answer = owner, answer
        self._parser = ReplyParser()
        #: Whether what is sent next is taken for a message: 354 was said to what is not sent.
        self._takes_message = False
        self._out = Outbox()
        self._expected: deque[Stage] = deque()
        self._commands: deque[bytes] = deque()
        self._envelope: list[Reply] = []
        #: The mail that is submitted, and the one whose envelope stands behind it.
        self.mail: Mail | None = None
        self._ahead: Mail | None = None
        #: Whether the server takes more here; and if not, whether it may on another connection.
        self.usable, self.spent = True, False
        #: The last reply that was not a yes.
        self.said: Reply | None = None
        #: How many messages were begun here, and how many of them were accepted.
        self.begun = self.accepted = 0
        self.used_at = self.mail_since = time.monotonic()
        self.deadline = float("inf")
        self.closed = False

    @property
    def in_doubt(self) -> bool:
        """Whether the final dot of `mail` may have left, and no whole reply has come."""
        return self._out.in_doubt

    def start(self, mail: Mail) -> None:
        """Begin with a mail; the connection must be idle."""
        self._take(mail)
        self._write(self._introduce(mail))

    def on_ready(self) -> None:
        """Go on as far as the socket allows.

        What it raises is a fault of our own, and ends the loop: nobody knows then which mails this
        connection has, so only the batch can say who is in doubt.
        """
        if self.closed:
            return
        if not self._out:
            self._read()
        elif self.deadline < time.monotonic():
            # This process stood still: the rest must not leave under a claim that is long over.
            self._on_lost(TimeoutError())
        else:
            self._flush()

    def check_time(self, now: float) -> None:
        """Give up once a reply, or the room to write, has not come in time."""
        if self.deadline < now and not self._out:
            # It may have come while this process stood still.
            self._read()
        if self.deadline < now:
            self._on_lost(TimeoutError())

    def close(self) -> None:
        """Close; say goodbye if nothing is in progress, without waiting for the answer.

        On a broken one nothing is sent: it might release bytes that TLS still holds.  Nor after
        354, where it would be a part of a message.
        """
        if self.closed:
            return
        self.closed = True
        if self.usable and not (self._out or self._expected or self._takes_message):
            with suppress(OSError):
                self.sock.send(b"QUIT\r\n")
        self._owner.on_closed(self)
        self.sock.close()

    # What leaves

    def _take(self, mail: Mail) -> None:
        self.mail, self.mail_since = mail, time.monotonic()

    def _in_progress(self) -> Mail:
        """Return the mail that a reply is about."""
        if self.mail is None:
            raise LookupError("no mail is in progress")
        return self.mail

    def _introduce(self, mail: Mail) -> bytes:
        """Return the envelope, or its first command, and expect the replies."""
        commands = [f"MAIL FROM:<{mail.sender}>\r\n".encode("ascii")]
        stages = [Stage.SENDER]
        if mail.write is None:
            commands.append(b"RSET\r\n")
            stages.append(Stage.RESET)
        else:
            commands += [f"RCPT TO:<{mail.address}>\r\n".encode("ascii"), b"DATA\r\n"]
            stages += [Stage.PERSON, Stage.DATA]
        self._expected.extend(stages)
        if self._pipelining:
            return b"".join(commands)
        self._commands.extend(commands[1:])
        return commands[0]

    def _write(self, data: bytes, *, to_dot: int = 0) -> None:
        """Write; `to_dot` are the bytes up to and with the final dot of a message in it."""
        self._out.fill(data, to_dot=to_dot)
        self._begin_to_wait()
        self._flush()

    def _begin_to_wait(self) -> None:
        """Give the server its time for what comes next: an envelope within that of the batch.

        A message that has left has all of it; else a slow server would leave somebody of every
        batch in doubt, although its answer is on the way.
        """
        is_message = bool(self._expected) and self._expected[0] is Stage.MESSAGE
        ends = self.mail.batch.ends_at if self.mail and not is_message else float("inf")
        self.deadline = min(time.monotonic() + self._answer, ends)

    def _flush(self) -> None:
        """Write what is left; read only after it: over TLS, reading can write as well."""
        while self._out:
            try:
                self._out.send(self.sock)
            except NOT_YET as error:
                reads = isinstance(error, ssl.SSLWantReadError)
                self._owner.watch(self, READ if reads else WRITE)
                return
            except BaseException as error:  # noqa: BLE001  it is decided what it means
                self._on_lost(error)
                return
        self._begin_to_wait()
        self._owner.watch(self, READ)

    def _send_message(self) -> None:
        """Send the message with its final dot, and the next envelope behind it."""
        mail = self._in_progress()
        if self._parser.has_more or self._has_unread():
            # Whatever it is, it would be taken for the answer to a message that it cannot know.
            self._on_lost(smtplib.SMTPServerDisconnected())
            return
        if not self._owner.may_leave(mail):
            # The server waits for a message that must not leave; a dot would send an empty one.
            self.mail = None
            self._owner.on_unused(mail)
            self.usable = False
            self.close()
            return
        # Kept until it has an outcome: asked to wait, it goes again on another connection.
        data = mail.data
        self._expected.append(Stage.MESSAGE)
        if self._pipelining and (following := self._owner.next_mail(self)):
            self._ahead = following
            envelope = self._introduce(following)
            self._write(data + envelope, to_dot=len(data))
        else:
            self._write(data, to_dot=len(data))

    # What comes

    def _has_unread(self) -> bool:
        """Say whether the server has said more, or has left, while nothing is expected of it."""
        try:
            self.sock.recv(1)
        except NOT_YET:
            return False
        except OSError:
            return True
        return True

    def _read(self) -> None:
        """Read what is there, and take each whole reply."""
        try:
            data = self.sock.recv(WINDOW)
            while isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
                data += self.sock.recv(WINDOW)
        except NOT_YET:
            return
        except BaseException as error:  # noqa: BLE001  it is decided what it means
            self._on_lost(error)
            return
        if not data:
            self._on_lost(smtplib.SMTPServerDisconnected())
            return
        # Not by the clock of each reply: most come together.
        has_reply = False
        try:
            for reply in self._parser.feed(data):
                has_reply = True
                self._on_reply(reply)
                if self.closed:
                    return
        except NoReply:
            self._on_lost(smtplib.SMTPServerDisconnected())
            return
        if has_reply and self._expected and not self._out:
            self._begin_to_wait()

    def _on_reply(self, reply: Reply) -> None:
        if reply.code == 421:
            self.usable = False
        if not self._expected:
            # Nobody asked: it says goodbye (RFC 5321 3.8).
            self._on_lost(smtplib.SMTPServerDisconnected())
            return
        stage = self._expected.popleft()
        if stage is Stage.MESSAGE:
            self._on_answer(reply)
        elif stage is Stage.RESET and not self.usable:
            self._give_up()
        elif stage is Stage.RESET:
            # Whatever the server says to RSET, or to an empty message, nobody was mailed.
            self._go_on()
        else:
            self._on_envelope(reply)

    def _on_envelope(self, reply: Reply) -> None:
        """Take a reply to from, to or DATA; after the last of them, or a no, go on."""
        self._envelope.append(reply)
        # After 421 the server closes the connection, and sends no more replies.
        if self.usable and self._is_followed(reply):
            return
        replies, self._envelope = self._envelope, []
        if self._in_progress().write is None:
            self._on_check(reply)
        elif [each.code // 100 for each in replies] == [2, 2, 3]:
            self._send_message()
        else:
            self._leave_envelope(replies)

    def _is_followed(self, reply: Reply) -> bool:
        """Return whether more replies to the envelope come; ask for the next one by one."""
        more = bool(self._expected) and self._expected[0] in (Stage.PERSON, Stage.DATA)
        if self._pipelining or not more:
            return more
        if reply.code < 400:
            self._write(self._commands.popleft())
            return True
        self._commands.clear()
        self._expected.clear()
        return False

    def _on_check(self, reply: Reply) -> None:
        """Take the reply to a sender that is only asked about; RSET follows."""
        mail, self.mail = self._in_progress(), None
        if not self._pipelining and self.usable:
            self._write(self._commands.popleft())
        if reply.is_yes:
            self._owner.on_accepted(self, mail, reply.words)
        else:
            self._on_no(mail, decide(Stage.SENDER, reply), reply)

    def _leave_envelope(self, replies: list[Reply]) -> None:
        """Leave a transaction that was refused, and go on with the next one."""
        mail, self.mail = self._in_progress(), None
        self._takes_message = waits = replies[-1].code == 354
        self._on_no(mail, *decide_envelope(replies))
        if self.closed:
            return
        if waits and replies[1].is_yes:
            # It has a recipient: they would get an empty message.
            self._give_up()
            return
        # RFC 2920 3.1: at 354 the server waits for a message without a recipient.
        self._expected.append(Stage.RESET)
        self._takes_message, leave = False, END if waits else b"RSET\r\n"
        if self._pipelining and (following := self._owner.next_mail(self)):
            self._take(following)
            leave += self._introduce(following)
        self._write(leave)

    def _on_answer(self, reply: Reply) -> None:
        """Take the answer to a message."""
        mail, self.mail = self._in_progress(), self._ahead
        self._ahead, self._out.in_doubt = None, False
        if reply.is_yes:
            self.begun += 1
            self.accepted += 1
            self._owner.on_accepted(self, mail, reply.words)
        elif reply.asks_to_wait or reply.is_no:
            self._on_no(mail, decide(Stage.MESSAGE, reply), reply)
        else:
            what = phrase("The mail server answered {code}: neither yes nor no", code=reply.code)
            self._owner.on_error(self, mail, OutcomeUnknown(what))
            self.usable = False
            self._give_up()
        self.mail_since = time.monotonic()
        self._go_on()

    def _on_no(self, mail: Mail, error: TransportError, reply: Reply) -> None:
        """Pass a decision on, and close where no more is accepted."""
        self.said = reply
        if not (reply.asks_to_wait or reply.is_no):
            self.usable = False
        if isinstance(error, Deferred) or not reply.asks_to_wait:
            self.begun += 1
        elif isinstance(error, Throttled):
            self.spent = self.accepted > 0 and limits_connection(reply)
        self._owner.on_error(self, mail, error)
        if not self.usable or self.spent:
            self._give_up()

    def _go_on(self) -> None:
        """Begin with the next mail, unless one is in progress."""
        if self.closed or self.mail or self._expected or self._out:
            return
        if not self.usable or self.spent:
            self._give_up()
        elif following := self._owner.next_mail(self):
            self.start(following)
        else:
            self.used_at, self.deadline = time.monotonic(), float("inf")
            self._owner.on_idle(self)

    def _give_up(self) -> None:
        """Close, and return what has not begun to leave."""
        left = [mail for mail in (self.mail, self._ahead) if mail]
        self.mail = self._ahead = None
        for mail in left:
            self._owner.on_unused(mail)
        self.close()

    def _on_lost(self, error: BaseException) -> None:
        """Decide what is known when the connection breaks."""
        if self.closed:
            return
        self.usable = False
        self.spent = not self.in_doubt and self.accepted > 0
        mail, self.mail = self.mail, None
        if mail and isinstance(error, OSError | smtplib.SMTPException):
            decided = OutcomeUnknown if self.in_doubt else NotSubmitted
            what = phrase(
                "The connection to the mail server broke: {kind}", kind=describe_network(error)
            )
            self._owner.on_error(self, mail, decided(what))
        elif mail:
            self._owner.on_error(self, mail, error)
        self._give_up()
