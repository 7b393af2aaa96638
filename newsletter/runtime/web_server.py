"""The web server inside `newsletter serve`: waitress in a thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from socket import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from newsletter.conf.config import Config
from newsletter.runtime import connection_limits
from newsletter.runtime.listening import bind_web, listen

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


logger = logging.getLogger(__name__)

#: Seconds between two looks while nobody is connected.
REST_SECONDS = 60.0
#: What stands for all addresses of a machine, and one of them at which a browser finds it.
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  compared, not listened on


class WebServer:
    """Serves the desk and the public pages."""

    def __init__(self, config: Config, sockets: Sequence[socket] = ()) -> None:
        """Listen on sockets that were bound, or bind them as the settings say."""
        from django.core.wsgi import get_wsgi_application

        application = get_wsgi_application()
        # Only now are there models.
        from newsletter.publishing.web.kept_answers import KeptAnswers
        from newsletter.publishing.web.web_state import WebState

        warn_of_unknown_proxy(config)
        # Waitress warns of every short queue; nothing is lost by waiting in one.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        sockets = sockets or bind_web(config)[1]
        listen(config, sockets)
        self._server = open_server(
            KeptAnswers(keeping_connections(application), WebState()),
            sockets,
            threads=config.web.threads,
            # For requests that name no host, as those of HTTP/1.0 need not.
            server_name=urlsplit(config.site.base_url).hostname or "localhost",
            prefix=config.site.prefix,
        )
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    @property
    def address(self) -> str:
        """The address that answers on this machine, with the port that was really taken."""
        first = list_listeners(self._server)[0]
        host = EVERYWHERE.get(first.effective_host, first.effective_host)
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{first.effective_port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        close(self._server)
        self._thread.join(5)


def open_server(
    application: WSGIApplication,
    sockets: Sequence[socket],
    *,
    threads: int,
    server_name: str = "localhost",
    prefix: str = "",
) -> Any:
    """Return a server that listens on bound sockets and does not answer yet.

    `prefix` is the path below which the site stands, such as `/news`.
    """
    server = create_server(
        without_bodies(application),
        sockets=list(sockets),
        threads=threads,
        ident="Fortnight",
        server_name=server_name,
        # `newsletter.runtime.proxies` decides which of them are believed.
        clear_untrusted_proxy_headers=False,
        **connection_limits.server_settings(),
    )
    for listener in list_listeners(server):
        connection_limits.limit_connections(listener, prefix)
    server.asyncore = RestingLoop
    return server


class RestingLoop:
    """Waitress's loop, in place of its own module: it sleeps while nobody is connected.

    Waitress wakes each second, to close connections that are late.  Without one there is nothing
    to do until somebody connects, which wakes it.  Once it listens no more, it closes connections
    on which nothing is answered: a browser keeps one for minutes, and a stop would wait for it.
    """

    @staticmethod
    def loop(*, timeout: float, map: dict[int, Any], use_poll: bool) -> None:  # noqa: A002
        """Serve until there is nothing to listen at; Waitress calls it."""
        look = wasyncore.poll2 if use_poll else wasyncore.poll
        while map:
            connected = [each for each in map.values() if isinstance(each, HTTPChannel)]
            if len(connected) == len(map):
                close_idle(connected)
            if map:
                look(timeout if connected else REST_SECONDS, map)


def close_idle(channels: Iterable[HTTPChannel]) -> None:
    """Close the connections without a request that is being answered; in the thread of the loop."""
    for channel in channels:
        if not channel.requests and not channel.total_outbufs_len:
            channel.handle_close()


def warn_of_unknown_proxy(config: Config) -> None:
    """Say that visitors cannot be told apart, at https behind a proxy that is not named."""
    if config.site.base_url.startswith("https:") and not config.web.trusted_proxies:
        logger.warning(
            "[web] trusted_proxies is empty, but base_url is at https, so there is a proxy in"
            " front: tries to log in are not counted by address. Name it:"
            " docs/explanation/security.md"
        )


def list_listeners(server: Any) -> list[Any]:
    """Return what listens: `localhost` often has two addresses, and each has a listener."""
    if isinstance(server, BaseWSGIServer):
        return [server]
    return [each for each in server.map.values() if isinstance(each, BaseWSGIServer)]


def close(server: Any) -> None:
    """Have a server that runs in another thread close its sockets there.

    It waits for them, and sockets that are closed meanwhile would be an error.
    """
    for listener in list_listeners(server):
        # It may be awake for something else, and have closed them before it is woken for this.
        with suppress(OSError):
            listener.trigger.pull_trigger(listener.close)


def keeping_connections(application: WSGIApplication) -> WSGIApplication:
    """Return the application such that its threads keep their connection to a SQLite file."""
    from newsletter.sqlite.base import keep_connection

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        keep_connection()
        return application(environ, start_response)

    return answer


def without_bodies(application: WSGIApplication) -> WSGIApplication:
    """Return the application such that it answers HEAD with the head alone (RFC 9110, 9.3.2).

    Django leaves that to the server, and waitress to the application.  On a kept connection, of
    a mail scanner or a proxy, the body would be taken for the next answer.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        if hasattr(body, "close"):
            body.close()
        return []

    return answer
