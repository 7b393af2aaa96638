"""All endpoints of the API."""

from __future__ import annotations

from sendgrid_emulator.api import (
    credit_balance,
    email_logs,
    mail,
    scheduled_sends,
    senders,
    suppressions,
    unsubscribe_groups,
    webhooks,
)
from sendgrid_emulator.api.calls import Route

ROUTES: tuple[Route, ...] = (
    *mail.ROUTES,
    *scheduled_sends.ROUTES,
    *suppressions.ROUTES,
    *unsubscribe_groups.ROUTES,
    *webhooks.ROUTES,
    *email_logs.ROUTES,
    *senders.ROUTES,
    *credit_balance.ROUTES,
)
