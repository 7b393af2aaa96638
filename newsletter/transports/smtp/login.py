"""Log in to a mail server, with letters of any script in user and password (RFC 4954).

The standard library's login takes ASCII only.  Names and passwords are prepared as RFC 4013
(SASLprep) asks for, so that one typed with composed letters equals one with combining ones.
"""

from __future__ import annotations

import base64
import hmac
import smtplib
import stringprep
import unicodedata
from collections.abc import Callable, Iterator

#: RFC 4013 2.3: what may not be in a name or a password.
PROHIBITED = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)


def log_in(client: smtplib.SMTP, user: str, password: str) -> None:
    """Log in with the first method that the server offers and accepts.

    Raises `SMTPNotSupportedError` if it offers no known method, and
    `SMTPAuthenticationError` if it accepts none.
    """
    offered = client.esmtp_features.get("auth", "").upper().split()
    ways = [way for name, way in WAYS.items() if name in offered]
    if not ways:
        known = ", ".join(WAYS)
        raise smtplib.SMTPNotSupportedError(f"a login by user and password ({known})")
    refused = smtplib.SMTPAuthenticationError(535, b"no words")
    for name, secret in list_spellings(user, password):
        for way in ways:
            code, words = way(client, name, secret)
            if code in (235, 503):
                return
            refused = smtplib.SMTPAuthenticationError(code, words)
            if code // 100 != 5:
                raise refused
    raise refused


def list_spellings(user: str, password: str) -> Iterator[tuple[bytes, bytes]]:
    """Return the spellings to try: prepared, then as written, for servers that prepare nothing."""
    prepared = saslprep(user).encode(), saslprep(password).encode()
    yield prepared
    if (written := (user.encode(), password.encode())) != prepared:
        yield written


def saslprep(text: str) -> str:
    """Return a name or password as RFC 4013 prepares it; raises `ValueError` for one it forbids.

    Unassigned characters are allowed, as in a query (RFC 3454 7).
    """
    if text.isascii() and text.isprintable():
        return text
    mapped = "".join(
        " " if stringprep.in_table_c12(sign) else sign
        for sign in text
        if not stringprep.in_table_b1(sign)
    )
    normal = unicodedata.ucd_3_2_0.normalize("NFKC", mapped)
    if any(table(sign) for sign in normal for table in PROHIBITED):
        raise ValueError("it contains characters that are not allowed in a login")
    check_direction(normal)
    return normal


def check_direction(text: str) -> None:
    """Raise `ValueError` if letters of both directions are mixed (RFC 3454 6)."""
    right = [stringprep.in_table_d1(sign) for sign in text]
    if not any(right):
        return
    if any(map(stringprep.in_table_d2, text)) or not (right[0] and right[-1]):
        raise ValueError("it mixes letters from left to right with letters from right to left")


def by_plain(client: smtplib.SMTP, user: bytes, password: bytes) -> tuple[int, bytes]:
    """Log in by PLAIN (RFC 4616)."""
    message = b"\0".join((b"", user, password))
    return client.docmd("AUTH", f"PLAIN {encode_base64(message)}")


def by_login(client: smtplib.SMTP, user: bytes, password: bytes) -> tuple[int, bytes]:
    """Log in by LOGIN: the server asks for one, then for the other."""
    code, words = client.docmd("AUTH", "LOGIN")
    for answer in (user, password):
        if code != 334:
            break
        code, words = client.docmd(encode_base64(answer))
    return code, words


def by_cram(client: smtplib.SMTP, user: bytes, password: bytes) -> tuple[int, bytes]:
    """Log in by CRAM-MD5 (RFC 2195), which does not send the password."""
    code, words = client.docmd("AUTH", "CRAM-MD5")
    if code != 334:
        return code, words
    try:
        challenge = base64.b64decode(words)
    except ValueError:
        raise smtplib.SMTPException("the server's challenge is not in base64") from None
    digest = hmac.new(password, challenge, "md5").hexdigest().encode()
    return client.docmd(encode_base64(user + b" " + digest))


def encode_base64(data: bytes) -> str:
    """Return bytes encoded for a login."""
    return base64.b64encode(data).decode("ascii")


#: The login methods, in the order in which they are tried.
WAYS: dict[str, Callable[[smtplib.SMTP, bytes, bytes], tuple[int, bytes]]] = {
    "CRAM-MD5": by_cram,
    "PLAIN": by_plain,
    "LOGIN": by_login,
}
