"""The statements of an import, which run on SQLite and PostgreSQL alike; `staging` runs them."""

from __future__ import annotations

#: The tables of an import that is written in parts.
DROP_WAITING = (
    "DROP TABLE IF EXISTS import_waiting_lines",
    "DROP TABLE IF EXISTS import_waiting_departures",
)

DROP = (
    *DROP_WAITING,
    "DROP TABLE IF EXISTS import_lines",
    "DROP TABLE IF EXISTS import_fates",
    "DROP TABLE IF EXISTS import_departures",
    "DROP TABLE IF EXISTS import_said",
    "DROP TABLE IF EXISTS import_beside",
    "DROP TABLE IF EXISTS import_erased",
)

CREATE_LINES = """
CREATE TEMPORARY TABLE import_lines (
    line integer NOT NULL, key text NOT NULL, email text NOT NULL, name text NOT NULL,
    attributes jsonb NOT NULL, language text NOT NULL
)
"""

CREATE_DEPARTURES = """
CREATE TEMPORARY TABLE import_departures (
    key text NOT NULL, email text NOT NULL, status integer NOT NULL,
    suppression integer NOT NULL, at timestamp with time zone, note text NOT NULL,
    certain_at timestamp with time zone, here integer NOT NULL,
    suppressed_at timestamp with time zone, joined timestamp with time zone
)
"""

INSERT_DEPARTURES = "INSERT INTO import_departures VALUES "

COPY_DEPARTURES = "COPY import_departures FROM STDIN"

# Of several lines about one address the most restrictive counts, in whatever order they stand.
# `certain_at` is when it is certain that the person had left; NULL where a line gives no date.
# `stopped_at` is the same of their suppression.
# A suppression is for this list only if every line that tells of one says so.
SAID = """
CREATE TEMPORARY TABLE import_said AS
SELECT key, MAX(email) AS email, MAX(status) AS status, MAX(suppression) AS suppression,
       MAX(at) AS at, MAX(note) AS note,
       COALESCE(MIN(CASE WHEN suppression > 0 THEN here END), 0) AS here,
       COALESCE(MAX(suppressed_at), MAX(at)) AS suppressed_at, MIN(joined) AS joined,
       CASE MAX(suppression) WHEN 6 THEN 'complained' WHEN 5 THEN 'unsubscribed'
            WHEN 4 THEN 'invalid' WHEN 3 THEN 'bounced' WHEN 2 THEN 'manual'
            ELSE 'blocked' END AS reason,
       CASE WHEN COUNT(CASE WHEN status = 2 AND certain_at IS NULL THEN 1 END) = 0
            THEN MAX(certain_at) END AS certain_at,
       CASE WHEN COUNT(CASE WHEN suppression > 0
                             AND COALESCE(suppressed_at, certain_at) IS NULL THEN 1 END) = 0
            THEN MAX(CASE WHEN suppression > 0 THEN COALESCE(suppressed_at, certain_at) END)
             END AS stopped_at
  FROM import_departures
 WHERE here < 2
 GROUP BY key
"""

INDEX_SAID = "CREATE UNIQUE INDEX import_said_key ON import_said (key)"

ANALYSE_SAID = "ANALYZE import_said"

# Whoever ended a suppression by their own act, after the file dates it, is not suppressed by it.
FORGET_ENDED = """
UPDATE import_said SET suppression = 0
 WHERE suppression > 0
   AND EXISTS (SELECT 1 FROM subscribers_suppressionremoval AS ended
                WHERE ended.key = import_said.key AND ended.by = '=person'
                  AND ended.removed_at > import_said.stopped_at
                  AND (here = 0 AND ended.list_id IS NULL OR here = 1 AND ended.list_id = %s))
"""

INSERT_LINES = "INSERT INTO import_lines VALUES "

COPY_LINES = "COPY import_lines FROM STDIN"

