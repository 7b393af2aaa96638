"""Tests to import for code that extends Fortnight; nothing of the running product, and no fakes.

A transport of your own is tested by a class that derives from `TransportConformance`: see
docs/contributing/extending.md.  It needs pytest, which `fortnight[testing]` brings.
"""

import pytest

pytest.register_assert_rewrite("newsletter.testing.senders", "newsletter.testing.transport")

from newsletter.testing.senders import (  # noqa: E402  after its asserts are to be rewritten
    SenderConformance,
    SendersUnderTest,
)
from newsletter.testing.transport import (  # noqa: E402
    FAULTS,
    MESSAGE,
    SubmissionConformance,
    TransportConformance,
    TransportUnderTest,
    make_recipient,
    make_recipients,
    read_mail,
)

__all__ = [
    "FAULTS",
    "MESSAGE",
    "SenderConformance",
    "SendersUnderTest",
    "SubmissionConformance",
    "TransportConformance",
    "TransportUnderTest",
    "make_recipient",
    "make_recipients",
    "read_mail",
]
