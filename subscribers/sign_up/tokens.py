"""The links of confirmation mails: signed, without an address in them, valid for some days.

A token is `version, sign-up, round, end` as numbers of variable length, then 136 bits of
HMAC-SHA256, in URL-safe base64.  Its signature is made with a key of its own, so that it can never
pass for a link of a footer, nor one of those for it.
"""

from __future__ import annotations

import datetime as dt
import hmac
from typing import NamedTuple

from django.conf import settings

from newsletter.errors import NotFound
from subscribers import links

VERSION = 1
SIGNATURE_BYTES = 16
#: No token begins or ends with a dash, which mail programs take for punctuation and cut off.
UNSAFE_ENDS = "-_"
#: Filling that makes another token of the same numbers, where the first has an unsafe end.
FILLINGS = range(1, 64)


class Confirmation(NamedTuple):
    """What a token says; `ends_at` is a Unix time in seconds."""

    sign_up_id: int
    round: int
    ends_at: int


def make_token(sign_up_id: int, round_: int, ends_at: dt.datetime) -> str:
    """Return the token of a confirmation mail that holds until a time."""
    numbers = (VERSION, sign_up_id, round_, int(ends_at.timestamp()))
    token = ""
    for filling in FILLINGS:
        body = b"".join(map(links.write_number, (*numbers, filling)))
        token = links.encode_base64(body + sign(str(settings.SECRET_KEY), body))
        if token[-1] not in UNSAFE_ENDS:
            return token
    return token


def find_confirmation(text: str) -> tuple[str, Confirmation]:
    """Return the token in what a mail program made of a link, and what it says.

    Raises `NotFound` for what is not ours.
    """
    for each in links.token_candidates(text):
        try:
            return each, read_token(each)
        except NotFound:
            continue
    raise links.not_ours()


def read_token(text: str) -> Confirmation:
    """Return what a token says, whether it has expired or not; raises `NotFound`."""
    signed = links.decode(text)
    if len(signed) <= SIGNATURE_BYTES:
        raise links.not_ours()
    body, given = signed[:-SIGNATURE_BYTES], signed[-SIGNATURE_BYTES:]
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(sign(str(key), body), given) for key in keys):
        raise links.not_ours()
    version, *numbers = links.read_numbers(body)
    if version != VERSION or len(numbers) != 4:
        raise links.not_ours()
    return Confirmation(*numbers[:3])


def sign(secret: str, body: bytes) -> bytes:
    """Return the signature of a body with the key that is for confirmations only."""
    return links.sign_body(f"{secret}\0sign-up", body, SIGNATURE_BYTES)
