"""The sockets of the web server: bound before anything else begins, so that no port is lost.

A port that somebody chose is that port, or an error that names who has it.  Where nobody chose one
and the site is on this machine alone, the next free one does: the address of the site follows, so
that every link works.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from newsletter.conf.config import Config
from newsletter.conf.schema import DEFAULT_PORT, LOOPBACK
from newsletter.errors import ConfigError, NewsletterError
from newsletter.runtime.port_holder import name_holder

#: This many ports behind the default one are tried before any other.
NEIGHBOURS = 20
#: What the system says of an address of a kind, or at a place, that this machine does not have.
NO_ADDRESS = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})


def bind_web(config: Config) -> tuple[Config, list[socket.socket]]:
    """Return the settings with the port that was taken, and its sockets, which do not answer yet.

    Raises `ConfigError` where the port is taken, or the address is none of this machine's.
    """
    host, port = config.web.host, config.web.port
    try:
        bound = bind(host, port)
    except OSError as error:
        if not may_move(config, error):
            raise refuse(config, error) from None
        bound = bind_near(host, port)
    taken = bound[0].getsockname()[1]
    return (config if taken == port else config.with_port(taken)), bound


def listen(config: Config, sockets: Sequence[socket.socket]) -> None:
    """Have sockets that were bound listen; raises `ConfigError` where another program was quicker.

    Linux lets two programs have one port as long as neither listens, and both prepare for a while.
    """
    for each in sockets:
        try:
            each.listen()
        except OSError as error:
            raise refuse(config, error) from None


def may_move(config: Config, error: OSError) -> bool:
    """Say whether another port does as well: nobody chose this one, or leads anybody to it."""
    return (
        error.errno == errno.EADDRINUSE
        and config.web.port == DEFAULT_PORT
        and not config.is_given("web", "port")
        and urlsplit(config.site.base_url).hostname in LOOPBACK
    )


def refuse(config: Config, error: OSError) -> ConfigError:
    """Return why a port cannot be had, and who has it."""
    host, port = config.web.host, config.web.port
    taken = error.errno == errno.EADDRINUSE
    holder = name_holder(port) if taken else ""
    by = f" by {holder}" if holder else ""
    return ConfigError(
        f"{config.place('web', 'port')}: cannot listen on {host}:{port}: {error.strerror}{by}",
        **config.source("web", "port"),
        hint="Stop the other program, or choose another port: NEWSLETTER_WEB_PORT=8001",
    )


def bind_near(host: str, port: int) -> list[socket.socket]:
    """Return sockets at the first free port behind one, or at any."""
    for each in (*range(port + 1, port + NEIGHBOURS), 0):
        with suppress(OSError):
            return bind(host, each)
    raise NewsletterError("this machine has no free port")


def bind(host: str, port: int) -> list[socket.socket]:
    """Return a socket for each address of a host, all at one port; 0 takes any that is free.

    Raises `OSError` where one of them cannot be had: then none is kept.  An address of IPv6 is left
    out where this machine has none, as in many containers, whose `localhost` names one all the
    same.
    """
    kind, proto = socket.SOCK_STREAM, socket.IPPROTO_TCP
    found = socket.getaddrinfo(host or None, port, 0, kind, proto, socket.AI_PASSIVE)
    bound: list[socket.socket] = []
    missing: OSError | None = None
    try:
        for family, _, _, _, address in dict.fromkeys(found):
            try:
                bound.append(bind_one(family, (address[0], port, *address[2:])))
            except OSError as error:
                if family != socket.AF_INET6 or error.errno not in NO_ADDRESS:
                    raise
                missing = error
            else:
                port = bound[-1].getsockname()[1]
        if missing and not bound:
            raise missing
    except OSError:
        for each in bound:
            each.close()
        raise
    return bound


def bind_one(family: int, address: tuple[Any, ...]) -> socket.socket:
    """Return a socket at one address."""
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made


def find_free_port(wanted: int) -> int:
    """Return the wanted port of this machine if nobody has it, else one that is free."""
    try:
        [bound] = bind("127.0.0.1", wanted)
    except OSError:
        [bound] = bind_near("127.0.0.1", wanted)
    with bound:
        return int(bound.getsockname()[1])
