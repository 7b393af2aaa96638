"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "newsletter.publishing"
    label = "publishing"

    def ready(self) -> None:
        """Have an issue's row follow its draft also when an older revision goes on the web.

        And have no picture decoded that is too large.
        """
        from wagtail.signals import page_published

        from newsletter.publishing.models import Issue, follow_draft
        from newsletter.publishing.uploads import guard_decoding

        guard_decoding()
        page_published.connect(follow_draft, sender=Issue)
