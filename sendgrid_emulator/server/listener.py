"""One account on one socket: listen, run the timeline, post events, refuse on demand."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sendgrid_emulator.account import Account
from sendgrid_emulator.faults.fault import Fault
from sendgrid_emulator.loopback import is_loopback
from sendgrid_emulator.server.certificates import Certificates
from sendgrid_emulator.server.control_api import Control
from sendgrid_emulator.server.gateway import Gateway, Handler
from sendgrid_emulator.ui.pages import Pages

_BACKLOG = 1024
#: Seconds for requests in progress at the end.
_STOP_SECONDS = 0.1
#: Seconds after which a request to refuse connections, made over one, is carried out.
_GRACE = 0.05


class Listener:
    """One account served on a socket, inside a running event loop; in TLS with certificates."""

    def __init__(
        self, account: Account, host: str, port: int, certificates: Certificates | None = None
    ) -> None:
        self.account = account
        self.host, self.port = host, port
        self._tls = certificates.context() if certificates else None
        if self._tls:
            self._tls.sni_callback = self._on_handshake
            account.faults.speaks_tls = True
        self._runner = web.AppRunner(
            application(account, alone=is_loopback(host)),
            access_log=None,
            auto_decompress=False,
            shutdown_timeout=_STOP_SECONDS,
        )
        self._site: web.SockSite | None = None
        self._placeholder: socket.socket | None = None
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The address to configure as SendGrid's base URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def _on_handshake(self, *_about: object) -> int | None:
        """Continue or abort a handshake: called for each one, with or without a host name."""
        failing = self.account.faults.take_handshake()
        return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE if failing else None

    async def start(self) -> None:
        """Listen; port 0 picks a free one.  Raises OSError if the port is taken."""
        await self._runner.setup()
        bound = self._bind()
        self.port = bound.getsockname()[1]
        await self._listen(bound)
        self._connect(self.account)
        work = (self._keep_time(), self.account.webhook_sender.run())
        self._tasks = [asyncio.create_task(task) for task in work]

    def _connect(self, account: Account) -> None:
        """Let the account report from any thread that there is something to do."""
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        account.timeline.on_earlier = self._wake.set
        account.clock.on_advance(lambda: self.do(self._catch_up()))
        account.faults.on_refuse = self._on_refuse
        account.faults.on_clear = lambda: self.do(self.admit())

    def _on_refuse(self, fault: Fault) -> None:
        if threading.get_ident() == self._thread:
            # Requested over a connection, which must get its answer first.
            self._loop.call_later(_GRACE, lambda: self.do(self.refuse(fault.seconds)))
        else:
            self.do(self.refuse(fault.seconds))

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in the event loop: soon if called from there, else before it returns."""
        if threading.get_ident() == self._thread:
            self._errands.add(task := self._loop.create_task(work))
            task.add_done_callback(self._errands.discard)
        else:
            asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def stop(self) -> None:
        """Stop listening and close what is open."""
        tasks = [*self._tasks, *self._errands]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server = self._runner.server
        left = [each.transport for each in server.connections] if server else []
        await self._runner.cleanup()
        for transport in left:
            # An orderly end of TLS would wait for the client's goodbye.
            if transport:
                transport.abort()
        if self._placeholder:
            self._placeholder.close()

    async def _catch_up(self) -> None:
        self.account.timeline.run_due(self.account.clock.now)

    async def refuse(self, seconds: float) -> None:
        """Refuse connections for some seconds; open ones are closed."""
        if self._site is None:
            return
        await self._site.stop()
        self._site = None
        self._close_connections()
        # Bound but not listening: the port stays ours, and connecting to it is refused.
        self._placeholder = self._bind()
        self.do(self._listen_again(seconds))

    async def admit(self) -> None:
        """Accept connections again."""
        if self._placeholder:
            bound, self._placeholder = self._placeholder, None
            await self._listen(bound)

    async def _listen_again(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.admit()

    async def _listen(self, bound: socket.socket) -> None:
        self._site = web.SockSite(self._runner, bound, backlog=_BACKLOG, ssl_context=self._tls)
        await self._site.start()

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((self.host, self.port))
        except OSError:
            bound.close()
            raise
        return bound

    def _close_connections(self) -> None:
        server = self._runner.server
        for connection in server.connections if server else ():
            connection.force_close()

    async def _keep_time(self) -> None:
        """Run what is due, sleep until something else is, for ever."""
        clock, timeline = self.account.clock, self.account.timeline
        while True:
            self._wake.clear()
            await self._catch_up()
            due = timeline.next_due
            pause = None if due is None else max(0.0, due - clock.now())
            # Not wait_for: in Python 3.11 it can swallow the cancellation that ends this task.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()


def application(account: Account, *, alone: bool) -> web.Application:
    """Return the whole application: API, control API and pages.

    With `alone` it is for this machine only: then it answers only to this machine's names.
    """
    app = web.Application(client_max_size=0, middlewares=[_own_names] if alone else ())
    Gateway(account).add_to(app)
    Control(account).add_to(app)
    Pages(account).add_to(app)
    return app


@web.middleware
async def _own_names(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests for another host name, such as that of a web page that points here."""
    if is_loopback(urlsplit(f"//{request.host}").hostname or ""):
        return await handler(request)
    text = "This emulator answers to localhost and 127.0.0.1 only.\n"
    return web.Response(status=421, text=text)
