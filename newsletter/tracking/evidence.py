"""Let all evidence count that can be had now, when a person asks what is known of a send."""

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
    """What came of a look into the provider's log: batches looked for, found, and left over.

    `fault` says why it could not be asked; empty where it was, or nothing was to be asked.
    """

    looked: int = 0
    found: int = 0
    left: int = 0
    fault: str = ""


def gather_evidence(send: Send, config: Config, *, most: int | None = None) -> Look:
    """Read the events that wait, ask the log about what is unknown, close what is resolved.

    What was in flight is unknown once its lease is over, though no clock may tick to say so.

    At most `most` batches are looked for in the log, for that takes seconds each; those that were
    looked for in the last ten minutes are not looked for again.
    """
    recovery.recover()
    webhook_intake.read_all()
    due = email_log_queries.of_send(send, timezone.now())
    look = ask(due[:most], config, left=len(due[most:]) if most else 0) if due else Look()
    recovery.close_finished_sends()
    send.refresh_from_db()
    return look


def ask(attempts: list[Attempt], config: Config, *, left: int) -> Look:
    """Look for attempts in the log of the transport that is configured, if it keeps one."""
    try:
        log = open_email_log(config)
        if log is None:
            return Look()
        try:
            found = email_log_queries.query_log(attempts, log)
        finally:
            log.close()
    except NewsletterError as error:
        return Look(fault=str(error))
    return Look(looked=len(attempts), found=found, left=left)
