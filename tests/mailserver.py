"""A mail server for tests, on loopback: aiosmtpd, made to answer as it is told."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: Instead of a reply: the end of the connection, silence, or a reply that never ends.
CUT, HANG, DRIP = "cut", "hang", "drip"
USER, PASSWORD = "tideline", "correct horse"


class Arrived(NamedTuple):
    """A message that the server said yes to, or would have."""

    sender: str
    address: str
    data: bytes

    def message(self) -> EmailMessage:
        """Return it as the standard library reads it."""
        found = message_from_bytes(self.data, policy=policy.SMTP)
        assert isinstance(found, EmailMessage)
        return found


class Rules:
    """Says yes to everything, but for `answers`: a function of the address by stage.

    Stages are MAIL, RCPT, DATA (after the message).  A function returns a reply, or None for
    yes.  `CUT` and `HANG` after the message leave it in the mailbox: such a server may well have
    it.
    """

    def __init__(self, *, pipelining: bool) -> None:
        self.mailbox: list[Arrived] = []
        self.answers: dict[str, Callable[[str], str | None]] = {}
        self.connections = 0
        #: Messages that were begun on the last connection.
        self.begun = 0
        self.greeted_as: set[str] = set()
        self._pipelining = pipelining

    async def handle_EHLO(  # noqa: N802  aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope, host: str, answers: list[str]
    ) -> list[str]:
        """Offer PIPELINING or not."""
        self.connections += 1
        self.begun = 0
        self.greeted_as.add(host)
        session.host_name = host
        offered = ["250-PIPELINING"] if self._pipelining else []
        return [*answers[:-1], *offered, answers[-1]]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to the sender."""
        self.begun += 1
        if answer := self._answer(server, "MAIL", address):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to a recipient."""
        if answer := self._answer(server, "RCPT", address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Answer to a message."""
        [address] = envelope.rcpt_tos
        assert isinstance(envelope.content, bytes)
        arrived = Arrived(str(envelope.mail_from), address, envelope.content)
        answer = self._answer(server, "DATA", address)
        if answer in (None, CUT, HANG, DRIP):
            self.mailbox.append(arrived)
        while answer == DRIP:
            await server.push("250-still thinking")
            await asyncio.sleep(0.05)
        if answer == HANG:
            await asyncio.Event().wait()
        return answer or f"250 queued as {len(self.mailbox)}"

    def _answer(self, server: SMTP, stage: str, address: str) -> str | None:
        rule = self.answers.get(stage)
        answer = rule(address) if rule else None
        if answer == CUT:
            assert server.transport
            server.transport.abort()
        return answer


class MailServer(Controller):
    """Rules behind a free port of 127.0.0.1, secured or not, with a login or without."""

    def __init__(
        self,
        *,
        certificate: Path | None = None,
        implicit: bool = False,
        login: bool = False,
        pipelining: bool = True,
        user: str = USER,
        password: str = PASSWORD,
    ) -> None:
        known = LoginPassword(user.encode(), password.encode())
        self.rules = Rules(pipelining=pipelining)
        self._serving: list[SMTP] = []
        context = server_context(certificate) if certificate else None
        options: dict[str, Any] = {"tls_context": context if not implicit else None}
        if login:
            options |= {
                "authenticator": knows(known),
                # aiosmtpd does not see that a connection was secure from its first byte.
                "auth_required": not implicit,
                "auth_require_tls": not implicit,
            }
        super().__init__(
            self.rules,
            hostname="127.0.0.1",
            port=0,
            ssl_context=context if implicit else None,
            server_hostname="127.0.0.1",
            require_starttls=context is not None and not implicit,
            **options,
        )

    @property
    def mailbox(self) -> list[Arrived]:
        """What has arrived."""
        return self.rules.mailbox

    def factory(self) -> SMTP:
        """Return what serves one more connection."""
        self._serving.append(super().factory())
        return self._serving[-1]

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        """Cut every connection, and stop once each has heard of it."""
        super().cancel_tasks(stop_loop=False)
        for each in self._serving:
            if each.transport:
                each.transport.abort()
        if stop_loop:
            self._stop_after(8)

    def _stop_after(self, rounds: int) -> None:
        if rounds:
            self.loop.call_soon(self._stop_after, rounds - 1)
        else:
            self.loop.stop()

    def _trigger_server(self) -> None:
        assert self.server
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def knows(known: LoginPassword) -> Callable[..., AuthResult]:
    """Return what lets in whoever knows user and password."""

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=given == known, handled=False)

    return authenticate


def server_context(certificate: Path) -> ssl.SSLContext:
    """Return a context that shows a certificate; key and certificate are in one file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def make_certificate(path: Path, host: str = "127.0.0.1") -> Path:
    """Write a key and a certificate for an address, signed by itself and good for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
