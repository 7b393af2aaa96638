-- Made from the migrations a1877607ea923c43c66b0c3897d82a09c664d6f0221f18ae73412eaef5e37e37
SET LOCAL check_function_bodies = off;
CREATE TYPE procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);
CREATE TYPE procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);
CREATE TYPE procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);
CREATE FUNCTION procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;
CREATE FUNCTION procrastinate_defer_jobs_v1(jobs procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;
CREATE FUNCTION procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;
CREATE TABLE procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status procrastinate_job_status DEFAULT 'todo'::procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    queueing_lock text,
    priority integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::procrastinate_job_status) AND (abort_requested = true))))
);
CREATE FUNCTION procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;
CREATE FUNCTION procrastinate_finish_job_v1(job_id bigint, end_status procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;
CREATE FUNCTION procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;
CREATE FUNCTION procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;
CREATE FUNCTION procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;
CREATE FUNCTION procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;
CREATE FUNCTION sending_delivery_batch_id_added() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    IF (SELECT COUNT(*)
          -- In one order, so that no two block each other.
          FROM (SELECT DISTINCT batch_id AS id FROM added ORDER BY 1) AS wanted
         CROSS JOIN LATERAL (
               SELECT FROM sending_batch AS parent
                WHERE parent.id = wanted.id
                  FOR KEY SHARE) AS held)
       < (SELECT COUNT(DISTINCT batch_id) FROM added) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert on table "sending_delivery" violates the key batch_id',
            DETAIL = 'A row of it is not present in table "sending_batch".';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION sending_delivery_batch_id_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM sending_delivery WHERE batch_id = OLD.id)
       AND NOT EXISTS (SELECT FROM sending_batch AS parent WHERE parent.id = OLD.id) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update or delete on table "sending_batch" violates the key batch_id'
                      ' of table "sending_delivery"',
            DETAIL = 'A row is still referenced.';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION sending_delivery_batch_id_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM sending_batch AS parent WHERE parent.id = NEW.batch_id FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update on table "sending_delivery" violates the key batch_id',
            DETAIL = 'A row of it is not present in table "sending_batch".';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION sending_delivery_send_id_added() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    IF (SELECT COUNT(*)
          -- In one order, so that no two block each other.
          FROM (SELECT DISTINCT send_id AS id FROM added ORDER BY 1) AS wanted
         CROSS JOIN LATERAL (
               SELECT FROM sending_send AS parent
                WHERE parent.id = wanted.id
                  FOR KEY SHARE) AS held)
       < (SELECT COUNT(DISTINCT send_id) FROM added) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert on table "sending_delivery" violates the key send_id',
            DETAIL = 'A row of it is not present in table "sending_send".';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION sending_delivery_send_id_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM sending_delivery WHERE send_id = OLD.id)
       AND NOT EXISTS (SELECT FROM sending_send AS parent WHERE parent.id = OLD.id) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update or delete on table "sending_send" violates the key send_id'
                      ' of table "sending_delivery"',
            DETAIL = 'A row is still referenced.';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION sending_delivery_send_id_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM sending_send AS parent WHERE parent.id = NEW.send_id FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update on table "sending_delivery" violates the key send_id',
            DETAIL = 'A row of it is not present in table "sending_send".';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION sending_delivery_subscriber_id_added() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    IF (SELECT COUNT(*)
          -- In one order, so that no two block each other.
          FROM (SELECT DISTINCT subscriber_id AS id FROM added ORDER BY 1) AS wanted
         CROSS JOIN LATERAL (
               SELECT FROM subscribers_subscriber AS parent
                WHERE parent.id = wanted.id
                  FOR KEY SHARE) AS held)
       < (SELECT COUNT(DISTINCT subscriber_id) FROM added) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert on table "sending_delivery" violates the key subscriber_id',
            DETAIL = 'A row of it is not present in table "subscribers_subscriber".';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION sending_delivery_subscriber_id_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM sending_delivery WHERE subscriber_id = OLD.id)
       AND NOT EXISTS (SELECT FROM subscribers_subscriber AS parent WHERE parent.id = OLD.id) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update or delete on table "subscribers_subscriber" violates the key subscriber_id'
                      ' of table "sending_delivery"',
            DETAIL = 'A row is still referenced.';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION sending_delivery_subscriber_id_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM subscribers_subscriber AS parent WHERE parent.id = NEW.subscriber_id FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update on table "sending_delivery" violates the key subscriber_id',
            DETAIL = 'A row of it is not present in table "subscribers_subscriber".';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION subscribers_count_added() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        INSERT INTO subscribers_listcount (list_id, state, people)
        SELECT list_id, state, COUNT(*) FROM added GROUP BY list_id, state;
        RETURN NULL;
    END $$;
CREATE FUNCTION subscribers_count_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        INSERT INTO subscribers_listcount (list_id, state, people)
        SELECT list_id, state, SUM(people)
          FROM (SELECT list_id, state, COUNT(*) AS people FROM added GROUP BY list_id, state
                 UNION ALL
                SELECT list_id, state, -COUNT(*) FROM removed GROUP BY list_id, state) AS each
         GROUP BY list_id, state HAVING SUM(people) <> 0;
        RETURN NULL;
    END $$;
CREATE FUNCTION subscribers_count_removed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        INSERT INTO subscribers_listcount (list_id, state, people)
        SELECT list_id, state, -COUNT(*) FROM removed GROUP BY list_id, state;
        RETURN NULL;
    END $$;
CREATE FUNCTION subscribers_importchange_run_id_added() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    -- Row by row by the index, and no join: its plan is kept, for statements of any size.
    IF NOT EXISTS (
        SELECT FROM added
         WHERE (SELECT parent.xmin FROM subscribers_importrun AS parent WHERE parent.id = added.run_id)
               IS DISTINCT FROM pg_current_xact_id()::xid) THEN
        RETURN NULL;
    END IF;
    -- One by one, too: taken for few, the parents would be joined by reading `added` for each.
    IF (SELECT COUNT(*)
          -- In one order, so that no two block each other.
          FROM (SELECT DISTINCT run_id AS id FROM added ORDER BY 1) AS wanted
         CROSS JOIN LATERAL (
               SELECT FROM subscribers_importrun AS parent
                WHERE parent.id = wanted.id
                  AND parent.xmin <> pg_current_xact_id()::xid
                  FOR KEY SHARE) AS held)
       + (SELECT COUNT(*)
            FROM (SELECT DISTINCT run_id AS id FROM added) AS wanted
           WHERE (SELECT parent.xmin FROM subscribers_importrun AS parent WHERE parent.id = wanted.id)
                 = pg_current_xact_id()::xid)
       < (SELECT COUNT(DISTINCT run_id) FROM added) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert on table "subscribers_importchange" violates the key run_id',
            DETAIL = 'A row of it is not present in table "subscribers_importrun".';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION subscribers_importchange_run_id_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM subscribers_importchange WHERE run_id = OLD.id)
       AND NOT EXISTS (SELECT FROM subscribers_importrun AS parent WHERE parent.id = OLD.id) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update or delete on table "subscribers_importrun" violates the key run_id'
                      ' of table "subscribers_importchange"',
            DETAIL = 'A row is still referenced.';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION subscribers_importchange_run_id_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM subscribers_importrun AS parent WHERE parent.id = NEW.run_id FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update on table "subscribers_importchange" violates the key run_id',
            DETAIL = 'A row of it is not present in table "subscribers_importrun".';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION subscribers_subscription_list_id_added() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    -- Row by row by the index, and no join: its plan is kept, for statements of any size.
    IF NOT EXISTS (
        SELECT FROM added
         WHERE (SELECT parent.xmin FROM subscribers_list AS parent WHERE parent.id = added.list_id)
               IS DISTINCT FROM pg_current_xact_id()::xid) THEN
        RETURN NULL;
    END IF;
    -- One by one, too: taken for few, the parents would be joined by reading `added` for each.
    IF (SELECT COUNT(*)
          -- In one order, so that no two block each other.
          FROM (SELECT DISTINCT list_id AS id FROM added ORDER BY 1) AS wanted
         CROSS JOIN LATERAL (
               SELECT FROM subscribers_list AS parent
                WHERE parent.id = wanted.id
                  AND parent.xmin <> pg_current_xact_id()::xid
                  FOR KEY SHARE) AS held)
       + (SELECT COUNT(*)
            FROM (SELECT DISTINCT list_id AS id FROM added) AS wanted
           WHERE (SELECT parent.xmin FROM subscribers_list AS parent WHERE parent.id = wanted.id)
                 = pg_current_xact_id()::xid)
       < (SELECT COUNT(DISTINCT list_id) FROM added) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert on table "subscribers_subscription" violates the key list_id',
            DETAIL = 'A row of it is not present in table "subscribers_list".';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION subscribers_subscription_list_id_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM subscribers_subscription WHERE list_id = OLD.id)
       AND NOT EXISTS (SELECT FROM subscribers_list AS parent WHERE parent.id = OLD.id) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update or delete on table "subscribers_list" violates the key list_id'
                      ' of table "subscribers_subscription"',
            DETAIL = 'A row is still referenced.';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION subscribers_subscription_list_id_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM subscribers_list AS parent WHERE parent.id = NEW.list_id FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update on table "subscribers_subscription" violates the key list_id',
            DETAIL = 'A row of it is not present in table "subscribers_list".';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION subscribers_subscription_subscriber_id_added() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    -- Row by row by the index, and no join: its plan is kept, for statements of any size.
    IF NOT EXISTS (
        SELECT FROM added
         WHERE (SELECT parent.xmin FROM subscribers_subscriber AS parent WHERE parent.id = added.subscriber_id)
               IS DISTINCT FROM pg_current_xact_id()::xid) THEN
        RETURN NULL;
    END IF;
    -- One by one, too: taken for few, the parents would be joined by reading `added` for each.
    IF (SELECT COUNT(*)
          -- In one order, so that no two block each other.
          FROM (SELECT DISTINCT subscriber_id AS id FROM added ORDER BY 1) AS wanted
         CROSS JOIN LATERAL (
               SELECT FROM subscribers_subscriber AS parent
                WHERE parent.id = wanted.id
                  AND parent.xmin <> pg_current_xact_id()::xid
                  FOR KEY SHARE) AS held)
       + (SELECT COUNT(*)
            FROM (SELECT DISTINCT subscriber_id AS id FROM added) AS wanted
           WHERE (SELECT parent.xmin FROM subscribers_subscriber AS parent WHERE parent.id = wanted.id)
                 = pg_current_xact_id()::xid)
       < (SELECT COUNT(DISTINCT subscriber_id) FROM added) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert on table "subscribers_subscription" violates the key subscriber_id',
            DETAIL = 'A row of it is not present in table "subscribers_subscriber".';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION subscribers_subscription_subscriber_id_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM subscribers_subscription WHERE subscriber_id = OLD.id)
       AND NOT EXISTS (SELECT FROM subscribers_subscriber AS parent WHERE parent.id = OLD.id) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update or delete on table "subscribers_subscriber" violates the key subscriber_id'
                      ' of table "subscribers_subscription"',
            DETAIL = 'A row is still referenced.';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION subscribers_subscription_subscriber_id_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM subscribers_subscriber AS parent WHERE parent.id = NEW.subscriber_id FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update on table "subscribers_subscription" violates the key subscriber_id',
            DETAIL = 'A row of it is not present in table "subscribers_subscriber".';
    END IF;
    RETURN NULL;
