-- Purpose: identifies the database, so that another one in its place is noticed.
-- Params:  none
-- Returns: text: system identifier, timeline and oid of the database
--
-- The result changes after a dump was restored (cluster or database differ), a standby was promoted, or a backup was
-- recovered to a point in time (the timeline differs). It does not change when a snapshot of the disk is put back.
CREATE OR REPLACE FUNCTION usage.current_epoch() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_system text := '';
BEGIN
  -- Some managed databases do not grant this function.
  IF has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') THEN
    SELECT system_identifier INTO v_system FROM pg_control_system();
  END IF;
  RETURN v_system || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '/'
    || (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
END $$;
