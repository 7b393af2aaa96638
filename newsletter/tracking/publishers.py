"""Which publications count opens and clicks, for the pages of readers."""

from __future__ import annotations

from collections.abc import Collection

from newsletter.publishing.models import Publication
from newsletter.sending.planning.reader_counting import can_count
from subscribers.preferences.counting import CountedBy


def name_counting(lists: Collection[int]) -> CountedBy:
    """Return the names of the publications of some lists that count; none where nothing can."""
    if not lists or not can_count():
        return CountedBy()
    mine = Publication.objects.filter(lists__in=lists).order_by("name").distinct()
    flags = list(mine.values_list("name", "count_opens", "count_clicks"))
    return CountedBy(
        opens=[name for name, opens, _clicks in flags if opens],
        clicks=[name for name, _opens, clicks in flags if clicks],
    )
