"""The emulator as a program that runs until it is stopped."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sendgrid_emulator.account import Account
from sendgrid_emulator.errors import EmulatorError
from sendgrid_emulator.events.webhooks import Webhook
from sendgrid_emulator.loopback import is_loopback
from sendgrid_emulator.server.certificates import Certificates
from sendgrid_emulator.server.listener import Listener
from sendgrid_emulator.state.journal import Journal
from sendgrid_emulator.state.settings import Settings

HOST = "127.0.0.1"
PORT = 8026


def print_line(line: str) -> None:
    """Print a line at once, even into a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Options:
    """How the program runs.

    `folder` keeps accepted requests over a restart; `events_to` is the URL that events are
    posted to; `settings` say what the account allows; with `authority` it speaks TLS, and writes
    the certificate that clients must trust to this file (PEM).
    """

    folder: Path | None = None
    events_to: str = ""
    settings: Settings | None = None
    authority: Path | None = None


def run_emulator(
    host: str = HOST,
    port: int = PORT,
    options: Options | None = None,
    *,
    announce: Callable[[str], None] = print_line,
) -> None:
    """Serve until SIGTERM or SIGINT; `announce` is called with each line meant for a person.

    Listens on loopback unless `host` says otherwise; port 0 picks a free one.  Raises OSError if
    the port is taken and EmulatorError if the folder cannot be used.
    """
    options = options or Options()
    journal = Journal(options.folder) if options.folder else None
    account = Account(options.settings, journal)
    if options.events_to:
        account.webhooks.all.append(Webhook(options.events_to, account.clock.now()))
    try:
        asyncio.run(_serve(Listener(account, host, port, _certificates(options)), announce))
    finally:
        if journal:
            journal.close()


def _certificates(options: Options) -> Certificates | None:
    if options.authority is None:
        return None
    made = Certificates()
    try:
        options.authority.write_bytes(made.authority)
    except OSError as error:
        message = f"{options.authority} cannot be written: {error.strerror}"
        raise EmulatorError(message, hint="Give another file with --tls.") from error
    return made


async def _serve(listener: Listener, announce: Callable[[str], None]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await listener.start()
    for line in greeting_lines(listener):
        announce(line)
    try:
        await stopping.wait()
    finally:
        await listener.stop()


def greeting_lines(listener: Listener) -> list[str]:
    """Return the lines that are printed at the start."""
    lines = [
        f"Emulator for SendGrid: {listener.url}",
        f"  read the mail         {listener.url}/",
        "  API key               any that begins with SG.",
    ]
    if listener.account.settings.keys:
        lines[-1] = "  API key               the one it was started with"
    for webhook in listener.account.webhooks.all:
        lines.append(f"  events go to          {webhook.url}")
        lines.append(f"  their public key      {webhook.signer.public_key}")
    if not is_loopback(listener.host):
        lines.append("  Anyone who can reach this address can read the mail.")
    return lines
