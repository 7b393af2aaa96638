"""Labels of mail that is in no ledger: what the provider reports of it is no news of a delivery."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex

from newsletter.transports.base import ATTEMPT, DATABASE, DELIVERY, SEND


def label_message(kind: str) -> dict[str, str]:
    """Return the labels of a mail; its kind stands instead of a send and a database of ours."""
    return {SEND: kind, ATTEMPT: f"{kind}-{token_hex(8)}", DATABASE: kind}


def label_recipient(message: Mapping[str, str], number: int) -> dict[str, str]:
    """Return the labels of one recipient of a mail with these labels, counted from 0."""
    return {DELIVERY: f"{message[ATTEMPT]}-{number}"}
