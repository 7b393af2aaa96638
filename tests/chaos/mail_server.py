"""A mail server of a chaos run, as the run sees it: started, killed, looked into."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.mail_process import CALM, MAILBOX, REFUSED
from tests.cluster import free_port
from tests.mailserver import make_certificate

#: Seconds that a client waits for a reply: less than one that is late takes.
READ_TIMEOUT_SECONDS = 1.5


@dataclass
class MailServer:
    """The server as a chaos run sees it."""

    folder: Path
    certificate: Path | None
    port: int = field(default_factory=free_port)
    starts: int = 0

    @property
    def settings(self) -> dict[str, str]:
        """What a workspace needs to submit to it."""
        return {
            "sending_transport": "smtp",
            "smtp_host": "127.0.0.1",
            "smtp_port": str(self.port),
            "smtp_security": "tls" if self.certificate else "none",
            "smtp_ca_file": str(self.certificate or ""),
            "smtp_connections": "8",
            "smtp_connect_timeout_seconds": "2",
            "smtp_read_timeout_seconds": str(READ_TIMEOUT_SECONDS),
        }

    @property
    def environment(self) -> dict[str, str]:
        """What else it needs."""
        return {}

    def start(self) -> None:
        """Start it, at the same port as before, and wait until it listens."""
        self.starts += 1
        words = [str(self.folder), str(self.port), str(self.starts)]
        words += [str(self.certificate)] if self.certificate else []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.mail_process", *words],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout
        assert self.process.stdout.readline() == b"ready\n"

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.communicate()

    def calm(self) -> None:
        """Let everything go well from now on."""
        (self.folder / CALM).touch()

    def mails(self) -> list[dict[str, Any]]:
        """Return what has arrived, the newest first."""
        lines = (self.folder / MAILBOX).read_text().splitlines()
        pairs = [line.split("\t") for line in reversed(lines)]
        return [{"to": to, "link": link, "phase": "taken"} for to, link in pairs]

    def refused(self) -> set[str]:
        """Return who was refused."""
        return set((self.folder / REFUSED).read_text().splitlines())

    def unsubscribe_link(self, mail: dict[str, Any]) -> str:
        """Return the link by which the reader of a mail leaves."""
        return str(mail["link"])

    def violations(self) -> list[dict[str, Any]]:
        """Return nothing: a mail server has no rules for senders that this one would watch."""
        return []

    def is_idle(self) -> bool:
        """Say whether nothing is in progress: what it does, it does at once."""
        return True


@contextlib.contextmanager
def mail_server(folder: Path, *, tls: bool) -> Iterator[MailServer]:
    """Have a mail server, over TLS or not."""
    place = folder / "mail_server"
    place.mkdir()
    for name in (MAILBOX, REFUSED):
        (place / name).touch()
    certificate = make_certificate(place / "certificate.pem") if tls else None
    server = MailServer(place, certificate)
    server.start()
    try:
        yield server
    finally:
        server.kill()
