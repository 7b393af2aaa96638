"""Gather all evidence that is available now, when a person asks about a send."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from newsletter.conf.config import Config
from newsletter.errors import NewsletterError
from newsletter.sending.delivery import recovery
from newsletter.sending.models import Attempt, Send
from newsletter.tracking import email_log_queries, webhook_intake
from newsletter.transports.factory import open_email_log


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """The result of a query of the provider's log: batches looked up, found, and left over.

    `fault` says why it could not be queried; empty if it was, or if there was nothing to query.
    """

    looked: int = 0
    found: int = 0
    left: int = 0
    fault: str = ""


def gather_evidence(send: Send, config: Config, *, most: int | None = None) -> Look:
    """Read waiting events, query the log about unknown batches, close resolved sends.

    Batches in flight become unknown when their lease is over, even if no clock is running.

    At most `most` batches are looked up in the log, because each takes seconds.  Batches that were
    looked up in the last ten minutes are not looked up again.
    """
    recovery.recover()
    webhook_intake.read_all()
    due = email_log_queries.of_send(send, timezone.now())
    look = query_log(due[:most], config, left=len(due[most:]) if most else 0) if due else Look()
    recovery.close_finished_sends()
    send.refresh_from_db()
    return look


def query_log(attempts: list[Attempt], config: Config, *, left: int) -> Look:
    """Look up attempts in the log of the configured transport, if it has one."""
    try:
        log = open_email_log(config)
        if log is None:
            return Look()
        try:
            found = email_log_queries.query_log(attempts, log)
        finally:
            log.close()
    except NewsletterError as error:
        return Look(fault=error.message)
    return Look(looked=len(attempts), found=found, left=left)
