"""A publication whose time zone this machine has lost: named in the log, and again each hour."""

from __future__ import annotations

import logging

from newsletter.errors import ConfigError, NewsletterError
from newsletter.publishing.models import Publication
from newsletter.scheduling import publication_errors

log = logging.getLogger(__name__)


def log_lost_zone(publication: Publication, error: NewsletterError) -> None:
    """Say that the slots of a publication wait, unless that was said within the hour."""
    if publication_errors.is_news(key_of(publication)):
        log.error("%s Until then its slots wait; what is queued goes out.", error.sentences)


def forget_zone(publication: Publication) -> None:
    """Forget that it was said: the zone is known, and the next time it is news again."""
    publication_errors.forget_error(key_of(publication))


def key_of(publication: Publication) -> publication_errors.Key:
    """Return under what a lost zone counts as logged."""
    return "slots", publication.pk, ConfigError
