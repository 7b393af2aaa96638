"""One connection to an SMTP server, and a pool of them; every reply becomes a decision.

The standard library's `smtplib` opens, secures and authorises the connection and reads replies.
The transaction is ours: it must know whether the final dot has left, because only after it can
the server have the mail (RFC 5321 4.1.1.4), and it sends the envelope at once if the server
offers PIPELINING (RFC 2920).
"""

from __future__ import annotations

import queue
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from newsletter.errors import (
    AccountError,
    Deferred,
    NotSubmitted,
    OutcomeUnknown,
    Refused,
    Throttled,
    TransportError,
)
from newsletter.phrases import phrase
from newsletter.transports.error_text import describe_network, kind_of, without_addresses
from newsletter.transports.reply_words import normalise
from newsletter.transports.smtp.login import log_in
from newsletter.transports.smtp.replies import (
    CONNECTION_LIMIT,
    About,
    Reply,
    Stage,
    is_lasting,
    limits_connection,
    may_be_of_one,
    people_refused,
    seconds_to_wait,
    waits_for_one,
)
from newsletter.transports.sockets import TimeLimit, WholeLines, is_of_the_kernel

Security = Literal["starttls", "tls", "none"]

#: Greylisting lets people through after some minutes.
PERSON_RETRY_SECONDS = 300.0
#: A connection that was idle for longer is not trusted, but opened again.
MAX_IDLE_SECONDS = 30.0
END = b".\r\n"
#: The standard library's text when a socket accepted nothing more in time.
TIMED_OUT = (("timed out",), ("The write operation timed out",))


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """Where mail is submitted, and how; times in seconds."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    #: The name we greet with; if empty, the machine's own.
    hello: str = ""
    #: The variable that the password came from, for errors.
    variable: str = "SMTP_PASSWORD"
    connect: float = 5.0
    answer: float = 60.0

    @property
    def opening(self) -> float:
        """Time for everything up to the first message: connection, greeting, TLS and login."""
        return self.connect + self.answer


class Connection:
    """A connection on which mail can be submitted; raises `TransportError` if it cannot."""

    def __init__(self, server: Server) -> None:
        self._client = open_client(server)
        self._limit = server.answer
        self._client.file = WholeLines(self._client.file)
        self._pipelining = self._client.has_extn("pipelining")
        self._used_at = time.monotonic()
        self.usable = True
        #: Whether the final dot of a message may have left, and no complete reply has come.
        self.in_doubt = False
        #: How many messages were begun here, and how many of them were accepted.
        self.begun = self.accepted = 0
        #: Whether the server accepts no more here, but perhaps on another connection.
        self.spent = False

    def submit(self, sender: str, address: str, message: bytes) -> str:
        """Submit one message with CRLF line ends; return the server's text.

        Up to the final dot nothing has been accepted, whatever happens.
        """
        self._introduce(sender, address)
        self._send_message(message.replace(b"\r\n.", b"\r\n..") + END)
        with self._lost_as(OutcomeUnknown):
            reply = self._reply()
        self.in_doubt = False
        self._used_at = time.monotonic()
        if reply.is_yes:
            self.begun += 1
            self.accepted += 1
            return reply.words
        if not (reply.asks_to_wait or reply.is_no):
            self.usable = False
            raise OutcomeUnknown(
                phrase("The mail server answered {code}: neither yes nor no", code=reply.code)
            )
        raise self._no(Stage.MESSAGE, reply)

    def check(self, sender: str) -> None:
        """Check whether the server accepts mail from this sender; submit nothing."""
        with self._lost_as(NotSubmitted), self._bound():
            reply = self._ask(f"MAIL FROM:<{sender}>")
            self._ask("RSET")
        if not reply.is_yes:
            raise self._no(Stage.SENDER, reply)

    @property
    def fresh(self) -> bool:
        """Whether an idle connection is still fresh enough."""
        if time.monotonic() - self._used_at > MAX_IDLE_SECONDS:
            return False
        with suppress(OSError, smtplib.SMTPException), self._bound():
            return self._ask("RSET").code == 250
        return False

    @property
    def socket(self) -> socket.socket | None:
        """The socket; None if the connection is closed."""
        return self._client.sock

    def _bound(self) -> TimeLimit:
        """Limit a command and its replies to the time of one reply."""
        return TimeLimit(self._limit, lambda: self.socket)

    def close(self) -> None:
        """Say goodbye, without waiting for the answer, unless the connection is broken.

        On a broken one nothing is sent: it might release bytes that TLS still holds.
        """
        if self.usable or self.spent:
            with suppress(OSError):
                self._client.putcmd("QUIT")
        self._client.close()

    def _introduce(self, sender: str, address: str) -> None:
        """Send the envelope (from, to) and ask to send the message."""
        commands = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{address}>", "DATA")
        with self._lost_as(NotSubmitted):
            replies = self._ask_all(commands)
            if [reply.code // 100 for reply in replies] == [2, 2, 3]:
                return
            if replies[-1].code == 354:
                # RFC 2920 3.1: the server waits for a message without a recipient.
                self._client.send(END)
                self._reply()
            elif self.usable:
                self._ask("RSET")
        raise self._refusal(*replies)

    def _send_message(self, data: bytes) -> None:
        """Send a message with its final dot, and record whether that may have left.

        If the operating system accepts no more bytes, the final dot has not left: over TLS
        its record is not complete, and nobody can read it.
        """
        sock = self._client.sock
        if sock is None:
            self.usable = False
            raise NotSubmitted(phrase("The connection to the mail server is closed"))
        self.in_doubt = True
        try:
            sock.sendall(data)
        except OSError as error:
            self.usable = False
            self.in_doubt = not (is_of_the_kernel(error) or error.args in TIMED_OUT)
            kind = OutcomeUnknown if self.in_doubt else NotSubmitted
            raise kind(
                phrase(
                    "The connection to the mail server broke: {kind}", kind=describe_network(error)
                )
            ) from None

    def _ask_all(self, commands: tuple[str, ...]) -> list[Reply]:
        """Return the replies up to the first refusal; all of them with PIPELINING.

        After 421 the server closes the connection, and sends no more replies.
        """
        replies: list[Reply] = []
        if self._pipelining:
            self._client.send("".join(f"{command}\r\n" for command in commands).encode("ascii"))
            for _ in commands:
                replies.append(self._reply())
                if not self.usable:
                    break
            return replies
        for command in commands:
            replies.append(self._ask(command))
            if replies[-1].code >= 400:
                break
        return replies

    def _ask(self, command: str) -> Reply:
        self._client.putcmd(command)
        return self._reply()

    def _reply(self) -> Reply:
        code, words = self._client.getreply()
        if code < 0:
            raise smtplib.SMTPServerDisconnected("This is no reply of SMTP")
        if code == 421:
            self.usable = False
        told = words.decode("utf-8", "replace")
        # Only a refusal is shown to people.
        return Reply(code, told if code < 400 else without_addresses(told))

    @contextmanager
    def _lost_as(self, kind: type[TransportError]) -> Iterator[None]:
        """Raise this decision if the connection breaks in this context."""
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            self.usable = False
            self.spent = kind is NotSubmitted and self.accepted > 0
            raise kind(
                phrase(
                    "The connection to the mail server broke: {kind}", kind=describe_network(error)
                )
            ) from None

    def _refusal(
        self, sender: Reply, person: Reply | None = None, data: Reply | None = None
    ) -> TransportError:
        """Return the decision for the first refusal among the replies."""
        if not sender.is_yes or person is None:
            return self._no(Stage.SENDER, sender)
        if not person.is_yes or data is None:
            return self._no(Stage.PERSON, person)
        return self._no(Stage.DATA, data)

    def _no(self, stage: Stage, reply: Reply) -> TransportError:
        """Return the decision for a reply that is not a success; nothing was accepted."""
        self.in_doubt = False
        if reply.asks_to_wait:
            return self._not_now(stage, reply)
        self.begun += 1
        if not reply.is_no:
            self.usable = False
            return NotSubmitted(
                phrase("The mail server answered {code}: neither yes nor no", code=reply.code)
            )
        whom = people_refused(stage, reply)
        if whom is About.ACCOUNT:
            if stage is Stage.SENDER:
                words = phrase("The mail server refuses the sender: {answer}", answer=reply)
            else:
                words = phrase("The mail server refuses what we send: {answer}", answer=reply)
            # By its place in what was submitted, which is one message.
            persons = {0: words} if may_be_of_one(stage, reply) else {}
            return AccountError(words, persons=persons, certain=True)
        if stage is Stage.PERSON:
            words = phrase("The mail server refuses the address: {answer}", answer=reply)
        else:
            words = phrase("The mail server refuses the mail: {answer}", answer=reply)
        return Refused(
            words,
            about_us=whom is About.PERHAPS_ACCOUNT,
            alike="" if whom is About.PERSON else normalise(str(reply)),
        )

    def _not_now(self, stage: Stage, reply: Reply) -> TransportError:
        """Return the decision for a temporary refusal; set `spent` if a new connection may help."""
        if is_lasting(reply):
            return AccountError(
                phrase("The mail server accepts no more mail: {answer}", answer=reply)
            )
        if stage is not Stage.SENDER and waits_for_one(reply):
            self.begun += 1
            return Deferred(
                phrase("The mail server defers the mail: {answer}", answer=reply),
                seconds=PERSON_RETRY_SECONDS,
            )
        self.spent = self.accepted > 0 and limits_connection(reply)
        seconds = seconds_to_wait(reply.words)
        return Throttled(
            phrase("The mail server asks to wait: {answer}", answer=reply), seconds=seconds
        )


class Pool:
    """A limited number of connections; one that is returned in order is reused."""

    def __init__(self, server: Server, connections: int) -> None:
        self._server = server
        self._places = threading.BoundedSemaphore(connections)
        self._kept: queue.LifoQueue[Connection] = queue.LifoQueue()
        #: Messages that the server takes on one connection, once that is known.
        self.most: int | None = None
        self._ends: set[int] = set()

    @contextmanager
    def lend(self) -> Iterator[RotatingConnection]:
        """Lend a connection; raise `NotSubmitted` or `AccountError` if there is none."""
        if not self._places.acquire(timeout=self._server.connect):
            raise NotSubmitted(phrase("All connections to the mail server are busy"))
        try:
            rotating = RotatingConnection(self, self._one_kept() or self.open())
            try:
                yield rotating
            except BaseException:
                rotating.connection.usable = rotating.connection.spent = False
                raise
            finally:
                self._take_back(rotating.connection)
        finally:
            self._places.release()

    def open(self) -> Connection:
        """Return a new connection."""
        return Connection(self._server)

    def learn_limit(self, begun: int, *, told: bool) -> None:
        """Note that a connection took this many messages, and that the next one took more.

        If the server does not say that it has a limit, the same number twice shows it.
        """
        if told or begun in self._ends:
            self.most = min(begun, self.most or begun)
        self._ends.add(begun)

    def is_over(self, connection: Connection) -> bool:
        """Return whether a connection has reached the server's limit of messages."""
        return self.most is not None and connection.begun >= self.most

    def close(self) -> None:
        """Close the kept connections."""
        with suppress(queue.Empty):
            while True:
                self._kept.get_nowait().close()

    def _one_kept(self) -> Connection | None:
        with suppress(queue.Empty):
            while True:
                connection = self._kept.get_nowait()
                if connection.fresh:
                    return connection
                connection.close()
        return None

    def _take_back(self, connection: Connection) -> None:
        if connection.usable and not connection.spent and not self.is_over(connection):
            self._kept.put(connection)
        else:
            connection.close()


