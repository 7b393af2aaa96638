"""The public front of a publication, and what it shares with the pages of its issues."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page, PageViewRestriction

from newsletter.conf.config import load
from newsletter.publishing.models.publication import Publication
from newsletter.publishing.page_hooks import page_hooks


class AtSite:
    """A page whose full address begins as `[site]` says, whatever Wagtail's Site row says."""

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """Return the id of the site, what stands before its paths, and the path of the page."""
        parts = super().get_url_parts(request)  # type: ignore[misc]
        return (parts[0], self._origin(), parts[2]) if parts else None

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Return none: pages of the archive are for everybody (`private_page_options`)."""
        none: models.QuerySet[PageViewRestriction] = PageViewRestriction.objects.none()
        return none

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the page, such that proxies and browsers can keep it."""
        response: HttpResponse = super().serve(request, *args, **kwargs)  # type: ignore[misc]
        return page_hooks().serve(self, request, response)

    def _origin(self) -> str:
        site = load().site
        # Most sites have one host, and then nothing has to be asked of the database.
        publication: Publication | None = self.publication if site.addresses else None  # type: ignore[attr-defined]
        return site.origin_of(publication.slug) if publication else site.origin


class ArchivePage(AtSite, Page):
    """The public front of a publication: its issues, newest first."""

    publication = models.OneToOneField(
        Publication, on_delete=models.PROTECT, related_name="archive", null=True
    )
    introduction = models.TextField(blank=True, help_text=_("Markdown; stands above the issues."))

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    promote_panels: list[Any] = []
    settings_panels: list[Any] = []
    template = "web/archive.html"
    # The first publication is the site's front; further ones stand below it.
    parent_page_types = ["wagtailcore.Page", "publishing.ArchivePage"]
    subpage_types = ["publishing.Issue", "publishing.ArchivePage"]
    #: A new publication gets its archive from `newsletter.publishing.bootstrap`.
    is_creatable = False
    private_page_options: list[str] = []

    class Meta:
        verbose_name = _("archive")
        verbose_name_plural = _("archives")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the issues that are on the web."""
        context = super().get_context(request, *args, **kwargs)
        return {**context, **page_hooks().archive_context(self, request)}
