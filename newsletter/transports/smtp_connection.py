"""One connection to an SMTP server, and a pool of them; every reply becomes a decision.

The standard library's `smtplib` opens, secures and authorises the connection and reads replies.
The transaction is ours: it has to know whether the final dot has left, for only behind it may
the server have the mail (RFC 5321 4.1.1.4), and it sends the envelope at once where the server
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
from typing import Literal, NamedTuple

from newsletter.errors import (
    AnswerLost,
    NotHandedOver,
    OnHold,
    PutOff,
    Refused,
    Throttled,
    TransportError,
)
from newsletter.transports.wording import kind_of, without_addresses

Security = Literal["starttls", "tls", "none"]

#: A server that asks to wait does not say how long.
SERVER_WAIT = 30.0
#: Greylisting lets people through after some minutes.
PERSON_WAIT = 300.0
#: A connection that was left alone for longer is not trusted, but opened anew.
IDLE = 30.0
END = b".\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """Where mail is handed over, and how; times in seconds."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    connect: float = 5.0
    answer: float = 60.0


class Reply(NamedTuple):
    """A reply of the server: its code, and its words, those of a no without addresses."""

    code: int
    words: str

    def __str__(self) -> str:
        return f"{self.code} {self.words}"

    @property
    def asks_to_wait(self) -> bool:
        """Whether it may be different another time (RFC 5321 4.2.1)."""
        return 400 <= self.code < 500

    @property
    def about_us(self) -> bool:
        """Whether it refuses who we are or what we send, not one person (RFC 3463, x.7.x)."""
        words = self.words.lower()
        return self.code in (530, 535, 538) or "5.7." in words or "relay" in words


