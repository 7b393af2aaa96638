"""E-mail addresses: which are good, how they are written, and when two are the same person.

Nothing of what a library says about an address reaches a person: `describe_fault` finds the words.

An address is kept as it was typed, with its domain in the ASCII form that travels on the wire.
Its `key` folds what people vary without meaning another mailbox: case, full-width letters,
Unicode form, and the two spellings of an international domain.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import NamedTuple
from urllib.parse import unquote

import email_validator
import idna
from django.utils.translation import gettext as _
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

from newsletter.errors import BadInput
from newsletter.phrases import phrase

#: RFC 5321 4.5.3.1.3, as the library counts it.
MAX_LENGTH = 254
MAX_LOCAL_PART_LENGTH = 64

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
#: Japanese carriers gave out addresses with two dots in a row, or one before the @-sign, which no
#: RFC allows without quotation marks.  Their owners still have them.
DOTTED = re.compile(
    r"(?=[^@]{0,64}\.[.@])([\w!#$%&'*+/=?^`{|}~-][\w!#$%&'*+/=?^`{|}~.-]{0,63})"
    r"@((?:[a-z0-9-]{1,20}\.)?(?:(?:docomo|ezweb|softbank|vodafone|disney|pdx|emnet|ymobile)"
    r"\.ne\.jp|willcom\.com|uqmobile\.jp|au\.com))",
    re.ASCII | re.IGNORECASE,
)
#: A quoted local part (RFC 5321 4.1.2) that holds nothing that needs the quotation marks but dots.
QUOTED = re.compile(r'"([\w!#$%&\'*+/=?^`{|}~.-]{1,64})"@(.{1,255})', re.ASCII)
#: What cannot be seen: zero widths, marks of direction, soft hyphens, byte order marks, fillers.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffc]"
)
#: `Name <a@b>`, as mail programs write it; the part in the brackets.
ANGLED = re.compile(r"<([^<>]{1,320})>")
#: What people and programs leave around an address.
AROUND = " \t\r\n\xa0,;:<>()[]{}\"'`´‘’“”„«»‹›|"
ROLES = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)


class Address(NamedTuple):
    """A good address: `email` to write to, `key` to compare by."""

    email: str
    key: str


def parse_address(text: str) -> Address:
    """Return the address in a text, or raise `BadInput` with the reason; no DNS is asked."""
    text = text.strip()
    return parse_plain_address(text) or validate_address(text)


def cell_address(text: str) -> Address:
    """Return the address that a cell of a table holds, as people and programs write it there.

    Takes `Name <a@b>`, `mailto:a@b`, Excel's `="a@b"`, quotation marks, trailing signs and what
    cannot be seen; raises `BadInput` where that leaves no address, or two.
    """
    found = parse_plain_address(text.strip())
    if found:
        return found
    return parse_address(unwrap_address(text))


def unwrap_address(text: str) -> str:
    """Return the address in a cell without what stands around it."""
    text = INVISIBLE.sub("", text[: 4 * MAX_LENGTH]).translate(FULL_WIDTH).strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    if "&" in text and ";" in text:
        text = html.unescape(text)
    # Decided by the last pair of brackets: a name may hold others.
    if angled := ANGLED.findall(text):
        text = angled[-1]
    text = text.strip(AROUND)
    if text[:7].lower() == "mailto:":
        text = unquote(text[7:].partition("?")[0]).strip(AROUND)
    if not (QUOTED.fullmatch(text) or DOTTED.fullmatch(text)):
        text = text.rstrip("." + AROUND)
    several = [part for part in re.split(r"[;,\s]+", text) if "@" in part]
    if len(several) > 1:
        raise BadInput(
            _("{text}: there are {count} addresses in one cell").format(
                text=spell_out(text[:80]), count=len(several)
            )
        )
    return text


def parse_plain_address(text: str) -> Address | None:
    """Return the address when it is plainly good; None leaves the judgement to the library.

    A tenth of the library's time, and the same answer: a randomised test compares the two.
    """
    match = PLAIN.fullmatch(text)
    if not match or len(text) > MAX_LENGTH:
        return None
    local, domain = match[1], match[2].lower()
    # Two hyphens may be Punycode; role names such as INFO the library writes small.
    if len(local) > MAX_LOCAL_PART_LENGTH or "--" in domain or domain.endswith(RESERVED):
        return None
    folded = local.lower()
    return None if folded in ROLES else Address(f"{local}@{domain}", f"{folded}@{domain}")


def validate_address(text: str) -> Address:
    """Return the address as the library reads it, or raise `BadInput` with its reason."""
    text = text.translate(FULL_WIDTH).strip()
    if not text:
        raise BadInput(_("there is no email address"))
    if len(text) > MAX_LENGTH:
        raise BadInput(
            _("{text}: longer than {count} characters").format(
                text=f"{spell_out(text[:40])}…", count=MAX_LENGTH
            )
        )
    if carrier := parse_dotted(text):
        return carrier
    try:
        # SendGrid takes no letters beyond ASCII before the @-sign, so neither do we.
        found = email_validator.validate_email(
            text, allow_smtputf8=False, strict=True, check_deliverability=False
        )
    except email_validator.EmailNotValidError:
        raise BadInput(
            phrase(
                "{address}: {fault}",
                address=spell_out(text),
                fault=describe_fault(text),
            )
        ) from None
    email = found.ascii_email or found.normalized
    return Address(email, email.lower())


def parse_dotted(text: str) -> Address | None:
    """Return an address of a Japanese carrier with dots where no others may have them."""
    quoted = QUOTED.fullmatch(text)
    bare = f"{quoted[1]}@{quoted[2]}" if quoted else text
    match = DOTTED.fullmatch(bare)
    if not match or len(match[1]) > MAX_LOCAL_PART_LENGTH:
        return None
    email = f"{match[1]}@{match[2].lower()}"
    return Address(email, email.lower())


def describe_fault(text: str) -> str:  # noqa: C901  one line for each thing that can be wrong
    """Return what is wrong with an address that is not good, in the reader's language."""
    local, at, domain = text.rpartition("@")
    if not at:
        return _("there is no @-sign")
    if "@" in local:
        return _("there is more than one @-sign")
    if not local:
        return _("nothing is before the @-sign")
    if not domain:
        return _("nothing is after the @-sign")
    if any(char.isspace() for char in text):
        return _("there is a space in the address")
    if any(not char.isprintable() for char in text):
        return _("it contains an invisible character")
    if not local.isascii():
        return _("letters beyond ASCII before the @-sign are not supported")
    if len(local) > MAX_LOCAL_PART_LENGTH:
        return _("the part before the @-sign has more than {count} characters").format(
            count=MAX_LOCAL_PART_LENGTH
        )
    if ".." in text:
        return _("there are two periods in a row")
    if local.startswith(".") or local.endswith(".") or domain.startswith("."):
        return _("a part begins or ends with a period")
    if "." not in domain.strip("."):
        return _("the part after the @-sign has no period")
    if f".{domain.lower()}".endswith(RESERVED):
        return _("the domain is reserved for tests and examples")
    if re.search(r"[^\w.!#$%&'*+/=?^`{|}~-]", local):
        return _("a character before the @-sign is not allowed")
    return _("the part after the @-sign is not a domain name")


