"""The links in the footer of a mail: signed, without an address in them, good for ever.

A token is `version, subscriber, lists…` as variable-length numbers, then 128 bits of
HMAC-SHA256, in URL-safe base64: about 28 characters.  RFC 8058 §3.1 asks for a link that names
the person and the list by itself and is hard to forge; nothing expires, for people unsubscribe
from mails that are years old.

Mail programs that find links in text take a closing `-` or `_` for punctuation and cut it off, so
no token ends in one.  Base64 ends in one of 16 or of 4 letters and digits where its bytes do not
come in threes; where they would, version 2 has one byte more of the same signature.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import re
import unicodedata
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import unquote

from django.conf import settings

from newsletter.errors import NotFound
from newsletter.phrases import phrase

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

#: By version, how many bytes of the signature a token has.
SIGNATURE_BYTES = {1: 16, 2: 17}
SALT = b"subscribers.links"
#: Far beyond any real link, so that a hostile one costs nothing to refuse.
MAX_LENGTH = 1000
#: As long as what a mail program may have made of one.
MAX_LINK_LENGTH = 4000

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
#: What may be a token in the midst of other text; shorter than any, or longer, it is none.
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{24,{MAX_LENGTH}}}")
#: How many of them in one text are tried.
MAX_TOKENS = 8
#: What mail programs put into a long line: white space, a soft break, invisible characters.
_BREAKS = re.compile(r"=?[\s\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]+|=")
#: What an editor may have put in instead: a hyphen, the mark of a quotation, a tag, a plus sign.
_HYPHENATED = re.compile(r"-\s+")
_MARKED = re.compile(r"\n[>|\s]*|<[a-z/ ]{1,8}>|\+", re.IGNORECASE)
#: Dashes of typography, which editors and keyboards set for a plain one.
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")) | {
    ord("\\"): None
}
#: An escape of quoted-printable (RFC 2045 6.7) that nobody read.
_QUOTED = re.compile(r"=([0-9A-Fa-f]{2})")
#: Where the next address begins that was glued to the end of the first.
_NEXT = re.compile(r"(?:https?|hxxps?)(?=:)|mailto(?=:)|www(?=\.)", re.IGNORECASE)
#: What a mail program may have cut from the end of a token of version 1.
_CUT = tuple("".join(cut) for size in (1, 2, 3) for cut in product("-_", repeat=size))


def make_token(subscriber_id: int, list_ids: Iterable[int] = ()) -> str:
    """Return the token of one person and the lists a mail went to; no lists means all of them."""
    return next(make_tokens((subscriber_id,), list_ids))


def make_tokens(subscriber_ids: Iterable[int], list_ids: Iterable[int] = ()) -> Iterator[str]:
    """Yield the token of each of the people to whom one mail goes."""
    lists = b"".join(map(write_number, list_ids))
    secret = str(settings.SECRET_KEY)
    for subscriber_id in subscriber_ids:
        rest = write_number(subscriber_id) + lists
        # Version and signature of 17 bytes: what is left would come in threes, and may end badly.
        version = 2 if (len(rest) + 1 + SIGNATURE_BYTES[1]) % 3 == 0 else 1
        body = write_number(version) + rest
        yield encode_base64(body + sign_body(secret, body, SIGNATURE_BYTES[version]))


def read_token(text: str) -> tuple[int, tuple[int, ...]]:
    """Return the subscriber and the lists of a token, or raise `NotFound` if it is not ours."""
    signed = decode(text)
    size = SIGNATURE_BYTES.get(signed[0] if signed else 0)
    if size is None or len(signed) <= size + 1:
        raise not_ours()
    body, given = signed[:-size], signed[-size:]
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(sign_body(str(key), body, size), given) for key in keys):
        raise not_ours()
    _version, *numbers = read_numbers(body)
    if not numbers:
        raise not_ours()
    return numbers[0], tuple(numbers[1:])


def find_token(text: str) -> tuple[str, int, tuple[int, ...]]:
    """Return the token in what a mail program made of a link, its subscriber and its lists.

    A link may have lost its last sign, or gained what stood behind it in the mail: a bracket, a
    quotation mark, an escape, an entity, a line break, the link once more.  Whatever is tried
    must bear the whole signature, so that nothing is easier to forge; a few dozen tries are
    made at most.  Raises `NotFound`.
    """
    for each in token_candidates(text):
        try:
            return each, *read_token(each)
        except NotFound:
            continue
    raise not_ours()


def token_candidates(text: str) -> Iterator[str]:
    """Yield what may be the token in a text: as it stands, freed of what is around it, whole."""
    yield text
    if len(text) > MAX_LINK_LENGTH:
        return
    found = dict.fromkeys(each for form in list_spellings(text) for each in find_pieces(form))
    likely = list(found)[:MAX_TOKENS]
    yield from likely
    for piece in likely:
        yield from (piece + cut for cut in _CUT)


def list_spellings(text: str) -> Iterator[str]:
    """Yield a text as it stands, without its escapes and entities, and without line breaks.

    Last with plain letters for those that an editor set, and without what it put between them.
    """
    yield text
    for _ in range(3):
        text = html.unescape(unquote(text))
        yield text
    yield _BREAKS.sub("", text)
    quoted = _QUOTED.sub(lambda match: chr(int(match[1], 16)), text)
    yield quoted
    yield _BREAKS.sub("", quoted)
    # Editors make one long dash of two.
    yield text.replace("\u2014", "--")
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    yield plain
    yield _BREAKS.sub("", _MARKED.sub("", plain))
    yield _HYPHENATED.sub("", plain)


def find_pieces(text: str) -> Iterator[str]:
    """Yield the parts of a text that are as long as a token, without dashes around them.

    All tokens begin with a letter.
    """
    for piece in _TOKEN.findall(_NEXT.sub(" ", text)):
        if piece.startswith("3D"):  # an equals sign in quoted-printable, without its own
            yield piece[2:].strip("-_")
        yield piece.lstrip("-_")
        bare = piece.strip("-_")
        yield bare
        half = bare[: len(bare) // 2]
        if bare == half * 2:
            yield half


def unsubscribe_url(base_url: str, subscriber_id: int, list_ids: Iterable[int] = ()) -> str:
    """Return the address behind List-Unsubscribe and the footer's unsubscribe link."""
    return make_links(base_url, [subscriber_id], list_ids)[0][0]


