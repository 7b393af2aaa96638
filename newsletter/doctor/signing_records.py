"""Keys of DKIM as they stand in the DNS (RFC 6376 3.6.1): is there one, and how long is it?"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from newsletter.phrases import phrase

#: Bits of a key of RSA: fewer must not be believed, more are better (RFC 8301 3.2).
LEAST_BITS, GOOD_BITS = 1024, 2048


def find_key_problem(texts: Sequence[str]) -> str:
    """Return why there is no usable key among TXT records; empty if there is one."""
    if not texts:
        return phrase("there is no key")
    tags = read_tags(texts[0])
    if not tags.get("p"):
        return phrase("the key was revoked") if "p" in tags else phrase("it is no key")
    if tags.get("k", "rsa") != "rsa":
        return ""
    bits = key_bits(texts[0])
    if not bits:
        return phrase("the key cannot be read")
    return phrase("the key has only {bits} bits", bits=bits) if bits < LEAST_BITS else ""


def read_tags(text: str) -> dict[str, str]:
    """Return the tags of a record (RFC 6376 3.2), blanks taken out of their values."""
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs}


def key_bits(text: str) -> int:
    """Return the length of an RSA key in a record in bits; 0 for any other."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(base64.b64decode(read_tags(text).get("p", ""), validate=True))
    except (binascii.Error, ValueError):
        return 0
    return key.key_size if isinstance(key, RSAPublicKey) else 0
