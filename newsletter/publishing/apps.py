"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "newsletter.publishing"
    label = "publishing"

    def ready(self) -> None:
        """Have an issue's row follow its draft also when an older revision goes on the web.

        Have no picture decoded that is too large, and none deleted that an issue shows.
        """
        from django.db.models.signals import pre_delete
        from wagtail.images import get_image_model
        from wagtail.signals import page_published

        from newsletter.publishing.models import Issue, follow_draft
        from newsletter.publishing.pictures import refuse_in_use
        from newsletter.publishing.uploads import guard_decoding

        guard_decoding()
        page_published.connect(follow_draft, sender=Issue)
        pre_delete.connect(refuse_in_use, sender=get_image_model())
