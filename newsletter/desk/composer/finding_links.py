"""From where preflight finds something to where it is fixed in the desk."""

from __future__ import annotations

from itertools import count

from django.urls import reverse

from newsletter.publishing.checks.left_out import list_left_out
from newsletter.publishing.content.issue_content import builder_of, lead_pictures
from newsletter.publishing.models import Issue
from newsletter.rendering.content import Digest

#: The ids that the editor gives to its fields, by place.
FIELDS = {
    "subject": "id_subject",
    "preheader": "id_preheader",
    "number": "id_number",
    "date": "id_date",
    "title": "id_title",
    "web address": "id_slug",
    "language": "id_language",
    "PDF": "id_pdf_url",
    "body": "panel-child-compose-body-section",
    "closing text": "id_boilerplate",
}


def links_of(draft: Issue) -> dict[str, str]:
    """Return the addresses of the fields and blocks of an issue, by the place of a finding."""
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    links = {place: f"{edit}#at-{anchor}" for place, anchor in anchors_of(draft).items()}
    publication = reverse("publications:edit", args=[draft.publication_id])
    if not draft.boilerplate:
        links["closing text"] = publication
    return {**links, "publication": publication}


def anchors_of(draft: Issue) -> dict[str, str]:
    """Return the ids that fields and blocks have in the editor, by the place of a finding."""
    return FIELDS | {place: f"block-{block}-section" for place, block in blocks_of(draft).items()}


def blocks_of(draft: Issue) -> dict[str, str]:
    """Return the ids of the editor's blocks, by place: as preflight counts them."""
    builder = builder_of(draft, strict=False)
    lead = next(lead_pictures(draft.body), None)
    ids = {"lead image": lead.id} if lead else {}
    items = count(1)
    for number, (child, block) in enumerate(builder.written(draft.body), 1):
        ids[f"block {number}"] = child.id
        if isinstance(block, Digest):
            ids |= {f"item {next(items)}": each.id for each, _ in builder.items(child.value)}
    return ids | {place: child.id for place, child, _ in list_left_out(draft)}
