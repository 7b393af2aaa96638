"""An issue as its latest draft stands: the draft itself, and the edition it would make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from wagtail.models import COMMENTS_RELATION_NAME

from newsletter import rendering
from newsletter.conf.config import load
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.looks import template_of
from newsletter.rendering import CompiledEdition, RecipientData

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from newsletter.publishing.models import ArchivePage, Issue


#: What belongs to the row of an issue and to none of its revisions. Wagtail sets most of it again
#: after it has read a revision, for which it first looks up each row that one of them names.
OF_THE_ROW = (
    "content_type",
    "locale",
    "owner",
    "locked_by",
    "latest_revision",
    "live_revision",
    "alias_of",
)


def draft_of(issue: Issue) -> Issue:
    """Return the issue as its editors see it, which may differ from what is on the web.

    Takes no statement where the issue came `with_drafts`.
    """
    revision = issue.latest_revision if issue.has_unpublished_changes else None
    return apply_revision(issue, revision.content) if revision else cast("Issue", issue.specific)


def with_drafts(issues: QuerySet[Issue]) -> QuerySet[Issue]:
    """Have issues come with what their drafts are made of, in the same statement."""
    return issues.select_related("publication__archive", "latest_revision")


def apply_revision(issue: Issue, content: Mapping[str, Any]) -> Issue:
    """Return an issue as a revision of it has it, as Wagtail does, without looking up rows."""
    fixed = dict.fromkeys(OF_THE_ROW)
    if content.get("publication") == issue.publication_id:
        # The row has a key to it, so it is there.
        fixed["publication"] = None
    publication = issue.publication
    known = publication._meta.get_field("archive").is_cached(publication)
    if known and (archive := publication.archive) and is_parent(archive, issue):
        # Where treebeard's `get_parent` keeps it.
        issue.__dict__["_cached_parent_obj"] = archive
    shown = read_without_comments(issue, {**content, **fixed})
    shown.live_revision_id = issue.live_revision_id
    if "publication" in fixed:
        shown.publication = publication
    return shown


def is_parent(archive: ArchivePage, issue: Issue) -> bool:
    """Say whether an issue stands in an archive: that of its publication, unless it was moved."""
    return bool(issue.depth == archive.depth + 1 and issue.path.startswith(archive.path))


def read_without_comments(issue: Issue, content: dict[str, Any]) -> Issue:
    """Return what Wagtail makes of a revision; comments, which the desk has none of, stay away.

    They are left in the database as they are, also by who stores the draft.
    """
    related = issue.__dict__.setdefault("_cluster_related_objects", {})
    kept = related.get(COMMENTS_RELATION_NAME)
    related[COMMENTS_RELATION_NAME] = []
    try:
        shown = issue.with_content_json(content)
    finally:
        del related[COMMENTS_RELATION_NAME]
        if kept is not None:
            related[COMMENTS_RELATION_NAME] = kept
    shown.__dict__.get("_cluster_related_objects", {}).pop(COMMENTS_RELATION_NAME, None)
    return shown


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