# Of several lines with one address the first counts.  Suppressed people, people who have left
# this list, and people who have left every list they were on, are kept out.  Who came back here
# by their own act (nothing else changes a subscription to active) after they had left there, stays.
JUDGE = """
CREATE TEMPORARY TABLE import_fates AS
SELECT file.*, person.id AS subscriber_id,
       CASE WHEN file.line <> file.first THEN 'folded'
            WHEN EXISTS (SELECT 1 FROM subscribers_suppression AS s WHERE s.key = file.key)
              OR file.key IN (SELECT key FROM import_erased)
              OR EXISTS (SELECT 1 FROM subscribers_listsuppression AS l
                          WHERE l.key = file.key AND l.list_id = %s)
            THEN 'suppressed'
            WHEN said.suppression > 0 THEN 'newly_suppressed'
            WHEN here.state = 'unsubscribed'
              OR here.state IS NULL
             AND EXISTS (SELECT 1 FROM subscribers_subscription AS w
                          WHERE w.subscriber_id = person.id)
             AND NOT EXISTS (SELECT 1 FROM subscribers_subscription AS w
                              WHERE w.subscriber_id = person.id AND w.state <> 'unsubscribed')
            THEN 'unsubscribed'
            WHEN said.status = 2 AND here.state = 'active' AND here.changed_at > said.certain_at
             AND (here.changed_at > here.created_at OR here.source = 'preferences page')
            THEN 'returned'
            WHEN said.status = 2 THEN 'newly_unsubscribed'
            WHEN here.state IS NULL AND said.status = 1 THEN 'pending'
            WHEN here.state IS NULL THEN 'added'
            ELSE 'present'
       END AS fate
  FROM (SELECT line, key, email, name, attributes, language,
               MIN(line) OVER (PARTITION BY key) AS first
          FROM import_lines) AS file
  LEFT JOIN subscribers_subscriber AS person ON person.key = file.key
  LEFT JOIN subscribers_subscription AS here
    ON here.subscriber_id = person.id AND here.list_id = %s
  LEFT JOIN import_said AS said ON said.key = file.key
"""

# First people, then subscriptions, each by number, as erasing does it: no two block each other.
# The weaker lock of people lets others refer to them, as the history does.
HOLD_PEOPLE = """
SELECT COUNT(*) FROM (
    SELECT person.id FROM subscribers_subscriber AS person
     WHERE person.key IN (SELECT key FROM import_lines)
     ORDER BY person.id
       FOR NO KEY UPDATE) AS held
"""

# Who is on the list already is not added, so that their lists do not matter.
HOLD_SUBSCRIPTIONS = """
SELECT COUNT(*) FROM (
    SELECT w.id FROM subscribers_subscription AS w
     WHERE w.subscriber_id IN (
           SELECT person.id FROM subscribers_subscriber AS person
            WHERE person.key IN (SELECT key FROM import_lines)
              AND NOT EXISTS (SELECT 1 FROM subscribers_subscription AS here
                               WHERE here.subscriber_id = person.id AND here.list_id = %s))
     ORDER BY w.id
       FOR UPDATE) AS held
"""

# Whom others have made since the decision, and who may leave while the subscriptions are written.
COUNT_NEW = """
SELECT COUNT(*) FROM import_fates WHERE fate IN ('added', 'pending') AND subscriber_id IS NULL
"""

HOLD_QUICKER_PEOPLE = """
SELECT COUNT(*) FROM (
    SELECT person.id FROM subscribers_subscriber AS person
     WHERE person.created_at <> %s
       AND person.key IN (SELECT key FROM import_fates
                           WHERE fate IN ('added', 'pending') AND subscriber_id IS NULL)
     ORDER BY person.id
       FOR NO KEY UPDATE) AS held
"""

HOLD_QUICKER_SUBSCRIPTIONS = """
SELECT COUNT(*) FROM (
    SELECT w.id FROM subscribers_subscription AS w
     WHERE w.subscriber_id IN (
           SELECT person.id FROM subscribers_subscriber AS person
            WHERE person.created_at <> %s
              AND person.key IN (SELECT key FROM import_fates
                                  WHERE fate IN ('added', 'pending') AND subscriber_id IS NULL))
     ORDER BY w.id
       FOR UPDATE) AS held
"""

CREATE_ERASED = "CREATE TEMPORARY TABLE import_erased (key text NOT NULL)"

INSERT_ERASED = "INSERT INTO import_erased VALUES "

KEYS_AFTER = "SELECT DISTINCT key FROM import_lines WHERE key > %s ORDER BY key LIMIT %s"

SAID_AFTER = "SELECT key FROM import_said WHERE key > %s ORDER BY key LIMIT %s"

INDEX_KNOWN = """
CREATE UNIQUE INDEX import_known ON import_fates (line) WHERE subscriber_id IS NOT NULL
"""

# Without it PostgreSQL takes a new table for a small one, and joins it the slow way.
ANALYSE = "ANALYZE import_fates"

COUNT_FATES = "SELECT fate, COUNT(*), COUNT(subscriber_id) FROM import_fates GROUP BY fate"

FOLDED = "SELECT line, first FROM import_fates WHERE fate = 'folded' ORDER BY line"

