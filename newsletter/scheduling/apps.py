"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "newsletter.scheduling"
    label = "scheduling"

    def ready(self) -> None:
        """Let the slots say which number a new issue has."""
        from newsletter.publishing import volumes
        from newsletter.scheduling.numbers import next_free_number

        volumes.connect(next_free_number)