class Connection:
    """A connection on which mail can be handed over; raises `TransportError` where it cannot."""

    def __init__(self, server: Server) -> None:
        self._client = opened(server)
        self._pipelining = self._client.has_extn("pipelining")
        self._used_at = time.monotonic()
        self.usable = True

    def hand_over(self, sender: str, address: str, message: bytes) -> str:
        """Hand over one message with CRLF line ends; return the server's words.

        Up to the final dot nothing has been accepted, whatever happens.
        """
        self._introduce(sender, address)
        with self._lost_as(NotHandedOver):
            self._client.send(message.replace(b"\r\n.", b"\r\n..") + END)
        with self._lost_as(AnswerLost):
            reply = self._reply()
        self._used_at = time.monotonic()
        if reply.code // 100 == 2:
            return reply.words
        raise self._after_message(reply, AnswerLost)

    def check(self, sender: str) -> None:
        """Ask whether the server takes mail from this sender, and hand nothing over."""
        with self._lost_as(NotHandedOver):
            reply = self._ask(f"MAIL FROM:<{sender}>")
            self._ask("RSET")
        if reply.code != 250:
            raise self._after_sender(reply)

    @property
    def fresh(self) -> bool:
        """Whether it still stands after having been left alone."""
        if time.monotonic() - self._used_at > IDLE:
            return False
        with suppress(OSError):
            return self._ask("RSET").code == 250
        return False

    def cut(self) -> None:
        """Wake whoever waits for the server, with an error."""
        with suppress(OSError, AttributeError):
            self._client.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    def close(self) -> None:
        """Say goodbye, without waiting for the answer."""
        with suppress(OSError):
            self._client.putcmd("QUIT")
        self._client.close()

    def _introduce(self, sender: str, address: str) -> None:
        """Say from whom and to whom, and ask to go on."""
        commands = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{address}>", "DATA")
        with self._lost_as(NotHandedOver):
            replies = self._ask_all(commands)
            if [reply.code // 100 for reply in replies] == [2, 2, 3]:
                return
            if replies[-1].code == 354:
                # RFC 2920 3.1: the server waits for a message that nobody is to get.
                self._client.send(END)
                self._reply()
            else:
                self._ask("RSET")
        raise self._refusal(*replies)

    def _ask_all(self, commands: tuple[str, ...]) -> list[Reply]:
        """Return the replies up to the first refusal; where commands may be piped, all."""
        if self._pipelining:
            self._client.send("".join(f"{command}\r\n" for command in commands).encode("ascii"))
            return [self._reply() for _ in commands]
        replies: list[Reply] = []
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
        # Only a no is shown to people.
        return Reply(code, told if code < 400 else without_addresses(told))

    @contextmanager
    def _lost_as(self, kind: type[TransportError]) -> Iterator[None]:
        """Let a connection that breaks in here mean this."""
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            self.usable = False
            raise kind(f"The connection to the mail server broke: {kind_of(error)}") from None

    def _refusal(
        self, sender: Reply, person: Reply | None = None, data: Reply | None = None
    ) -> TransportError:
        """Return the decision that the first refusal among the replies asks for."""
        if sender.code // 100 != 2 or person is None:
            return self._after_sender(sender)
        if person.code // 100 != 2 or data is None:
            return self._after_person(person)
        return self._after_message(data, NotHandedOver)

    def _after_sender(self, reply: Reply) -> TransportError:
        if reply.asks_to_wait:
            return Throttled(f"The mail server asks to wait: {reply}", seconds=SERVER_WAIT)
        return OnHold(f"The mail server refuses the sender: {reply}")

    def _after_person(self, reply: Reply) -> TransportError:
        if reply.code == 421:
            return self._after_sender(reply)
        if reply.asks_to_wait:
            return PutOff(f"The mail server puts people off: {reply}", seconds=PERSON_WAIT)
        return Refused(f"The mail server refuses the address: {reply}", about_us=reply.about_us)

    def _after_message(self, reply: Reply, otherwise: type[TransportError]) -> TransportError:
        if reply.asks_to_wait:
            return Throttled(f"The mail server asks to wait: {reply}", seconds=SERVER_WAIT)
        if reply.code >= 500:
            return Refused(f"The mail server refuses the mail: {reply}", about_us=True)
        self.usable = False
        return otherwise(f"The mail server answered {reply.code}, which is neither yes nor no")


class Pool:
    """At most so many connections; one that is given back in order is kept for the next."""

    def __init__(self, server: Server, connections: int) -> None:
        self._server = server
        self._places = threading.BoundedSemaphore(connections)
        self._kept: queue.LifoQueue[Connection] = queue.LifoQueue()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend a connection; raises `NotHandedOver` or `OnHold` where there is none to be had."""
        if not self._places.acquire(timeout=self._server.connect):
            raise NotHandedOver("All connections to the mail server are busy")
        try:
            connection = self._one_kept() or Connection(self._server)
            try:
                yield connection
            except BaseException:
                connection.usable = False
                raise
            finally:
                self._take_back(connection)
        finally:
            self._places.release()

    def close(self) -> None:
        """Close what is kept."""
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
        if connection.usable:
            self._kept.put(connection)
        else:
            connection.close()


def opened(server: Server) -> smtplib.SMTP:
    """Return a connection that is secured and authorised as asked for."""
    try:
        client = greeted(server)
    except ssl.SSLCertVerificationError as error:
        raise OnHold(
            f"The mail server's certificate is not trusted: {error.verify_message}",
            hint="Mend [smtp] host or ca_file, then: newsletter send resume ID",
        ) from None
    except smtplib.SMTPResponseException as error:
        raise unwelcome(server, error) from None
    except smtplib.SMTPNotSupportedError as error:
        raise OnHold(
            f"The mail server does not offer what [smtp] asks for: {error}",
            hint="Mend [smtp] security, port or user, then: newsletter send resume ID",
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotHandedOver(f"The mail server cannot be reached: {kind_of(error)}") from None
    if client.sock is not None:
        client.sock.settimeout(server.answer)
    return client


def greeted(server: Server) -> smtplib.SMTP:
    """Return a connection after greeting, security and login."""
    name = own_name()
    if server.security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, name, timeout=server.connect, context=trust(server)
        )
    else:
        client = smtplib.SMTP(server.host, server.port, name, timeout=server.connect)
    try:
        if server.security == "starttls":
            client.starttls(context=trust(server))
        client.ehlo_or_helo_if_needed()
        if server.user:
            client.login(server.user, server.password)
    except BaseException:
        client.close()
        raise
    return client


def unwelcome(server: Server, error: smtplib.SMTPResponseException) -> TransportError:
    """Return the decision when the server does not let us in."""
    told = error.smtp_error
    words = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    for secret in filter(None, (server.password, server.user)):
        words = words.replace(secret, "…")
    reply = Reply(error.smtp_code, without_addresses(words))
    if reply.asks_to_wait or reply.code < 0:
        return Throttled(f"The mail server asks to wait: {reply}", seconds=SERVER_WAIT)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return OnHold(f"The mail server refuses user or password: {reply}")
    return OnHold(f"The mail server does not let us in: {reply}")


def trust(server: Server) -> ssl.SSLContext:
    """Return what certificates are checked against."""
    context = ssl.create_default_context()
    if server.ca_file:
        context.load_verify_locations(server.ca_file)
    return context


def own_name() -> str:
    """Return the name we greet with; an address where this machine has none (RFC 5321 4.1.3)."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"
