-- Purpose: makes the monthly partitions (UTC) that are missing, of every table that is partitioned by time.
-- Params:  around timestamptz: from the month of this time; months_ahead integer: to so many months later
-- Returns: the name of each partition it made; raises as sync.refuse_lock when a lock is not free for 5 s
CREATE OR REPLACE FUNCTION sync.ensure_partitions(around timestamptz, months_ahead integer)
RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  parent record;
  month timestamp;
  partition text;
BEGIN
  FOR parent IN
    SELECT n.nspname, c.relname
    FROM pg_partitioned_table p
    JOIN pg_class c ON c.oid = p.partrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE p.partstrat = 'r' AND n.nspname IN ('catalog', 'usage', 'raw', 'sync')
    ORDER BY n.nspname, c.relname
  LOOP
    FOR ahead IN 0..months_ahead LOOP
      month := date_trunc('month', around AT TIME ZONE 'UTC') + make_interval(months => ahead);
      partition := parent.relname || to_char(month, '_YYYY_MM');
      CONTINUE WHEN to_regclass(format('%I.%I', parent.nspname, partition)) IS NOT NULL;
      -- The lock that ATTACH PARTITION takes: no lock of a reader or writer conflicts with it. One process at a time has it, and
      -- a second one finds the partition made.
      PERFORM sync.lock_table(format('%I.%I', parent.nspname, parent.relname)::regclass, 'SHARE UPDATE EXCLUSIVE', 5000);
      CONTINUE WHEN to_regclass(format('%I.%I', parent.nspname, partition)) IS NOT NULL;
      -- Made as a table of its own and then attached, since CREATE ... PARTITION OF would wait for every reader and writer.
      EXECUTE format(
        'CREATE TABLE %1$I.%2$I (LIKE %1$I.%3$I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMMENTS)',
        parent.nspname, partition, parent.relname);
      EXECUTE format(
        'ALTER TABLE %1$I.%3$I ATTACH PARTITION %1$I.%2$I FOR VALUES FROM (%4$L) TO (%5$L)',
        parent.nspname, partition, parent.relname,
        month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
      EXECUTE format(
        'COMMENT ON TABLE %I.%I IS %L', parent.nspname, partition,
        format('%s of %s (UTC).', initcap(parent.relname), to_char(month, 'YYYY-MM')));
      RETURN NEXT parent.nspname || '.' || partition;
    END LOOP;
  END LOOP;
END
$$;

COMMENT ON FUNCTION sync.ensure_partitions(timestamptz, integer) IS
  'Makes the monthly partitions (UTC) of every partitioned table that are missing from the month of a time to so many months later; gives their names.';
