"""Which publications count opens and clicks, for the pages of readers."""

from __future__ import annotations

from collections.abc import Collection

from newsletter.publishing.models import Publication
from newsletter.sending.planning.reader_counting import can_count


def name_counting(lists: Collection[int]) -> list[str]:
    """Return the names of the publications of some lists that count; none where nothing can."""
    if not lists or not can_count():
        return []
    counting = Publication.objects.filter(count_opens=True) | Publication.objects.filter(
        count_clicks=True
    )
    mine = counting.filter(lists__in=lists).order_by("name").distinct()
    return list(mine.values_list("name", flat=True))
