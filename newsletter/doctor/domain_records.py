"""Ask the DNS about a domain that mail comes from; `authentication` judges what is answered.

By dnspython, and by checkdmarc for the standards: SPF (RFC 7208), DMARC (RFC 9989) and BIMI.  No
other record than those of the domain, and of what they name, is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsletter.doctor.provider import opened_account
from newsletter.doctor.surroundings import Surroundings
from newsletter.errors import DnsUnavailable
from newsletter.phrases import phrase

if TYPE_CHECKING:
    from dns.resolver import Resolver

#: Seconds for one question, and for all that one record leads to.
TIMEOUT_SECONDS = 3.0
#: Where mail servers usually keep their keys, if nobody tells.
USUAL_SELECTORS = (
    *("default", "dkim", "mail", "s1", "s2", "k1", "k2", "selector1", "selector2", "google"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """How mail of a domain is authenticated.

    `envelope` is the domain of the envelope sender, which SPF is about; empty if it is the
    provider's.  `keys` are the hosts of DKIM keys; `told` says that the provider named them.
    """

    domain: str
    envelope: str
    keys: Sequence[str]
    told: bool


def identify(around: Surroundings, domain: str) -> Identity:
    """Return how the provider signs mail of a domain, or what is usual for a mail server."""
    with opened_account(around) as account:
        if account is None:
            usual = [f"{selector}._domainkey.{domain}" for selector in USUAL_SELECTORS]
            return Identity(domain=domain, envelope=domain, keys=usual, told=False)
        records = account.read_domain(domain)
    if records is None:
        return Identity(domain=domain, envelope="", keys=(), told=True)
    return Identity(domain=domain, envelope=records.return_path, keys=records.dkim, told=True)


def forget_answers() -> None:
    """Forget what checkdmarc was told: who has just corrected a record must not see the old one."""
    from checkdmarc.utils import DNS_CACHE

    DNS_CACHE.clear()


def open_resolver(around: Surroundings) -> Resolver:
    """Return what asks the DNS; raises `DnsUnavailable` where the machine names nobody to ask."""
    import dns.resolver

    if around.resolver is not None:
        return around.resolver
    try:
        resolver = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        raise DnsUnavailable(phrase("this machine has no resolver for the DNS")) from None
    resolver.timeout, resolver.lifetime = TIMEOUT_SECONDS / 2, TIMEOUT_SECONDS
    return resolver


def ask_records(resolver: Resolver, name: str, kind: str) -> list[Any]:
    """Return the records of a kind at a name, aliases followed; none if there are none.

    Raises `DnsUnavailable` without an answer.
    """
    import dns.exception
    import dns.resolver

    try:
        return list(resolver.resolve(name, kind))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError):
        raise DnsUnavailable(phrase("the DNS does not answer for {name}", name=name)) from None


def ask_texts(resolver: Resolver, name: str) -> list[str]:
    """Return the TXT records at a name, each as one text."""
    found = ask_records(resolver, name, "TXT")
    return [b"".join(record.strings).decode("utf-8", "replace") for record in found]


def ask_spf(resolver: Resolver, host: str) -> dict[str, Any]:
    """Return what checkdmarc finds of the SPF record of a host, once the DNS answers at all."""
    from checkdmarc.spf import check_spf

    ask_texts(resolver, host)
    found = check_spf(host, resolver=resolver, timeout=TIMEOUT_SECONDS, retries=0)
    return dict(found)


def ask_dmarc(resolver: Resolver, domain: str) -> dict[str, Any]:
    """Return what checkdmarc finds of the DMARC record that holds for a domain."""
    from checkdmarc.dmarc import check_dmarc

    ask_texts(resolver, f"_dmarc.{domain}")
    found = check_dmarc(domain, resolver=resolver, timeout=TIMEOUT_SECONDS, retries=0)
    return dict(found)


def ask_mail_hosts(resolver: Resolver, domain: str) -> list[str]:
    """Return the hosts that take mail for a domain; `.` says that none does (RFC 7505)."""
    found = sorted(ask_records(resolver, domain, "MX"), key=lambda each: int(each.preference))
    return [str(each.exchange).rstrip(".") or "." for each in found]


def ask_bimi(resolver: Resolver, domain: str) -> str:
    """Return the BIMI record that holds for a domain; empty if there is none."""
    from checkdmarc.bimi import BIMIError, query_bimi_record

    try:
        found = query_bimi_record(domain, resolver=resolver, timeout=TIMEOUT_SECONDS, retries=0)
    except BIMIError:
        return ""
    return str(found["record"])


def ask_names(resolver: Resolver, host: str) -> dict[str, list[str]]:
    """Return the addresses of a host, each with the names that lead back to that address."""
    import dns.reversename

    addresses = [str(each) for kind in ("A", "AAAA") for each in ask_records(resolver, host, kind)]
    confirmed: dict[str, list[str]] = {}
    for address in addresses:
        pointer = str(dns.reversename.from_address(address))
        names = [str(each).rstrip(".") for each in ask_records(resolver, pointer, "PTR")]
        kind = "AAAA" if ":" in address else "A"
        confirmed[address] = [
            name
            for name in names
            if address in {str(each) for each in ask_records(resolver, name, kind)}
        ]
    return confirmed


def registered_domain(name: str) -> str:
    """Return the domain that somebody registered, by the Public Suffix List."""
    from checkdmarc.utils import get_base_domain

    return str(get_base_domain(name))
