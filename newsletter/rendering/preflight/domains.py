"""Which names are domains of the web, and which two of them have the same owner.

The Public Suffix List (https://publicsuffix.org) comes with a package; nothing is asked of the
network.  `afl.rs`, `Vite.js` and `avatar.png` look alike: only the list knows that one of them
can be a host, and no list knows whether it is meant.
"""

from __future__ import annotations

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from newsletter.hostnames import ascii_host


@lru_cache(maxsize=1)
def _list() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def registered_domain(host: str) -> str:
    """Return the domain that somebody registered, in ASCII: `example.co.uk` of `a.example.co.uk`.

    Empty for a name that is none: no public suffix, or nothing in front of one.
    """
    try:
        return _list().privatesuffix(ascii_host(host.rstrip("."))) or ""
    except (ValueError, UnicodeError):
        return ""


def same_owner(one: str, other: str) -> bool:
    """Say whether two hosts are the same, or below one registered domain."""
    return plain_host(one) == plain_host(other) or (
        bool(registered_domain(one)) and registered_domain(one) == registered_domain(other)
    )


def plain_host(host: str) -> str:
    """Return a host in ASCII and lower case, without `www.` and the dot at its end."""
    try:
        return ascii_host(host.rstrip(".")).removeprefix("www.")
    except (ValueError, UnicodeError):
        return host.lower()
