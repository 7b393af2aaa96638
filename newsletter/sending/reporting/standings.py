"""Where the people of many sends stand, and who left after them: one statement for all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from django.db import connection
from django.db.models import Count

from newsletter.sending.models import Delivery

#: By SQL: of several joins over the same rows Django's would not say which is meant.
LEFT = """
SELECT send.id, COUNT(DISTINCT gone.subscriber_id)
  FROM sending_send AS send
  JOIN sending_send_lists AS its ON its.send_id = send.id
  JOIN subscribers_subscription AS gone
    ON gone.list_id = its.list_id AND gone.state = 'unsubscribed'
   AND gone.changed_at >= send.started_at
  JOIN sending_delivery AS got
    ON got.subscriber_id = gone.subscriber_id AND got.send_id = send.id
 WHERE send.id IN ({sends})
   AND NOT EXISTS (SELECT 1
                     FROM sending_delivery AS later_got
                     JOIN sending_send AS later ON later.id = later_got.send_id
                     JOIN sending_send_lists AS later_lists ON later_lists.send_id = later.id
                    WHERE later_got.subscriber_id = gone.subscriber_id
                      AND later_lists.list_id = gone.list_id
                      AND later.started_at > send.started_at
                      AND later.started_at <= gone.changed_at)
 GROUP BY send.id
"""


def count_by_send(sends: Collection[int]) -> Mapping[int, Counter[str]]:
    """Return for each send how many people stand where, as `totals.count_by_status` counts one."""
    counted: defaultdict[int, Counter[str]] = defaultdict(Counter)
    rows = Delivery.objects.filter(batch__send__in=sends).order_by()
    columns = ("batch__send", "batch__state", "outcome")
    for send, state, outcome, people in rows.values_list(*columns).annotate(Count("pk")):
        counted[send][outcome or state] += people
    return counted


def count_left(sends: Collection[int]) -> Mapping[int, int]:
    """Return for each send how many of its people left one of its lists after it began.

    Somebody counts for the last send they were in before they left, and for no earlier one.
    """
    statement = LEFT.format(sends=", ".join(["%s"] * len(sends)))
    with connection.cursor() as cursor:
        cursor.execute(statement, list(sends))
        return dict(cursor.fetchall())
