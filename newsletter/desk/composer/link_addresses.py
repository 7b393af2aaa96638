"""What somebody types as the address of a link, made into one that works, or refused in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext

from newsletter.errors import BadInput
from subscribers.addresses import parse_address

#: What a link may lead to, by the name that the dialog has for it.
WEB, MAIL, PHONE, PLACE, HERE, ISSUE = "web", "mail", "phone", "place", "here", "issue"
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):", re.IGNORECASE)
#: `example.org:8080/x` is an address without a scheme, not one with the scheme `example.org`.
_PORT = re.compile(r"^[^/:.]+(?:\.[^/:.]+)+:\d")
_HOST = re.compile(r"[^\s./?#@]+(?:\.[^\s./?#@]+)+|localhost|\[[0-9a-f:.]+\]", re.IGNORECASE)
#: Digits may be grouped as people write them.
_PHONE = re.compile(r"\+?[\d\s().\-/]{3,30}")
_NO_WORD = re.compile(r"[\W_]+")


def web_address(text: str) -> str:
    """Return an address on the web; one without `https://` gets it."""
    address = text.strip()
    if not address:
        raise BadInput(gettext("Give an address."))
    if re.search(r"\s", address):
        raise BadInput(gettext("An address has no spaces: write %20 where it needs one."))
    scheme = None if _PORT.match(address) else _SCHEME.match(address)
    if scheme is None:
        address = f"https://{address.lstrip('/')}"
    elif scheme[1].lower() not in {"http", "https"}:
        words = gettext("“{scheme}:” is not an address on the web: it begins with https://")
        raise BadInput(words.format(scheme=scheme[1]))
    return with_host(address)


def with_host(address: str) -> str:
    """Return an address that names a site, or raise `BadInput`."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    if not _HOST.fullmatch(host) and not (":" in host and "[" in address):
        raise BadInput(gettext("No site is named in it: write it as example.org/page."))
    return address


def mail_address(text: str) -> str:
    """Return a link that opens a new mail."""
    return f"mailto:{parse_address(text.strip().removeprefix('mailto:')).email}"


def phone_number(text: str) -> str:
    """Return a link that calls a number."""
    number = text.strip().removeprefix("tel:")
    if not _PHONE.fullmatch(number) or not re.search(r"\d{3}", re.sub(r"\D", "", number)):
        raise BadInput(gettext("Give a number in digits, such as +44 20 7946 0018."))
    return f"tel:{re.sub(r'[^0-9+]', '', number)}"


def place_in_issue(text: str) -> str:
    """Return a link to a headline or heading of the same issue, by its words."""
    words = _NO_WORD.sub("-", text.strip().lstrip("#").lower()).strip("-")
    if not words:
        raise BadInput(gettext("Give the words of a headline."))
    return f"#{quote(words)}"


#: How each kind of text is read.
READERS: Mapping[str, Callable[[str], str]] = {
    WEB: web_address,
    MAIL: mail_address,
    PHONE: phone_number,
    PLACE: place_in_issue,
}
