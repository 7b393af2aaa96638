"""SPF, DKIM, DMARC, alignment, MX, reverse DNS and BIMI of the domains that mail comes from.

Receivers believe mail by these.  RFC 7208 (SPF), RFC 6376 and 8301 (DKIM), RFC 9989 (DMARC),
RFC 7505 (null MX); for bulk mail Gmail, Yahoo and Microsoft ask for all but BIMI.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from newsletter.doctor import domain_records
from newsletter.doctor.domain_records import Identity
from newsletter.doctor.provider import AUTHENTICATE
from newsletter.doctor.results import Result, Topic
from newsletter.doctor.signing_records import GOOD_BITS, find_key_problem, key_bits, read_tags
from newsletter.doctor.surroundings import Surroundings, domain_of
from newsletter.hostnames import is_loopback
from newsletter.phrases import phrase

SPF = Topic("spf", phrase("SPF"))
DKIM = Topic("dkim", phrase("DKIM"))
DMARC = Topic("dmarc", phrase("DMARC"))
ALIGNMENT = Topic("alignment", phrase("Alignment"))
MX = Topic("mx", phrase("Mail to the sender (MX)"))
REVERSE = Topic("reverse-dns", phrase("Reverse DNS of the mail server"))
BIMI = Topic("bimi", phrase("Logo in inboxes (BIMI)"))

#: DNS lookups that one SPF record may cost (RFC 7208 4.6.4).
MAX_LOOKUPS = 10
ENFORCED = frozenset({"quarantine", "reject"})


def check_spf(around: Surroundings) -> Iterator[Result]:
    """Check the record of the domain in the envelope."""
    resolver = domain_records.open_resolver(around)
    for domain in around.domains:
        identity = domain_records.identify(around, domain)
        if not identity.envelope:
            yield SPF.wrong(
                phrase("{domain} is not authenticated at the provider", domain=domain),
                AUTHENTICATE,
            )
            continue
        found = domain_records.ask_spf(resolver, identity.envelope)
        yield judge_spf(identity.envelope, found, told=identity.told)


def judge_spf(host: str, found: Mapping[str, Any], *, told: bool) -> Result:
    """Judge what checkdmarc says of an SPF record; `told` that a provider keeps it."""
    record = found.get("record")
    if not record:
        add = phrase(
            'Add a TXT record at {host}: "v=spf1 a:MAIL-SERVER -all", with your mail server.',
            host=host,
        )
        return SPF.wrong(
            phrase("{host} has no SPF record", host=host), AUTHENTICATE if told else add
        )
    fix = phrase("Correct the TXT record at {host}.", host=host)
    if (found.get("dns_lookups") or 0) > MAX_LOOKUPS:
        many = phrase(
            "{host} costs {number} lookups in the DNS; more than {most} are an error",
            host=host,
            number=found["dns_lookups"],
            most=MAX_LOOKUPS,
        )
        return SPF.wrong(many, fix)
    if not found.get("valid"):
        return SPF.wrong(phrase("{host}: {error}", host=host, error=str(found.get("error"))), fix)
    policy = (found.get("parsed") or {}).get("all")
    if policy == "pass":
        return SPF.wrong(phrase("{host} lets everybody send (+all)", host=host), fix)
    if policy in (None, "neutral"):
        return SPF.look(phrase("{host} says nothing of others (no ~all or -all)", host=host), fix)
    return SPF.right(phrase("{host}: {record}", host=host, record=record))


def check_dkim(around: Surroundings) -> Iterator[Result]:
    """Check the keys that mail is signed with."""
    resolver = domain_records.open_resolver(around)
    for domain in around.domains:
        identity = domain_records.identify(around, domain)
        found = {host: domain_records.ask_texts(resolver, host) for host in identity.keys}
        yield judge_dkim(identity, found)


def judge_dkim(identity: Identity, found: Mapping[str, Sequence[str]]) -> Result:
    """Judge the TXT records at the hosts of keys."""
    domain = identity.domain
    if identity.told and not identity.keys:
        return DKIM.wrong(
            phrase("{domain} is not authenticated at the provider", domain=domain), AUTHENTICATE
        )
    problems = {host: find_key_problem(texts) for host, texts in found.items()}
    good = [host for host, problem in problems.items() if not problem]
    if good:
        weak = [host for host in good if 0 < key_bits(found[host][0]) < GOOD_BITS]
        if weak:
            return DKIM.look(
                phrase(
                    "the key at {host} has fewer than {bits} bits", host=weak[0], bits=GOOD_BITS
                ),
                phrase("Have a longer key made, and publish it under a new selector."),
            )
        return DKIM.right(phrase("a key at {hosts}", hosts=", ".join(good)))
    if not identity.told:
        return DKIM.look(
            phrase("{domain} has no key under a usual selector", domain=domain),
            phrase(
                "Have the mail server sign (RFC 6376). If it does, send a test to yourself, and"
                " look for dkim=pass."
            ),
        )
    host, problem = next(iter(problems.items()))
    return DKIM.wrong(phrase("{host}: {problem}", host=host, problem=problem), AUTHENTICATE)


def check_dmarc(around: Surroundings) -> Iterator[Result]:
    """Check the policy for mail that passes neither SPF nor DKIM."""
    resolver = domain_records.open_resolver(around)
    for domain in around.domains:
        yield judge_dmarc(domain, domain_records.ask_dmarc(resolver, domain))


def judge_dmarc(domain: str, found: Mapping[str, Any]) -> Result:
    """Judge what checkdmarc says of a DMARC record."""
    if not found.get("valid"):
        if not found.get("record"):
            return DMARC.wrong(
                phrase("{domain} has no DMARC record", domain=domain),
                phrase(
                    'Add a TXT record at _dmarc.{domain}: "v=DMARC1; p=none; rua=mailto:ADDRESS".',
                    domain=domain,
                ),
            )
        return DMARC.wrong(
            phrase("{domain}: {error}", domain=domain, error=str(found.get("error"))),
            phrase("Correct the TXT record at _dmarc.{domain}.", domain=domain),
        )
    record = phrase("{host}: {record}", host=found["location"], record=found["record"])
    tags = found.get("tags") or {}
    if not has_value(tags, "rua"):
        return DMARC.look(
            phrase("{record}; nobody gets reports", record=record),
            phrase("Add rua=mailto:ADDRESS to it: the reports show who sends in your name."),
        )
    if tag(tags, "p") not in ENFORCED:
        return DMARC.look(
            phrase("{record}; mail of others in your name is delivered", record=record),
            phrase(
                "Once the reports show that all your own mail passes: p=quarantine, or p=reject."
            ),
        )
    return DMARC.right(record)


def tag(tags: Mapping[str, Any], name: str) -> str:
    """Return the value of a tag as checkdmarc has it; empty if there is none."""
    value = (tags.get(name) or {}).get("value")
    return value if isinstance(value, str) else ""


def has_value(tags: Mapping[str, Any], name: str) -> bool:
    """Say whether a tag has a value."""
    return bool((tags.get(name) or {}).get("value"))


def check_alignment(around: Surroundings) -> Iterator[Result]:
    """Check that SPF or DKIM are about the domain that readers see: else DMARC fails."""
    resolver = domain_records.open_resolver(around)
    for domain in around.domains:
        identity = domain_records.identify(around, domain)
        dmarc = domain_records.ask_dmarc(resolver, domain)
        yield judge_alignment(identity, dmarc.get("tags") or {})


def judge_alignment(identity: Identity, tags: Mapping[str, Any]) -> Result:
    """Judge by the domains, relaxed unless the record says `s` (RFC 9989)."""
    domain = identity.domain
    by_spf = is_aligned(domain, identity.envelope, strict=tag(tags, "aspf") == "s")
    signers = {host.partition("._domainkey.")[2] for host in identity.keys}
    by_dkim = any(is_aligned(domain, each, strict=tag(tags, "adkim") == "s") for each in signers)
    if by_spf and by_dkim:
        return ALIGNMENT.right(phrase("SPF and DKIM are about {domain}", domain=domain))
    if by_spf or by_dkim:
        which = "SPF" if by_spf else "DKIM"
        return ALIGNMENT.look(
            phrase("only {which} is about {domain}", which=which, domain=domain),
            phrase("With both, mail that is passed on is believed, too."),
        )
    return ALIGNMENT.wrong(
        phrase("neither SPF nor DKIM is about {domain}: DMARC fails", domain=domain), AUTHENTICATE
    )


def is_aligned(domain: str, other: str, *, strict: bool) -> bool:
    """Say whether two domains are one to DMARC: the same, or of the same registered domain."""
    if not other or strict:
        return domain == other
    return domain_records.registered_domain(domain) == domain_records.registered_domain(other)


def check_mx(around: Surroundings) -> Iterator[Result]:
    """Check that replies and complaints reach somebody."""
    resolver = domain_records.open_resolver(around)
    domains = {domain_of(each.reply_to or each.address) for each in around.senders}
    for domain in sorted(domains | set(around.domains)):
        yield judge_mx(domain, domain_records.ask_mail_hosts(resolver, domain))


def judge_mx(domain: str, hosts: Sequence[str]) -> Result:
    """Judge the hosts that take mail for a domain."""
    fix = phrase("Add an MX record at {domain} that names your mail server.", domain=domain)
    if "." in hosts:
        return MX.wrong(phrase("{domain} says that it takes no mail", domain=domain), fix)
    if not hosts:
        return MX.wrong(phrase("{domain} has no MX record", domain=domain), fix)
    return MX.right(phrase("{domain}: {hosts}", domain=domain, hosts=", ".join(hosts)))


def check_reverse(around: Surroundings) -> Iterator[Result]:
    """Check that the mail server's address has a name, and the name this address."""
    if around.config.sending.transport != "smtp":
        return
    host = around.config.smtp.host
    if is_loopback(f"smtp://{host}"):
        yield REVERSE.look(
            phrase(
                "mail leaves by the server on this machine; its public address is not known here"
            ),
            phrase("Have the reverse DNS of its public address name the mail server."),
        )
        return
    resolver = domain_records.open_resolver(around)
    yield judge_reverse(host, domain_records.ask_names(resolver, host))


