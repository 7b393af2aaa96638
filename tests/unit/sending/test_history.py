"""What a decision depends on is found in the ledger as it is stored."""

from __future__ import annotations

import pytest

from newsletter.phrases import phrase
from newsletter.sending.delivery import history
from newsletter.sending.delivery.decisions import EVERYBODY
from newsletter.sending.ledger import audit_log
from newsletter.sending.models import AuditEntry
from tests.unit.sending.ledger_rows import Rows

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    ("note", "known"),
    [
        pytest.param(phrase("{what}: {error}", what=EVERYBODY, error="421"), True, id="stored"),
        pytest.param(f"{EVERYBODY}: 421", True, id="of-an-earlier-release"),
        pytest.param("A person paused it", False, id="another-reason"),
    ],
)
def test_a_person_knows_that_everybody_is_deferred(rows: Rows, note: str, known: bool) -> None:
    """Who resumed a send that was held because everybody is deferred is found by the note."""
    send = rows.send()
    attempt = rows.attempt(rows.batch(send))
    audit_log.record(send.pk, AuditEntry.Kind.RESUMED, note=note)

    assert history.others_go(attempt) is known
