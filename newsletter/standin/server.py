"""The stand-in as a program (`run`) and in tests (`StandIn`)."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from newsletter.standin.account import Account, Settings
from newsletter.standin.clock import Clock
from newsletter.standin.gateway import Gateway
from newsletter.standin.mailbox import Mailbox
from newsletter.standin.pages import Pages
from newsletter.standin.traffic import Traffic

HOST = "127.0.0.1"
PORT = 8026


class Server:
    """The application on a socket, inside a running event loop."""

    def __init__(self, account: Account, host: str = HOST, port: int = PORT) -> None:
        self.account = account
        self.host, self.port = host, port
        self._runner = web.AppRunner(application(account), access_log=None, auto_decompress=False)

    @property
    def url(self) -> str:
        """The address to configure as SendGrid's base URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    async def start(self) -> None:
        """Listen; port 0 picks a free one.  Raises OSError if the port is taken."""
        await self._runner.setup()
        listener = _listener(self.host, self.port)
        self.port = listener.getsockname()[1]
        await web.SockSite(self._runner, listener, backlog=1024).start()

    async def stop(self) -> None:
        """Stop listening and close what is open."""
        await self._runner.cleanup()


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def application(account: Account) -> web.Application:
    """Return the whole application: API and pages."""
    app = web.Application(client_max_size=0)
    Gateway(account).add_to(app)
    Pages(account).add_to(app)
    return app


def run(
    host: str = HOST,
    port: int = PORT,
    *,
    settings: Settings | None = None,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve until SIGTERM or SIGINT; `announce` is called with each line for the person.

    Listens on loopback unless `host` says otherwise.  Raises OSError if the port is taken.
    """
    account = Account(settings or Settings())
    asyncio.run(_serve(Server(account, host, port), announce))


async def _serve(server: Server, announce: Callable[[str], None]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await server.start()
    announce(f"Stand-in for SendGrid: {server.url}")
    try:
        await stopping.wait()
    finally:
        await server.stop()


class StandIn:
    """A stand-in of its own in a background thread, on a free port: for tests.

    >>> with StandIn() as sendgrid:  # doctest: +SKIP
    ...     send_something_to(sendgrid.url)
    ...     assert len(sendgrid.mailbox) == 1
    """

    def __init__(self, settings: Settings | None = None, *, port: int = 0) -> None:
        self.account = Account(settings or Settings())
        self._server = Server(self.account, HOST, port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="stand-in", daemon=True)

    @property
    def url(self) -> str:
        """The base URL, such as http://127.0.0.1:40123."""
        return self._server.url

    @property
    def mailbox(self) -> Mailbox:
        """All accepted mail."""
        return self.account.mailbox

    @property
    def requests(self) -> Traffic:
        """All requests to the API."""
        return self.account.traffic

    @property
    def settings(self) -> Settings:
        """What the account allows; may be changed at any time."""
        return self.account.settings

    @property
    def clock(self) -> Clock:
        """The stand-in's time."""
        return self.account.clock

    def start(self) -> Self:
        """Start and wait until requests are taken."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._server.start(), self._loop).result()
        return self

    def stop(self) -> None:
        """Stop and wait until the port is free."""
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
