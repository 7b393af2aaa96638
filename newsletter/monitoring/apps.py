"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Registers the app under its short label."""

    name = "newsletter.monitoring"
    label = "monitoring"
