-- judge_chunk
-- Every candidate of a chunk with the first reason to leave them out, or none; whether they go
-- first, and the domain they are at where that has a rate of its own.  The joins are written in
-- the order in which they are to be done: SQLite would begin with the list.  Of several lists the
-- best state counts, which is the first by the alphabet: active, pending, suppressed (for that list
-- only), unsubscribed.  What is asked of a large table is counted for each candidate, not looked for
-- with EXISTS: PostgreSQL might answer that for everybody at once, again for each chunk.
CREATE TEMPORARY TABLE sending_chunk AS
WITH others AS MATERIALIZED (
    -- The other sends of the issue by which anybody may have it.  Most issues have none, also after
    -- a send that was cancelled in time: then nobody is looked up.
    SELECT other.id, other.state
      FROM sending_send AS other
     WHERE other.issue_id = %(issue)s
       AND other.id <> %(send)s
       AND EXISTS (SELECT 1 FROM sending_batch AS b
                    WHERE b.send_id = other.id
                      AND (b.state IN ('claimed', 'accepted', 'unknown')
                           OR b.state IN ('waiting', 'planned') AND other.state <> 'cancelled')))
SELECT id, email,
       CASE WHEN EXISTS (SELECT 1 FROM subscribers_suppression AS s
                          WHERE s.key = candidate.key) THEN 'suppressed'
            WHEN best <> 'active' THEN best
            WHEN (SELECT COUNT(*) FROM sending_alreadymailed AS m
                   WHERE m.subscriber_id = candidate.id AND m.issue_id = %(issue)s) > 0
            THEN 'unknown'
            -- Whoever became the candidate may have the issue: they are one person now.
            WHEN %(merged)s = 1 AND EXISTS (
                  WITH RECURSIVE became (id) AS (
                      SELECT a.subscriber_id FROM subscribers_addresschange AS a
                       WHERE a.merged_into_id = candidate.id
                       UNION
                      SELECT a.subscriber_id FROM subscribers_addresschange AS a
                        JOIN became ON a.merged_into_id = became.id)
                  SELECT 1 FROM became
                    JOIN sending_alreadymailed AS m
                      ON m.subscriber_id = became.id AND m.issue_id = %(issue)s)
            THEN 'unknown'
            -- Only after somebody changed their address: who has it now may have had this issue.
            WHEN %(moved)s = 1
             AND ((SELECT COUNT(*) FROM sending_delivery AS d
                    WHERE d.send_id = %(send)s AND d.address = candidate.email) > 0
                  OR EXISTS (SELECT 1 FROM subscribers_addresschange AS a
                               JOIN sending_delivery AS d
                                 ON d.send_id = %(send)s AND d.subscriber_id = a.subscriber_id
                               JOIN sending_batch AS b ON b.id = d.batch_id
                              WHERE a.merged_into_id = candidate.id
                                AND b.state IN ('claimed', 'accepted', 'unknown')
                                AND COALESCE(d.outcome, '')
                                    NOT IN ('excluded', 'refused', 'dropped')))
            THEN 'already'
            -- From the person to their mail to its batch, whatever the planner believes of batches.
            ELSE COALESCE((SELECT MIN(CASE mail.state WHEN 'accepted' THEN 'already' ELSE 'unknown' END)
                    FROM (SELECT others.state AS of_send,
                                 (SELECT b.state FROM sending_batch AS b
                                   WHERE b.id = d.batch_id) AS state
                            FROM others
                           CROSS JOIN sending_delivery AS d
                           WHERE d.send_id = others.id
                             AND d.subscriber_id = candidate.id
                             AND COALESCE(d.outcome, '')
                                 NOT IN ('excluded', 'refused', 'dropped')) AS mail
                   WHERE mail.state IN ('claimed', 'accepted', 'unknown')
                      OR mail.state IN ('waiting', 'planned') AND mail.of_send <> 'cancelled'),
                 CASE WHEN %(merged)s = 1 THEN (
                  WITH RECURSIVE became (id) AS (
                      SELECT a.subscriber_id FROM subscribers_addresschange AS a
                       WHERE a.merged_into_id = candidate.id
                       UNION
                      SELECT a.subscriber_id FROM subscribers_addresschange AS a
                        JOIN became ON a.merged_into_id = became.id)
                  SELECT MIN(CASE b.state WHEN 'accepted' THEN 'already' ELSE 'unknown' END)
                    FROM became
                    JOIN sending_delivery AS d ON d.subscriber_id = became.id
                    JOIN sending_send AS other ON other.id = d.send_id
                    JOIN sending_batch AS b ON b.id = d.batch_id
                   WHERE other.issue_id = %(issue)s
                     AND other.id <> %(send)s
                     AND b.state IN ('claimed', 'accepted', 'unknown')
                     AND COALESCE(d.outcome, '') NOT IN ('excluded', 'refused', 'dropped'))
                 END,
                 -- An issue that left the person out before does so again, and counts once.
                 CASE WHEN EXISTS (SELECT 1 FROM subscribers_pause)
                       AND EXISTS (SELECT 1 FROM subscribers_pause AS p
                                    WHERE p.subscriber_id = candidate.id
                                      AND (p.issues > (SELECT COUNT(*)
                                                         FROM subscribers_pausedissue AS u
                                                        WHERE u.pause_id = p.id)
                                           OR EXISTS (SELECT 1 FROM subscribers_pausedissue AS u
                                                       WHERE u.pause_id = p.id
                                                         AND u.issue = %(issue)s)))
                      THEN 'paused' END)
       END AS reason,
       CASE WHEN %(canary)s = 1
             AND ((SELECT COUNT(*) FROM subscribers_subscription AS w
                    WHERE w.subscriber_id = candidate.id
                      AND w.list_id = %(seeds)s AND w.state = 'active') > 0
                  {first}
                  OR (id * 7919 + %(send)s * 104729) %% 10000 < %(share)s)
            THEN 1 ELSE 0 END AS canary,
       {domain} AS domain
  FROM (SELECT p.id, p.email, p.key,
               -- Most databases have none of these: nobody is looked up there then.
               MIN(CASE WHEN %(barred)s = 1
                         AND EXISTS (SELECT 1 FROM subscribers_listsuppression AS l
                                      WHERE l.key = p.key AND l.list_id = w.list_id)
                        THEN 'suppressed' ELSE w.state END) AS best
          FROM subscribers_subscriber AS p
         CROSS JOIN subscribers_subscription AS w
         WHERE p.id > %(after)s AND p.id <= %(through)s
           -- Said twice: PostgreSQL would sort the subscriptions of everybody for each chunk.
           AND w.subscriber_id > %(after)s AND w.subscriber_id <= %(through)s
           AND w.subscriber_id = p.id
           AND w.list_id IN (SELECT list_id FROM sending_send_lists WHERE send_id = %(send)s)
           {narrowing}
           AND (%(only)s IS NULL
                OR (SELECT COUNT(*) FROM sending_delivery AS f
                     WHERE f.send_id = %(only)s AND f.subscriber_id = p.id) > 0)
         GROUP BY p.id) AS candidate;