def spell_out(text: str) -> str:
    """Return a text fit for a report: what cannot be seen is spelt out."""
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)


def key_of(email: str) -> str:
    """Return what all spellings of one address share; any text has a key, good or not."""
    email = unicodedata.normalize("NFKC", email.strip())
    if email[:1] == '"' and (quoted := QUOTED.fullmatch(email)):
        email = f"{quoted[1]}@{quoted[2]}"
    local, at, domain = email.rpartition("@")
    return f"{local.casefold()}{at}{ascii_domain(domain)}"


def keys_of_part(text: str) -> tuple[str, ...]:
    """Return what the key of an address holds that has this text in it.

    Without an @-sign it may be of the part before it, or of the domain, which travels in ASCII.

    >>> keys_of_part("ÉMILE")
    ('émile', 'xn--mile-9oa')
    """
    if "@" in text or text.isascii():
        return (key_of(text),)
    folded = unicodedata.normalize("NFKC", text.strip()).casefold()
    return tuple(dict.fromkeys((folded, ascii_domain(folded))))


def start_of_key(text: str) -> str:
    """Return with what the key of an address begins that begins with this text."""
    return keys_of_part(text)[0]


def ascii_domain(domain: str) -> str:
    """Return a domain as it travels (IDNA 2008 by UTS #46), or as it is where it cannot travel."""
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain.casefold()


def mask_address(email: str) -> str:
    """Return an address that its owner knows again and a stranger cannot use: `j…@example.org`."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"
