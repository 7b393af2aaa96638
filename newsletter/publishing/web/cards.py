"""The share card of an issue: the picture beside a link to it elsewhere, 1200 × 630 pixels.

It is made once for each revision and look, and kept in `var/cards/`.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import formats, translation
from django.utils.translation import gettext

from newsletter.conf.config import load
from newsletter.errors import NewsletterError
from newsletter.publishing.content.kept_files import keep_file
from newsletter.publishing.content.looks import template_of
from newsletter.publishing.content.media import at_address
from newsletter.publishing.content.pdfs import fonts_folder
from newsletter.publishing.content.pictures import card_address
from newsletter.publishing.naming import ref_of
from newsletter.publishing.web.articles import as_published
from newsletter.rendering.pdf.card import Card, load_card_source, render_card

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue
    from newsletter.publishing.web.articles import Article

log = logging.getLogger(__name__)

#: Seconds until a card is tried again that could not be read or kept: a disk may have room by then.
RETRY_SECONDS = 300.0


def card_url(issue: Issue, article: Article, article_key: str) -> str:
    """Return the full address of the card; that of the lead picture where none can be made.

    `article_key` is the `article_hash` of the issue.
    """
    key = card_key(article_key)
    if article.web_url and card_file(issue, article, key):
        return f"{article.web_url}card.png?v={key[:12]}"
    return card_address(as_published(issue).body, load().site.origin)


def card_key(article_key: str) -> str:
    """Return what decides the card of an article, as one hash (sha256 hex)."""
    parts = (article_key, load_card_source(load().template_folders))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def card_path(key: str) -> Path:
    """Return where the card of a hash is kept."""
    return load().data / "cards" / f"{key}.png"


def card_file(issue: Issue, article: Article, key: str) -> Path | None:
    """Return the file of the card, made if need be; None where it cannot be made."""
    path = card_path(key)
    if path.is_file():
        return path
    if time.monotonic() < _failed().get(key, 0):
        return None
    try:
        made = make_card(issue, article)
    except (NewsletterError, OSError) as error:
        log.warning("the share card of issue %s cannot be made: %s", issue.pk, error)
        passing = isinstance(error, OSError)
        _failed()[key] = time.monotonic() + RETRY_SECONDS if passing else math.inf
        return None
    if keep_file(path, made):
        return path
    _failed()[key] = time.monotonic() + RETRY_SECONDS
    return None


@lru_cache(maxsize=1)
def _failed() -> dict[str, float]:
    """Return the cards that could not be made or kept, and when each is tried again.

    In seconds of `time.monotonic`; what fails by itself is tried when the program starts again.
    """
    return {}


def name_number(article: Article) -> str:
    """Return the number of an issue in words; nothing without one."""
    ref = {"number": ref_of(article.volume, article.number)}
    if article.volume and article.number:
        return gettext("Vol %(number)s") % ref
    return gettext("No. %(number)s") % ref if article.number else ""


def make_card(issue: Issue, article: Article) -> bytes:
    """Return the card as a PNG; raises as `render_card`."""
    publication = issue.publication
    stored = at_address(card_address(as_published(issue).body, load().site.origin))
    with translation.override(article.language):
        date = formats.date_format(article.date, "DATE_FORMAT")
        called = name_number(article)
    card = Card(
        title=article.title,
        publication=publication.name,
        summary=article.preheader,
        issue=called,
        date=date,
        language=article.language,
        direction=article.direction,
        colours=dict(template_of(publication).theme.get("light", {})),
    )
    folders = load().template_folders
    return render_card(
        card,
        load_card_source(folders),
        picture=stored.path.read_bytes() if stored else b"",
        fonts=fonts_folder(),
    )
