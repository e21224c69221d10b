-- Purpose: ends a wait for a lock with an error that names who holds it.
-- Params:  p_lock text: which lock; p_pids int[]: processes that hold it; empty: none holds it any more
-- Returns: never; raises lock_not_available, with pid, user, application and since as JSON in its detail
--
-- Postgres shows the start of a transaction (since) only to its own user and to members of pg_read_all_stats.
CREATE OR REPLACE FUNCTION sync.refuse_lock(p_lock text, p_pids int[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_holder jsonb;
BEGIN
  SELECT jsonb_build_object('pid', a.pid, 'user', a.usename, 'application', a.application_name, 'since', a.xact_start)
  INTO v_holder
  FROM pg_stat_activity a WHERE a.pid = ANY (p_pids)
  ORDER BY a.xact_start LIMIT 1;
  RAISE EXCEPTION 'the lock % was not free in time', p_lock
    USING ERRCODE = 'lock_not_available', DETAIL = jsonb_build_object('lock', p_lock) || coalesce(v_holder, '{}');
END $$;
