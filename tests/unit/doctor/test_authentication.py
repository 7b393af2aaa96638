"""What the DNS says of a sending domain is judged as receivers judge it; a real server answers."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from newsletter.conf.config import Config, load
from newsletter.doctor import bulk_senders
from newsletter.doctor.authentication import judge_alignment, judge_dkim, judge_spf
from newsletter.doctor.checks import OF_THE_DNS
from newsletter.doctor.domain_records import forget_answers, identify
from newsletter.doctor.results import Result, Status
from newsletter.doctor.runner import run_checks
from newsletter.doctor.surroundings import Sender, Surroundings
from sendgrid_emulator import Emulator
from tests.dns_server import serving


def key_record(bits: int) -> str:
    """Return the TXT record of a new key, in pieces of 255 characters."""
    key = rsa.generate_private_key(65537, bits).public_key()
    told = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = f"v=DKIM1; k=rsa; p={base64.b64encode(told).decode()}"
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))


GOOD_KEY, WEAK_KEY = key_record(2048), key_record(1024)
GOOD = {
    "spf": ['tideline.eu. TXT "v=spf1 ip4:192.0.2.1 -all"'],
    "dkim": [f"mail._domainkey.tideline.eu. TXT {GOOD_KEY}"],
    "dmarc": ['_dmarc.tideline.eu. TXT "v=DMARC1; p=reject; rua=mailto:post@tideline.eu"'],
    "mx": ["tideline.eu. MX 10 mx.tideline.eu.", "mx.tideline.eu. A 192.0.2.2"],
    "reverse-dns": [
        "mail.tideline.eu. A 192.0.2.1",
        "1.2.0.192.in-addr.arpa. PTR mail.tideline.eu.",
    ],
    "bimi": [],
}


def smtp_config() -> Config:
    """Return settings with which mail leaves by a mail server elsewhere."""
    config = load()
    return config.model_copy(
        update={
            "sending": config.sending.model_copy(update={"transport": "smtp"}),
            "smtp": config.smtp.model_copy(update={"host": "mail.tideline.eu"}),
        }
    )


def examine(records: Sequence[str]) -> dict[str, Result]:
    """Return what is said of the domain with these records, by the name of the check."""
    with serving(records) as resolver:
        senders = [Sender(publication="Digest", address="desk@tideline.eu")]
        around = Surroundings(config=smtp_config(), senders=senders, resolver=resolver)
        forget_answers()
        return {each.name: each for each in run_checks(OF_THE_DNS, around)}


def test_a_domain_with_all_records_is_right() -> None:
    """With SPF, DKIM, DMARC, MX and reverse DNS nothing is left to say, and all rules are kept.

    The key of 2,048 bits does not fit into an answer by UDP, so it is asked for by TCP.
    """
    found = examine([line for lines in GOOD.values() for line in lines])

    assert {name: each.status for name, each in found.items()} == dict.fromkeys(
        [check.topic.name for check in OF_THE_DNS], Status.RIGHT
    )
    rules = bulk_senders.judge_rules([*found.values(), bulk_senders.judge_tls(smtp_config())])
    assert {each.found for each in rules} == {"yes"}
    assert len(rules) == len(bulk_senders.RULES)


@pytest.mark.parametrize(
    ("name", "records", "status", "says"),
    [
        pytest.param("spf", [], Status.WRONG, "has no SPF record", id="no-spf"),
        pytest.param(
            "spf", ['tideline.eu. TXT "v=spf1 +all"'], Status.WRONG, "everybody", id="spf-for-all"
        ),
        pytest.param(
            "spf",
            ['tideline.eu. TXT "v=spf1 ip4:192.0.2.1"'],
            Status.LOOK,
            "says nothing of others",
            id="spf-open",
        ),
        pytest.param(
            "spf",
            ['tideline.eu. TXT "v=spf1 ip4:192.0.2 -all"'],
            Status.WRONG,
            "tideline.eu: ",
            id="spf-broken",
        ),
        pytest.param(
            "spf",
            ['tideline.eu. TXT "v=spf1 -all"', 'tideline.eu. TXT "v=spf1 mx -all"'],
            Status.WRONG,
            "tideline.eu",
            id="spf-twice",
        ),
        pytest.param("dkim", [], Status.LOOK, "no key under a usual selector", id="no-dkim"),
        pytest.param(
            "dkim",
            [f"mail._domainkey.tideline.eu. TXT {WEAK_KEY}"],
            Status.LOOK,
            "fewer than 2048 bits",
            id="dkim-weak",
        ),
        pytest.param("dmarc", [], Status.WRONG, "has no DMARC record", id="no-dmarc"),
        pytest.param(
            "dmarc",
            ['_dmarc.tideline.eu. TXT "v=DMARC1; p=none; rua=mailto:post@tideline.eu"'],
            Status.LOOK,
            "is delivered",
            id="dmarc-none",
        ),
        pytest.param(
            "dmarc",
            ['_dmarc.tideline.eu. TXT "v=DMARC1; p=reject"'],
            Status.LOOK,
            "nobody gets reports",
            id="dmarc-silent",
        ),
        pytest.param(
            "dmarc",
            ['_dmarc.tideline.eu. TXT "v=DMARC1; p=rejekt"'],
            Status.WRONG,
            "tideline.eu: ",
            id="dmarc-broken",
        ),
        pytest.param("mx", [], Status.WRONG, "has no MX record", id="no-mx"),
        pytest.param("mx", ["tideline.eu. MX 0 ."], Status.WRONG, "takes no mail", id="null-mx"),
        pytest.param("reverse-dns", [], Status.WRONG, "has no address", id="no-address"),
        pytest.param(
            "reverse-dns",
            ["mail.tideline.eu. A 192.0.2.1", "1.2.0.192.in-addr.arpa. PTR other.tideline.eu."],
            Status.WRONG,
            "192.0.2.1 has no name that leads back to it",
            id="reverse-of-another",
        ),
        pytest.param(
            "bimi",
            ['default._bimi.tideline.eu. TXT "v=BIMI1; l=https://tideline.eu/logo.svg"'],
            Status.LOOK,
            "without a certificate",
            id="bimi-without-certificate",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    name: str, records: list[str], status: Status, says: str
) -> None:
    """One record is taken away or spoilt: its check says so, with the fix."""
    others = [line for key, lines in GOOD.items() if key != name for line in lines]

    found = examine([*others, *records])[name]

    assert (found.status, found.answered) == (status, True)
    assert says in found.found
    assert found.fix


def test_a_logo_needs_an_enforced_policy() -> None:
    """BIMI with p=none: no inbox shows the logo."""
    spoilt = {**GOOD, "dmarc": ['_dmarc.tideline.eu. TXT "v=DMARC1; p=none; rua=mailto:a@b.eu"']}
    logo = ['default._bimi.tideline.eu. TXT "v=BIMI1; l=https://tideline.eu/logo.svg"']

    found = examine([*(line for lines in spoilt.values() for line in lines), *logo])["bimi"]

    assert "no inbox shows" in found.found


def test_without_dns_nothing_is_claimed() -> None:
    """A server that is away makes each check worth a look, and no rule is said to hold."""
    with serving([]) as resolver:
        pass
    resolver.lifetime = 0.2
    senders = [Sender(publication="Digest", address="desk@tideline.eu")]
    around = Surroundings(config=smtp_config(), senders=senders, resolver=resolver)

    forget_answers()
    found = run_checks(OF_THE_DNS, around)

    assert {(each.status, each.answered) for each in found} == {(Status.LOOK, False)}
    assert all("the DNS does not answer" in each.found for each in found)
    rules = {each.name: each for each in bulk_senders.judge_rules(found)}
    assert rules["rule-spf"].found == "not known"
    assert rules["rule-visible-link"].found == "yes"


def test_too_many_lookups_are_named() -> None:
    """RFC 7208 allows ten; receivers treat more as an error."""
    found = judge_spf("a.eu", {"record": "v=spf1 …", "valid": True, "dns_lookups": 11}, told=False)

    assert found.status is Status.WRONG
    assert "costs 11 lookups" in found.found


def test_a_provider_names_its_records() -> None:
    """SendGrid lists return path and keys; a domain that it lacks has none."""
    with Emulator() as emulator:
        emulator.account.settings.senders = frozenset({"tideline.eu"})
        config = load()
        here = config.sendgrid.model_copy(update={"base_url": emulator.url})
        around = Surroundings(config=config.model_copy(update={"sendgrid": here}))

        known = identify(around, "tideline.eu")
        stranger = identify(around, "elsewhere.eu")

    assert (known.envelope, known.keys) == ("em1.tideline.eu", ("s1._domainkey.tideline.eu",))
    assert judge_alignment(known, {}).status is Status.RIGHT
    strict = {"aspf": {"value": "s"}}
    assert "only DKIM" in judge_alignment(known, strict).found
    assert judge_dkim(known, {known.keys[0]: []}).status is Status.WRONG
    assert judge_alignment(stranger, {}).status is Status.WRONG
    assert judge_dkim(stranger, {}).status is Status.WRONG