-- only_found
-- In `judge_chunk`: of the lists only those whom the filter of the send finds; and who goes first in
-- any case, or was in the send that this is a resend of, whatever the filter says of them now.
AND (p.id IN (SELECT id FROM sending_segment)
     OR (SELECT COUNT(*) FROM subscribers_subscription AS w
          WHERE w.subscriber_id = p.id AND w.list_id = %(seeds)s AND w.state = 'active') > 0
     OR (SELECT COUNT(*) FROM sending_delivery AS f
          WHERE f.send_id = %(resent)s AND f.subscriber_id = p.id) > 0)

-- found_first
-- In `judge_chunk`: whom the filter of the canary finds goes first.
OR id IN (SELECT id FROM sending_seeds)

-- count_chunk
-- Candidates by whether they are planned, whether they go first, and the limited domain.
SELECT reason IS NULL, canary, domain, COUNT(*)
  FROM sending_chunk
 GROUP BY reason IS NULL, canary, domain
 ORDER BY canary DESC, domain;

-- insert_deliveries
-- One delivery for each planned person of a part, batch by batch.  The batches are read once:
-- PostgreSQL would look through all of them for each person.
WITH made AS MATERIALIZED (
    SELECT id, number FROM sending_batch WHERE send_id = %(send)s AND number >= %(first)s)
INSERT INTO sending_delivery (send_id, subscriber_id, batch_id, address, outcome, reason)
SELECT %(send)s, c.id, made.id, c.email, NULL, ''
  FROM (SELECT id, email, (ROW_NUMBER() OVER (ORDER BY id) - 1) / %(size)s AS place
          FROM sending_chunk
         WHERE reason IS NULL AND canary = %(canary)s AND domain = %(domain)s) AS c
  JOIN made ON made.number = %(first)s + c.place;

-- insert_exclusions
-- One exclusion for each of the others.
INSERT INTO sending_exclusion (send_id, subscriber_id, reason)
SELECT %(send)s, id, reason FROM sending_chunk WHERE reason IS NOT NULL;

-- insert_paused_issues
-- One issue less for each pause that left somebody out.
INSERT INTO subscribers_pausedissue (pause_id, issue, send)
SELECT p.id, %(issue)s, %(send)s
  FROM sending_chunk AS c
  JOIN subscribers_pause AS p ON p.subscriber_id = c.id
 WHERE c.reason = 'paused'
    ON CONFLICT (pause_id, issue) DO NOTHING;

