"""The endpoints, as pure functions of the account and a call."""

from __future__ import annotations

from sendgrid_emulator.api import groups, logs, mail, scheduled, suppression, webhooks
from sendgrid_emulator.api.calls import Route

ROUTES: tuple[Route, ...] = (
    *mail.ROUTES,
    *scheduled.ROUTES,
    *suppression.ROUTES,
    *groups.ROUTES,
    *webhooks.ROUTES,
    *logs.ROUTES,
)
