"""The emulator in tests: in a separate thread, with access to all of its state."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sendgrid_emulator.account import Account
from sendgrid_emulator.checks.invariants import check_invariants
from sendgrid_emulator.checks.link_scanner import scan_links
from sendgrid_emulator.checks.one_click import press_one_click
from sendgrid_emulator.checks.site import Site
from sendgrid_emulator.events.webhook_sender import WebhookSender
from sendgrid_emulator.events.webhooks import Webhook
from sendgrid_emulator.faults.fault import Faults
from sendgrid_emulator.server.certificates import Certificates
from sendgrid_emulator.server.listener import Listener
from sendgrid_emulator.state.batches import Undocumented
from sendgrid_emulator.state.clock import Clock
from sendgrid_emulator.state.journal import Journal
from sendgrid_emulator.state.ledger_oracle import LedgerOracle
from sendgrid_emulator.state.mailbox import Mailbox
from sendgrid_emulator.state.messages import Message
from sendgrid_emulator.state.request_log import RequestLog
from sendgrid_emulator.state.settings import Settings
from sendgrid_emulator.state.suppressions import Suppressions
from sendgrid_emulator.state.violation import Violation

HOST = "127.0.0.1"
#: Seconds for closed connections to end.
_CLOSE_SECONDS = 0.01


class Emulator:
    """An emulator for tests, in a background thread, on a free port.

        with Emulator() as sendgrid:
            send_something_to(sendgrid.url)
            assert len(sendgrid.mailbox) == 1

    Any thread may read its state; to change the `account`, use the methods here.
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
        #: With `tls`, its certificates; clients must trust `authority`.
        self.certificates = Certificates() if tls else None
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
    def requests(self) -> RequestLog:
        """All requests to the API."""
        return self.account.request_log

    @property
    def faults(self) -> Faults:
        """The active faults."""
        return self.account.faults

    @property
    def settings(self) -> Settings:
        """What the account allows; may be changed at any time."""
        return self.account.settings

    @property
    def undocumented(self) -> Undocumented:
        """Its behaviour where SendGrid's documents leave it open; may be changed at any time."""
        return self.account.batches.undocumented

    @property
    def clock(self) -> Clock:
        """The emulator's time; after `advance`, everything due in between has happened."""
        return self.account.clock

    @property
    def suppressions(self) -> Suppressions:
        """The suppression lists of the account."""
        return self.account.suppressions

    @property
    def events(self) -> WebhookSender:
        """The delivery of events, and the record of posts."""
        return self.account.webhook_sender

    def post_events_to(self, url: str) -> Webhook:
        """Post events to `url` from now on; the result knows the public key."""
        webhook = Webhook(url, self.clock.now())
        self.account.webhooks.all.append(webhook)
        return webhook

    def violations(self) -> list[Violation]:
        """Return every sender rule that was broken so far; see `checks.invariants`."""
        return check_invariants(self.account)

    def consult(self, oracle: LedgerOracle) -> None:
        """Use an oracle for what only the sender knows: R9, R12 and R15."""
        self.account.checks.oracle = oracle
        self.account.checks.tried |= {"R9", "R12", "R15"}

    def waive(self, *rules: str) -> None:
        """Leave these rules, such as R15, out of what `violations` returns."""
        self.account.checks.waived.update(rules)

    def scan_links(self, site: Site, state: Callable[[], object]) -> int:
        """Open every link of every mail as scanners do, and return how many there are."""
        links, found = scan_links(self.mailbox, site, state)
        self.account.checks.tried.add("R13")
        self.account.checks.violations += found
        return links

    def press_one_click(self, message: Message, site: Site) -> None:
        """Press one-click on a mail; after that, its address must get no mail."""
        self.account.checks.violations += press_one_click(message, site)
        self.account.checks.tried.add("R14")
        self.account.forbid(message.address)

    def read_mail(self, message: Message, act: str = "open", url: str = "") -> None:
        """Let a reader `open` a mail, a machine `machineopen` it, or a reader `click` a link.

        Nobody hears of it where the request does not have it tracked.
        """
        self._do(_call(lambda: self.account.read_mail(message, act, url)))

    def reset(self) -> None:
        """Forget mail, requests, batches, suppressions and faults."""
        self._do(_call(self.account.reset))

    def start(self) -> Self:
        """Start, and wait until requests are accepted."""
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


async def _call(action: Callable[[], object]) -> None:
    action()


async def _end() -> None:
    """Cancel what still runs, such as answers to clients that left, and wait for its end."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    # Closed connections report this a little later.
    await asyncio.sleep(_CLOSE_SECONDS)
