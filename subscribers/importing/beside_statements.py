"""The statements for who is suppressed for all mail and, beside that, for the list of the import.

An export of ours names both.  What ends the one does not end the other, so both are taken.
"""

from __future__ import annotations

# Without those whom the person ended by their own act, after the file dates it.
CREATE = """
CREATE TEMPORARY TABLE import_beside AS
SELECT key, MAX(email) AS email, MAX(suppression) AS suppression,
       MAX(suppressed_at) AS suppressed_at,
       CASE MAX(suppression) WHEN 6 THEN 'complained' WHEN 5 THEN 'unsubscribed'
            WHEN 4 THEN 'invalid' WHEN 3 THEN 'bounced' WHEN 2 THEN 'manual'
            ELSE 'blocked' END AS reason
  FROM import_departures AS said
 WHERE here = 2
   AND NOT EXISTS (SELECT 1 FROM subscribers_suppressionremoval AS ended
                    WHERE ended.key = said.key AND ended.by = '=person'
                      AND ended.removed_at > said.suppressed_at AND ended.list_id = %s)
 GROUP BY key
"""

# Where the one for all mail was ended, the one for the list is all that is said.
TAKE_UP = """
UPDATE import_said
   SET here = 1, suppression = beside.suppression, reason = beside.reason,
       suppressed_at = beside.suppressed_at
  FROM import_beside AS beside
 WHERE beside.key = import_said.key AND import_said.suppression = 0
"""

# For the person's own page.
RECORD = """
INSERT INTO subscribers_subscriptionchange
       (subscriber_id, list_id, kind, from_state, to_state, at, by, reason, detail)
SELECT person.id, CAST(%s AS bigint), 'suppressed', '', '', %s, '=file', %s, '{}'
  FROM import_beside AS beside
  JOIN import_said AS said ON said.key = beside.key AND said.here = 0
  JOIN subscribers_subscriber AS person ON person.key = beside.key
 WHERE beside.key NOT IN (SELECT key FROM import_erased)
   AND NOT EXISTS (SELECT 1 FROM subscribers_listsuppression AS l
                    WHERE l.key = beside.key AND l.list_id = %s)
 ORDER BY person.id
"""

# A complaint replaces another reason, as it does for those who are suppressed for the list only.
SUPPRESS = """
INSERT INTO subscribers_listsuppression
       (list_id, email, key, reason, source, note, by, created_at, recorded_at)
SELECT CAST(%s AS bigint), beside.email, beside.key, beside.reason, 'file', %s, '=file',
       COALESCE(beside.suppressed_at, %s), %s
  FROM import_beside AS beside
  JOIN import_said AS said ON said.key = beside.key AND said.here = 0
 WHERE beside.key NOT IN (SELECT key FROM import_erased)
 ORDER BY beside.key
    ON CONFLICT (key, list_id) DO UPDATE
   SET reason = excluded.reason, note = excluded.note, source = excluded.source, by = excluded.by
 WHERE excluded.reason = 'complained' AND subscribers_listsuppression.reason <> 'complained'
"""