def preferences_url(base_url: str, subscriber_id: int, list_ids: Iterable[int] = ()) -> str:
    """Return the address of the page where a person chooses lists and name."""
    return make_links(base_url, [subscriber_id], list_ids)[1][0]


#: Stands in the links of a test of an issue, in place of a signed token: nobody is meant.
TEST_LINK = "test"


def test_links(base_url: str) -> tuple[str, str]:
    """Return the two links of a mail that is a test: they lead to a page that says so."""
    return f"{base_url}/u/{TEST_LINK}", f"{base_url}/p/{TEST_LINK}"


def make_links(
    base_url: str, subscriber_ids: Iterable[int], list_ids: Iterable[int] = ()
) -> tuple[list[str], list[str]]:
    """Return the `unsubscribe_url` and the `preferences_url` of each of the people of a mail."""
    signed = list(make_tokens(subscriber_ids, list_ids))
    return [f"{base_url}/u/{each}" for each in signed], [f"{base_url}/p/{each}" for each in signed]


def sign_body(secret: str, body: bytes, size: int) -> bytes:
    """Return the first `size` bytes of the HMAC-SHA256 of a body."""
    inner, outer = hmac_states(secret)
    begun, closing = inner.copy(), outer.copy()
    begun.update(body)
    closing.update(begun.digest())
    return closing.digest()[:size]


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


def encode_base64(signed: bytes) -> str:
    """Return bytes in URL-safe base64 without padding."""
    return b2a_base64(signed, newline=False).translate(_URL_SAFE).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes of a token, or raise `NotFound`."""
    if not text.isascii() or len(text) > MAX_LENGTH:
        raise not_ours()
    try:
        signed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise not_ours() from None
    # Base64 has several spellings of the same bytes; only the one that was given out is good.
    if encode_base64(signed) != text:
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
        phrase("this link is not complete, or it is not one of ours"),
        hint=phrase("Open it from the mail again, or copy the whole of it."),
    )
