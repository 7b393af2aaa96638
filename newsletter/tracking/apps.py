"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "newsletter.tracking"
    label = "tracking"

    def ready(self) -> None:
        """Say what events hold of people, and for how long."""
        from newsletter.tracking.privacy import register

        register()
