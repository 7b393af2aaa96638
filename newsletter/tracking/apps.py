"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "newsletter.tracking"
    label = "tracking"

    def ready(self) -> None:
        """Say what events hold of people, and for how long, and tell it in their timelines."""
        from newsletter.tracking import privacy, reader_retention, reader_segments, timeline
        from newsletter.tracking.publishers import name_counting
        from subscribers.preferences import counting

        privacy.register()
        reader_retention.register()
        timeline.register()
        reader_segments.add_fields()
        counting.connect(name_counting, reader_retention.forget_person)
