"""Verify that a post is the provider's: a signature over timestamp and body, byte for byte.

Source: Twilio SendGrid, "Getting Started with the Event Webhook Security Features": ECDSA on
P-256 with SHA-256; the public key is SubjectPublicKeyInfo as DER in base64.  The body ends with
CRLF, which is signed, too.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from newsletter.conf.config import Config
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

SIGNATURE_HEADER = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER = "X-Twilio-Email-Event-Webhook-Timestamp"

#: Nothing is between timestamp and body in the signed bytes.  Only ten digits before a `[`
#: make sure that no byte can pass from one to the other.
TIMESTAMP = re.compile(r"[0-9]{10}")
OPENING = b"["

Keys: TypeAlias = "tuple[ec.EllipticCurvePublicKey, ...]"


@dataclass(frozen=True, slots=True)
class Signed:
    """A post with the two headers that prove its origin, unchanged."""

    body: bytes
    timestamp: str
    signature: str


def public_keys(config: Config, environ: Mapping[str, str]) -> Keys:
    """Return the accepted keys; none if the variable is not set.

    Raises `ConfigError` when one of them is not a public key on P-256.
    """
    name = config.sendgrid.webhook_keys_env
    try:
        return read_keys(environ.get(name, ""))
    except ValueError as error:
        raise ConfigError(
            f"{config.place('sendgrid', 'webhook_keys_env')}: {name}: {error}",
            **config.source("sendgrid", "webhook_keys_env", variable=name),
            hint="Copy the verification key as SendGrid shows it;"
            " docs/how-to/events.md says where.",
        ) from None


@lru_cache(maxsize=4)
def read_keys(text: str) -> Keys:
    """Return the keys in a text, with spaces, commas or line ends between; raises `ValueError`."""
    return tuple(read_key(part, number) for number, part in enumerate(re.findall(r"[^\s,]+", text)))


def read_key(text: str, number: int) -> ec.EllipticCurvePublicKey:
    """Return one key; `number` counts from 0 and names it in a `ValueError`."""
    # Needed for the first key: it takes 7 MB.
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except ValueError:
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise ValueError(f"key {number + 1} is not a public key on the curve P-256")
    return key


def find_fault(post: Signed, keys: Keys, *, now: float, tolerance: float) -> str:
    """Return why a post is not to be believed; empty when it is the provider's.

    `now` and `tolerance` are in seconds.
    """
    if not TIMESTAMP.fullmatch(post.timestamp) or not post.body.startswith(OPENING):
        return "it has not the form of signed events"
    if abs(now - int(post.timestamp)) > tolerance:
        return "it was signed too long ago, or a clock is wrong"
    try:
        signature = base64.b64decode(post.signature, validate=True)
    except (binascii.Error, ValueError):
        return "its signature is not base64"
    if not any_fits(keys, signature, post.timestamp.encode() + post.body):
        return "no key of ours made its signature"
    return ""


def any_fits(keys: Sequence[ec.EllipticCurvePublicKey], signature: bytes, signed: bytes) -> bool:
    """Tell whether one of the keys verifies a signature."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    for key in keys:
        try:
            key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            continue
        return True
    return False
