"""Which publications count opens and clicks, for the pages of readers."""

from __future__ import annotations

from collections.abc import Collection

from newsletter.publishing.models import Publication
from newsletter.sending.planning.reader_counting import can_count
from newsletter.statements import Statement
from subscribers.preferences.counting import CountedBy

FLAGS = Statement(
    lambda: Publication.objects.order_by("name").values_list(
        "lists", "name", "count_opens", "count_clicks"
    )
)


def name_counting(lists: Collection[int]) -> CountedBy:
    """Return the names of the publications of some lists that count; none where nothing can."""
    if not lists or not can_count():
        return CountedBy()
    mine = dict.fromkeys(row[1:] for row in FLAGS.rows() if row[0] in lists)
    return CountedBy(
        opens=[name for name, opens, _clicks in mine if opens],
        clicks=[name for name, _opens, clicks in mine if clicks],
    )
