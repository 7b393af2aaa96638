"""Which IP addresses are on the public internet: a table of our own, and nothing else is asked.

A link or the address of a picture is a stranger's text; whoever fetches it must not be led into
this machine, its network, or the metadata service of its cloud.  `ipaddress.is_global` answers
another question, and differently from one Python to the next: it passes translation prefixes that
hold a private address, and addresses that clouds keep for themselves.

The table holds IANA's registries of special-purpose addresses (RFC 6890), the entries that are
"globally reachable" included, since no web site has one of them:
https://www.iana.org/assignments/iana-ipv4-special-registry
https://www.iana.org/assignments/iana-ipv6-special-registry
Of IPv6 only 2000::/3 is assigned to hosts at all (RFC 4291 2.4); everything else is refused.
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

SPECIAL_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network (RFC 791)
            "10.0.0.0/8",  # private use (RFC 1918)
            "100.64.0.0/10",  # shared address space of carriers (RFC 6598); Alibaba's metadata
            "127.0.0.0/8",  # loopback (RFC 1122)
            "168.63.129.16/32",  # Azure's platform service: in nobody's registry
            "169.254.0.0/16",  # link-local (RFC 3927); the metadata of most clouds
            "172.16.0.0/12",  # private use
            "192.0.0.0/24",  # protocol assignments (RFC 6890); Oracle's metadata
            "192.0.2.0/24",  # documentation (RFC 5737)
            "192.31.196.0/24",  # AS112 (RFC 7535)
            "192.52.193.0/24",  # AMT relays (RFC 7450)
            "192.88.99.0/24",  # 6to4 relays, deprecated (RFC 7526)
            "192.168.0.0/16",  # private use
            "192.175.48.0/24",  # AS112, delegated (RFC 7534)
            "198.18.0.0/15",  # benchmarks (RFC 2544)
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast (RFC 5771)
            "240.0.0.0/4",  # reserved (RFC 1112), and the broadcast address
        ),
    )
)

HOSTS_V6 = IPv6Network("2000::/3")
SPECIAL_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments (RFC 2928): Teredo, ORCHID, benchmarks, AMT …
            "2001:db8::/32",  # documentation (RFC 3849)
            "2002::/16",  # 6to4 (RFC 3056, deprecated by RFC 7526): an IPv4 address inside
            "2620:4f:8000::/48",  # AS112 (RFC 7534)
            "3ffe::/16",  # 6bone, given back (RFC 3701)
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)

#: Forms in which the last 32 bits are the IPv4 address that is reached, and judged.
MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291 2.5.5.2
TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64 (RFC 6052); 64:ff9b:1::/48 is for local use
#: The middle of an ISATAP address (RFC 5214 6.1), with either of its two universal bits.
ISATAP = frozenset({0x00005EFE, 0x02005EFE})


def is_public(address: str) -> bool:
    """Say whether an IP address is a host of the public internet.

    Judged by its IPv4 address where one is inside.  A text that is no address is not public.
    """
    host, zone, _ = address.partition("%")
    try:
        ip = ip_address(host)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in SPECIAL_V4)
    # Only what is not routed needs a zone (RFC 4007 6).
    return not zone and is_public_v6(ip)


def is_public_v6(ip: IPv6Address) -> bool:
    """Say whether an IPv6 address is a host of the public internet."""
    inside = IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in MAPPED or ip in TRANSLATED:
        return is_public(str(inside))
    if int(ip) >> 32 & 0xFFFFFFFF in ISATAP and not is_public(str(inside)):
        return False
    return ip in HOSTS_V6 and not any(ip in network for network in SPECIAL_V6)
