"""A cancellation beside a sender that begins its request at the same time, where both may write."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from newsletter.sending.delivery import claims
from newsletter.sending.models import Send
from newsletter.sending.operations import control
from tests.unit.sending.conftest import LEASE, AddPeople
from tests.unit.sending.ledger_rows import Rows


class Sender:
    """Claims a batch and begins its request, once the cancellation has counted who has it."""

    def __init__(self, batch: int) -> None:
        self._batch = batch
        self.claimed = self.begun = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Execute a statement (see Django, "Database instrumentation")."""
        if sql.startswith('INSERT INTO "sending_auditentry"') and not self.claimed:
            other = threading.Thread(target=self._begin)
            other.start()
            other.join()
        return execute(sql, params, many, context)

    def _begin(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            attempt = claims.claim_batch(self._batch, lease=LEASE)
            self.claimed = attempt is not None
            self.begun = bool(attempt and claims.begin_submission(attempt, lease=LEASE))
        except OperationalError:
            pass  # it has to wait until the send is cancelled
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_nothing_begins_beside_a_cancellation_that_says_nobody(
    rows: Rows, add_people: AddPeople
) -> None:
    """From the count of a cancellation on, no sender begins a request, before or after it ends."""
    send = rows.send()
    batch = rows.batch(send, people=add_people(2))
    sender = Sender(batch.pk)

    with connection.execute_wrapper(sender):
        send, reached = control.cancel(send)

    assert (send.state, reached) == (Send.State.CANCELLED, 0)
    assert (sender.claimed, sender.begun) == (True, False)
    assert not claims.begin_submission(batch.attempts.get(), lease=LEASE)
