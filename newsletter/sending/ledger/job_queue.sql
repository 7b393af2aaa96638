-- enqueue
-- A waiting job for each of these batches that can be claimed, due when the batch is.  The first of
-- each send goes before the second of any, so that no send waits for a large one.
INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, scheduled_at, priority)
SELECT %(queue)s, %(task)s, 'batch-' || b.id, jsonb_build_object('batch_id', b.id), b.not_before,
       -b.number
  FROM sending_batch AS b
  JOIN sending_send AS s ON s.id = b.send_id
 WHERE b.state = 'planned' AND s.state = 'sending'
   AND (%(send)s::bigint IS NULL OR b.send_id = %(send)s::bigint)
   AND (%(batches)s::bigint[] IS NULL OR b.id = ANY (%(batches)s::bigint[]))
 ORDER BY b.send_id, b.number
    ON CONFLICT (queueing_lock) WHERE status = 'todo'
    DO UPDATE SET scheduled_at = EXCLUDED.scheduled_at
            WHERE procrastinate_jobs.scheduled_at IS DISTINCT FROM EXCLUDED.scheduled_at;

-- fail_stalled
-- End the jobs of workers that died: what became of their batches stands in the ledger.
UPDATE procrastinate_jobs AS job
   SET status = 'failed', attempts = attempts + 1, abort_requested = FALSE
 WHERE job.queue_name = %(queue)s AND job.status = 'doing'
   AND NOT EXISTS (SELECT 1 FROM procrastinate_workers AS worker
                    WHERE worker.id = job.worker_id
                      AND worker.last_heartbeat > now() - make_interval(secs => %(silence)s));

-- prune
-- Forget, after a week, the jobs that ended badly; those that ended well are not kept at all.
DELETE FROM procrastinate_jobs AS job
 WHERE job.queue_name = %(queue)s AND job.status NOT IN ('todo', 'doing')
   AND NOT EXISTS (SELECT 1 FROM procrastinate_events AS event
                    WHERE event.job_id = job.id AND event.at > now() - interval '7 days');

-- prune_workers
-- Forget dead workers after ten minutes, in which people could see them.
DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - interval '10 minutes';

-- missing
-- Batches that can be claimed, and no job is in progress or waits that comes in time.
SELECT b.id
  FROM sending_batch AS b
  JOIN sending_send AS s ON s.id = b.send_id
 WHERE b.state = 'planned' AND s.state = 'sending'
   AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job
                    WHERE job.queueing_lock = 'batch-' || b.id
                      AND (job.status = 'doing'
                           OR job.status = 'todo'
                              AND (job.scheduled_at IS NULL
                                   OR job.scheduled_at <= GREATEST(b.not_before, now()))));

-- table
-- The name of the table of jobs, or null where it is not there.
SELECT to_regclass('procrastinate_jobs');

-- counts
-- How many jobs wait, come later, are in progress, are stalled, have ended badly.
SELECT COUNT(*) FILTER (WHERE status = 'todo' AND COALESCE(scheduled_at, now()) <= now()),
       COUNT(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()),
       COUNT(*) FILTER (WHERE status = 'doing' AND worker.id IS NOT NULL),
       COUNT(*) FILTER (WHERE status = 'doing' AND worker.id IS NULL),
       COUNT(*) FILTER (WHERE status NOT IN ('todo', 'doing'))
  FROM procrastinate_jobs AS job
  LEFT JOIN procrastinate_workers AS worker
    ON worker.id = job.worker_id
   AND worker.last_heartbeat > now() - make_interval(secs => %(silence)s)
 WHERE job.queue_name = %(queue)s;

-- in_progress
-- The jobs that workers are working on, the oldest first, with the thread that claimed the batch.
SELECT job.worker_id, b.number, s.id, page.title, attempt.owner,
       (SELECT MAX(event.at) FROM procrastinate_events AS event
         WHERE event.job_id = job.id AND event.type = 'started')
  FROM procrastinate_jobs AS job
  JOIN sending_batch AS b ON b.id = (job.args ->> 'batch_id')::bigint
  JOIN sending_send AS s ON s.id = b.send_id
  JOIN wagtailcore_page AS page ON page.id = s.issue_id
  LEFT JOIN sending_attempt AS attempt
    ON attempt.batch_id = b.id AND attempt.state IN ('reserved', 'in_flight')
 WHERE job.queue_name = %(queue)s AND job.status = 'doing'
 ORDER BY job.id
 LIMIT %(most)s;

-- coming
-- The jobs that wait for their time, the next first.
SELECT b.number, s.id, page.title, job.scheduled_at
  FROM procrastinate_jobs AS job
  JOIN sending_batch AS b ON b.id = (job.args ->> 'batch_id')::bigint
  JOIN sending_send AS s ON s.id = b.send_id
  JOIN wagtailcore_page AS page ON page.id = s.issue_id
 WHERE job.queue_name = %(queue)s AND job.status = 'todo' AND job.scheduled_at > now()
 ORDER BY job.scheduled_at, job.id
 LIMIT %(most)s;

-- workers
-- Every worker with its last sign of life, and how many jobs it is working on.
SELECT worker.id, worker.last_heartbeat,
       worker.last_heartbeat > now() - make_interval(secs => %(silence)s),
       (SELECT COUNT(*) FROM procrastinate_jobs AS job
         WHERE job.worker_id = worker.id AND job.status = 'doing')
  FROM procrastinate_workers AS worker
 ORDER BY worker.id;
