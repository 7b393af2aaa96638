"""Pictures that stand in a text as `data:` addresses, as word processors export them.

They are taken out before anything is read, so that a text may be short although its pictures
are not, and stored as picture files are.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from django.utils.translation import gettext as _

from newsletter.errors import BadInput

_DATA = re.compile(
    r"data:image/(?P<kind>[a-zA-Z0-9.-]{1,40})(?:\+xml)?(?:;[\w=.-]{1,60}){0,3};base64,"
    r"(?P<data>[A-Za-z0-9+/=%_-]+)",
    re.IGNORECASE,
)


def taken_out(text: str) -> tuple[str, dict[str, str]]:
    """Return a text with a short name for each picture in it, and what the names stand for."""
    embedded: dict[str, str] = {}

    def named(picture: re.Match[str]) -> str:
        digest = hashlib.sha256(picture[0].encode()).hexdigest()[:12]
        name = f"embedded-{digest}.{picture['kind'].lower()}"
        embedded[name] = picture[0]
        return name

    return _DATA.sub(named, text), embedded


def put_back(text: str, embedded: Mapping[str, str]) -> str:
    """Return a text as it was, for what is no picture, such as code that shows an address."""
    for name, address in embedded.items():
        text = text.replace(name, address)
    return text


def decode_picture(address: str) -> bytes:
    """Return the bytes of a picture, or raise `BadInput`, which goes on behind “the picture”."""
    data = unquote_to_bytes(address.partition(",")[2]).translate(_STANDARD)
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        hint = _("Save it as a file beside this one, and write its name.")
        raise BadInput(_("is broken: it is not whole in base64"), hint=hint) from None


#: Base64 for addresses has two other characters (RFC 4648, 5).
_STANDARD = bytes.maketrans(b"-_", b"+/")
