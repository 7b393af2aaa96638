"""What leads from the editor of an issue to a page about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from wagtail.admin.action_menu import ActionMenuItem

from newsletter.publishing.models import Issue


class IssueMenuItem(ActionMenuItem):
    """A line of the editor's menu that leads to the page of `url_name`."""

    url_name = ""

    def is_shown(self, context: Mapping[str, Any]) -> bool:
        """Show it on issues that exist."""
        page = context.get("page")
        return isinstance(page, Issue) and bool(page.pk)

    def get_url(self, context: Mapping[str, Any]) -> str:
        """Return the page's address."""
        return reverse(self.url_name, args=[context["page"].pk])
