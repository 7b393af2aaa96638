"""E-mail addresses: which are good, how they are written, and when two are the same person.

An address is kept as it was typed, with its domain in the ASCII form that travels on the wire.
Its `key` folds what people vary without meaning another mailbox: case, full-width letters,
Unicode form, and the two spellings of an international domain.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import email_validator
import idna
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

from newsletter.errors import BadInput

#: RFC 5321 4.5.3.1.3, as the library counts it.
LONGEST = 254
LONGEST_LOCAL_PART = 64

#: Full-width letters, digits and signs, and the wide space, as Japanese keyboards type them.
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

#: The plain addresses, nearly all there are, that need no library: a dot-atom of RFC 5322 3.2.3
#: before the @-sign, labels of RFC 1123 2.1 after it, letters at the very end.
PLAIN = re.compile(
    r"([\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*)"
    r"@((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63})",
    re.ASCII,
)
RESERVED = tuple(f".{name}" for name in email_validator.SPECIAL_USE_DOMAIN_NAMES)
ROLES = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)


class Address(NamedTuple):
    """A good address: `email` to write to, `key` to compare by."""

    email: str
    key: str


def parse(text: str) -> Address:
    """Return the address in a text, or raise `BadInput` with the reason; no DNS is asked."""
    text = text.strip()
    return plain(text) or checked(text)


def plain(text: str) -> Address | None:
    """Return the address when it is plainly good; None leaves the judgement to the library.

    A tenth of the library's time, and the same answer: a randomised test compares the two.
    """
    match = PLAIN.fullmatch(text)
    if not match or len(text) > LONGEST:
        return None
    local, domain = match[1], match[2].lower()
    # Two hyphens may be Punycode; role names such as INFO the library writes small.
    if len(local) > LONGEST_LOCAL_PART or "--" in domain or domain.endswith(RESERVED):
        return None
    folded = local.lower()
    return None if folded in ROLES else Address(f"{local}@{domain}", f"{folded}@{domain}")


def checked(text: str) -> Address:
    """Return the address as the library reads it, or raise `BadInput` with its reason."""
    text = text.translate(FULL_WIDTH).strip()
    if not text:
        raise BadInput("there is no e-mail address")
    if len(text) > LONGEST:
        raise BadInput(f"{text[:40]}…: longer than {LONGEST} characters")
    try:
        # SendGrid takes no letters beyond ASCII before the @-sign, so neither do we.
        found = email_validator.validate_email(
            text, allow_smtputf8=False, strict=True, check_deliverability=False
        )
    except email_validator.EmailNotValidError as error:
        raise BadInput(f"{printable(text)}: {error}") from None
    email = found.ascii_email or found.normalized
    return Address(email, email.lower())


def printable(text: str) -> str:
    """Return a text fit for a report: what cannot be seen is spelt out."""
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)


def key_of(email: str) -> str:
    """Return what all spellings of one address share; any text has a key, good or not."""
    local, at, domain = unicodedata.normalize("NFKC", email.strip()).rpartition("@")
    return f"{local.casefold()}{at}{ascii_domain(domain)}"


def ascii_domain(domain: str) -> str:
    """Return a domain as it travels (IDNA 2008 by UTS #46), or as it is where it cannot travel."""
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain.casefold()


def masked(email: str) -> str:
    """Return an address that its owner knows again and a stranger cannot use: `j…@example.org`."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"