-- drop_chunk
-- The chunk is of this connection only.
DROP TABLE IF EXISTS sending_chunk;

-- exclude_late
-- Take out of a batch whoever has left, or was suppressed, since the audience was counted; or
-- turned out to have the issue from another send of it.  What is asked is counted, as above.
WITH others AS MATERIALIZED (
    -- As in `judge_chunk`: most issues have none, and nobody is looked up.
    SELECT other.id
      FROM sending_send AS other
     WHERE other.issue_id = %(issue)s
       AND other.id <> %(send)s
       AND EXISTS (SELECT 1 FROM sending_batch AS b
                    WHERE b.send_id = other.id AND b.state IN ('claimed', 'accepted', 'unknown')))
UPDATE sending_delivery
   SET outcome = 'excluded',
       reason = CASE WHEN (SELECT COUNT(*) FROM subscribers_subscriber AS p
                             JOIN subscribers_suppression AS s
                               ON s.key IN (p.key, LOWER(sending_delivery.address))
                            WHERE p.id = sending_delivery.subscriber_id) > 0
                     THEN 'suppressed'
                     WHEN ({wanted} {unsuppressed}) > 0 THEN 'already'
                     WHEN ({wanted}) > 0 THEN 'suppressed'
                     ELSE 'unsubscribed' END
 WHERE batch_id = %(batch)s
   AND outcome IS NULL
   AND ((SELECT COUNT(*) FROM subscribers_subscriber AS p
          WHERE p.id = sending_delivery.subscriber_id
            AND ((SELECT COUNT(*) FROM subscribers_suppression AS s WHERE s.key = p.key) > 0
                 -- The address of a mail stays as it was counted; the person may have another now.
                 OR p.email <> sending_delivery.address
                    AND (SELECT COUNT(*) FROM subscribers_suppression AS s
                          WHERE s.key = LOWER(sending_delivery.address)) > 0)) > 0
        OR ({wanted} {unsuppressed}) = 0
        OR (SELECT COUNT(*) FROM sending_alreadymailed AS m
             WHERE m.subscriber_id = sending_delivery.subscriber_id
               AND m.issue_id = %(issue)s) > 0
        -- Whoever became the person may have the issue: they are one person now.
        OR %(merged)s = 1 AND EXISTS (
               WITH RECURSIVE became (id) AS (
                   SELECT a.subscriber_id FROM subscribers_addresschange AS a
                    WHERE a.merged_into_id = sending_delivery.subscriber_id
                    UNION
                   SELECT a.subscriber_id FROM subscribers_addresschange AS a
                     JOIN became ON a.merged_into_id = became.id)
               SELECT 1 FROM became
                WHERE EXISTS (SELECT 1 FROM sending_alreadymailed AS m
                               WHERE m.subscriber_id = became.id AND m.issue_id = %(issue)s)
                   OR EXISTS (SELECT 1 FROM sending_delivery AS d
                                JOIN sending_send AS other ON other.id = d.send_id
                                JOIN sending_batch AS b ON b.id = d.batch_id
                               WHERE d.subscriber_id = became.id
                                 AND other.issue_id = %(issue)s
                                 AND other.id <> %(send)s
                                 AND b.state IN ('claimed', 'accepted', 'unknown')
                                 AND COALESCE(d.outcome, '')
                                     NOT IN ('excluded', 'refused', 'dropped')))
        -- From the person to their mail to its batch, whatever the planner believes of batches.
        OR (SELECT COUNT(*)
              FROM others
             CROSS JOIN sending_delivery AS d
             WHERE d.send_id = others.id
               AND d.subscriber_id = sending_delivery.subscriber_id
               AND COALESCE(d.outcome, '') NOT IN ('excluded', 'refused', 'dropped')
               AND (SELECT b.state FROM sending_batch AS b WHERE b.id = d.batch_id)
                   IN ('claimed', 'accepted', 'unknown')) > 0);

-- wanted
-- In `exclude_late`: the subscriptions by which a person is in the audience.
SELECT COUNT(*) FROM subscribers_subscription AS w
 WHERE w.subscriber_id = sending_delivery.subscriber_id
   AND w.state = 'active'
   AND w.list_id IN (SELECT list_id FROM sending_send_lists WHERE send_id = %(send)s)

-- unsuppressed
-- In `exclude_late`, after `wanted`: neither address of the person is suppressed for that list.
-- Most databases have no such suppressions: the first condition is looked at once.
AND (NOT EXISTS (SELECT 1 FROM subscribers_listsuppression)
     OR NOT EXISTS (SELECT 1 FROM subscribers_subscriber AS q
                     CROSS JOIN subscribers_listsuppression AS l
                     WHERE q.id = w.subscriber_id
                       AND l.key IN (q.key, LOWER(sending_delivery.address))
                       AND l.list_id = w.list_id))