def judge_reverse(host: str, names: Mapping[str, Sequence[str]]) -> Result:
    """Judge the addresses of a host by the names that lead back to them."""
    if not names:
        return REVERSE.wrong(
            phrase("{host} has no address in the DNS", host=host),
            phrase("Correct [smtp] host in config.toml."),
        )
    nameless = [address for address, found in names.items() if not found]
    if nameless:
        return REVERSE.wrong(
            phrase("{address} has no name that leads back to it", address=nameless[0]),
            phrase("Ask whoever gave you the address for a PTR record with the server's name."),
        )
    return REVERSE.right(", ".join(f"{address} = {found[0]}" for address, found in names.items()))


def check_bimi(around: Surroundings) -> Iterator[Result]:
    """Check the logo, where a domain has one."""
    resolver = domain_records.open_resolver(around)
    for domain in around.domains:
        record = domain_records.ask_bimi(resolver, domain)
        policy = tag(domain_records.ask_dmarc(resolver, domain).get("tags") or {}, "p")
        yield judge_bimi(domain, record, policy)


def judge_bimi(domain: str, record: str, policy: str) -> Result:
    """Judge a BIMI record by the DMARC policy that it needs; none is needed for sending."""
    if not record:
        return BIMI.right(phrase("{domain} has none; nobody asks for one", domain=domain))
    if policy not in ENFORCED:
        return BIMI.look(
            phrase("{domain} has a logo that no inbox shows: DMARC is not enforced", domain=domain),
            phrase("Set p=quarantine or p=reject in the DMARC record first."),
        )
    if not read_tags(record).get("a"):
        return BIMI.look(
            phrase("{domain} has a logo without a certificate", domain=domain),
            phrase("Gmail shows it only with a mark certificate (a=)."),
        )
    return BIMI.right(phrase("{domain}: {record}", domain=domain, record=record))
