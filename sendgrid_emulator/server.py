"""The emulator as a program (`run`) and in tests (`Emulator`)."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sendgrid_emulator import readers
from sendgrid_emulator.account import Account, Settings
from sendgrid_emulator.addresses import is_loopback
from sendgrid_emulator.batches import Unknowns
from sendgrid_emulator.certificates import Certificates
from sendgrid_emulator.clock import Clock
from sendgrid_emulator.errors import EmulatorError
from sendgrid_emulator.faults import Faults
from sendgrid_emulator.invariants import Violation, check
from sendgrid_emulator.journal import Journal
from sendgrid_emulator.listener import Listener
from sendgrid_emulator.mailbox import Mailbox
from sendgrid_emulator.messages import Message
from sendgrid_emulator.poster import Poster
from sendgrid_emulator.readers import Site
from sendgrid_emulator.suppressions import Suppressions
from sendgrid_emulator.traffic import Traffic
from sendgrid_emulator.webhooks import Webhook
from sendgrid_emulator.witnesses import Witness

HOST = "127.0.0.1"
PORT = 8026
#: Seconds in which closed connections come to rest.
_MOMENT = 0.01


def say(line: str) -> None:
    """Write a line for the person at once, even into a pipe."""
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


def run(
    host: str = HOST,
    port: int = PORT,
    options: Options | None = None,
    *,
    announce: Callable[[str], None] = say,
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
    made = Certificates.make()
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
    for line in greeting(listener):
        announce(line)
    try:
        await stopping.wait()
    finally:
        await listener.stop()


def greeting(listener: Listener) -> list[str]:
    """Return what a person needs to know at the start."""
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


class Emulator:
    """An emulator of its own in a background thread, on a free port: for tests.

        with Emulator() as sendgrid:
            send_something_to(sendgrid.url)
            assert len(sendgrid.mailbox) == 1

    What it shows may be read from any thread; to change the `account`, use the methods here.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        port: int = 0,
        folder: Path | None = None,
        tls: bool = False,
    ) -> None:
        self._journal = Journal(folder) if folder else None
        self.account = Account(settings, self._journal)
        #: With `tls`, what it is known by; clients must be told to trust `authority`.
        self.certificates = Certificates.make() if tls else None
        self._listener = Listener(self.account, HOST, port, self.certificates)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="emulator", daemon=True)

    @property
    def url(self) -> str:
        """The base URL, such as http://127.0.0.1:40123."""
        return self._listener.url

    @property
    def mailbox(self) -> Mailbox:
        """All accepted mail."""
        return self.account.mailbox

    @property
    def requests(self) -> Traffic:
        """All requests to the API."""
        return self.account.traffic

    @property
    def faults(self) -> Faults:
        """What is to go wrong."""
        return self.account.faults

    @property
    def settings(self) -> Settings:
        """What the account allows; may be changed at any time."""
        return self.account.settings

    @property
    def unknowns(self) -> Unknowns:
        """How it behaves where SendGrid's documents are silent; may be changed at any time."""
        return self.account.batches.unknowns

    @property
    def clock(self) -> Clock:
        """The emulator's time; what falls due while it advances has happened afterwards."""
        return self.account.clock

    @property
    def suppressions(self) -> Suppressions:
        """Whom the account no longer mails."""
        return self.account.suppressions

    @property
    def events(self) -> Poster:
        """How events travel, and the record of posts."""
        return self.account.poster

    def post_events_to(self, url: str) -> Webhook:
        """Post events to `url` from now on; the result knows the public key."""
        webhook = Webhook(url, self.clock.now())
        self.account.webhooks.all.append(webhook)
        return webhook

    def violations(self) -> list[Violation]:
        """Return every promise of a sender that was broken so far; see `invariants`."""
        return check(self.account)

    def call(self, witness: Witness) -> None:
        """Let a witness be asked what only the sender's side knows: T9, T12 and T15."""
        self.account.witness = witness
        self.account.looked_into |= {"T9", "T12", "T15"}

    def waive(self, *teeth: str) -> None:
        """Leave these promises, such as T15, out of what `violations` returns."""
        self.account.waived.update(teeth)

    def scan(self, site: Site, state: Callable[[], object]) -> int:
        """Open every link of every mail as scanners do; see `readers.scan`.  Returns how many."""
        links, found = readers.scan(self.mailbox, site, state)
        self.account.looked_into.add("T13")
        self.account.found += found
        return links

    def press(self, message: Message, site: Site) -> None:
        """Press one-click on a mail; from then on, its address must be left alone."""
        self.account.found += readers.press(message, site)
        self.account.looked_into.add("T14")
        self.account.forbid(message.address)

    def reset(self) -> None:
        """Forget mail, requests, batches, suppressions and faults."""
        self._do(_call(self.account.reset))

    def start(self) -> Self:
        """Start and wait until requests are taken."""
        self._thread.start()
        self._do(self._listener.start())
        return self

    def stop(self) -> None:
        """Stop and wait until the port is free."""
        self._do(self._listener.stop())
        self._do(_end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self._journal:
            self._journal.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


async def _call(action: Callable[[], None]) -> None:
    action()


async def _end() -> None:
    """Cancel what still goes on, such as answers to clients that left, and let it come to rest."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    # What is closed calls back a moment later.
    await asyncio.sleep(_MOMENT)
