"""Remember what a person said of the columns of a table, for the next file with these titles."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from django.utils import timezone

from subscribers.exports.words import fold_text
from subscribers.importing.models import ColumnMapping


def hash_titles(titles: Sequence[str]) -> str:
    """Return by what a table is known again: its titles in their order, folded."""
    folded = "\x1f".join(fold_text(title) or title.strip() for title in titles)
    return hashlib.sha256(folded.encode()).hexdigest()


def find_mapping(list_id: int, titles: Sequence[str]) -> dict[str, str]:
    """Return what was said of a table for a list, kind by title; empty where nothing was."""
    known = ColumnMapping.objects.filter(list_id=list_id, titles_hash=hash_titles(titles)).first()
    return known.columns if known else {}


def remember(list_id: int, titles: Sequence[str], columns: Mapping[str, str]) -> None:
    """Keep what a person said of a table; what was said before is replaced."""
    if columns:
        ColumnMapping.objects.update_or_create(
            list_id=list_id,
            titles_hash=hash_titles(titles),
            defaults={"columns": dict(columns), "changed_at": timezone.now()},
        )
