-- Purpose: also takes, until the end of the transaction, the advisory lock by which processes of the release before exclude
--          each other. To be removed with the release after this one.
-- Params:  p_lock text: for the error; p_key bigint: of the advisory lock; p_is_shared boolean; p_wait_ms int
-- Returns: boolean: false if p_wait_ms is 0 and a process of that release has it; raises as sync.refuse_lock
--
-- Any login can take an advisory lock and keep it. So a lock does not count if its login may not lock sync.tick_lock either.
-- A lock that has no holder any more was released after the try: the function tries again, and does not assume that it is free.
CREATE OR REPLACE FUNCTION sync.await_old_lock(p_lock text, p_key bigint, p_is_shared boolean, p_wait_ms int)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_until timestamptz := clock_timestamp() + p_wait_ms * interval '1 ms';
  v_pids int[];
  v_is_held boolean;
BEGIN
  LOOP
    IF p_is_shared THEN
      IF pg_try_advisory_xact_lock_shared(p_key) THEN RETURN true; END IF;
    ELSIF pg_try_advisory_xact_lock(p_key) THEN
      RETURN true;
    END IF;
    -- Read the sessions as they are now: a transaction keeps the first state that it read.
    PERFORM pg_stat_clear_snapshot();
    SELECT coalesce(array_agg(l.pid) FILTER (WHERE has_table_privilege(a.usesysid, 'sync.tick_lock', 'UPDATE')), '{}'), count(*) > 0
    INTO v_pids, v_is_held
    FROM pg_locks l
    LEFT JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
      AND (l.classid::bigint << 32 | l.objid::bigint) = p_key;
    CONTINUE WHEN NOT v_is_held;
    IF v_pids = '{}' THEN RETURN true; END IF;
    IF p_wait_ms = 0 THEN RETURN false; END IF;
    IF clock_timestamp() > v_until THEN PERFORM sync.refuse_lock(p_lock, v_pids); END IF;
    PERFORM pg_sleep(0.01);
  END LOOP;
END $$;
