"""A send that was submitted, as in the tests of what providers tell."""

from __future__ import annotations

from tests.receiver import receiver
from tests.unit.sending.conftest import add_people, issue, publication, readers, start
from tests.unit.tracking.conftest import submit_mail

__all__ = ["add_people", "issue", "publication", "readers", "receiver", "start", "submit_mail"]
