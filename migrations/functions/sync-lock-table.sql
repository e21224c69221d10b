-- Purpose: locks a table until the end of the transaction. That needs the privilege to change the table, unless the mode is ACCESS
--          SHARE: a login that may only read can't block others, as it could with an advisory lock.
-- Params:  p_table regclass; p_mode text: as LOCK TABLE takes it; p_wait_ms int: 0 does not wait
-- Returns: boolean: false if p_wait_ms is 0 and another session has it; raises as sync.refuse_lock when the wait is over
CREATE OR REPLACE FUNCTION sync.lock_table(p_table regclass, p_mode text, p_wait_ms int) RETURNS boolean
LANGUAGE plpgsql SET lock_timeout = 0 AS $$
BEGIN
  PERFORM set_config('lock_timeout', p_wait_ms::text, true);
  EXECUTE format('LOCK TABLE ONLY %s IN %s MODE%s', p_table, p_mode, CASE WHEN p_wait_ms = 0 THEN ' NOWAIT' END);
  RETURN true;
EXCEPTION WHEN lock_not_available THEN
  IF p_wait_ms = 0 THEN RETURN false; END IF;
  PERFORM sync.refuse_lock(p_table::text, ARRAY(
    SELECT l.pid FROM pg_locks l
    WHERE l.relation = p_table AND l.granted AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
      -- A reader blocks this mode only.
      AND (l.mode <> 'AccessShareLock' OR p_mode = 'ACCESS EXCLUSIVE')));
END $$;
