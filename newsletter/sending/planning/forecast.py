"""How many people a send to the lists of a publication would be planned for, were it counted now.

It is an answer for a page: nothing is written, and the audience is counted again when the send
begins.  Reasons are those of `audience`, but for what an earlier send of the same issue says.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from newsletter.publishing.models import Publication
from newsletter.sending.models import Exclusion

# Of several lists the best state counts, which is the first by the alphabet, as in `judge_chunk`.
_COUNT = """
SELECT reason, COUNT(*) FROM (
  SELECT CASE WHEN EXISTS (SELECT 1 FROM subscribers_suppression AS s WHERE s.key = candidate.key)
              THEN 'suppressed' ELSE candidate.best END AS reason
    FROM (SELECT p.id, p.key, MIN(w.state) AS best
            FROM subscribers_subscriber AS p
            JOIN subscribers_subscription AS w ON w.subscriber_id = p.id
            JOIN publishing_publication_lists AS l ON l.list_id = w.list_id
            JOIN subscribers_list AS list ON list.id = l.list_id
           WHERE l.publication_id = %s AND list.archived_at IS NULL
           GROUP BY p.id, p.key) AS candidate) AS judged
 GROUP BY reason
"""


@dataclass(frozen=True, slots=True)
class Forecast:
    """People who would be mailed, and those left out by the first reason that applies."""

    planned: int
    left_out: tuple[tuple[Exclusion.Reason, int], ...]

    @property
    def candidates(self) -> int:
        """All people on the lists."""
        return self.planned + sum(people for _, people in self.left_out)


def forecast_audience(publication: Publication) -> Forecast:
    """Count the people on the lists of a publication; takes seconds for a million."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [publication.pk])
        people = dict(cursor.fetchall())
    left_out = [(reason, people[reason.value]) for reason in Exclusion.Reason if reason in people]
    return Forecast(planned=people.get("active", 0), left_out=tuple(left_out))
