"""MIME messages joined from parts that are encoded once; a subscriber costs their values.

It stands below rendering, which offers a message as one of an edition's forms, and below the
transports that need whole messages (SMTP, files): both take the same bytes from here.

Every value is written between two soft line breaks (RFC 2045 6.7), so it neither wraps what
stands before and after it nor is wrapped by it: the encoded parts can be joined as they are.
"""

from __future__ import annotations

import binascii
import re
import textwrap
from base64 import b64encode
from collections.abc import Iterable, Mapping
from email.utils import parseaddr
from functools import lru_cache

from newsletter.hostnames import ascii_mailbox
from newsletter.whitespace import single_spaced

#: RFC 2045 6.7: a line of quoted-printable has at most 76 characters, its soft break included.
LINE = 76
SOFT_BREAK = b"=\r\n"
#: "=_" never occurs in quoted-printable, so no text can hold the boundary (RFC 2045 6.7).
BOUNDARY = "=_fortnight"
#: RFC 5322 2.1.1: no line may be longer; encoded words are used before that.
MAX_WORD_LENGTH = 900
#: Bytes in one encoded word: with its 12 signs around it, and a name before it, within a line.
WORD_BYTES = 33

#: A value that is its own encoding: short, printable, no equals sign, no space at its end.
_PLAIN_VALUE = re.compile(r"[!-<>-~](?:[ -<>-~]{0,70}[!-<>-~])?")
#: A header that is its own encoding: printable words between single spaces.
_PLAIN_HEADER = re.compile(r"[!-~]+(?: [!-~]+)*")
#: What ends a line somewhere, or must not stand in one (RFC 5322 2.2), becomes a space.
_CONTROLS = dict.fromkeys([*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")
#: Headers of which only the name in front of an address may be encoded (RFC 2047 5).
_MAILBOXES = frozenset(["From", "Reply-To", "Sender", "To"])
#: RFC 5322 3.2.3: what an unquoted display name may hold.
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")

_PART = (
    'Content-Type: {kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
)
_TOP = (
    f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n'
    f"--{BOUNDARY}\r\n{_PART.format(kind='text/plain')}"
).encode()
_MIDDLE = f"\r\n--{BOUNDARY}\r\n{_PART.format(kind='text/html')}".encode()
_END = f"\r\n--{BOUNDARY}--\r\n".encode()


class MessageTemplate:
    """A message of which everything but the values is encoded.

    `subject`, `html` and `text` hold the `keys`, for which `joined` takes the values; `head`
    are the headers that all its messages share, as `encode_header` and `mailbox_header` write them.
    With `for_smtp` its dots are doubled: done once here, not in each message.
    """

    def __init__(
        self,
        *,
        subject: str,
        html: str,
        text: str,
        keys: Iterable[str],
        head: bytes = b"",
        for_smtp: bool = False,
    ) -> None:
        kept = tuple(keys)
        self._subject = split_at_keys(subject, kept)
        self._text = encoded_pieces(text, kept, for_smtp=for_smtp)
        self._html = encoded_pieces(html, kept, for_smtp=for_smtp)
        self._head, self._for_smtp = head, for_smtp

    def joined(self, values: Mapping[str, str], headers: Mapping[str, str]) -> bytes:
        """Return the message with a person's values by key and their own headers.

        Lines end in CRLF and have at most 998 characters; nothing in a value or a header can
        begin another header or another part.  No header begins a line with a dot.
        """
        subject = "".join(
            values[piece] if place % 2 else piece for place, piece in enumerate(self._subject)
        )
        written: dict[str, bytes] = {
            key: encode_quoted_printable(value) for key, value in values.items()
        }
        if self._for_smtp:
            written = {key: double_dots(value) for key, value in written.items()}
        return b"".join(
            (
                self._head,
                *(encode_header(name, value) for name, value in headers.items()),
                encode_header("Subject", subject),
                _TOP,
                fill_keys(self._text, written),
                _MIDDLE,
                fill_keys(self._html, written),
                _END,
            )
        )


def split_at_keys(text: str, keys: tuple[str, ...]) -> list[str]:
    """Return a text cut at its keys: text, key, text, key … text."""
    return re.split(f"({'|'.join(map(re.escape, keys))})", text) if keys else [text]


@lru_cache(maxsize=32)
def encoded_pieces(
    text: str, keys: tuple[str, ...], *, for_smtp: bool = False
) -> tuple[bytes | str, ...]:
    """Return `pieces`, the texts quoted with soft breaks towards the keys."""
    cut = split_at_keys(text, keys)
    last = len(cut) - 1

    def encode(place: int, piece: str) -> bytes:
        encoded = before_value(encode_quoted_printable(piece), is_last=place == last)
        return double_dots(encoded) if for_smtp else encoded

    return tuple(piece if place % 2 else encode(place, piece) for place, piece in enumerate(cut))


def double_dots(lines: bytes) -> bytes:
    """Return lines as SMTP sends them: one that begins with a dot gets another (RFC 5321 4.5.2).

    What is given must begin a line, as each piece and each value does.
    """
    doubled = lines.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled


def before_value(encoded: bytes, *, is_last: bool) -> bytes:
    """Close a piece with a soft break, unless it ends the part or stands at a line's beginning."""
    return encoded if is_last or not encoded or encoded.endswith(b"\r\n") else encoded + SOFT_BREAK


def fill_keys(encoded: tuple[bytes | str, ...], written: Mapping[str, bytes]) -> bytes:
    """Return a part with the values in the places of their keys, a soft break behind each."""
    return b"".join(
        piece if isinstance(piece, bytes) else written[piece] + SOFT_BREAK for piece in encoded
    )


def encode_quoted_printable(text: str) -> bytes:
    """Return a text in quoted-printable, as lines that may begin anywhere a line begins.

    The last line leaves room for a soft break.
    """
    if _PLAIN_VALUE.fullmatch(text):
        return text.encode()
    lines = text.replace("\r\n", "\n").encode("utf-8", "replace").split(b"\n")
    return b"\r\n".join(quoted_line(line) for line in lines)


def quoted_line(line: bytes) -> bytes:
    """Return one line in quoted-printable, of which every line leaves room for a soft break."""
    encoded = binascii.b2a_qp(line, istext=False).replace(b"=\n", SOFT_BREAK)
    last = len(encoded) - (encoded.rfind(b"\r\n") + 2 if SOFT_BREAK in encoded else 0)
    if last < LINE:
        return encoded
    # `binascii` fills the last line to the brim, but never with the end of an "=XX".
    return encoded[:-1] + SOFT_BREAK + encoded[-1:]


def encode_header(name: str, value: str) -> bytes:
    """Return a header field with its line end: ASCII folded at spaces, else as encoded words."""
    value = value.translate(_CONTROLS)
    if not value:
        return f"{name}:\r\n".encode()
    if not _PLAIN_HEADER.fullmatch(value) or "=?" in value:
        if name in _MAILBOXES:
            return mailbox_header(name, *parseaddr(value))
        return f"{name}: {encoded_words(value)}\r\n".encode()
    if len(name) + 2 + len(value) <= LINE or (" " not in value and len(value) <= MAX_WORD_LENGTH):
        return f"{name}: {value}\r\n".encode()
    if max(map(len, value.split(" "))) > MAX_WORD_LENGTH:
        return f"{name}: {encoded_words(value)}\r\n".encode()
    return f"{fold_header(name, value)}\r\n".encode()


def fold_header(name: str, value: str) -> str:
    """Return a long header folded at spaces; unfolding gives back exactly the value."""
    lines = textwrap.wrap(
        value,
        LINE,
        initial_indent=f"{name}: ",
        subsequent_indent=" ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\r\n".join(lines)


def encoded_words(text: str) -> str:
    """Return a text as encoded words (RFC 2047), each whole characters, one to a line."""
    words: list[bytes] = [b""]
    for sign in text:
        written = sign.encode("utf-8", "replace")
        if len(words[-1]) + len(written) > WORD_BYTES:
            words.append(b"")
        words[-1] += written
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in words)


def mailbox_header(name: str, shown: str, address: str) -> bytes:
    """Return a header with one mailbox, e.g. From; `shown` is the name people read."""
    shown = single_spaced(shown.translate(_CONTROLS))
    # An address has no spaces, and none of its signs may end the brackets around it.
    address = ascii_mailbox("".join(address.translate(_CONTROLS).split()))
    # A name of blanks alone, such as no-break spaces, shows nobody: the address does.
    if not shown or shown.isspace():
        return f"{name}: {address}\r\n".encode()
    if not shown.isascii() or "=?" in shown:
        shown = encoded_words(shown)
    elif not _ATOMS.fullmatch(shown):
        shown = quoted_string(shown)
    # The address on a line of its own where both do not fit.
    space = " " if len(name) + len(shown) + len(address) < LINE - 6 else "\r\n "
    return f"{name}: {shown}{space}<{address}>\r\n".encode()


def quoted_string(text: str) -> str:
    """Return a text in the quotation marks of RFC 5322 3.2.4."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


#: RFC 5321 4.1.2: what a local part may be without quotation marks.
_DOT_STRING = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]{1,64}(?:\.[\w!#$%&'*+/=?^`{|}~-]{1,64}){0,63}")


def on_the_wire(address: str) -> str:
    """Return an address with its local part quoted where RFC 5321 4.1.2 asks for it.

    Japanese carriers gave out addresses such as `a..b@docomo.ne.jp`, which travel as
    `"a..b"@docomo.ne.jp`, over SMTP as to SendGrid.
    """
    if ".." not in address and ".@" not in address:
        return address
    local, at, domain = address.rpartition("@")
    if not at or local.startswith('"') or _DOT_STRING.fullmatch(local) or '"' in local:
        return address
    return f'"{local}"@{domain}'
