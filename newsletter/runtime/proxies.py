"""Who is asking, and how: believed of a proxy only where `[web] trusted_proxies` names it.

Anybody can send X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host.  From a connection that
does not come from a trusted proxy they are taken away before anything reads them; from one that
does, the address of the visitor is the last one that is not a trusted proxy itself.

Waitress can do it for one address only; this takes networks, and works behind any server.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newsletter.conf.config import load
from newsletter.runtime.request_ids import META as REQUEST_ID

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_BY",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    REQUEST_ID,
)

#: Links of mails, which are kept for years.  They work under whatever name leads here: an earlier
#: one of this site, that of a proxy that passes on its own, or none.
LINKS = re.compile(r"/+[uUpPcC]/")
#: What load balancers and Prometheus ask, by the address of the machine.
BY_ADDRESS = frozenset({"/health/live", "/health/ready", "/metrics"})

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class TrustedProxies:
    """Middleware that stands first: what comes after it may believe the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request as it was before the proxies."""
        apply_forwarded(request, parse_networks(load().web.trusted_proxies))
        below = load().site.path_below(request.path)
        if LINKS.match(below) or below in BY_ADDRESS:
            # Nothing that is answered there has the name in it.
            request.META["HTTP_HOST"] = urlsplit(load().site.base_url).netloc
        return self.get_response(request)


def apply_forwarded(request: HttpRequest, trusted: Sequence[Network]) -> None:
    """Put into a request what trusted proxies say of it, and take away what others say."""
    told = read_forwarded(request.META, trusted)
    for name in FORWARDED:
        request.META.pop(name, None)
    request.META |= told


def read_forwarded(meta: Mapping[str, Any], trusted: Sequence[Network]) -> dict[str, str]:
    """Return what trusted proxies say of a request, under the names that WSGI has for it.

    Nothing if the connection is not from one of them.
    """
    forwarded = meta.get("HTTP_X_FORWARDED_FOR", "")
    hops = list_visitors(meta.get("REMOTE_ADDR", ""), forwarded, trusted) if trusted else []
    if not hops:
        return {}
    told = {"REMOTE_ADDR": hops[-1]}
    if name := meta.get(REQUEST_ID, ""):
        told[REQUEST_ID] = name
    # As many proxies as there are may have added a value each; the first of them met the visitor.
    scheme = at_hop(meta.get("HTTP_X_FORWARDED_PROTO", ""), len(hops)).lower()
    if scheme in {"http", "https"}:
        told["wsgi.url_scheme"] = scheme
    # Django compares it with the hosts that this site has.
    if host := at_hop(meta.get("HTTP_X_FORWARDED_HOST", ""), len(hops)):
        told["HTTP_HOST"] = host
    return told


def list_visitors(peer: str, forwarded: str, trusted: Sequence[Network]) -> list[str]:
    """Return the addresses that trusted proxies met, the nearest first; the last is the visitor.

    Nothing if the connection is not from a trusted proxy.
    """
    address = address_of(peer)
    if address is None or not is_trusted(address, trusted):
        return []
    met: list[str] = []
    for each in reversed(forwarded.split(",")):
        address = address_of(each)
        if address is None:
            break
        met.append(str(address))
        if not is_trusted(address, trusted):
            break
    return met or [peer]


def at_hop(values: str, hops: int) -> str:
    """Return the value that the proxy which met the visitor has written."""
    parts = [part.strip() for part in values.split(",")]
    return parts[-min(hops, len(parts))]


def is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    """Say whether an address is that of a proxy of ours."""
    return any(address in network for network in trusted)


def address_of(text: str) -> Address | None:
    """Return an IP address, also with a port behind it, or nothing for what is none.

    An IPv4 address in the clothes of IPv6 is that IPv4 address.
    """
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


@lru_cache(maxsize=8)
def parse_networks(names: tuple[str, ...]) -> tuple[Network, ...]:
    """Return the networks of a setting."""
    return tuple(ipaddress.ip_network(name, strict=False) for name in names)


def visitor_of(request: HttpRequest) -> str:
    """Return the network of a visitor that counts as one: an IPv4 address, a /64 of IPv6.

    Nothing if it cannot be known: a site at https has a proxy in front of it, and where none is
    named all visitors seem to come from there.
    """
    web, site = load().web, load().site
    if site.base_url.startswith("https:") and not web.trusted_proxies:
        return ""
    address = address_of(request.META.get("REMOTE_ADDR", ""))
    if isinstance(address, IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or "")
