"""Django's name for this app."""

from __future__ import annotations

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "newsletter.publishing"
    label = "publishing"

    def ready(self) -> None:
        """Connect the pages and the catalogue, and have an issue's row follow its draft to the web.

        Have no picture decoded that is too large, and none deleted that an issue shows.
        """
        from django.db.models.signals import pre_delete
        from wagtail.images import get_image_model
        from wagtail.signals import page_published

        from newsletter.dates import ReadersCatalogue
        from newsletter.phrases import use_catalogue
        from newsletter.publishing import page_hooks
        from newsletter.publishing.content.pictures import refuse_in_use
        from newsletter.publishing.content.sign_up import publisher_of
        from newsletter.publishing.content.uploads import guard_decoding
        from newsletter.publishing.importing.remote_pictures import measure_pictures
        from newsletter.publishing.models import Issue, follow_draft
        from newsletter.publishing.web.archive import archive_context, issue_context
        from newsletter.publishing.web.caching import serve_page
        from newsletter.publishing.web.entries import follow_publishing
        from newsletter.publishing.web.previews import preview
        from newsletter.publishing.web.visitors import choose_language
        from subscribers import page_language
        from subscribers.sign_up.surroundings import connect_publishers

        page_hooks.connect(
            page_hooks.PageHooks(
                archive_context=archive_context,
                issue_context=issue_context,
                preview=preview,
                serve=serve_page,
                measure_pictures=measure_pictures,
            )
        )
        connect_publishers(publisher_of)
        use_catalogue(ReadersCatalogue())
        page_language.connect(choose_language)
        guard_decoding()
        page_published.connect(follow_draft, sender=Issue)
        page_published.connect(follow_publishing, sender=Issue)
        pre_delete.connect(refuse_in_use, sender=get_image_model())
