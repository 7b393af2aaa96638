"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SendingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "newsletter.sending"
    label = "sending"

    def ready(self) -> None:
        """Say what the ledger holds of people, and let segments ask about it."""
        from newsletter.sending.reporting.held import register_sections
        from newsletter.sending.reporting.segment_fields import add_fields

        register_sections()
        add_fields()
