"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SendingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "newsletter.sending"
    label = "sending"
