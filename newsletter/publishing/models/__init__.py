"""The tables of publications and their issues, one model a module; no use cases and no pages."""

from __future__ import annotations

from newsletter.publishing.link_answers import LinkAnswer
from newsletter.publishing.models.acceptance import Acceptance
from newsletter.publishing.models.archive_page import ArchivePage, AtSite
from newsletter.publishing.models.choices import Start
from newsletter.publishing.models.issue import Issue, follow_draft
from newsletter.publishing.models.publication import Publication
from newsletter.publishing.models.rhythm import site_zone
from newsletter.publishing.published import WebEntry

# Django finds the models of an app in its module `models`.
__all__ = [
    "Acceptance",
    "ArchivePage",
    "AtSite",
    "Issue",
    "LinkAnswer",
    "Publication",
    "Start",
    "WebEntry",
    "follow_draft",
    "site_zone",
]