END $$;
CREATE TABLE auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth_user (
    id integer NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    is_superuser boolean NOT NULL,
    username character varying(150) NOT NULL,
    first_name character varying(150) NOT NULL,
    last_name character varying(150) NOT NULL,
    email character varying(254) NOT NULL,
    is_staff boolean NOT NULL,
    is_active boolean NOT NULL,
    date_joined timestamp with time zone NOT NULL
);
CREATE TABLE auth_user_groups (
    id bigint NOT NULL,
    user_id integer NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE auth_user_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_user_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE auth_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth_user_user_permissions (
    id bigint NOT NULL,
    user_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE auth_user_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_user_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_desksession (
    id bigint NOT NULL,
    key character varying(40) NOT NULL,
    browser character varying(300) NOT NULL,
    network character varying(45) NOT NULL,
    began_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    user_id integer NOT NULL
);
ALTER TABLE desk_desksession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME desk_desksession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE desk_hiddensteps (
    publication_id bigint NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE desk_issuewords (
    issue_id integer NOT NULL,
    revision bigint NOT NULL,
    saved_at timestamp with time zone,
    text text NOT NULL
);
CREATE TABLE django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE TABLE monitoring_alarm (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    key character varying(80) NOT NULL,
    words text NOT NULL,
    fix text NOT NULL,
    path character varying(200) NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    unseen_since timestamp with time zone,
    over_at timestamp with time zone
);
ALTER TABLE monitoring_alarm ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME monitoring_alarm_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE monitoring_alarmmessage (
    id bigint NOT NULL,
    over boolean NOT NULL,
    way character varying(8) NOT NULL,
    "to" character varying(254) NOT NULL,
    state character varying(8) NOT NULL,
    tries smallint NOT NULL,
    not_before timestamp with time zone NOT NULL,
    alarm_id bigint NOT NULL,
    CONSTRAINT monitoring_alarmmessage_tries_check CHECK ((tries >= 0))
);
ALTER TABLE monitoring_alarmmessage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME monitoring_alarmmessage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE otp_static_staticdevice (
    id integer NOT NULL,
    name character varying(64) NOT NULL,
    confirmed boolean NOT NULL,
    user_id integer NOT NULL,
    throttling_failure_count integer NOT NULL,
    throttling_failure_timestamp timestamp with time zone,
    created_at timestamp with time zone,
    last_used_at timestamp with time zone,
    CONSTRAINT otp_static_staticdevice_throttling_failure_count_check CHECK ((throttling_failure_count >= 0))
);
ALTER TABLE otp_static_staticdevice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME otp_static_staticdevice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE otp_static_statictoken (
    id integer NOT NULL,
    token character varying(16) NOT NULL,
    device_id integer NOT NULL
);
ALTER TABLE otp_static_statictoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME otp_static_statictoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE otp_totp_totpdevice (
    id integer NOT NULL,
    name character varying(64) NOT NULL,
    confirmed boolean NOT NULL,
    key character varying(80) NOT NULL,
    step smallint NOT NULL,
    t0 bigint NOT NULL,
    digits smallint NOT NULL,
    tolerance smallint NOT NULL,
    drift smallint NOT NULL,
    last_t bigint NOT NULL,
    user_id integer NOT NULL,
    throttling_failure_count integer NOT NULL,
    throttling_failure_timestamp timestamp with time zone,
    created_at timestamp with time zone,
    last_used_at timestamp with time zone,
    CONSTRAINT otp_totp_totpdevice_digits_check CHECK ((digits >= 0)),
    CONSTRAINT otp_totp_totpdevice_step_check CHECK ((step >= 0)),
    CONSTRAINT otp_totp_totpdevice_throttling_failure_count_check CHECK ((throttling_failure_count >= 0)),
    CONSTRAINT otp_totp_totpdevice_tolerance_check CHECK ((tolerance >= 0))
);
ALTER TABLE otp_totp_totpdevice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME otp_totp_totpdevice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);
CREATE SEQUENCE procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE procrastinate_events_id_seq OWNED BY procrastinate_events.id;
CREATE SEQUENCE procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE procrastinate_jobs_id_seq OWNED BY procrastinate_jobs.id;
CREATE TABLE procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);
CREATE SEQUENCE procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE procrastinate_periodic_defers_id_seq OWNED BY procrastinate_periodic_defers.id;
CREATE TABLE procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE publishing_acceptance (
    id bigint NOT NULL,
    issue_id integer NOT NULL,
    fingerprint character varying(64) NOT NULL,
    code character varying(60) NOT NULL,
    place character varying(300) NOT NULL,
    message text NOT NULL,
    reason character varying(500) NOT NULL,
    by character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE publishing_acceptance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME publishing_acceptance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE publishing_archivepage (
    page_ptr_id integer NOT NULL,
    publication_id bigint,
    introduction text NOT NULL
);
CREATE TABLE publishing_issue (
    page_ptr_id integer NOT NULL,
    publication_id bigint NOT NULL,
    volume integer NOT NULL,
    number integer NOT NULL,
    date date,
    issued_on date,
    language character varying(12) NOT NULL,
    subject character varying(250) NOT NULL,
    preheader character varying(250) NOT NULL,
    body jsonb NOT NULL,
    boilerplate text NOT NULL,
    pdf_url character varying(200) NOT NULL,
    metadata jsonb NOT NULL,
    never_mailed boolean NOT NULL,
    CONSTRAINT publishing_issue_number_check CHECK ((number >= 0)),
    CONSTRAINT publishing_issue_volume_check CHECK ((volume >= 0))
);
CREATE TABLE publishing_linkanswer (
    address_hash character varying(64) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    status integer NOT NULL,
    size bigint NOT NULL,
    problem text NOT NULL,
    private boolean NOT NULL,
    unknown boolean NOT NULL,
    CONSTRAINT publishing_linkanswer_size_check CHECK ((size >= 0)),
    CONSTRAINT publishing_linkanswer_status_check CHECK ((status >= 0))
);
CREATE TABLE publishing_publication (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    slug character varying(80) NOT NULL,
    language character varying(12) NOT NULL,
    template character varying(60) NOT NULL,
    from_name character varying(100) NOT NULL,
    from_email character varying(254) NOT NULL,
    reply_to character varying(254) NOT NULL,
    postal_address character varying(300) NOT NULL,
    privacy_url character varying(200) NOT NULL,
    boilerplate text NOT NULL,
    needs_approval boolean NOT NULL,
    second_person boolean NOT NULL,
    reviewers text NOT NULL,
    delivery_mode character varying(12) NOT NULL,
    preschedule_minutes smallint NOT NULL,
    canary boolean NOT NULL,
    seeds_id bigint,
    every_weeks smallint NOT NULL,
    weekday smallint NOT NULL,
    "time" time without time zone NOT NULL,
    time_zone character varying(64) NOT NULL,
    starts_on date NOT NULL,
    logo_id integer,
    logo_width smallint NOT NULL,
    look jsonb NOT NULL,
    holiday_regions jsonb NOT NULL,
    quiet_dates text NOT NULL,
    quiet_policy character varying(8) NOT NULL,
    rhythm_changed_at timestamp with time zone,
    rhythm_version integer NOT NULL,
    skeleton jsonb NOT NULL,
    dropped_dates jsonb NOT NULL,
    seed_segment_id bigint,
    month_days jsonb NOT NULL,
    more_weekdays jsonb NOT NULL,
    ordinals jsonb NOT NULL,
    pattern character varying(8) NOT NULL,
    draft_days smallint NOT NULL,
    draft_start character varying(8) NOT NULL,
    issues_per_volume smallint NOT NULL,
    volume_rule character varying(5) NOT NULL,
    grace_hours smallint NOT NULL,
    count_clicks boolean NOT NULL,
    count_opens boolean NOT NULL,
    first_number integer NOT NULL,
    first_volume integer NOT NULL,
    CONSTRAINT publishing_publication_draft_days_check CHECK ((draft_days >= 0)),
    CONSTRAINT publishing_publication_every_weeks_check CHECK ((every_weeks >= 0)),
    CONSTRAINT publishing_publication_first_number_check CHECK ((first_number >= 0)),
    CONSTRAINT publishing_publication_first_volume_check CHECK ((first_volume >= 0)),
    CONSTRAINT publishing_publication_grace_hours_check CHECK ((grace_hours >= 0)),
    CONSTRAINT publishing_publication_issues_per_volume_check CHECK ((issues_per_volume >= 0)),
    CONSTRAINT publishing_publication_logo_width_check CHECK ((logo_width >= 0)),
    CONSTRAINT publishing_publication_preschedule_minutes_check CHECK ((preschedule_minutes >= 0)),
    CONSTRAINT publishing_publication_rhythm_version_check CHECK ((rhythm_version >= 0)),
    CONSTRAINT publishing_publication_weekday_check CHECK ((weekday >= 0))
);
ALTER TABLE publishing_publication ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME publishing_publication_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE publishing_publication_lists (
    id bigint NOT NULL,
    publication_id bigint NOT NULL,
    list_id bigint NOT NULL
);
ALTER TABLE publishing_publication_lists ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME publishing_publication_lists_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE publishing_webentry (
    issue_id integer NOT NULL,
    revision bigint NOT NULL,
    title text NOT NULL,
    summary text NOT NULL,
    volume integer NOT NULL,
    number integer NOT NULL,
    date date,
    headlines jsonb NOT NULL,
    text text NOT NULL,
    words text NOT NULL,
    CONSTRAINT publishing_webentry_number_check CHECK ((number >= 0)),
    CONSTRAINT publishing_webentry_revision_check CHECK ((revision >= 0)),
    CONSTRAINT publishing_webentry_volume_check CHECK ((volume >= 0))
);
CREATE TABLE scheduling_calendarfeed (
    id bigint NOT NULL,
    key character varying(32) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    publication_id bigint,
    user_id integer,
    CONSTRAINT feed_of_something CHECK ((NOT ((publication_id IS NULL) AND (user_id IS NULL))))
);
ALTER TABLE scheduling_calendarfeed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME scheduling_calendarfeed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE scheduling_clockreading (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE scheduling_clockreading ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME scheduling_clockreading_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE scheduling_notice (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    key character varying(60) NOT NULL,
    state character varying(12) NOT NULL,
    tries smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    user_id integer NOT NULL,
    CONSTRAINT scheduling_notice_tries_check CHECK ((tries >= 0))
);
ALTER TABLE scheduling_notice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME scheduling_notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE scheduling_reminderchoice (
    id bigint NOT NULL,
    muted jsonb NOT NULL,
    user_id integer NOT NULL
);
ALTER TABLE scheduling_reminderchoice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME scheduling_reminderchoice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE scheduling_slot (
    id bigint NOT NULL,
    publication_id bigint NOT NULL,
    date date NOT NULL,
    at timestamp with time zone NOT NULL,
    moved boolean NOT NULL,
    state character varying(8) NOT NULL,
    send_id bigint,
    note character varying(300) NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    issue_id integer,
    name character varying(120) NOT NULL,
    sequence integer NOT NULL,
    skipped_by_rule boolean NOT NULL,
    drafted_at timestamp with time zone,
    number integer,
    volume integer,
    held_at timestamp with time zone,
    grace_until timestamp with time zone,
    CONSTRAINT scheduling_slot_number_check CHECK ((number >= 0)),
    CONSTRAINT scheduling_slot_sequence_check CHECK ((sequence >= 0)),
    CONSTRAINT scheduling_slot_volume_check CHECK ((volume >= 0))
);
ALTER TABLE scheduling_slot ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME scheduling_slot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_alreadymailed (
    id bigint NOT NULL,
    issue_id integer NOT NULL,
    subscriber_id bigint NOT NULL,
    attempt_id bigint NOT NULL
);
ALTER TABLE sending_alreadymailed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_alreadymailed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_approvalrequest (
    id bigint NOT NULL,
    hash character varying(64) NOT NULL,
    state character varying(9) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    note character varying(1000) NOT NULL,
    answered_at timestamp with time zone,
    answer character varying(1000) NOT NULL,
    answered_by_id integer,
    asked_by_id integer,
    issue_id integer NOT NULL
);
ALTER TABLE sending_approvalrequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_approvalrequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_attempt (
    id bigint NOT NULL,
    key character varying(32) NOT NULL,
    batch_id bigint NOT NULL,
    state character varying(9) NOT NULL,
    owner character varying(80) NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    size integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    posted_at timestamp with time zone,
    answered_at timestamp with time zone,
    message_id character varying(200) NOT NULL,
    answer text NOT NULL,
    provider_batch_id bigint,
    heard_at timestamp with time zone,
    CONSTRAINT sending_attempt_size_check CHECK ((size >= 0))
);
ALTER TABLE sending_attempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_auditentry (
    id bigint NOT NULL,
    send_id bigint NOT NULL,
    kind character varying(13) NOT NULL,
    at timestamp with time zone NOT NULL,
    by character varying(150) NOT NULL,
    auto_pause character varying(10) NOT NULL,
    note text NOT NULL
);
ALTER TABLE sending_auditentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_auditentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_batch (
    id bigint NOT NULL,
    send_id bigint NOT NULL,
    number integer NOT NULL,
    state character varying(8) NOT NULL,
    canary boolean NOT NULL,
    domain character varying(253) NOT NULL,
    not_before timestamp with time zone,
    CONSTRAINT sending_batch_number_check CHECK ((number >= 0))
);
ALTER TABLE sending_batch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_batch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_databaseidentity (
    id bigint NOT NULL,
    key character varying(32) NOT NULL,
    place character varying(600) NOT NULL,
    heartbeat_at timestamp with time zone,
    heartbeats bigint NOT NULL,
    suspended_at timestamp with time zone,
    suspended_for character varying(11) NOT NULL,
    known_until timestamp with time zone,
    moved_to character varying(600) NOT NULL,
    move_finished_at timestamp with time zone,
    CONSTRAINT sending_databaseidentity_heartbeats_check CHECK ((heartbeats >= 0))
);
ALTER TABLE sending_databaseidentity ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_databaseidentity_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_delivery (
    id bigint NOT NULL,
    send_id bigint NOT NULL,
    subscriber_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    address character varying(254) NOT NULL,
    outcome character varying(10),
    reason text NOT NULL
);
ALTER TABLE sending_delivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_dryrun (
    id bigint NOT NULL,
    send_id bigint NOT NULL,
    edition_id bigint NOT NULL,
    through bigint NOT NULL,
    asked integer NOT NULL,
    refused integer NOT NULL,
    findings jsonb NOT NULL,
    problem text NOT NULL,
    not_before timestamp with time zone,
    done_at timestamp with time zone,
    CONSTRAINT sending_dryrun_asked_check CHECK ((asked >= 0)),
    CONSTRAINT sending_dryrun_refused_check CHECK ((refused >= 0))
);
ALTER TABLE sending_dryrun ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_dryrun_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_edition (
    id bigint NOT NULL,
    issue_id integer NOT NULL,
    revision_id integer,
    subject character varying(998) NOT NULL,
    document text NOT NULL,
    hash character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    approved_at timestamp with time zone,
    approved_by_id integer
);
ALTER TABLE sending_edition ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_edition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_evidence (
    id bigint NOT NULL,
    attempt_id bigint NOT NULL,
    kind character varying(13) NOT NULL,
    at timestamp with time zone NOT NULL,
    by character varying(150) NOT NULL,
    note text NOT NULL
);
ALTER TABLE sending_evidence ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_evidence_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_exclusion (
    id bigint NOT NULL,
    send_id bigint NOT NULL,
    subscriber_id bigint NOT NULL,
    reason character varying(12) NOT NULL
);
ALTER TABLE sending_exclusion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_exclusion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_lateleaver (
    id bigint NOT NULL,
    send_id bigint NOT NULL,
    delivery_id bigint NOT NULL,
    left_at timestamp with time zone NOT NULL
);
ALTER TABLE sending_lateleaver ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_lateleaver_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_missingattempt (
    id bigint NOT NULL,
    key character varying(32) NOT NULL,
    source character varying(8) NOT NULL,
    state character varying(9) NOT NULL,
    send bigint NOT NULL,
    batch bigint NOT NULL,
    submitted_at timestamp with time zone,
    size integer NOT NULL,
    people text NOT NULL,
    delivery bigint NOT NULL,
    issue_key character varying(32) NOT NULL,
    publication bigint NOT NULL,
    volume integer NOT NULL,
    issue_number integer NOT NULL,
    title character varying(255) NOT NULL,
    found_at timestamp with time zone NOT NULL,
    by character varying(150) NOT NULL,
    CONSTRAINT sending_missingattempt_issue_number_check CHECK ((issue_number >= 0)),
    CONSTRAINT sending_missingattempt_size_check CHECK ((size >= 0)),
    CONSTRAINT sending_missingattempt_volume_check CHECK ((volume >= 0))
);
ALTER TABLE sending_missingattempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_missingattempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_providerbatch (
    id bigint NOT NULL,
    send_id bigint NOT NULL,
    "group" smallint NOT NULL,
    state character varying(10) NOT NULL,
    provider_id character varying(100) NOT NULL,
    at timestamp with time zone NOT NULL,
    has_status boolean NOT NULL,
    cancelling_since timestamp with time zone,
    in_doubt boolean NOT NULL,
    release_asked_at timestamp with time zone,
    leavers_named boolean NOT NULL,
    CONSTRAINT sending_providerbatch_group_check CHECK (("group" >= 0))
);
ALTER TABLE sending_providerbatch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_providerbatch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_rate (
    key character varying(300) NOT NULL,
    due double precision NOT NULL,
    granted boolean NOT NULL
);
CREATE TABLE sending_send (
    id bigint NOT NULL,
    issue_id integer NOT NULL,
    edition_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    state character varying(10) NOT NULL,
    note text NOT NULL,
    delivery_mode character varying(12) NOT NULL,
    resend_of_id bigint,
    newcomers boolean NOT NULL,
    canary character varying(6) NOT NULL,
    seeds_id bigint,
    held_by character varying(10) NOT NULL,
    lost_answers_from bigint NOT NULL,
    batch_size integer NOT NULL,
    planned_through bigint NOT NULL,
    candidates integer NOT NULL,
    planned integer NOT NULL,
    excluded integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    seed_filter text NOT NULL,
    segment_id bigint,
    segment_filter text NOT NULL,
    held_at timestamp with time zone,
    count_clicks boolean NOT NULL,
    count_opens boolean NOT NULL,
    CONSTRAINT sending_send_batch_size_check CHECK ((batch_size >= 0)),
    CONSTRAINT sending_send_candidates_check CHECK ((candidates >= 0)),
    CONSTRAINT sending_send_excluded_check CHECK ((excluded >= 0)),
    CONSTRAINT sending_send_planned_check CHECK ((planned >= 0))
);
ALTER TABLE sending_send ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_send_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_send_lists (
    id bigint NOT NULL,
    send_id bigint NOT NULL,
    list_id bigint NOT NULL
);
ALTER TABLE sending_send_lists ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_send_lists_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE sending_submitter (
    id bigint NOT NULL,
    log character varying(32) NOT NULL,
    machine character varying(80) NOT NULL,
    count bigint NOT NULL,
    seen_at timestamp with time zone,
    CONSTRAINT sending_submitter_count_check CHECK ((count >= 0))
);
ALTER TABLE sending_submitter ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sending_submitter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_addresschange (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    key character varying(254) NOT NULL,
    old_email character varying(254) NOT NULL,
    language character varying(35) NOT NULL,
    secret_hash character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    mailed_at timestamp with time zone,
    confirmed_at timestamp with time zone,
    told_at timestamp with time zone,
    merged_into_id bigint,
    subscriber_id bigint NOT NULL,
    not_before timestamp with time zone
);
ALTER TABLE subscribers_addresschange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_addresschange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_bulkchange (
    id bigint NOT NULL,
    before character varying(1000),
    at timestamp with time zone NOT NULL,
    list_id bigint,
    subscriber_id bigint NOT NULL,
    run_id bigint NOT NULL
);
ALTER TABLE subscribers_bulkchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_bulkchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_bulkrun (
    id bigint NOT NULL,
    action character varying(12) NOT NULL,
    state character varying(12) NOT NULL,
    filter jsonb NOT NULL,
    segment_filter text NOT NULL,
    attribute character varying(100) NOT NULL,
    value character varying(1000) NOT NULL,
    basis character varying(12) NOT NULL,
    reason character varying(300) NOT NULL,
    by character varying(150) NOT NULL,
    language character varying(20) NOT NULL,
    last_id bigint NOT NULL,
    "position" bigint NOT NULL,
    result jsonb NOT NULL,
    problem text NOT NULL,
    rows_done integer NOT NULL,
    rows_total integer NOT NULL,
    attempts integer NOT NULL,
    worked_at timestamp with time zone,
    applied_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    list_id bigint,
    ledger_ends jsonb NOT NULL
);
ALTER TABLE subscribers_bulkrun ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_bulkrun_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_cleaning (
    id bigint NOT NULL,
    day date NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    removed jsonb NOT NULL
);
ALTER TABLE subscribers_cleaning ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_cleaning_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_columnmapping (
    id bigint NOT NULL,
    titles_hash character varying(64) NOT NULL,
    columns jsonb NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    list_id bigint NOT NULL
);
ALTER TABLE subscribers_columnmapping ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_columnmapping_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_consent (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    text text NOT NULL,
    language character varying(35) NOT NULL,
    source character varying(40) NOT NULL,
    site character varying(200) NOT NULL,
    asked_at timestamp with time zone,
    given_at timestamp with time zone NOT NULL,
    ip_hash character varying(64) NOT NULL,
    by character varying(150) NOT NULL,
    note character varying(300) NOT NULL,
    list_id bigint NOT NULL,
    subscriber_id bigint NOT NULL
);
ALTER TABLE subscribers_consent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_consent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_countingrefusal (
    id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    subscriber_id bigint NOT NULL
);
ALTER TABLE subscribers_countingrefusal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_countingrefusal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_erasedaddress (
    id bigint NOT NULL,
    hash character varying(64) NOT NULL,
    signing_key character varying(16) NOT NULL,
    reason character varying(12) NOT NULL,
    source character varying(12) NOT NULL,
    erased_at timestamp with time zone NOT NULL
);
ALTER TABLE subscribers_erasedaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_erasedaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_importchange (
    id bigint NOT NULL,
    made boolean NOT NULL,
    joined boolean NOT NULL,
    before jsonb,
    after jsonb,
    subscriber_id bigint NOT NULL,
    run_id bigint NOT NULL,
    joined_at timestamp with time zone
);
ALTER TABLE subscribers_importchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_importchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_importrun (
    id bigint NOT NULL,
    state character varying(12) NOT NULL,
    file_name character varying(255) NOT NULL,
    file_hash character varying(64) NOT NULL,
    file_size bigint NOT NULL,
    answers jsonb NOT NULL,
    basis character varying(12) NOT NULL,
    basis_note character varying(300) NOT NULL,
    by character varying(150) NOT NULL,
    language character varying(20) NOT NULL,
    result jsonb NOT NULL,
    samples jsonb NOT NULL,
    problem text NOT NULL,
    hint text NOT NULL,
    rows_done integer NOT NULL,
    rows_total integer NOT NULL,
    attempts integer NOT NULL,
    worked_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone,
    undone_at timestamp with time zone,
    list_id bigint NOT NULL
);
ALTER TABLE subscribers_importrun ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_importrun_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_list (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    slug character varying(80) NOT NULL,
    description text NOT NULL,
    public boolean NOT NULL,
    archived_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE subscribers_list ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_list_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_listcount (
    id bigint NOT NULL,
    state character varying(12) NOT NULL,
    people bigint NOT NULL,
    list_id bigint NOT NULL
);
ALTER TABLE subscribers_listcount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_listcount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_listsuppression (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    key character varying(254) NOT NULL,
    reason character varying(12) NOT NULL,
    source character varying(12) NOT NULL,
    note character varying(300) NOT NULL,
    by character varying(150) DEFAULT ''::character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    list_id bigint NOT NULL,
    recorded_at timestamp with time zone
);
ALTER TABLE subscribers_listsuppression ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_listsuppression_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_pause (
    id bigint NOT NULL,
    issues smallint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    subscriber_id bigint NOT NULL,
    CONSTRAINT subscribers_pause_issues_check CHECK ((issues >= 0))
);
ALTER TABLE subscribers_pause ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_pause_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_pausedissue (
    id bigint NOT NULL,
    issue bigint NOT NULL,
    send bigint NOT NULL,
    pause_id bigint NOT NULL
);
ALTER TABLE subscribers_pausedissue ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_pausedissue_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_segment (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    slug character varying(80) NOT NULL,
    filter text NOT NULL,
    people integer,
    counted_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT subscribers_segment_people_check CHECK ((people >= 0))
);
ALTER TABLE subscribers_segment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_segment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_signingkey (
    id bigint NOT NULL,
    fingerprint character varying(16) NOT NULL,
    first_used_at timestamp with time zone NOT NULL
);
ALTER TABLE subscribers_signingkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_signingkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_signup (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    key character varying(254) NOT NULL,
    name character varying(200) NOT NULL,
    language character varying(35) NOT NULL,
    consent_text text NOT NULL,
    source character varying(40) NOT NULL,
    site character varying(200) NOT NULL,
    ip_hash character varying(64) NOT NULL,
    first_asked_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    round integer NOT NULL,
    mails smallint NOT NULL,
    mail character varying(10) NOT NULL,
    mailed_at timestamp with time zone,
    confirmed_at timestamp with time zone,
    welcome_due_at timestamp with time zone,
    list_id bigint NOT NULL,
    subscriber_id bigint,
    CONSTRAINT subscribers_signup_mails_check CHECK ((mails >= 0)),
    CONSTRAINT subscribers_signup_round_check CHECK ((round >= 0))
);
ALTER TABLE subscribers_signup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_signup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_signupcount (
    id bigint NOT NULL,
    day date NOT NULL,
    asked integer NOT NULL,
    confirmed integer NOT NULL,
    list_id bigint NOT NULL,
    CONSTRAINT subscribers_signupcount_asked_check CHECK ((asked >= 0)),
    CONSTRAINT subscribers_signupcount_confirmed_check CHECK ((confirmed >= 0))
);
ALTER TABLE subscribers_signupcount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_signupcount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_signupform (
    id bigint NOT NULL,
    is_open boolean NOT NULL,
    double_opt_in boolean NOT NULL,
    asks_name boolean NOT NULL,
    sends_welcome boolean NOT NULL,
    welcome_has_issue boolean NOT NULL,
    consent_texts jsonb NOT NULL,
    welcome_texts jsonb NOT NULL,
    frame_sites text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    list_id bigint NOT NULL
);
ALTER TABLE subscribers_signupform ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_signupform_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_subscriber (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    key character varying(254) NOT NULL,
    name character varying(200) NOT NULL,
    attributes jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    language character varying(35) DEFAULT ''::character varying NOT NULL
);
ALTER TABLE subscribers_subscriber ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_subscriber_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_subscription (
    id bigint NOT NULL,
    subscriber_id bigint NOT NULL,
    list_id bigint NOT NULL,
    state character varying(12) NOT NULL,
    source character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
ALTER TABLE subscribers_subscription ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_subscription_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_subscriptionchange (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    from_state character varying(12) NOT NULL,
    to_state character varying(12) NOT NULL,
    at timestamp with time zone NOT NULL,
    by character varying(150) NOT NULL,
    reason character varying(300) NOT NULL,
    detail jsonb NOT NULL,
    list_id bigint,
    subscriber_id bigint NOT NULL
);
ALTER TABLE subscribers_subscriptionchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_subscriptionchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_suppression (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    key character varying(254) NOT NULL,
    reason character varying(12) NOT NULL,
    source character varying(12) NOT NULL,
    note character varying(300) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    by character varying(150) DEFAULT ''::character varying NOT NULL,
    recorded_at timestamp with time zone
);
ALTER TABLE subscribers_suppression ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_suppression_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE subscribers_suppressionremoval (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    key character varying(254) NOT NULL,
    reason character varying(12) NOT NULL,
    source character varying(12) NOT NULL,
    note character varying(300) NOT NULL,
    suppressed_at timestamp with time zone NOT NULL,
    why character varying(300) NOT NULL,
    by character varying(150) NOT NULL,
    removed_at timestamp with time zone NOT NULL,
    list_id bigint
);
ALTER TABLE subscribers_suppressionremoval ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME subscribers_suppressionremoval_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE taggit_tag (
    id integer NOT NULL,
    name character varying(100) NOT NULL,
    slug character varying(100) NOT NULL
);
ALTER TABLE taggit_tag ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME taggit_tag_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE taggit_taggeditem (
    id integer NOT NULL,
    object_id integer NOT NULL,
    content_type_id integer NOT NULL,
    tag_id integer NOT NULL
);
ALTER TABLE taggit_taggeditem ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME taggit_taggeditem_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE throttling_counter (
    key character varying(64) NOT NULL,
    account character varying(64) NOT NULL,
    count integer NOT NULL,
    ends_at bigint NOT NULL,
    CONSTRAINT throttling_counter_count_check CHECK ((count >= 0))
);
CREATE TABLE tracking_countedclicks (
    id bigint NOT NULL,
    count integer NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    delivery_id bigint NOT NULL,
    link_id bigint NOT NULL,
    CONSTRAINT tracking_countedclicks_count_check CHECK ((count >= 0))
);
ALTER TABLE tracking_countedclicks ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME tracking_countedclicks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE tracking_countedevent (
    id bigint NOT NULL,
    key character varying(100) NOT NULL,
    kind character varying(5) NOT NULL,
    at timestamp with time zone NOT NULL,
    link character varying(32) NOT NULL,
    delivery_id bigint NOT NULL
);
ALTER TABLE tracking_countedevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME tracking_countedevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE tracking_countedlink (
    id bigint NOT NULL,
    url character varying(500) NOT NULL,
    people integer NOT NULL,
    clicks integer NOT NULL,
    send_id bigint NOT NULL,
    CONSTRAINT tracking_countedlink_clicks_check CHECK ((clicks >= 0)),
    CONSTRAINT tracking_countedlink_people_check CHECK ((people >= 0))
);
ALTER TABLE tracking_countedlink ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME tracking_countedlink_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE tracking_countedopens (
    delivery_id bigint NOT NULL,
    count integer NOT NULL,
    by_machines integer NOT NULL,
    only_machines boolean NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    send_id bigint NOT NULL,
    CONSTRAINT tracking_countedopens_by_machines_check CHECK ((by_machines >= 0)),
    CONSTRAINT tracking_countedopens_count_check CHECK ((count >= 0))
);
CREATE TABLE tracking_countedsum (
    send_id bigint NOT NULL,
    opened integer NOT NULL,
    only_machines integer NOT NULL,
    clicked integer NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT tracking_countedsum_clicked_check CHECK ((clicked >= 0)),
    CONSTRAINT tracking_countedsum_only_machines_check CHECK ((only_machines >= 0)),
    CONSTRAINT tracking_countedsum_opened_check CHECK ((opened >= 0))
);
CREATE TABLE tracking_dailyeventcount (
    id bigint NOT NULL,
    day date NOT NULL,
    sort character varying(10) NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT tracking_dailyeventcount_count_check CHECK ((count >= 0))
);
ALTER TABLE tracking_dailyeventcount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME tracking_dailyeventcount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE tracking_event (
    id bigint NOT NULL,
    key character varying(100) NOT NULL,
    delivery_id bigint NOT NULL,
    kind character varying(12) NOT NULL,
    at timestamp with time zone NOT NULL,
    reason character varying(200) NOT NULL
);
ALTER TABLE tracking_event ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME tracking_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE tracking_post (
    id bigint NOT NULL,
    provider character varying(60) NOT NULL,
    body bytea NOT NULL,
    size integer NOT NULL,
    received_at timestamp with time zone NOT NULL,
    failures integer NOT NULL,
    fault character varying(200) NOT NULL,
    not_before timestamp with time zone,
    CONSTRAINT tracking_post_failures_check CHECK ((failures >= 0)),
    CONSTRAINT tracking_post_size_check CHECK ((size >= 0))
);
ALTER TABLE tracking_post ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME tracking_post_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE tracking_providerlistrun (
    id bigint NOT NULL,
    provider character varying(60) NOT NULL,
    action character varying(4) NOT NULL,
    state character varying(7) NOT NULL,
    by character varying(150) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    taken_at timestamp with time zone,
    attempts smallint NOT NULL,
    done_at timestamp with time zone,
    result jsonb NOT NULL,
    fault text NOT NULL,
    CONSTRAINT tracking_providerlistrun_attempts_check CHECK ((attempts >= 0))
);
ALTER TABLE tracking_providerlistrun ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME tracking_providerlistrun_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE tracking_suppressionpull (
    id bigint NOT NULL,
    provider character varying(60) NOT NULL,
    not_before timestamp with time zone NOT NULL,
    read_until timestamp with time zone,
    read_at timestamp with time zone,
    new integer NOT NULL,
    fault character varying(300) NOT NULL,
    CONSTRAINT tracking_suppressionpull_new_check CHECK ((new >= 0))
);
ALTER TABLE tracking_suppressionpull ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME tracking_suppressionpull_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE tracking_unparsedevent (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    why character varying(200) NOT NULL,
    text text NOT NULL
);
ALTER TABLE tracking_unparsedevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME tracking_unparsedevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailadmin_admin (
    id integer NOT NULL
);
ALTER TABLE wagtailadmin_admin ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailadmin_admin_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailadmin_editingsession (
    id integer NOT NULL,
    object_id character varying(255) NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    content_type_id integer NOT NULL,
    user_id integer NOT NULL,
    is_editing boolean NOT NULL
);
ALTER TABLE wagtailadmin_editingsession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailadmin_editingsession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailadmin_formstate (
    id integer NOT NULL,
    data text NOT NULL,
    object_id character varying(255) NOT NULL,
    parent_object_id character varying(255) NOT NULL,
    last_updated_at timestamp with time zone NOT NULL,
    content_type_id integer NOT NULL,
    user_id integer NOT NULL
);
ALTER TABLE wagtailadmin_formstate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailadmin_formstate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_collection (
    id integer NOT NULL,
    path character varying(255) NOT NULL COLLATE pg_catalog."C",
    depth integer NOT NULL,
    numchild integer NOT NULL,
    name character varying(255) NOT NULL,
    CONSTRAINT wagtailcore_collection_depth_check CHECK ((depth >= 0)),
    CONSTRAINT wagtailcore_collection_numchild_check CHECK ((numchild >= 0))
);
ALTER TABLE wagtailcore_collection ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_collection_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_collectionviewrestriction (
    id integer NOT NULL,
    restriction_type character varying(20) NOT NULL,
    password character varying(255) NOT NULL,
    collection_id integer NOT NULL
);
CREATE TABLE wagtailcore_collectionviewrestriction_groups (
    id bigint NOT NULL,
    collectionviewrestriction_id integer NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE wagtailcore_collectionviewrestriction_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_collectionviewrestriction_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE wagtailcore_collectionviewrestriction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_collectionviewrestriction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_comment (
    id integer NOT NULL,
    text text NOT NULL,
    contentpath text NOT NULL,
    "position" text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    page_id integer NOT NULL,
    resolved_by_id integer,
    revision_created_id integer,
    user_id integer NOT NULL
);
ALTER TABLE wagtailcore_comment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_comment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_commentreply (
    id integer NOT NULL,
    text text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    comment_id integer NOT NULL,
    user_id integer NOT NULL
);
ALTER TABLE wagtailcore_commentreply ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_commentreply_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_groupapprovaltask (
    task_ptr_id integer NOT NULL
);
CREATE TABLE wagtailcore_groupapprovaltask_groups (
    id bigint NOT NULL,
    groupapprovaltask_id integer NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE wagtailcore_groupapprovaltask_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_groupapprovaltask_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_groupcollectionpermission (
    id integer NOT NULL,
    collection_id integer NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE wagtailcore_groupcollectionpermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_groupcollectionpermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_grouppagepermission (
    id integer NOT NULL,
    group_id integer NOT NULL,
    page_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE wagtailcore_grouppagepermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_grouppagepermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_groupsitepermission (
    id integer NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL,
    site_id integer NOT NULL
);
ALTER TABLE wagtailcore_groupsitepermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_groupsitepermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_locale (
    id integer NOT NULL,
    language_code character varying(100) NOT NULL
);
ALTER TABLE wagtailcore_locale ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_locale_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_modellogentry (
    id integer NOT NULL,
    label text NOT NULL,
    action character varying(255) NOT NULL,
    data jsonb NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    content_changed boolean NOT NULL,
    deleted boolean NOT NULL,
    object_id character varying(255) NOT NULL,
    content_type_id integer,
    user_id integer,
    uuid uuid,
    revision_id integer
);
ALTER TABLE wagtailcore_modellogentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_modellogentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_page (
    id integer NOT NULL,
    path character varying(255) NOT NULL COLLATE pg_catalog."C",
    depth integer NOT NULL,
    numchild integer NOT NULL,
    title character varying(255) NOT NULL,
    slug character varying(255) NOT NULL,
    live boolean NOT NULL,
    has_unpublished_changes boolean NOT NULL,
    url_path text NOT NULL,
    seo_title character varying(255) NOT NULL,
    show_in_menus boolean NOT NULL,
    search_description text NOT NULL,
    go_live_at timestamp with time zone,
    expire_at timestamp with time zone,
    expired boolean NOT NULL,
    content_type_id integer NOT NULL,
    owner_id integer,
    locked boolean NOT NULL,
    latest_revision_created_at timestamp with time zone,
    first_published_at timestamp with time zone,
    live_revision_id integer,
    last_published_at timestamp with time zone,
    draft_title character varying(255) NOT NULL,
    locked_at timestamp with time zone,
    locked_by_id integer,
    translation_key uuid NOT NULL,
    locale_id integer NOT NULL,
    alias_of_id integer,
    latest_revision_id integer,
    CONSTRAINT wagtailcore_page_depth_check CHECK ((depth >= 0)),
    CONSTRAINT wagtailcore_page_numchild_check CHECK ((numchild >= 0))
);
ALTER TABLE wagtailcore_page ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_page_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_pagelogentry (
    id integer NOT NULL,
    label text NOT NULL,
    action character varying(255) NOT NULL,
    data jsonb NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    content_changed boolean NOT NULL,
    deleted boolean NOT NULL,
    content_type_id integer,
    page_id integer NOT NULL,
    revision_id integer,
    user_id integer,
    uuid uuid
);
ALTER TABLE wagtailcore_pagelogentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_pagelogentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_revision (
    id integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    content jsonb NOT NULL,
    approved_go_live_at timestamp with time zone,
    object_id character varying(255) NOT NULL,
    user_id integer,
    content_type_id integer NOT NULL,
    base_content_type_id integer NOT NULL,
    object_str text NOT NULL
);
ALTER TABLE wagtailcore_revision ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_pagerevision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_pagesubscription (
    id integer NOT NULL,
    comment_notifications boolean NOT NULL,
    page_id integer NOT NULL,
    user_id integer NOT NULL
);
ALTER TABLE wagtailcore_pagesubscription ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_pagesubscription_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_pageviewrestriction (
    id integer NOT NULL,
    password character varying(255) NOT NULL,
    page_id integer NOT NULL,
    restriction_type character varying(20) NOT NULL
);
CREATE TABLE wagtailcore_pageviewrestriction_groups (
    id bigint NOT NULL,
    pageviewrestriction_id integer NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE wagtailcore_pageviewrestriction_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_pageviewrestriction_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE wagtailcore_pageviewrestriction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_pageviewrestriction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_referenceindex (
    id integer NOT NULL,
    object_id character varying(255) NOT NULL,
    to_object_id character varying(255) NOT NULL,
    model_path text NOT NULL,
    content_path text NOT NULL,
    content_path_hash uuid NOT NULL,
    base_content_type_id integer NOT NULL,
    content_type_id integer NOT NULL,
    to_content_type_id integer NOT NULL
);
ALTER TABLE wagtailcore_referenceindex ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_referenceindex_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_site (
    id integer NOT NULL,
    hostname character varying(255) NOT NULL,
    port integer NOT NULL,
    is_default_site boolean NOT NULL,
    root_page_id integer NOT NULL,
    site_name character varying(255) NOT NULL
);
ALTER TABLE wagtailcore_site ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_site_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_task (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    active boolean NOT NULL,
    content_type_id integer NOT NULL
);
ALTER TABLE wagtailcore_task ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_task_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_taskstate (
    id integer NOT NULL,
    status character varying(50) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    content_type_id integer NOT NULL,
    revision_id integer NOT NULL,
    task_id integer NOT NULL,
    workflow_state_id integer NOT NULL,
    finished_by_id integer,
    comment text NOT NULL
);
ALTER TABLE wagtailcore_taskstate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_taskstate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_uploadedfile (
    id integer NOT NULL,
    file character varying(200) NOT NULL,
    for_content_type_id integer,
    uploaded_by_user_id integer
);
ALTER TABLE wagtailcore_uploadedfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_uploadedfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_workflow (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    active boolean NOT NULL
);
ALTER TABLE wagtailcore_workflow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_workflow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_workflowcontenttype (
    content_type_id integer NOT NULL,
    workflow_id integer NOT NULL
);
CREATE TABLE wagtailcore_workflowpage (
    page_id integer NOT NULL,
    workflow_id integer NOT NULL
);
CREATE TABLE wagtailcore_workflowstate (
    id integer NOT NULL,
    status character varying(50) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    current_task_state_id integer,
    object_id character varying(255) NOT NULL,
    requested_by_id integer,
    workflow_id integer NOT NULL,
    content_type_id integer NOT NULL,
    base_content_type_id integer NOT NULL
);
ALTER TABLE wagtailcore_workflowstate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_workflowstate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_workflowtask (
    id integer NOT NULL,
    sort_order integer,
    task_id integer NOT NULL,
    workflow_id integer NOT NULL
);
ALTER TABLE wagtailcore_workflowtask ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_workflowtask_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailimages_image (
    id integer NOT NULL,
    title character varying(255) NOT NULL,
    file character varying(100) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    focal_point_x integer,
    focal_point_y integer,
    focal_point_width integer,
    focal_point_height integer,
    uploaded_by_user_id integer,
    file_size integer,
    collection_id integer NOT NULL,
    file_hash character varying(40) NOT NULL,
    description character varying(255) NOT NULL,
    CONSTRAINT wagtailimages_image_file_size_check CHECK ((file_size >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_height_check CHECK ((focal_point_height >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_width_check CHECK ((focal_point_width >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_x_check CHECK ((focal_point_x >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_y_check CHECK ((focal_point_y >= 0))
);
ALTER TABLE wagtailimages_image ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailimages_image_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailimages_rendition (
    id integer NOT NULL,
    file character varying(100) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    focal_point_key character varying(16) NOT NULL,
    filter_spec character varying(255) NOT NULL,
    image_id integer NOT NULL
);
ALTER TABLE wagtailimages_rendition ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailimages_rendition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailsearch_indexentry (
    id integer NOT NULL,
    object_id character varying(50) NOT NULL,
    title_norm double precision NOT NULL,
    content_type_id integer NOT NULL,
    autocomplete tsvector NOT NULL,
    title tsvector NOT NULL,
    body tsvector NOT NULL,
    title_text text NOT NULL,
    body_text text NOT NULL
);
ALTER TABLE wagtailsearch_indexentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailsearch_indexentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailusers_userprofile (
    id integer NOT NULL,
    submitted_notifications boolean NOT NULL,
    approved_notifications boolean NOT NULL,
    rejected_notifications boolean NOT NULL,
    user_id integer NOT NULL,
    preferred_language character varying(10) NOT NULL,
    current_time_zone character varying(40) NOT NULL,
    avatar character varying(100) NOT NULL,
    updated_comments_notifications boolean NOT NULL,
    dismissibles jsonb NOT NULL,
    theme character varying(40) NOT NULL,
    density character varying(40) NOT NULL,
    contrast character varying(40) NOT NULL,
    keyboard_shortcuts boolean NOT NULL
);
ALTER TABLE wagtailusers_userprofile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailusers_userprofile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ONLY procrastinate_events ALTER COLUMN id SET DEFAULT nextval('procrastinate_events_id_seq'::regclass);
ALTER TABLE ONLY procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('procrastinate_jobs_id_seq'::regclass);
ALTER TABLE ONLY procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('procrastinate_periodic_defers_id_seq'::regclass);
INSERT INTO "auth_group" VALUES
('1', 'Moderators'),
('2', 'Editors');
INSERT INTO "auth_group_permissions" VALUES
('1', '1', '1'),
('10', '2', '5'),
('2', '1', '2'),
('3', '1', '3'),
('4', '2', '1'),
('5', '2', '2'),
('7', '1', '4'),
('8', '2', '4'),
('9', '1', '5');
INSERT INTO "auth_permission" VALUES
('1', 'Can add image', '2', 'add_image'),
('10', 'Can add site', '6', 'add_site'),
('100', 'Can delete comment reply', '25', 'delete_commentreply'),
('101', 'Can view comment reply', '25', 'view_commentreply'),
('102', 'Can add page subscription', '26', 'add_pagesubscription'),
('103', 'Can change page subscription', '26', 'change_pagesubscription'),
('104', 'Can delete page subscription', '26', 'delete_pagesubscription'),
('105', 'Can view page subscription', '26', 'view_pagesubscription'),
('106', 'Can add reference index', '27', 'add_referenceindex'),
('107', 'Can change reference index', '27', 'change_referenceindex'),
('108', 'Can delete reference index', '27', 'delete_referenceindex'),
('109', 'Can view reference index', '27', 'view_referenceindex'),
('11', 'Can change site', '6', 'change_site'),
('110', 'Can add desk session', '28', 'add_desksession'),
('111', 'Can change desk session', '28', 'change_desksession'),
('112', 'Can delete desk session', '28', 'delete_desksession'),
('113', 'Can view desk session', '28', 'view_desksession'),
('114', 'Can add hidden steps', '29', 'add_hiddensteps'),
('115', 'Can change hidden steps', '29', 'change_hiddensteps'),
('116', 'Can delete hidden steps', '29', 'delete_hiddensteps'),
('117', 'Can view hidden steps', '29', 'view_hiddensteps'),
('118', 'Can add issue words', '30', 'add_issuewords'),
('119', 'Can change issue words', '30', 'change_issuewords'),
('12', 'Can delete site', '6', 'delete_site'),
('120', 'Can delete issue words', '30', 'delete_issuewords'),
('121', 'Can view issue words', '30', 'view_issuewords'),
('122', 'Can add alarm', '31', 'add_alarm'),
('123', 'Can change alarm', '31', 'change_alarm'),
('124', 'Can delete alarm', '31', 'delete_alarm'),
('125', 'Can view alarm', '31', 'view_alarm'),
('126', 'Can add alarm message', '32', 'add_alarmmessage'),
('127', 'Can change alarm message', '32', 'change_alarmmessage'),
('128', 'Can delete alarm message', '32', 'delete_alarmmessage'),
('129', 'Can view alarm message', '32', 'view_alarmmessage'),
('13', 'Can view site', '6', 'view_site'),
('130', 'Can add publication', '33', 'add_publication'),
('131', 'Can change publication', '33', 'change_publication'),
('132', 'Can delete publication', '33', 'delete_publication'),
('133', 'Can view publication', '33', 'view_publication'),
('134', 'Can add archive', '34', 'add_archivepage'),
('135', 'Can change archive', '34', 'change_archivepage'),
('136', 'Can delete archive', '34', 'delete_archivepage'),
('137', 'Can view archive', '34', 'view_archivepage'),
('138', 'Can add issue', '35', 'add_issue'),
('139', 'Can change issue', '35', 'change_issue'),
('14', 'Can add group site permission', '7', 'add_groupsitepermission'),
('140', 'Can delete issue', '35', 'delete_issue'),
('141', 'Can view issue', '35', 'view_issue'),
('142', 'Can queue an issue for sending', '35', 'queue_issue'),
('143', 'Can approve an issue', '35', 'approve_issue'),
('144', 'Can add acceptance', '36', 'add_acceptance'),
('145', 'Can change acceptance', '36', 'change_acceptance'),
('146', 'Can delete acceptance', '36', 'delete_acceptance'),
('147', 'Can view acceptance', '36', 'view_acceptance'),
('148', 'Can add link answer', '37', 'add_linkanswer'),
('149', 'Can change link answer', '37', 'change_linkanswer'),
('15', 'Can change group site permission', '7', 'change_groupsitepermission'),
('150', 'Can delete link answer', '37', 'delete_linkanswer'),
('151', 'Can view link answer', '37', 'view_linkanswer'),
('152', 'Can add web entry', '38', 'add_webentry'),
('153', 'Can change web entry', '38', 'change_webentry'),
('154', 'Can delete web entry', '38', 'delete_webentry'),
('155', 'Can view web entry', '38', 'view_webentry'),
('156', 'Can add slot', '39', 'add_slot'),
('157', 'Can change slot', '39', 'change_slot'),
('158', 'Can delete slot', '39', 'delete_slot'),
('159', 'Can view slot', '39', 'view_slot'),
('16', 'Can delete group site permission', '7', 'delete_groupsitepermission'),
('160', 'Can add clock reading', '40', 'add_clockreading'),
('161', 'Can change clock reading', '40', 'change_clockreading'),
('162', 'Can delete clock reading', '40', 'delete_clockreading'),
('163', 'Can view clock reading', '40', 'view_clockreading'),
('164', 'Can add calendar feed', '41', 'add_calendarfeed'),
('165', 'Can change calendar feed', '41', 'change_calendarfeed'),
('166', 'Can delete calendar feed', '41', 'delete_calendarfeed'),
('167', 'Can view calendar feed', '41', 'view_calendarfeed'),
('168', 'Can add notice', '42', 'add_notice'),
('169', 'Can change notice', '42', 'change_notice'),
('17', 'Can view group site permission', '7', 'view_groupsitepermission'),
('170', 'Can delete notice', '42', 'delete_notice'),
('171', 'Can view notice', '42', 'view_notice'),
('172', 'Can add reminder choice', '43', 'add_reminderchoice'),
('173', 'Can change reminder choice', '43', 'change_reminderchoice'),
('174', 'Can delete reminder choice', '43', 'delete_reminderchoice'),
('175', 'Can view reminder choice', '43', 'view_reminderchoice'),
('176', 'Can add edition', '44', 'add_edition'),
('177', 'Can change edition', '44', 'change_edition'),
('178', 'Can delete edition', '44', 'delete_edition'),
('179', 'Can view edition', '44', 'view_edition'),
('18', 'Can add model log entry', '8', 'add_modellogentry'),
('180', 'Can add send', '45', 'add_send'),
('181', 'Can change send', '45', 'change_send'),
('182', 'Can delete send', '45', 'delete_send'),
('183', 'Can view send', '45', 'view_send'),
('184', 'Can add batch', '46', 'add_batch'),
('185', 'Can change batch', '46', 'change_batch'),
('186', 'Can delete batch', '46', 'delete_batch'),
('187', 'Can view batch', '46', 'view_batch'),
('188', 'Can add provider batch', '47', 'add_providerbatch'),
('189', 'Can change provider batch', '47', 'change_providerbatch'),
('19', 'Can change model log entry', '8', 'change_modellogentry'),
('190', 'Can delete provider batch', '47', 'delete_providerbatch'),
('191', 'Can view provider batch', '47', 'view_providerbatch'),
('192', 'Can add attempt', '48', 'add_attempt'),
('193', 'Can change attempt', '48', 'change_attempt'),
('194', 'Can delete attempt', '48', 'delete_attempt'),
('195', 'Can view attempt', '48', 'view_attempt'),
('196', 'Can add evidence', '49', 'add_evidence'),
('197', 'Can change evidence', '49', 'change_evidence'),
('198', 'Can delete evidence', '49', 'delete_evidence'),
('199', 'Can view evidence', '49', 'view_evidence'),
('2', 'Can change image', '2', 'change_image'),
('20', 'Can delete model log entry', '8', 'delete_modellogentry'),
('200', 'Can add delivery', '50', 'add_delivery'),
('201', 'Can change delivery', '50', 'change_delivery'),
('202', 'Can delete delivery', '50', 'delete_delivery'),
('203', 'Can view delivery', '50', 'view_delivery'),
('204', 'Can add late leaver', '51', 'add_lateleaver'),
('205', 'Can change late leaver', '51', 'change_lateleaver'),
('206', 'Can delete late leaver', '51', 'delete_lateleaver'),
('207', 'Can view late leaver', '51', 'view_lateleaver'),
('208', 'Can add exclusion', '52', 'add_exclusion'),
('209', 'Can change exclusion', '52', 'change_exclusion'),
('21', 'Can view model log entry', '8', 'view_modellogentry'),
('210', 'Can delete exclusion', '52', 'delete_exclusion'),
('211', 'Can view exclusion', '52', 'view_exclusion'),
('212', 'Can add audit entry', '53', 'add_auditentry'),
('213', 'Can change audit entry', '53', 'change_auditentry'),
('214', 'Can delete audit entry', '53', 'delete_auditentry'),
('215', 'Can view audit entry', '53', 'view_auditentry'),
('216', 'Can add rate', '54', 'add_rate'),
('217', 'Can change rate', '54', 'change_rate'),
('218', 'Can delete rate', '54', 'delete_rate'),
('219', 'Can view rate', '54', 'view_rate'),
('22', 'Can add revision', '9', 'add_revision'),
('220', 'Can add dry run', '55', 'add_dryrun'),
('221', 'Can change dry run', '55', 'change_dryrun'),
('222', 'Can delete dry run', '55', 'delete_dryrun'),
('223', 'Can view dry run', '55', 'view_dryrun'),
('224', 'Can add database identity', '56', 'add_databaseidentity'),
('225', 'Can change database identity', '56', 'change_databaseidentity'),
('226', 'Can delete database identity', '56', 'delete_databaseidentity'),
('227', 'Can view database identity', '56', 'view_databaseidentity'),
('228', 'Can add submitter', '57', 'add_submitter'),
('229', 'Can change submitter', '57', 'change_submitter'),
('23', 'Can change revision', '9', 'change_revision'),
('230', 'Can delete submitter', '57', 'delete_submitter'),
('231', 'Can view submitter', '57', 'view_submitter'),
('232', 'Can add missing attempt', '58', 'add_missingattempt'),
('233', 'Can change missing attempt', '58', 'change_missingattempt'),
('234', 'Can delete missing attempt', '58', 'delete_missingattempt'),
('235', 'Can view missing attempt', '58', 'view_missingattempt'),
('236', 'Can add already mailed', '59', 'add_alreadymailed'),
('237', 'Can change already mailed', '59', 'change_alreadymailed'),
('238', 'Can delete already mailed', '59', 'delete_alreadymailed'),
('239', 'Can view already mailed', '59', 'view_alreadymailed'),
('24', 'Can delete revision', '9', 'delete_revision'),
('240', 'Can add request for approval', '60', 'add_approvalrequest'),
('241', 'Can change request for approval', '60', 'change_approvalrequest'),
('242', 'Can delete request for approval', '60', 'delete_approvalrequest'),
('243', 'Can view request for approval', '60', 'view_approvalrequest'),
('244', 'Can add counter', '61', 'add_counter'),
('245', 'Can change counter', '61', 'change_counter'),
('246', 'Can delete counter', '61', 'delete_counter'),
('247', 'Can view counter', '61', 'view_counter'),
('248', 'Can add post', '62', 'add_post'),
('249', 'Can change post', '62', 'change_post'),
('25', 'Can view revision', '9', 'view_revision'),
('250', 'Can delete post', '62', 'delete_post'),
('251', 'Can view post', '62', 'view_post'),
('252', 'Can add event', '63', 'add_event'),
('253', 'Can change event', '63', 'change_event'),
('254', 'Can delete event', '63', 'delete_event'),
('255', 'Can view event', '63', 'view_event'),
('256', 'Can add unparsed event', '64', 'add_unparsedevent'),
('257', 'Can change unparsed event', '64', 'change_unparsedevent'),
('258', 'Can delete unparsed event', '64', 'delete_unparsedevent'),
('259', 'Can view unparsed event', '64', 'view_unparsedevent'),
('26', 'Can add collection view restriction', '10', 'add_collectionviewrestriction'),
('260', 'Can add daily event count', '65', 'add_dailyeventcount'),
('261', 'Can change daily event count', '65', 'change_dailyeventcount'),
('262', 'Can delete daily event count', '65', 'delete_dailyeventcount'),
('263', 'Can view daily event count', '65', 'view_dailyeventcount'),
('264', 'Can add suppression pull', '66', 'add_suppressionpull'),
('265', 'Can change suppression pull', '66', 'change_suppressionpull'),
('266', 'Can delete suppression pull', '66', 'delete_suppressionpull'),
('267', 'Can view suppression pull', '66', 'view_suppressionpull'),
('268', 'Can add counted sum', '67', 'add_countedsum'),
('269', 'Can change counted sum', '67', 'change_countedsum'),
('27', 'Can change collection view restriction', '10', 'change_collectionviewrestriction'),
('270', 'Can delete counted sum', '67', 'delete_countedsum'),
('271', 'Can view counted sum', '67', 'view_countedsum'),
('272', 'Can add counted link', '68', 'add_countedlink'),
('273', 'Can change counted link', '68', 'change_countedlink'),
('274', 'Can delete counted link', '68', 'delete_countedlink'),
('275', 'Can view counted link', '68', 'view_countedlink'),
('276', 'Can add counted clicks', '69', 'add_countedclicks'),
('277', 'Can change counted clicks', '69', 'change_countedclicks'),
('278', 'Can delete counted clicks', '69', 'delete_countedclicks'),
('279', 'Can view counted clicks', '69', 'view_countedclicks'),
('28', 'Can delete collection view restriction', '10', 'delete_collectionviewrestriction'),
('280', 'Can add counted opens', '70', 'add_countedopens'),
('281', 'Can change counted opens', '70', 'change_countedopens'),
('282', 'Can delete counted opens', '70', 'delete_countedopens'),
('283', 'Can view counted opens', '70', 'view_countedopens'),
('284', 'Can add counted event', '71', 'add_countedevent'),
('285', 'Can change counted event', '71', 'change_countedevent'),
('286', 'Can delete counted event', '71', 'delete_countedevent'),
('287', 'Can view counted event', '71', 'view_countedevent'),
('288', 'Can add provider list run', '72', 'add_providerlistrun'),
('289', 'Can change provider list run', '72', 'change_providerlistrun'),
('29', 'Can view collection view restriction', '10', 'view_collectionviewrestriction'),
('290', 'Can delete provider list run', '72', 'delete_providerlistrun'),
('291', 'Can view provider list run', '72', 'view_providerlistrun'),
('292', 'Can add subscriber', '73', 'add_subscriber'),
('293', 'Can change subscriber', '73', 'change_subscriber'),
('294', 'Can delete subscriber', '73', 'delete_subscriber'),
('295', 'Can view subscriber', '73', 'view_subscriber'),
('296', 'Can add list', '74', 'add_list'),
('297', 'Can change list', '74', 'change_list'),
('298', 'Can delete list', '74', 'delete_list'),
('299', 'Can view list', '74', 'view_list'),
('3', 'Can delete image', '2', 'delete_image'),
('30', 'Can add collection', '11', 'add_collection'),
('300', 'Can add subscription', '75', 'add_subscription'),
('301', 'Can change subscription', '75', 'change_subscription'),
('302', 'Can delete subscription', '75', 'delete_subscription'),
('303', 'Can view subscription', '75', 'view_subscription'),
('304', 'Can add suppression', '76', 'add_suppression'),
('305', 'Can change suppression', '76', 'change_suppression'),
('306', 'Can delete suppression', '76', 'delete_suppression'),
('307', 'Can view suppression', '76', 'view_suppression'),
('308', 'Can add suppression removal', '77', 'add_suppressionremoval'),
('309', 'Can change suppression removal', '77', 'change_suppressionremoval'),
('31', 'Can change collection', '11', 'change_collection'),
('310', 'Can delete suppression removal', '77', 'delete_suppressionremoval'),
('311', 'Can view suppression removal', '77', 'view_suppressionremoval'),
('312', 'Can add signing key', '78', 'add_signingkey'),
('313', 'Can change signing key', '78', 'change_signingkey'),
('314', 'Can delete signing key', '78', 'delete_signingkey'),
('315', 'Can view signing key', '78', 'view_signingkey'),
('316', 'Can add sign-up form', '79', 'add_signupform'),
('317', 'Can change sign-up form', '79', 'change_signupform'),
('318', 'Can delete sign-up form', '79', 'delete_signupform'),
('319', 'Can view sign-up form', '79', 'view_signupform'),
('32', 'Can delete collection', '11', 'delete_collection'),
('320', 'Can add consent', '80', 'add_consent'),
('321', 'Can change consent', '80', 'change_consent'),
('322', 'Can delete consent', '80', 'delete_consent'),
('323', 'Can view consent', '80', 'view_consent'),
('324', 'Can add sign up', '81', 'add_signup'),
('325', 'Can change sign up', '81', 'change_signup'),
('326', 'Can delete sign up', '81', 'delete_signup'),
('327', 'Can view sign up', '81', 'view_signup'),
('328', 'Can add sign up count', '82', 'add_signupcount'),
('329', 'Can change sign up count', '82', 'change_signupcount'),
('33', 'Can view collection', '11', 'view_collection'),
('330', 'Can delete sign up count', '82', 'delete_signupcount'),
('331', 'Can view sign up count', '82', 'view_signupcount'),
('332', 'Can add subscription change', '83', 'add_subscriptionchange'),
('333', 'Can change subscription change', '83', 'change_subscriptionchange'),
('334', 'Can delete subscription change', '83', 'delete_subscriptionchange'),
('335', 'Can view subscription change', '83', 'view_subscriptionchange'),
('336', 'Can add cleaning', '84', 'add_cleaning'),
('337', 'Can change cleaning', '84', 'change_cleaning'),
('338', 'Can delete cleaning', '84', 'delete_cleaning'),
('339', 'Can view cleaning', '84', 'view_cleaning'),
('34', 'Can add group collection permission', '12', 'add_groupcollectionpermission'),
('340', 'Can add erased address', '85', 'add_erasedaddress'),
('341', 'Can change erased address', '85', 'change_erasedaddress'),
('342', 'Can delete erased address', '85', 'delete_erasedaddress'),
('343', 'Can view erased address', '85', 'view_erasedaddress'),
('344', 'Can add address change', '86', 'add_addresschange'),
('345', 'Can change address change', '86', 'change_addresschange'),
('346', 'Can delete address change', '86', 'delete_addresschange'),
('347', 'Can view address change', '86', 'view_addresschange'),
('348', 'Can add pause', '87', 'add_pause'),
('349', 'Can change pause', '87', 'change_pause'),
('35', 'Can change group collection permission', '12', 'change_groupcollectionpermission'),
('350', 'Can delete pause', '87', 'delete_pause'),
('351', 'Can view pause', '87', 'view_pause'),
('352', 'Can add paused issue', '88', 'add_pausedissue'),
('353', 'Can change paused issue', '88', 'change_pausedissue'),
('354', 'Can delete paused issue', '88', 'delete_pausedissue'),
('355', 'Can view paused issue', '88', 'view_pausedissue'),
('356', 'Can add import', '89', 'add_importrun'),
('357', 'Can change import', '89', 'change_importrun'),
('358', 'Can delete import', '89', 'delete_importrun'),
('359', 'Can view import', '89', 'view_importrun'),
('36', 'Can delete group collection permission', '12', 'delete_groupcollectionpermission'),
('360', 'Can add column mapping', '90', 'add_columnmapping'),
('361', 'Can change column mapping', '90', 'change_columnmapping'),
('362', 'Can delete column mapping', '90', 'delete_columnmapping'),
('363', 'Can view column mapping', '90', 'view_columnmapping'),
('364', 'Can add import change', '91', 'add_importchange'),
('365', 'Can change import change', '91', 'change_importchange'),
('366', 'Can delete import change', '91', 'delete_importchange'),
('367', 'Can view import change', '91', 'view_importchange'),
('368', 'Can add segment', '92', 'add_segment'),
('369', 'Can change segment', '92', 'change_segment'),
('37', 'Can view group collection permission', '12', 'view_groupcollectionpermission'),
('370', 'Can delete segment', '92', 'delete_segment'),
('371', 'Can view segment', '92', 'view_segment'),
('372', 'Can add suppression for one list', '93', 'add_listsuppression'),
('373', 'Can change suppression for one list', '93', 'change_listsuppression'),
('374', 'Can delete suppression for one list', '93', 'delete_listsuppression'),
('375', 'Can view suppression for one list', '93', 'view_listsuppression'),
('376', 'Can add list count', '94', 'add_listcount'),
('377', 'Can change list count', '94', 'change_listcount'),
('378', 'Can delete list count', '94', 'delete_listcount'),
('379', 'Can view list count', '94', 'view_listcount'),
('38', 'Can add uploaded file', '13', 'add_uploadedfile'),
('380', 'Can add bulk action', '95', 'add_bulkrun'),
('381', 'Can change bulk action', '95', 'change_bulkrun'),
('382', 'Can delete bulk action', '95', 'delete_bulkrun'),
('383', 'Can view bulk action', '95', 'view_bulkrun'),
('384', 'Can add bulk change', '96', 'add_bulkchange'),
('385', 'Can change bulk change', '96', 'change_bulkchange'),
('386', 'Can delete bulk change', '96', 'delete_bulkchange'),
('387', 'Can view bulk change', '96', 'view_bulkchange'),
('388', 'Can add counting refusal', '97', 'add_countingrefusal'),
('389', 'Can change counting refusal', '97', 'change_countingrefusal'),
('39', 'Can change uploaded file', '13', 'change_uploadedfile'),
('390', 'Can delete counting refusal', '97', 'delete_countingrefusal'),
('391', 'Can view counting refusal', '97', 'view_countingrefusal'),
('392', 'Can view image', '2', 'view_image'),
('393', 'Can add rendition', '98', 'add_rendition'),
('394', 'Can change rendition', '98', 'change_rendition'),
('395', 'Can delete rendition', '98', 'delete_rendition'),
('396', 'Can view rendition', '98', 'view_rendition'),
('397', 'Can add user profile', '99', 'add_userprofile'),
('398', 'Can change user profile', '99', 'change_userprofile'),
('399', 'Can delete user profile', '99', 'delete_userprofile'),
('4', 'Can access Wagtail admin', '3', 'access_admin'),
('40', 'Can delete uploaded file', '13', 'delete_uploadedfile'),
('400', 'Can view user profile', '99', 'view_userprofile'),
('401', 'Can add editing session', '100', 'add_editingsession'),
('402', 'Can change editing session', '100', 'change_editingsession'),
('403', 'Can delete editing session', '100', 'delete_editingsession'),
('404', 'Can view editing session', '100', 'view_editingsession'),
('405', 'Can add form state', '101', 'add_formstate'),
('406', 'Can change form state', '101', 'change_formstate'),
('407', 'Can delete form state', '101', 'delete_formstate'),
('408', 'Can view form state', '101', 'view_formstate'),
('409', 'Can add index entry', '102', 'add_indexentry'),
('41', 'Can view uploaded file', '13', 'view_uploadedfile'),
('410', 'Can change index entry', '102', 'change_indexentry'),
('411', 'Can delete index entry', '102', 'delete_indexentry'),
('412', 'Can view index entry', '102', 'view_indexentry'),
('413', 'Can add tag', '103', 'add_tag'),
('414', 'Can change tag', '103', 'change_tag'),
('415', 'Can delete tag', '103', 'delete_tag'),
('416', 'Can view tag', '103', 'view_tag'),
('417', 'Can add tagged item', '104', 'add_taggeditem'),
('418', 'Can change tagged item', '104', 'change_taggeditem'),
('419', 'Can delete tagged item', '104', 'delete_taggeditem'),
('42', 'Can add workflow content type', '14', 'add_workflowcontenttype'),
('420', 'Can view tagged item', '104', 'view_taggeditem'),
('421', 'Can add permission', '105', 'add_permission'),
('422', 'Can change permission', '105', 'change_permission'),
('423', 'Can delete permission', '105', 'delete_permission'),
('424', 'Can view permission', '105', 'view_permission'),
('425', 'Can add group', '106', 'add_group'),
('426', 'Can change group', '106', 'change_group'),
('427', 'Can delete group', '106', 'delete_group'),
('428', 'Can view group', '106', 'view_group'),
('429', 'Can add user', '107', 'add_user'),
('43', 'Can change workflow content type', '14', 'change_workflowcontenttype'),
('430', 'Can change user', '107', 'change_user'),
('431', 'Can delete user', '107', 'delete_user'),
('432', 'Can view user', '107', 'view_user'),
('433', 'Can add content type', '108', 'add_contenttype'),
('434', 'Can change content type', '108', 'change_contenttype'),
('435', 'Can delete content type', '108', 'delete_contenttype'),
('436', 'Can view content type', '108', 'view_contenttype'),
('437', 'Can add session', '109', 'add_session'),
('438', 'Can change session', '109', 'change_session'),
('439', 'Can delete session', '109', 'delete_session'),
('44', 'Can delete workflow content type', '14', 'delete_workflowcontenttype'),
('440', 'Can view session', '109', 'view_session'),
('441', 'Can add static device', '110', 'add_staticdevice'),
('442', 'Can change static device', '110', 'change_staticdevice'),
('443', 'Can delete static device', '110', 'delete_staticdevice'),
('444', 'Can view static device', '110', 'view_staticdevice'),
('445', 'Can add static token', '111', 'add_statictoken'),
('446', 'Can change static token', '111', 'change_statictoken'),
('447', 'Can delete static token', '111', 'delete_statictoken'),
('448', 'Can view static token', '111', 'view_statictoken'),
('449', 'Can add TOTP device', '112', 'add_totpdevice'),
('45', 'Can view workflow content type', '14', 'view_workflowcontenttype'),
('450', 'Can change TOTP device', '112', 'change_totpdevice'),
('451', 'Can delete TOTP device', '112', 'delete_totpdevice'),
('452', 'Can view TOTP device', '112', 'view_totpdevice'),
('453', 'Can add procrastinate event', '113', 'add_procrastinateevent'),
('454', 'Can change procrastinate event', '113', 'change_procrastinateevent'),
('455', 'Can delete procrastinate event', '113', 'delete_procrastinateevent'),
('456', 'Can view procrastinate event', '113', 'view_procrastinateevent'),
('457', 'Can add procrastinate job', '114', 'add_procrastinatejob'),
('458', 'Can change procrastinate job', '114', 'change_procrastinatejob'),
('459', 'Can delete procrastinate job', '114', 'delete_procrastinatejob'),
('46', 'Can add Workflow state', '15', 'add_workflowstate'),
('460', 'Can view procrastinate job', '114', 'view_procrastinatejob'),
('461', 'Can add procrastinate periodic defer', '115', 'add_procrastinateperiodicdefer'),
('462', 'Can change procrastinate periodic defer', '115', 'change_procrastinateperiodicdefer'),
('463', 'Can delete procrastinate periodic defer', '115', 'delete_procrastinateperiodicdefer'),
('464', 'Can view procrastinate periodic defer', '115', 'view_procrastinateperiodicdefer'),
('465', 'Can add procrastinate worker', '116', 'add_procrastinateworker'),
('466', 'Can change procrastinate worker', '116', 'change_procrastinateworker'),
('467', 'Can delete procrastinate worker', '116', 'delete_procrastinateworker'),
('468', 'Can view procrastinate worker', '116', 'view_procrastinateworker'),
('47', 'Can change Workflow state', '15', 'change_workflowstate'),
('48', 'Can delete Workflow state', '15', 'delete_workflowstate'),
('49', 'Can view Workflow state', '15', 'view_workflowstate'),
('5', 'Can choose image', '2', 'choose_image'),
('50', 'Can add workflow', '16', 'add_workflow'),
('51', 'Can change workflow', '16', 'change_workflow'),
('52', 'Can delete workflow', '16', 'delete_workflow'),
('53', 'Can view workflow', '16', 'view_workflow'),
('54', 'Can add workflow task order', '17', 'add_workflowtask'),
('55', 'Can change workflow task order', '17', 'change_workflowtask'),
('56', 'Can delete workflow task order', '17', 'delete_workflowtask'),
('57', 'Can view workflow task order', '17', 'view_workflowtask'),
('58', 'Can add task', '18', 'add_task'),
('59', 'Can change task', '18', 'change_task'),
('6', 'Can add locale', '5', 'add_locale'),
('60', 'Can delete task', '18', 'delete_task'),
('61', 'Can view task', '18', 'view_task'),
('62', 'Can add Group approval task', '4', 'add_groupapprovaltask'),
('63', 'Can change Group approval task', '4', 'change_groupapprovaltask'),
('64', 'Can delete Group approval task', '4', 'delete_groupapprovaltask'),
('65', 'Can view Group approval task', '4', 'view_groupapprovaltask'),
('66', 'Can add Task state', '19', 'add_taskstate'),
('67', 'Can change Task state', '19', 'change_taskstate'),
('68', 'Can delete Task state', '19', 'delete_taskstate'),
('69', 'Can view Task state', '19', 'view_taskstate'),
('7', 'Can change locale', '5', 'change_locale'),
('70', 'Can add page', '1', 'add_page'),
('71', 'Can change page', '1', 'change_page'),
('72', 'Can delete page', '1', 'delete_page'),
('73', 'Can view page', '1', 'view_page'),
('74', 'Delete pages with children', '1', 'bulk_delete_page'),
('75', 'Lock/unlock pages you''ve locked', '1', 'lock_page'),
('76', 'Publish any page', '1', 'publish_page'),
('77', 'Unlock any page', '1', 'unlock_page'),
('78', 'Can add group page permission', '20', 'add_grouppagepermission'),
('79', 'Can change group page permission', '20', 'change_grouppagepermission'),
('8', 'Can delete locale', '5', 'delete_locale'),
('80', 'Can delete group page permission', '20', 'delete_grouppagepermission'),
('81', 'Can view group page permission', '20', 'view_grouppagepermission'),
('82', 'Can add page view restriction', '21', 'add_pageviewrestriction'),
('83', 'Can change page view restriction', '21', 'change_pageviewrestriction'),
('84', 'Can delete page view restriction', '21', 'delete_pageviewrestriction'),
('85', 'Can view page view restriction', '21', 'view_pageviewrestriction'),
('86', 'Can add workflow page', '22', 'add_workflowpage'),
('87', 'Can change workflow page', '22', 'change_workflowpage'),
('88', 'Can delete workflow page', '22', 'delete_workflowpage'),
('89', 'Can view workflow page', '22', 'view_workflowpage'),
('9', 'Can view locale', '5', 'view_locale'),
('90', 'Can add page log entry', '23', 'add_pagelogentry'),
('91', 'Can change page log entry', '23', 'change_pagelogentry'),
('92', 'Can delete page log entry', '23', 'delete_pagelogentry'),
('93', 'Can view page log entry', '23', 'view_pagelogentry'),
('94', 'Can add comment', '24', 'add_comment'),
('95', 'Can change comment', '24', 'change_comment'),
('96', 'Can delete comment', '24', 'delete_comment'),
('97', 'Can view comment', '24', 'view_comment'),
('98', 'Can add comment reply', '25', 'add_commentreply'),
('99', 'Can change comment reply', '25', 'change_commentreply');
INSERT INTO "django_content_type" VALUES
('1', 'wagtailcore', 'page'),
('10', 'wagtailcore', 'collectionviewrestriction'),
('100', 'wagtailadmin', 'editingsession'),
('101', 'wagtailadmin', 'formstate'),
('102', 'wagtailsearch', 'indexentry'),
('103', 'taggit', 'tag'),
('104', 'taggit', 'taggeditem'),
('105', 'auth', 'permission'),
('106', 'auth', 'group'),
('107', 'auth', 'user'),
('108', 'contenttypes', 'contenttype'),
('109', 'sessions', 'session'),
('11', 'wagtailcore', 'collection'),
('110', 'otp_static', 'staticdevice'),
('111', 'otp_static', 'statictoken'),
('112', 'otp_totp', 'totpdevice'),
('113', 'procrastinate', 'procrastinateevent'),
('114', 'procrastinate', 'procrastinatejob'),
('115', 'procrastinate', 'procrastinateperiodicdefer'),
('116', 'procrastinate', 'procrastinateworker'),
('12', 'wagtailcore', 'groupcollectionpermission'),
('13', 'wagtailcore', 'uploadedfile'),
('14', 'wagtailcore', 'workflowcontenttype'),
('15', 'wagtailcore', 'workflowstate'),
('16', 'wagtailcore', 'workflow'),
('17', 'wagtailcore', 'workflowtask'),
('18', 'wagtailcore', 'task'),
('19', 'wagtailcore', 'taskstate'),
('2', 'wagtailimages', 'image'),
('20', 'wagtailcore', 'grouppagepermission'),
('21', 'wagtailcore', 'pageviewrestriction'),
('22', 'wagtailcore', 'workflowpage'),
('23', 'wagtailcore', 'pagelogentry'),
('24', 'wagtailcore', 'comment'),
('25', 'wagtailcore', 'commentreply'),
('26', 'wagtailcore', 'pagesubscription'),
('27', 'wagtailcore', 'referenceindex'),
('28', 'desk', 'desksession'),
('29', 'desk', 'hiddensteps'),
('3', 'wagtailadmin', 'admin'),
('30', 'desk', 'issuewords'),
('31', 'monitoring', 'alarm'),
('32', 'monitoring', 'alarmmessage'),
('33', 'publishing', 'publication'),
('34', 'publishing', 'archivepage'),
('35', 'publishing', 'issue'),
('36', 'publishing', 'acceptance'),
('37', 'publishing', 'linkanswer'),
('38', 'publishing', 'webentry'),
('39', 'scheduling', 'slot'),
('4', 'wagtailcore', 'groupapprovaltask'),
('40', 'scheduling', 'clockreading'),
('41', 'scheduling', 'calendarfeed'),
('42', 'scheduling', 'notice'),
('43', 'scheduling', 'reminderchoice'),
('44', 'sending', 'edition'),
('45', 'sending', 'send'),
('46', 'sending', 'batch'),
('47', 'sending', 'providerbatch'),
('48', 'sending', 'attempt'),
('49', 'sending', 'evidence'),
('5', 'wagtailcore', 'locale'),
('50', 'sending', 'delivery'),
('51', 'sending', 'lateleaver'),
('52', 'sending', 'exclusion'),
('53', 'sending', 'auditentry'),
('54', 'sending', 'rate'),
('55', 'sending', 'dryrun'),
('56', 'sending', 'databaseidentity'),
('57', 'sending', 'submitter'),
('58', 'sending', 'missingattempt'),
('59', 'sending', 'alreadymailed'),
('6', 'wagtailcore', 'site'),
('60', 'sending', 'approvalrequest'),
('61', 'throttling', 'counter'),
('62', 'tracking', 'post'),
('63', 'tracking', 'event'),
('64', 'tracking', 'unparsedevent'),
('65', 'tracking', 'dailyeventcount'),
('66', 'tracking', 'suppressionpull'),
('67', 'tracking', 'countedsum'),
('68', 'tracking', 'countedlink'),
('69', 'tracking', 'countedclicks'),
('7', 'wagtailcore', 'groupsitepermission'),
('70', 'tracking', 'countedopens'),
('71', 'tracking', 'countedevent'),
('72', 'tracking', 'providerlistrun'),
('73', 'subscribers', 'subscriber'),
('74', 'subscribers', 'list'),
('75', 'subscribers', 'subscription'),
('76', 'subscribers', 'suppression'),
('77', 'subscribers', 'suppressionremoval'),
('78', 'subscribers', 'signingkey'),
('79', 'subscribers', 'signupform'),
('8', 'wagtailcore', 'modellogentry'),
('80', 'subscribers', 'consent'),
('81', 'subscribers', 'signup'),
('82', 'subscribers', 'signupcount'),
('83', 'subscribers', 'subscriptionchange'),
('84', 'subscribers', 'cleaning'),
('85', 'subscribers', 'erasedaddress'),
('86', 'subscribers', 'addresschange'),
('87', 'subscribers', 'pause'),
('88', 'subscribers', 'pausedissue'),
('89', 'subscribers', 'importrun'),
('9', 'wagtailcore', 'revision'),
('90', 'subscribers', 'columnmapping'),
('91', 'subscribers', 'importchange'),
('92', 'subscribers', 'segment'),
('93', 'subscribers', 'listsuppression'),
('94', 'subscribers', 'listcount'),
('95', 'subscribers', 'bulkrun'),
('96', 'subscribers', 'bulkchange'),
('97', 'subscribers', 'countingrefusal'),
('98', 'wagtailimages', 'rendition'),
('99', 'wagtailusers', 'userprofile');
INSERT INTO "django_migrations" VALUES
('1', 'contenttypes', '0001_initial', '<now>'),
('10', 'auth', '0008_alter_user_username_max_length', '<now>'),
('100', 'wagtailcore', '0056_page_locale_fields_populate', '<now>'),
('101', 'wagtailcore', '0057_page_locale_fields_notnull', '<now>'),
('102', 'wagtailcore', '0058_page_alias_of', '<now>'),
('103', 'wagtailcore', '0059_apply_collection_ordering', '<now>'),
('104', 'wagtailcore', '0060_fix_workflow_unique_constraint', '<now>'),
('105', 'wagtailcore', '0061_change_promote_tab_helpt_text_and_verbose_names', '<now>'),
('106', 'wagtailcore', '0062_comment_models_and_pagesubscription', '<now>'),
('107', 'wagtailcore', '0063_modellogentry', '<now>'),
('108', 'wagtailcore', '0064_log_timestamp_indexes', '<now>'),
('109', 'wagtailcore', '0065_log_entry_uuid', '<now>'),
('11', 'auth', '0009_alter_user_last_name_max_length', '<now>'),
('110', 'wagtailcore', '0066_collection_management_permissions', '<now>'),
('111', 'wagtailcore', '0067_alter_pagerevision_content_json', '<now>'),
('112', 'wagtailcore', '0068_log_entry_empty_object', '<now>'),
('113', 'wagtailcore', '0069_log_entry_jsonfield', '<now>'),
('114', 'wagtailcore', '0070_rename_pagerevision_revision', '<now>'),
('115', 'wagtailcore', '0071_populate_revision_content_type', '<now>'),
('116', 'wagtailcore', '0072_alter_revision_content_type_notnull', '<now>'),
('117', 'wagtailcore', '0073_page_latest_revision', '<now>'),
('118', 'wagtailcore', '0074_revision_object_str', '<now>'),
('119', 'wagtailcore', '0075_populate_latest_revision_and_revision_object_str', '<now>'),
('12', 'auth', '0010_alter_group_name_max_length', '<now>'),
('120', 'wagtailcore', '0076_modellogentry_revision', '<now>'),
('121', 'wagtailcore', '0077_alter_revision_user', '<now>'),
('122', 'wagtailcore', '0078_referenceindex', '<now>'),
('123', 'wagtailcore', '0079_rename_taskstate_page_revision', '<now>'),
('124', 'wagtailcore', '0080_generic_workflowstate', '<now>'),
('125', 'wagtailcore', '0081_populate_workflowstate_content_type', '<now>'),
('126', 'wagtailcore', '0082_alter_workflowstate_content_type_notnull', '<now>'),
('127', 'wagtailcore', '0083_workflowcontenttype', '<now>'),
('128', 'wagtailcore', '0084_add_default_page_permissions', '<now>'),
('129', 'wagtailcore', '0085_add_grouppagepermission_permission', '<now>'),
('13', 'auth', '0011_update_proxy_permissions', '<now>'),
('130', 'wagtailcore', '0086_populate_grouppagepermission_permission', '<now>'),
('131', 'wagtailcore', '0087_alter_grouppagepermission_unique_together_and_more', '<now>'),
('132', 'wagtailcore', '0088_fix_log_entry_json_timestamps', '<now>'),
('133', 'wagtailcore', '0089_log_entry_data_json_null_to_object', '<now>'),
('134', 'wagtailcore', '0090_remove_grouppagepermission_permission_type', '<now>'),
('135', 'wagtailcore', '0091_remove_revision_submitted_for_moderation', '<now>'),
('136', 'wagtailcore', '0092_alter_collectionviewrestriction_password_and_more', '<now>'),
('137', 'wagtailcore', '0093_uploadedfile', '<now>'),
('138', 'wagtailcore', '0094_alter_page_locale', '<now>'),
('139', 'wagtailcore', '0095_groupsitepermission', '<now>'),
('14', 'auth', '0012_alter_user_first_name_max_length', '<now>'),
('140', 'wagtailcore', '0096_referenceindex_referenceindex_source_object_and_more', '<now>'),
('141', 'wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes', '<now>'),
('142', 'wagtailadmin', '0002_admin', '<now>'),
('143', 'wagtailadmin', '0003_admin_managed', '<now>'),
('144', 'wagtailadmin', '0004_editingsession', '<now>'),
('145', 'wagtailadmin', '0005_editingsession_is_editing', '<now>'),
('146', 'wagtailadmin', '0006_formstate', '<now>'),
('147', 'subscribers', '0001_initial', '<now>'),
('148', 'publishing', '0001_initial', '<now>'),
('149', 'desk', '0001_desk_sessions', '<now>'),
('15', 'wagtailcore', '0001_initial', '<now>'),
('150', 'desk', '0002_home_and_search', '<now>'),
('151', 'monitoring', '0001_initial', '<now>'),
('152', 'monitoring', '0002_import_stuck', '<now>'),
('153', 'otp_static', '0001_initial', '<now>'),
('154', 'otp_static', '0002_throttling', '<now>'),
('155', 'otp_static', '0003_add_timestamps', '<now>'),
('156', 'otp_totp', '0001_initial', '<now>'),
('157', 'otp_totp', '0002_auto_20190420_0723', '<now>'),
('158', 'otp_totp', '0003_add_timestamps', '<now>'),
('159', 'procrastinate', '0001_initial', '<now>'),
('16', 'wagtailcore', '0002_initial_data', '<now>'),
('160', 'procrastinate', '0002_drop_started_at_column', '<now>'),
('161', 'procrastinate', '0003_drop_started_at_column', '<now>'),
('162', 'procrastinate', '0004_drop_procrastinate_version_table', '<now>'),
('163', 'procrastinate', '0005_fix_procrastinate_fetch_job', '<now>'),
('164', 'procrastinate', '0006_fix_trigger_status_events_insert', '<now>'),
('165', 'procrastinate', '0007_add_queueing_lock_column', '<now>'),
('166', 'procrastinate', '0008_close_fetch_job_race_condition', '<now>'),
('167', 'procrastinate', '0009_add_defer_job_function', '<now>'),
('168', 'procrastinate', '0010_add_procrastinate_periodic_defers', '<now>'),
('169', 'procrastinate', '0011_add_foreign_key_index', '<now>'),
('17', 'wagtailcore', '0003_add_uniqueness_constraint_on_group_page_permission', '<now>'),
('170', 'procrastinate', '0012_add_locks_to_periodic_defer', '<now>'),
('171', 'procrastinate', '0013_fix_procrastinate_defer_periodic_job', '<now>'),
('172', 'procrastinate', '0014_add_finish_job_and_retry_job_functions', '<now>'),
('173', 'procrastinate', '0015_add_trigger_on_job_deletion', '<now>'),
('174', 'procrastinate', '0016_delete_finished_jobs', '<now>'),
('175', 'procrastinate', '0017_add_checks_to_finish_job', '<now>'),
('176', 'procrastinate', '0018_add_checks_to_retry_job', '<now>'),
('177', 'procrastinate', '0019_fix_finish_job_compat_issue', '<now>'),
('178', 'procrastinate', '0020_add_index_on_procrastinate_jobs', '<now>'),
('179', 'procrastinate', '0021_add_kwargs_to_defer_periodic_job', '<now>'),
('18', 'wagtailcore', '0004_page_locked', '<now>'),
('180', 'procrastinate', '0022_null_locks_excluded', '<now>'),
('181', 'procrastinate', '0023_remove_old_finish_job_function', '<now>'),
('182', 'procrastinate', '0024_job_id_bigint', '<now>'),
('183', 'procrastinate', '0025_add_models', '<now>'),
('184', 'procrastinate', '0026_add_job_priority', '<now>'),
('185', 'procrastinate', '0027_add_periodic_job_priority', '<now>'),
('186', 'procrastinate', '0028_add_cancel_states', '<now>'),
('187', 'procrastinate', '0029_add_additional_params_to_retry_job', '<now>'),
('188', 'procrastinate', '0030_alter_procrastinateevent_options', '<now>'),
('189', 'procrastinate', '0031_add_indexes_for_fetch_job', '<now>'),
('19', 'wagtailcore', '0005_add_page_lock_permission_to_moderators', '<now>'),
('190', 'procrastinate', '0032_pre_cancel_notification', '<now>'),
('191', 'procrastinate', '0033_post_cancel_notification', '<now>'),
('192', 'procrastinate', '0034_pre_add_heartbeat', '<now>'),
('193', 'procrastinate', '0035_post_add_heartbeat', '<now>'),
('194', 'procrastinate', '0036_add_worker_model', '<now>'),
('195', 'procrastinate', '0037_pre_batch_defer_jobs', '<now>'),
('196', 'procrastinate', '0038_post_batch_defer_jobs', '<now>'),
('197', 'procrastinate', '0039_pre_priority_lock_fetch_job', '<now>'),
('198', 'procrastinate', '0040_pre_retry_failed_job', '<now>'),
('199', 'procrastinate', '0041_post_retry_failed_job', '<now>'),
('2', 'contenttypes', '0002_remove_content_type_name', '<now>'),
('20', 'wagtailcore', '0006_add_lock_page_permission', '<now>'),
('200', 'subscribers', '0002_words', '<now>'),
('201', 'subscribers', '0003_sign_up', '<now>'),
('202', 'subscribers', '0004_history', '<now>'),
('203', 'subscribers', '0005_preferences', '<now>'),
('204', 'subscribers', '0006_imports', '<now>'),
('205', 'subscribers', '0007_segments', '<now>'),
('206', 'publishing', '0002_publication_look', '<now>'),
('207', 'publishing', '0003_quiet_dates', '<now>'),
('208', 'publishing', '0004_publication_skeleton', '<now>'),
('209', 'publishing', '0005_words', '<now>'),
('21', 'wagtailcore', '0007_page_latest_revision_created_at', '<now>'),
('210', 'publishing', '0006_lead_picture_shape', '<now>'),
('211', 'publishing', '0007_dropped_dates', '<now>'),
('212', 'publishing', '0008_segments', '<now>'),
('213', 'publishing', '0009_cadence_patterns', '<now>'),
('214', 'publishing', '0010_link_answers', '<now>'),
('215', 'publishing', '0011_numbers_and_drafts', '<now>'),
('216', 'publishing', '0012_published_entries', '<now>'),
('217', 'publishing', '0013_grace_hours', '<now>'),
('218', 'publishing', '0014_reader_counting', '<now>'),
('219', 'publishing', '0015_first_numbers', '<now>'),
('22', 'wagtailcore', '0008_populate_latest_revision_created_at', '<now>'),
('220', 'sending', '0001_initial', '<now>'),
('221', 'sending', '0002_missing_attempt_source', '<now>'),
('222', 'sending', '0003_words', '<now>'),
('223', 'sending', '0004_stored_phrases', '<now>'),
('224', 'sending', '0005_paused', '<now>'),
('225', 'sending', '0006_segments', '<now>'),
('226', 'sending', '0007_delivery_parents', '<now>'),
('227', 'sending', '0008_held_at', '<now>'),
('228', 'scheduling', '0001_initial', '<now>'),
('229', 'scheduling', '0002_planned_slots_and_feeds', '<now>'),
('23', 'wagtailcore', '0009_remove_auto_now_add_from_pagerevision_created_at', '<now>'),
('230', 'scheduling', '0003_numbers_and_drafts', '<now>'),
('231', 'scheduling', '0004_reminders', '<now>'),
('232', 'scheduling', '0005_grace_periods', '<now>'),
('233', 'scheduling', '0006_reminders_without_answer', '<now>'),
('234', 'sending', '0009_reader_counting', '<now>'),
('235', 'sending', '0010_moved_databases', '<now>'),
('236', 'sending', '0011_finished_moves', '<now>'),
('237', 'sending', '0012_attempts_by_time', '<now>'),
('238', 'sending', '0013_parents_one_by_one', '<now>'),
('239', 'sessions', '0001_initial', '<now>'),
('24', 'wagtailcore', '0010_change_page_owner_to_null_on_delete', '<now>'),
('240', 'subscribers', '0008_address_mail_retry', '<now>'),
('241', 'subscribers', '0009_list_suppressions', '<now>'),
('242', 'subscribers', '0010_names', '<now>'),
('243', 'subscribers', '0011_list_counts', '<now>'),
('244', 'subscribers', '0012_bulk_actions', '<now>'),
('245', 'subscribers', '0013_bulk_ledger_ends', '<now>'),
('246', 'subscribers', '0014_import_joined_dates', '<now>'),
('247', 'subscribers', '0015_counting_refusals', '<now>'),
('248', 'subscribers', '0016_bulk_previews', '<now>'),
('249', 'subscribers', '0017_when_suppressions_were_written', '<now>'),
('25', 'wagtailcore', '0011_page_first_published_at', '<now>'),
('250', 'subscribers', '0018_parents_by_statement', '<now>'),
('251', 'subscribers', '0019_half_written_imports', '<now>'),
('252', 'subscribers', '0020_keys_by_index', '<now>'),
('253', 'taggit', '0002_auto_20150616_2121', '<now>'),
('254', 'taggit', '0003_taggeditem_add_unique_index', '<now>'),
('255', 'taggit', '0004_alter_taggeditem_content_type_alter_taggeditem_tag', '<now>'),
('256', 'taggit', '0005_auto_20220424_2025', '<now>'),
('257', 'taggit', '0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx', '<now>'),
('258', 'throttling', '0001_initial', '<now>'),
('259', 'tracking', '0001_initial', '<now>'),
('26', 'wagtailcore', '0012_extend_page_slug_field', '<now>'),
('260', 'tracking', '0002_suppression_pull', '<now>'),
('261', 'tracking', '0003_reader_counts', '<now>'),
('262', 'tracking', '0004_provider_list_runs', '<now>'),
('263', 'wagtailsearch', '0001_initial', '<now>'),
('264', 'wagtailsearch', '0002_add_verbose_names', '<now>'),
('265', 'wagtailsearch', '0003_remove_editors_pick', '<now>'),
('266', 'wagtailsearch', '0004_querydailyhits_verbose_name_plural', '<now>'),
('267', 'wagtailsearch', '0005_create_indexentry', '<now>'),
('268', 'wagtailsearch', '0006_customise_indexentry', '<now>'),
('269', 'wagtailsearch', '0007_delete_editorspick', '<now>'),
('27', 'wagtailcore', '0013_update_golive_expire_help_text', '<now>'),
('270', 'wagtailsearch', '0008_remove_query_and_querydailyhits_models', '<now>'),
('271', 'wagtailsearch', '0009_remove_ngram_autocomplete', '<now>'),
('272', 'wagtailsearch', '0010_add_text_fields', '<now>'),
('273', 'wagtailusers', '0001_initial', '<now>'),
('274', 'wagtailusers', '0002_add_verbose_name_on_userprofile', '<now>'),
('275', 'wagtailusers', '0003_add_verbose_names', '<now>'),
('276', 'wagtailusers', '0004_capitalizeverbose', '<now>'),
('277', 'wagtailusers', '0005_make_related_name_wagtail_specific', '<now>'),
('278', 'wagtailusers', '0006_userprofile_prefered_language', '<now>'),
('279', 'wagtailusers', '0007_userprofile_current_time_zone', '<now>'),
('28', 'wagtailcore', '0014_add_verbose_name', '<now>'),
('280', 'wagtailusers', '0008_userprofile_avatar', '<now>'),
('281', 'wagtailusers', '0009_userprofile_verbose_name_plural', '<now>'),
('282', 'wagtailusers', '0010_userprofile_updated_comments_notifications', '<now>'),
('283', 'wagtailusers', '0011_userprofile_dismissibles', '<now>'),
('284', 'wagtailusers', '0012_userprofile_theme', '<now>'),
('285', 'wagtailusers', '0013_userprofile_density', '<now>'),
('286', 'wagtailusers', '0014_userprofile_contrast', '<now>'),
('287', 'wagtailusers', '0015_userprofile_keyboard_shortcuts', '<now>'),
('288', 'wagtailimages', '0001_squashed_0021', '<now>'),
('289', 'wagtailcore', '0001_squashed_0016_change_page_url_path_to_text_field', '<now>'),
('29', 'wagtailcore', '0015_add_more_verbose_names', '<now>'),
('3', 'auth', '0001_initial', '<now>'),
('30', 'wagtailcore', '0016_change_page_url_path_to_text_field', '<now>'),
('31', 'wagtailcore', '0017_change_edit_page_permission_description', '<now>'),
('32', 'wagtailcore', '0018_pagerevision_submitted_for_moderation_index', '<now>'),
('33', 'wagtailcore', '0019_verbose_names_cleanup', '<now>'),
('34', 'wagtailcore', '0020_add_index_on_page_first_published_at', '<now>'),
('35', 'wagtailcore', '0021_capitalizeverbose', '<now>'),
('36', 'wagtailcore', '0022_add_site_name', '<now>'),
('37', 'wagtailcore', '0023_alter_page_revision_on_delete_behaviour', '<now>'),
('38', 'wagtailcore', '0024_collection', '<now>'),
('39', 'wagtailcore', '0025_collection_initial_data', '<now>'),
('4', 'auth', '0002_alter_permission_name_max_length', '<now>'),
('40', 'wagtailcore', '0026_group_collection_permission', '<now>'),
('41', 'taggit', '0001_initial', '<now>'),
('42', 'wagtailimages', '0001_initial', '<now>'),
('43', 'wagtailimages', '0002_initial_data', '<now>'),
('44', 'wagtailimages', '0003_fix_focal_point_fields', '<now>'),
('45', 'wagtailimages', '0004_make_focal_point_key_not_nullable', '<now>'),
('46', 'wagtailimages', '0005_make_filter_spec_unique', '<now>'),
('47', 'wagtailimages', '0006_add_verbose_names', '<now>'),
('48', 'wagtailimages', '0007_image_file_size', '<now>'),
('49', 'wagtailimages', '0008_image_created_at_index', '<now>'),
('5', 'auth', '0003_alter_user_email_max_length', '<now>'),
('50', 'wagtailimages', '0009_capitalizeverbose', '<now>'),
('51', 'wagtailimages', '0010_change_on_delete_behaviour', '<now>'),
('52', 'wagtailimages', '0011_image_collection', '<now>'),
('53', 'wagtailimages', '0012_copy_image_permissions_to_collections', '<now>'),
('54', 'wagtailimages', '0013_make_rendition_upload_callable', '<now>'),
('55', 'wagtailimages', '0014_add_filter_spec_field', '<now>'),
('56', 'wagtailimages', '0015_fill_filter_spec_field', '<now>'),
('57', 'wagtailimages', '0016_deprecate_rendition_filter_relation', '<now>'),
('58', 'wagtailimages', '0017_reduce_focal_point_key_max_length', '<now>'),
('59', 'wagtailimages', '0018_remove_rendition_filter', '<now>'),
('6', 'auth', '0004_alter_user_username_opts', '<now>'),
('60', 'wagtailimages', '0019_delete_filter', '<now>'),
('61', 'wagtailimages', '0020_add-verbose-name', '<now>'),
('62', 'wagtailimages', '0021_image_file_hash', '<now>'),
('63', 'wagtailimages', '0022_uploadedimage', '<now>'),
('64', 'wagtailadmin', '0001_create_admin_access_permissions', '<now>'),
('65', 'wagtailimages', '0023_add_choose_permissions', '<now>'),
('66', 'wagtailimages', '0024_index_image_file_hash', '<now>'),
('67', 'wagtailimages', '0025_alter_image_file_alter_rendition_file', '<now>'),
('68', 'wagtailimages', '0026_delete_uploadedimage', '<now>'),
('69', 'wagtailimages', '0027_image_description', '<now>'),
('7', 'auth', '0005_alter_user_last_login_null', '<now>'),
('70', 'wagtailcore', '0027_fix_collection_path_collation', '<now>'),
('71', 'wagtailcore', '0024_alter_page_content_type_on_delete_behaviour', '<now>'),
('72', 'wagtailcore', '0028_merge', '<now>'),
('73', 'wagtailcore', '0029_unicode_slugfield_dj19', '<now>'),
('74', 'wagtailcore', '0030_index_on_pagerevision_created_at', '<now>'),
('75', 'wagtailcore', '0031_add_page_view_restriction_types', '<now>'),
('76', 'wagtailcore', '0032_add_bulk_delete_page_permission', '<now>'),
('77', 'wagtailcore', '0033_remove_golive_expiry_help_text', '<now>'),
('78', 'wagtailcore', '0034_page_live_revision', '<now>'),
('79', 'wagtailcore', '0035_page_last_published_at', '<now>'),
('8', 'auth', '0006_require_contenttypes_0002', '<now>'),
('80', 'wagtailcore', '0036_populate_page_last_published_at', '<now>'),
('81', 'wagtailcore', '0037_set_page_owner_editable', '<now>'),
('82', 'wagtailcore', '0038_make_first_published_at_editable', '<now>'),
('83', 'wagtailcore', '0039_collectionviewrestriction', '<now>'),
('84', 'wagtailcore', '0040_page_draft_title', '<now>'),
('85', 'wagtailcore', '0041_group_collection_permissions_verbose_name_plural', '<now>'),
('86', 'wagtailcore', '0042_index_on_pagerevision_approved_go_live_at', '<now>'),
('87', 'wagtailcore', '0043_lock_fields', '<now>'),
('88', 'wagtailcore', '0044_add_unlock_grouppagepermission', '<now>'),
('89', 'wagtailcore', '0045_assign_unlock_grouppagepermission', '<now>'),
('9', 'auth', '0007_alter_validators_add_error_messages', '<now>'),
('90', 'wagtailcore', '0046_site_name_remove_null', '<now>'),
('91', 'wagtailcore', '0047_add_workflow_models', '<now>'),
('92', 'wagtailcore', '0048_add_default_workflows', '<now>'),
('93', 'wagtailcore', '0049_taskstate_finished_by', '<now>'),
('94', 'wagtailcore', '0050_workflow_rejected_to_needs_changes', '<now>'),
('95', 'wagtailcore', '0051_taskstate_comment', '<now>'),
('96', 'wagtailcore', '0052_pagelogentry', '<now>'),
('97', 'wagtailcore', '0053_locale_model', '<now>'),
('98', 'wagtailcore', '0054_initial_locale', '<now>'),
('99', 'wagtailcore', '0055_page_locale_fields', '<now>');
INSERT INTO "sending_databaseidentity" VALUES
('1', '<key>', '', NULL, '0', NULL, '', NULL, '', NULL);
INSERT INTO "wagtailcore_collection" VALUES
('1', '0001', '1', '0', 'Root');
INSERT INTO "wagtailcore_groupapprovaltask" VALUES
('1');
INSERT INTO "wagtailcore_groupapprovaltask_groups" VALUES
('1', '1', '1');
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES
('1', '1', '1', '1'),
('2', '1', '2', '1'),
('3', '1', '1', '2'),
('4', '1', '2', '2'),
('5', '1', '1', '5'),
('6', '1', '2', '5');
INSERT INTO "wagtailcore_grouppagepermission" VALUES
('1', '1', '1', '70'),
('2', '1', '1', '71'),
('3', '1', '1', '76'),
('4', '2', '1', '70'),
('5', '2', '1', '71'),
('6', '1', '1', '75'),
('7', '1', '1', '77');
INSERT INTO "wagtailcore_locale" VALUES
('1', 'en');
INSERT INTO "wagtailcore_page" VALUES
('1', '0001', '1', '1', 'Root', 'root', 'true', 'false', '/', '', 'false', '', NULL, NULL, 'false', '1', NULL, 'false', NULL, NULL, NULL, NULL, 'Root', NULL, NULL, '<uuid>', '1', NULL, NULL),
('2', '00010001', '2', '0', 'Welcome to your new Wagtail site!', 'home', 'true', 'false', '/home/', '', 'false', '', NULL, NULL, 'false', '1', NULL, 'false', NULL, NULL, NULL, NULL, 'Welcome to your new Wagtail site!', NULL, NULL, '<uuid>', '1', NULL, NULL);
INSERT INTO "wagtailcore_site" VALUES
('1', 'localhost', '80', 'true', '2', '');
INSERT INTO "wagtailcore_task" VALUES
('1', 'Moderators approval', 'true', '4');
INSERT INTO "wagtailcore_workflow" VALUES
('1', 'Moderators approval', 'true');
INSERT INTO "wagtailcore_workflowpage" VALUES
('1', '1');
INSERT INTO "wagtailcore_workflowtask" VALUES
('1', '0', '1', '1');
SELECT setval('auth_group_id_seq', 2);
SELECT setval('auth_group_permissions_id_seq', 10);
SELECT setval('auth_permission_id_seq', 468);
SELECT setval('django_content_type_id_seq', 116);
SELECT setval('django_migrations_id_seq', 289);
SELECT setval('wagtailcore_collection_id_seq', 1);
SELECT setval('wagtailcore_groupapprovaltask_groups_id_seq', 1);
SELECT setval('wagtailcore_groupcollectionpermission_id_seq', 6);
SELECT setval('wagtailcore_grouppagepermission_id_seq', 7);
SELECT setval('wagtailcore_locale_id_seq', 1);
SELECT setval('wagtailcore_page_id_seq', 2);
SELECT setval('wagtailcore_site_id_seq', 1);
SELECT setval('wagtailcore_task_id_seq', 1);
SELECT setval('wagtailcore_workflow_id_seq', 1);
SELECT setval('wagtailcore_workflowtask_id_seq', 1);
ALTER TABLE ONLY auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_user_groups
    ADD CONSTRAINT auth_user_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_user_groups
    ADD CONSTRAINT auth_user_groups_user_id_group_id_94350c0c_uniq UNIQUE (user_id, group_id);
ALTER TABLE ONLY auth_user
    ADD CONSTRAINT auth_user_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permissions_user_id_permission_id_14a6b632_uniq UNIQUE (user_id, permission_id);
ALTER TABLE ONLY auth_user
    ADD CONSTRAINT auth_user_username_key UNIQUE (username);
ALTER TABLE ONLY tracking_countedevent
    ADD CONSTRAINT counted_once UNIQUE (delivery_id, kind, at, link);
ALTER TABLE ONLY desk_desksession
    ADD CONSTRAINT desk_desksession_key_key UNIQUE (key);
ALTER TABLE ONLY desk_desksession
    ADD CONSTRAINT desk_desksession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY desk_hiddensteps
    ADD CONSTRAINT desk_hiddensteps_pkey PRIMARY KEY (publication_id);
ALTER TABLE ONLY desk_issuewords
    ADD CONSTRAINT desk_issuewords_pkey PRIMARY KEY (issue_id);
ALTER TABLE ONLY django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY sending_alreadymailed
    ADD CONSTRAINT mailed_once_per_person_and_issue UNIQUE (subscriber_id, issue_id);
ALTER TABLE ONLY monitoring_alarm
    ADD CONSTRAINT monitoring_alarm_pkey PRIMARY KEY (id);
ALTER TABLE ONLY monitoring_alarmmessage
    ADD CONSTRAINT monitoring_alarmmessage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY publishing_acceptance
    ADD CONSTRAINT one_acceptance_per_finding UNIQUE (issue_id, fingerprint);
ALTER TABLE ONLY sending_batch
    ADD CONSTRAINT one_batch_per_number UNIQUE (send_id, number);
ALTER TABLE ONLY subscribers_importchange
    ADD CONSTRAINT one_change_per_run UNIQUE (subscriber_id, run_id);
ALTER TABLE ONLY subscribers_signupcount
    ADD CONSTRAINT one_count_a_day UNIQUE (list_id, day);
ALTER TABLE ONLY tracking_dailyeventcount
    ADD CONSTRAINT one_count_per_day UNIQUE (day, sort);
ALTER TABLE ONLY tracking_countedclicks
    ADD CONSTRAINT one_count_per_link UNIQUE (link_id, delivery_id);
ALTER TABLE ONLY sending_delivery
    ADD CONSTRAINT one_delivery_per_address UNIQUE (send_id, address);
ALTER TABLE ONLY sending_delivery
    ADD CONSTRAINT one_delivery_per_person UNIQUE (subscriber_id, send_id);
ALTER TABLE ONLY sending_edition
    ADD CONSTRAINT one_edition_per_content UNIQUE (issue_id, hash);
ALTER TABLE ONLY sending_exclusion
    ADD CONSTRAINT one_exclusion_per_person UNIQUE (send_id, subscriber_id);
ALTER TABLE ONLY tracking_countedlink
    ADD CONSTRAINT one_link_per_send UNIQUE (send_id, url);
ALTER TABLE ONLY subscribers_columnmapping
    ADD CONSTRAINT one_mapping_per_table UNIQUE (list_id, titles_hash);
ALTER TABLE ONLY monitoring_alarmmessage
    ADD CONSTRAINT one_message_per_alarm_and_way UNIQUE (alarm_id, over, way, "to");
ALTER TABLE ONLY scheduling_notice
    ADD CONSTRAINT one_notice_each UNIQUE (kind, key, user_id);
ALTER TABLE ONLY subscribers_signup
    ADD CONSTRAINT one_sign_up UNIQUE (list_id, key);
ALTER TABLE ONLY scheduling_slot
    ADD CONSTRAINT one_slot_per_date UNIQUE (publication_id, date);
ALTER TABLE ONLY subscribers_subscription
    ADD CONSTRAINT one_subscription UNIQUE (subscriber_id, list_id);
ALTER TABLE ONLY subscribers_listsuppression
    ADD CONSTRAINT one_suppression_for_list UNIQUE (key, list_id);
ALTER TABLE ONLY otp_static_staticdevice
    ADD CONSTRAINT otp_static_staticdevice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY otp_static_statictoken
    ADD CONSTRAINT otp_static_statictoken_pkey PRIMARY KEY (id);
ALTER TABLE ONLY otp_totp_totpdevice
    ADD CONSTRAINT otp_totp_totpdevice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_pausedissue
    ADD CONSTRAINT paused_once_per_issue UNIQUE (pause_id, issue);
ALTER TABLE ONLY procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);
ALTER TABLE ONLY procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY publishing_acceptance
    ADD CONSTRAINT publishing_acceptance_pkey PRIMARY KEY (id);
ALTER TABLE ONLY publishing_archivepage
    ADD CONSTRAINT publishing_archivepage_pkey PRIMARY KEY (page_ptr_id);
ALTER TABLE ONLY publishing_archivepage
    ADD CONSTRAINT publishing_archivepage_publication_id_key UNIQUE (publication_id);
ALTER TABLE ONLY publishing_issue
    ADD CONSTRAINT publishing_issue_pkey PRIMARY KEY (page_ptr_id);
ALTER TABLE ONLY publishing_linkanswer
    ADD CONSTRAINT publishing_linkanswer_pkey PRIMARY KEY (address_hash);
ALTER TABLE ONLY publishing_publication_lists
    ADD CONSTRAINT publishing_publication_l_publication_id_list_id_da067559_uniq UNIQUE (publication_id, list_id);
ALTER TABLE ONLY publishing_publication_lists
    ADD CONSTRAINT publishing_publication_lists_pkey PRIMARY KEY (id);
ALTER TABLE ONLY publishing_publication
    ADD CONSTRAINT publishing_publication_pkey PRIMARY KEY (id);
ALTER TABLE ONLY publishing_publication
    ADD CONSTRAINT publishing_publication_slug_key UNIQUE (slug);
ALTER TABLE ONLY publishing_webentry
    ADD CONSTRAINT publishing_webentry_pkey PRIMARY KEY (issue_id);
ALTER TABLE ONLY scheduling_calendarfeed
    ADD CONSTRAINT scheduling_calendarfeed_key_key UNIQUE (key);
ALTER TABLE ONLY scheduling_calendarfeed
    ADD CONSTRAINT scheduling_calendarfeed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY scheduling_clockreading
    ADD CONSTRAINT scheduling_clockreading_pkey PRIMARY KEY (id);
ALTER TABLE ONLY scheduling_notice
    ADD CONSTRAINT scheduling_notice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY scheduling_reminderchoice
    ADD CONSTRAINT scheduling_reminderchoice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY scheduling_reminderchoice
    ADD CONSTRAINT scheduling_reminderchoice_user_id_key UNIQUE (user_id);
ALTER TABLE ONLY scheduling_slot
    ADD CONSTRAINT scheduling_slot_issue_id_key UNIQUE (issue_id);
ALTER TABLE ONLY scheduling_slot
    ADD CONSTRAINT scheduling_slot_pkey PRIMARY KEY (id);
ALTER TABLE ONLY scheduling_slot
    ADD CONSTRAINT scheduling_slot_send_id_key UNIQUE (send_id);
ALTER TABLE ONLY sending_alreadymailed
    ADD CONSTRAINT sending_alreadymailed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_approvalrequest
    ADD CONSTRAINT sending_approvalrequest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_attempt
    ADD CONSTRAINT sending_attempt_key_key UNIQUE (key);
ALTER TABLE ONLY sending_attempt
    ADD CONSTRAINT sending_attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_auditentry
    ADD CONSTRAINT sending_auditentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_batch
    ADD CONSTRAINT sending_batch_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_databaseidentity
    ADD CONSTRAINT sending_databaseidentity_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_delivery
    ADD CONSTRAINT sending_delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_dryrun
    ADD CONSTRAINT sending_dryrun_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_dryrun
    ADD CONSTRAINT sending_dryrun_send_id_key UNIQUE (send_id);
ALTER TABLE ONLY sending_edition
    ADD CONSTRAINT sending_edition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_evidence
    ADD CONSTRAINT sending_evidence_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_exclusion
    ADD CONSTRAINT sending_exclusion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_lateleaver
    ADD CONSTRAINT sending_lateleaver_delivery_id_key UNIQUE (delivery_id);
ALTER TABLE ONLY sending_lateleaver
    ADD CONSTRAINT sending_lateleaver_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_missingattempt
    ADD CONSTRAINT sending_missingattempt_key_key UNIQUE (key);
ALTER TABLE ONLY sending_missingattempt
    ADD CONSTRAINT sending_missingattempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_providerbatch
    ADD CONSTRAINT sending_providerbatch_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_rate
    ADD CONSTRAINT sending_rate_pkey PRIMARY KEY (key);
ALTER TABLE ONLY sending_send_lists
    ADD CONSTRAINT sending_send_lists_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_send_lists
    ADD CONSTRAINT sending_send_lists_send_id_list_id_a2449abd_uniq UNIQUE (send_id, list_id);
ALTER TABLE ONLY sending_send
    ADD CONSTRAINT sending_send_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sending_submitter
    ADD CONSTRAINT sending_submitter_log_key UNIQUE (log);
ALTER TABLE ONLY sending_submitter
    ADD CONSTRAINT sending_submitter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_addresschange
    ADD CONSTRAINT subscribers_addresschange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_bulkchange
    ADD CONSTRAINT subscribers_bulkchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_bulkrun
    ADD CONSTRAINT subscribers_bulkrun_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_cleaning
    ADD CONSTRAINT subscribers_cleaning_day_key UNIQUE (day);
ALTER TABLE ONLY subscribers_cleaning
    ADD CONSTRAINT subscribers_cleaning_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_columnmapping
    ADD CONSTRAINT subscribers_columnmapping_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_consent
    ADD CONSTRAINT subscribers_consent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_countingrefusal
    ADD CONSTRAINT subscribers_countingrefusal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_countingrefusal
    ADD CONSTRAINT subscribers_countingrefusal_subscriber_id_key UNIQUE (subscriber_id);
ALTER TABLE ONLY subscribers_erasedaddress
    ADD CONSTRAINT subscribers_erasedaddress_hash_key UNIQUE (hash);
ALTER TABLE ONLY subscribers_erasedaddress
    ADD CONSTRAINT subscribers_erasedaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_importchange
    ADD CONSTRAINT subscribers_importchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_importrun
    ADD CONSTRAINT subscribers_importrun_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_list
    ADD CONSTRAINT subscribers_list_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_list
    ADD CONSTRAINT subscribers_list_slug_key UNIQUE (slug);
ALTER TABLE ONLY subscribers_listcount
    ADD CONSTRAINT subscribers_listcount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_listsuppression
    ADD CONSTRAINT subscribers_listsuppression_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_pause
    ADD CONSTRAINT subscribers_pause_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_pause
    ADD CONSTRAINT subscribers_pause_subscriber_id_key UNIQUE (subscriber_id);
ALTER TABLE ONLY subscribers_pausedissue
    ADD CONSTRAINT subscribers_pausedissue_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_segment
    ADD CONSTRAINT subscribers_segment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_segment
    ADD CONSTRAINT subscribers_segment_slug_key UNIQUE (slug);
ALTER TABLE ONLY subscribers_signingkey
    ADD CONSTRAINT subscribers_signingkey_fingerprint_key UNIQUE (fingerprint);
ALTER TABLE ONLY subscribers_signingkey
    ADD CONSTRAINT subscribers_signingkey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_signup
    ADD CONSTRAINT subscribers_signup_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_signupcount
    ADD CONSTRAINT subscribers_signupcount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_signupform
    ADD CONSTRAINT subscribers_signupform_list_id_key UNIQUE (list_id);
ALTER TABLE ONLY subscribers_signupform
    ADD CONSTRAINT subscribers_signupform_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_subscriber
    ADD CONSTRAINT subscribers_subscriber_key_key UNIQUE (key);
ALTER TABLE ONLY subscribers_subscriber
    ADD CONSTRAINT subscribers_subscriber_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_subscription
    ADD CONSTRAINT subscribers_subscription_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_subscriptionchange
    ADD CONSTRAINT subscribers_subscriptionchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_suppression
    ADD CONSTRAINT subscribers_suppression_key_key UNIQUE (key);
ALTER TABLE ONLY subscribers_suppression
    ADD CONSTRAINT subscribers_suppression_pkey PRIMARY KEY (id);
ALTER TABLE ONLY subscribers_suppressionremoval
    ADD CONSTRAINT subscribers_suppressionremoval_pkey PRIMARY KEY (id);
ALTER TABLE ONLY taggit_tag
    ADD CONSTRAINT taggit_tag_name_key UNIQUE (name);
ALTER TABLE ONLY taggit_tag
    ADD CONSTRAINT taggit_tag_pkey PRIMARY KEY (id);
ALTER TABLE ONLY taggit_tag
    ADD CONSTRAINT taggit_tag_slug_key UNIQUE (slug);
ALTER TABLE ONLY taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_content_type_id_object_id_tag_id_4bb97a8e_uni UNIQUE (content_type_id, object_id, tag_id);
ALTER TABLE ONLY taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_pkey PRIMARY KEY (id);
ALTER TABLE ONLY throttling_counter
    ADD CONSTRAINT throttling_counter_pkey PRIMARY KEY (key);
ALTER TABLE ONLY tracking_countedclicks
    ADD CONSTRAINT tracking_countedclicks_pkey PRIMARY KEY (id);
ALTER TABLE ONLY tracking_countedevent
    ADD CONSTRAINT tracking_countedevent_key_key UNIQUE (key);
ALTER TABLE ONLY tracking_countedevent
    ADD CONSTRAINT tracking_countedevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY tracking_countedlink
    ADD CONSTRAINT tracking_countedlink_pkey PRIMARY KEY (id);
ALTER TABLE ONLY tracking_countedopens
    ADD CONSTRAINT tracking_countedopens_pkey PRIMARY KEY (delivery_id);
ALTER TABLE ONLY tracking_countedsum
    ADD CONSTRAINT tracking_countedsum_pkey PRIMARY KEY (send_id);
ALTER TABLE ONLY tracking_dailyeventcount
    ADD CONSTRAINT tracking_dailyeventcount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY tracking_event
    ADD CONSTRAINT tracking_event_key_key UNIQUE (key);
ALTER TABLE ONLY tracking_event
    ADD CONSTRAINT tracking_event_pkey PRIMARY KEY (id);
ALTER TABLE ONLY tracking_post
    ADD CONSTRAINT tracking_post_pkey PRIMARY KEY (id);
ALTER TABLE ONLY tracking_providerlistrun
    ADD CONSTRAINT tracking_providerlistrun_pkey PRIMARY KEY (id);
ALTER TABLE ONLY tracking_suppressionpull
    ADD CONSTRAINT tracking_suppressionpull_pkey PRIMARY KEY (id);
ALTER TABLE ONLY tracking_suppressionpull
    ADD CONSTRAINT tracking_suppressionpull_provider_key UNIQUE (provider);
ALTER TABLE ONLY tracking_unparsedevent
    ADD CONSTRAINT tracking_unparsedevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_grouppagepermission
    ADD CONSTRAINT unique_permission UNIQUE (group_id, page_id, permission_id);
ALTER TABLE ONLY wagtailadmin_admin
    ADD CONSTRAINT wagtailadmin_admin_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailadmin_editingsession
    ADD CONSTRAINT wagtailadmin_editingsession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailadmin_formstate
    ADD CONSTRAINT wagtailadmin_formstate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_collection
    ADD CONSTRAINT wagtailcore_collection_path_key UNIQUE (path);
ALTER TABLE ONLY wagtailcore_collection
    ADD CONSTRAINT wagtailcore_collection_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collectionvi_collectionviewrestrictio_988995ae_uniq UNIQUE (collectionviewrestriction_id, group_id);
ALTER TABLE ONLY wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collectionviewrestriction_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_collectionviewrestriction
    ADD CONSTRAINT wagtailcore_collectionviewrestriction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_commentreply
    ADD CONSTRAINT wagtailcore_commentreply_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapprova_groupapprovaltask_id_gro_bb5ee7eb_uniq UNIQUE (groupapprovaltask_id, group_id);
ALTER TABLE ONLY wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapprovaltask_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_groupapprovaltask
    ADD CONSTRAINT wagtailcore_groupapprovaltask_pkey PRIMARY KEY (task_ptr_id);
ALTER TABLE ONLY wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcollect_group_id_collection_id_p_a21cefe9_uniq UNIQUE (group_id, collection_id, permission_id);
ALTER TABLE ONLY wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcollectionpermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppagepermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsiteper_group_id_site_id_permiss_a58ee30d_uniq UNIQUE (group_id, site_id, permission_id);
ALTER TABLE ONLY wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsitepermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_locale
    ADD CONSTRAINT wagtailcore_locale_language_code_key UNIQUE (language_code);
ALTER TABLE ONLY wagtailcore_locale
    ADD CONSTRAINT wagtailcore_locale_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_modellogentry
    ADD CONSTRAINT wagtailcore_modellogentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_path_key UNIQUE (path);
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_translation_key_locale_id_9b041bad_uniq UNIQUE (translation_key, locale_id);
ALTER TABLE ONLY wagtailcore_pagelogentry
    ADD CONSTRAINT wagtailcore_pagelogentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_revision
    ADD CONSTRAINT wagtailcore_pagerevision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubscription_page_id_user_id_0cef73ed_uniq UNIQUE (page_id, user_id);
ALTER TABLE ONLY wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubscription_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageviewrest_pageviewrestriction_id_g_d23f80bb_uniq UNIQUE (pageviewrestriction_id, group_id);
ALTER TABLE ONLY wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageviewrestriction_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_pageviewrestriction
    ADD CONSTRAINT wagtailcore_pageviewrestriction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenceind_base_content_type_id_obj_9e6ccd6a_uniq UNIQUE (base_content_type_id, object_id, to_content_type_id, to_object_id, content_path_hash);
ALTER TABLE ONLY wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenceindex_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_site
    ADD CONSTRAINT wagtailcore_site_hostname_port_2c626d70_uniq UNIQUE (hostname, port);
ALTER TABLE ONLY wagtailcore_site
    ADD CONSTRAINT wagtailcore_site_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_task
    ADD CONSTRAINT wagtailcore_task_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_uploadedfile
    ADD CONSTRAINT wagtailcore_uploadedfile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_workflow
    ADD CONSTRAINT wagtailcore_workflow_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_workflowcontenttype
    ADD CONSTRAINT wagtailcore_workflowcontenttype_pkey PRIMARY KEY (content_type_id);
ALTER TABLE ONLY wagtailcore_workflowpage
    ADD CONSTRAINT wagtailcore_workflowpage_pkey PRIMARY KEY (page_id);
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflowstate_current_task_state_id_key UNIQUE (current_task_state_id);
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflowstate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflowtask_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflowtask_workflow_id_task_id_4ec7a62b_uniq UNIQUE (workflow_id, task_id);
ALTER TABLE ONLY wagtailimages_image
    ADD CONSTRAINT wagtailimages_image_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailimages_rendition
    ADD CONSTRAINT wagtailimages_rendition_image_id_filter_spec_foc_323c8fe0_uniq UNIQUE (image_id, filter_spec, focal_point_key);
ALTER TABLE ONLY wagtailimages_rendition
    ADD CONSTRAINT wagtailimages_rendition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailsearch_indexentry
    ADD CONSTRAINT wagtailsearch_indexentry_content_type_id_object_i_bcd7ba73_uniq UNIQUE (content_type_id, object_id);
ALTER TABLE ONLY wagtailsearch_indexentry
    ADD CONSTRAINT wagtailsearch_indexentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailusers_userprofile
    ADD CONSTRAINT wagtailusers_userprofile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailusers_userprofile
    ADD CONSTRAINT wagtailusers_userprofile_user_id_key UNIQUE (user_id);
CREATE INDEX alarm_messages_due ON monitoring_alarmmessage USING btree (state, not_before);
CREATE INDEX attempts_by_time ON sending_attempt USING btree (state, posted_at);
CREATE INDEX attempts_expired ON sending_attempt USING btree (state, lease_until);
CREATE INDEX auth_group_name_a6ea08ec_like ON auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON auth_permission USING btree (content_type_id);
CREATE INDEX auth_user_groups_group_id_97559544 ON auth_user_groups USING btree (group_id);
CREATE INDEX auth_user_groups_user_id_6a12ed8b ON auth_user_groups USING btree (user_id);
CREATE INDEX auth_user_user_permissions_permission_id_1fbb5f2c ON auth_user_user_permissions USING btree (permission_id);
CREATE INDEX auth_user_user_permissions_user_id_a95ead1b ON auth_user_user_permissions USING btree (user_id);
CREATE INDEX auth_user_username_6821ab7c_like ON auth_user USING btree (username varchar_pattern_ops);
CREATE INDEX base_content_object_idx ON wagtailcore_revision USING btree (base_content_type_id, object_id);
CREATE INDEX batches_to_submit ON sending_batch USING btree (state, number, send_id);
CREATE INDEX changes_of_bulk_run ON subscribers_bulkchange USING btree (run_id, id);
CREATE INDEX changes_of_person ON subscribers_subscriptionchange USING btree (subscriber_id, at);
CREATE INDEX consents_of_list ON subscribers_consent USING btree (list_id, given_at);
CREATE INDEX content_object_idx ON wagtailcore_revision USING btree (content_type_id, object_id);
CREATE INDEX counts_of_list ON subscribers_listcount USING btree (list_id, state);
CREATE INDEX deliveries_by_status ON sending_delivery USING btree (batch_id, outcome);
CREATE INDEX deliveries_with_outcome ON sending_delivery USING btree (send_id, outcome) WHERE (outcome IS NOT NULL);
CREATE INDEX desk_desksession_key_225c83e6_like ON desk_desksession USING btree (key varchar_pattern_ops);
CREATE INDEX desk_desksession_user_id_3d997d56 ON desk_desksession USING btree (user_id);
CREATE INDEX django_session_expire_date_a5c62663 ON django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON django_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX exclusions_by_reason ON sending_exclusion USING btree (send_id, reason);
CREATE INDEX formstate_user_object ON wagtailadmin_formstate USING btree (user_id, content_type_id, object_id, parent_object_id);
CREATE INDEX idx_procrastinate_jobs_worker_not_null ON procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::procrastinate_job_status));
CREATE INDEX idx_procrastinate_workers_last_heartbeat ON procrastinate_workers USING btree (last_heartbeat);
CREATE INDEX monitoring_alarmmessage_alarm_id_051ae8bb ON monitoring_alarmmessage USING btree (alarm_id);
CREATE INDEX newest_suppressions ON subscribers_suppression USING btree (created_at DESC);
CREATE INDEX notices_without_answer ON scheduling_notice USING btree (at) WHERE ((state)::text = 'submitted'::text);
CREATE UNIQUE INDEX one_event_of_a_reader_per_time ON tracking_event USING btree (delivery_id, kind, at) WHERE (kind IN ('complained', 'unsubscribed', 'left'));
CREATE UNIQUE INDEX one_feed_per_user ON scheduling_calendarfeed USING btree (user_id) WHERE (publication_id IS NULL);
CREATE UNIQUE INDEX one_issue_per_number ON publishing_issue USING btree (publication_id, volume, number) WHERE (NOT (number = 0));
CREATE UNIQUE INDEX one_live_attempt_per_batch ON sending_attempt USING btree (batch_id) WHERE (state IN ('reserved', 'in_flight', 'accepted', 'unknown'));
CREATE UNIQUE INDEX one_live_provider_batch_per_group ON sending_providerbatch USING btree (send_id, "group") WHERE (state IN ('new', 'open', 'cancelling', 'releasing'));
CREATE UNIQUE INDEX one_live_send_per_issue ON sending_send USING btree (issue_id) WHERE (state IN ('queued', 'planning', 'sending', 'paused', 'held'));
CREATE UNIQUE INDEX one_open_alarm ON monitoring_alarm USING btree (kind, key) WHERE (over_at IS NULL);
CREATE UNIQUE INDEX one_open_list_run ON tracking_providerlistrun USING btree (provider, action) WHERE (done_at IS NULL);
CREATE UNIQUE INDEX one_open_request_per_issue ON sending_approvalrequest USING btree (issue_id) WHERE ((state)::text = 'open'::text);
CREATE UNIQUE INDEX one_send_per_issue ON sending_send USING btree (issue_id) WHERE ((NOT ((state)::text = 'cancelled'::text)) AND (resend_of_id IS NULL));
CREATE UNIQUE INDEX one_shared_feed ON scheduling_calendarfeed USING btree (publication_id) WHERE (user_id IS NULL);
CREATE UNIQUE INDEX one_slot_per_number ON scheduling_slot USING btree (publication_id, volume, number) WHERE (number > 0);
CREATE INDEX opens_of_send ON tracking_countedopens USING btree (send_id, only_machines);
CREATE INDEX otp_static_staticdevice_user_id_7f9cff2b ON otp_static_staticdevice USING btree (user_id);
CREATE INDEX otp_static_statictoken_device_id_74b7c7d1 ON otp_static_statictoken USING btree (device_id);
CREATE INDEX otp_static_statictoken_token_d0a51866 ON otp_static_statictoken USING btree (token);
CREATE INDEX otp_static_statictoken_token_d0a51866_like ON otp_static_statictoken USING btree (token varchar_pattern_ops);
CREATE INDEX otp_totp_totpdevice_user_id_0fb18292 ON otp_totp_totpdevice USING btree (user_id);
CREATE INDEX procrastinate_events_job_id_fkey_v1 ON procrastinate_events USING btree (job_id);
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::procrastinate_job_status, 'doing'::procrastinate_job_status]));
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::procrastinate_job_status);
CREATE INDEX procrastinate_jobs_priority_idx_v1 ON procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::procrastinate_job_status);
CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON procrastinate_jobs USING btree (queue_name);
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::procrastinate_job_status);
CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON procrastinate_periodic_defers USING btree (job_id);
CREATE INDEX provider_batches_to_tend ON sending_providerbatch USING btree (state, at);
CREATE INDEX publishing_acceptance_issue_id_0423b4d3 ON publishing_acceptance USING btree (issue_id);
CREATE INDEX publishing_issue_publication_id_138bba09 ON publishing_issue USING btree (publication_id);
CREATE INDEX publishing_linkanswer_address_hash_9ab65928_like ON publishing_linkanswer USING btree (address_hash varchar_pattern_ops);
CREATE INDEX publishing_linkanswer_asked_at_d9eeaceb ON publishing_linkanswer USING btree (asked_at);
CREATE INDEX publishing_publication_lists_list_id_34d2b5da ON publishing_publication_lists USING btree (list_id);
CREATE INDEX publishing_publication_lists_publication_id_d9d7235b ON publishing_publication_lists USING btree (publication_id);
CREATE INDEX publishing_publication_logo_id_77dc4edd ON publishing_publication USING btree (logo_id);
CREATE INDEX publishing_publication_seed_segment_id_a81cd185 ON publishing_publication USING btree (seed_segment_id);
CREATE INDEX publishing_publication_seeds_id_4c5f6b90 ON publishing_publication USING btree (seeds_id);
CREATE INDEX publishing_publication_slug_e4f80283_like ON publishing_publication USING btree (slug varchar_pattern_ops);
CREATE INDEX referenceindex_source_object ON wagtailcore_referenceindex USING btree (base_content_type_id, object_id);
CREATE INDEX referenceindex_target_object ON wagtailcore_referenceindex USING btree (to_content_type_id, to_object_id);
CREATE INDEX scheduling_calendarfeed_key_cc8e2ccf_like ON scheduling_calendarfeed USING btree (key varchar_pattern_ops);
CREATE INDEX scheduling_calendarfeed_publication_id_3c8dee15 ON scheduling_calendarfeed USING btree (publication_id);
CREATE INDEX scheduling_calendarfeed_user_id_62c933f6 ON scheduling_calendarfeed USING btree (user_id);
CREATE INDEX scheduling_notice_user_id_a668bef4 ON scheduling_notice USING btree (user_id);
CREATE INDEX scheduling_slot_publication_id_73162089 ON scheduling_slot USING btree (publication_id);
CREATE INDEX sending_alreadymailed_attempt_id_d6d1e6f4 ON sending_alreadymailed USING btree (attempt_id);
CREATE INDEX sending_alreadymailed_issue_id_49ce4122 ON sending_alreadymailed USING btree (issue_id);
CREATE INDEX sending_approvalrequest_answered_by_id_8cd1d4f5 ON sending_approvalrequest USING btree (answered_by_id);
CREATE INDEX sending_approvalrequest_asked_by_id_ba9fd90d ON sending_approvalrequest USING btree (asked_by_id);
CREATE INDEX sending_approvalrequest_issue_id_5fd0d461 ON sending_approvalrequest USING btree (issue_id);
CREATE INDEX sending_attempt_batch_id_c0dad653 ON sending_attempt USING btree (batch_id);
CREATE INDEX sending_attempt_key_570eea83_like ON sending_attempt USING btree (key varchar_pattern_ops);
CREATE INDEX sending_attempt_provider_batch_id_39c00fdf ON sending_attempt USING btree (provider_batch_id);
CREATE INDEX sending_auditentry_send_id_e63a588b ON sending_auditentry USING btree (send_id);
CREATE INDEX sending_dryrun_edition_id_da9ec692 ON sending_dryrun USING btree (edition_id);
CREATE INDEX sending_edition_approved_by_id_4bae7719 ON sending_edition USING btree (approved_by_id);
CREATE INDEX sending_edition_issue_id_7b654688 ON sending_edition USING btree (issue_id);
CREATE INDEX sending_edition_revision_id_b32be6b1 ON sending_edition USING btree (revision_id);
CREATE INDEX sending_evidence_attempt_id_235e16cb ON sending_evidence USING btree (attempt_id);
CREATE INDEX sending_exclusion_subscriber_id_a424d8d1 ON sending_exclusion USING btree (subscriber_id);
CREATE INDEX sending_lateleaver_send_id_8f5b5b6e ON sending_lateleaver USING btree (send_id);
CREATE INDEX sending_missingattempt_key_ab872c82_like ON sending_missingattempt USING btree (key varchar_pattern_ops);
CREATE INDEX sending_rate_key_aa5a67bf_like ON sending_rate USING btree (key varchar_pattern_ops);
CREATE INDEX sending_send_edition_id_a9d456e8 ON sending_send USING btree (edition_id);
CREATE INDEX sending_send_issue_id_c819c64d ON sending_send USING btree (issue_id);
CREATE INDEX sending_send_lists_list_id_041fbab1 ON sending_send_lists USING btree (list_id);
CREATE INDEX sending_send_lists_send_id_009e3c3b ON sending_send_lists USING btree (send_id);
CREATE INDEX sending_send_resend_of_id_d7b206ea ON sending_send USING btree (resend_of_id);
CREATE INDEX sending_send_seeds_id_4d317045 ON sending_send USING btree (seeds_id);
CREATE INDEX sending_send_segment_id_34b3d88f ON sending_send USING btree (segment_id);
CREATE INDEX sending_submitter_log_334ed676_like ON sending_submitter USING btree (log varchar_pattern_ops);
CREATE INDEX sends_due ON sending_send USING btree (state, at);
CREATE INDEX sign_ups_due ON subscribers_signup USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX slots_due ON scheduling_slot USING btree (state, at);
CREATE INDEX subscribers_addresschange_confirmed_at_f6778ece ON subscribers_addresschange USING btree (confirmed_at);
CREATE INDEX subscribers_addresschange_merged_into_id_97b1509b ON subscribers_addresschange USING btree (merged_into_id);
CREATE INDEX subscribers_addresschange_secret_hash_6f8cb5bb ON subscribers_addresschange USING btree (secret_hash);
CREATE INDEX subscribers_addresschange_secret_hash_6f8cb5bb_like ON subscribers_addresschange USING btree (secret_hash varchar_pattern_ops);
CREATE INDEX subscribers_addresschange_subscriber_id_99fd7044 ON subscribers_addresschange USING btree (subscriber_id);
CREATE INDEX subscribers_bulkchange_subscriber_id_9152cd6f ON subscribers_bulkchange USING btree (subscriber_id);
CREATE INDEX subscribers_by_name ON subscribers_subscriber USING btree (name);
CREATE INDEX subscribers_consent_list_id_22dfc7e2 ON subscribers_consent USING btree (list_id);
CREATE INDEX subscribers_consent_subscriber_id_94c8f855 ON subscribers_consent USING btree (subscriber_id);
CREATE INDEX subscribers_erasedaddress_hash_2f22700b_like ON subscribers_erasedaddress USING btree (hash varchar_pattern_ops);
CREATE INDEX subscribers_list_slug_0eec41e4_like ON subscribers_list USING btree (slug varchar_pattern_ops);
CREATE INDEX subscribers_pausedissue_send_6dc4f18b ON subscribers_pausedissue USING btree (send);
CREATE INDEX subscribers_segment_slug_3d984d82_like ON subscribers_segment USING btree (slug varchar_pattern_ops);
CREATE INDEX subscribers_signingkey_fingerprint_ea4a886b_like ON subscribers_signingkey USING btree (fingerprint varchar_pattern_ops);
CREATE INDEX subscribers_signup_subscriber_id_5714a53a ON subscribers_signup USING btree (subscriber_id);
CREATE INDEX subscribers_subscriber_key_2b678593_like ON subscribers_subscriber USING btree (key varchar_pattern_ops);
CREATE INDEX subscribers_subscriptionchange_list_id_f5cc4f72 ON subscribers_subscriptionchange USING btree (list_id);
CREATE INDEX subscribers_suppression_key_a815ea9c_like ON subscribers_suppression USING btree (key varchar_pattern_ops);
CREATE INDEX subscribers_suppressionremoval_key_21374915 ON subscribers_suppressionremoval USING btree (key);
CREATE INDEX subscribers_suppressionremoval_key_21374915_like ON subscribers_suppressionremoval USING btree (key varchar_pattern_ops);
CREATE INDEX subscriptions_of_list ON subscribers_subscription USING btree (list_id, state);
CREATE INDEX suppressions_of_list ON subscribers_listsuppression USING btree (list_id, created_at DESC);
CREATE INDEX taggit_tag_name_58eb2ed9_like ON taggit_tag USING btree (name varchar_pattern_ops);
CREATE INDEX taggit_tag_slug_6be58b2c_like ON taggit_tag USING btree (slug varchar_pattern_ops);
CREATE INDEX taggit_tagg_content_8fc721_idx ON taggit_taggeditem USING btree (content_type_id, object_id);
CREATE INDEX taggit_taggeditem_content_type_id_9957a03c ON taggit_taggeditem USING btree (content_type_id);
CREATE INDEX taggit_taggeditem_object_id_e2d7d1df ON taggit_taggeditem USING btree (object_id);
CREATE INDEX taggit_taggeditem_tag_id_f4f5b767 ON taggit_taggeditem USING btree (tag_id);
CREATE INDEX throttling_counter_account_99af407c ON throttling_counter USING btree (account);
CREATE INDEX throttling_counter_account_99af407c_like ON throttling_counter USING btree (account varchar_pattern_ops);
CREATE INDEX throttling_counter_ends_at_cef98093 ON throttling_counter USING btree (ends_at);
CREATE INDEX throttling_counter_key_838dc3c3_like ON throttling_counter USING btree (key varchar_pattern_ops);
CREATE INDEX tracking_countedclicks_delivery_id_e869aadc ON tracking_countedclicks USING btree (delivery_id);
CREATE INDEX tracking_countedevent_key_f6798e82_like ON tracking_countedevent USING btree (key varchar_pattern_ops);
CREATE INDEX tracking_event_delivery_id_0a099151 ON tracking_event USING btree (delivery_id);
CREATE INDEX tracking_event_key_2d53d171_like ON tracking_event USING btree (key varchar_pattern_ops);
CREATE INDEX tracking_suppressionpull_provider_c7e2a914_like ON tracking_suppressionpull USING btree (provider varchar_pattern_ops);
CREATE UNIQUE INDEX unique_in_progress_workflow ON wagtailcore_workflowstate USING btree (base_content_type_id, object_id) WHERE (status IN ('in_progress', 'needs_changes'));
CREATE INDEX wagtailadmi_content_717955_idx ON wagtailadmin_editingsession USING btree (content_type_id, object_id);
CREATE INDEX wagtailadmin_editingsession_content_type_id_4df7730e ON wagtailadmin_editingsession USING btree (content_type_id);
CREATE INDEX wagtailadmin_editingsession_user_id_6e1a9b70 ON wagtailadmin_editingsession USING btree (user_id);
CREATE INDEX wagtailadmin_formstate_content_type_id_e32438b3 ON wagtailadmin_formstate USING btree (content_type_id);
CREATE INDEX wagtailadmin_formstate_user_id_b910adc2 ON wagtailadmin_formstate USING btree (user_id);
CREATE INDEX wagtailcore_collection_path_d848dc19_like ON wagtailcore_collection USING btree (path varchar_pattern_ops);
CREATE INDEX wagtailcore_collectionview_collectionviewrestriction__47320efd ON wagtailcore_collectionviewrestriction_groups USING btree (collectionviewrestriction_id);
CREATE INDEX wagtailcore_collectionviewrestriction_collection_id_761908ec ON wagtailcore_collectionviewrestriction USING btree (collection_id);
CREATE INDEX wagtailcore_collectionviewrestriction_groups_group_id_1823f2a3 ON wagtailcore_collectionviewrestriction_groups USING btree (group_id);
CREATE INDEX wagtailcore_comment_page_id_108444b5 ON wagtailcore_comment USING btree (page_id);
CREATE INDEX wagtailcore_comment_resolved_by_id_a282aa0e ON wagtailcore_comment USING btree (resolved_by_id);
CREATE INDEX wagtailcore_comment_revision_created_id_1d058279 ON wagtailcore_comment USING btree (revision_created_id);
CREATE INDEX wagtailcore_comment_user_id_0c577ca6 ON wagtailcore_comment USING btree (user_id);
CREATE INDEX wagtailcore_commentreply_comment_id_afc7e027 ON wagtailcore_commentreply USING btree (comment_id);
CREATE INDEX wagtailcore_commentreply_user_id_d0b3b9c3 ON wagtailcore_commentreply USING btree (user_id);
CREATE INDEX wagtailcore_groupapprovalt_groupapprovaltask_id_9a9255ea ON wagtailcore_groupapprovaltask_groups USING btree (groupapprovaltask_id);
CREATE INDEX wagtailcore_groupapprovaltask_groups_group_id_2e64b61f ON wagtailcore_groupapprovaltask_groups USING btree (group_id);
CREATE INDEX wagtailcore_groupcollectionpermission_collection_id_5423575a ON wagtailcore_groupcollectionpermission USING btree (collection_id);
CREATE INDEX wagtailcore_groupcollectionpermission_group_id_05d61460 ON wagtailcore_groupcollectionpermission USING btree (group_id);
CREATE INDEX wagtailcore_groupcollectionpermission_permission_id_1b626275 ON wagtailcore_groupcollectionpermission USING btree (permission_id);
CREATE INDEX wagtailcore_grouppagepermission_group_id_fc07e671 ON wagtailcore_grouppagepermission USING btree (group_id);
CREATE INDEX wagtailcore_grouppagepermission_page_id_710b114a ON wagtailcore_grouppagepermission USING btree (page_id);
CREATE INDEX wagtailcore_grouppagepermission_permission_id_05acb22e ON wagtailcore_grouppagepermission USING btree (permission_id);
CREATE INDEX wagtailcore_groupsitepermission_group_id_e5cdbee4 ON wagtailcore_groupsitepermission USING btree (group_id);
CREATE INDEX wagtailcore_groupsitepermission_permission_id_459b1f38 ON wagtailcore_groupsitepermission USING btree (permission_id);
CREATE INDEX wagtailcore_groupsitepermission_site_id_245de488 ON wagtailcore_groupsitepermission USING btree (site_id);
CREATE INDEX wagtailcore_locale_language_code_03149338_like ON wagtailcore_locale USING btree (language_code varchar_pattern_ops);
CREATE INDEX wagtailcore_modellogentry_action_d2d856ee ON wagtailcore_modellogentry USING btree (action);
CREATE INDEX wagtailcore_modellogentry_action_d2d856ee_like ON wagtailcore_modellogentry USING btree (action varchar_pattern_ops);
CREATE INDEX wagtailcore_modellogentry_content_changed_8bc39742 ON wagtailcore_modellogentry USING btree (content_changed);
CREATE INDEX wagtailcore_modellogentry_content_type_id_68849e77 ON wagtailcore_modellogentry USING btree (content_type_id);
CREATE INDEX wagtailcore_modellogentry_object_id_e0e7d4ef ON wagtailcore_modellogentry USING btree (object_id);
CREATE INDEX wagtailcore_modellogentry_object_id_e0e7d4ef_like ON wagtailcore_modellogentry USING btree (object_id varchar_pattern_ops);
CREATE INDEX wagtailcore_modellogentry_revision_id_df6ca33a ON wagtailcore_modellogentry USING btree (revision_id);
CREATE INDEX wagtailcore_modellogentry_timestamp_9694521b ON wagtailcore_modellogentry USING btree ("timestamp");
CREATE INDEX wagtailcore_modellogentry_user_id_0278d1bf ON wagtailcore_modellogentry USING btree (user_id);
CREATE INDEX wagtailcore_page_alias_of_id_12945502 ON wagtailcore_page USING btree (alias_of_id);
CREATE INDEX wagtailcore_page_content_type_id_c28424df ON wagtailcore_page USING btree (content_type_id);
CREATE INDEX wagtailcore_page_first_published_at_2b5dd637 ON wagtailcore_page USING btree (first_published_at);
CREATE INDEX wagtailcore_page_latest_revision_id_e60fef51 ON wagtailcore_page USING btree (latest_revision_id);
CREATE INDEX wagtailcore_page_live_revision_id_930bd822 ON wagtailcore_page USING btree (live_revision_id);
CREATE INDEX wagtailcore_page_locale_id_3c7e30a6 ON wagtailcore_page USING btree (locale_id);
CREATE INDEX wagtailcore_page_locked_by_id_bcb86245 ON wagtailcore_page USING btree (locked_by_id);
CREATE INDEX wagtailcore_page_owner_id_fbf7c332 ON wagtailcore_page USING btree (owner_id);
CREATE INDEX wagtailcore_page_path_98eba2c8_like ON wagtailcore_page USING btree (path varchar_pattern_ops);
CREATE INDEX wagtailcore_page_slug_e7c11b8f ON wagtailcore_page USING btree (slug);
CREATE INDEX wagtailcore_page_slug_e7c11b8f_like ON wagtailcore_page USING btree (slug varchar_pattern_ops);
CREATE INDEX wagtailcore_pagelogentry_action_c2408198 ON wagtailcore_pagelogentry USING btree (action);
CREATE INDEX wagtailcore_pagelogentry_action_c2408198_like ON wagtailcore_pagelogentry USING btree (action varchar_pattern_ops);
CREATE INDEX wagtailcore_pagelogentry_content_changed_99f27ade ON wagtailcore_pagelogentry USING btree (content_changed);
CREATE INDEX wagtailcore_pagelogentry_content_type_id_74e7708a ON wagtailcore_pagelogentry USING btree (content_type_id);
CREATE INDEX wagtailcore_pagelogentry_page_id_8464e327 ON wagtailcore_pagelogentry USING btree (page_id);
CREATE INDEX wagtailcore_pagelogentry_revision_id_8043d103 ON wagtailcore_pagelogentry USING btree (revision_id);
CREATE INDEX wagtailcore_pagelogentry_timestamp_deb774c4 ON wagtailcore_pagelogentry USING btree ("timestamp");
CREATE INDEX wagtailcore_pagelogentry_user_id_604ccfd8 ON wagtailcore_pagelogentry USING btree (user_id);
CREATE INDEX wagtailcore_pagerevision_approved_go_live_at_e56afc67 ON wagtailcore_revision USING btree (approved_go_live_at);
CREATE INDEX wagtailcore_pagerevision_created_at_66954e3b ON wagtailcore_revision USING btree (created_at);
CREATE INDEX wagtailcore_pagerevision_user_id_2409d2f4 ON wagtailcore_revision USING btree (user_id);
CREATE INDEX wagtailcore_pagesubscription_page_id_a085e7a6 ON wagtailcore_pagesubscription USING btree (page_id);
CREATE INDEX wagtailcore_pagesubscription_user_id_89d7def9 ON wagtailcore_pagesubscription USING btree (user_id);
CREATE INDEX wagtailcore_pageviewrestri_pageviewrestriction_id_f147a99a ON wagtailcore_pageviewrestriction_groups USING btree (pageviewrestriction_id);
CREATE INDEX wagtailcore_pageviewrestriction_groups_group_id_6460f223 ON wagtailcore_pageviewrestriction_groups USING btree (group_id);
CREATE INDEX wagtailcore_pageviewrestriction_page_id_15a8bea6 ON wagtailcore_pageviewrestriction USING btree (page_id);
CREATE INDEX wagtailcore_referenceindex_base_content_type_id_313cf40f ON wagtailcore_referenceindex USING btree (base_content_type_id);
CREATE INDEX wagtailcore_referenceindex_content_type_id_766e0336 ON wagtailcore_referenceindex USING btree (content_type_id);
CREATE INDEX wagtailcore_referenceindex_to_content_type_id_93690bbd ON wagtailcore_referenceindex USING btree (to_content_type_id);
CREATE INDEX wagtailcore_revision_base_content_type_id_5b4ef7bd ON wagtailcore_revision USING btree (base_content_type_id);
CREATE INDEX wagtailcore_revision_content_type_id_c8cb69c0 ON wagtailcore_revision USING btree (content_type_id);
CREATE INDEX wagtailcore_site_hostname_96b20b46 ON wagtailcore_site USING btree (hostname);
CREATE INDEX wagtailcore_site_hostname_96b20b46_like ON wagtailcore_site USING btree (hostname varchar_pattern_ops);
CREATE INDEX wagtailcore_site_root_page_id_e02fb95c ON wagtailcore_site USING btree (root_page_id);
CREATE INDEX wagtailcore_task_content_type_id_249ab8ba ON wagtailcore_task USING btree (content_type_id);
CREATE INDEX wagtailcore_taskstate_content_type_id_0a758fdc ON wagtailcore_taskstate USING btree (content_type_id);
CREATE INDEX wagtailcore_taskstate_finished_by_id_13f98229 ON wagtailcore_taskstate USING btree (finished_by_id);
CREATE INDEX wagtailcore_taskstate_page_revision_id_9f52c88e ON wagtailcore_taskstate USING btree (revision_id);
CREATE INDEX wagtailcore_taskstate_task_id_c3677c34 ON wagtailcore_taskstate USING btree (task_id);
CREATE INDEX wagtailcore_taskstate_workflow_state_id_9239a775 ON wagtailcore_taskstate USING btree (workflow_state_id);
CREATE INDEX wagtailcore_uploadedfile_for_content_type_id_b0fc87b2 ON wagtailcore_uploadedfile USING btree (for_content_type_id);
CREATE INDEX wagtailcore_uploadedfile_uploaded_by_user_id_c7580fe8 ON wagtailcore_uploadedfile USING btree (uploaded_by_user_id);
CREATE INDEX wagtailcore_uuid_06a44d_idx ON wagtailcore_pagelogentry USING btree (uuid, action, "timestamp" DESC);
CREATE INDEX wagtailcore_uuid_d6363b_idx ON wagtailcore_modellogentry USING btree (uuid, action, "timestamp" DESC);
CREATE INDEX wagtailcore_workflowcontenttype_workflow_id_9aad7cd2 ON wagtailcore_workflowcontenttype USING btree (workflow_id);
CREATE INDEX wagtailcore_workflowpage_workflow_id_56f56ff6 ON wagtailcore_workflowpage USING btree (workflow_id);
CREATE INDEX wagtailcore_workflowstate_base_content_type_id_a30dc576 ON wagtailcore_workflowstate USING btree (base_content_type_id);
CREATE INDEX wagtailcore_workflowstate_content_type_id_2bb78ce1 ON wagtailcore_workflowstate USING btree (content_type_id);
CREATE INDEX wagtailcore_workflowstate_requested_by_id_4090bca3 ON wagtailcore_workflowstate USING btree (requested_by_id);
CREATE INDEX wagtailcore_workflowstate_workflow_id_1f18378f ON wagtailcore_workflowstate USING btree (workflow_id);
CREATE INDEX wagtailcore_workflowtask_task_id_ce7716fe ON wagtailcore_workflowtask USING btree (task_id);
CREATE INDEX wagtailcore_workflowtask_workflow_id_b9717175 ON wagtailcore_workflowtask USING btree (workflow_id);
CREATE INDEX wagtailimages_image_collection_id_c2f8af7e ON wagtailimages_image USING btree (collection_id);
CREATE INDEX wagtailimages_image_created_at_86fa6cd4 ON wagtailimages_image USING btree (created_at);
CREATE INDEX wagtailimages_image_file_hash_fb5bbb23 ON wagtailimages_image USING btree (file_hash);
CREATE INDEX wagtailimages_image_file_hash_fb5bbb23_like ON wagtailimages_image USING btree (file_hash varchar_pattern_ops);
CREATE INDEX wagtailimages_image_uploaded_by_user_id_5d73dc75 ON wagtailimages_image USING btree (uploaded_by_user_id);
CREATE INDEX wagtailimages_rendition_filter_spec_1cba3201 ON wagtailimages_rendition USING btree (filter_spec);
CREATE INDEX wagtailimages_rendition_filter_spec_1cba3201_like ON wagtailimages_rendition USING btree (filter_spec varchar_pattern_ops);
CREATE INDEX wagtailimages_rendition_image_id_3e1fd774 ON wagtailimages_rendition USING btree (image_id);
CREATE INDEX wagtailsear_autocom_476c89_gin ON wagtailsearch_indexentry USING gin (autocomplete);
CREATE INDEX wagtailsear_body_90c85d_gin ON wagtailsearch_indexentry USING gin (body);
CREATE INDEX wagtailsear_title_9caae0_gin ON wagtailsearch_indexentry USING gin (title);
CREATE INDEX wagtailsearch_indexentry_content_type_id_62ed694f ON wagtailsearch_indexentry USING btree (content_type_id);
CREATE INDEX welcomes_due ON subscribers_signup USING btree (welcome_due_at) WHERE (welcome_due_at IS NOT NULL);
CREATE INDEX workflowstate_base_ct_id_idx ON wagtailcore_workflowstate USING btree (base_content_type_id, object_id);
CREATE INDEX workflowstate_ct_id_idx ON wagtailcore_workflowstate USING btree (content_type_id, object_id);
CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::procrastinate_job_status))) EXECUTE FUNCTION procrastinate_notify_queue_abort_job_v1();
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate_job_status)) EXECUTE FUNCTION procrastinate_notify_queue_job_inserted_v1();
CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION procrastinate_trigger_abort_requested_events_procedure_v1();
CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION procrastinate_unlink_periodic_defers_v1();
CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::procrastinate_job_status))) EXECUTE FUNCTION procrastinate_trigger_function_scheduled_events_v1();
CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate_job_status)) EXECUTE FUNCTION procrastinate_trigger_function_status_events_insert_v1();
CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION procrastinate_trigger_function_status_events_update_v1();
CREATE TRIGGER sending_delivery_batch_id_added AFTER INSERT ON sending_delivery REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sending_delivery_batch_id_added();
CREATE CONSTRAINT TRIGGER sending_delivery_batch_id_kept AFTER DELETE ON sending_batch DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sending_delivery_batch_id_kept();
CREATE TRIGGER sending_delivery_batch_id_moved AFTER UPDATE OF batch_id ON sending_delivery FOR EACH ROW WHEN ((old.batch_id IS DISTINCT FROM new.batch_id)) EXECUTE FUNCTION sending_delivery_batch_id_moved();
CREATE CONSTRAINT TRIGGER sending_delivery_batch_id_renumbered AFTER UPDATE OF id ON sending_batch DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((old.id IS DISTINCT FROM new.id)) EXECUTE FUNCTION sending_delivery_batch_id_kept();
CREATE TRIGGER sending_delivery_send_id_added AFTER INSERT ON sending_delivery REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sending_delivery_send_id_added();
CREATE CONSTRAINT TRIGGER sending_delivery_send_id_kept AFTER DELETE ON sending_send DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sending_delivery_send_id_kept();
CREATE TRIGGER sending_delivery_send_id_moved AFTER UPDATE OF send_id ON sending_delivery FOR EACH ROW WHEN ((old.send_id IS DISTINCT FROM new.send_id)) EXECUTE FUNCTION sending_delivery_send_id_moved();
CREATE CONSTRAINT TRIGGER sending_delivery_send_id_renumbered AFTER UPDATE OF id ON sending_send DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((old.id IS DISTINCT FROM new.id)) EXECUTE FUNCTION sending_delivery_send_id_kept();
CREATE TRIGGER sending_delivery_subscriber_id_added AFTER INSERT ON sending_delivery REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sending_delivery_subscriber_id_added();
CREATE CONSTRAINT TRIGGER sending_delivery_subscriber_id_kept AFTER DELETE ON subscribers_subscriber DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sending_delivery_subscriber_id_kept();
CREATE TRIGGER sending_delivery_subscriber_id_moved AFTER UPDATE OF subscriber_id ON sending_delivery FOR EACH ROW WHEN ((old.subscriber_id IS DISTINCT FROM new.subscriber_id)) EXECUTE FUNCTION sending_delivery_subscriber_id_moved();
CREATE CONSTRAINT TRIGGER sending_delivery_subscriber_id_renumbered AFTER UPDATE OF id ON subscribers_subscriber DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((old.id IS DISTINCT FROM new.id)) EXECUTE FUNCTION sending_delivery_subscriber_id_kept();
CREATE TRIGGER subscribers_count_added AFTER INSERT ON subscribers_subscription REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION subscribers_count_added();
CREATE TRIGGER subscribers_count_changed AFTER UPDATE ON subscribers_subscription REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION subscribers_count_changed();
CREATE TRIGGER subscribers_count_removed AFTER DELETE ON subscribers_subscription REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION subscribers_count_removed();
CREATE TRIGGER subscribers_importchange_run_id_added AFTER INSERT ON subscribers_importchange REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION subscribers_importchange_run_id_added();
CREATE CONSTRAINT TRIGGER subscribers_importchange_run_id_kept AFTER DELETE ON subscribers_importrun DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION subscribers_importchange_run_id_kept();
CREATE TRIGGER subscribers_importchange_run_id_moved AFTER UPDATE OF run_id ON subscribers_importchange FOR EACH ROW WHEN ((old.run_id IS DISTINCT FROM new.run_id)) EXECUTE FUNCTION subscribers_importchange_run_id_moved();
CREATE CONSTRAINT TRIGGER subscribers_importchange_run_id_renumbered AFTER UPDATE OF id ON subscribers_importrun DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((old.id IS DISTINCT FROM new.id)) EXECUTE FUNCTION subscribers_importchange_run_id_kept();
CREATE TRIGGER subscribers_subscription_list_id_added AFTER INSERT ON subscribers_subscription REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION subscribers_subscription_list_id_added();
CREATE CONSTRAINT TRIGGER subscribers_subscription_list_id_kept AFTER DELETE ON subscribers_list DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION subscribers_subscription_list_id_kept();
CREATE TRIGGER subscribers_subscription_list_id_moved AFTER UPDATE OF list_id ON subscribers_subscription FOR EACH ROW WHEN ((old.list_id IS DISTINCT FROM new.list_id)) EXECUTE FUNCTION subscribers_subscription_list_id_moved();
CREATE CONSTRAINT TRIGGER subscribers_subscription_list_id_renumbered AFTER UPDATE OF id ON subscribers_list DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((old.id IS DISTINCT FROM new.id)) EXECUTE FUNCTION subscribers_subscription_list_id_kept();
CREATE TRIGGER subscribers_subscription_subscriber_id_added AFTER INSERT ON subscribers_subscription REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION subscribers_subscription_subscriber_id_added();
CREATE CONSTRAINT TRIGGER subscribers_subscription_subscriber_id_kept AFTER DELETE ON subscribers_subscriber DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION subscribers_subscription_subscriber_id_kept();
CREATE TRIGGER subscribers_subscription_subscriber_id_moved AFTER UPDATE OF subscriber_id ON subscribers_subscription FOR EACH ROW WHEN ((old.subscriber_id IS DISTINCT FROM new.subscriber_id)) EXECUTE FUNCTION subscribers_subscription_subscriber_id_moved();
CREATE CONSTRAINT TRIGGER subscribers_subscription_subscriber_id_renumbered AFTER UPDATE OF id ON subscribers_subscriber DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((old.id IS DISTINCT FROM new.id)) EXECUTE FUNCTION subscribers_subscription_subscriber_id_kept();
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_user_groups
    ADD CONSTRAINT auth_user_groups_group_id_97559544_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_user_groups
    ADD CONSTRAINT auth_user_groups_user_id_6a12ed8b_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permi_permission_id_1fbb5f2c_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permissions_user_id_a95ead1b_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY desk_desksession
    ADD CONSTRAINT desk_desksession_user_id_3d997d56_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY desk_hiddensteps
    ADD CONSTRAINT desk_hiddensteps_publication_id_60ce599a_fk_publishin FOREIGN KEY (publication_id) REFERENCES publishing_publication(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY desk_issuewords
    ADD CONSTRAINT desk_issuewords_issue_id_180ac5fd_fk_publishin FOREIGN KEY (issue_id) REFERENCES publishing_issue(page_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY monitoring_alarmmessage
    ADD CONSTRAINT monitoring_alarmmess_alarm_id_051ae8bb_fk_monitorin FOREIGN KEY (alarm_id) REFERENCES monitoring_alarm(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY otp_static_staticdevice
    ADD CONSTRAINT otp_static_staticdevice_user_id_7f9cff2b_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY otp_static_statictoken
    ADD CONSTRAINT otp_static_statictok_device_id_74b7c7d1_fk_otp_stati FOREIGN KEY (device_id) REFERENCES otp_static_staticdevice(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY otp_totp_totpdevice
    ADD CONSTRAINT otp_totp_totpdevice_user_id_0fb18292_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES procrastinate_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES procrastinate_workers(id) ON DELETE SET NULL;
ALTER TABLE ONLY procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES procrastinate_jobs(id);
ALTER TABLE ONLY publishing_acceptance
    ADD CONSTRAINT publishing_acceptanc_issue_id_0423b4d3_fk_publishin FOREIGN KEY (issue_id) REFERENCES publishing_issue(page_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY publishing_archivepage
    ADD CONSTRAINT publishing_archivepa_page_ptr_id_fab2b340_fk_wagtailco FOREIGN KEY (page_ptr_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY publishing_archivepage
    ADD CONSTRAINT publishing_archivepa_publication_id_f0e2671f_fk_publishin FOREIGN KEY (publication_id) REFERENCES publishing_publication(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY publishing_issue
    ADD CONSTRAINT publishing_issue_page_ptr_id_03e823df_fk_wagtailcore_page_id FOREIGN KEY (page_ptr_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY publishing_issue
    ADD CONSTRAINT publishing_issue_publication_id_138bba09_fk_publishin FOREIGN KEY (publication_id) REFERENCES publishing_publication(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY publishing_publication_lists
    ADD CONSTRAINT publishing_publicati_list_id_34d2b5da_fk_subscribe FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY publishing_publication
    ADD CONSTRAINT publishing_publicati_logo_id_77dc4edd_fk_wagtailim FOREIGN KEY (logo_id) REFERENCES wagtailimages_image(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY publishing_publication_lists
    ADD CONSTRAINT publishing_publicati_publication_id_d9d7235b_fk_publishin FOREIGN KEY (publication_id) REFERENCES publishing_publication(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY publishing_publication
    ADD CONSTRAINT publishing_publicati_seed_segment_id_a81cd185_fk_subscribe FOREIGN KEY (seed_segment_id) REFERENCES subscribers_segment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY publishing_publication
    ADD CONSTRAINT publishing_publication_seeds_id_4c5f6b90_fk_subscribers_list_id FOREIGN KEY (seeds_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY publishing_webentry
    ADD CONSTRAINT publishing_webentry_issue_id_6f71edd7_fk_publishin FOREIGN KEY (issue_id) REFERENCES publishing_issue(page_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY scheduling_calendarfeed
    ADD CONSTRAINT scheduling_calendarf_publication_id_3c8dee15_fk_publishin FOREIGN KEY (publication_id) REFERENCES publishing_publication(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY scheduling_calendarfeed
    ADD CONSTRAINT scheduling_calendarfeed_user_id_62c933f6_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY scheduling_notice
    ADD CONSTRAINT scheduling_notice_user_id_a668bef4_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY scheduling_reminderchoice
    ADD CONSTRAINT scheduling_reminderchoice_user_id_f0addd37_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY scheduling_slot
    ADD CONSTRAINT scheduling_slot_issue_id_c8689b73_fk_publishin FOREIGN KEY (issue_id) REFERENCES publishing_issue(page_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY scheduling_slot
    ADD CONSTRAINT scheduling_slot_publication_id_73162089_fk_publishin FOREIGN KEY (publication_id) REFERENCES publishing_publication(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY scheduling_slot
    ADD CONSTRAINT scheduling_slot_send_id_aaa92e0c_fk_sending_send_id FOREIGN KEY (send_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_alreadymailed
    ADD CONSTRAINT sending_alreadymaile_attempt_id_d6d1e6f4_fk_sending_m FOREIGN KEY (attempt_id) REFERENCES sending_missingattempt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_alreadymailed
    ADD CONSTRAINT sending_alreadymaile_issue_id_49ce4122_fk_publishin FOREIGN KEY (issue_id) REFERENCES publishing_issue(page_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_alreadymailed
    ADD CONSTRAINT sending_alreadymaile_subscriber_id_459688d0_fk_subscribe FOREIGN KEY (subscriber_id) REFERENCES subscribers_subscriber(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_approvalrequest
    ADD CONSTRAINT sending_approvalrequ_issue_id_5fd0d461_fk_publishin FOREIGN KEY (issue_id) REFERENCES publishing_issue(page_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_approvalrequest
    ADD CONSTRAINT sending_approvalrequest_answered_by_id_8cd1d4f5_fk_auth_user_id FOREIGN KEY (answered_by_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_approvalrequest
    ADD CONSTRAINT sending_approvalrequest_asked_by_id_ba9fd90d_fk_auth_user_id FOREIGN KEY (asked_by_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_attempt
    ADD CONSTRAINT sending_attempt_batch_id_c0dad653_fk_sending_batch_id FOREIGN KEY (batch_id) REFERENCES sending_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_attempt
    ADD CONSTRAINT sending_attempt_provider_batch_id_39c00fdf_fk_sending_p FOREIGN KEY (provider_batch_id) REFERENCES sending_providerbatch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_auditentry
    ADD CONSTRAINT sending_auditentry_send_id_e63a588b_fk_sending_send_id FOREIGN KEY (send_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_batch
    ADD CONSTRAINT sending_batch_send_id_4268ef13_fk_sending_send_id FOREIGN KEY (send_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_dryrun
    ADD CONSTRAINT sending_dryrun_edition_id_da9ec692_fk_sending_edition_id FOREIGN KEY (edition_id) REFERENCES sending_edition(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_dryrun
    ADD CONSTRAINT sending_dryrun_send_id_e2d64276_fk_sending_send_id FOREIGN KEY (send_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_edition
    ADD CONSTRAINT sending_edition_approved_by_id_4bae7719_fk_auth_user_id FOREIGN KEY (approved_by_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_edition
    ADD CONSTRAINT sending_edition_issue_id_7b654688_fk_publishin FOREIGN KEY (issue_id) REFERENCES publishing_issue(page_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_edition
    ADD CONSTRAINT sending_edition_revision_id_b32be6b1_fk_wagtailcore_revision_id FOREIGN KEY (revision_id) REFERENCES wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_evidence
    ADD CONSTRAINT sending_evidence_attempt_id_235e16cb_fk_sending_attempt_id FOREIGN KEY (attempt_id) REFERENCES sending_attempt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_exclusion
    ADD CONSTRAINT sending_exclusion_send_id_aacbeb7d_fk_sending_send_id FOREIGN KEY (send_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_exclusion
    ADD CONSTRAINT sending_exclusion_subscriber_id_a424d8d1_fk_subscribe FOREIGN KEY (subscriber_id) REFERENCES subscribers_subscriber(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_lateleaver
    ADD CONSTRAINT sending_lateleaver_delivery_id_c8422562_fk_sending_delivery_id FOREIGN KEY (delivery_id) REFERENCES sending_delivery(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_lateleaver
    ADD CONSTRAINT sending_lateleaver_send_id_8f5b5b6e_fk_sending_send_id FOREIGN KEY (send_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_providerbatch
    ADD CONSTRAINT sending_providerbatch_send_id_700c641e_fk_sending_send_id FOREIGN KEY (send_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_send
    ADD CONSTRAINT sending_send_edition_id_a9d456e8_fk_sending_edition_id FOREIGN KEY (edition_id) REFERENCES sending_edition(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_send
    ADD CONSTRAINT sending_send_issue_id_c819c64d_fk_publishing_issue_page_ptr_id FOREIGN KEY (issue_id) REFERENCES publishing_issue(page_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_send_lists
    ADD CONSTRAINT sending_send_lists_list_id_041fbab1_fk_subscribers_list_id FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_send_lists
    ADD CONSTRAINT sending_send_lists_send_id_009e3c3b_fk_sending_send_id FOREIGN KEY (send_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_send
    ADD CONSTRAINT sending_send_resend_of_id_d7b206ea_fk_sending_send_id FOREIGN KEY (resend_of_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_send
    ADD CONSTRAINT sending_send_seeds_id_4d317045_fk_subscribers_list_id FOREIGN KEY (seeds_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY sending_send
    ADD CONSTRAINT sending_send_segment_id_34b3d88f_fk_subscribers_segment_id FOREIGN KEY (segment_id) REFERENCES subscribers_segment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_addresschange
    ADD CONSTRAINT subscribers_addressc_merged_into_id_97b1509b_fk_subscribe FOREIGN KEY (merged_into_id) REFERENCES subscribers_subscriber(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_addresschange
    ADD CONSTRAINT subscribers_addressc_subscriber_id_99fd7044_fk_subscribe FOREIGN KEY (subscriber_id) REFERENCES subscribers_subscriber(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_bulkchange
    ADD CONSTRAINT subscribers_bulkchan_run_id_4766b4ad_fk_subscribe FOREIGN KEY (run_id) REFERENCES subscribers_bulkrun(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_bulkchange
    ADD CONSTRAINT subscribers_bulkchan_subscriber_id_9152cd6f_fk_subscribe FOREIGN KEY (subscriber_id) REFERENCES subscribers_subscriber(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_bulkchange
    ADD CONSTRAINT subscribers_bulkchange_list_id_285c4885_fk_subscribers_list_id FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_bulkrun
    ADD CONSTRAINT subscribers_bulkrun_list_id_302bb3f3_fk_subscribers_list_id FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_columnmapping
    ADD CONSTRAINT subscribers_columnma_list_id_481d7daf_fk_subscribe FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_consent
    ADD CONSTRAINT subscribers_consent_list_id_22dfc7e2_fk_subscribers_list_id FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_consent
    ADD CONSTRAINT subscribers_consent_subscriber_id_94c8f855_fk_subscribe FOREIGN KEY (subscriber_id) REFERENCES subscribers_subscriber(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_countingrefusal
    ADD CONSTRAINT subscribers_counting_subscriber_id_ec85a4c1_fk_subscribe FOREIGN KEY (subscriber_id) REFERENCES subscribers_subscriber(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_importrun
    ADD CONSTRAINT subscribers_importrun_list_id_a48a6edb_fk_subscribers_list_id FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_listcount
    ADD CONSTRAINT subscribers_listcount_list_id_55ebfc9e_fk_subscribers_list_id FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_listsuppression
    ADD CONSTRAINT subscribers_listsupp_list_id_b669a08b_fk_subscribe FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_pause
    ADD CONSTRAINT subscribers_pause_subscriber_id_8b76c7c8_fk_subscribe FOREIGN KEY (subscriber_id) REFERENCES subscribers_subscriber(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_pausedissue
    ADD CONSTRAINT subscribers_pausedis_pause_id_03c167ae_fk_subscribe FOREIGN KEY (pause_id) REFERENCES subscribers_pause(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_signup
    ADD CONSTRAINT subscribers_signup_list_id_f7720d9b_fk_subscribers_list_id FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_signup
    ADD CONSTRAINT subscribers_signup_subscriber_id_5714a53a_fk_subscribe FOREIGN KEY (subscriber_id) REFERENCES subscribers_subscriber(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_signupcount
    ADD CONSTRAINT subscribers_signupcount_list_id_014f55b3_fk_subscribers_list_id FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_signupform
    ADD CONSTRAINT subscribers_signupform_list_id_5925460a_fk_subscribers_list_id FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_subscriptionchange
    ADD CONSTRAINT subscribers_subscrip_list_id_f5cc4f72_fk_subscribe FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_subscriptionchange
    ADD CONSTRAINT subscribers_subscrip_subscriber_id_c98bbce4_fk_subscribe FOREIGN KEY (subscriber_id) REFERENCES subscribers_subscriber(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY subscribers_suppressionremoval
    ADD CONSTRAINT subscribers_suppress_list_id_456ccb9f_fk_subscribe FOREIGN KEY (list_id) REFERENCES subscribers_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_content_type_id_9957a03c_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_tag_id_f4f5b767_fk_taggit_tag_id FOREIGN KEY (tag_id) REFERENCES taggit_tag(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY tracking_countedclicks
    ADD CONSTRAINT tracking_countedclic_delivery_id_e869aadc_fk_sending_d FOREIGN KEY (delivery_id) REFERENCES sending_delivery(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY tracking_countedclicks
    ADD CONSTRAINT tracking_countedclic_link_id_22762a3a_fk_tracking_ FOREIGN KEY (link_id) REFERENCES tracking_countedlink(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY tracking_countedevent
    ADD CONSTRAINT tracking_countedeven_delivery_id_41dff784_fk_sending_d FOREIGN KEY (delivery_id) REFERENCES sending_delivery(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY tracking_countedlink
    ADD CONSTRAINT tracking_countedlink_send_id_82cd620d_fk_sending_send_id FOREIGN KEY (send_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY tracking_countedopens
    ADD CONSTRAINT tracking_countedopen_delivery_id_c059f937_fk_sending_d FOREIGN KEY (delivery_id) REFERENCES sending_delivery(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY tracking_countedopens
    ADD CONSTRAINT tracking_countedopens_send_id_17e03ef9_fk_sending_send_id FOREIGN KEY (send_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY tracking_countedsum
    ADD CONSTRAINT tracking_countedsum_send_id_28b4132b_fk_sending_send_id FOREIGN KEY (send_id) REFERENCES sending_send(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY tracking_event
    ADD CONSTRAINT tracking_event_delivery_id_0a099151_fk_sending_delivery_id FOREIGN KEY (delivery_id) REFERENCES sending_delivery(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailadmin_editingsession
    ADD CONSTRAINT wagtailadmin_editing_content_type_id_4df7730e_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailadmin_editingsession
    ADD CONSTRAINT wagtailadmin_editingsession_user_id_6e1a9b70_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailadmin_formstate
    ADD CONSTRAINT wagtailadmin_formsta_content_type_id_e32438b3_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailadmin_formstate
    ADD CONSTRAINT wagtailadmin_formstate_user_id_b910adc2_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_collectionviewrestriction
    ADD CONSTRAINT wagtailcore_collecti_collection_id_761908ec_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collecti_collectionviewrestri_47320efd_fk_wagtailco FOREIGN KEY (collectionviewrestriction_id) REFERENCES wagtailcore_collectionviewrestriction(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collecti_group_id_1823f2a3_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_page_id_108444b5_fk_wagtailcore_page_id FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_resolved_by_id_a282aa0e_fk_auth_user_id FOREIGN KEY (resolved_by_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_revision_created_id_1d058279_fk_wagtailco FOREIGN KEY (revision_created_id) REFERENCES wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_user_id_0c577ca6_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_commentreply
    ADD CONSTRAINT wagtailcore_commentr_comment_id_afc7e027_fk_wagtailco FOREIGN KEY (comment_id) REFERENCES wagtailcore_comment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_commentreply
    ADD CONSTRAINT wagtailcore_commentreply_user_id_d0b3b9c3_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapp_group_id_2e64b61f_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapp_groupapprovaltask_id_9a9255ea_fk_wagtailco FOREIGN KEY (groupapprovaltask_id) REFERENCES wagtailcore_groupapprovaltask(task_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupapprovaltask
    ADD CONSTRAINT wagtailcore_groupapp_task_ptr_id_cfe58781_fk_wagtailco FOREIGN KEY (task_ptr_id) REFERENCES wagtailcore_task(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcol_collection_id_5423575a_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcol_group_id_05d61460_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcol_permission_id_1b626275_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppag_group_id_fc07e671_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppag_page_id_710b114a_fk_wagtailco FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppag_permission_id_05acb22e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsit_group_id_e5cdbee4_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsit_permission_id_459b1f38_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsit_site_id_245de488_fk_wagtailco FOREIGN KEY (site_id) REFERENCES wagtailcore_site(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_modellogentry
    ADD CONSTRAINT wagtailcore_modellog_content_type_id_68849e77_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_alias_of_id_12945502_fk_wagtailcore_page_id FOREIGN KEY (alias_of_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_content_type_id_c28424df_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_latest_revision_id_e60fef51_fk_wagtailco FOREIGN KEY (latest_revision_id) REFERENCES wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_live_revision_id_930bd822_fk_wagtailco FOREIGN KEY (live_revision_id) REFERENCES wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_locale_id_3c7e30a6_fk_wagtailcore_locale_id FOREIGN KEY (locale_id) REFERENCES wagtailcore_locale(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_locked_by_id_bcb86245_fk_auth_user_id FOREIGN KEY (locked_by_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_owner_id_fbf7c332_fk_auth_user_id FOREIGN KEY (owner_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pagelogentry
    ADD CONSTRAINT wagtailcore_pageloge_content_type_id_74e7708a_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_revision
    ADD CONSTRAINT wagtailcore_pagerevision_user_id_2409d2f4_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubs_page_id_a085e7a6_fk_wagtailco FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubscription_user_id_89d7def9_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageview_group_id_6460f223_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pageviewrestriction
    ADD CONSTRAINT wagtailcore_pageview_page_id_15a8bea6_fk_wagtailco FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageview_pageviewrestriction__f147a99a_fk_wagtailco FOREIGN KEY (pageviewrestriction_id) REFERENCES wagtailcore_pageviewrestriction(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenc_base_content_type_id_313cf40f_fk_django_co FOREIGN KEY (base_content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenc_content_type_id_766e0336_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenc_to_content_type_id_93690bbd_fk_django_co FOREIGN KEY (to_content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_revision
    ADD CONSTRAINT wagtailcore_revision_base_content_type_id_5b4ef7bd_fk_django_co FOREIGN KEY (base_content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_revision
    ADD CONSTRAINT wagtailcore_revision_content_type_id_c8cb69c0_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_site
    ADD CONSTRAINT wagtailcore_site_root_page_id_e02fb95c_fk_wagtailcore_page_id FOREIGN KEY (root_page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_task
    ADD CONSTRAINT wagtailcore_task_content_type_id_249ab8ba_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstat_content_type_id_0a758fdc_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstat_revision_id_df25a499_fk_wagtailco FOREIGN KEY (revision_id) REFERENCES wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstat_workflow_state_id_9239a775_fk_wagtailco FOREIGN KEY (workflow_state_id) REFERENCES wagtailcore_workflowstate(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstate_finished_by_id_13f98229_fk_auth_user_id FOREIGN KEY (finished_by_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstate_task_id_c3677c34_fk_wagtailcore_task_id FOREIGN KEY (task_id) REFERENCES wagtailcore_task(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_uploadedfile
    ADD CONSTRAINT wagtailcore_uploaded_for_content_type_id_b0fc87b2_fk_django_co FOREIGN KEY (for_content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_uploadedfile
    ADD CONSTRAINT wagtailcore_uploaded_uploaded_by_user_id_c7580fe8_fk_auth_user FOREIGN KEY (uploaded_by_user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_base_content_type_id_a30dc576_fk_django_co FOREIGN KEY (base_content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_content_type_id_2bb78ce1_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowcontenttype
    ADD CONSTRAINT wagtailcore_workflow_content_type_id_b261bb37_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_current_task_state_i_3a1a0632_fk_wagtailco FOREIGN KEY (current_task_state_id) REFERENCES wagtailcore_taskstate(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowpage
    ADD CONSTRAINT wagtailcore_workflow_page_id_81e7bab6_fk_wagtailco FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_requested_by_id_4090bca3_fk_auth_user FOREIGN KEY (requested_by_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflow_task_id_ce7716fe_fk_wagtailco FOREIGN KEY (task_id) REFERENCES wagtailcore_task(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_1f18378f_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowpage
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_56f56ff6_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowcontenttype
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_9aad7cd2_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_b9717175_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailimages_image
    ADD CONSTRAINT wagtailimages_image_collection_id_c2f8af7e_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailimages_image
    ADD CONSTRAINT wagtailimages_image_uploaded_by_user_id_5d73dc75_fk_auth_user FOREIGN KEY (uploaded_by_user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailimages_rendition
    ADD CONSTRAINT wagtailimages_rendit_image_id_3e1fd774_fk_wagtailim FOREIGN KEY (image_id) REFERENCES wagtailimages_image(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailsearch_indexentry
    ADD CONSTRAINT wagtailsearch_indexe_content_type_id_62ed694f_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailusers_userprofile
    ADD CONSTRAINT wagtailusers_userprofile_user_id_59c92331_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