-- count_waiting
-- How many of a batch are to be submitted.
SELECT COUNT(*) FROM sending_delivery WHERE batch_id = %(batch)s AND outcome IS NULL;

-- mark_in_flight
-- From reserved to in flight, unless the lease is over, the send was stopped, its provider batch is cancelled or
-- leaves too little time, nothing may be sent, or the database lost what was submitted last, or
-- the last heartbeat of this process, or nobody has looked at it for too long.  The send is locked:
-- a cancellation either sees the attempt in flight, or comes first, and then nothing leaves.
UPDATE sending_attempt
   SET state = 'in_flight', lease_until = {later}, posted_at = {now}
 WHERE id = %(attempt)s
   AND state = 'reserved'
   AND lease_until > {now}
   AND EXISTS (SELECT 1 FROM sending_databaseidentity AS i
                WHERE i.suspended_at IS NULL AND i.heartbeats >= %(heartbeats)s
                  AND (i.heartbeat_at IS NULL OR i.heartbeat_at >= {stale}))
   AND (%(previous)s = ''
        OR EXISTS (SELECT 1 FROM sending_attempt AS p WHERE p.key = %(previous)s))
   AND EXISTS (SELECT 1 FROM sending_batch AS b JOIN sending_send AS s ON s.id = b.send_id
                WHERE b.id = sending_attempt.batch_id AND s.state = 'sending' {locked})
   AND (provider_batch_id IS NULL
        OR EXISTS (SELECT 1 FROM sending_providerbatch AS f
                    WHERE f.id = sending_attempt.provider_batch_id AND f.state = 'open'
                      AND f.at > %(certain)s));

-- take_rates
-- Have every limit owe for a batch, unless it owes more already than can be waited for.
INSERT INTO sending_rate (key, due, granted) VALUES {rows}
    ON CONFLICT (key) DO UPDATE
   SET granted = sending_rate.due <= {now} + {max_wait},
       due = CASE WHEN sending_rate.due > {now} + {max_wait} THEN sending_rate.due
                  WHEN sending_rate.due > {now} THEN sending_rate.due + excluded.due - {now}
                  ELSE excluded.due END
RETURNING key, granted, due - {now};

-- look_at_rates
-- For how many seconds the limits are paid for at most.
SELECT MAX(due) - {now} FROM sending_rate WHERE key IN ({keys});

-- count_send
-- What was counted for a send, who was left out by reason, and how many people stand where; in one
-- statement, so that the sums agree while the send goes on.
SELECT 'counted', '', send.candidates, send.planned
  FROM sending_send AS send
 WHERE send.id = %(send)s
 UNION ALL
SELECT 'excluded', out.reason, COUNT(*), 0
  FROM sending_exclusion AS out
 WHERE out.send_id = %(send)s
 GROUP BY out.reason
 UNION ALL
SELECT 'standing', COALESCE(counted.outcome, b.state) AS stands, SUM(counted.people), 0
  FROM (SELECT d.batch_id, d.outcome, COUNT(*) AS people
          FROM sending_delivery AS d
         WHERE d.batch_id IN (SELECT id FROM sending_batch WHERE send_id = %(send)s)
         GROUP BY d.batch_id, d.outcome) AS counted
  JOIN sending_batch AS b ON b.id = counted.batch_id
 GROUP BY stands
 ORDER BY 1, 2;

-- count_reached
-- How many people of a send have its mail, or may have it.  A claimed batch has mailed nobody until
-- its attempt is in flight.
SELECT COALESCE(SUM(counted.people), 0)
  FROM (SELECT d.batch_id, d.outcome, COUNT(*) AS people
          FROM sending_delivery AS d
         WHERE d.batch_id IN (SELECT id FROM sending_batch WHERE send_id = %(send)s)
         GROUP BY d.batch_id, d.outcome) AS counted
  JOIN sending_batch AS b ON b.id = counted.batch_id
 WHERE COALESCE(counted.outcome, b.state) IN ('accepted', 'unknown', 'delivered', 'blocked',
                                              'bounced', 'complained')
    OR (counted.outcome IS NULL AND b.state = 'claimed'
        AND EXISTS (SELECT 1 FROM sending_attempt AS a
                     WHERE a.batch_id = b.id AND a.state IN ('in_flight', 'accepted', 'unknown')));

-- count_deliveries
-- How many people of a send stand where; reads one index, batch by batch.
SELECT COALESCE(counted.outcome, b.state) AS stands, SUM(counted.people)
  FROM (SELECT d.batch_id, d.outcome, COUNT(*) AS people
          FROM sending_delivery AS d
         WHERE d.batch_id IN (SELECT id FROM sending_batch WHERE send_id = %(send)s)
         GROUP BY d.batch_id, d.outcome) AS counted
  JOIN sending_batch AS b ON b.id = counted.batch_id
 GROUP BY stands
 ORDER BY stands;