# Who is on file exactly as in the file is passed over at once; and nobody writes over an erasure.
KNOWN_PEOPLE = """
SELECT file.line, file.fate, person.id, person.name, person.attributes, person.language,
       file.name, file.attributes, file.language
  FROM import_fates AS file
  JOIN subscribers_subscriber AS person ON person.id = file.subscriber_id
 WHERE file.subscriber_id IS NOT NULL AND file.fate IN ('added', 'pending', 'present')
   AND file.line > %s AND person.key NOT LIKE '%%@erased.invalid'
   AND (file.name NOT IN ('', person.name)
        OR (person.language = '' AND file.language <> '')
        OR CAST(file.attributes AS text) <> CAST(person.attributes AS text))
 ORDER BY file.line
 LIMIT %s
"""

UPDATE_PERSON = """
UPDATE subscribers_subscriber SET name = %s, attributes = %s, language = %s
 WHERE id = %s AND key NOT LIKE '%%@erased.invalid'
"""

# They stand in the order of keys, as JUDGE found them, so that the index grows at its end.  Another
# import may have been quicker with the same person: then theirs stands.
INSERT_PEOPLE = """
INSERT INTO subscribers_subscriber (email, key, name, attributes, language, created_at)
SELECT email, key, name, attributes, language, %s
  FROM import_fates
 WHERE fate IN ('added', 'pending') AND subscriber_id IS NULL
    ON CONFLICT (key) DO NOTHING
"""

ANY_KNOWN = """
SELECT 1 FROM import_fates
 WHERE fate IN ('added', 'pending') AND subscriber_id IS NOT NULL
 LIMIT 1
"""

# Of those whom this transaction has just made: nobody else can see them, so that none of them has
# a subscription, or has left.
INSERT_NEW_SUBSCRIPTIONS = """
INSERT INTO subscribers_subscription
       (subscriber_id, list_id, state, source, created_at, changed_at)
SELECT person.id, %s, CASE file.fate WHEN 'added' THEN 'active' ELSE 'pending' END, %s, %s, %s
  FROM import_fates AS file
  JOIN subscribers_subscriber AS person ON person.key = file.key
 WHERE file.fate IN ('added', 'pending') AND file.subscriber_id IS NULL
 ORDER BY person.id
"""

# Who has left all they were on since they were judged is not added.
INSERT_SUBSCRIPTIONS = """
INSERT INTO subscribers_subscription
       (subscriber_id, list_id, state, source, created_at, changed_at)
SELECT person.id, %s, CASE file.fate WHEN 'added' THEN 'active' ELSE 'pending' END, %s, %s, %s
  FROM import_fates AS file
  JOIN subscribers_subscriber AS person ON person.key = file.key
 WHERE file.fate IN ('added', 'pending') AND (%s = 1 OR file.subscriber_id IS NOT NULL)
   AND (NOT EXISTS (SELECT 1 FROM subscribers_subscription AS w
                     WHERE w.subscriber_id = person.id AND w.state = 'unsubscribed')
        OR EXISTS (SELECT 1 FROM subscribers_subscription AS w
                    WHERE w.subscriber_id = person.id AND w.state <> 'unsubscribed'))
 ORDER BY person.id
    ON CONFLICT (subscriber_id, list_id) DO NOTHING
"""

ANY_SAID = "SELECT 1 FROM import_said LIMIT 1"

ANY_JOINED = "SELECT 1 FROM import_said WHERE joined IS NOT NULL LIMIT 1"

# Both times of a subscription, so that it does not look as if the person had changed it since.
# Who has yet to confirm waits from now on: they would be erased in the next night.
BACKDATE_SUBSCRIPTIONS = """
UPDATE subscribers_subscription
   SET created_at = said.joined,
       changed_at = CASE state WHEN 'active' THEN said.joined ELSE changed_at END
  FROM import_said AS said
  JOIN subscribers_subscriber AS person ON person.key = said.key
 WHERE subscribers_subscription.subscriber_id = person.id AND said.joined IS NOT NULL
   AND list_id = %s AND source = %s AND state <> 'unsubscribed'
   AND subscribers_subscription.created_at = %s
"""

BACKDATE_PEOPLE = """
UPDATE subscribers_subscriber SET created_at = said.joined
  FROM import_said AS said
 WHERE said.key = subscribers_subscriber.key AND said.joined IS NOT NULL
   AND subscribers_subscriber.created_at = %s
"""

# By this time an undo knows which subscriptions nobody changed since.
NOTE_BACKDATED = """
UPDATE subscribers_importchange SET joined_at = said.joined
  FROM import_said AS said
  JOIN subscribers_subscriber AS person ON person.key = said.key
 WHERE subscribers_importchange.subscriber_id = person.id AND said.joined IS NOT NULL
   AND run_id = %s AND subscribers_importchange.joined
"""
