"""Proof of work: a browser computes for a while before a form counts (ALTCHA, version 2).

A person waits for about a second once; who posts a million forms computes for days.  Challenge and
check are those of the library `altcha`; the widget of the same project is served from here.
Nothing is asked of another site.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from typing import Any

import altcha
from django.conf import settings

from newsletter.conf.config import load

ALGORITHM = "PBKDF2/SHA-256"
#: Seconds in which a challenge must be solved and the form submitted.
VALID_SECONDS = 1200
#: Of base64; a longer one was not made by the widget.
MAX_PAYLOAD = 4000


def make_challenge(now: dt.datetime) -> dict[str, Any]:
    """Return a new challenge, as the widget takes it; about 256 derived keys solve it."""
    made = altcha.create_challenge(
        algorithm=ALGORITHM,
        cost=load().sign_up.proof_cost,
        expires_at=now + dt.timedelta(seconds=VALID_SECONDS),
        hmac_secret=secrets()[0],
    )
    found: dict[str, Any] = made.to_dict()
    return found


def check_proof(text: str) -> str:
    """Return a name for the challenge that a text solves, to be used up; empty for none."""
    payload = read_payload(text)
    if payload is None:
        return ""
    try:
        solved = any(altcha.verify_solution(payload, secret).verified for secret in secrets())
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        # The library reads what a stranger sent.
        return ""
    return str(payload.challenge.signature) if solved else ""


def read_payload(text: str) -> altcha.Payload | None:
    """Return what the widget put into the form; nothing for what cannot be read."""
    if not text or len(text) > MAX_PAYLOAD:
        return None
    try:
        found = json.loads(base64.b64decode(text, validate=True))
        return altcha.Payload(
            altcha.Challenge.from_dict(found["challenge"]),
            altcha.Solution.from_dict(found["solution"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def secrets() -> list[str]:
    """Return the keys for challenges; the first signs."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hashlib.sha256(b"sign-up proof\0" + str(key).encode()).hexdigest() for key in keys]
