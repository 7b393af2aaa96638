"""The ids that SendGrid gives: one to a request, and one to each of its mails."""

from __future__ import annotations

import re


def request_of(message_id: str) -> str:
    """Return the id that the answer to the request had: it begins the id of each of its mails."""
    return re.split(r"\.(?:recvd|filter)", message_id, maxsplit=1)[0]
