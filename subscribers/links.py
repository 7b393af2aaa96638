"""The links in the footer of a mail: signed, without an address in them, good for ever.

A token is `version, subscriber, lists…` as variable-length numbers, then 128 bits of
HMAC-SHA256, in URL-safe base64: about 28 characters.  RFC 8058 §3.1 asks for a link that names
the person and the list by itself and is hard to forge; nothing expires, for people unsubscribe
from mails that are years old.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.errors import NotFound

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

VERSION = 1
SIGNATURE_BYTES = 16
SALT = b"subscribers.links"
#: Far beyond any real link, so that a hostile one costs nothing to refuse.
LONGEST = 1000

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def token(subscriber_id: int, list_ids: Iterable[int] = ()) -> str:
    """Return the token of one person and the lists a mail went to; no lists means all of them."""
    return next(tokens((subscriber_id,), list_ids))


def tokens(subscriber_ids: Iterable[int], list_ids: Iterable[int] = ()) -> Iterator[str]:
    """Yield the token of each of the people to whom one mail goes."""
    version, lists = write_number(VERSION), b"".join(map(write_number, list_ids))
    secret = str(settings.SECRET_KEY)
    for subscriber_id in subscriber_ids:
        body = version + write_number(subscriber_id) + lists
        yield encoded(body + signature(secret, body))


def read(text: str) -> tuple[int, tuple[int, ...]]:
    """Return the subscriber and the lists of a token, or raise `NotFound` if it is not ours."""
    signed = decode(text)
    body, given = signed[:-SIGNATURE_BYTES], signed[-SIGNATURE_BYTES:]
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(signature(str(key), body), given) for key in keys):
        raise not_ours()
    version, *numbers = read_numbers(body)
    if version != VERSION or not numbers:
        raise not_ours()
    return numbers[0], tuple(numbers[1:])


def unsubscribe_url(base_url: str, subscriber_id: int, list_ids: Iterable[int] = ()) -> str:
    """Return the address behind List-Unsubscribe and the footer's unsubscribe link."""
    return links(base_url, [subscriber_id], list_ids)[0][0]


def preferences_url(base_url: str, subscriber_id: int, list_ids: Iterable[int] = ()) -> str:
    """Return the address of the page where a person chooses lists and name."""
    return links(base_url, [subscriber_id], list_ids)[1][0]


def links(
    base_url: str, subscriber_ids: Iterable[int], list_ids: Iterable[int] = ()
) -> tuple[list[str], list[str]]:
    """Return the `unsubscribe_url` and the `preferences_url` of each of the people of a mail."""
    signed = list(tokens(subscriber_ids, list_ids))
    return [f"{base_url}/u/{each}" for each in signed], [f"{base_url}/p/{each}" for each in signed]


def signature(secret: str, body: bytes) -> bytes:
    """Return the first 128 bits of the HMAC-SHA256 of a body."""
    inner, outer = hmac_states(secret)
    begun, closing = inner.copy(), outer.copy()
    begun.update(body)
    closing.update(begun.digest())
    return closing.digest()[:SIGNATURE_BYTES]


@cache
def hmac_states(secret: str) -> tuple[Hash, Hash]:
    """Return the inner and the outer hash of RFC 2104 with the key already in them.

    Every recipient of a mail costs one signature; to copy these takes a third of the time of
    `hmac.digest`.  The key is made for these links alone, so that no other signature of the
    site can pass for one.
    """
    key = hashlib.sha256(SALT + b"\0" + secret.encode()).digest().ljust(64, b"\0")
    inner, outer = bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)
    return hashlib.sha256(inner), hashlib.sha256(outer)


def encoded(signed: bytes) -> str:
    """Return bytes in URL-safe base64 without padding."""
    return b2a_base64(signed, newline=False).translate(_URL_SAFE).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes of a token, or raise `NotFound`."""
    if not text.isascii() or len(text) > LONGEST:
        raise not_ours()
    try:
        signed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise not_ours() from None
    # Base64 has several spellings of the same bytes; only the one that was given out is good.
    if encoded(signed) != text:
        raise not_ours()
    return signed


def write_number(number: int) -> bytes:
    """Return a number as groups of seven bits, lowest first; all but the last have bit 8."""
    if number < 0:
        raise ValueError("a number in a link is never negative")
    groups = []
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def read_numbers(body: bytes) -> Iterator[int]:
    """Yield the numbers of a body that bore a good signature."""
    number = shift = 0
    for byte in body:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0


def not_ours() -> NotFound:
    """Return the error for a link that we did not give out, or that was cut or changed."""
    return NotFound(
        "this link is not complete, or it is not one of ours",
        hint="Open it from the mail again, or copy the whole of it.",
    )