class RotatingConnection:
    """A connection that is replaced when it has reached the server's limit of messages.

    Many servers limit the messages on one connection, and say 421 or 452 to the next; on a new
    connection that message is accepted at once.
    """

    def __init__(self, pool: Pool, connection: Connection) -> None:
        self.connection = connection
        self._pool = pool
        self._ended_at: tuple[int, bool] | None = None

    def make_ready(self) -> None:
        """Change to a new connection before the server refuses a message on this one."""
        if self._pool.is_over(self.connection):
            self._change()

    def go_on(self, error: TransportError) -> bool:
        """Change to a new connection after an error, if that may help: this one accepted mail."""
        if not self.connection.spent:
            return False
        self._ended_at = self.connection.begun, bool(CONNECTION_LIMIT.search(str(error)))
        self._change()
        return True

    def record_accepted(self) -> None:
        """Learn from the first acceptance on a new connection why the last one ended."""
        if self._ended_at:
            begun, told = self._ended_at
            self._ended_at = None
            self._pool.learn_limit(begun, told=told)

    def _change(self) -> None:
        self.connection.close()
        # If there is no other one, this one must not be reused.
        self.connection.usable = self.connection.spent = False
        self.connection = self._pool.open()


def open_client(server: Server) -> smtplib.SMTP:
    """Return a connection with the configured security and login."""
    client = create_client(server)
    limit = TimeLimit(server.opening, lambda: client.sock)
    try:
        with limit:
            greet(client, server)
    except BaseException as error:
        client.close()
        if isinstance(error, Exception):
            raise decide_open_failure(server, error, in_time=not limit.is_over) from None
        raise
    if client.sock is not None:
        client.sock.settimeout(server.answer)
    return client


