"""Whether the sender process of this service does its work; `/health/ready` tells it."""

from __future__ import annotations

import enum


class SenderState(enum.StrEnum):
    """What becomes of the sender process."""

    NONE = "none"
    """The senders are threads of this process, or nobody's."""
    OK = "ok"
    """It runs, or nothing is to be sent."""
    FAILED = "started again"
    """It ended by itself, and is started again."""


class Known:
    """What is known in this process."""

    state = SenderState.NONE


#: That of this process.
known = Known()
