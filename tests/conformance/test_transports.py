"""Every transport passes the suite that others get too: `newsletter.testing`.

Each against something real on loopback: the emulator, mail servers with and without encryption, a
folder.  What is peculiar to one has a file of its own.
"""

from __future__ import annotations

import mailbox
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from newsletter.errors import AccountError, NotSubmitted, OutcomeUnknown, Throttled, TransportError
from newsletter.testing import (
    FAULTS,
    SubmissionConformance,
    TransportConformance,
    TransportUnderTest,
    read_mail,
)
from newsletter.transports.maildir.submission import MaildirTransport
from newsletter.transports.memory import MemoryTransport
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from newsletter.transports.smtp.server import Server
from newsletter.transports.smtp.submission import SmtpTransport
from sendgrid_emulator import Emulator
from tests.mailserver import CUT, HANG, PASSWORD, USER, MailServer, make_certificate

QUICK = Limits(connect=1, answer=1)
#: Over TLS nothing tells a server that falls silent from one that is slow to encrypt.
FAULTS_OVER_TLS = tuple(fault for fault in FAULTS if fault != "silent")


class TestSendGrid(TransportConformance):
    """The API, with the emulator behind it."""

    @pytest.fixture
    def under_test(self) -> Iterator[TransportUnderTest]:
        """A transport to an emulator of its own."""
        with Emulator() as emulator:
            transport = SendGridTransport(base_url=emulator.url, api_key="SG.test", limits=QUICK)
            yield TransportUnderTest(
                transport=transport,
                arrived=lambda: [(mail.address, mail.mime()) for mail in emulator.mailbox],
                faults={
                    "not-submitted": lambda: emulator.faults.add("refuse"),
                    "throttled": lambda: emulator.faults.add("429", seconds=7),
                    "account-error": lambda: emulator.faults.add("401"),
                    "outcome-unknown": lambda: emulator.faults.add("accept_then_reset"),
                    "silent": lambda: emulator.faults.add("accept_then_hang", seconds=30),
                },
                secrets=("SG.",),
            )
            transport.close()


@contextmanager
def mail_server(
    folder: Path, *, security: str, pipelining: bool = True
) -> Iterator[TransportUnderTest]:
    """SMTP, with a mail server behind it that asks for a password where it can."""
    certificate = make_certificate(folder / "server.pem") if security != "none" else None
    behind = MailServer(
        certificate=certificate,
        implicit=security == "tls",
        login=certificate is not None,
        pipelining=pipelining,
    )
    behind.start()
    server = Server(
        host="127.0.0.1",
        port=behind.port,
        security=security,  # type: ignore[arg-type]
        user=USER if certificate else "",
        password=PASSWORD if certificate else "",
        ca_file=str(certificate or ""),
        connect=2,
        answer=1,
    )
    transport = SmtpTransport(server, connections=2)

    def answer(stage: str, reply: str) -> Callable[[], object]:
        return lambda: behind.rules.answers.update({stage: lambda _: reply})

    yield TransportUnderTest(
        transport=transport,
        arrived=lambda: [(mail.address, mail.message()) for mail in behind.mailbox],
        faults={
            "not-submitted": answer("MAIL", CUT),
            "throttled": answer("MAIL", "451 4.7.1 slow down"),
            "account-error": answer("MAIL", "553 5.7.1 not your address"),
            "outcome-unknown": answer("DATA", CUT),
            "silent": answer("DATA", HANG),
        },
        secrets=(PASSWORD,),
    )
    transport.close()
    behind.stop()


class TestSmtp(TransportConformance):
    """A mail server in the clear."""

    @pytest.fixture
    def under_test(self, tmp_path: Path) -> Iterator[TransportUnderTest]:
        """A transport to a server of its own."""
        with mail_server(tmp_path, security="none") as found:
            yield found


class TestSmtpOneByOne(TransportConformance):
    """A mail server that takes one command at a time."""

    @pytest.fixture
    def under_test(self, tmp_path: Path) -> Iterator[TransportUnderTest]:
        """A transport to a server of its own."""
        with mail_server(tmp_path, security="none", pipelining=False) as found:
            yield found


class TestSmtpStarttls(TransportConformance):
    """A mail server that encrypts after the greeting, and asks for a login."""

    possible_faults = FAULTS_OVER_TLS

    @pytest.fixture
    def under_test(self, tmp_path: Path) -> Iterator[TransportUnderTest]:
        """A transport to a server of its own."""
        with mail_server(tmp_path, security="starttls") as found:
            yield found


class TestSmtpTls(TransportConformance):
    """A mail server that encrypts from the first byte, and asks for a login."""

    possible_faults = FAULTS_OVER_TLS

    @pytest.fixture
    def under_test(self, tmp_path: Path) -> Iterator[TransportUnderTest]:
        """A transport to a server of its own."""
        with mail_server(tmp_path, security="tls") as found:
            yield found


class TestMaildir(TransportConformance):
    """Files in a Maildir."""

    possible_faults = ("account-error",)

    @pytest.fixture
    def under_test(self, tmp_path: Path) -> TransportUnderTest:
        """A transport to a Maildir that is not there yet."""
        maildir = tmp_path / "maildir"

        def arrived() -> list[tuple[str, EmailMessage]]:
            if not (maildir / "new").is_dir():
                return []
            kept = mailbox.Maildir(maildir, create=False)
            found = [read_mail(kept.get_bytes(key)) for key in kept.iterkeys()]
            return [(str(mail["To"]), mail) for mail in found]

        def spoil() -> None:
            shutil.rmtree(maildir, ignore_errors=True)
            maildir.write_text("not a folder")

        return TransportUnderTest(
            transport=MaildirTransport(maildir), arrived=arrived, faults={"account-error": spoil}
        )


class TestMemory(SubmissionConformance):
    """The transport of our own tests, through which no mail goes."""

    possible_faults = FAULTS_OVER_TLS

    @pytest.fixture
    def under_test(self) -> TransportUnderTest:
        """A transport that answers as it is told."""
        transport = MemoryTransport()

        def next_answer(error: TransportError) -> Callable[[], object]:
            return lambda: transport._answers.append(error)

        return TransportUnderTest(
            transport=transport,
            arrived=lambda: [(address, EmailMessage()) for address in transport.addresses()],
            faults={
                "not-submitted": next_answer(NotSubmitted()),
                "throttled": next_answer(Throttled()),
                "account-error": next_answer(AccountError()),
                "outcome-unknown": next_answer(OutcomeUnknown()),
            },
        )
