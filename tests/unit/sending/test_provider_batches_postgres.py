"""What two processes do at once with mail that waits at the provider, where both may write."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from newsletter.sending.delivery import decisions, results
from newsletter.sending.models import Attempt
from newsletter.sending.prescheduled import budget, provider_batches, reversals
from newsletter.transports.base import SubmitResult
from tests.unit.sending.ledger_rows import Rows

YES = decisions.accept_all(SubmitResult(message_id="M", status=202))


class LateAnswer:
    """Has another process write down a late yes, once the attempts were looked at first."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self.written: bool | None = None

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Execute a statement (see Django, "Database instrumentation")."""
        result = execute(sql, params, many, context)
        if self.written is None and sql.startswith("SELECT") and '"sending_attempt"' in sql:
            self.written = False
            other = threading.Thread(target=self._write)
            other.start()
            other.join()
        return result

    def _write(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            results.apply_decision(self._attempt, YES)
            self.written = True
        except OperationalError:
            pass  # it has to wait until the other one is through
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_late_answer_beside_a_confirmed_cancellation(rows: Rows) -> None:
    """What was discarded goes again, though its yes comes while that is written down."""
    send = rows.send(delivery_mode="prescheduled", at=timezone.now())
    under = send.provider_batches.create(group=1, state="cancelling", at=send.at)
    attempt = rows.attempt(rows.batch(send, "unknown"), "unknown", provider_batch=under)
    answer = LateAnswer(attempt)

    with connection.execute_wrapper(answer):
        reversals.record_cancelled(under)
    if not answer.written:
        results.apply_decision(attempt, YES)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.batch.state) == ("cancelled", "planned")


@pytest.mark.django_db(transaction=True)
def test_room_is_counted_by_one_process_at_a_time(rows: Rows) -> None:
    """Until what one has created is written down, no other one counts."""
    send = rows.send(delivery_mode="prescheduled", at=timezone.now())

    with transaction.atomic():
        provider_batches.create_provider_batches(send, ())
        assert not can_count()

    assert can_count()


def can_count() -> bool:
    """Say whether another process could count now."""
    answers: list[bool] = []

    def ask() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [budget.LOCK_KEY])
                answers.extend(cursor.fetchone())
        finally:
            connection.close()

    other = threading.Thread(target=ask)
    other.start()
    other.join()
    return answers == [True]