def decide_open_failure(server: Server, error: Exception, *, in_time: bool) -> Exception:
    """Return the decision if no connection could be opened; nothing was submitted."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return AccountError(
            phrase(
                "The mail server's certificate is not trusted: {verify_message}",
                verify_message=error.verify_message,
            ),
            hint=phrase("Fix [smtp] host or ca_file, then: newsletter send resume ID"),
        )
    if not in_time:
        return NotSubmitted(
            phrase(
                "The mail server did not accept the connection within {opening} seconds",
                opening=f"{server.opening:.0f}",
            )
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return decide_rejection(server, error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return AccountError(
            phrase(
                "The mail server does not support what [smtp] requires: {error}",
                error=str(error),
            ),
            hint=phrase("Fix [smtp] security, port or user, then: newsletter send resume ID"),
        )
    if isinstance(error, OSError | smtplib.SMTPException):
        return NotSubmitted(
            phrase("The mail server cannot be reached: {kind}", kind=describe_network(error))
        )
    if isinstance(error, ValueError):
        return AccountError(
            phrase(
                "[smtp] host, hello, user or the password cannot be written: {kind}",
                kind=kind_of(error),
            ),
            hint=phrase(
                "Correct them (the password: {variable}), then: newsletter send resume ID",
                variable=server.variable,
            ),
        )
    return error


def create_client(server: Server) -> smtplib.SMTP:
    """Return an SMTP client, not yet connected.

    The standard library would connect at once, and that could not be interrupted.
    """
    name = server.hello or get_own_name()
    if server.security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            local_hostname=name, timeout=server.connect, context=build_tls_context(server)
        )
    else:
        client = smtplib.SMTP(local_hostname=name, timeout=server.connect)
    # It has no public name; certificates are checked against it.
    client._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001
    return client


def greet(client: smtplib.SMTP, server: Server) -> None:
    """Connect, and go through greeting, security and login."""
    code, words = client.connect(server.host, server.port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, words)
    if server.security == "starttls":
        client.starttls(context=build_tls_context(server))
    client.ehlo_or_helo_if_needed()
    if server.user:
        log_in(client, server.user, server.password)


def decide_rejection(server: Server, error: smtplib.SMTPResponseException) -> TransportError:
    """Return the decision if the server refuses the connection or the login."""
    told = error.smtp_error
    words = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    for secret in filter(None, (server.password, server.user)):
        words = words.replace(secret, "…")
    reply = Reply(error.smtp_code, without_addresses(words))
    if (reply.asks_to_wait and not is_lasting(reply)) or reply.code < 0:
        seconds = seconds_to_wait(reply.words)
        return Throttled(
            phrase("The mail server asks to wait: {answer}", answer=reply), seconds=seconds
        )
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return AccountError(
            phrase("The mail server refuses user or password: {answer}", answer=reply),
            hint=phrase(
                "Correct [smtp] user or {variable}, then: newsletter send resume ID",
                variable=server.variable,
            ),
        )
    if isinstance(error, smtplib.SMTPHeloError):
        return AccountError(
            phrase("The mail server does not accept our greeting: {answer}", answer=reply),
            hint=phrase("Set [smtp] hello to this machine's name, then: newsletter send resume ID"),
        )
    return AccountError(phrase("The mail server refuses the connection: {answer}", answer=reply))


def build_tls_context(server: Server) -> ssl.SSLContext:
    """Return the TLS context that checks certificates."""
    context = ssl.create_default_context()
    if server.ca_file:
        context.load_verify_locations(server.ca_file)
    return context


def get_own_name() -> str:
    """Return the name we greet with; an address if this machine has no name (RFC 5321 4.1.3)."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"
