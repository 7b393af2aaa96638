"""Who is told of alarms: the addresses of the settings, and a webhook."""

from __future__ import annotations

import os

from django.conf import settings

from newsletter.monitoring.models import AlarmMessage


def webhook_address() -> str:
    """Return where alarms are posted; empty for nowhere.  It may hold a secret."""
    return os.environ.get(settings.CONFIG.monitoring.alarm_webhook_env, "").strip()


def list_ways() -> list[tuple[AlarmMessage.Way, str]]:
    """Return each way with its address; empty for the webhook."""
    ways = [(AlarmMessage.Way.MAIL, each) for each in settings.CONFIG.monitoring.alarm_mail]
    return [*ways, (AlarmMessage.Way.WEBHOOK, "")] if webhook_address() else ways
