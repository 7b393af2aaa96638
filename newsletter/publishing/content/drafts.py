"""An issue as its latest draft stands: the draft itself, and the edition it would make."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from newsletter import rendering
from newsletter.conf.config import load
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.looks import template_of
from newsletter.rendering import CompiledEdition, RecipientData

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue


def draft_of(issue: Issue) -> Issue:
    """Return the issue as its editors see it, which may differ from what is on the web."""
    return cast("Issue", issue.get_latest_revision_as_object())


def render_draft(issue: Issue) -> CompiledEdition:
    """Return the edition that the latest draft makes.

    Raises `TemplateError` or `BadInput` saying what to fix where.
    """
    return render(draft_of(issue))


def render(issue: Issue) -> CompiledEdition:
    """Return the edition that this very instance makes, saved or not."""
    config = load()
    template = template_of(issue.publication)
    return rendering.compile(content_of(issue), template, inliner=config.templates.inliner)


def sample_reader() -> RecipientData:
    """Return the subscriber whom previews and rendered files are addressed to."""
    base_url = load().site.base_url
    return RecipientData(
        email="robin.reader@example.org",
        name="Robin Reader",
        first_name="Robin",
        attributes={},
        unsubscribe_url=f"{base_url}/u/sample",
        preferences_url=f"{base_url}/p/sample",
    )
