"""The statements that keep who left by a file, or must not be mailed; `staging` runs them."""

from __future__ import annotations

# Nothing is kept of who left but the address: without it the next file would bring them in.
INSERT_LEFT = """
INSERT INTO subscribers_subscriber (email, key, name, attributes, created_at)
SELECT email, key, '', '{}', %s
  FROM import_said
 WHERE status = 2 AND key NOT IN (SELECT key FROM import_erased)
 ORDER BY key
    ON CONFLICT (key) DO NOTHING
"""

# Who was a reader here leaves now, whatever the date in the file: sends that have begun look for
# those who left since.
UNSUBSCRIBE = """
INSERT INTO subscribers_subscription
       (subscriber_id, list_id, state, source, created_at, changed_at)
SELECT person.id, %s, 'unsubscribed', %s, %s, COALESCE(said.at, %s)
  FROM import_said AS said
  JOIN subscribers_subscriber AS person ON person.key = said.key
 WHERE said.status = 2
   AND said.key NOT IN (SELECT key FROM import_fates WHERE fate = 'returned')
 ORDER BY person.id
    ON CONFLICT (subscriber_id, list_id) DO UPDATE
   SET state = 'unsubscribed', changed_at = %s
 WHERE subscribers_subscription.state <> 'unsubscribed'
"""

# A reason that weighs more replaces one that weighs less, as `suppressions.GIVES_WAY` says.
SUPPRESS = """
INSERT INTO subscribers_suppression
       (email, key, reason, source, note, by, created_at, recorded_at)
SELECT email, key, reason,
       'file', SUBSTR(CASE note WHEN '' THEN %s ELSE %s || ': ' || note END, 1, 300),
       '=file',
       CASE WHEN suppressed_at IS NULL
              OR EXISTS (SELECT 1 FROM subscribers_subscriber AS person
                           JOIN subscribers_subscription AS w ON w.subscriber_id = person.id
                          WHERE person.key = said.key AND w.state = 'active')
            THEN %s ELSE suppressed_at END, %s
  FROM import_said AS said
 WHERE suppression > 0 AND here = 0 AND key NOT IN (SELECT key FROM import_erased)
 ORDER BY key
    ON CONFLICT (key) DO UPDATE
   SET reason = excluded.reason, note = excluded.note, source = excluded.source, by = excluded.by
 WHERE (excluded.reason = 'complained' AND subscribers_suppression.reason <> 'complained')
    OR (excluded.reason = 'unsubscribed'
        AND subscribers_suppression.reason IN ('blocked', 'bounced', 'invalid', 'manual'))
    OR (excluded.reason = 'invalid' AND subscribers_suppression.reason IN ('blocked', 'bounced'))
    OR (excluded.reason = 'bounced' AND subscribers_suppression.reason = 'blocked')
"""

# A file of suppressions belongs to no list: what it says holds for all mail, or as somebody says.
FOR_ALL_MAIL = "UPDATE import_said SET here = 0 WHERE here = 1"
FOR_ONE = "UPDATE import_said SET here = 1 WHERE suppression > 0"

# For one list only, as an export of ours says it.  A complaint replaces another reason.
SUPPRESS_HERE = """
INSERT INTO subscribers_listsuppression
       (list_id, email, key, reason, source, note, by, created_at, recorded_at)
SELECT %s, email, key, reason,
       'file', SUBSTR(CASE note WHEN '' THEN %s ELSE %s || ': ' || note END, 1, 300),
       '=file',
       CASE WHEN suppressed_at IS NULL
              OR EXISTS (SELECT 1 FROM subscribers_subscriber AS person
                           JOIN subscribers_subscription AS w ON w.subscriber_id = person.id
                          WHERE person.key = said.key AND w.state = 'active')
            THEN %s ELSE suppressed_at END, %s
  FROM import_said AS said
 WHERE suppression > 0 AND here = 1 AND key NOT IN (SELECT key FROM import_erased)
 ORDER BY key
    ON CONFLICT (key, list_id) DO UPDATE
   SET reason = excluded.reason, note = excluded.note, source = excluded.source, by = excluded.by
 WHERE excluded.reason = 'complained' AND subscribers_listsuppression.reason <> 'complained'
"""

# What the person's own page says of it.  Whoever was suppressed already stays as they are.
RECORD_SUPPRESSED = """
INSERT INTO subscribers_subscriptionchange
       (subscriber_id, list_id, kind, from_state, to_state, at, by, reason, detail)
SELECT person.id, CASE said.here WHEN 1 THEN CAST(%s AS bigint) END,
       'suppressed', '', '', %s, '=file', %s, '{}'
  FROM import_said AS said
  JOIN subscribers_subscriber AS person ON person.key = said.key
 WHERE said.suppression > 0 AND said.key NOT IN (SELECT key FROM import_erased)
   AND NOT EXISTS (SELECT 1 FROM subscribers_suppression AS s WHERE s.key = said.key)
   AND NOT (said.here = 1 AND EXISTS (SELECT 1 FROM subscribers_listsuppression AS l
                                       WHERE l.key = said.key AND l.list_id = %s))
 ORDER BY person.id
"""

# Only for those who were on the list: of the others, their subscription says where it is from.
RECORD_LEFT = """
INSERT INTO subscribers_subscriptionchange
       (subscriber_id, list_id, kind, from_state, to_state, at, by, reason, detail)
SELECT person.id, here.list_id, 'left', here.state, 'unsubscribed', %s, '=file', %s, '{}'
  FROM import_said AS said
  JOIN subscribers_subscriber AS person ON person.key = said.key
  JOIN subscribers_subscription AS here
    ON here.subscriber_id = person.id AND here.list_id = %s AND here.state <> 'unsubscribed'
 WHERE said.status = 2
   AND said.key NOT IN (SELECT key FROM import_fates WHERE fate = 'returned')
 ORDER BY person.id
"""
