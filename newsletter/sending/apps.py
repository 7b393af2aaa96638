"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SendingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "newsletter.sending"
    label = "sending"

    def ready(self) -> None:
        """Say what the ledger holds of people, also in timelines, and let segments ask about it."""
        from newsletter.sending.reporting.held import register_sections
        from newsletter.sending.reporting.segment_fields import add_fields
        from newsletter.sending.reporting.timeline import register_sources

        register_sections()
        register_sources()
        add_fields()
