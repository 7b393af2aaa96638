"""Host names as they travel: in ASCII, which mail headers, feeds and mail programs all take.

An internationalised name may be written in its own letters in settings and on screens.  In a
header (RFC 5322), a `List-Unsubscribe` (RFC 2369) or the path of a request only its A-label
(RFC 5890, "Punycode") is valid.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import idna

#: A host name in ASCII (RFC 1123 2.1).
HOST_NAME = re.compile(r"(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)*(?!-)[a-z0-9-]{1,63}(?<!-)")
#: What a path may hold as it is (RFC 3986 3.3), an escape that is there already included.
PATH = "/%:@!$&'()*+,;=~-._"
#: Names that nobody can have: for examples and tests (RFC 2606, RFC 6761).
RESERVED = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org")


def ascii_host(host: str) -> str:
    """Return a host name in lower-case ASCII; raises `ValueError` for what is not one.

    Escapes are read and the mapping of UTS #46 is applied first, as browsers do: `BÜCHER。example`
    is a spelling of `xn--bcher-kva.example`.  An IP address stays as it is.
    """
    host = unquote(host)
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if host.isascii() and "xn--" not in host.lower():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except idna.IDNAError as error:
        raise ValueError(f"{host} is not a host name: {error}") from None


def ascii_url(address: str) -> str:
    """Return an http(s) address in ASCII: the host as A-labels, the path in percent signs.

    Raises `ValueError` for an address without a host, or whose host or port is not one.
    """
    parts = urlsplit(address)
    if not parts.hostname:
        raise ValueError(f"{address} has no host")
    host = ascii_host(parts.hostname)
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        netloc = f"{netloc}:{parts.port}"
    path = quote(parts.path, safe=PATH)
    return urlunsplit((parts.scheme.lower(), netloc, path, quote(parts.query, safe=PATH + "?"), ""))


def path_below(prefix: str, path: str) -> str:
    """Return the path of a request without a prefix; one that lacks it stays as it is.

    >>> path_below("/news", "/news/vol-3-11/"), path_below("/news", "/newsroom/")
    ('/vol-3-11/', '/newsroom/')
    """
    if not prefix or not f"{path}/".startswith(f"{prefix}/"):
        return path
    return path.removeprefix(prefix) or "/"


def ascii_mailbox(address: str) -> str:
    """Return an e-mail address with its domain in ASCII; what is not one stays as it is."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{ascii_host(domain)}" if at and not domain.isascii() else address
    except ValueError:
        return address


def greeting_name(host: str) -> str:
    """Return a host as mail servers are greeted (RFC 5321 4.1.1.1, 4.1.3); empty if it is none.

    >>> greeting_name("bücher.example"), greeting_name("::1"), greeting_name("[192.0.2.1]")
    ('xn--bcher-kva.example', '[IPv6:::1]', '[192.0.2.1]')
    """
    try:
        found = ipaddress.ip_address(host.strip("[]").removeprefix("IPv6:"))
    except ValueError:
        pass
    else:
        return f"[IPv6:{found}]" if found.version == 6 else f"[{found}]"
    try:
        name = ascii_host(host)
    except ValueError:
        return ""
    return name if len(name) <= 253 and HOST_NAME.fullmatch(name) else ""


def is_loopback(address: str) -> bool:
    """Say whether an address of the web leads to the very machine that asks (RFC 6761, 6890)."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_placeholder(address: str) -> bool:
    """Say whether an email address is at a domain that nobody can have (RFC 2606, RFC 6761).

    >>> is_placeholder("newsletter@example.org"), is_placeholder("desk@tideline.org")
    (True, False)
    """
    domain = ascii_mailbox(address).rpartition("@")[2].lower().rstrip(".")
    return any(domain == name or domain.endswith(f".{name}") for name in RESERVED)
