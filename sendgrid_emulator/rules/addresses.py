"""Which e-mail addresses the API accepts."""

from __future__ import annotations

import functools
import re

MAX_LENGTH = 254

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#: A local part in quotation marks, as the API takes the dots that Japanese carriers gave out.
_QUOTED = r'"[A-Za-z0-9!#$%&\'*+/=?^_`{|}~.-]{1,64}"'
_PLAIN = re.compile(rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@{_LABEL}(?:\.{_LABEL})+").fullmatch


def is_address(text: object) -> bool:
    """Return whether `text` is an address the API accepts.

    ASCII before the @, without leading, trailing or doubled dots unless it is quoted; a domain
    of two labels or more, international ones included; 254 characters at most.
    """
    if not isinstance(text, str) or len(text) > MAX_LENGTH:
        return False
    return bool(_PLAIN(text)) or (not text.isascii() and _PLAIN(ascii_form(text)) is not None)


def ascii_form(address: str) -> str:
    """Return `address` with its domain in ASCII (IDNA), or unchanged if it has no such form."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{_idna(domain)}"
    except UnicodeError:
        return address


@functools.lru_cache(maxsize=1024)
def _idna(domain: str) -> str:
    return domain.encode("idna").decode("ascii")
