"""Open a connection to a mail server: greeting, TLS and login, by the standard library.

`smtplib` waits for each answer, so this runs in a thread of its own; what comes after it does not
wait for anybody (`connection`).
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from newsletter.errors import AccountError, NotSubmitted, Throttled, TransportError
from newsletter.phrases import phrase
from newsletter.transports.error_text import describe_network, kind_of, without_addresses
from newsletter.transports.smtp.login import log_in
from newsletter.transports.smtp.replies import Reply, is_lasting, seconds_to_wait
from newsletter.transports.smtp.server import Server
from newsletter.transports.sockets import TimeLimit

#: Seconds after which this machine's certificates are read again.
TLS_CONTEXT_SECONDS = 60.0


class Opened(NamedTuple):
    """An open connection, on which mail may be submitted; its socket does not block."""

    sock: socket.socket
    #: Whether the server takes several commands at once (RFC 2920).
    pipelining: bool


def open_connection(server: Server) -> Opened:
    """Return a connection on which we are greeted, secured and logged in.

    Raises a `TransportError`, and nothing was submitted then.
    """
    client = open_client(server)
    sock, file = client.sock, client.file
    client.sock = client.file = None
    # An open file would keep the socket open.
    if file is not None:
        file.close()
    if sock is None:
        raise NotSubmitted(phrase("The connection to the mail server is closed"))
    sock.setblocking(False)
    # Else the end of a message waits until the server has confirmed what stands before it.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Opened(sock, client.has_extn("pipelining"))


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
    """Return the TLS context that checks certificates; raises `OSError` for a missing file."""
    changed = Path(server.ca_file).stat().st_mtime_ns if server.ca_file else 0
    return load_tls_context(server.ca_file, changed, int(time.monotonic() // TLS_CONTEXT_SECONDS))


@lru_cache(maxsize=2)
def load_tls_context(ca_file: str, changed: int, period: int) -> ssl.SSLContext:
    """Return a context for many connections: reading this machine's certificates takes long."""
    del changed, period
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def get_own_name() -> str:
    """Return the name we greet with; an address if this machine has no name (RFC 5321 4.1.3)."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"
